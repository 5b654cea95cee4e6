// Parts: alternatives and exclusions over owner, team and conditions. Gate data and scopes are made of them.

import { toIds } from "./attributes.js";
import { type Attributes, attributesOf, type Facts, type Node, parseCondition, parsePath, type Path } from "./condition.js";
import { field, list, must, object, optional, type Read } from "./read.js";

export type Teams = ReadonlySet<string>;

/** All its members hold together. */
export interface Alternative {
  readonly own: boolean;
  readonly teams: Teams | undefined;
  readonly where: Node | undefined;
}

/** Takes away records with a team among `teams` (or with none), without `teams` all records; unless `unless` holds. */
export interface Exclusion {
  readonly teams: Teams | undefined;
  readonly unless: Node | undefined;
}

/** A record is in it if some alternative holds and no exclusion does. */
export interface Part {
  readonly any: readonly Alternative[];
  readonly none: readonly Exclusion[];
}

/** Where the owner and the team of a record sit. */
export type Mapping = readonly [owner: readonly Path[], team: readonly Path[]];

/** What no record is in. */
export const NOTHING: Part = { any: [], none: [] };

const condition: Read<Node | undefined> = optional((json) => parseCondition(json, true, 0));

/** Reads a part, in which `teams` reads what stands under `teams`. */
export function readPart(json: object, teams: Read<Teams>): Part {
  const readTeams = optional(teams);
  const alternative: Read<Alternative> = (item) => {
    const clause = object(item);
    return { own: field(clause, "own", (own) => must(own === true), false), teams: field(clause, "teams", readTeams), where: field(clause, "where", condition) };
  };
  const exclusion: Read<Exclusion> = (item) => {
    const clause = object(item);
    return { teams: field(clause, "teams", readTeams), unless: field(clause, "unless", condition) };
  };
  return { any: field(json, "any", list(alternative)), none: field(json, "none", list(exclusion), []) };
}

export const DEFAULT_MAP: Mapping = [[{ name: "owner", keys: ["owner"] }], [{ name: "team", keys: ["team"] }]];

/** Reads owner paths and team paths. */
export const readMap: Read<Mapping> = (json) => {
  const map = list(list(parsePath))(json);
  return must(map.length === 2 && (map as unknown as Mapping));
};

/** A record as one question sees it. Owner, team and every attribute are read at most once. */
export interface Question extends Facts {
  readonly map: Mapping;
  owned: boolean | undefined;
  teams: readonly string[] | undefined;
}

/** @param resource anything; what is no object is a record of which nothing is known */
export function ask(resource: unknown, user: string, map: Mapping, context: Attributes): Question {
  return { user, context, resource: attributesOf(resource), map, owned: undefined, teams: undefined };
}

export function isIn({ any, none }: Part, question: Question): boolean {
  return (
    any.some(({ own, teams, where }) => (!own || isOwned(question)) && isCovered(question, teams) && (!where || where.test(question) === true)) &&
    !none.some(({ teams, unless }) => (teamsOf(question).length === 0 || isCovered(question, teams)) && unless?.test(question) !== true)
  );
}

/** Whether it holds of every record. */
export function isBare({ own, teams, where }: Alternative): boolean {
  return !own && !teams && !where;
}

function isOwned(question: Question): boolean {
  return (question.owned ??= idsAt(question, 0).includes(question.user));
}

function isCovered(question: Question, teams: Teams | undefined): boolean {
  return !teams || teamsOf(question).some((team) => teams.has(team));
}

function teamsOf(question: Question): readonly string[] {
  return (question.teams ??= idsAt(question, 1));
}

function idsAt({ map, resource }: Question, which: 0 | 1): string[] {
  return map[which].flatMap((path) => toIds(resource(path)));
}
