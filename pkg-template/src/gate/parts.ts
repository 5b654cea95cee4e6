// Parts: alternatives and exclusions over owner, team and conditions. Gate data and scopes are made of them.
//
// Twin of src/query/scope.rs; tests/package/vectors.mjs and tests/laws.rs hold them equal.

import {
  type Attributes,
  attributesOf,
  type Facts,
  type Node,
  type Path,
  parsePath,
  type Steady,
} from "../condition/facts.js";
import { isId, toIds } from "../core/attributes.js";
import { field, list, must, object, optional, type Read, text, textOf, yes } from "../core/read.js";

/** A set of teams. */
export interface Teams extends Iterable<string> {
  has(team: string): boolean;
  isEmpty(): boolean;
  /** The same to be asked again and again: mostly a set of names, which is found fastest. */
  quick(): Pick<Teams, "has">;
  /** The teams of both. Only sets of one kind meet. */
  with(other: Teams): Teams;
  /** Those that another does not have. */
  without(other: Teams): Teams;
  /** Whether another has all of them. */
  isWithin(other: Teams): boolean;
  /** The same for sets of the same teams, where they need not be spelt out for that. */
  readonly key?: string;
}

/** A set of teams whose names are all there is of them. */
class NamedTeams extends Set<string> implements Teams {
  isEmpty(): boolean {
    return this.size === 0;
  }

  quick(): ReadonlySet<string> {
    return new Set(this);
  }

  with(other: Teams): Teams {
    return new NamedTeams([...this, ...other]);
  }

  without(other: Teams): Teams {
    return new NamedTeams([...this].filter((team) => !other.has(team)));
  }

  isWithin(other: Teams): boolean {
    for (const team of this) if (!other.has(team)) return false;
    return true;
  }
}

/**
 * The teams of all of some sets, joined two by two, so that many cost little more than few; `undefined` of
 * none.
 */
export function unionOf(sets: readonly Teams[]): Teams | undefined {
  while (sets.length > 1)
    sets = sets.flatMap((set, at) =>
      at % 2 > 0 ? [] : at + 1 < sets.length ? set.with(sets[at + 1] as Teams) : set,
    );
  const [one] = sets;
  return one;
}

/** An alternative or an exclusion; all its members hold together. */
export interface Clause {
  /** The user owns the record. Only of alternatives. */
  readonly own: boolean;
  /** A team of the record is among them; in an exclusion also: it has none. */
  readonly teams: Teams | undefined;
  /** What an alternative requires, or what lifts an exclusion. */
  readonly when: Node | undefined;
}

/**
 * A record is in it if some alternative holds and no exclusion does. Parts whose list of alternatives is one
 * and the same come to the same.
 */
export interface Part {
  readonly any: readonly Clause[];
  readonly none: readonly Clause[];
}

/** Where the owner and the team of a record sit. */
export type Mapping = readonly [owner: readonly Path[], team: readonly Path[]];

/** What no record is in. */
export const NOTHING: Part = { any: [], none: [] };

/**
 * How clauses are read: what stands under `teams`, conditions, and what else there is of a clause, under
 * which keys.
 */
export interface ClauseReaders<More> {
  readonly teams: Read<Teams>;
  readonly condition: Read<Node>;
  readonly keys: string;
  more(clause: object, when: Node | undefined): More;
}

/** Reads alternatives and exclusions. */
export function readPart<More extends object>(
  json: object,
  { teams, condition, keys, more }: ClauseReaders<More>,
): { any: (Clause & More)[]; none: (Clause & More)[] } {
  const clauses = (word: "where" | "unless", known: string): Read<(Clause & More)[]> => {
    const read = object(known + keys);
    return list((item) => {
      const clause = read(item);
      const when = field(clause, word, optional(condition));
      return {
        own: field(clause, "own", optional(yes)) === true,
        teams: field(clause, "teams", optional(teams)),
        when,
        ...more(clause, when),
      };
    });
  };
  return {
    any: field(json, "any", clauses("where", "own teams where")),
    none: field(json, "none", clauses("unless", "teams unless"), []),
  };
}

export const DEFAULT_MAP: Mapping = [
  [{ name: "owner", keys: ["owner"] }],
  [{ name: "team", keys: ["team"] }],
];

/** Reads owner paths and team paths. */
export const readMap: Read<Mapping> = (json) => {
  const map = list(list(parsePath))(json);
  return must(map.length === 2 && (map as unknown as Mapping));
};

/** The names of all attributes that parts read, each as often as it is read; owner and team count once. */
export function namesOf(parts: Iterable<Part>, map: Mapping): string[] {
  const clauses = Array.from(parts, ({ any, none }) => [...any, ...none]).flat();
  return [
    ...map.flat().map(({ name }) => `resource.${name}`),
    ...clauses.flatMap(({ when }) => when?.names ?? []),
  ];
}

const keys = new WeakMap<Node, string>();
const numbers = new WeakMap<object, number>();
let count = 0;
/** Values that a list may have to be compared one by one. */
const SHORT = 32;

/**
 * The same for conditions that say the same. A long list is only the same as itself: many conditions may have
 * one in common.
 */
export function keyOf(node: Node): string {
  let key = keys.get(node);
  if (key === undefined) keys.set(node, (key = textOf(node.json, shortOf)));
  return key;
}

function shortOf(list: readonly unknown[]): string | undefined {
  if (list.length <= SHORT || (typeof list[0] === "object" && list[0] !== null)) return undefined;
  const number = numbers.get(list) ?? (count += 1);
  numbers.set(list, number);
  return `#${number}`;
}

/** Whose question it is. */
export interface Person {
  readonly user: string;
  /** The same as an owner of records: nobody, where it is not an id. */
  readonly me: string | undefined;
}

export function personOf(user: string): Person {
  return { user, me: isId(user) ? user : undefined };
}

/** Reads a list of team ids. What is not an id is the team of no record. */
export const readTeams: Read<Teams> = (json) => new NamedTeams(list(text)(json).filter(isId));

/** Where and when a question is asked. */
export type Asking = Pick<Facts, "context" | "now">;

/** The ids at one path or more. One that is alone may be any string: most are only compared with ids. */
export type Ids = string | readonly string[];

/** A record as one question sees it. Every attribute is read at most once. */
export class Question implements Facts {
  readonly user: string;
  readonly me: string | undefined;
  readonly map: Mapping;
  readonly resource: Attributes;
  readonly context: Attributes;
  readonly now: number;
  readonly noting: Steady | undefined;
  private readonly ids: [Ids | undefined, Ids | undefined] = [undefined, undefined];

  /**
   * @param resource anything; what is not an object is a record of which nothing is known
   * @param isAskedOnce whether no attribute is asked for twice
   */
  constructor(
    resource: unknown,
    { user, me }: Person,
    map: Mapping,
    { context, now }: Asking,
    isAskedOnce?: boolean,
    noting?: Steady,
  ) {
    this.user = user;
    this.me = me;
    this.map = map;
    this.resource = attributesOf(resource, isAskedOnce);
    this.context = context;
    this.now = now;
    this.noting = noting;
  }

  /** The owners (0) or the teams (1). */
  at(which: 0 | 1): Ids {
    return (this.ids[which] ??= this.read(this.map[which]));
  }

  private read(paths: readonly Path[]): Ids {
    const [path, ...more] = paths;
    if (path === undefined || more.length > 0)
      return paths.flatMap((path) => toIds(this.resource.read(path)));
    const value = this.resource.read(path);
    return typeof value === "string" && value !== "" ? value : toIds(value);
  }
}

export function isIn({ any, none }: Part, question: Question): boolean {
  for (const clause of any)
    if (applies(clause, question)) return !none.some((clause) => excludes(clause, question));
  return false;
}

function applies(clause: Clause, question: Question): boolean {
  return isReached(clause, question) && (!clause.when || clause.when.test(question) === true);
}

function excludes(clause: Clause, question: Question): boolean {
  return isTouched(clause, question) && clause.when?.test(question) !== true;
}

/** Whether an alternative is about a record, by owner and team. */
export function isReached({ own, teams }: Pick<Clause, "own" | "teams">, question: Question): boolean {
  return (!own || isOwned(question)) && (!teams || isCovered(question.at(1), teams));
}

/** Whether an exclusion is about a record: a team of it is among these, or it has none. */
export function isTouched({ teams }: Pick<Clause, "teams">, question: Question): boolean {
  const of = question.at(1);
  return !teams || (typeof of === "string" ? !isId(of) : of.length === 0) || isCovered(of, teams);
}

/** Whether an alternative holds of every record. */
export function isBare({ own, teams, when }: Clause): boolean {
  return !own && !teams && !when;
}

/** Whether all that owner and team let an alternative reach, they let a wider one reach. */
export function includes(wider: Clause, { own, teams }: Clause): boolean {
  return (!wider.own || own) && (wider.teams === undefined || (teams?.isWithin(wider.teams) ?? false));
}

function isOwned(question: Question): boolean {
  const owners = question.at(0);
  const { me } = question;
  return me !== undefined && (typeof owners === "string" ? owners === me : owners.includes(me));
}

export function isCovered(of: Ids, teams: Pick<Teams, "has">): boolean {
  return typeof of === "string" ? teams.has(of) : of.some((team) => teams.has(team));
}
