// JSON texts, read as strictly as snapshots are: no key twice, nothing nested deeper, no byte order mark.

import { SnapshotError } from "../core/errors.js";
import { load } from "../entries/node.js";
import { Unusable } from "./command.js";
import { placeAt, valuesOf } from "./place.js";

/** Nothing that people write is deeper. */
export const DEEPEST = 64;
/** What Windows writes before UTF-8. */
export const BYTE_ORDER_MARK = "\ufeff";
export const HAS_BYTE_ORDER_MARK = "it begins with a byte order mark: save it as UTF-8 without one";

/**
 * @param name what messages call the text
 * @throws {Unusable} with line and column of what is wrong
 */
export async function strictJson(name: string, text: string): Promise<unknown> {
  if (text.startsWith(BYTE_ORDER_MARK)) throw new Unusable(`${name}:1:1: ${HAS_BYTE_ORDER_MARK}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Unusable(`${name}${await syntaxOf(text, error as Error)}`);
  }
  for (const { path, at, depth, isDuplicate } of valuesOf(text)) {
    if (depth <= DEEPEST && !isDuplicate) continue;
    const { line, column } = placeAt(text, at);
    const problem = isDuplicate ? `${path}: the same key twice` : `it is nested deeper than ${DEEPEST}`;
    throw new Unusable(`${name}:${line}:${column}: ${problem}`);
  }
  return value;
}

/** The engine knows where JSON is broken, and how. */
async function syntaxOf(text: string, { message }: Error): Promise<string> {
  try {
    await load(text);
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    const [issue] = error.issues;
    if (issue?.line !== undefined) return `:${issue.line}:${issue.column}: it is not JSON: ${issue.message}`;
  }
  return `: it is not JSON: ${message}`;
}
