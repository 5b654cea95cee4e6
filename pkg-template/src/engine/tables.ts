// The tables of a loaded snapshot, read where they lie in the memory of the engine: rows of numbers, and one
// buffer of text. docs/architecture.md says which there are; layout.ts says where each value is.
//
// Twin of src/collections/names.rs; tests/unit/engine/finding.test.mjs holds them equal.

import * as at from "./layout.js";

/** What a WebAssembly memory is here. */
interface Memory {
  readonly buffer: ArrayBuffer;
}

type View = Uint32Array | Uint8Array | Float64Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const QUOTE = 34;
const EMPTY: Uint32Array = new Uint32Array();
/** The tables that are left behind with the users. */
const OF_USERS: readonly number[] = [at.USER, at.ASSIGNMENT, at.NAMES];
const FACTOR = 0x9e3779b97f4a7c15n;
const WHOLE: readonly [from: number, size: number] = [Infinity, 0];

/**
 * What is a text, a list and the like in a row: see `src/format/rows.rs`, which writes them. 0 is always
 * "nothing".
 */
export class Tables {
  /** Addresses and lengths of all tables, in turn. */
  private heads: Uint32Array = EMPTY;
  private readonly views: (View | undefined)[] = new Array<undefined>(at.TABLES).fill(undefined);
  /** Where the tables are; nowhere once they were taken over. */
  private memory: Memory | undefined = undefined;
  /** Bytes that were left out of the text when it was taken over: from where on, and how many. */
  private cut: readonly [from: number, size: number] = WHOLE;

  /**
   * Reads them in the memory of an instance from now on.
   * @param heads the address of the list of addresses and lengths
   */
  readIn(memory: Memory, heads: number): void {
    this.memory = memory;
    this.heads = new Uint32Array(memory.buffer, heads, 2 * at.TABLES).slice();
  }

  /** A table. The view of one whose memory has grown has come loose and is made anew. */
  private view(table: number): View {
    const known = this.views[table];
    if (known !== undefined && (known.length > 0 || this.memory === undefined)) return known;
    const { buffer } = this.memory as Memory;
    const [start, length] = [this.heads[2 * table] as number, this.heads[2 * table + 1] as number];
    // An empty list lies nowhere.
    if (length === 0) return (this.views[table] = new Uint32Array());
    const View =
      table === at.SOURCE || table === at.ARENA
        ? Uint8Array
        : table === at.NUMBERS
          ? Float64Array
          : Uint32Array;
    return (this.views[table] = new View(buffer, start, length));
  }

  /** The document; without its users, once they were left behind. */
  get source(): Uint8Array {
    return this.view(at.SOURCE) as Uint8Array;
  }

  /** How long all of it is. */
  private get size(): number {
    return this.heads[2 * at.SOURCE + 1] as number;
  }

  /** How many rows a kind has. */
  count(kind: number): number {
    return (this.heads[2 * kind + 1] as number) / (at.WIDTHS[kind] as number);
  }

  /** The value in a slot of a row. */
  get(kind: number, row: number, slot: number): number {
    return this.view(kind)[row * (at.WIDTHS[kind] as number) + slot] as number;
  }

  /** The entries of a list. */
  list(list: number): Uint32Array {
    const pool = this.view(at.POOL) as Uint32Array;
    return list === 0 ? EMPTY : pool.subarray(list + 1, list + 1 + (pool[list] as number));
  }

  number(index: number): number | undefined {
    return index === 0 ? undefined : this.view(at.NUMBERS)[index];
  }

  /** The contents of a string. */
  text(address: number): string {
    if (address < this.size) {
      const { source } = this;
      let text = "";
      // The decoder is faster only where there is much to do; it alone knows what is not ASCII.
      for (
        let i = this.offset(address), byte: number | undefined;
        (byte = source[i]) !== undefined && byte < 128;
        i += 1
      ) {
        if (byte === QUOTE) return text;
        text += String.fromCharCode(byte);
      }
    }
    return decoder.decode(this.bytes(address));
  }

  /** The same in UTF-8. */
  private bytes(address: number): Uint8Array {
    if (address < this.size) {
      const { source } = this;
      const start = this.offset(address);
      return source.subarray(start, source.indexOf(QUOTE, start));
    }
    const arena = this.view(at.ARENA).subarray(address - this.size) as Uint8Array;
    const [a = 0, b = 0, c = 0, d = 0] = arena;
    return arena.subarray(4, 4 + (a | (b << 8) | (c << 16) | (d << 24)));
  }

  /** The row of a user by name; -1 for none. Twin of `find` in src/collections/names.rs. */
  findUser(name: string): number {
    const wanted = encoder.encode(name);
    const hash = hashOf(wanted);
    // For each user the row and the hash of the name, in the order of hash, name and row.
    const names = this.view(at.NAMES);
    let [from, to, found] = [0, names.length / 2, -1];
    while (from < to) {
      const middle = (from + to) >>> 1;
      const row = names[2 * middle] as number;
      const order =
        (names[2 * middle + 1] as number) - hash ||
        compare(this.bytes(this.get(at.USER, row, at.ID)), wanted);
      if (order === 0) found = row;
      if (order < 0) from = middle + 1;
      else to = middle;
    }
    return found;
  }

  /** {@link text}, or `undefined` where there is none. */
  optional(address: number): string | undefined {
    return address === 0 ? undefined : this.text(address);
  }

  /** The JSON text of a span of the document. */
  slice(span: number): string {
    const spans = this.view(at.SPANS);
    const [start, end] = [spans[span] as number, spans[span + 1] as number];
    return decoder.decode(this.source.subarray(this.offset(start), this.offset(end)));
  }

  /** A list of the document, as it is written: `CATEGORY`, `TEAM`, `ROLE` or `USER`. */
  written(kind: number): unknown[] {
    const span = this.spanOf(kind);
    return span === 0 ? [] : (JSON.parse(this.slice(span)) as unknown[]);
  }

  /** The span of such a list; 0 where the document has none. */
  spanOf(kind: number): number {
    return this.view(at.LISTS)[at.WRITTEN.indexOf(kind)] as number;
  }

  /** The names of all rows of a kind. */
  names(kind: number): string[] {
    return Array.from({ length: this.count(kind) }, (_, row) => this.text(this.get(kind, row, at.ID)));
  }

  /**
   * Copies everything into memory of its own, so that it can be read when the instance has failed or given
   * the memory back.
   * @param hasUsers whether somebody may still be looked up; what gates need of a user they have copied
   *   when they were made
   */
  takeOver(hasUsers: boolean): void {
    if (hasUsers && this.memory === undefined) return;
    const { source } = this;
    const users = hasUsers ? 0 : this.spanOf(at.USER);
    const [from = 0, to = 0] = users === 0 ? [] : this.view(at.SPANS).subarray(users, users + 2);
    const rest = new Uint8Array(source.length - (to - from));
    rest.set(source.subarray(0, from));
    rest.set(source.subarray(to), from);
    for (let table = 0; table < at.TABLES; table += 1) {
      const isLeft = !hasUsers && OF_USERS.includes(table);
      this.views[table] = table === at.SOURCE ? rest : isLeft ? EMPTY : (this.view(table).slice() as View);
    }
    this.cut = [from, to - from];
    this.memory = undefined;
  }

  /** Where a byte of the document is in what is left of it. */
  private offset(address: number): number {
    const [from, size] = this.cut;
    return address < from ? address : address - size;
  }
}

/** A negative number, 0 or a positive one, as bytes are before others, the same or behind them. */
function compare(a: Uint8Array, b: Uint8Array): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return (a[at] ?? -1) - (b[at] ?? -1);
}

/** Twin of `hash` in src/collections/names.rs. */
function hashOf(name: Uint8Array): number {
  const padded = new Uint8Array((name.length | 7) + 1);
  padded.set(name);
  let hash = BigInt(name.length);
  for (const word of new BigUint64Array(padded.buffer)) {
    hash = BigInt.asUintN(64, (hash ^ word) * FACTOR);
    hash ^= hash >> 32n;
  }
  return Number(BigInt.asUintN(32, hash));
}
