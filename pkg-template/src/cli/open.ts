// Snapshots from files: loaded, or their problems with the lines in which they stand.

import { type Issue, printable, RolegateError, SnapshotError } from "../core/errors.js";
import { load } from "../entries/node.js";
import type { Gate } from "../snapshot/gate.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import type { GateOptions, Resource, SnapshotDocument, Subject, UserId } from "../types/types.js";
import { type Options, type Terminal, Unusable } from "./command.js";
import { offsetOf, placeAt, placesOf, type TextPlace, valuesOf } from "./place.js";
import { BYTE_ORDER_MARK, HAS_BYTE_ORDER_MARK, strictJson } from "./read-json.js";
import { asText, type Finding } from "./report.js";

/** A snapshot with its text. */
interface Opened {
  readonly text: string;
  readonly snapshot: Snapshot;
}

/** @throws {Unusable} with every problem and its line */
export async function opened(path: string, terminal: Terminal): Promise<Opened> {
  const text = await terminal.read(path);
  try {
    return { text, snapshot: await load(text) };
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw unusable(path, error);
    const found = findingsOf(error, nameOf(path), text);
    throw new Unusable(found.map((finding) => asText(finding, text, false)).join("\n"));
  }
}

/** What messages call a file. */
export const nameOf = (path: string): string => (path === "-" ? "standard input" : path);

function unusable(path: string, error: unknown): Error {
  return error instanceof RolegateError
    ? new Unusable(`${nameOf(path)}: ${error.message}`)
    : (error as Error);
}

/** The problems of a document, with their places. */
export function findingsOf({ issues }: SnapshotError, file: string, text: string): Finding[] {
  const places = placesOf(
    text,
    issues.map(({ path }) => path),
  );
  return issues.map((issue) => {
    const { path, code, suggestion } = issue;
    const message = text.startsWith(BYTE_ORDER_MARK) ? HAS_BYTE_ORDER_MARK : issue.message;
    const place = placeIn(text, issue) ?? (places.get(path) as TextPlace);
    return { file, path, place, severity: "error", code, message, suggestion };
  });
}

/** Of a problem that is not where its pointer leads. */
function placeIn(text: string, { path, code, line, column }: Issue): TextPlace | undefined {
  // A pointer leads to the first of them.
  if (code === "duplicate-key")
    for (const { path: its, at, length, isDuplicate } of valuesOf(text))
      if (isDuplicate && its === path) return placeAt(text, at, length);
  if (line === undefined || column === undefined) return undefined;
  return { line, column, length: 1, offset: offsetOf(text, line, column) };
}

/** The document of a snapshot that was loaded. */
export const documentOf = ({ snapshot }: Opened): SnapshotDocument => snapshot.toJSON();

/** The options of all commands that ask. */
export const ASKING = {
  resource: { type: "string", short: "r" },
  context: { type: "string", short: "c" },
  now: { type: "string" },
  roles: { type: "string" },
  limit: { type: "string" },
} as const;

/** What they mean, for help texts. */
export const ASKING_HELP = `
  -r, --resource JSON   the record; \`null\` for one of which nothing is known.
                        Without it: on any at all?
  -c, --context JSON    what conditions read as context.*
      --now TIME        instead of the clock, such as 2030-01-31T12:00:00Z
      --roles ID,ID     only assignments of these roles grant
      --limit ID,ID     upper bound: permissions, <category>.*, *
  JSON may also be @FILE, or @- for the standard input.`;

/** What is asked, besides a permission: of whom, how, and on what. */
interface Asked {
  readonly options: GateOptions;
  /** Absent: on anything at all. */
  readonly resource?: Resource | null;
}

/** @throws {Unusable} also of names that the snapshot does not have: they would always deny */
export async function askedBy(given: Options, snapshot: Snapshot, terminal: Terminal): Promise<Asked> {
  const { resource, context, now, roles, limit } = given as Record<string, string | undefined>;
  const options: { -readonly [K in keyof GateOptions]: GateOptions[K] } = {};
  if (context !== undefined)
    options.context = objectOf(await jsonOf(context, "--context", terminal), "--context");
  if (now !== undefined) options.now = timeOf(now);
  if (roles !== undefined) options.roles = roles.split(",");
  if (limit !== undefined) options.limit = limit.split(",") as never;
  const problem = misspelt(snapshot, options);
  if (problem !== undefined) throw new Unusable(problem);
  if (resource === undefined) return { options };
  const record = await jsonOf(resource, "--resource", terminal);
  return { options, resource: record === null ? null : (objectOf(record, "--resource") as Resource) };
}

/** What is wrong with the names of roles, and of a limit. */
export function misspelt(snapshot: Snapshot, { roles = [], limit = [] }: GateOptions): string | undefined {
  const categories = snapshot.categories().map(({ id }) => `${id}.*`);
  return (
    unknownIn("role", roles, () => snapshot.roles().map(({ id }) => id)) ??
    unknownIn("permission", limit, () => ["*", ...categories, ...snapshot.permissions()])
  );
}

function unknownIn(what: string, given: readonly string[], find: () => readonly string[]) {
  if (given.length === 0) return undefined;
  const ids = find();
  const [first] = given.filter((id) => !ids.includes(id));
  return first === undefined ? undefined : unknown(what, first, ids);
}

/** Of a name that is none of several. */
export function unknown(what: string, given: string, names: readonly string[]): string {
  const near = nearest(given, names);
  return `unknown ${what} "${given}"${near === undefined ? "" : `: did you mean "${near}"?`}`;
}

/** The gate of somebody. Says which names the snapshot does not have. */
export function gateFor(
  snapshot: Snapshot,
  whom: UserId | Subject,
  options: GateOptions,
  terminal: Terminal,
): Gate {
  for (const line of unknownNames(snapshot, whom)) terminal.warn(printable(line));
  return asked(() => snapshot.for(whom, options));
}

function asked<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw unusable("user", error);
  }
}

/** A user who is not listed, or names in a description that the snapshot does not have: they grant nothing. */
export function unknownNames(snapshot: Snapshot, whom: UserId | Subject): readonly string[] {
  if (typeof whom !== "object") {
    const users = snapshot.users();
    return users.includes(String(whom)) ? [] : [unknown("user", String(whom), users)];
  }
  const { roles, teams } = asked(() => snapshot.for(whom)).unknown;
  const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);
  return [
    ...roles.map((id) => unknown("role", id, ids(snapshot.roles()))),
    ...teams.map((id) => unknown("team", id, ids(snapshot.teams()))),
  ];
}

/** An id, or JSON: a subject, `{"id":"ana","roles":["agent"]}`, or an id that begins like JSON, `"@ana"`. */
export async function whomOf(user: string, terminal: Terminal): Promise<UserId | Subject> {
  return '{@"'.includes(user[0] ?? " ") ? ((await jsonOf(user, "user", terminal)) as UserId | Subject) : user;
}

/** @throws {Unusable} if the catalog has no such permission; a misspelt one would always be denied */
export function knownPermission(snapshot: Snapshot, permission: string): string {
  const ids = snapshot.permissions() as string[];
  if (ids.includes(permission)) return permission;
  throw new Unusable(unknown("permission", permission, ids));
}

/** So many letters of a name are compared. */
const LONGEST = 80;

/** The nearest name, if at most a third is edited: what the engine suggests (src/suggest.rs). */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const wanted = [...given.slice(0, LONGEST)];
  let limit = Math.floor(wanted.length / 3) + 1;
  let best: string | undefined;
  for (const name of names) {
    const letters = [...name.slice(0, LONGEST)];
    if (Math.abs(letters.length - wanted.length) >= limit) continue;
    const distance = editsBetween(wanted, letters);
    if (distance < limit) [limit, best] = [distance, name];
  }
  return best;
}

/** How many insertions, deletions, replacements and swaps of neighbours lie between two words. */
function editsBetween(a: readonly string[], b: readonly string[]): number {
  let before: number[] = [];
  let last = [...b.keys(), b.length];
  for (const [i, x] of a.entries()) {
    const row = [i + 1];
    const at = (list: readonly number[], index: number): number => list[index] ?? Number.POSITIVE_INFINITY;
    for (const [j, y] of b.entries()) {
      const isSwapped = i > 0 && j > 0 && b[j - 1] === x && a[i - 1] === y;
      row.push(
        Math.min(
          at(last, j) + (x === y ? 0 : 1),
          at(last, j + 1) + 1,
          at(row, j) + 1,
          isSwapped ? at(before, j - 1) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

/** @throws {Unusable} */
export async function jsonOf(given: string, name: string, terminal: Terminal): Promise<unknown> {
  if (!given.startsWith("@")) return strictJson(name, given);
  const path = given.slice(1);
  return strictJson(nameOf(path), await terminal.read(path));
}

export function objectOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new Unusable(`${name} must be a JSON object`);
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/i;

/** Milliseconds of a time with an offset, if it is one. */
export function timeIn(text: string): number | undefined {
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN;
  const day = text.slice(0, 10);
  // 31 February is another day for `Date`.
  const isDay = !Number.isNaN(time) && new Date(`${day}T00:00Z`).toISOString().startsWith(day);
  return isDay ? time : undefined;
}

/** @throws {Unusable} */
export function timeOf(text: string): number {
  const time = timeIn(text);
  if (time !== undefined) return time;
  throw new Unusable(`"${text}" is not a time with an offset, such as 2030-01-31T12:00:00Z`);
}
