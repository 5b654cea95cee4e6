// What a person may see and change, as the policies in the database read it: the scopes of some permissions,
// each in one fixed form, so that no change of roles changes a policy.
//
// Owners and teams are all that the form knows. Alternatives of all parts are multiplied out: however many
// there are, they come to "all", "own", a list of teams, and a list of teams for what is own.

import { isId } from "../core/attributes.js";
import { RolegateError } from "../core/errors.js";
import { bare } from "../filters/bare.js";
import { Scope } from "../gate/scope-data.js";
import type { ScopeData } from "../types/types.js";

/** Gives the scopes of permissions, as a gate does. */
export interface Scopes {
  scope(permission: string): Pick<Scope, "toJSON">;
}

/** A scope in the form of policies. What is absent admits nothing. */
interface Form {
  /** Attribute paths of owners and teams. */
  readonly owner: readonly string[];
  readonly team: readonly string[];
  /** Milliseconds since the epoch from which on it admits nothing. */
  readonly until?: number;
  readonly all?: true;
  readonly own?: true;
  readonly teams?: Array;
  readonly ownTeams?: Array;
  /** Whatever is admitted has a team, and none among these. */
  readonly without?: Array;
}

/** An array as PostgreSQL writes it: it reads that far faster than a list in JSON. */
type Array = string;

function arrayOf(ids: readonly string[]): Array {
  return `{${ids.map((id) => JSON.stringify(id)).join()}}`;
}

/**
 * The scopes of permissions as text for `set_config('rolegate.scopes', $1, true)`: what policies made by
 * `rlsSql` go by until the transaction ends. Takes time in proportion to the scopes.
 * @throws {RolegateError} `cannot-express` for a scope with conditions on the record, and for one of several
 *   lists of teams that a record with several teams would have to be in
 */
export function toSession(gate: Scopes, permissions: readonly string[]): string {
  const scopes: Record<string, Form | undefined> = Object.create(null);
  let user: string | undefined;
  for (const permission of permissions) {
    // What is asked of a database is what the engine itself would read.
    const data = Scope.from(gate.scope(permission).toJSON()).toJSON();
    user ??= data.user;
    if (data.user !== user) throw new RolegateError("bad-options", "all scopes must be of one person");
    if (data.kind !== "none") scopes[permission] = formOf(bare(data), permission);
  }
  return JSON.stringify({ user: user !== undefined && isId(user) ? user : null, scopes });
}

/** An alternative; with neither it is everything. */
interface Alternative {
  readonly own: boolean;
  readonly teams: ReadonlySet<string> | undefined;
}

function formOf({ parts, map: [owner, team], validUntil }: ScopeData, permission: string): Form {
  let left: Alternative[] = [{ own: false, teams: undefined }];
  let without: Set<string> | undefined;
  for (const { any, none } of parts) {
    for (const { teams, unless } of none.map(bare)) {
      if (unless !== undefined || teams === undefined) refuse(permission, "conditions");
      without = new Set([...(without ?? []), ...teams]);
    }
    const alternatives = any.map(bare).map(({ own = false, teams, where }) => {
      if (where !== undefined) refuse(permission, "conditions");
      return { own, teams: teams && new Set(teams) };
    });
    left = merged(left.flatMap((a) => alternatives.map((b) => both(a, b, permission))));
  }
  const named = (own: boolean): readonly string[] | undefined => {
    const found = left.find((it) => it.own === own && it.teams !== undefined);
    return found && [...(found.teams as ReadonlySet<string>)];
  };
  const has = (own: boolean): boolean => left.some((it) => it.own === own && it.teams === undefined);
  const [teams, ownTeams] = [named(false), named(true)];
  return {
    owner,
    team,
    ...(validUntil !== undefined && { until: validUntil }),
    ...(has(false) && { all: true }),
    ...(has(true) && { own: true }),
    ...(teams && { teams: arrayOf(teams) }),
    ...(ownTeams && { ownTeams: arrayOf(ownTeams) }),
    ...(without && { without: arrayOf([...without]) }),
  };
}

/** What is in both. */
function both(a: Alternative, b: Alternative, permission: string): Alternative {
  return { own: a.own || b.own, teams: commonOf(a.teams, b.teams, permission) };
}

function commonOf(
  a: ReadonlySet<string> | undefined,
  b: ReadonlySet<string> | undefined,
  permission: string,
): ReadonlySet<string> | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  for (const team of few)
    if (!many.has(team)) return refuse(permission, "two lists of teams, of which each record needs both");
  return few;
}

/** One alternative for each form, of all that have it. */
function merged(alternatives: readonly Alternative[]): Alternative[] {
  const found = new Map<string, Alternative>();
  for (const { own, teams } of alternatives) {
    const key = `${own} ${teams !== undefined}`;
    const known = found.get(key);
    found.set(key, { own, teams: teams && new Set([...(known?.teams ?? []), ...teams]) });
  }
  return [...found.values()];
}

function refuse(permission: string, what: string): never {
  throw new RolegateError(
    "cannot-express",
    `\`${permission}\` cannot be said to policies exactly, for it has ${what}: ` +
      "filter its queries with `toSql` instead",
  );
}
