// Explanations in gate data: what stands for and against each permission, as it was known to the maker.

import type { Node } from "../condition/facts.js";
import { isRecord } from "../core/attributes.js";
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
import type { Condition, Level, Reason } from "../types/types.js";
import { isReason } from "./explain.js";
import { requirementOf, whyOff } from "./moment.js";
import { type ClauseReaders, DEFAULT_MAP, type Mapping, readPart } from "./parts.js";
import { addMissing, type By, type Explained, type Way, type Why } from "./why.js";

/** What was read; times are looked at when it is asked. */
export interface WhyRules {
  readonly reason: Reason | undefined;
  readonly ids: readonly string[];
  readonly byId: ReadonlyMap<string, number>;
  readonly since: number;
  readonly expires: number;
  readonly table: readonly Why[];
  readonly titles: readonly string[];
  readonly rules: readonly number[];
}

const EXPLAIN = object("reason ids rules table titles by");
const WHY = object("reason scoped map any none requires");
const reason: Read<Reason> = (json) => must(isReason(json) && json);

/** @param life when the snapshot answers */
export function readWhy(
  json: unknown,
  life: Pick<WhyRules, "since" | "expires">,
  map: Read<Mapping>,
  clauses: Pick<ClauseReaders<unknown>, "teams" | "condition">,
): WhyRules {
  const explain = EXPLAIN(json);
  const ids = field(explain, "ids", list(text));
  const by = among(field(explain, "by", list(readBy)));
  const titles = field(explain, "titles", list(text));
  const more = (way: object, when: Node | undefined): Omit<Way, "own" | "teams"> => {
    const missing = field(way, "missing", list(text), []);
    const condition = field(way, "condition", optional(readObject));
    const { assignment, ...who } = field(way, "by", by);
    const level = field(way, "level", optional(readLevel));
    return {
      when: field(way, "never", optional(yes)) ? false : when,
      assignment,
      by: () => ({ ...who, level }),
      condition: () => condition,
      window: [field(way, "since", time, -Infinity), field(way, "until", time, Infinity)],
      isActive: false,
      addMissing(facts, found) {
        for (const path of missing) found.add(path);
        if (when !== undefined) addMissing(when, facts, found);
      },
    };
  };
  const requires = list(index(2 * ids.length));
  const readOne: Read<Why> = (json) => {
    const why = WHY(json);
    const { any, none } = readPart(why, {
      ...clauses,
      keys: " by level condition never since until missing",
      more,
    });
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
  const byId = new Map(ids.map((id, index) => [id, index]));
  must(rules.length === ids.length && byId.size === ids.length);
  return { ...life, reason: field(explain, "reason", optional(reason)), ids, byId, table, rules, titles };
}

const readObject: Read<Condition> = (json) => copyOf(must(isRecord(json) && (json as Condition)));
const readLevel: Read<Level> = (json) => must(/^(own|team|all)$/.test(text(json)) && (json as Level));

const readBy: Read<Omit<By, "level"> & Pick<Way, "assignment">> = (json) => {
  const [assignment, ...texts] = must(Array.isArray(json) && (json as unknown[]));
  const [role, roleName, team, teamName, ...via] = list(text)(texts);
  return {
    assignment: index(Infinity)(assignment),
    role: must(role),
    via,
    team: team || undefined,
    names: { role: roleName || undefined, team: teamName || undefined },
  };
};

export function explainedIn(why: WhyRules, now: number): Explained {
  const { reason, ids, expires, byId, table, rules, titles } = why;
  const told = (way: Way): Way => ({ ...way, isActive: now >= way.window[0] && now < way.window[1] });
  const known = new Map<number, Why>();
  return {
    reason: whyOff(why, now) ?? reason,
    ids,
    expires,
    title: (index) => titles[index] || undefined,
    byId,
    why(index) {
      const at = rules[index] as number;
      const { grants, denials, ...rest } = table[at] as Why;
      const why = known.get(at) ?? { ...rest, grants: grants.map(told), denials: denials.map(told) };
      known.set(at, why);
      return why;
    },
  };
}
