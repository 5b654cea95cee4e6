// Gate data, compiled: for each permission a rule that tells on which records it is given. Context and time are still open.

import { RolegateError } from "./errors.js";
import { parsePath } from "./condition.js";
import { type Mapping, own, type Part, readPart, type Teams } from "./parts.js";
import { makeQuick, type Quick } from "./quick.js";
import type { GateData, MapData, RuleData } from "./types.js";

/** What a permission takes, with everything that it requires. */
export interface Rule {
  readonly scoped: boolean;
  readonly map: Mapping;
  /** What it takes by itself. */
  readonly part: Part;
  /** Positions of the direct prerequisites asked on the same record, and of those asked without one. */
  readonly same: readonly number[];
  readonly other: readonly number[];
  /** When it and all of its prerequisites are right. */
  readonly since: number;
  readonly until: number;
  /** Its part and those of its prerequisites, direct and transitive, that are asked on the same record. */
  readonly parts: ReadonlySet<Part>;
  /** Positions of all prerequisites that are asked without a record. */
  readonly others: ReadonlySet<number>;
  /** A prerequisite is "no" whatever the record. */
  readonly never: boolean;
  /** The short way to answer, where there is one. */
  readonly quick: Quick | undefined;
}

/** The permissions that rules are about. */
export interface Catalog {
  readonly ids: readonly string[];
  readonly index: ReadonlyMap<string, number>;
}

/** What the engine tells: gate data about every permission of the catalog, in which -1 is "no". */
export type Body = Omit<GateData, "ids">;

/** The compiled data of one gate. */
export interface Rules {
  readonly data: Body;
  readonly user: string;
  readonly catalog: Catalog;
  /** For each permission an index into the rules, or -1: no. */
  readonly positions: readonly number[];
  /** Outside `since <= now < expires` every answer is "no". */
  readonly since: number;
  readonly expires: number;
  /** Within `validSince <= now < validUntil` the positions are right as they are. */
  readonly validSince: number;
  readonly validUntil: number;
  /** The rule at an index, compiled when it is first needed. */
  readonly rule: (at: number) => Rule;
}

export function catalogOf(ids: readonly string[]): Catalog {
  return { ids, index: new Map(ids.map((id, i) => [id, i])) };
}

/** Compiles data that have been checked. */
export function compile(data: Body, catalog: Catalog): Rules {
  const { user, rules: positions, table } = data;
  const compiled: (Rule | null)[] = [];
  const teams: Teams[] = [];
  const readTeams = (at: number): Teams => (teams[at] ??= new Set(own(data, "teams")?.[at]));
  const rule = (at: number): Rule => {
    const known = compiled[at];
    if (known === null) throw new RolegateError("bad-gate-data", "gate data: prerequisites in a circle");
    if (known !== undefined) return known;
    compiled[at] = null; // until it is
    const json = table[at] as RuleData;
    const required = (position: number): Rule | undefined => ((positions[position] ?? -1) < 0 ? undefined : rule(positions[position] as number));
    return (compiled[at] = close(json, readPart(json, readTeams), readMap(own(data, "maps")?.[own(json, "map") ?? -1]), required));
  };
  return {
    data,
    user,
    catalog,
    positions,
    since: own(data, "since") ?? 0,
    expires: own(data, "expires") ?? Infinity,
    validSince: own(data, "validSince") ?? 0,
    validUntil: own(data, "validUntil") ?? Infinity,
    rule,
  };
}

function close(json: RuleData, part: Part, map: Mapping, required: (position: number) => Rule | undefined): Rule {
  const same = own(json, "same") ?? [];
  const other = own(json, "other") ?? [];
  let since = own(json, "since") ?? 0;
  let until = own(json, "until") ?? Infinity;
  let never = false;
  const parts = new Set([part]);
  const others = new Set(other);
  for (const position of same.concat(other)) {
    const rule = required(position);
    never ||= rule === undefined || rule.never;
    since = Math.max(since, rule?.since ?? 0);
    until = Math.min(until, rule?.until ?? Infinity);
    if (!same.includes(position)) continue;
    rule?.parts.forEach((inner) => parts.add(inner));
    rule?.others.forEach((inner) => others.add(inner));
  }
  const quick = never || others.size > 0 ? undefined : makeQuick(parts, map);
  return { scoped: own(json, "scoped") === true, map, part, same, other, since, until, parts, others, never, quick };
}

/** @param paths those of the record's type, where it has its own */
export function readMap([owner, team]: MapData = [["owner"], ["team"]]): Mapping {
  return [owner.map(parsePath), team.map(parsePath)];
}
