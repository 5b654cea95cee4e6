// Parts: alternatives and exclusions over owner, team and conditions. Gate data and scopes are made of them.

import { toIds } from "./attributes.js";
import { type Attributes, attributesOf, type Facts, type Node, parseCondition, type Path } from "./condition.js";
import type { Condition } from "./types.js";

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

/** A record as one question sees it. Owner, team and every attribute are read at most once. */
export interface Question extends Facts {
  readonly map: Mapping;
  owned: boolean | undefined;
  teams: readonly string[] | undefined;
}

/** @param resource anything; what is no object is a record of which nothing is known */
export function ask(resource: unknown, user: string, map: Mapping, context: Attributes): Question {
  return { user, context, record: attributesOf(resource), map, owned: undefined, teams: undefined };
}

export function isIn({ any, none }: Part, question: Question): boolean {
  return any.some((clause) => applies(clause, question)) && !none.some((clause) => excludes(clause, question));
}

/** Whether it holds of every record. */
export function isBare({ own, teams, where }: Alternative): boolean {
  return !own && teams === undefined && where === undefined;
}

function applies({ own, teams, where }: Alternative, question: Question): boolean {
  return (!own || isOwned(question)) && (teams === undefined || isCovered(question, teams)) && (where === undefined || where.test(question) === true);
}

function excludes({ teams, unless }: Exclusion, question: Question): boolean {
  return (teams === undefined || teamIdsOf(question).length === 0 || isCovered(question, teams)) && unless?.test(question) !== true;
}

function isOwned(question: Question): boolean {
  return (question.owned ??= idsAt(question.map[0], question).includes(question.user));
}

function isCovered(question: Question, teams: Teams): boolean {
  return teamIdsOf(question).some((team) => teams.has(team));
}

function teamIdsOf(question: Question): readonly string[] {
  return (question.teams ??= idsAt(question.map[1], question));
}

function idsAt(paths: readonly Path[], { record }: Facts): string[] {
  return paths.flatMap((path) => toIds(record(path)));
}

/** What gate data and scopes say about a part, its `teams` still to be read. */
export interface PartData<T> {
  readonly any: readonly { readonly own?: true; readonly teams?: T; readonly where?: Condition }[];
  readonly none?: readonly { readonly teams?: T; readonly unless?: Condition }[];
}

/** Reads data that have been checked. */
export function readPart<T>(json: PartData<T>, readTeams: (teams: T) => Teams): Part {
  const teamsOf = (clause: { readonly teams?: T }): Teams | undefined => {
    const teams = own(clause, "teams");
    return teams === undefined ? undefined : readTeams(teams);
  };
  const conditionOf = (condition: Condition | undefined): Node | undefined => condition && parseCondition(condition);
  const any = json.any.map((clause) => ({ own: own(clause, "own") === true, teams: teamsOf(clause), where: conditionOf(own(clause, "where")) }));
  const none = own(json, "none")?.map((clause) => ({ teams: teamsOf(clause), unless: conditionOf(own(clause, "unless")) }));
  return { any, none: none ?? [] };
}

/** A property that is the object's own, whatever someone added to all objects. */
export function own<T extends object, K extends keyof T>(object: T, key: K): T[K] | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
