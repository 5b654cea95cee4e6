// The conditions of a snapshot: those of gate data, and besides attributes of the user and `$during`. They
// are read when they are first needed, and once.
//
// Twin of src/condition/build.rs; tests/package/vectors.mjs and tests/vectors.rs hold them equal.

import { group, parseCondition, type Words } from "../condition/condition.js";
import { ALWAYS, both, type Hours, hoursOf, type Window } from "../condition/during.js";
import { ANY_RECORD, type Attributes, type Facts, type Node, parsePath } from "../condition/facts.js";
import { NOTHING_KNOWN } from "../core/attributes.js";
import type { Tables } from "../engine/tables.js";
import type { Condition, During } from "../types/types.js";

/** What conditions of a snapshot ask about. */
export interface UserFacts extends Facts {
  readonly attributes: Attributes;
  /** `null` is one of which nothing is known. */
  readonly teams: readonly (string | null)[];
  readonly now: number;
}

/** A condition, wanted to be true and wanted to be false. */
export interface Both {
  /** As the document has it. */
  readonly json: Condition;
  readonly yes: Node;
  readonly no: Node;
  readonly hours: readonly Hours[];
  /** Whether something in it is known once user and moment are: only then it has to be folded. */
  readonly asksUser: boolean;
}

/**
 * The conditions of roles and of what everyone is assigned; those of a user's own assignments are kept with
 * what the user holds.
 */
export class SnapshotConditions {
  private readonly tables: Tables;
  private readonly known: Map<number, Both> = new Map();

  constructor(tables: Tables) {
    this.tables = tables;
  }

  /** The condition of a span of the document; none of 0. */
  at(span: number): Both | undefined {
    if (span === 0) return undefined;
    let known = this.known.get(span);
    if (known === undefined) this.known.set(span, (known = this.read(span) as Both));
    return known;
  }

  /** The same for one that is asked for once. */
  read(span: number): Both | undefined {
    return span === 0 ? undefined : readCondition(JSON.parse(this.tables.slice(span)));
  }
}

/** What a condition leaves to the record and the context; none leaves nothing. */
export function fold(condition: Both | undefined, wanted: boolean, facts: Facts): boolean | Node {
  if (condition === undefined) return wanted;
  const node = wanted ? condition.yes : condition.no;
  return condition.asksUser ? node.test(facts) : node;
}

/** The longest time around `now` in which the schedules of a condition stay as they are. */
export function steadyHours(condition: Both | undefined, now: number): Window {
  return condition === undefined
    ? ALWAYS
    : condition.hours.reduce((window, hours) => both(window, hours.steady(now)), ALWAYS);
}

export function readCondition(json: unknown): Both {
  const hours: Hours[] = [];
  let asksUser = false;
  const words: Words = {
    attribute(name) {
      const [, rest] = /^user\.(.+)/s.exec(name) ?? [];
      if (rest === undefined) return undefined;
      const path = parsePath(rest);
      const [first, ...more] = path.keys;
      asksUser = true;
      // Attributes of the names `id` and `teams` are hidden by what these words mean.
      return {
        name,
        json: undefined,
        value: undefined,
        key: undefined,
        read: (facts) => {
          const { attributes, teams } = facts as UserFacts;
          if (first === "id") return undefined;
          if (first !== "teams") return attributes.read(path);
          // Teams have no attributes. Below them nobody knows which of them are unknown: then all are.
          const below = teams.includes(null) ? null : NOTHING_KNOWN;
          return more.length > 0 ? teams.map(() => below) : teams;
        },
      };
    },
    during(json, wanted) {
      const it = hoursOf(json as During);
      hours.push(it);
      asksUser = true;
      return {
        json: {},
        names: [],
        short: undefined,
        test: (facts) => it.holds((facts as UserFacts).now) === wanted,
      };
    },
  };
  const yes = parseCondition(json, true, 0, words);
  asksUser ||= yes.names.includes("user.id");
  let no: Node | undefined;
  // Few conditions are asked both ways.
  return {
    json: json as Condition,
    yes,
    hours: hours.slice(),
    asksUser,
    get no() {
      return (no ??= parseCondition(json, false, 0, words));
    },
  };
}

/** The conjunction of two conditions that are folded, or their disjunction. */
export function join(all: boolean, a: boolean | Node, b: boolean | Node): boolean | Node {
  if (a === !all || b === !all) return !all;
  if (a === all) return b;
  return b === all ? a : group(all, [a as Node, b as Node]);
}

/** What a user's conditions are folded with: any record, any context. */
export const ANYTHING_GOES: Pick<Facts, "resource" | "context"> = {
  resource: ANY_RECORD,
  context: ANY_RECORD,
};
