// Gate data, compiled: for each permission a rule that tells on which records it is given. Context and time are still open.

import { type Masks, readMasks } from "./mask.js";
import { DEFAULT_MAP, type Mapping, type Part, readMap, readPart, readTeams, type Teams } from "./parts.js";
import { field, index, list, must, object, optional, type Read, text, time } from "./read.js";
import type { GateData } from "./types.js";

/** The permissions that rules are about, and the types of records that they are of. */
export interface Catalog {
  readonly ids: readonly string[];
  /** The position of each id. */
  readonly places: ReadonlyMap<string, number>;
  readonly masks: Masks;
}

/** What the engine tells: gate data about every permission of the catalog, in which -1 is "no". */
export type Body = Omit<GateData, "ids">;

/** The compiled data of one gate. */
export interface Rules extends Catalog {
  readonly data: Body;
  readonly tenant: string | undefined;
  readonly revision: number;
  /** For each permission an index into the rules, or -1: no. */
  readonly positions: readonly number[];
  /** Outside `since <= now < expires` every answer is "no". */
  readonly since: number;
  readonly expires: number;
  /** Within `validSince <= now < validUntil` the positions are right as they are. */
  readonly validSince: number;
  readonly validUntil: number;
  /** The permissions that are "no" without a record. */
  readonly recordsOnly: ReadonlySet<string>;
  /** The rule at an index by itself; read when it is first needed. */
  readonly entry: (at: number) => Entry;
  /** Whether a condition may read the context. */
  readonly readsContext: () => boolean;
  /** When the rule at an index, and those that it requires on the same record, are right. */
  readonly window: (at: number) => Window;
}

/** @param data what has `ids`, `types` and `masks` as gate data have them */
export function catalogOf(data: object): Catalog {
  const ids = field(data, "ids", list(text)).map(intern);
  return { ids, places: new Map(ids.map((id, i) => [id, i])), masks: readMasks(data, ids) };
}

/** The same text as the key of an object: engines find such a string faster, since names in code are the very same one. */
function intern(id: string): string {
  return Object.keys({ [id]: 0 })[0] as string;
}

const DATA = object("format user tenant revision at since expires validSince validUntil ids rules table maps teams recordsOnly types masks");

/** @param known the catalog that data of the engine are about, whose rules are as many */
export function compile(json: unknown, known?: Catalog): Rules {
  const data = DATA(json) as Body;
  field(data, "format", (format) => must(format === "rolegate-gate/1"));
  field(data, "at", time);
  const { ids, places, masks } = known ?? catalogOf(data);
  const positions = known ? data.rules : field(data, "rules", list(index(field(data, "table", list(Boolean)).length)));
  field(data, "user", text);
  must(positions.length === places.size && positions.length === ids.length);
  return {
    data,
    tenant: field(data, "tenant", optional(text)),
    revision: field(data, "revision", index(2 ** 53)),
    ids,
    places,
    masks,
    positions,
    since: Math.max(0, field(data, "since", time, 0)),
    expires: field(data, "expires", time, Infinity),
    validSince: Math.max(0, field(data, "validSince", time, 0)),
    validUntil: field(data, "validUntil", time, Infinity),
    recordsOnly: new Set(field(data, "recordsOnly", list(index(positions.length)), []).map((position) => ids[position] as string)),
    ...compiler(data, positions),
  };
}

/** Compiles data from elsewhere. Every rule is read at once, so that none is found wrong when it is asked. */
export function compileWhole(json: unknown): Rules {
  const rules = compile(json);
  rules.data.table.forEach((_, at) => rules.window(at));
  return rules;
}

/** From when on and until when. */
export type Window = readonly [since: number, until: number];

/** A rule by itself, as it is written. */
export interface Entry {
  readonly scoped: boolean;
  readonly map: Mapping;
  readonly part: Part;
  readonly window: Window;
  /** Positions of the direct prerequisites that are asked on the same record, and of those that are asked without one. */
  readonly same: readonly number[];
  readonly other: readonly number[];
}

const ENTRY = object("scoped map any none same other since until");

const ALWAYS: Window = [0, Infinity];
function compiler(data: Body, positions: readonly number[]): Pick<Rules, "entry" | "window" | "readsContext"> {
  const entries = empty<Entry>(data.table);
  const windows = empty<Window>(data.table);
  const maps = empty<Mapping>(data.maps);
  const teams = empty<Teams>(data.teams);
  const pool = <T>(of: "table" | "maps" | "teams", at: number, how: Read<T>): T => field(data, of, (all) => field(Object(all), at, how));
  const readTeamsAt: Read<Teams> = (at) => (teams[index(Infinity)(at)] ??= pool("teams", at as number, readTeams));
  const readMapAt: Read<Mapping> = (at) => (maps[index(Infinity)(at)] ??= pool("maps", at as number, readMap));
  const readPositions = list(index(positions.length));

  const readEntry: Read<Entry> = (json) => {
    const rule = ENTRY(json);
    return {
      scoped: field(rule, "scoped", (scoped) => must(scoped === true), false),
      map: field(rule, "map", readMapAt, DEFAULT_MAP),
      part: readPart(rule, readTeamsAt),
      same: field(rule, "same", readPositions, []),
      other: field(rule, "other", readPositions, []),
      window: [field(rule, "since", time, 0), field(rule, "until", time, Infinity)],
    };
  };

  const entry = (at: number): Entry => (entries[at] ??= pool("table", at, readEntry));
  const indexAt = (position: number): number => positions[position] as number;

  const window = (at: number): Window => {
    const requires = (index: number): number[] => entry(index).same.map(indexAt).filter((index) => index >= 0 && !windows[index]);
    if (!windows[at]) {
      eachAfter(at, requires, (index) => {
        const all = [entry(index).window, ...entry(index).same.flatMap((position) => [windows[indexAt(position)] ?? ALWAYS])];
        windows[index] = [Math.max(...all.map(([since]) => since)), Math.min(...all.map(([, until]) => until))];
      });
    }
    return windows[at] as Window;
  };
  let reads: boolean | undefined;
  const readsContext = (): boolean => (reads ??= JSON.stringify(data.table).includes("context."));
  return { entry, window, readsContext };
}

/** A place for each of a list, without the holes through which prototypes are seen. */
export function empty<T>(list: unknown): (T | undefined)[] {
  return new Array<T | undefined>(Array.isArray(list) ? list.length : 0).fill(undefined);
}

/** Visits an index after all that it requires; within a circle in some order. */
export function eachAfter(at: number, requires: (at: number) => readonly number[], visit: (at: number) => void): void {
  const entered = new Set<number>();
  const open = [at];
  for (let next = open.at(-1); next !== undefined; next = open.at(-1)) {
    if (entered.has(next)) {
      open.pop();
      visit(next);
    } else {
      entered.add(next);
      open.push(...requires(next).filter((index) => !entered.has(index)));
    }
  }
}
