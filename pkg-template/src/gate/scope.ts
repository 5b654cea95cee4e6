// On which records a permission is given, as data: parts with alternatives and exclusions over owner, team
// and attributes.
//
// Twin of src/query/scope.rs; tests/package/vectors.mjs and tests/laws.rs hold them equal.

import { ANY_RECORD, attributesOf, type Steady } from "../condition/facts.js";
import { copyOf, Room } from "../core/read.js";
import type { Clause as ClauseAnswer, Level, Scope as ScopeAnswer } from "../types/types.js";
import {
  type Asking,
  type Clause,
  isBare,
  isIn,
  type Mapping,
  NOTHING,
  type Part,
  personOf,
  Question,
  type Teams,
  unionOf,
} from "./parts.js";

/** On which records a permission is given. */
export type Scope = ScopeAnswer;

const LEVELS: readonly (Level | "none")[] = ["none", "own", "team", "all"];

/** A part when user and context are known. Its alternatives are as they are without exclusions. */
export interface Folded extends Part {
  /** The teams that exclusions take without a condition. */
  readonly taken: Teams | undefined;
  /** Whether it admits nothing. */
  readonly isShut: boolean;
  /**
   * Whether every alternative is about teams, so that it admits nothing where other parts take all of these.
   */
  readonly isLoose: boolean;
}

/** What is left of parts together, `undefined` if they admit nothing. */
export function leftOf(parts: readonly Folded[]): Part[] | undefined {
  const taken = takenBy(parts);
  const left = parts.map(({ any, none }) => ({ any: withoutTeams(any, taken), none }));
  if (parts.some(({ isShut }) => isShut) || left.some(({ any }) => any.length === 0)) return undefined;
  return left.filter(({ any, none }) => none.length > 0 || !any.some(isBare));
}

/** The teams that exclusions of any part take without a condition. */
export function takenBy(parts: readonly Folded[]): Teams | undefined {
  return unionOf([...new Set(parts.flatMap(({ taken }) => taken ?? []))]);
}

/** Whether exclusions that take these teams leave no alternative. */
export function isAllTaken(any: readonly Clause[], taken: Teams | undefined): boolean {
  return any.every(({ teams }) => taken && teams?.isWithin(taken));
}

/** An alternative that cannot hold and an exclusion that is always lifted are dropped. */
export function foldPart(
  { any, none }: Part,
  user: string,
  { context, now }: Asking,
  noting?: Steady,
): Folded {
  const facts = { user, resource: ANY_RECORD, context, now, noting };
  const fold = (clauses: readonly Clause[], dropped: boolean): Clause[] =>
    clauses.flatMap((clause) => {
      const { own, teams, when } = clause;
      if (when === undefined) return clause;
      const left = when.test(facts);
      return left === dropped ? [] : { own, teams, when: typeof left === "boolean" ? undefined : left };
    });
  const [alternatives, exclusions] = [fold(any, false), fold(none, true)];
  const certain = exclusions.filter(({ when }) => !when);
  const taken = unionOf(certain.flatMap(({ teams }) => teams ?? []));
  return {
    any: alternatives,
    none: exclusions,
    taken,
    isShut: certain.some(({ teams }) => !teams) || isAllTaken(alternatives, taken),
    isLoose: alternatives.every(({ teams }) => teams),
  };
}

/**
 * The alternatives that unconditional exclusions leave: none, or those that still have a team outside them.
 */
export function withoutAll(any: readonly Clause[], certain: readonly Clause[]): readonly Clause[] {
  return certain.some(({ teams }) => !teams)
    ? []
    : withoutTeams(any, unionOf(certain.flatMap(({ teams }) => teams ?? [])));
}

function withoutTeams(any: readonly Clause[], taken: Teams | undefined): readonly Clause[] {
  if (taken === undefined) return any;
  return any.flatMap((clause) => {
    const { own, teams, when } = clause;
    const left = teams?.without(taken);
    return left === undefined ? clause : left.isEmpty() ? [] : { own, teams: left, when };
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
  const rank = parts.reduce((least, part) => Math.min(least, rankOf(part)), 3);
  const kind = rank < 1 ? "none" : parts.length > 0 ? "some" : "all";
  /** Made each time: whoever changes what was handed out changes nobody's answer. */
  const written = (): ScopeAnswer["parts"] => {
    const room = new Room();
    return parts.map(({ any, none }) => ({
      any: any.map(writer("where", room)),
      none: none.map(writer("unless", room)),
    }));
  };
  let validUntil: number | undefined;
  const scope: Scope = {
    kind,
    level: LEVELS[rank] as Level,
    conditional:
      rank > 0 &&
      parts.some(({ any, none }) => any.some(({ when }) => when) || none.some(({ when }) => when)),
    get parts() {
      return written();
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
      return {
        user,
        map: [names(map[0]), names(map[1])],
        kind,
        parts: written(),
        ...(scope.validUntil < Infinity && { validUntil: scope.validUntil }),
      };
    },
  };
  return Object.freeze(scope);
}

const NO_CONTEXT = attributesOf({});

/** The widest level of a part, as an index into `LEVELS`. */
function rankOf({ any, none }: Part): number {
  const widest = none.some(({ teams }) => teams) ? 2 : 3;
  return any.reduce((most, { own, teams }) => Math.max(most, Math.min(widest, own ? 1 : teams ? 2 : 3)), 0);
}

function writer(word: "where" | "unless", room: Room): (clause: Clause) => ClauseAnswer {
  return ({ own, teams, when }) => ({
    ...(own && { own }),
    ...(teams && { teams: room.listed(teams) }),
    ...(when && { [word]: copyOf(when.json, room) }),
  });
}
