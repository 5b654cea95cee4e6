// The tables of a loaded snapshot, read where they lie in the memory of the engine: rows of numbers, and one buffer of text.
// docs/architecture.md says which there are; layout.ts says where each value is.

import * as at from "./layout.js";

/** What a WebAssembly memory is here. */
export interface Memory {
  readonly buffer: ArrayBuffer;
}

type View = Uint32Array | Uint8Array | Float64Array;

const decoder = new TextDecoder();
const QUOTE = 34;
const EMPTY: Uint32Array = new Uint32Array();
const WHOLE: readonly [from: number, size: number] = [Infinity, 0];

/** What is a text, a list and the like in a row: see `src/format/rows.rs`, which writes them. 0 is always "nothing". */
export class Tables {
  /** Addresses and lengths of all tables, in turn. */
  private heads: Uint32Array = EMPTY;
  private views: View[] = [];
  /** Where the tables are; nowhere once they were taken over. */
  private memory: Memory | undefined = undefined;
  /** Bytes that were left out of the text when it was taken over: from where on, and how many. */
  private cut: readonly [from: number, size: number] = WHOLE;

  /**
   * Reads them in a memory from now on: at first, and when the same document was loaded again.
   * @param heads the address of the list of addresses and lengths
   */
  moveTo(memory: Memory, heads: number): void {
    this.memory = memory;
    this.heads = new Uint32Array(memory.buffer, heads, 2 * at.TABLES).slice();
    this.views = [];
    this.cut = WHOLE;
  }

  /** A table. The view of one whose memory has grown has come loose and is made anew. */
  private view(table: number): View {
    const known = this.views[table];
    if (known !== undefined && (known.length > 0 || this.memory === undefined)) return known;
    const { buffer } = this.memory as Memory;
    const [start, length] = [this.heads[2 * table] as number, this.heads[2 * table + 1] as number];
    // An empty list lies nowhere.
    if (length === 0) return (this.views[table] = new Uint32Array());
    const View = table === at.SOURCE || table === at.ARENA ? Uint8Array : table === at.NUMBERS ? Float64Array : Uint32Array;
    return (this.views[table] = new View(buffer, start, length));
  }

  /** The address of the document's text. */
  get source(): number {
    return this.heads[2 * at.SOURCE] as number;
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
    const size = this.heads[2 * at.SOURCE + 1] as number;
    if (address >= size) {
      const arena = this.view(at.ARENA).subarray(address - size) as Uint8Array;
      const [a = 0, b = 0, c = 0, d = 0] = arena;
      return decoder.decode(arena.subarray(4, 4 + (a | (b << 8) | (c << 16) | (d << 24))));
    }
    const source = this.view(at.SOURCE);
    const start = this.offset(address);
    let text = "";
    for (let i = start, byte; (byte = source[i]) !== QUOTE; i += 1) {
      // The decoder is faster only where there is much to do; it alone knows what is not ASCII.
      if (byte === undefined || byte > 127) return decoder.decode(source.subarray(start, (source as Uint8Array).indexOf(QUOTE, start)) as Uint8Array);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** {@link text}, or `undefined` where there is none. */
  optional(address: number): string | undefined {
    return address === 0 ? undefined : this.text(address);
  }

  /** The JSON text of a span of the document. */
  slice(span: number): string {
    const spans = this.view(at.SPANS);
    const [start, end] = [spans[span] as number, spans[span + 1] as number];
    return decoder.decode(this.view(at.SOURCE).subarray(this.offset(start), this.offset(end)) as Uint8Array);
  }

  /** A list of the document, as it is written: `CATEGORY`, `TEAM`, `ROLE` or `USER`. */
  written(kind: number): unknown[] {
    const span = this.view(at.LISTS)[at.WRITTEN.indexOf(kind)] as number;
    return span === 0 ? [] : (JSON.parse(this.slice(span)) as unknown[]);
  }

  /** The names of all rows of a kind. */
  names(kind: number): string[] {
    return Array.from({ length: this.count(kind) }, (_, row) => this.text(this.get(kind, row, at.ID)));
  }

  /**
   * Copies everything but the users, so that it can be read when the engine has failed or given the memory back. What gates need
   * of a user they have copied when they were made.
   */
  takeOver(): void {
    if (this.memory === undefined) return;
    const source = this.view(at.SOURCE) as Uint8Array;
    const users = this.view(at.LISTS)[at.WRITTEN.indexOf(at.USER)] as number;
    const [from = 0, to = 0] = users === 0 ? [] : this.view(at.SPANS).subarray(users, users + 2);
    const rest = new Uint8Array(source.length - (to - from));
    rest.set(source.subarray(0, from));
    rest.set(source.subarray(to), from);
    for (let table = 0; table < at.TABLES; table += 1) {
      const isOfUsers = table === at.USER || table === at.ASSIGNMENT;
      this.views[table] = table === at.SOURCE ? rest : isOfUsers ? EMPTY : (this.view(table).slice() as View);
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

