// Gate data as rules: what is written is checked, and stays as it is.

import type { Window } from "../condition/during.js";
import type { Node } from "../condition/facts.js";
import {
  among,
  copyOf,
  field,
  index,
  list,
  must,
  object,
  optional,
  type Read,
  text,
  time,
  yes,
} from "../core/read.js";
import type { GateData } from "../types/types.js";
import type { Masks } from "./mask.js";
import { noAnswers, type Rule, type Rules, type RulesAt, whyOff } from "./moment.js";
import { type ClauseReaders, DEFAULT_MAP, type Mapping, readMap, readPart, readTeams } from "./parts.js";
import type { readWhy, WhyRules } from "./why-data.js";

/** Gate data that were read. */
export interface DataRules extends Rules {
  readonly data: GateData;
  /** What explains them, if it is in the data. */
  readonly why: WhyRules | undefined;
  readonly user: string;
  /** The permissions that are "no" without a record. */
  readonly recordsOnly: ReadonlySet<string>;
  /** For each permission its rule, right or not at the moment. */
  readonly all: readonly Rule[];
  /** The time in which the positions are right as they are. */
  readonly valid: Window;
}

/**
 * The same text as the key of an object: engines find such a string faster, since names in code are the very
 * same one.
 */
export function intern(id: string): string {
  return Object.keys({ [id]: 0 })[0] as string;
}

/** What reads the parts of gate data that some readers do without. */
export interface Readers {
  readonly condition: Read<Node>;
  /** Reads `types` and `masks`, where permissions are positions in `ids`. */
  readonly masks: (data: object, ids: readonly string[]) => Masks;
  readonly why: typeof readWhy | undefined;
}

const DATA = object(
  "format user tenant revision at since expires validSince validUntil ids rules table maps teams recordsOnly types masks explain",
);
const RULE = object("scoped map any none same other since until");

/** Reads all of gate data, so that nothing is found wrong when it is asked. */
export function readRules(json: unknown, { condition, masks, why }: Readers): DataRules {
  const data = DATA(json) as GateData;
  field(data, "format", (format) => must(format === "rolegate-gate/1"));
  field(data, "at", time);
  const ids = field(data, "ids", list(text)).map(intern);
  const byId = new Map(ids.map((id, index) => [id, index]));
  const map = among(field(data, "maps", list(readMap), []));
  const clauses = { teams: among(field(data, "teams", list(readTeams), [])), condition };
  const table = field(
    data,
    "table",
    list(ruleReader(ids.length, map, { ...clauses, keys: "", more: () => ({}) })),
  );
  const rules = field(data, "rules", list(index(table.length)));
  must(byId.size === ids.length && rules.length === ids.length);
  const since = Math.max(0, field(data, "since", time, 0));
  const expires = field(data, "expires", time, Infinity);
  return {
    // Whoever gave them may change them.
    data: copyOf(data),
    why:
      why &&
      field(
        data,
        "explain",
        optional((json) => why(json, { since, expires }, map, clauses)),
      ),
    user: field(data, "user", text),
    tenant: field(data, "tenant", optional(text)),
    revision: field(data, "revision", index(2 ** 53)),
    ids,
    byId,
    masks: masks(data, ids),
    since,
    expires,
    valid: [Math.max(0, field(data, "validSince", time, 0)), field(data, "validUntil", time, Infinity)],
    recordsOnly: new Set(
      field(data, "recordsOnly", list(index(ids.length)), []).map((position) => ids[position] as string),
    ),
    readsContext: table.some(({ part: { any, none } }) =>
      [...any, ...none].some(({ when }) => when?.names.some((name) => name.startsWith("context."))),
    ),
    all: rules.map((at) => table[at] as Rule),
  };
}

function ruleReader(count: number, map: Read<Mapping>, clauses: ClauseReaders<object>): Read<Rule> {
  const positions = list(index(count));
  return (json) => {
    const rule = RULE(json);
    return {
      scoped: field(rule, "scoped", optional(yes)) === true,
      map: field(rule, "map", map, DEFAULT_MAP),
      part: readPart(rule, clauses),
      same: field(rule, "same", positions, []),
      other: field(rule, "other", positions, []),
      window: [field(rule, "since", time, 0), field(rule, "until", time, Infinity)],
    };
  };
}

/**
 * What rules are at a time: those that are not right then are left out, and in the year 10000 all that were
 * made before.
 */
export function momentOf(rules: DataRules, now: number): RulesAt {
  const { all, since, expires, valid } = rules;
  let from = now * 0; // NaN for a time that is none
  let to = Infinity;
  for (const window of [[since, expires], valid, ...all.map(({ window }) => window)]) {
    for (const edge of window) {
      if (edge > now) to = Math.min(to, edge);
      else from = Math.max(from, edge);
    }
  }
  const isOn = whyOff(rules, now) === undefined;
  const rule = (index: number): Rule | undefined => {
    const rule = isOn ? all[index] : undefined;
    return rule !== undefined && now >= rule.window[0] && now < rule.window[1] ? rule : undefined;
  };
  return {
    from,
    to,
    rule,
    complete() {},
    answers: noAnswers(),
    checks: new Map(),
    held: 0,
    reaches: new Map(),
  };
}
