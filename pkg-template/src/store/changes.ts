// How the answers changed between two moments, computed from gate data alone: no permission is checked and no
// condition is evaluated.

import { eachAfter } from "../core/walk.js";
import type { ClauseData, GateData, Level, RuleData } from "../types/types.js";
import type { Change } from "./types.js";

/** Gate data at a time. */
export interface Dated {
  readonly data: GateData;
  readonly now: number;
}

const LEVELS: readonly (Level | "none")[] = ["none", "own", "team", "all"];

/** What a rule allows, with everything it requires. */
interface Effect {
  /** An index into `LEVELS`. */
  readonly rank: number;
  /** Equal effects have equal keys. */
  readonly key: number;
  /** Alternatives and exclusions, as separate entries. */
  readonly parts: () => readonly [any: Set<string>, none: Set<string>];
  readonly needs: readonly Need[];
}

/** Something that is required, such as another permission or that there is a record. */
type Need = readonly [kind: string, effect: Effect];

const NOTHING: readonly never[] = [];
const NONE: Effect = { rank: 0, key: -1, parts: () => [new Set(), new Set()], needs: NOTHING };
const EVER: Effect = { ...NONE, rank: 3, key: -2 };
/** A longer chain of prerequisites is not compared, unless its parts were compared before. */
const DEEPEST = 8;

/**
 * All permissions whose answers changed: first those that are allowed now, in the order of the catalog, then
 * those that no longer are.
 */
export function changesBetween(before: Partial<Dated>, after: Partial<Dated>): Change[] {
  const known = new Map<string, number>();
  const number = (text: string): number => known.get(text) ?? (known.set(text, known.size), known.size - 1);
  const [old, young] = [before, after].map((dated) => effectsOf(dated, number)) as [
    Map<string, Effect>,
    Map<string, Effect>,
  ];
  const compared = new Map<string, boolean>();
  /** Whether another effect certainly allows everything that this one allows. */
  const isWithin = (narrow: Effect, wide: Effect, depth: number): boolean => {
    if (narrow.key === wide.key || narrow.rank * wide.rank === 0) return narrow.rank === 0 || wide.rank > 0;
    const pair = `${narrow.key} ${wide.key}`;
    const isKnown = compared.get(pair);
    if (isKnown !== undefined || depth > DEEPEST) return isKnown === true;
    const areMet = wide.needs.every(([kind, need]) =>
      narrow.needs.some(([of, mine]) => of === kind && isWithin(mine, need, depth + 1)),
    );
    const [[any, none], [wider, fewer]] = [narrow.parts(), wide.parts()];
    const found = areMet && isCovered(any, wider) && isCovered(fewer, none);
    compared.set(pair, found);
    return found;
  };
  return [...new Set([...young.keys(), ...old.keys()])].flatMap((permission) => {
    const [from, to] = [old, young].map((effects) => effects.get(permission) ?? NONE) as [Effect, Effect];
    if (from.key === to.key) return [];
    const [isWider, isNarrower] = [isWithin(from, to, 0), isWithin(to, from, 0)];
    const change = isWider === isNarrower ? "different" : isWider ? "wider" : "narrower";
    return { permission, from: LEVELS[from.rank], to: LEVELS[to.rank], change } as Change;
  });
}

/** Whether each part is among others, by itself or without its condition. */
function isCovered(parts: Set<string>, others: Set<string>): boolean {
  return (
    others.has(ALL) ||
    [...parts].every((part) => others.has(part) || others.has(part.slice(0, part.indexOf("\n") + 1)))
  );
}

/** The part that allows everything. */
const ALL = "\n";

/** @param number returns equal numbers for equal texts */
function effectsOf({ data, now }: Partial<Dated>, number: (text: string) => number): Map<string, Effect> {
  const {
    ids = [],
    rules = [],
    table = [],
    maps = [],
    teams = [],
    since = 0,
    expires = Infinity,
    recordsOnly = [],
  } = data ?? {};
  const time = now ?? 0;
  const [mapKeys, teamKeys] = [maps, teams].map((list) =>
    list.map((item) => number(JSON.stringify(item))),
  ) as [number[], number[]];
  const [effects, only] = [[] as Effect[], new Set(recordsOnly)];
  const isNow = (from: number, to: number): boolean => time >= from && time < to;
  const condition = ({ where, unless = where }: ClauseData): string =>
    unless === undefined ? "" : JSON.stringify(unless);
  const clauses = (list: readonly ClauseData[] = NOTHING): string =>
    list
      .map(
        (it) => `${it.own ? "own" : ""} ${it.teams === undefined ? "" : teamKeys[it.teams]} ${condition(it)}`,
      )
      .join("|");
  const rows = table.map(({ scoped, map = -1, any, none }) =>
    number(`${scoped} ${mapKeys[map]} ${clauses(any)}!${clauses(none)}`),
  );
  const on = isNow(since, expires)
    ? rules
        .map((at) => table[at] as RuleData)
        .map((rule) => (isNow(rule.since ?? 0, rule.until ?? Infinity) ? rule : undefined))
    : [];
  /** A clause of several teams is as good as one of each. */
  const each = (list: readonly ClauseData[] = NOTHING, shape: string): Set<string> =>
    new Set(
      list.flatMap((it) =>
        (it.teams === undefined ? [""] : (teams[it.teams] ?? NOTHING)).map(
          (team) =>
            `${it.own || it.teams !== undefined ? JSON.stringify([shape, it.own, team]) : ""}\n${condition(it)}`,
        ),
      ),
    );
  const requires = (index: number): readonly number[] => {
    const { same = NOTHING, other = NOTHING } = on[index] ?? {};
    return same.length + other.length === 0
      ? NOTHING
      : [...same, ...other].filter((at) => effects[at] === undefined);
  };
  /** The effect of a position whose prerequisites are known; what requires itself is denied. */
  const settle = (index: number): void => {
    const rule = on[index];
    if (rule === undefined) return void (effects[index] = NONE);
    const { any, none, map = -1, scoped, same = NOTHING, other = NOTHING } = rule;
    let [rank, key] = [rankOf(rule), rows[rules[index] as number] as number];
    const needs: Need[] = only.has(index) ? [["record", EVER]] : [];
    for (const [kind, list] of Object.entries({ same, other })) {
      for (const at of list) {
        const effect = effects[at] ?? NONE;
        rank = kind === "same" ? Math.min(rank, effect.rank) : effect.rank && rank;
        needs.push([kind, effect]);
      }
    }
    if (needs.length > 0) key = number(`${key}:${needs.map(([kind, { key }]) => kind + key)}`);
    const shape = `${scoped} ${mapKeys[map]}`;
    effects[index] =
      rank === 0 ? NONE : { rank, key, parts: () => [each(any, shape), each(none, shape)], needs };
  };
  for (const index of ids.keys())
    if (effects[index] === undefined)
      requires(index).length > 0 ? eachAfter(index, requires, settle) : settle(index);
  return new Map(ids.map((id, index) => [id, effects[index] as Effect]));
}

/** Whether a rule alone allows everything. Then it has neither type nor paths. */
export function isEverything({ any, none = [] }: RuleData): boolean {
  return (
    none.length === 0 &&
    any.some(({ own, teams, where }) => own === undefined && teams === undefined && where === undefined)
  );
}

/** The widest level of a rule. */
function rankOf({ any, none = NOTHING }: RuleData): number {
  const most = none.some(({ teams }) => teams !== undefined) ? 2 : 3;
  return any.reduce(
    (widest, { own, teams }) => Math.max(widest, Math.min(most, own ? 1 : teams === undefined ? 3 : 2)),
    0,
  );
}
