// The errors of this package. Programs use the `code`; the message is for people.

/** What can be wrong with a snapshot, as `format.md` names it. */
export type IssueCode =
  | "syntax"
  | "too-deep"
  | "too-large"
  | "too-complex"
  | "duplicate-key"
  | "unknown-format"
  | "missing-key"
  | "unknown-key"
  | "type"
  | "invalid-value"
  | "invalid-id"
  | "duplicate-id"
  | "unknown-permission"
  | "unknown-role"
  | "unknown-team"
  | "unknown-category"
  | "unknown-role-type"
  | "unknown-plan"
  | "unknown-resource"
  | "cycle"
  | "invalid-scope"
  | "role-type-mismatch"
  | "invalid-time"
  | "invalid-window"
  | "invalid-condition";

/** Why a change is refused: the rule that it would break. */
export type AdminErrorCode =
  | "not-permitted"
  | "conflict"
  | "unknown-role"
  | "unknown-user"
  | "unknown-team"
  | "unknown-category"
  | "role-locked"
  | "role-standard"
  | "role-in-use"
  | "team-in-use"
  | "type-immutable"
  | "duplicate-id"
  | "duplicate-name"
  | "no-permissions"
  | "prerequisite"
  | "escalation"
  | "outranked"
  | "last-admin"
  | "separation"
  | "self-approval"
  | "invalid";

/** Why something failed. */
export type ErrorCode =
  | IssueCode
  | AdminErrorCode
  | "old-revision"
  | "wrong-tenant"
  | "not-initialised"
  | "wasm-missing"
  | "wasm-blocked"
  | "fetch-failed"
  | "not-json"
  | "freed"
  | "trap"
  | "bad-gate-data"
  | "bad-options"
  | "bad-signature"
  | "bad-subject"
  | "cannot-express"
  | "needs-full"
  | "storage"
  | "unknown-resource";

/** One problem of a snapshot, or of a subject. */
export interface Issue {
  /** JSON Pointer to the value, `""` for the whole document or subject. */
  readonly path: string;
  readonly code: IssueCode;
  readonly message: string;
  /** The nearest declared id, for a misspelt one. */
  readonly suggestion?: string;
  /** From 1, for `syntax`. */
  readonly line?: number;
  /** From 1, in code points, for `syntax`. */
  readonly column?: number;
}

const brand: symbol = Symbol.for("rolegate.error");

/** What controls a terminal or the direction of text. Twin of `is_printable` in src/error.rs. */
const UNPRINTABLE = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text of a document for messages, with control characters escaped. */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Anything that this package throws. */
export class RolegateError extends Error {
  override readonly name: string = "RolegateError";
  /** Stable; use it in programs. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(printable(message), options);
    this.code = code;
    Object.defineProperty(this, brand, { __proto__: null, value: true } as PropertyDescriptor);
  }
}

/**
 * A rejected snapshot. `issues` lists every problem found, and `code` is that of the first. `message` is
 * sufficient for a log: the first problem with its location, and how many more there are.
 */
export class SnapshotError extends RolegateError {
  override readonly name: string = "SnapshotError";
  /** Every problem found, up to a hundred, in the order of the document. At least one. */
  readonly issues: readonly Issue[];

  constructor(issues: readonly [Issue, ...Issue[]]) {
    super(issues[0].code, inShort(issues));
    this.issues = issues;
  }
}

/**
 * A rejected subject (`bad-subject`), which is not a valid entry of `users`. `issues` lists every problem
 * found, with its location in the subject.
 */
export class SubjectError extends RolegateError {
  override readonly name: string = "SubjectError";
  /** Every problem found, in the order of the subject's keys. At least one. */
  readonly issues: readonly Issue[];

  constructor(issues: readonly [Issue, ...Issue[]]) {
    super("bad-subject", inShort(issues));
    this.issues = issues;
  }
}

/** The first problem with its location, and how many more there are. */
function inShort(issues: readonly [Issue, ...Issue[]]): string {
  const [{ path, message, line, column }] = issues;
  const place = line === undefined ? path : `line ${line}, column ${column}`;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  return `${place && `${place}: `}${message}${more}`;
}

/** Whether `error` is a {@link RolegateError}, also one of another copy of this package. Never throws. */
export function isRolegateError(error: unknown): error is RolegateError {
  try {
    return typeof error === "object" && error !== null && brand in error;
  } catch {
    return false;
  }
}
