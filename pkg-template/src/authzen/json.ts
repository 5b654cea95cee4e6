// JSON as everybody reads it. What two readers could read differently (a key twice, half a character, a number
// out of range) is refused: whoever decides and whoever acts must have read the same.

import { isWellFormed } from "../core/attributes.js";
import { refuse } from "./refusal.js";

/** As in snapshots; the top object is depth 1. */
const MAX_DEPTH = 64;

const [QUOTE, PLUS, SPACE, MINUS, DOT, ZERO, NINE, COLON, BACKSLASH] = [34, 43, 32, 45, 46, 48, 57, 58, 92];
const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, SMALL_E, BIG_E] = [123, 125, 91, 93, 101, 69];

/** The object that the bytes are the JSON text of; 400 for anything else. */
export function objectIn(bytes: Uint8Array): object {
  const text = textOf(bytes);
  checkTokens(text);
  const value = valueOf(text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    refuse(400, "the body must be a JSON object");
  return value;
}

/** UTF-8, without a byte order mark. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse(400, "the body is not UTF-8");
  }
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return refuse(400, text === "" ? "the body is empty" : "the body is not JSON");
  }
}

/** What is syntactically wrong is left to the parser; the rest is found in one pass, without recursion. */
function checkTokens(text: string): void {
  /** The keys of each object that is open; nothing for a list. */
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = checkString(text, at, open.at(-1));
    else if (code === OPEN || code === OPEN_LIST) {
      open.push(code === OPEN ? new Set() : undefined);
      if (open.length > MAX_DEPTH) refuse(400, `the body is nested deeper than ${MAX_DEPTH}`);
    } else if (code === CLOSE || code === CLOSE_LIST) open.pop();
    else if (isDigit(code)) at = checkNumber(text, at);
  }
}

/** @returns where it ends */
function checkString(text: string, start: number, keys: Set<string> | undefined): number {
  let end = start + 1;
  let isEscaped = false;
  for (let code: number; (code = text.charCodeAt(end)) !== QUOTE && end < text.length; end += 1)
    if (code === BACKSLASH) {
      isEscaped = true;
      end += 1;
    }
  const isKey = keys !== undefined && isBeforeColon(text, end + 1);
  if (!isEscaped && !isKey) return end;
  const name = isEscaped ? valueOf(text.slice(start, end + 1)) : text.slice(start + 1, end);
  if (!isWellFormed(String(name))) refuse(400, "the body holds half a character");
  if (!isKey) return end;
  if (keys.has(String(name))) refuse(400, "an object of the body has a key twice");
  keys.add(String(name));
  return end;
}

/** A string is a key if a colon comes next. */
function isBeforeColon(text: string, at: number): boolean {
  let next = at;
  while (text.charCodeAt(next) <= SPACE) next += 1;
  return text.charCodeAt(next) === COLON;
}

/** @returns where it ends */
function checkNumber(text: string, start: number): number {
  let end = start;
  while (isOfNumber(text.charCodeAt(end + 1))) end += 1;
  if (Math.abs(Number(text.slice(start, end + 1))) === Infinity)
    refuse(400, "a number of the body is too large");
  return end;
}

function isOfNumber(code: number): boolean {
  return (
    isDigit(code) || code === DOT || code === SMALL_E || code === BIG_E || code === PLUS || code === MINUS
  );
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}
