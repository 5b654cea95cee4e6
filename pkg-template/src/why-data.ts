// Explanations in gate data: what stands for and against each permission, as it was known to the maker.

import { isReason } from "./explain.js";
import type { Node } from "./facts.js";
import { type ClauseReaders, DEFAULT_MAP, type Mapping, readPart } from "./parts.js";
import { among, field, index, list, must, object, optional, type Read, text, time, yes } from "./read.js";
import { requirementOf, whyOff } from "./moment.js";
import type { Reason } from "./types.js";
import { addMissing, type By, type Explained, type Way, type Why } from "./why.js";

/** What was read; times are looked at when it is asked. */
export interface WhyRules {
  readonly reason: Reason | undefined;
  readonly ids: readonly string[];
  readonly places: ReadonlyMap<string, number>;
  readonly since: number;
  readonly expires: number;
  readonly table: readonly ReadWhy[];
  readonly rules: readonly number[];
}

interface ReadWay extends Way {
  readonly since: number;
  readonly until: number;
}

interface ReadWhy extends Why {
  readonly grants: readonly ReadWay[];
  readonly denials: readonly ReadWay[];
}

const EXPLAIN = object("reason ids rules table by");
const WHY = object("reason scoped map any none requires");
const reason: Read<Reason> = (json) => must(isReason(json) && json);

/** @param life when the snapshot answers */
export function readWhy(json: unknown, life: Pick<WhyRules, "since" | "expires">, map: Read<Mapping>, clauses: Pick<ClauseReaders<unknown>, "teams" | "condition">): WhyRules {
  const explain = EXPLAIN(json);
  const ids = field(explain, "ids", list(text));
  const by = among(field(explain, "by", list(readBy)));
  const more = (way: object, when: Node | undefined): Omit<ReadWay, "own" | "teams"> => {
    const missing = field(way, "missing", list(text), []);
    const who = field(way, "by", by);
    return {
      when: field(way, "never", optional(yes)) ? false : when,
      by: () => who,
      since: field(way, "since", time, -Infinity),
      until: field(way, "until", time, Infinity),
      isActive: false,
      addMissing(facts, found) {
        for (const path of missing) found.add(path);
        if (when !== undefined) addMissing(when, facts, found);
      },
    };
  };
  const requires = list(index(2 * ids.length));
  const readOne: Read<ReadWhy> = (json) => {
    const why = WHY(json);
    const { any, none } = readPart(why, { ...clauses, keys: " by never since until missing", more });
    return {
      reason: field(why, "reason", optional(reason)),
      scoped: field(why, "scoped", optional(yes)) === true,
      map: field(why, "map", map, DEFAULT_MAP),
      grants: any,
      denials: none,
      requires: field(why, "requires", requires, []).map(requirementOf),
    };
  };
  const table = field(explain, "table", list(readOne));
  const rules = field(explain, "rules", list(index(table.length)));
  const places = new Map(ids.map((id, place) => [id, place]));
  must(rules.length === ids.length && places.size === ids.length);
  return { ...life, reason: field(explain, "reason", optional(reason)), ids, places, table, rules };
}

const readBy: Read<By> = (json) => {
  const [role, assignment, ...via] = must(Array.isArray(json) && (json as unknown[]));
  return { role: text(role), assignment: index(Infinity)(assignment), via: list(text)(via) };
};

export function explainedIn(why: WhyRules, now: number): Explained {
  const { reason, ids, places, table, rules } = why;
  const told = (way: ReadWay): Way => ({ ...way, isActive: now >= way.since && now < way.until });
  return {
    reason: whyOff(why, now) ?? reason,
    ids,
    place: (permission) => places.get(permission),
    why(place) {
      const { grants, denials, ...why } = table[rules[place] as number] as ReadWhy;
      return { ...why, grants: grants.map(told), denials: denials.map(told) };
    },
  };
}
