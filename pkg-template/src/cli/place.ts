// Where a value stands in the text of a document: engines name it by a JSON Pointer, people look for a line.

/** A place in a text: line and column from 1, in code points, and how long what stands there is. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** The same, in a text that is at hand. */
export interface TextPlace extends Place {
  /** In units of text, from 0. */
  readonly offset: number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/y;
const SPACE = /\s*/y;
const CLOSING = /^[}\]]/;
const LINE_FEED = 10;

/**
 * Where the values of pointers stand. A key that an object lacks, or an element that a list lacks, is where its
 * parent begins. Reads the text once, however many they are.
 */
export function placesOf(text: string, pointers: Iterable<string>): ReadonlyMap<string, TextPlace> {
  const wanted = new Set(pointers);
  const known = new Set([...wanted].flatMap(withParents));
  const found = new Map<string, readonly [at: number, length: number]>();
  for (const { path, at, length, isDuplicate } of valuesOf(text))
    if (known.has(path) && !isDuplicate) found.set(path, [at, length]);
  const ranges = [...wanted].map((pointer): readonly [string, readonly [number, number]] => {
    const nearest = withParents(pointer).find((path) => found.has(path));
    return [pointer, found.get(nearest ?? "") ?? [0, 1]];
  });
  return placesAt(text, new Map(ranges));
}

export function placeOf(text: string, pointer: string): TextPlace {
  return placesOf(text, [pointer]).get(pointer) as TextPlace;
}

/** A pointer, and those to what it is in, from within. */
function withParents(pointer: string): string[] {
  const paths = [pointer];
  for (let end = pointer.lastIndexOf("/"); end >= 0; end = pointer.lastIndexOf("/", end - 1)) {
    paths.push(pointer.slice(0, end));
    if (end === 0) break;
  }
  return paths;
}

/** Offsets as lines and columns, in one pass. */
function placesAt<K>(
  text: string,
  offsets: ReadonlyMap<K, readonly [at: number, length: number]>,
): ReadonlyMap<K, TextPlace> {
  const ordered = [...offsets].sort(([, [a]], [, [b]]) => a - b);
  const places = new Map<K, TextPlace>();
  let [line, column, read] = [1, 1, 0];
  for (const [key, [offset, length]] of ordered) {
    while (read < offset) {
      const code = text.codePointAt(read) as number;
      read += code > 0xffff ? 2 : 1;
      if (code === LINE_FEED) [line, column] = [line + 1, 1];
      else column += 1;
    }
    const shown = Math.max([...(text.slice(offset, offset + length).split("\n", 1)[0] ?? "")].length, 1);
    places.set(key, { line, column, length: shown, offset });
  }
  return places;
}

export function placeAt(text: string, offset: number, length = 1): TextPlace {
  return placesAt(text, new Map([["", [offset, length]]])).get("") as TextPlace;
}

/** Where a line and a column are. */
export function offsetOf(text: string, line: number, column: number): number {
  let offset = 0;
  for (let count = 1; count < line; count += 1) offset = text.indexOf("\n", offset) + 1;
  for (let count = 1; count < column && offset < text.length; count += 1)
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return offset;
}

/** A part of a text that is not white space, and where it begins. */
type Token = readonly [at: number, text: string];

/** A value of a JSON text. */
interface Found {
  /** JSON Pointer. */
  readonly path: string;
  readonly at: number;
  readonly length: number;
  /** From 1. */
  readonly depth: number;
  /** The object has had its key before. */
  readonly isDuplicate: boolean;
}

/** An object or a list that is open. */
interface Level {
  readonly path: string;
  readonly isObject: boolean;
  readonly keys: Set<string>;
  index: number;
}

/** All values of a text that is JSON, in its order. */
export function* valuesOf(text: string): Generator<Found> {
  const open: Level[] = [];
  let key: string | undefined;
  for (const [at, token] of tokensOf(text)) {
    const level = open.at(-1);
    if (token === "," || token === ":") continue;
    if (CLOSING.test(token)) {
      open.pop();
      continue;
    }
    if (level?.isObject && key === undefined) {
      key = textOf(token);
      continue;
    }
    const name = level === undefined ? undefined : level.isObject ? (key ?? "") : String(level.index);
    const path = level === undefined || name === undefined ? "" : `${level.path}/${escaped(name)}`;
    const isDuplicate = level?.isObject === true && level.keys.has(name ?? "");
    if (level?.isObject) level.keys.add(name ?? "");
    if (level !== undefined) level.index += 1;
    key = undefined;
    yield { path, at, length: token.length, depth: open.length + 1, isDuplicate };
    if (token === "{" || token === "[")
      open.push({ path, isObject: token === "{", keys: new Set(), index: 0 });
  }
}

function escaped(step: string): string {
  return step.replaceAll("~", "~0").replaceAll("/", "~1");
}

function* tokensOf(text: string): Generator<Token> {
  let at = 0;
  for (;;) {
    SPACE.lastIndex = at;
    SPACE.exec(text);
    TOKEN.lastIndex = SPACE.lastIndex;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return;
    yield [TOKEN.lastIndex - token.length, token];
    at = TOKEN.lastIndex;
  }
}

function textOf(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
}
