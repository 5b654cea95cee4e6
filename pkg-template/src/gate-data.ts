// From the engine's data about every permission of the catalog to gate data about those that are yes or may be.

import type { Rules } from "./rules.js";
import type { ClauseData, GateData, MaskData, RuleData } from "./types.js";

/** Gives each number that is used the next free place. */
class Places {
  readonly used: number[] = [];
  private readonly places: Map<number, number> = new Map();

  place(of: number): number {
    const known = this.places.get(of);
    if (known !== undefined) return known;
    this.places.set(of, this.used.length);
    return this.used.push(of) - 1;
  }

  at = (of: number): number => this.place(of);

  /** The place of one that is used; -1 for another. */
  find(of: number): number {
    return this.places.get(of) ?? -1;
  }
}

/**
 * @param user whose data they are: rules may be shared by users who hold the same
 * @param at the maker's clock
 * @param isRecordsOnly whether the permission at a position is "no" without a record
 */
export function toGateData(rules: Rules, user: string, at: number, isRecordsOnly: (position: number) => boolean): GateData {
  const { data } = rules;
  const positions = rules.positions.flatMap((index, position) => (index < 0 ? [] : position));
  const [ids, table, maps, teams] = [new Places(), new Places(), new Places(), new Places()];
  positions.forEach(ids.at);
  const indexes = positions.map((position) => table.place(data.rules[position] as number));
  const clause = <C extends ClauseData>(clause: C): C => (clause.teams === undefined ? clause : { ...clause, teams: teams.place(clause.teams) });
  const moved = (entry: RuleData): RuleData => ({
    ...entry,
    ...(entry.map !== undefined && { map: maps.place(entry.map) }),
    any: entry.any.map(clause),
    ...(entry.none && { none: entry.none.map(clause) }),
    ...(entry.same && { same: entry.same.map(ids.at) }),
    ...(entry.other && { other: entry.other.map(ids.at) }),
  });
  const entries = table.used.map((index) => moved(data.table[index] as RuleData));
  const { masks: all = [], ...rest } = data;
  const masks = all.map(([type, path, position, as]): MaskData => [type, path, ids.find(position), as]);
  const recordsOnly = positions.flatMap((position, id) => (isRecordsOnly(position) ? id : []));
  return copyOf({
    ...rest,
    user,
    at,
    ids: positions.map((position) => rules.ids[position] as string),
    rules: indexes,
    table: entries,
    maps: maps.used.map((index) => data.maps?.[index] ?? [["owner"], ["team"]]),
    teams: teams.used.map((index) => data.teams?.[index] ?? []),
    ...(recordsOnly.length > 0 && { recordsOnly }),
    ...(masks.length > 0 && { masks }),
  });
}

/** A copy, so that whoever changes what was handed out changes no answer. */
export function copyOf<T>(data: T): T {
  return JSON.parse(JSON.stringify(data)) as T;
}
