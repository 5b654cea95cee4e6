// Gate data, compiled: for each permission a rule that tells on which records it is given. Context and time are still open.

import { DEFAULT_MAP, type Mapping, NOTHING, type Part, readMap, readPart, type Teams } from "./parts.js";
import { field, index, list, must, object, optional, type Read, text, time } from "./read.js";
import type { GateData } from "./types.js";

/** Whether a record is admitted, whatever it is. */
export type Quick = (resource: unknown, user: string) => boolean;

/** `undefined` where the long way is needed, and where nothing is admitted. */
export type MakeQuick = (parts: Iterable<Part>, map: Mapping) => Quick | undefined;

/** What a permission takes, with everything that it requires. */
export interface Rule {
  readonly scoped: boolean;
  readonly map: Mapping;
  /** What it takes by itself. */
  readonly part: Part;
  /** Positions of the direct prerequisites. */
  readonly required: readonly number[];
  /** When it and all of its prerequisites are right. */
  readonly since: number;
  readonly until: number;
  /** Its part and those of its prerequisites, direct and transitive, that are asked on the same record. */
  readonly parts: ReadonlySet<Part>;
  /** Positions of all prerequisites that are asked without a record. */
  readonly others: ReadonlySet<number>;
  /** The short way to answer, where there is one. */
  readonly quick: Quick | undefined;
}

/** The permissions that rules are about. */
export interface Catalog {
  readonly ids: readonly string[];
  /** The position of each id. */
  readonly places: ReadonlyMap<string, number>;
}

/** What the engine tells: gate data about every permission of the catalog, in which -1 is "no". */
export type Body = Omit<GateData, "ids">;

/** The compiled data of one gate. */
export interface Rules {
  readonly data: Body;
  readonly user: string;
  readonly tenant: string | undefined;
  readonly revision: number;
  readonly ids: Catalog["ids"];
  readonly places: Catalog["places"];
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
  return { ids, places: new Map(ids.map((id, i) => [id, i])) };
}

/**
 * @param known the catalog that data of the engine are about, whose rules are as many
 * @param makeQuick makes the short ways, which are only worth their size where much is asked
 */
export function compile(json: unknown, known?: Catalog, makeQuick?: MakeQuick): Rules {
  const data = object(json) as Body;
  field(data, "format", (format) => must(format === "rolegate-gate/1"));
  field(data, "at", time);
  const { ids, places } = known ?? catalogOf(field(data, "ids", list(text)));
  const positions = known ? data.rules : field(data, "rules", list(index(field(data, "table", list(Boolean)).length)));
  must(positions.length === places.size && positions.length === ids.length);
  return {
    data,
    user: field(data, "user", text),
    tenant: field(data, "tenant", optional(text)),
    revision: field(data, "revision", index(2 ** 53)),
    ids,
    places,
    positions,
    since: Math.max(0, field(data, "since", time, 0)),
    expires: field(data, "expires", time, Infinity),
    validSince: Math.max(0, field(data, "validSince", time, 0)),
    validUntil: field(data, "validUntil", time, Infinity),
    rule: compiler(data, positions, makeQuick),
  };
}

function compiler(data: Body, positions: readonly number[], makeQuick?: MakeQuick): Rules["rule"] {
  const rules: (Rule | false)[] = []; // `false` while it is being compiled
  const maps: Mapping[] = [];
  const teams: Teams[] = [];
  const entry = <T>(of: "table" | "maps" | "teams", at: number, how: Read<T>): T => field(data, of, (entries) => field(Object(entries), at, how));
  const readTeams: Read<Teams> = (at) => (teams[index(Infinity)(at)] ??= entry("teams", at as number, (ids) => new Set(list(text)(ids))));
  const readMapAt: Read<Mapping> = (at) => (maps[index(Infinity)(at)] ??= entry("maps", at as number, readMap));
  const readPositions = list(index(positions.length));

  const readRule: Read<Rule> = (json) => {
    const data = object(json);
    const part = readPart(data, readTeams);
    const map = field(data, "map", readMapAt, DEFAULT_MAP);
    const same = field(data, "same", readPositions, []);
    const other = field(data, "other", readPositions, []);
    const required = same.concat(other);
    const parts = new Set([part]);
    const others = new Set(other);
    let since = field(data, "since", time, 0);
    let until = field(data, "until", time, Infinity);
    required.forEach((position, i) => {
      const at = positions[position] as number;
      if (at < 0) return parts.add(NOTHING);
      const inner = rule(at);
      since = Math.max(since, inner.since);
      until = Math.min(until, inner.until);
      if (i >= same.length) return;
      inner.parts.forEach((part) => parts.add(part));
      inner.others.forEach((position) => others.add(position));
    });
    const quick = others.size > 0 ? undefined : makeQuick?.(parts, map);
    return { scoped: field(data, "scoped", Boolean), map, part, required, since, until, parts, others, quick };
  };

  const rule = (at: number): Rule => {
    if (rules[at] === undefined) {
      rules[at] = false;
      rules[at] = entry("table", at, readRule);
    }
    return must(rules[at]); // prerequisites must not go in a circle
  };
  return rule;
}
