// The suite's own reporter: named tests, collected failures, nothing that a runtime might lack.

export class Report {
  /**
   * @param {Iterable<{ case: string, reason: string }>} [pending] cases that may fail, and must: one that
   * passes is a failure
   */
  constructor(pending = []) {
    this.passed = 0;
    this.pending = 0;
    this.failures = [];
    this.skipped = [];
    this.#pending = new Map([...pending].map((entry) => [entry.case, entry.reason]));
  }

  #pending;
  #names = new Set();

  async test(name, body) {
    let error;
    try {
      await body();
    } catch (thrown) {
      error = thrown ?? new Error(`threw ${String(thrown)}`);
    }
    this.#record(name, error);
  }

  /** For many small cases: `body` is synchronous and returns what is wrong, or undefined. */
  check(name, body) {
    let error;
    try {
      error = body();
    } catch (thrown) {
      error = thrown ?? new Error(`threw ${String(thrown)}`);
    }
    this.#record(name, error);
  }

  /** Says aloud what was not asked, so that a missing feature is not taken for a passing one. */
  skip(name, reason) {
    this.skipped.push(`${name}: ${reason}`);
  }

  result() {
    for (const name of this.#pending.keys()) {
      if (!this.#names.has(name))
        this.failures.push({ name, message: "is listed as pending, but there is no such case" });
    }
    return {
      passed: this.passed,
      failed: this.failures.length,
      pending: this.pending,
      failures: this.failures,
      skipped: this.skipped,
    };
  }

  #record(name, error) {
    if (this.#names.has(name)) {
      this.failures.push({ name, message: "there are two tests of this name" });
      return;
    }
    this.#names.add(name);
    const expected = this.#pending.has(name);
    if (error === undefined && expected)
      this.failures.push({ name, message: "is listed as pending, but passes: take it off the list" });
    else if (error === undefined) this.passed += 1;
    else if (expected) this.pending += 1;
    else this.failures.push({ name, message: describe(error) });
  }
}

/** The result of a suite that did not get as far as having one. */
export function notRun(error) {
  const message = error?.stack ?? String(error);
  return {
    passed: 0,
    failed: 1,
    pending: 0,
    failures: [{ name: "the runtime itself", message }],
    skipped: [],
  };
}

function describe(error) {
  if (typeof error === "string") return error;
  if (!(error instanceof Error)) return `threw ${show(error)}`;
  if (error instanceof Failure) return error.message;
  return `threw ${error.name}${error.code === undefined ? "" : ` (${error.code})`}: ${error.message}`;
}

export class Failure extends Error {}

export function ok(value, what) {
  if (!value) throw new Failure(what);
}

export function equal(actual, expected, what = "value") {
  if (!same(actual, expected)) throw new Failure(`${what}: expected ${show(expected)}, got ${show(actual)}`);
}

/** Values of data: primitives by `Object.is`, lists and plain objects by content, key order aside. */
export function same(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
  );
}

/** Runs `body`, which must fail with a RolegateError of this library that a reader can act on; returns it. */
export async function rejects(lib, body, { code, message } = {}) {
  let error;
  try {
    await body();
  } catch (thrown) {
    error = thrown;
  }
  ok(error !== undefined, "expected an error, got none");
  ok(error instanceof Error, `threw something that is not an Error: ${show(error)}`);
  ok(
    error instanceof lib.RolegateError && lib.isRolegateError(error),
    `expected a RolegateError, got ${error.name}: ${error.message}`,
  );
  ok(typeof error.code === "string" && error.code !== "", `the error has no code: ${error.message}`);
  ok(
    typeof error.message === "string" && error.message.length > 8,
    `the error does not say what is wrong: ${show(error.message)}`,
  );
  if (code !== undefined) equal(error.code, code, "code");
  if (message !== undefined)
    ok(message.test(error.message), `the message should match ${message}: ${error.message}`);
  return error;
}

/** Runs `body`, which must fail with a SnapshotError whose issues are complete; returns the issues. */
export async function rejectsSnapshot(lib, body) {
  const error = await rejects(lib, body);
  ok(error instanceof lib.SnapshotError, `expected a SnapshotError, got ${error.name}: ${error.message}`);
  ok(Array.isArray(error.issues) && error.issues.length > 0, "a SnapshotError has issues");
  for (const issue of error.issues) {
    ok(
      typeof issue.path === "string" && (issue.path === "" || issue.path.startsWith("/")),
      `not a JSON Pointer: ${show(issue.path)}`,
    );
    ok(typeof issue.code === "string" && issue.code !== "", `an issue without a code at ${issue.path}`);
    ok(
      typeof issue.message === "string" && issue.message !== "",
      `an issue without a message at ${issue.path}`,
    );
  }
  return error.issues;
}

/** A short, safe rendering for messages: never throws, whatever the value. */
export function show(value) {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function" || typeof value === "symbol") return String(value);
  try {
    const text = JSON.stringify(value) ?? String(value);
    return text.length > 400 ? `${text.slice(0, 400)}…` : text;
  } catch {
    return `(a ${typeof value} that cannot be shown)`;
  }
}
