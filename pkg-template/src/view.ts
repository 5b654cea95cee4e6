// Rules at one moment: what answers.
//
// A gate asks by the place of a permission in the catalog. What can be worked out once for all its questions is: the answer without a
// record, and the check of a record.

import { has, isRecord, readPath, toIds } from "./attributes.js";
import { type Attributes, attributesOf, type Facts, type Node } from "./condition.js";
import { type Clause, DEFAULT_MAP, type Ids, isBare, isCovered, isIn, type Mapping, namesOf, NOTHING, type Part, type Person, Question, type Teams } from "./parts.js";
import { eachAfter, empty, type Rules, type Window } from "./rules.js";
import { leftOf, makeScope, type Scope } from "./scope.js";

/** Rules as they are within `from <= now < to`. */
export interface Moment {
  readonly rules: Rules;
  readonly from: number;
  readonly to: number;
  /** For each permission an index into the rules, or -1: no. */
  readonly positions: readonly number[];
  /** For each permission its check, as far as it was asked. */
  readonly checks: (Check | undefined)[];
  /** The short way of each permission that was asked about a record and has one: a gate finds it with one look-up. */
  readonly reaches: Map<string, Reach>;
}

/** A moment of one user, in a context. */
export interface View extends Moment {
  readonly person: Person;
  readonly context: Attributes;
  /** The answer to "on anything at all?" for each permission that was asked: a gate finds it with one look-up. */
  readonly open: Map<string, boolean>;
  /** The permissions that are open, once they were all asked. */
  held: readonly string[] | undefined;
}

const NONE = -1;
/** Parts that a check may have to be kept: a chain of them would be kept in every length. */
const KEPT = 64;

/** What a permission asks of a record, with everything that it requires. */
interface Check {
  readonly map: Mapping;
  /** Its part and those of its prerequisites, direct and transitive, that are asked on the same record. */
  readonly parts: readonly Part[];
  /** Places of all prerequisites that are asked without a record. */
  readonly others: readonly number[];
  /** Whether no attribute is read twice. */
  readonly isAskedOnce: boolean;
  /** The short way to answer, where there is one. */
  readonly reach: Reach | undefined;
}

/**
 * A check of one part without exclusions, where owner and team each sit under one plain key of the record and no attribute is read
 * twice; or one that comes to the same for every record.
 */
export interface Reach {
  readonly always: boolean;
  /** Whether owning the record is enough. */
  readonly own: boolean;
  /** The teams that are enough. */
  readonly teams: Teams | undefined;
  /** Alternatives that take more: some of these clauses, and a condition. */
  readonly more: readonly { readonly any: readonly Clause[]; readonly when: Node | undefined }[];
  /** `undefined` where nobody asks. */
  readonly ownerKey: string | undefined;
  readonly teamKey: string | undefined;
}

/** A moment that never is. */
export function never(rules: Rules): Moment {
  return { rules, from: NaN, to: NaN, positions: [], ...unasked([]) };
}

/** What fresh data of the engine are, within their window. */
export function freshMoment(rules: Rules): Moment {
  const { validSince, validUntil, positions } = rules;
  return { rules, from: validSince, to: validUntil, positions, ...unasked(positions) };
}

/** What rules are at any time: those that are not right then are left out. */
export function momentOf(rules: Rules, now: number): Moment {
  const { data, positions, since, expires, validSince, validUntil, window } = rules;
  const windows = data.table.map((_, at) => window(at));
  let from = now * 0; // NaN for a time that is none
  let to = Infinity;
  for (const edge of [since, expires, validSince, validUntil, ...windows.flat()]) {
    if (edge > now) to = Math.min(to, edge);
    else from = Math.max(from, edge);
  }
  const isRight = ([first, until]: Window): boolean => now >= Math.max(since, first) && now < Math.min(expires, until);
  return { rules, from, to, positions: positions.map((at) => (at >= 0 && isRight(window(at)) ? at : NONE)), ...unasked(positions) };
}

function unasked(positions: readonly number[]): Pick<Moment, "checks" | "reaches"> {
  return { checks: empty(positions), reaches: new Map() };
}

/** @param known a view with the same answers to "on anything at all?" */
export function makeView({ rules, from, to, positions, checks, reaches }: Moment, person: Person, context: Attributes, known?: View): View {
  return { rules, from, to, positions, checks, reaches, person, context, open: known?.open ?? new Map<string, boolean>(), held: known?.held };
}

/** On anything at all? */
export function isOpen(view: View, place: number): boolean {
  const id = view.rules.ids[place] as string;
  const known = view.open.get(id);
  if (known !== undefined) return known;
  decideAll(view, place);
  return view.open.get(id) as boolean;
}

/** The permissions that are open, in the order of the catalog. */
export function heldOf(view: View): readonly string[] {
  return (view.held ??= view.rules.ids.filter((_, place) => isOpen(view, place)));
}

/** Decides a permission, first what it requires without a record; what requires itself is "no". */
function decideAll(view: View, place: number): void {
  const { open, rules } = view;
  const settle = (at: number, isYes: boolean): unknown => open.set(rules.ids[at] as string, isYes);
  const requires = (at: number): number[] => {
    settle(at, false);
    return requiredBy(view, at).filter((other) => !open.has(rules.ids[other] as string));
  };
  eachAfter(place, requires, (at) => settle(at, decide(view, at)));
}

/** The places of what a permission requires without a record, when it is asked without one. */
function requiredBy(view: Moment, place: number): readonly number[] {
  const index = view.positions[place] ?? NONE;
  if (index < 0) return [];
  const { scoped, same, other } = view.rules.entry(index);
  return scoped ? checkAt(view, place).others : same.concat(other);
}

function decide(view: View, place: number): boolean {
  const index = view.positions[place] ?? NONE;
  if (index < 0) return false;
  if (!view.rules.entry(index).scoped) return isWhole(view, index);
  const check = checkAt(view, place);
  const { reach } = check;
  // A condition may come to nothing in this context.
  return reach === undefined || (reach.more.length > 0 && !reach.own && !reach.teams) ? partsLeft(view, check) !== undefined : reach !== NOWHERE;
}

/** The tenant as a whole: grants without a team, denials of any team, the record unknown. */
function isWhole(view: View, index: number): boolean {
  const { part, same, other, map } = view.rules.entry(index);
  const { any, none } = part;
  const anywhere: Part = { any: any.filter(({ teams }) => !teams), none: none.map(({ own, when }) => ({ own, teams: undefined, when })) };
  return isIn(anywhere, new Question(undefined, view.person, map, view.context)) && areOpen(view, same.concat(other));
}

function areOpen(view: View, places: readonly number[]): boolean {
  for (const place of places) if (!isOpen(view, place)) return false;
  return true;
}

/** On this one? Anything that is no object is a record of which nothing is known. */
export function isOn(view: View, place: number, resource: unknown): boolean {
  const check = checkAt(view, place);
  return check.reach === undefined ? isOnLong(view, check, resource) : reaches(check.reach, view, resource);
}

function isOnLong(view: View, { map, parts, others, isAskedOnce }: Check, resource: unknown): boolean {
  if (!areOpen(view, others)) return false;
  const question = new Question(resource, view.person, map, view.context, isAskedOnce);
  for (const part of parts) if (!isIn(part, question)) return false;
  return true;
}

/** It comes to the same as a question, but allocates nothing where no condition is asked. */
export function reaches(reach: Reach, view: View, resource: unknown): boolean {
  // What is read of `reach` is read when it is needed: most answers need little of it.
  const { always, ownerKey, teamKey } = reach;
  if (always) return true;
  if (!isRecord(resource)) return reach.more.length > 0 && reachesMore(reach.more, view, resource, false, NO_TEAMS);
  let isMine = false;
  // Each key is read at a place of its own, because engines remember what they saw at a place.
  if (ownerKey !== undefined) {
    let owner: unknown;
    try {
      owner = (resource as Record<string, unknown>)[ownerKey];
    } catch {
      owner = undefined;
    }
    const { me } = view.person;
    isMine = typeof owner === "string" ? owner === me && has(resource, ownerKey) : idsOf(resource, ownerKey, owner).includes(me);
    if (isMine && reach.own) return true;
  }
  const { teams, more } = reach;
  if (teamKey === undefined) return more.length > 0 && reachesMore(more, view, resource, isMine, NO_TEAMS);
  let team: unknown;
  try {
    team = (resource as Record<string, unknown>)[teamKey];
  } catch {
    team = undefined;
  }
  if (typeof team === "string" && more.length === 0) return teams !== undefined && teams.has(team) && has(resource, teamKey);
  const ids = typeof team === "string" ? (has(resource, teamKey) ? team : NO_TEAMS) : idsOf(resource, teamKey, team);
  return (teams !== undefined && isCovered(ids, teams)) || (more.length > 0 && reachesMore(more, view, resource, isMine, ids));
}

const NO_TEAMS: Ids = [];

function reachesMore(more: Reach["more"], view: View, resource: unknown, isMine: boolean, ids: Ids): boolean {
  let facts: Facts | undefined;
  for (const { any, when } of more) {
    let isReached = false;
    for (const { own, teams } of any) if ((!own || isMine) && (teams === undefined || isCovered(ids, teams))) isReached = true;
    if (!isReached) continue;
    facts ??= { user: view.person.user, resource: attributesOf(resource, true), context: view.context };
    if (when === undefined || when.test(facts) === true) return true;
  }
  return false;
}

function idsOf(record: object, key: string, value: unknown): readonly string[] {
  return value !== undefined && value !== null && has(record, key) ? toIds(readPath(value, [])) : [];
}

/** On which ones? */
export function scopeOf(view: View, place: number | undefined): Scope {
  const { user } = view.person;
  if (place === undefined) return makeScope(undefined, user, DEFAULT_MAP);
  const check = checkAt(view, place);
  return makeScope(partsLeft(view, check), user, check.map);
}

/** What is left of the parts in the asker's context, `undefined` if they admit nothing. */
function partsLeft(view: View, { parts, others }: Check): Part[] | undefined {
  return areOpen(view, others) ? leftOf(parts, view.person.user, view.context) : undefined;
}

function checkAt(view: Moment, place: number): Check {
  const known = view.checks[place];
  if (known !== undefined) return known;
  const check = makeCheck(view, view.positions[place] ?? NONE);
  if (check.parts.length <= KEPT) view.checks[place] = check;
  if (check.reach !== undefined) view.reaches.set(view.rules.ids[place] as string, check.reach);
  return check;
}

/** Gathers what a rule requires, direct and transitive. */
function makeCheck({ rules, positions }: Moment, index: number): Check {
  const parts = new Set<Part>();
  const others = new Set<number>();
  const indexes = new Set([index]); // grows while it is walked
  for (const at of indexes) {
    if (at < 0) {
      parts.add(NOTHING);
      continue;
    }
    const { part, same, other } = rules.entry(at);
    parts.add(part);
    for (const place of other) others.add(place);
    for (const place of same) indexes.add(positions[place] ?? NONE);
  }
  const map = index < 0 ? DEFAULT_MAP : rules.entry(index).map;
  const all = [...parts];
  return { map, parts: all, others: [...others], isAskedOnce: areDistinct(namesOf(all, map)), reach: others.size > 0 ? undefined : reachOf(all, map) };
}

function areDistinct(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}

const NOWHERE: Reach = { always: false, own: false, teams: undefined, more: [], ownerKey: undefined, teamKey: undefined };
const EVERYWHERE: Reach = { ...NOWHERE, always: true };

/** The short way; `undefined` where the long way is needed. */
function reachOf(parts: readonly Part[], map: Mapping): Reach | undefined {
  if (parts.some(({ any }) => any.length === 0)) return NOWHERE;
  const [part, ...others] = parts.filter(({ any, none }) => none.length > 0 || !any.some(isBare));
  if (part === undefined) return EVERYWHERE;
  const { any, none } = part;
  const more = byCondition(any);
  const [ownerKey, teamKey] = [plainKey(map[0]), plainKey(map[1])];
  const isPlain = others.length === 0 && none.length === 0 && ownerKey !== undefined && teamKey !== undefined;
  // What has the same condition asks it once.
  if (!isPlain || !areDistinct(namesOf([{ any: more, none }], map))) return undefined;
  const enough = any.filter(({ own, teams, when }) => own === !teams && !when);
  const teams = new Set(enough.flatMap((clause) => [...(clause.teams ?? [])]));
  return {
    always: false,
    own: enough.some(({ own }) => own),
    teams: teams.size > 0 ? teams : undefined,
    more: more.map(({ same, when }) => ({ any: same, when })),
    ownerKey: any.some(({ own }) => own) ? ownerKey : undefined,
    teamKey: any.some(({ teams }) => teams) ? teamKey : undefined,
  };
}

/** The clauses that take more than one of owner and team, those of the same condition together. */
function byCondition(any: readonly Clause[]): (Clause & { same: Clause[] })[] {
  const groups = new Map<string | undefined, Clause & { same: Clause[] }>();
  for (const clause of any.filter(({ own, teams, when }) => when || own !== !teams)) {
    const key = clause.when && JSON.stringify(clause.when.json);
    const group = groups.get(key) ?? { ...clause, same: [] };
    group.same.push(clause);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function plainKey([path, ...more]: Mapping[0]): string | undefined {
  return more.length === 0 && path?.keys.length === 1 ? path.name : undefined;
}
