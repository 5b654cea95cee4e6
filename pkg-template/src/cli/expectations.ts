// Expectations of a snapshot: read from a file, asked, and what they say nothing about.

import { isDeepStrictEqual } from "node:util";
import type { Snapshot } from "../snapshot/snapshot.js";
import type {
  Explanation,
  GateOptions,
  Limit,
  Permission,
  Remedy,
  Resource,
  Scope,
  Subject,
  UserId,
} from "../types/types.js";
import { Unusable } from "./command.js";
import { misspelt, nearest, timeIn, timeOf, unknown, unknownNames } from "./open.js";
import { placeOf } from "./place.js";
import { strictJson } from "./read-json.js";

/** One entry of a file of expectations. */
interface Expectation {
  readonly name?: string;
  readonly user?: UserId | Subject;
  readonly users?: readonly (UserId | Subject)[];
  readonly permission?: string;
  readonly permissions?: readonly string[];
  /** If the key is there, on this record; else on any at all. */
  readonly resource?: Resource | null;
  readonly context?: Record<string, unknown>;
  readonly now?: string | number;
  readonly roles?: readonly string[];
  readonly limit?: readonly string[];
  readonly can?: boolean;
  readonly reason?: string;
  readonly scope?: Scope["kind"] | Partial<Pick<Scope, "kind" | "level" | "conditional">>;
  readonly whoCan?: readonly string[];
  readonly remedies?: readonly Remedy[];
}

/** The keys of an entry, and what their values must be. */
const KEYS: Readonly<Record<keyof Expectation, (value: unknown) => boolean>> = {
  name: isText,
  user: isUser,
  users: listOf(isUser),
  permission: isText,
  permissions: listOf(isText),
  resource: (value) => value === null || isObject(value),
  context: isObject,
  now: isTime,
  roles: listOf(isText),
  limit: listOf(isText),
  can: (value) => typeof value === "boolean",
  reason: isText,
  scope: isScope,
  whoCan: listOf(isText),
  remedies: listOf(isObject),
};
const EXPECTED = ["can", "reason", "scope", "whoCan", "remedies"] as const;

/** One question with what is expected, and where it stands. */
export interface Check {
  readonly name: string;
  /** JSON Pointer to the entry. */
  readonly path: string;
  /** `undefined` if it is as expected. */
  readonly failure: string | undefined;
  /** Of questions about somebody. */
  readonly explanation?: Explanation;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function isUser(value: unknown): boolean {
  return isText(value) || typeof value === "number" || isObject(value);
}
function isTime(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return isText(value) && timeIn(value) !== undefined;
}
/** What the keys of a scope may be; of an empty object nothing would be expected. */
function isScope(value: unknown): boolean {
  if (!isObject(value)) return isText(value) && SCOPE.kind.includes(value);
  const entries = Object.entries(value);
  const isKnown = ([key, one]: readonly [string, unknown]): boolean =>
    Object.hasOwn(SCOPE, key) && (SCOPE[key as keyof typeof SCOPE] as readonly unknown[]).includes(one);
  return entries.length > 0 && entries.every(isKnown);
}
const SCOPE = {
  kind: ["all", "some", "none"],
  level: ["own", "team", "all", "none"],
  conditional: [true, false],
} as {
  readonly kind: readonly unknown[];
  readonly level: readonly unknown[];
  readonly conditional: readonly unknown[];
};
/** Of an empty list nothing would be asked. */
function listOf(isOne: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.every(isOne);
}

/** @throws {Unusable} which names the entry and the key */
export async function readExpectations(text: string, file: string): Promise<readonly Expectation[]> {
  const entries = await strictJson(file, text);
  if (!Array.isArray(entries)) throw new Unusable(`${file} must be a list of expectations`);
  if (entries.length === 0) throw new Unusable(`${file} has no expectation`);
  for (const [index, entry] of entries.entries()) {
    const problem = problemOf(entry);
    if (problem === undefined) continue;
    const { line, column } = placeOf(text, `/${index}`);
    throw new Unusable(`${file}:${line}:${column}: /${index}: ${problem}`);
  }
  return entries as Expectation[];
}

function problemOf(entry: unknown): string | undefined {
  if (!isObject(entry)) return "an expectation must be an object";
  for (const [key, value] of Object.entries(entry)) {
    if (!Object.hasOwn(KEYS, key)) {
      const near = nearest(key, Object.keys(KEYS));
      return `unknown key "${key}"${near === undefined ? "" : `: did you mean "${near}"?`}`;
    }
    if (!KEYS[key as keyof Expectation](value)) return `"${key}" cannot be ${JSON.stringify(value)}`;
  }
  const { user, users, permission, permissions, whoCan } = entry as Expectation;
  if ((permission === undefined) === (permissions === undefined))
    return 'one of "permission" and "permissions" is needed';
  if (permissions?.length === 0 || users?.length === 0) return "an empty list asks nothing";
  if (!EXPECTED.some((key) => entry[key] !== undefined))
    return `nothing is expected: it needs one of ${EXPECTED.join(", ")}`;
  const isAboutSomebody = user !== undefined || users !== undefined;
  if (user !== undefined && users !== undefined) return 'one of "user" and "users" is enough';
  if (EXPECTED.some((key) => key !== "whoCan" && entry[key] !== undefined) !== isAboutSomebody)
    return whoCan === undefined
      ? '"user" is missing'
      : '"whoCan" is about everybody: leave "user" out, and other expectations';
  if (isAboutSomebody && whoCan !== undefined) return '"whoCan" needs an entry of its own';
  return undefined;
}

/** Asks every combination of the users and permissions of an entry. */
export function ask(snapshot: Snapshot, entry: Expectation, index: number): Check[] {
  const path = `/${index}`;
  const known = new Set<string>(snapshot.permissions());
  const permissions = entry.permissions ?? [entry.permission ?? ""];
  const problem = misspelt(snapshot, optionsOf(entry));
  if (problem !== undefined) return [{ name: entry.name ?? permissions.join(", "), path, failure: problem }];
  return permissions.flatMap((permission) => {
    if (!known.has(permission) && entry.reason !== "unknown-permission") {
      const failure = unknown("permission", permission, [...known]);
      return [{ name: entry.name ?? permission, path, failure }];
    }
    if (entry.whoCan !== undefined) return [askWho(snapshot, permission as Permission, entry, path)];
    const users = entry.users ?? [entry.user ?? ""];
    return users.map((user) => askOne(snapshot, user, permission as Permission, entry, path));
  });
}

function askWho(snapshot: Snapshot, permission: Permission, entry: Expectation, path: string): Check {
  const found = snapshot.whoCan(permission, { ...optionsOf(entry), ...aboutOf(entry) });
  const expected = [...(entry.whoCan ?? [])];
  const more = found.filter((id) => !expected.includes(id));
  const fewer = expected.filter((id) => !found.includes(id));
  const failure = [
    more.length > 0 ? `these can, too: ${more.join(", ")}` : "",
    fewer.length > 0 ? `these cannot: ${fewer.join(", ")}` : "",
  ].filter(Boolean);
  return {
    name: entry.name ?? `who can ${permission}`,
    path,
    failure: failure.length === 0 ? undefined : failure.join("; "),
  };
}

function askOne(
  snapshot: Snapshot,
  user: UserId | Subject,
  permission: Permission,
  entry: Expectation,
  path: string,
): Check {
  const id = typeof user === "object" ? user.id : user;
  const about = "resource" in entry ? ` on ${JSON.stringify(entry.resource)}` : "";
  const name = `${entry.name === undefined ? "" : `${entry.name}: `}${id} ${permission}${about}`;
  const gate = snapshot.for(user, optionsOf(entry));
  if (typeof user === "object" || entry.reason !== "unknown-user") {
    const misspelt = unknownNames(snapshot, user);
    if (misspelt.length > 0) return { name, path, failure: misspelt.join("; ") };
  }
  const explanation =
    "resource" in entry ? gate.explain(permission, entry.resource) : gate.explain(permission);
  const failures = [
    failureOf(entry.can, explanation.allowed, `${explanation.reason}. ${explanation.text}`),
    failureOf(entry.reason, explanation.reason, explanation.text),
    scopeFailure(entry.scope, gate.scope(permission)),
    entry.remedies &&
      failureOf(entry.remedies, [
        ...snapshot.remedies(user, permission, { ...optionsOf(entry), ...aboutOf(entry) }),
      ]),
  ].filter((text) => text !== undefined);
  return { name, path, failure: failures.length === 0 ? undefined : failures.join("; "), explanation };
}

function scopeFailure(expected: Expectation["scope"], scope: Scope): string | undefined {
  if (expected === undefined) return undefined;
  const wanted = typeof expected === "string" ? { kind: expected } : expected;
  const got = Object.fromEntries(Object.keys(wanted).map((key) => [key, scope[key as keyof Scope]]));
  return failureOf(wanted, got);
}

function failureOf(expected: unknown, got: unknown, why?: string): string | undefined {
  if (expected === undefined || isDeepStrictEqual(expected, got)) return undefined;
  return `expected ${wordsOf(expected)}, got ${wordsOf(got)}${why === undefined ? "" : ` (${why})`}`;
}

const wordsOf = (value: unknown): string =>
  value === true ? "yes" : value === false ? "no" : isText(value) ? value : JSON.stringify(value);

function optionsOf({ context, now, roles, limit }: Expectation): GateOptions {
  return {
    ...(context !== undefined && { context }),
    ...(now !== undefined && { now: typeof now === "number" ? now : timeOf(now) }),
    ...(roles !== undefined && { roles }),
    ...(limit !== undefined && { limit: limit as readonly Limit[] }),
  };
}

const aboutOf = (entry: Expectation): { resource?: Resource | null } =>
  "resource" in entry ? { resource: entry.resource ?? null } : {};
