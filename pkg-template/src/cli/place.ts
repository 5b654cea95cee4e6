// Where a value stands in the text of a document: engines name it by a JSON Pointer, people look for a line.

/** A place in a text: line and column from 1, in code points, and how long what stands there is. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/y;
const SPACE = /\s*/y;
const CLOSING = /^[}\]]/;

/**
 * Where the value of a pointer stands. A key that an object lacks, or an element that a list lacks, is where
 * its parent begins. Takes time in proportion to the text.
 */
export function placeOf(text: string, pointer: string): Place {
  const steps = pointer.split("/").slice(1).map(unescaped);
  const [at, length] = rangeOf(text, steps);
  return { ...placeAt(text, at), length: lengthInLine(text, at, length) };
}

/** The line and column of an offset. */
export function placeAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lines = before.split("\n");
  return { line: lines.length, column: [...(lines.at(-1) ?? "")].length + 1 };
}

/** A line of a text, without its end. */
export function lineOf(text: string, line: number): string {
  return (text.split("\n", line).at(line - 1) ?? "").replace(/\r$/, "");
}

function unescaped(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** A part of a text that is not white space, and where it begins. */
type Token = readonly [at: number, text: string];

/** Of the last value on the way of the steps. */
function rangeOf(text: string, steps: readonly string[]): readonly [at: number, length: number] {
  const tokens = tokensOf(text);
  let found = next(tokens);
  for (const step of steps) {
    const child = childOf(found, step, tokens);
    if (child === undefined) break;
    found = child;
  }
  return [found[0], found[1].length];
}

/** The value of a key, or of an index. Reads on until it has found it. */
function childOf([, opening]: Token, step: string, tokens: Iterator<Token>): Token | undefined {
  if (opening !== "{" && opening !== "[") return undefined;
  for (let index = 0; ; index += 1) {
    let value = next(tokens);
    if (CLOSING.test(value[1])) return undefined;
    let name = String(index);
    if (opening === "{") {
      name = textOf(value[1]);
      next(tokens);
      value = next(tokens);
    }
    if (name === step) return value;
    skip(value, tokens);
    if (next(tokens)[1] !== ",") return undefined;
  }
}

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

/** Reads on to the end of a value. */
function skip([, opening]: Token, tokens: Iterator<Token>): void {
  for (let depth = opening === "{" || opening === "[" ? 1 : 0; depth > 0; ) {
    const [, text] = next(tokens);
    if (text === "{" || text === "[") depth += 1;
    if (CLOSING.test(text)) depth -= 1;
  }
}

/** At the end of the text, everything that is open is closed. */
function next(tokens: Iterator<Token>): Token {
  const { done, value } = tokens.next();
  return done ? [0, "}"] : value;
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

function lengthInLine(text: string, at: number, length: number): number {
  return Math.max([...(text.slice(at, at + length).split("\n", 1)[0] ?? "")].length, 1);
}
