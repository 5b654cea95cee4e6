// On which records a permission is given, as data: parts with alternatives and exclusions over owner, team and attributes.

import { type Attributes, attributesOf, openRecord } from "./condition.js";
import { type Alternative, ask, type Exclusion, isBare, isIn, type Mapping, NOTHING, type Part, readMap, readPart, type Teams } from "./parts.js";
import { field, list, must, object, text } from "./read.js";
import type { Clause, Level, Scope as ScopeAnswer, ScopePart } from "./types.js";

/** On which records a permission is given. */
export type Scope = ScopeAnswer;

/** Scopes from elsewhere. */
export const Scope: {
  /**
   * Reads what `scope.toJSON()` gave, on any machine; no wasm is needed.
   * @throws {RolegateError} `bad-gate-data` for anything else
   */
  from(json: unknown): Scope;
} = { from: (json) => field({ scope: json }, "scope", readScope) };

const LEVELS: readonly (Level | "none")[] = ["none", "own", "team", "all"];

/** What is left of the parts when user and context are known, `undefined` if they admit nothing. */
export function leftOf(parts: Iterable<Part>, user: string, context: Attributes): Part[] | undefined {
  const facts = { user, resource: openRecord, context };
  const folded = Array.from(parts, ({ any, none }) => ({
    any: any.flatMap((clause) => {
      const where = clause.where?.test(facts) ?? true;
      return where === false ? [] : { own: clause.own, teams: clause.teams, where: where === true ? undefined : where };
    }),
    none: none.flatMap((clause) => {
      const unless = clause.unless?.test(facts) ?? false;
      return unless === true ? [] : { teams: clause.teams, unless: unless === false ? undefined : unless };
    }),
  }));
  const certain = folded.flatMap(({ none }) => none.filter(({ unless }) => unless === undefined));
  const left = folded.map(({ any, none }) => ({ any: certain.reduce(without, any), none }));
  if (left.some(({ any }) => any.length === 0)) return undefined;
  return left.filter(({ any, none }) => none.length > 0 || !any.some(isBare));
}

/** The alternatives that an unconditional exclusion leaves: none, or those that still have a team outside it. */
function without(any: Alternative[], { teams: excluded }: Exclusion): Alternative[] {
  if (excluded === undefined) return [];
  return any.flatMap((clause) => {
    const teams = clause.teams && new Set([...clause.teams].filter((team) => !excluded.has(team)));
    return teams?.size === 0 ? [] : { ...clause, teams };
  });
}

/** @param parts as {@link leftOf} gives them */
export function makeScope(parts: readonly Part[] | undefined, user: string, map: Mapping): Scope {
  parts ??= [NOTHING];
  const rank = Math.min(3, ...parts.map(rankOf));
  const kind = rank < 1 ? "none" : parts.length > 0 ? "some" : "all";
  let written: readonly ScopePart[] | undefined;
  return {
    kind,
    level: LEVELS[rank] as Level,
    conditional: rank > 0 && parts.some(({ any, none }) => any.some(({ where }) => where) || none.some(({ unless }) => unless)),
    get parts() {
      return (written ??= parts.map(write));
    },
    matches(resource) {
      const question = ask(resource, user, map, attributesOf({}));
      return parts.every((part) => isIn(part, question));
    },
    toJSON() {
      const names = (paths: Mapping[0]): string[] => paths.map(({ name }) => name);
      return { user, map: [names(map[0]), names(map[1])], kind, parts: this.parts };
    },
  };
}

/** The widest level of a part, as an index into `LEVELS`. */
function rankOf({ any, none }: Part): number {
  const widest = none.some(({ teams }) => teams) ? 2 : 3;
  return Math.max(0, ...any.map(({ own, teams }) => Math.min(widest, own ? 1 : teams ? 2 : 3)));
}

function write({ any, none }: Part): ScopePart {
  return {
    any: any.map(({ own, teams, where }) => ({ ...(own && { own }), ...writeTeams(teams), ...(where && { where: where.json }) })),
    none: none.map(({ teams, unless }) => ({ ...writeTeams(teams), ...(unless && { unless: unless.json }) })),
  };
}

function writeTeams(teams: Teams | undefined): Clause {
  return teams ? { teams: [...teams] } : {};
}

function readScope(json: unknown): Scope {
  const scope = object(json);
  const readTeams = (teams: unknown): Teams => new Set(list(text)(teams));
  const parts = field(scope, "parts", list((part) => readPart(object(part), readTeams)));
  const kind = field(scope, "kind", text);
  const read = makeScope(kind === "none" ? undefined : parts, field(scope, "user", text), field(scope, "map", readMap));
  field(scope, "kind", () => must(read.kind === kind));
  return read;
}
