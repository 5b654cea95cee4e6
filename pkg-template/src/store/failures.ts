// What a store throws, and what it reports.

import { type ErrorCode, isRolegateError, RolegateError } from "../core/errors.js";

export { isRolegateError, RolegateError };

export function refuse(code: ErrorCode, problem: string): never {
  throw new RolegateError(code, problem);
}

export function errorOf(cause: unknown): RolegateError {
  const code = cause instanceof SyntaxError ? "not-json" : "fetch-failed";
  return isRolegateError(cause) ? cause : new RolegateError(code, String(cause), { cause });
}
