// Rules at one moment: what answers.
//
// A gate asks by the index of a permission in the catalog. What can be worked out once for all its questions
// is: the answer without a record, and the check of a record.
//
// Twin of src/query/decide.rs; tests/package/vectors.mjs and tests/laws.rs hold them equal.

import { ALWAYS } from "../condition/during.js";
import type { Attributes, Facts, Steady } from "../condition/facts.js";
import { attributesOfRecord, has, isOddRecord, NOTHING_KNOWN, readPath, toIds } from "../core/attributes.js";
import { END } from "../core/clock.js";
import { eachAfter } from "../core/walk.js";
import {
  type Answers,
  type Check,
  noAnswers,
  type Reach,
  type Rule,
  type Rules,
  type RulesAt,
  type Sum,
} from "./moment.js";
import {
  type Clause,
  DEFAULT_MAP,
  type Ids,
  includes,
  isBare,
  isCovered,
  isIn,
  keyOf,
  type Mapping,
  NOTHING,
  namesOf,
  type Part,
  type Person,
  Question,
  unionOf,
} from "./parts.js";
import {
  type Folded,
  foldPart,
  isAllTaken,
  type Life,
  leftOf,
  makeScope,
  type Scope,
  takenBy,
} from "./scope.js";

/** A moment of one user, in a context. */
export interface View extends Steady {
  readonly rules: Rules;
  readonly moment: RulesAt;
  readonly person: Person;
  readonly context: Attributes;
  /** The clock, when it was last asked. */
  now: number;
  readonly answers: Answers;
  /** The scopes that were asked for, and how many parts they were made of. */
  scopes: Map<number, Scope> | undefined;
  held: number;
}

/** Parts, and alternatives of each, that are compared with each other. */
const FEW = 4;

/** One in so many permissions is asked before all are. */
const STRIDE = 64;

/**
 * Parts and the like that all checks of a moment, or scopes of a view, hold: a chain of permissions would be
 * kept in every length.
 */
const MOST = 4096;

export function makeView(rules: Rules, moment: RulesAt, person: Person, context: Attributes): View {
  return {
    rules,
    moment,
    person,
    context,
    now: NaN,
    steady: ALWAYS,
    answers: rules.readsContext ? noAnswers() : moment.answers,
    scopes: undefined,
    held: 0,
  };
}

/** Whether a permission is allowed on any record at all. */
export function allowsAny(view: View, index: number): boolean {
  const id = view.rules.ids[index] as string;
  const { any } = view.answers;
  const known = any.get(id);
  if (known !== undefined) return known;
  const quick = quickly(view, index);
  if (quick === undefined) decideAll(view, index);
  else any.set(id, quick);
  return any.get(id) as boolean;
}

/** The answer where its check tells it in every context. */
function quickly({ rules, moment }: View, index: number): boolean | undefined {
  const rule = moment.rule(index);
  if (!rule?.scoped) return undefined;
  const { same, other, part } = rule;
  const isSmall = same.length + other.length === 0 && part.any.length + part.none.length <= FEW;
  const reach = (isSmall ? checkAt(rules, moment, index) : moment.checks.get(index))?.reach;
  // A condition may come to nothing in this context.
  return reach === undefined || (reach.more.length > 0 && !reach.own && !reach.teams)
    ? undefined
    : reach !== NOWHERE;
}

/** The permissions that are allowed on any record at all, in the order of the catalog. */
export function allowedIn(view: View): readonly string[] {
  const { ids } = view.rules;
  // "Yes" tells of what is required, mostly before it, and "no" of what requires it: few of a chain are gone
  // through.
  if (view.answers.all === undefined)
    for (let index = ids.length - 1; index >= 0; index -= STRIDE) allowsAny(view, index);
  return (view.answers.all ??= ids.filter((_, index) => allowsAny(view, index)));
}

/**
 * Decides a permission, first what it requires; what requires itself without a record is "no". Nothing is
 * noted before it is known, nor told of a sum before it is asked: each link of a chain would go through all
 * before it.
 */
function decideAll(view: View, index: number): void {
  const { rules, moment, answers } = view;
  const { ids } = rules;
  const { any } = answers;
  const sums = (answers.sums ??= new Map<number, Sum>());
  const isHeld = (at: number): boolean => {
    const id = ids[at] as string;
    const sum = sums.get(at);
    if (sum !== undefined && !any.has(id)) {
      const mayBeTaken = sum.isLoose && sum.isTaking;
      const isYes = sum.isMet && !sum.isShut && !(mayBeTaken && isTaken(view, at));
      any.set(id, isYes);
      // Then less is taken from what it requires.
      for (const same of isYes && mayBeTaken ? sameAs(moment, at) : [])
        if (sums.get(same)?.isMet) any.set(ids[same] as string, true);
    }
    return any.get(id) === true;
  };
  const isKnown = (at: number): boolean => sums.has(at) || any.has(ids[at] as string);
  const requires = (at: number): readonly number[] => {
    const rule = isKnown(at) ? undefined : moment.rule(at);
    return rule === undefined ? [] : rule.same.length > 0 ? rule.same.concat(rule.other) : rule.other;
  };
  eachAfter(index, requires, (at) => {
    if (isKnown(at)) return;
    const rule = moment.rule(at);
    if (rule?.scoped) sums.set(at, sumOf(view, at, rule, sums, isHeld));
    else
      any.set(
        ids[at] as string,
        rule !== undefined && isWhole(view, rule) && rule.same.every(isHeld) && rule.other.every(isHeld),
      );
  });
  isHeld(index);
  // In the next context it may be told quickly.
  if ((sums.get(index)?.size ?? Infinity) <= 2 * FEW) checkAt(rules, moment, index);
}

const UNMET: Sum = { isMet: false, isTaking: false, isShut: false, isLoose: false, size: Infinity };

function sumOf(
  view: View,
  index: number,
  rule: Rule,
  sums: ReadonlyMap<number, Sum>,
  isHeld: (index: number) => boolean,
): Sum {
  if (!rule.other.every(isHeld)) return UNMET;
  const { same, part } = rule;
  const required: Sum[] = [];
  for (const at of same) {
    const sum = sums.get(at);
    // It has no rule, is in a circle with this, or is asked of a record only here.
    if (sum === undefined) return sumOfAll(view, checkAt(view.rules, view.moment, index), isHeld);
    if (!sum.isMet) return UNMET;
    required.push(sum);
  }
  return joined([aloneOf(view, part), ...required]);
}

function sumOfAll(view: View, { parts, others }: Check, isHeld: (index: number) => boolean): Sum {
  return others.every(isHeld) ? joined(parts.map((part) => aloneOf(view, part))) : UNMET;
}

function aloneOf(view: View, part: Part): Sum {
  const { taken, isShut, isLoose } = foldedOf(view, part);
  return { isMet: true, isTaking: !!taken, isShut, isLoose, size: part.any.length + part.none.length };
}

function joined(sums: readonly Sum[]): Sum {
  const [only] = sums;
  if (only !== undefined && sums.length === 1) return only;
  return {
    isMet: true,
    isTaking: sums.some(({ isTaking }) => isTaking),
    isShut: sums.some(({ isShut }) => isShut),
    isLoose: sums.some(({ isLoose }) => isLoose),
    size: sums.reduce((sum, { size }) => sum + size, 0),
  };
}

/**
 * Whether exclusions leave nothing of some part of a permission and what it requires. Which teams they take
 * is told only here: each link of a chain would hold those of all before it.
 */
function isTaken(view: View, index: number): boolean {
  const { rules, moment, answers } = view;
  const isNo = (at: number): boolean =>
    answers.sums?.has(at) === true && answers.any.get(rules.ids[at] as string) === false;
  if (moment.rule(index)?.same.some(isNo)) return true;
  const parts = checkAt(rules, moment, index).parts.map((part) => foldedOf(view, part));
  const taken = takenBy(parts);
  return parts.some(({ any, isLoose }) => isLoose && isAllTaken(any, taken));
}

/** A permission and what it requires on the same record, direct and transitive. */
function sameAs(moment: RulesAt, index: number): Set<number> {
  const indexes = new Set([index]); // grows while it is walked
  for (const at of indexes) for (const same of moment.rule(at)?.same ?? []) indexes.add(same);
  return indexes;
}

function foldedOf(view: View, part: Part): Folded {
  const folded = (view.answers.folded ??= new Map<Part["any"], Folded>());
  let known = folded.get(part.any);
  if (known === undefined) folded.set(part.any, (known = foldPart(part, view.person.user, view, view)));
  return known;
}

/** The tenant as a whole: grants without a team, denials of any team, the record unknown. */
function isWhole(view: View, { part, map }: Rule): boolean {
  const { any, none } = part;
  const anywhere: Part = {
    any: any.filter(({ teams }) => !teams),
    none: none.map(({ own, when }) => ({ own, teams: undefined, when })),
  };
  return isIn(anywhere, new Question(undefined, view.person, map, view, true, view));
}

function allowsEach(view: View, indexes: readonly number[]): boolean {
  for (const index of indexes) if (!allowsAny(view, index)) return false;
  return true;
}

/** Whether a permission has a rule, and so has everything that it requires on the same record. */
export function hasRules(view: View, index: number): boolean {
  return !checkAt(view.rules, view.moment, index).parts.includes(NOTHING);
}

/** The short way of a permission, if it has one. */
export function reachAt(view: View, index: number): Reach | undefined {
  return checkAt(view.rules, view.moment, index).reach;
}

/** On this one? Anything that is not an object is a record of which nothing is known. */
export function isOn(view: View, index: number, resource: unknown): boolean {
  const check = checkAt(view.rules, view.moment, index);
  return check.reach === undefined ? isOnLong(view, check, resource) : reaches(check.reach, view, resource);
}

function isOnLong(view: View, { map, parts, others, isAskedOnce }: Check, resource: unknown): boolean {
  if (!allowsEach(view, others)) return false;
  const question = new Question(resource, view.person, map, view, isAskedOnce);
  for (const part of parts) if (!isIn(part, question)) return false;
  return true;
}

/** What always holds is said to do so for good, though nobody knows the hours of the year 10000. */
function told(until: number): number {
  return until === END ? Infinity : until;
}

/** Until when nothing but a change of the record changes the answer about it. It may be early. */
export function untilOf(view: View, index: number, resource: unknown): number {
  const { moment } = view;
  const { parts, others, map } = checkAt(view.rules, moment, index);
  const own: Steady = { steady: ALWAYS };
  if (allowsEach(view, others)) {
    const question = new Question(resource, view.person, map, view, false, own);
    parts.every((part) => isIn(part, question));
  }
  return told(Math.min(moment.to, view.steady[1], own.steady[1]));
}

/** Until when all answers stay as they are, but for what the clock says of records. */
export function steadyUntil(view: View): number {
  const { rules, moment } = view;
  moment.complete();
  if (rules.readsContext) {
    allowedIn(view);
    for (const index of rules.ids.keys()) {
      // Where it took a sum, conditions were folded for that.
      if (!view.answers.sums?.has(index)) partsLeft(view, checkAt(rules, moment, index));
    }
  }
  return told(Math.min(moment.to, view.steady[1]));
}

/** It comes to the same as a question, but allocates nothing where no condition is asked. */
export function reaches(reach: Reach, view: View, resource: unknown): boolean {
  // What is read of `reach` is read when it is needed: most answers need little of it.
  const { always, ownerKey, teamKey, more } = reach;
  if (always) return true;
  const hasMore = more.length > 0;
  if (typeof resource !== "object" || resource === null || (hasMore && !isKnown(resource)))
    return hasMore && reachesMore(more, view, undefined, false, NO_TEAMS);
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
    isMine =
      typeof owner === "string"
        ? owner === me && has(resource, ownerKey)
        : me !== undefined && idsOf(resource, ownerKey, owner).includes(me);
    if (isMine && reach.own) return hasMore || isKnown(resource);
  }
  const { teams } = reach;
  if (teamKey === undefined) return hasMore && reachesMore(more, view, resource, isMine, NO_TEAMS);
  let team: unknown;
  try {
    team = (resource as Record<string, unknown>)[teamKey];
  } catch {
    team = undefined;
  }
  if (typeof team === "string" && !hasMore)
    return teams !== undefined && teams.has(team) && has(resource, teamKey) && isKnown(resource);
  const ids =
    typeof team === "string" ? (has(resource, teamKey) ? team : NO_TEAMS) : idsOf(resource, teamKey, team);
  if (teams !== undefined && isCovered(ids, teams)) return hasMore || isKnown(resource);
  return hasMore && reachesMore(more, view, resource, isMine, ids);
}

/**
 * What `isRecord` tells, but nothing else is asked here: engines remember what they saw at a place, and
 * records are mostly alike.
 */
function isKnown(resource: object): boolean {
  try {
    return "then" in resource || Object.getPrototypeOf(resource) !== Object.prototype
      ? isOddRecord(resource)
      : !Array.isArray(resource);
  } catch {
    return false;
  }
}

const NO_TEAMS: Ids = [];

/** @param record `undefined`: nothing is known of it */
function reachesMore(
  more: Reach["more"],
  view: View,
  record: object | undefined,
  isMine: boolean,
  ids: Ids,
): boolean {
  let facts: Facts | undefined;
  for (let at = 0; at < more.length; at += 1) {
    const { any, when, short } = more[at] as Reach["more"][number];
    if (!isReached(any, isMine, ids)) continue;
    if (short !== undefined) {
      if (record !== undefined && short(record)) return true;
      continue;
    }
    facts ??= {
      user: view.person.user,
      resource: record === undefined ? NOTHING_KNOWN : attributesOfRecord(record, true),
      context: view.context,
      now: view.now,
      noting: undefined,
    };
    if (when === undefined || when.test(facts) === true) return true;
  }
  return false;
}

function isReached(any: readonly Clause[], isMine: boolean, ids: Ids): boolean {
  for (let at = 0; at < any.length; at += 1) {
    const { own, teams } = any[at] as Clause;
    if ((!own || isMine) && (teams === undefined || isCovered(ids, teams))) return true;
  }
  return false;
}

function idsOf(record: object, key: string, value: unknown): readonly string[] {
  return value !== undefined && value !== null && has(record, key) ? toIds(readPath(value, [])) : [];
}

/**
 * On which ones? The same scope is given as long as nothing has changed.
 * @param gate whose clock and end the scope goes by
 */
export function scopeOf(
  view: View,
  index: number | undefined,
  gate: { now(): number; bounded(view: View, until: number): number },
): Scope {
  const known = index === undefined ? undefined : view.scopes?.get(index);
  if (known !== undefined) return known;
  const { user } = view.person;
  const life: Life = { now: () => gate.now(), until: () => gate.bounded(view, steadyUntil(view)) };
  if (index === undefined) return makeScope(undefined, user, DEFAULT_MAP, life);
  const check = checkAt(view.rules, view.moment, index);
  const scope = makeScope(partsLeft(view, check), user, check.map, life);
  view.scopes ??= new Map();
  keep(view, view.scopes, index, scope, check.all.length);
  return scope;
}

/** What is left of the parts in the asker's context, `undefined` if they admit nothing. */
function partsLeft(view: View, { all, others }: Check): Part[] | undefined {
  return allowsEach(view, others) ? leftOf(all.map((part) => foldedOf(view, part))) : undefined;
}

/** Keeps what was made for a permission. The others are forgotten where all of it were too much. */
function keep<T>(holder: { held: number }, kept: Map<number, T>, index: number, made: T, size: number): void {
  if ((holder.held += size) > MOST) {
    kept.clear();
    holder.held = size;
  }
  kept.set(index, made);
}

function checkAt(rules: Rules, moment: RulesAt, index: number): Check {
  const known = moment.checks.get(index);
  if (known !== undefined) return known;
  const check = makeCheck(moment, index);
  keep(moment, moment.checks, index, check, check.all.length + check.others.length);
  if (check.reach !== undefined) moment.reaches.set(rules.ids[index] as string, check.reach);
  return check;
}

/** Gathers what a rule requires, direct and transitive. */
function makeCheck(moment: RulesAt, index: number): Check {
  const rule = moment.rule(index);
  if (rule === undefined) return NEVER;
  const parts = new Set<Part>();
  const others = new Set<number>();
  for (const at of sameAs(moment, index)) {
    const required = moment.rule(at);
    parts.add(required?.part ?? NOTHING);
    for (const other of required?.other ?? []) others.add(other);
  }
  const { map } = rule;
  const all = [...parts];
  const distinct = all.length === 1 ? all : [...new Map(all.map((part) => [part.any, part])).values()];
  const alone = distinct.length === 1 && others.size === 0 ? rule.part.any : undefined;
  const known = alone && checks.get(alone);
  if (known?.map === map) return { ...known, all };
  const check = {
    map,
    parts: distinct,
    all,
    others: [...others],
    isAskedOnce: areDistinct(namesOf(distinct, map)),
    reach: others.size > 0 ? undefined : reachOf(distinct, map),
  };
  if (alone !== undefined) checks.set(alone, check);
  return check;
}

/** The checks of parts alone, which permissions may share. */
const checks = new WeakMap<Part["any"], Check>();

function areDistinct(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}

const NOWHERE: Reach = {
  always: false,
  own: false,
  teams: undefined,
  more: [],
  ownerKey: undefined,
  teamKey: undefined,
};
const EVERYWHERE: Reach = { ...NOWHERE, always: true };
const NEVER: Check = {
  map: DEFAULT_MAP,
  parts: [NOTHING],
  all: [NOTHING],
  others: [],
  isAskedOnce: true,
  reach: NOWHERE,
};

/** The short way; `undefined` where the long way is needed. */
function reachOf(parts: readonly Part[], map: Mapping): Reach | undefined {
  if (parts.some(({ any }) => any.length === 0)) return NOWHERE;
  const [part, ...others] = withoutWider(
    parts.filter(({ any, none }) => none.length > 0 || !any.some(isBare)),
  );
  if (part === undefined) return EVERYWHERE;
  const { any, none } = part;
  const more = byCondition(any);
  const [ownerKey, teamKey] = [plainKey(map[0]), plainKey(map[1])];
  const isPlain = others.length === 0 && none.length === 0 && ownerKey !== undefined && teamKey !== undefined;
  // What has the same condition asks it once.
  if (!isPlain || !areDistinct(namesOf([{ any: more, none }], map))) return undefined;
  const enough = any.filter(({ own, teams, when }) => own === !teams && !when);
  const teams = unionOf(enough.flatMap((clause) => clause.teams ?? []));
  return {
    always: false,
    own: enough.some(({ own }) => own),
    teams: teams?.quick(),
    more: more.map(({ same, when }) => ({ any: same, when, short: when?.short })),
    ownerKey: any.some(({ own }) => own) ? ownerKey : undefined,
    teamKey: any.some(({ teams }) => teams) ? teamKey : undefined,
  };
}

/** Of a few parts those that all say something: viewing is mostly given wherever replying is. */
function withoutWider(parts: readonly Part[]): readonly Part[] {
  return parts.length > FEW
    ? parts
    : parts.reduce((left: readonly Part[], part) => {
        const others = left.filter((other) => other !== part);
        return others.some((other) => isWithin(other, part)) ? others : left;
      }, parts);
}

function isWithin(narrow: Part, { any, none }: Part): boolean {
  const isFew = narrow.any.length <= FEW && any.length <= FEW && none.length === 0;
  return (
    isFew &&
    narrow.any.every((clause) =>
      any.some(
        (wider) => (wider.when === undefined || wider.when === clause.when) && includes(wider, clause),
      ),
    )
  );
}

/** The clauses that take more than one of owner and team, those of the same condition together. */
function byCondition(any: readonly Clause[]): (Clause & { same: Clause[] })[] {
  const clauses = any.filter(({ own, teams, when }) => when || own !== !teams);
  const isOne = clauses.every(({ when }) => when === clauses[0]?.when);
  const groups = new Map<unknown, Clause & { same: Clause[] }>();
  for (const clause of clauses) {
    const key = isOne ? undefined : clause.when && keyOf(clause.when);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ...clause, same: [clause] });
    else group.same.push(clause);
  }
  return [...groups.values()];
}

function plainKey([path, ...more]: Mapping[0]): string | undefined {
  return more.length === 0 && path?.keys.length === 1 ? path.name : undefined;
}
