// Gate data, compiled: for each permission a rule that tells on which records it is given. Context and time are still open.

import { RolegateError } from "./errors.js";
import { parsePath } from "./condition.js";
import { type Mapping, ownOf, type Part, readPart, type Teams } from "./parts.js";
import { makeQuick, type Quick } from "./quick.js";
import type { GateData, MapData, RuleData } from "./types.js";

/** What a permission takes, with everything that it requires. */
export interface Rule extends Part {
  readonly scoped: boolean;
  readonly map: Mapping;
  /** Positions of the direct prerequisites asked on the same record, and of those asked without one. */
  readonly same: readonly number[];
  readonly other: readonly number[];
  /** When it and all of its prerequisites are right. */
  readonly since: number;
  readonly until: number;
  /** It and its prerequisites, direct and transitive, that are asked on the same record. */
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
  readonly user: string;
  readonly catalog: Catalog;
  /** For each permission an index into the rules, or -1: no. */
  readonly positions: readonly number[];
  readonly data: Body;
  /** The rule at an index, compiled when it is first needed. */
  readonly rule: (at: number) => Rule;
}

export function catalogOf(ids: readonly string[]): Catalog {
  return { ids, index: new Map(ids.map((id, i) => [id, i])) };
}

/** Compiles data that have been checked. */
export function compile(source: Body, catalog: Catalog): Rules {
  const data = { ...ownOf(source) };
  const { rules, table, teams: teamLists = [], maps = [] } = data;
  const compiled: (Rule | null)[] = [];
  const teamSets: Teams[] = [];
  const readTeams = (at: number): Teams => (teamSets[at] ??= new Set(teamLists[at]));
  const rule = (at: number): Rule => {
    const known = compiled[at];
    if (known === null) throw new RolegateError("bad-gate-data", "gate data: prerequisites in a circle");
    if (known !== undefined) return known;
    compiled[at] = null; // until it is
    const json = ownOf(table[at] as RuleData);
    const required = (positions: readonly number[]): (Rule | undefined)[] => positions.map((position) => {
      const at = rules[position] ?? -1;
      return at < 0 ? undefined : rule(at);
    });
    return (compiled[at] = close(json, readPart(json, readTeams), readMap(maps[json.map ?? -1]), required));
  };
  return { user: data.user, catalog, positions: rules, data, rule };
}

function close(json: RuleData, part: Part, map: Mapping, required: (positions: readonly number[]) => (Rule | undefined)[]): Rule {
  const { scoped = false, same = [], other = [] } = json;
  const [onSame, onOther] = [required(same), required(other)];
  const all = [...onSame, ...onOther];
  const parts = new Set([part, ...onSame.flatMap((rule) => [...(rule?.parts ?? [])])]);
  const others = new Set([...other, ...onSame.flatMap((rule) => [...(rule?.others ?? [])])]);
  const never = all.some((rule) => rule === undefined || rule.never);
  const since = Math.max(json.since ?? 0, ...all.map((rule) => rule?.since ?? 0));
  const until = Math.min(json.until ?? Infinity, ...all.map((rule) => rule?.until ?? Infinity));
  const quick = never || others.size > 0 ? undefined : makeQuick(parts, map);
  return { ...part, scoped, map, same, other, since, until, parts, others, never, quick };
}

/** @param paths those of the record's type, where it has its own */
export function readMap([owner, team]: MapData = [["owner"], ["team"]]): Mapping {
  return [owner.map(parsePath), team.map(parsePath)];
}
