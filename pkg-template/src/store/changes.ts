// What has become of the answers between two moments, told from gate data alone: no permission is asked, no condition is read.

import type { ClauseData, GateData, Level, RuleData } from "../types.js";
import { eachAfter } from "../walk.js";
import type { Change } from "./types.js";

/** Gate data as they are at a time. */
export interface Dated {
  readonly data: GateData;
  readonly now: number;
}

const LEVELS: readonly (Level | "none")[] = ["none", "own", "team", "all"];

/** The same numbers for the same texts. */
type Numbers = (text: string) => number;

/** What a rule, with all that it requires, lets through. */
interface Effect {
  /** An index into `LEVELS`. */
  readonly rank: number;
  /** Equal effects have equal keys. */
  readonly key: number;
  readonly at: number;
}

/** All permissions that answer otherwise: first those that are held now, in the order of the catalog, then those that are not any more. */
export function changesBetween(before: Dated | undefined, after: Dated | undefined): Change[] {
  const known = new Map<string, number>();
  const numbers: Numbers = (text) => known.get(text) ?? (known.set(text, known.size), known.size - 1);
  const [old, young] = [before, after].map((dated) => new Effects(dated, numbers)) as [Effects, Effects];
  const changes: Change[] = [];
  const compare = (id: string): void => {
    const [from, to] = [old.of(id), young.of(id)];
    if (from.key === to.key) return;
    const [wider, narrower] = [old.isWithin(from, young, to), young.isWithin(to, old, from)];
    const change = wider === narrower ? "different" : wider ? "wider" : "narrower";
    changes.push({ permission: id, from: LEVELS[from.rank] as Level, to: LEVELS[to.rank] as Level, change } as Change);
  };
  for (const id of young.ids) compare(id);
  for (const id of old.ids) if (!young.has(id)) compare(id);
  return changes;
}

/** Of more rules than these it is not told which way they change: a chain of them would be compared in every length. */
const COMPARED = 64;

const NOTHING: readonly number[] = [];
const NONE: Effect = { rank: 0, key: -1, at: -1 };

/** Gate data, so far as they say what is let through. */
class Effects {
  readonly ids: readonly string[];
  private readonly places: ReadonlyMap<string, number>;
  private readonly rules: readonly (RuleData | undefined)[];
  /** For each position a number for the texts of its own rule. */
  private readonly own: readonly number[];
  private readonly effects: Effect[] = [];
  private readonly data: GateData | undefined;

  constructor(dated: Dated | undefined, numbers: Numbers) {
    const { data, now = 0 } = dated ?? {};
    const { ids = [], rules = [], table = [], maps = [], teams = [], since = 0, expires = Infinity } = data ?? {};
    const isOn = now >= since && now < expires;
    const [mapKeys, teamKeys] = [maps, teams].map((list) => list.map((item) => numbers(JSON.stringify(item)))) as [number[], number[]];
    const recordsOnly = new Set(data?.recordsOnly);
    const clauses = (list: readonly ClauseData[] = []): string => list.map(({ own, teams, where = undefined, unless = where }) => `${own ? "o" : ""}${teams === undefined ? "" : teamKeys[teams]}${unless === undefined ? "" : JSON.stringify(unless)}`).join("|");
    const rows = table.map(({ scoped, map = -1, any, none }) => numbers(`${scoped} ${mapKeys[map]} ${clauses(any)}!${clauses(none)}`));
    this.data = data;
    this.ids = ids;
    this.places = new Map(ids.map((id, place) => [id, place]));
    this.rules = rules.map((at) => {
      const rule = table[at] as RuleData;
      return isOn && now >= (rule.since ?? 0) && now < (rule.until ?? Infinity) ? rule : undefined;
    });
    this.own = rules.map((at, place) => (recordsOnly.has(place) ? numbers(`${rows[at]}!`) : (rows[at] as number)));
    const requires = (place: number): readonly number[] => this.requires(place);
    const settle = (place: number): void => this.settle(place, numbers);
    for (let place = 0; place < ids.length; place += 1) {
      if (this.requires(place).length === 0) settle(place);
      else eachAfter(place, requires, settle);
    }
  }

  has(id: string): boolean {
    return this.places.has(id);
  }

  of(id: string): Effect {
    return this.effects[this.places.get(id) ?? -1] ?? NONE;
  }

  /** Whether all that an effect lets through, another lets through, as far as it can be told. */
  isWithin({ rank, at }: Effect, other: Effects, wider: Effect): boolean {
    if (rank === 0 || wider.rank === 0) return rank === 0;
    const [mine, theirs] = [this.closure(at), other.closure(wider.at)];
    if (Math.max(mine.rules.length, theirs.rules.length) > COMPARED) return false;
    const names = new Set(mine.others);
    return theirs.others.every((id) => names.has(id)) && theirs.rules.every((wide) => mine.rules.some((rule) => this.isRuleWithin(rule, other, wide)));
  }

  /** What must be settled before a position can be. */
  private requires(place: number): readonly number[] {
    const { same = NOTHING, other = NOTHING } = this.rules[place] ?? {};
    return same.length + other.length === 0 ? NOTHING : [...same, ...other].filter((at) => this.effects[at] === undefined);
  }

  /** The effect of a position whose requirements are settled; what requires itself is "no". */
  private settle(place: number, numbers: Numbers): void {
    const rule = this.rules[place];
    let rank = rule === undefined ? 0 : rankOf(rule);
    let key = this.own[place] as number;
    for (const at of rule?.same ?? NOTHING) {
      const effect = this.effects[at] ?? NONE;
      rank = Math.min(rank, effect.rank);
      key = numbers(`${key}&${effect.key}`);
    }
    for (const at of rule?.other ?? NOTHING) {
      const effect = this.effects[at] ?? NONE;
      if (effect.rank === 0) rank = 0;
      key = numbers(`${key}/${effect.key}`);
    }
    this.effects[place] = rank === 0 ? NONE : { rank, key, at: place };
  }

  /** All rules that must hold of the same record, and the ids of what is asked without one. */
  private closure(place: number): { rules: RuleData[]; others: string[] } {
    const places = new Set([place]); // grows while it is walked
    const others = new Set<string>();
    for (const at of places) {
      if (places.size > COMPARED) break;
      for (const same of this.rules[at]?.same ?? []) places.add(same);
      for (const other of this.rules[at]?.other ?? []) others.add(this.ids[other] as string);
    }
    return { rules: [...places].map((at) => this.rules[at] as RuleData), others: [...others] };
  }

  private isRuleWithin(narrow: RuleData, other: Effects, wide: RuleData): boolean {
    if (isEverything(wide)) return true;
    const isSameMap = JSON.stringify(this.data?.maps?.[narrow.map ?? -1]) === JSON.stringify(other.data?.maps?.[wide.map ?? -1]);
    const isIn = (mine: ClauseData, theirs: ClauseData): boolean => this.isClauseWithin(mine, other, theirs);
    // An exclusion of the wider rule must be among those of the narrower: there a clause that reaches further excludes more.
    const isSameType = (narrow.scoped ?? false) === (wide.scoped ?? false) && isSameMap;
    const areExcluded = (wide.none ?? []).every((theirs) => (narrow.none ?? []).some((mine) => other.isClauseWithin(theirs, this, mine)));
    return isSameType && areExcluded && narrow.any.every((mine) => wide.any.some((theirs) => isIn(mine, theirs)));
  }

  private isClauseWithin(mine: ClauseData, other: Effects, { own, teams, where, unless }: ClauseData): boolean {
    const reaches = !own || mine.own === true;
    const condition = where ?? unless;
    const isFree = condition === undefined || JSON.stringify(condition) === JSON.stringify(mine.where ?? mine.unless);
    if (teams === undefined || !reaches || !isFree) return reaches && isFree;
    const wide = new Set(other.data?.teams?.[teams]);
    return mine.teams !== undefined && (this.data?.teams?.[mine.teams] ?? []).every((team) => wide.has(team));
  }
}

/** Whether a rule by itself lets everything through. It says neither type nor places then. */
export function isEverything({ any, none = [] }: RuleData): boolean {
  return none.length === 0 && any.some(({ own, teams, where }) => own === undefined && teams === undefined && where === undefined);
}

/** The widest level of a rule. */
function rankOf({ any, none = [] }: RuleData): number {
  const most = none.some(({ teams }) => teams !== undefined) ? 2 : 3;
  return any.reduce((widest, { own, teams }) => Math.max(widest, Math.min(most, own ? 1 : teams === undefined ? 3 : 2)), 0);
}
