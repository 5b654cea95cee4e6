// `rolegate diff`: who gains and who loses what from one snapshot to another.

import { isDeepStrictEqual } from "node:util";
import { diff } from "../../admin/node.js";
import type { Impact, ImpactChange } from "../../admin/types.js";
import { printable } from "../../core/errors.js";
import type { SnapshotDocument } from "../../types/types.js";
import { declaredIn } from "../catalog.js";
import { type Command, Unusable } from "../command.js";
import { documentOf, opened } from "../open.js";
import { formatOf, optionalTime } from "../settings.js";
import { table } from "../table.js";

const FORMATS = ["human", "json", "markdown"] as const;
const KINDS = ["wider", "narrower", "different", "any"];
/** How many rows are shown, unless told otherwise. */
const LIMIT = 100;

export const command: Command = {
  usage: "<old.json> <new.json>",
  help: `Says whose permissions change from one snapshot to another, now or later: who
gets further, who less far; also for anybody who has a role, and for everyone.

      --fail-on KIND    exit code 1 only for wider (and different, which may be
                        wider), narrower, different; or any
      --limit N         how many rows are shown: ${LIMIT}
      --now TIME        instead of the clock
      --format FORMAT   ${FORMATS.join(", ")} (a comment for a pull request)

  git show main:roles.json | rolegate diff - roles.json --fail-on wider

Exit code: 0 no such change, 1 there is one, 2 they could not be compared.`,
  options: {
    "fail-on": { type: "string" },
    limit: { type: "string" },
    now: { type: "string" },
    format: { type: "string" },
  },
  count: [2, 2],
  run: async ([before = "", after = ""], options, terminal) => {
    const format = formatOf(options, FORMATS);
    const kind = String(options["fail-on"] ?? "any");
    if (!KINDS.includes(kind)) throw new Unusable(`--fail-on is one of ${KINDS.join(", ")}, not "${kind}"`);
    const limit = limitOf(options.limit);
    const old = documentOf(await opened(before, terminal));
    const now = documentOf(await opened(after, terminal));
    const { was, is, holders } = withHolders(old, now);
    // All of them count for the exit code.
    const all = diff(was, is, { ...optionalTime(options), limit: Number.MAX_SAFE_INTEGER });
    const changes = withoutDoubles(all.changes, holders, heldIn(old, now));
    const impact = { total: changes.length, changes };
    const moved = mappingsOf(old, now);
    const unmasked = masksOnlyIn(old, now);
    const masked = masksOnlyIn(now, old);
    const notes = [
      ...moved.map(
        (type) => `records of ${type} belong to others now: their owner or team is read elsewhere`,
      ),
      ...unmasked.map((field) => `${field} is no longer masked as it was`),
      ...masked.map((field) => `${field} is masked otherwise now`),
    ];
    const shown = { total: impact.total, changes: impact.changes.slice(0, limit) };
    const lines =
      format === "json"
        ? [JSON.stringify({ ...shown, notes }, undefined, 2)]
        : format === "markdown"
          ? asMarkdown(shown, notes)
          : asLines(shown);
    for (const line of lines) terminal.print(line);
    for (const note of notes) terminal.warn(printable(note));
    const isElsewhere =
      (moved.length + unmasked.length > 0 && kind !== "narrower") ||
      (masked.length > 0 && (kind === "narrower" || kind === "any"));
    const counts = ({ change }: ImpactChange): boolean =>
      kind === "any" || change === kind || (kind === "wider" && change === "different");
    return impact.changes.some(counts) || isElsewhere ? 1 : 0;
  },
};

/** Somebody who is added to both documents: what they are called, and the role that they have. */
type Holders = ReadonlyMap<string, { readonly name: string; readonly role: string | undefined }>;

/**
 * The same with somebody who has each role that was there before, and with somebody who has none: people come
 * from outside, too, and those who are listed may be disabled, or have more.
 */
function withHolders(old: SnapshotDocument, now: SnapshotDocument) {
  const known = new Set([...(old.users ?? []), ...(now.users ?? [])].map(({ id }) => id));
  // One more, for levels to differ where a snapshot leaves teams to those who ask.
  let team = "somebody's team";
  while ([...(old.teams ?? []), ...(now.teams ?? [])].some(({ id }) => id === team)) team += "+";
  const ofNow = new Set(now.teams?.map(({ id }) => id));
  const common = (old.teams ?? []).map(({ id }) => id).filter((id) => ofNow.has(id));
  const holders = new Map<string, { name: string; role: string | undefined }>();
  for (const [index, role] of [undefined, ...old.roles.map(({ id }) => id)].entries()) {
    let id = `somebody ${index}`;
    while (known.has(id)) id += "+";
    holders.set(id, { name: role === undefined ? "(everyone)" : `(anybody with ${role})`, role });
  }
  const more = (json: SnapshotDocument): SnapshotDocument => {
    const roles = new Set(json.roles.map(({ id }) => id));
    const users = [...holders].map(([id, { role }]) => ({
      id,
      teams: [...common, team],
      roles: role !== undefined && roles.has(role) ? [role] : [],
    }));
    return {
      ...json,
      teams: [...(json.teams ?? []), { id: team }],
      users: [...(json.users ?? []), ...users],
    };
  };
  return { was: more(old), is: more(now), holders };
}

/** The roles that users have in both documents, at once and without limits; none of those who are disabled. */
function heldIn(old: SnapshotDocument, now: SnapshotDocument): ReadonlyMap<string, readonly string[]> {
  const plain = ({ users = [] }: SnapshotDocument): Map<string, string[]> =>
    new Map(
      users.map(({ id, disabled, roles = [] }) => [
        id,
        disabled ? [] : roles.flatMap((one) => (typeof one === "string" ? one : [])),
      ]),
    );
  const after = plain(now);
  return new Map(
    [...plain(old)].map(([id, roles]) => [id, roles.filter((role) => after.get(id)?.includes(role))]),
  );
}

/** What is said of a role only where it is said of nobody who has it, and not of everyone. */
function withoutDoubles(
  changes: readonly ImpactChange[],
  holders: Holders,
  held: ReadonlyMap<string, readonly string[]>,
): ImpactChange[] {
  // Levels depend on the teams that somebody is in.
  const keyOf = ({ permission, change, at, until }: ImpactChange, role: string | undefined): string =>
    JSON.stringify([role, permission, change, at, until]);
  const said = new Set(
    changes.flatMap((change) => {
      const holder = holders.get(change.user);
      if (holder === undefined) return (held.get(change.user) ?? []).map((role) => keyOf(change, role));
      return holder.role === undefined ? [keyOf(change, undefined)] : [];
    }),
  );
  return changes.flatMap((change) => {
    const holder = holders.get(change.user);
    if (holder === undefined) return [change];
    const { role, name } = holder;
    const isDouble = role !== undefined && [role, undefined].some((one) => said.has(keyOf(change, one)));
    return isDouble ? [] : [{ ...change, user: name }];
  });
}

/** Types of records whose owner or team is read from other attributes. */
function mappingsOf(before: SnapshotDocument, after: SnapshotDocument): string[] {
  const ofNow = new Set(declaredIn(after).map(({ type }) => type));
  const types = new Set(declaredIn(before).flatMap(({ type }) => (ofNow.has(type) ? type : [])));
  const [old, now] = [before.catalog, after.catalog];
  const read = (catalog: SnapshotDocument["catalog"], type: string): unknown => {
    const { owner = "owner", team = "team" } = catalog.resources?.[type] ?? {};
    return { owner: [owner].flat(), team: [team].flat() };
  };
  return [...types].filter((type) => !isDeepStrictEqual(read(old, type), read(now, type)));
}

/** Masks of the one that the other does not have: for these fields, who sees them may change. */
function masksOnlyIn({ catalog: { masks = [] } }: SnapshotDocument, other: SnapshotDocument): string[] {
  const others = other.catalog.masks ?? [];
  return masks
    .filter((mask) => !others.some((one) => isDeepStrictEqual(one, mask)))
    .map(({ resource, field }) => `${field} of ${resource}`);
}

function limitOf(given: unknown): number {
  if (given === undefined) return LIMIT;
  if (typeof given === "string" && /^\d{1,9}$/.test(given)) return Number(given);
  throw new Unusable(`--limit must be a number, not "${String(given)}"`);
}

const COLUMNS = ["", "user", "permission", "from", "to", "when"];

function rowOf({ user, permission, from, to, change, conditional, at, until }: ImpactChange): string[] {
  const when = [
    conditional ? "under conditions" : "",
    at === undefined ? "" : `from ${new Date(at).toISOString()}`,
    until === undefined ? "" : `until ${new Date(until).toISOString()}`,
  ];
  return [change, user, permission, from, to, when.filter(Boolean).join(", ")].map(printable);
}

/** What is not shown. */
function restOf({ changes, total }: Impact): string {
  const more = total - changes.length;
  return `${total} change${total === 1 ? "" : "s"}${more > 0 ? `, of which ${more} are not shown` : ""}`;
}

function asLines(impact: Impact): string[] {
  return [...table(impact.changes.map(rowOf)), restOf(impact)];
}

/** No name makes a link, a mention or a table of its own. */
function asMarkdown(impact: Impact, notes: readonly string[]): string[] {
  const cell = (text: string): string =>
    text === ""
      ? ""
      : `<code>${text.replaceAll(/[^\p{L}\p{N} _.-]/gu, (mark) => `&#${mark.codePointAt(0) ?? 0};`)}</code>`;
  const row = ([change = "", ...cells]: readonly string[]): string =>
    `| ${[change, ...cells.map(cell)].join(" | ")} |`;
  const others = notes.map((note) => `- ${cell(note)}`);
  if (impact.total === 0)
    return ["Nobody’s permissions change.", ...(notes.length > 0 ? ["", ...others] : [])];
  return [
    `**${restOf(impact)}**`,
    "",
    `| ${COLUMNS.join(" | ")} |`,
    `|${"---|".repeat(COLUMNS.length)}`,
    ...impact.changes.map((change) => row(rowOf(change))),
    ...(notes.length > 0 ? ["", ...others] : []),
  ];
}
