// Rules at one moment and in one context: what answers.

import type { Attributes } from "./condition.js";
import { ask, isIn, type Part } from "./parts.js";
import { admits } from "./quick.js";
import { readMap, type Rule, type Rules } from "./rules.js";
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
  readonly index: ReadonlyMap<string, number>;
  /** For each rule the answer to "on anything at all?", as far as it was asked. */
  readonly verdicts: (boolean | undefined)[];
}

const NO = -1;

/** What rules are by a clock that cannot be right. */
export const NEVER: Moment = { from: NaN, to: NaN, positions: [] };

/** What fresh data of the engine are, within their window. */
export function freshMoment({ validSince, validUntil, positions }: Rules): Moment {
  return { from: validSince, to: validUntil, positions };
}

/** What rules are at any time: those that are not right then are left out. */
export function momentOf({ data, positions, since, expires: until, validSince, validUntil, rule }: Rules, now: number): Moment {
  if (!(now >= 0 && now < Infinity)) return NEVER;
  const isRight = (window: { since: number; until: number }): boolean => now >= window.since && now < window.until;
  const all = data.table.map((_, at) => rule(at));
  const edges = [0, Infinity, since, until, validSince, validUntil, ...all.flatMap((one) => [one.since, one.until])];
  return {
    from: edges.reduce((from, edge) => (edge <= now && edge > from ? edge : from)),
    to: edges.reduce((to, edge) => (edge > now && edge < to ? edge : to), Infinity),
    positions: positions.map((at) => (at >= 0 && isRight({ since, until }) && isRight(all[at] as Rule) ? at : NO)),
  };
}

export function makeView(rules: Rules, { from, to, positions }: Moment, context: Attributes): View {
  return { rules, from, to, positions, context, index: rules.catalog.index, verdicts: [] };
}

/** The index of the rule of a permission, -1 if it is "no". */
export function ruleOf({ index, positions }: View, permission: string): number {
  const position = index.get(permission);
  return position === undefined ? NO : (positions[position] ?? NO);
}

/** On anything at all? */
export function isOpen(view: View, at: number): boolean {
  return view.verdicts[at] ?? (view.verdicts[at] = decide(view, view.rules.rule(at)));
}

/** On this one? Anything that is no object is a record of which nothing is known. */
export function isOn(view: View, at: number, resource: unknown): boolean {
  const rule = view.rules.rule(at);
  const { user } = view.rules;
  if (rule.quick !== undefined) return admits(rule.quick, resource, user);
  if (!areOthersOpen(view, rule)) return false;
  const question = ask(resource, user, rule.map, view.context);
  for (const part of rule.parts) if (!isIn(part, question)) return false;
  return true;
}

/** On which ones? */
export function scopeOf(view: View, at: number): Scope {
  const { user } = view.rules;
  if (at < 0) return makeScope(undefined, user, readMap());
  const rule = view.rules.rule(at);
  return makeScope(partsLeft(view, rule), user, rule.map);
}

function decide(view: View, rule: Rule): boolean {
  if (rule.never) return false;
  if (!rule.scoped) return isWhole(view, rule);
  return rule.quick !== undefined || partsLeft(view, rule) !== undefined;
}

/** The tenant as a whole: grants without a team, denials of any team, the record unknown. */
function isWhole(view: View, { part: { any, none }, same, other, map }: Rule): boolean {
  const anywhere: Part = { any: any.filter(({ teams }) => teams === undefined), none: none.map(({ unless }) => ({ teams: undefined, unless })) };
  return isIn(anywhere, ask(undefined, view.rules.user, map, view.context)) && areOpen(view, same) && areOpen(view, other);
}

function partsLeft(view: View, rule: Rule): Part[] | undefined {
  return areOthersOpen(view, rule) ? leftOf(rule.parts, view.rules.user, view.context) : undefined;
}

function areOthersOpen(view: View, { never, others }: Rule): boolean {
  return !never && areOpen(view, others);
}

function areOpen(view: View, positions: Iterable<number>): boolean {
  for (const position of positions) {
    const at = view.positions[position] ?? NO;
    if (at < 0 || !isOpen(view, at)) return false;
  }
  return true;
}
