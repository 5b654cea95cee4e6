// Rules at one moment and in one context: what answers.

import type { Attributes } from "./condition.js";
import { ask, DEFAULT_MAP, isIn, type Part } from "./parts.js";
import { eachAfter, empty, type Entry, type Rule, type Rules, type Window } from "./rules.js";
import { leftOf, makeScope, type Scope } from "./scope.js";

/** Rules as they are within `from <= now < to`. */
export interface Moment {
  readonly from: number;
  readonly to: number;
  /** For each permission an index into the rules, or -1: no. */
  readonly positions: readonly number[];
}

/** A moment in a context. */
export interface View extends Moment {
  readonly rules: Rules;
  readonly context: Attributes;
  /** For each rule the answer to "on anything at all?", as far as it was asked. */
  readonly verdicts: (boolean | undefined)[];
}

const NO = -1;

/** What holds at no time. */
export const NEVER: Moment = { from: NaN, to: NaN, positions: [] };

/** What fresh data of the engine are, within their window. */
export function freshMoment({ validSince, validUntil, positions }: Rules): Moment {
  return { from: validSince, to: validUntil, positions };
}

/** What rules are at any time: those that are not right then are left out. */
export function momentOf({ data, positions, since, expires, validSince, validUntil, window }: Rules, now: number): Moment {
  const windows = data.table.map((_, at) => window(at));
  let from = now * 0; // NaN for a time that is none
  let to = Infinity;
  for (const edge of [since, expires, validSince, validUntil, ...windows.flat()]) {
    if (edge > now) to = Math.min(to, edge);
    else from = Math.max(from, edge);
  }
  const isRight = ([first, until]: Window): boolean => now >= Math.max(since, first) && now < Math.min(expires, until);
  return { from, to, positions: positions.map((at) => (at >= 0 && isRight(window(at)) ? at : NO)) };
}

export function makeView(rules: Rules, { from, to, positions }: Moment, context: Attributes): View {
  return { rules, from, to, positions, context, verdicts: empty(rules.data.table) };
}

/** The index of the rule of a permission, -1 if it is "no". */
export function ruleOf({ rules, positions }: View, permission: string): number {
  const position = rules.places.get(permission);
  return position === undefined ? NO : (positions[position] ?? NO);
}

/** On anything at all? */
export function isOpen(view: View, at: number): boolean {
  if (view.verdicts[at] === undefined) decideAll(view, at);
  return view.verdicts[at] === true;
}

/** Decides a rule, first what it requires without a record; what requires itself is "no". */
function decideAll(view: View, at: number): void {
  const { verdicts, positions, rules } = view;
  const requires = (index: number): number[] => {
    const { scoped, same, other } = rules.entry(index);
    verdicts[index] = false;
    const indexes = Array.from(scoped ? rules.rule(index).others : same.concat(other), (position) => positions[position] ?? NO);
    return indexes.filter((index) => index >= 0 && verdicts[index] === undefined);
  };
  eachAfter(at, requires, (index) => (verdicts[index] = decide(view, index)));
}

/** On this one? Anything that is no object is a record of which nothing is known. */
export function isOn(view: View, at: number, resource: unknown): boolean {
  const { quick, others, parts, map } = view.rules.rule(at);
  if (quick !== undefined) return quick(resource, view.rules.user);
  if (!areOpen(view, others)) return false;
  const question = ask(resource, view.rules.user, map, view.context);
  for (const part of parts) if (!isIn(part, question)) return false;
  return true;
}

/** On which ones? */
export function scopeOf(view: View, at: number): Scope {
  const { user, rule } = view.rules;
  return at < 0 ? makeScope(undefined, user, DEFAULT_MAP) : makeScope(partsLeft(view, rule(at)), user, rule(at).map);
}

function decide(view: View, at: number): boolean {
  const { entry, rule } = view.rules;
  if (!entry(at).scoped) return isWhole(view, entry(at));
  return rule(at).quick !== undefined || partsLeft(view, rule(at)) !== undefined;
}

/** The tenant as a whole: grants without a team, denials of any team, the record unknown. */
function isWhole(view: View, { part: { any, none }, same, other, map }: Entry): boolean {
  const anywhere: Part = { any: any.filter(({ teams }) => !teams), none: none.map(({ own, when }) => ({ own, teams: undefined, when })) };
  return isIn(anywhere, ask(undefined, view.rules.user, map, view.context)) && areOpen(view, same.concat(other));
}

function partsLeft(view: View, { parts, others }: Rule): Part[] | undefined {
  return areOpen(view, others) ? leftOf(parts, view.rules.user, view.context) : undefined;
}

function areOpen(view: View, positions: Iterable<number>): boolean {
  for (const position of positions) {
    const at = view.positions[position] ?? NO;
    if (at < 0 || !isOpen(view, at)) return false;
  }
  return true;
}
