// Parts: alternatives and exclusions over owner, team and conditions. Gate data and scopes are made of them.

import { toIds } from "./attributes.js";
import { type Attributes, attributesOf, type Facts, type Node, parseCondition, parsePath, type Path } from "./condition.js";
import { field, list, must, object, optional, type Read } from "./read.js";

export type Teams = ReadonlySet<string>;

/** An alternative or an exclusion; all its members hold together. */
export interface Clause {
  /** The user owns the record. Only of alternatives. */
  readonly own: boolean;
  /** A team of the record is among them; in an exclusion also: it has none. */
  readonly teams: Teams | undefined;
  /** What an alternative requires, or what lifts an exclusion. */
  readonly when: Node | undefined;
}

/** A record is in it if some alternative holds and no exclusion does. */
export interface Part {
  readonly any: readonly Clause[];
  readonly none: readonly Clause[];
}

/** Where the owner and the team of a record sit. */
export type Mapping = readonly [owner: readonly Path[], team: readonly Path[]];

/** What no record is in. */
export const NOTHING: Part = { any: [], none: [] };

const condition: Read<Node | undefined> = optional((json) => parseCondition(json, true, 0));

const ALTERNATIVE = object("own teams where");
const EXCLUSION = object("teams unless");

/** Reads a part, in which `teams` reads what stands under `teams`. */
export function readPart(json: object, teams: Read<Teams>): Part {
  const clauses = (word: "where" | "unless", read: Read<object>): Read<Clause[]> =>
    list((item) => {
      const clause = read(item);
      return { own: field(clause, "own", (own) => must(own === true), false), teams: field(clause, "teams", optional(teams)), when: field(clause, word, condition) };
    });
  return { any: field(json, "any", clauses("where", ALTERNATIVE)), none: field(json, "none", clauses("unless", EXCLUSION), []) };
}

export const DEFAULT_MAP: Mapping = [[{ name: "owner", keys: ["owner"] }], [{ name: "team", keys: ["team"] }]];

/** Reads owner paths and team paths. */
export const readMap: Read<Mapping> = (json) => {
  const map = list(list(parsePath))(json);
  return must(map.length === 2 && (map as unknown as Mapping));
};

/** A record as one question sees it. Every attribute is read at most once. */
export interface Question extends Facts {
  readonly map: Mapping;
}

/** @param resource anything; what is no object is a record of which nothing is known */
export function ask(resource: unknown, user: string, map: Mapping, context: Attributes): Question {
  return { user, context, resource: attributesOf(resource), map };
}

export function isIn({ any, none }: Part, question: Question): boolean {
  return any.some((clause) => applies(clause, question)) && !none.some((clause) => excludes(clause, question));
}

function applies({ own, teams, when }: Clause, question: Question): boolean {
  return (!own || idsAt(question, 0).includes(question.user)) && isCovered(question, teams) && (!when || when.test(question) === true);
}

function excludes({ teams, when }: Clause, question: Question): boolean {
  return (idsAt(question, 1).length === 0 || isCovered(question, teams)) && when?.test(question) !== true;
}

/** Whether an alternative holds of every record. */
export function isBare({ own, teams, when }: Clause): boolean {
  return !own && !teams && !when;
}

function isCovered(question: Question, teams: Teams | undefined): boolean {
  return !teams || idsAt(question, 1).some((team) => teams.has(team));
}

/** The ids of the owners (0) or of the teams (1). */
function idsAt({ map, resource }: Question, which: 0 | 1): string[] {
  return map[which].flatMap((path) => toIds(resource(path)));
}
