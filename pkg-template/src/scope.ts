// On which records a permission is given, as data: parts with alternatives and exclusions over owner, team and attributes.

import { attributesOf, ANY_RECORD, type Steady } from "./facts.js";
import { type Asking, type Clause, isBare, isIn, type Mapping, NOTHING, type Part, personOf, Question } from "./parts.js";
import { copyOf } from "./read.js";
import type { Clause as ClauseAnswer, Level, Scope as ScopeAnswer } from "./types.js";

/** On which records a permission is given. */
export type Scope = ScopeAnswer;

const LEVELS: readonly (Level | "none")[] = ["none", "own", "team", "all"];

/** What is left of the parts when user and context are known, `undefined` if they admit nothing. */
export function leftOf(parts: Iterable<Part>, user: string, asking: Asking, noting?: Steady): Part[] | undefined {
  const left = leftParts(parts, user, asking, noting);
  if (left.some(({ any }) => any.length === 0)) return undefined;
  return left.filter(({ any, none }) => none.length > 0 || !any.some(isBare));
}

/** The same for each part: conditions are folded, and unconditional exclusions of all parts worked into the alternatives of each. */
export function leftParts(parts: Iterable<Part>, user: string, { context, now }: Asking, noting?: Steady): Part[] {
  const facts = { user, resource: ANY_RECORD, context, now, noting };
  /** An alternative that cannot hold and an exclusion that is always lifted are dropped. */
  const fold = (clauses: readonly Clause[], dropped: boolean): Clause[] =>
    clauses.flatMap(({ own, teams, when }) => {
      const left = when?.test(facts) ?? !dropped;
      return left === dropped ? [] : { own, teams, when: typeof left === "boolean" ? undefined : left };
    });
  const folded = Array.from(parts, ({ any, none }) => ({ any: fold(any, false), none: fold(none, true) }));
  const certain = folded.flatMap(({ none }) => none.filter(({ when }) => !when));
  return folded.map(({ any, none }) => ({ any: withoutAll(any, certain), none }));
}

/** The alternatives that unconditional exclusions leave. */
export function withoutAll(any: readonly Clause[], certain: readonly Clause[]): readonly Clause[] {
  return certain.reduce(without, any);
}

/** The alternatives that an unconditional exclusion leaves: none, or those that still have a team outside it. */
function without(any: readonly Clause[], { teams: excluded }: Clause): readonly Clause[] {
  return any.flatMap(({ own, teams, when }) => {
    const left = teams && excluded && teams.without(excluded);
    return excluded === undefined || left?.isEmpty() ? [] : { own, teams: left, when };
  });
}

/** By which clock a scope goes, and how long it is right. */
export interface Life {
  now(): number;
  until(): number;
}

/** @param parts as {@link leftOf} gives them */
export function makeScope(parts: readonly Part[] | undefined, user: string, map: Mapping, life: Life): Scope {
  parts ??= [NOTHING];
  const person = personOf(user);
  const rank = Math.min(3, ...parts.map(rankOf));
  const kind = rank < 1 ? "none" : parts.length > 0 ? "some" : "all";
  const written = parts.map(({ any, none }) => ({ any: any.map(writer("where")), none: none.map(writer("unless")) }));
  let validUntil: number | undefined;
  const scope: Scope = {
    kind,
    level: LEVELS[rank] as Level,
    conditional: rank > 0 && parts.some(({ any, none }) => [...any, ...none].some(({ when }) => when)),
    // Copies: whoever changes what was handed out changes nobody's answer.
    get parts() {
      return copyOf(written);
    },
    get validUntil() {
      return (validUntil ??= life.until());
    },
    matches(resource) {
      const now = life.now();
      const question = new Question(resource, person, map, { context: NO_CONTEXT, now });
      return now >= 0 && now < scope.validUntil && parts.every((part) => isIn(part, question));
    },
    toJSON() {
      const names = (paths: Mapping[0]): string[] => paths.map(({ name }) => name);
      return { user, map: [names(map[0]), names(map[1])], kind, parts: copyOf(written), ...(scope.validUntil < Infinity && { validUntil: scope.validUntil }) };
    },
  };
  return Object.freeze(scope);
}

const NO_CONTEXT = attributesOf({});

/** The widest level of a part, as an index into `LEVELS`. */
function rankOf({ any, none }: Part): number {
  const widest = none.some(({ teams }) => teams) ? 2 : 3;
  return Math.max(0, ...any.map(({ own, teams }) => Math.min(widest, own ? 1 : teams ? 2 : 3)));
}

function writer(word: "where" | "unless"): (clause: Clause) => ClauseAnswer {
  return ({ own, teams, when }) => ({ ...(own && { own }), ...(teams && { teams: [...teams] }), ...(when && { [word]: when.json }) });
}
