// What somebody holds whom the snapshot does not list. Those who hold the same share it, with each other and
// with users who are listed.
//
// Twin of src/model/outsider.rs; tests/package/vectors.mjs and tests/vectors.rs hold them equal.

import { ALWAYS, type Window } from "../condition/during.js";
import { attributesOf } from "../condition/facts.js";
import { timeOf } from "../condition/times.js";
import { isId } from "../core/attributes.js";
import { printable, SubjectError } from "../core/errors.js";
import { textOf } from "../core/read.js";
import * as at from "../engine/layout.js";
import type { AssignmentObject, UnknownNames } from "../types/types.js";
import { readCondition } from "./conditions.js";
import type { Holdings, Known, SeenOutsider, Tenant } from "./holdings.js";
import type { Assigned } from "./sayings.js";
import {
  areNames,
  type Check,
  type Entry,
  type Outsider,
  own,
  plainEntry,
  readWritten,
  write,
} from "./subject.js";
import { Forest, type TeamSet } from "./team-sets.js";

/** What everybody whom the snapshot lists has of it. */
export const NOTHING_UNKNOWN: UnknownNames = /* @__PURE__ */ Object.freeze({
  roles: /* @__PURE__ */ Object.freeze([]),
  teams: /* @__PURE__ */ Object.freeze([]),
});

const NONE: readonly never[] = [];

/** Somebody, and what they name that is not there. */
interface Met {
  readonly known: Known;
  readonly unknown: UnknownNames;
}

/** An entry whose names were looked up. */
interface Found {
  /** For each assignment; `undefined` if it names what is not there. */
  readonly assigned: readonly (Placed | undefined)[];
  /** The numbers of the teams. */
  readonly teams: readonly number[];
  /** How many teams there are besides that are not there. */
  readonly absent: number;
  /** The names of teams by their numbers, where the snapshot does not say which teams there are. */
  readonly free: readonly string[] | undefined;
  readonly unknown: UnknownNames;
}

/** An assignment: rows of role and team, one more than each; 0 is not a team. */
interface Placed {
  readonly role: number;
  readonly team: number;
  readonly more: AssignmentObject | undefined;
}

/** How many grants and denials one user may have. Twin of `MAX_ALTERNATIVES` in src/format/limits.rs. */
const MAX_WEIGHT = 250_000;
/** How often what comes by an assignment with a time or a condition counts. Twin of `OWN` in src/format/limits.rs. */
const OWN = 4;

/**
 * Somebody whom the snapshot need not list. Most were met before, or somebody who says the same: then it is
 * in order.
 * @throws {SubjectError}
 */
export function meetOutsider(tenant: Tenant, subject: object, check: Check): Met {
  // Where it matters who somebody is, all of the entry does.
  const plain = tenant.asksWho ? undefined : plainEntry(subject);
  if (plain === undefined) {
    const text = write(subject);
    const seen = tenant.outsiders.get(text);
    return (seen && again(tenant, seen, seen.id)) ?? meet(tenant, text, text, readWritten(text, check));
  }
  const words = wordsOf(plain, isDisabled(tenant, plain));
  const mark = markOf(words);
  const seen = tenant.outsiders.get(mark);
  const isSame = seen?.words.length === words.length && words.every((word, at) => word === seen.words[at]);
  const found = isSame ? again(tenant, seen, plain.id) : undefined;
  if (found !== undefined) return found;
  if (areNames(plain.teams) && areNames(plain.roles))
    return meet(tenant, mark, JSON.stringify(words), { entry: plain, text: "", flags: 0 });
  const text = write(subject);
  return meet(tenant, text, text, readWritten(text, check));
}

/** Somebody who says what was said before, if what they hold is still kept. */
function again(tenant: Tenant, { key, unknown }: SeenOutsider, id: string): Met | undefined {
  const holdings = tenant.held(key);
  return holdings && { known: knownAs(id, holdings), unknown };
}

/** Somebody who was not met before. */
function meet(tenant: Tenant, mark: string | number, said: string, outsider: Outsider): Met {
  const { entry } = outsider;
  const found = lookUp(tenant, entry);
  const isOut = isDisabled(tenant, entry);
  const key = keyOf(tenant, outsider, found, isOut);
  const holdings = tenant.held(key) ?? hold(tenant, outsider, found, isOut, key);
  const { unknown } = found;
  // Copies: parts of a longer text would keep all of it.
  const words = typeof mark === "number" ? (JSON.parse(said) as string[]) : NONE;
  const bytes = SEEN_BYTES + 2 * (said.length + key.length) + WORD_BYTES * words.length;
  tenant.outsiders.add(mark, { id: entry.id, key, words, unknown }, bytes);
  return { known: knownAs(entry.id, holdings), unknown };
}

/** Of an id that is one. */
function knownAs(id: string, holdings: Holdings): Known {
  return { user: id, me: id, holdings };
}

/** Whoever the snapshot lists as disabled stays so. */
function isDisabled(tenant: Tenant, { id, disabled }: Entry): boolean {
  return disabled === true || tenant.lockedOut.has(id);
}

/** About what is kept of somebody who was seen, and of each of their words. */
const [SEEN_BYTES, WORD_BYTES] = [200, 20];

/** What somebody says who says no more than names, as a list that nothing else gives. */
function wordsOf({ teams = NONE, roles = NONE }: Entry, isDisabled: boolean): readonly string[] {
  return [`${Number(isDisabled)}${teams.length}`, ...teams, ...(roles as readonly string[])];
}

/** A number by which words are found, without making a text each time. Other words may have it, too. */
function markOf(words: readonly string[]): number {
  let mark = 0;
  for (const word of words) {
    mark = Math.imul(mark, 31) + word.length;
    for (let i = 0; i < word.length; i += 1) mark = (Math.imul(mark, 31) + word.charCodeAt(i)) | 0;
  }
  return mark;
}

/**
 * The same, but for the whole engine: nobody is met.
 * @throws {SubjectError}
 */
export function checkOutsider(tenant: Tenant, subject: object, check: Check): Outsider {
  const outsider = readWritten(write(subject), check);
  lookUp(tenant, outsider.entry);
  return outsider;
}

function lookUp(tenant: Tenant, { roles = NONE, teams = NONE }: Entry): Found {
  const free: string[] | undefined = tenant.declaresTeams ? undefined : [];
  const numbers = free && new Map<string, number>();
  let unknown: { readonly roles: Set<string>; readonly teams: Set<string> } | undefined;
  const miss = (kind: "roles" | "teams", name: string): unknown =>
    (unknown ??= { roles: new Set(), teams: new Set() })[kind].add(name);
  /** One more than the row of a team; 0 if there is none. What is not an id is the team of no record. */
  const teamNumber = (name: string): number => {
    if (numbers === undefined) return (tenant.team(name) ?? -1) + 1;
    if (!numbers.has(name) && isId(name)) numbers.set(name, (free as string[]).push(name));
    return numbers.get(name) ?? 0;
  };
  const mine: number[] = [];
  for (const name of teams) {
    const number = teamNumber(name);
    if (number > 0) mine.push(number);
    else miss("teams", name);
  }
  const assigned: (Placed | undefined)[] = [];
  const takes = load(tenant);
  for (const assignment of roles) {
    // A key that it does not have is not one of its prototype either.
    const more = typeof assignment === "string" ? undefined : own(assignment);
    const name = more?.role ?? (assignment as string);
    const role = tenant.role(name);
    const team = more?.team === undefined ? 0 : teamNumber(more.team) || -1;
    if (role === undefined) miss("roles", name);
    if (team < 0) miss("teams", more?.team as string);
    const placed = role === undefined || team < 0 ? undefined : { role: role + 1, team, more };
    if (placed !== undefined && !takes(placed)) throw tooComplex(assigned.length, name);
    assigned.push(placed);
  }
  return {
    assigned,
    teams: mine,
    absent: teams.length - mine.length,
    free,
    unknown: unknown === undefined ? NOTHING_UNKNOWN : told(unknown.roles, unknown.teams),
  };
}

/**
 * Adds up what assignments bring, with that of everyone; false beyond the limit. Twin of `check_alternatives`
 * in src/format/limits.rs.
 */
function load({ tables }: Tenant): (placed: Placed) => boolean {
  let sum = tables.get(at.SNAPSHOT, 0, at.SNAPSHOT_EVERYONE_WEIGHT);
  const counted = new Set<number>();
  return (placed) => {
    const { role } = placed;
    const isBare = isPlain(placed);
    // What a role brings at all times and under no condition counts once, on however many teams.
    if (!isBare || !counted.has(role))
      sum += tables.get(at.ROLE, role - 1, at.ROLE_WEIGHT) * (isBare ? 1 : OWN);
    if (isBare) counted.add(role);
    return sum <= MAX_WEIGHT;
  };
}

function tooComplex(index: number, role: string): SubjectError {
  const message = `\`${printable(role)}\`: this gives one user more than 250,000 grants and denials, counted per permission and assignment; assign fewer roles, or roles that grant less`;
  return new SubjectError([{ path: `/roles/${index}`, code: "too-complex", message }]);
}

function told(roles: Set<string>, teams: Set<string>): UnknownNames {
  return Object.freeze({ roles: Object.freeze([...roles]), teams: Object.freeze([...teams]) });
}

/** Of who holds what a listed user may hold, the key is that user's: `Tenant.keyOf`. */
function keyOf(
  tenant: Tenant,
  { flags, text }: Outsider,
  { assigned, teams, absent, free }: Found,
  isDisabled: boolean,
): string {
  if (tenant.asksWho || (flags & 2) !== 0) return `${Number(isDisabled)}${text}`;
  let key = `${Number(isDisabled)},${teams.join()}`;
  if (absent > 0) key += `?${absent}`;
  if (free !== undefined && free.length > 0) key += textOf(free);
  for (const it of assigned) {
    key += it === undefined ? ";" : `;${it.role},${it.team},`;
    if (it !== undefined)
      key += isPlain(it) ? "0,0,0" : textOf([it.more?.from, it.more?.until, it.more?.when]);
  }
  return key;
}

/** Whether there is no window and no condition. */
function isPlain({ more }: Placed): boolean {
  return more?.from === undefined && more?.until === undefined && more?.when === undefined;
}

function hold(
  tenant: Tenant,
  { entry, text, flags }: Outsider,
  found: Found,
  isDisabled: boolean,
  key: string,
): Holdings {
  const isAsked = tenant.asksWho || (flags & 2) !== 0;
  const { teams, absent, free } = found;
  const { tables } = tenant;
  const forest = free === undefined ? tenant.forest : new Forest(tables, free);
  const cover = (numbers: readonly number[]): TeamSet =>
    free === undefined ? forest.cover(numbers) : forest.among(numbers.map((number) => number - 1));
  const nameOf = (number: number): string =>
    free?.[number - 1] ?? tables.text(tables.get(at.TEAM, number - 1, at.ID));
  const assigned: Assigned[] = [];
  let bytes = 0;
  found.assigned.forEach((it, index) => {
    if (it === undefined) return;
    const { role, team, more } = it;
    const when = more?.when && readCondition(more.when);
    bytes += when === undefined ? 0 : 20 * textOf(when.json).length;
    assigned.push({
      index,
      role: role - 1,
      team: free === undefined ? team - 1 : -1,
      freeTeam: free?.[team - 1],
      teams: team === 0 ? undefined : cover([team]),
      window: windowOf(more),
      when,
    });
  });
  const { attributes = {} } = entry;
  if (isAsked) bytes += 10 * text.length;
  return tenant.keep(
    {
      user: isAsked ? entry.id : "",
      isKnown: true,
      isDisabled,
      assigned: [...assigned, ...tenant.everyone(found.assigned.length)],
      teams: teams.length === 0 ? undefined : cover(teams),
      teamNames: [...teams.map((number) => nameOf(number)), ...new Array<null>(absent).fill(null)],
      attributes: attributesOf(isAsked ? attributes : {}, true),
      readsContext: (flags & 4) !== 0 && !tenant.readsContext,
      key,
      byClock: undefined,
      byTime: undefined,
      sayings: undefined,
    },
    bytes,
  );
}

function windowOf(more: AssignmentObject | undefined): Window {
  const { from, until } = more ?? {};
  return from === undefined && until === undefined
    ? ALWAYS
    : [timeOf(from) ?? -Infinity, timeOf(until) ?? Infinity];
}
