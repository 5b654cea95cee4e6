// Rules as they are for a while. Two things make them: gate data (rules.ts), and what a user holds in a
// snapshot (live-moment.ts).

import type { Window } from "../condition/during.js";
import type { Node } from "../condition/facts.js";
import type { Masks } from "./mask.js";
import type { Clause, Mapping, Part, Teams } from "./parts.js";
import type { Folded } from "./scope.js";

/** What a permission by itself asks of a record. */
export interface Rule {
  /** Whether the permission has levels. */
  readonly scoped: boolean;
  readonly map: Mapping;
  readonly part: Part;
  readonly window: Window;
  /**
   * Positions of the direct prerequisites that are asked on the same record, and of those that are asked
   * without one.
   */
  readonly same: readonly number[];
  readonly other: readonly number[];
}

/** What rules are of, whatever the time is. */
export interface Rules {
  /** The permissions that rules are about. */
  readonly ids: readonly string[];
  /** The position of each id. */
  readonly byId: ReadonlyMap<string, number>;
  /** For each type of records. */
  readonly masks: Masks;
  readonly tenant: string | undefined;
  readonly revision: number;
  /** Outside `since <= now < expires` every answer is "no". */
  readonly since: number;
  readonly expires: number;
  /** Whether a condition may read the context. */
  readonly readsContext: boolean;
}

/** Why every answer is "no" at a time, if it is. */
export function whyOff(
  { since, expires }: Pick<Rules, "since" | "expires">,
  now: number,
): "clock" | "expired" | undefined {
  if (!(now >= since && now < Infinity)) return "clock";
  return now >= expires ? "expired" : undefined;
}

/** A permission that another requires. */
export interface Requirement {
  readonly index: number;
  /** Whether it is asked on the same record. */
  readonly isSame: boolean;
}

/**
 * A requirement as it is written, in rows and in gate data alike: twice the position, and one more if it is
 * asked on the same record.
 */
export function requirementOf(written: number): Requirement {
  return { index: written >>> 1, isSame: (written & 1) === 1 };
}

/** What a permission asks of a record, with everything that it requires. */
export interface Check {
  readonly map: Mapping;
  /**
   * Its part and those of its prerequisites, direct and transitive, that are asked on the same record: of
   * those that come to the same only one.
   */
  readonly parts: readonly Part[];
  readonly all: readonly Part[];
  /** Indexes of all prerequisites that are asked without a record. */
  readonly others: readonly number[];
  /** Whether no attribute is read twice. */
  readonly isAskedOnce: boolean;
  /** The short way to answer, where there is one. */
  readonly reach: Reach | undefined;
}

/**
 * A check of one part without exclusions, where owner and team each sit under one plain key of the record and
 * no attribute is read twice; or one that comes to the same for every record.
 */
export interface Reach {
  readonly always: boolean;
  /** Whether owning the record is enough. */
  readonly own: boolean;
  /** The teams that are enough. */
  readonly teams: Pick<Teams, "has"> | undefined;
  /** Alternatives that take more: some of these clauses, and a condition. */
  readonly more: readonly {
    readonly any: readonly Clause[];
    readonly when: Node | undefined;
    readonly short: Node["short"];
  }[];
  /** `undefined` where nobody asks. */
  readonly ownerKey: string | undefined;
  readonly teamKey: string | undefined;
}

/** What a permission comes to with all that it requires on the same record, direct and transitive. */
export interface Sum extends Pick<Folded, "isShut" | "isLoose"> {
  /** Whether all of them have what they require without a record. Nothing else is known where they do not. */
  readonly isMet: boolean;
  /** Whether exclusions take teams without a condition. */
  readonly isTaking: boolean;
  /** How many clauses they have in all, or more. */
  readonly size: number;
}

/** The answers to "on anything at all?" that were worked out. */
export interface Answers {
  /** Whether a checked permission is allowed on any record at all: a gate finds it with one look-up. */
  readonly any: Map<string, boolean>;
  /** The permissions that are allowed on any record at all, once all have been checked. */
  all: readonly string[] | undefined;
  /** What of parts was folded on the way, each once; and what permissions come to with what they require. */
  folded: Map<Part["any"], Folded> | undefined;
  sums: Map<number, Sum> | undefined;
}

/** Rules as they are within `from <= now < to`. */
export interface RulesAt {
  readonly from: number;
  readonly to: number;
  /** The rule of the permission at a position; none is "no". */
  rule(index: number): Rule | undefined;
  /** Makes all rules, so that `from` and `to` are of all of them. */
  complete(): void;
  /** For where no condition reads the context: then all who ask at this moment get the same. */
  readonly answers: Answers;
  /** For each permission its check, as far as it was asked; and how much they hold. */
  readonly checks: Map<number, Check>;
  held: number;
  /**
   * The short way of each permission that was asked about a record and has one: a gate finds it with one
   * look-up.
   */
  readonly reaches: Map<string, Reach>;
}

/** Whether a moment is right at a time. */
export function isRight({ from, to }: RulesAt, now: number): boolean {
  return now >= from && now < to;
}

export function noAnswers(): Answers {
  return { any: new Map(), all: undefined, folded: undefined, sums: undefined };
}

/** A moment that never is: that of a gate which has not been asked. */
export const NEVER: RulesAt = /* @__PURE__ */ (() => ({
  from: NaN,
  to: NaN,
  rule: () => undefined,
  complete() {},
  answers: noAnswers(),
  checks: new Map(),
  held: 0,
  reaches: new Map(),
}))();
