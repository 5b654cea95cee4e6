// Snapshots from files: loaded, or their problems with the lines in which they stand.

import { type Issue, RolegateError, SnapshotError } from "../core/errors.js";
import { load } from "../entries/node.js";
import type { Gate } from "../snapshot/gate.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import type { GateOptions, Resource, SnapshotDocument, Subject, UserId } from "../types/types.js";
import { type Options, type Terminal, Unusable } from "./command.js";
import { lineOf, type Place, placeOf } from "./place.js";
import { asText, type Finding } from "./report.js";

/** A snapshot with its text. */
export interface Opened {
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
    throw new Unusable(found.map((finding) => asText(finding, text, terminal.hasColors)).join("\n"));
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
  return issues.map((issue) => {
    const { path, code, message, suggestion } = issue;
    return { file, path, place: placeIn(text, issue), severity: "error", code, message, suggestion };
  });
}

function placeIn(text: string, { path, line, column }: Issue): Place {
  if (line === undefined || column === undefined) return placeOf(text, path);
  return { line, column, length: lineOf(text, line) === "" ? 0 : 1 };
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
  -r, --resource JSON   the record; \`null\` for one of which nothing is known. Without it: on any at all?
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

/** @throws {Unusable} */
export async function askedBy(given: Options, terminal: Terminal): Promise<Asked> {
  const { resource, context, now, roles, limit } = given as Record<string, string | undefined>;
  const options: { -readonly [K in keyof GateOptions]: GateOptions[K] } = {};
  if (context !== undefined)
    options.context = objectOf(await jsonOf(context, "--context", terminal), "--context");
  if (now !== undefined) options.now = timeOf(now);
  if (roles !== undefined) options.roles = roles.split(",");
  if (limit !== undefined) options.limit = limit.split(",") as never;
  if (resource === undefined) return { options };
  const record = await jsonOf(resource, "--resource", terminal);
  return { options, resource: record === null ? null : (objectOf(record, "--resource") as Resource) };
}

/** A user, by id or described as JSON. */
export async function gateFor(
  snapshot: Snapshot,
  user: string,
  options: GateOptions,
  terminal: Terminal,
): Promise<Gate> {
  const whom = await whomOf(user, terminal);
  try {
    return snapshot.for(whom, options);
  } catch (error) {
    throw unusable("user", error);
  }
}

/** An id, or a subject: `{"id":"ana","roles":["agent"]}`. */
export async function whomOf(user: string, terminal: Terminal): Promise<UserId | Subject> {
  return /^[{@]/.test(user) ? ((await jsonOf(user, "user", terminal)) as Subject) : user;
}

/** @throws {Unusable} if the catalog has no such permission; a misspelt one would always be denied */
export function knownPermission(snapshot: Snapshot, permission: string): string {
  const ids = snapshot.permissions() as string[];
  if (ids.includes(permission)) return permission;
  const near = nearest(permission, ids);
  throw new Unusable(
    `unknown permission "${permission}"${near === undefined ? "" : `: did you mean "${near}"?`}`,
  );
}

/** The name that has most pairs of neighbouring letters in common, if any has half of them. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const pairsOf = (text: string): Set<string> =>
    new Set([...text].slice(1).map((_, at) => text.slice(at, at + 2)));
  const wanted = pairsOf(given);
  let best: { readonly name: string; readonly share: number } | undefined;
  for (const name of names) {
    const pairs = pairsOf(name);
    const common = [...wanted].filter((pair) => pairs.has(pair)).length;
    const share = (2 * common) / (wanted.size + pairs.size);
    if (share >= 0.5 && share > (best?.share ?? 0)) best = { name, share };
  }
  return best?.name;
}

/** @throws {Unusable} */
export async function jsonOf(given: string, name: string, terminal: Terminal): Promise<unknown> {
  const text = given.startsWith("@") ? await terminal.read(given.slice(1)) : given;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Unusable(`${name} is not JSON: ${(error as Error).message}`);
  }
}

function objectOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new Unusable(`${name} must be a JSON object`);
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/i;

/** Milliseconds of a time with an offset. */
export function timeOf(text: string): number {
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new Unusable(`"${text}" is not a time with an offset, such as 2030-01-31T12:00:00Z`);
  return time;
}
