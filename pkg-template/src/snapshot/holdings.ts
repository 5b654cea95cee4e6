// What a user holds in a snapshot: assignments, teams, attributes. People who hold the same share it, and the
// rules that come of it.

import { ALWAYS, type Window } from "../condition/during.js";
import { type Attributes, attributesOf, parsePath } from "../condition/facts.js";
import { Kept } from "../core/kept.js";
import * as at from "../engine/layout.js";
import type { Tables } from "../engine/tables.js";
import { MASK_KINDS, type Mask, type Masks } from "../gate/mask.js";
import type { Rules, RulesAt } from "../gate/moment.js";
import { DEFAULT_MAP, type Mapping, type Person, personOf } from "../gate/parts.js";
import { intern } from "../gate/rules.js";
import type { UnknownNames } from "../types/types.js";
import { type Both, SnapshotConditions } from "./conditions.js";
import { EVERYTHING, RoleRows, targetOf, targetOfCategory } from "./role-rows.js";
import { type Assigned, Sayings } from "./sayings.js";
import { Forest, type TeamSet } from "./team-sets.js";

export interface Holdings {
  /** Whose they are, where conditions ask who somebody is. */
  readonly user: string;
  readonly isKnown: boolean;
  readonly isDisabled: boolean;
  readonly assigned: readonly Assigned[];
  /**
   * What the user's own teams cover, if there are any; and their names, `null` for one that the snapshot does
   * not have.
   */
  readonly teams: TeamSet | undefined;
  readonly teamNames: readonly (string | null)[];
  readonly attributes: Attributes;
  /** Whether a condition of an assignment reads the context where none of the snapshot does. */
  readonly readsContext: boolean;
  /** By which they are found. */
  readonly key: string;
  /** Rules by the clock, and at the last time that somebody named. */
  byClock: RulesAt | undefined;
  byTime: RulesAt | undefined;
  /** Only where it is worth its while. */
  sayings: Sayings | undefined;
}

/** Somebody of whom a gate is made. */
export interface Known extends Person {
  readonly holdings: Holdings;
}

/** Somebody of whom a gate was made: the row, and by which key is found what they hold. */
interface Seen extends Person {
  readonly row: number;
  readonly key: string;
}

/**
 * Somebody of whom a gate was made and whom the snapshot need not list; or the first of those who say the
 * same.
 */
export interface SeenOutsider {
  readonly id: string;
  readonly key: string;
  /** What was said, if it was found by a number, which others may have, too. */
  readonly words: readonly string[];
  /** What it names and the snapshot does not have. */
  readonly unknown: UnknownNames;
}

/** About what is kept of people, and of what they hold. */
const MOST_BYTES = 4 << 20;
const [PERSON_BYTES, HOLDINGS_BYTES, ASSIGNED_BYTES] = [250, 1500, 250];

const DAY = 86_400_000;
export const LEVELS = ["own", "team", "all"] as const;

/** A snapshot as its gates see it. */
export class Tenant implements Rules {
  readonly tables: Tables;
  readonly roleRows: RoleRows;
  readonly conditions: SnapshotConditions;
  readonly forest: Forest;
  readonly tenant: string | undefined;
  readonly revision: number;
  readonly issuedAt: number | undefined;
  readonly expiresAt: number | undefined;
  readonly since: number;
  readonly expires: number;
  readonly readsContext: boolean;
  /** Whether a condition asks who somebody is. */
  readonly asksWho: boolean;
  readonly ids: readonly string[];
  readonly byId: ReadonlyMap<string, number>;
  readonly types: readonly string[];
  /** For each type where its records have owner and team. */
  readonly maps: readonly Mapping[];
  readonly masks: Masks;
  private readonly people: Kept<string, Seen> = new Kept(MOST_BYTES);
  /** People whom the snapshot need not list, by what they say: a number for names alone, or all of it. */
  readonly outsiders: Kept<string | number, SeenOutsider> = new Kept(MOST_BYTES);
  private readonly byKey: Kept<string, Holdings> = new Kept(MOST_BYTES);
  private categories: ReadonlyMap<string, number> | undefined = undefined;
  private disabled: ReadonlySet<string> | undefined = undefined;
  private roles: ReadonlyMap<string, number> | undefined = undefined;
  private teams: ReadonlyMap<string, number> | undefined = undefined;

  constructor(tables: Tables) {
    const of = (slot: number): number => tables.get(at.SNAPSHOT, 0, slot);
    this.tables = tables;
    this.roleRows = new RoleRows(tables);
    this.conditions = new SnapshotConditions(tables);
    this.forest = new Forest(tables);
    this.tenant = tables.optional(of(at.SNAPSHOT_TENANT));
    this.revision = tables.number(of(at.SNAPSHOT_REVISION)) ?? 0;
    this.issuedAt = tables.number(of(at.SNAPSHOT_ISSUED_AT));
    this.expiresAt = tables.number(of(at.SNAPSHOT_EXPIRES_AT));
    this.since = this.issuedAt === undefined ? 0 : Math.max(0, this.issuedAt - DAY);
    this.expires = this.expiresAt ?? Infinity;
    this.readsContext = of(at.SNAPSHOT_READS_CONTEXT) === 1;
    this.asksWho = of(at.SNAPSHOT_ASKS_WHO) === 1;
    this.ids = tables.names(at.PERMISSION).map(intern);
    this.byId = new Map(this.ids.map((id, index) => [id, index]));
    this.types = tables.names(at.TYPE);
    this.maps = this.types.map((_, type) => mappingOf(tables, type));
    this.masks = masksOf(tables, this.types, this.ids);
  }

  /** The titles of the levels that the catalog has. */
  levelTitles(): { own?: string; team?: string; all?: string } {
    const { tables } = this;
    const titles: { own?: string; team?: string; all?: string } = {};
    if (tables.count(at.TITLES) > 0) {
      LEVELS.forEach((level, slot) => {
        const title = tables.optional(tables.get(at.TITLES, 0, slot));
        if (title !== undefined) titles[level] = title;
      });
    }
    return titles;
  }

  /** The ids of all users who are disabled. */
  get lockedOut(): ReadonlySet<string> {
    return (this.disabled ??= disabledIn(this.tables));
  }

  /** The row of a role; `undefined` if there is none of this name. */
  role(name: string): number | undefined {
    return (this.roles ??= rowsByName(this.tables, at.ROLE)).get(name);
  }

  /** The row of a team; `undefined` if there is none of this name. */
  team(name: string): number | undefined {
    return (this.teams ??= rowsByName(this.tables, at.TEAM)).get(name);
  }

  /** Whether the document says which teams there are. If not, any id is a team by itself. */
  get declaresTeams(): boolean {
    return this.tables.spanOf(at.TEAM) !== 0;
  }

  /** The same as a view of it sees that belongs to somebody with a condition on the context. */
  get readingContext(): Rules {
    return Object.create(this, { readsContext: { value: true } }) as Rules;
  }

  /** What a limit names: a permission, `<category>.*` or `*`. */
  target(name: string): number | undefined {
    if (name === "*") return EVERYTHING;
    if (!name.endsWith(".*")) {
      const index = this.byId.get(name);
      return index === undefined ? undefined : targetOf(index);
    }
    const category = (this.categories ??= rowsByName(this.tables, at.CATEGORY)).get(name.slice(0, -2));
    return category === undefined ? undefined : targetOfCategory(category);
  }

  /**
   * Somebody by name, with what is known of earlier questions.
   * @param find the row of a user by name; -1 for none
   */
  person(name: string, find: () => number): Known {
    const known = this.people.get(name);
    const { user, me, row, key } = known ?? this.meet(name, find());
    return { user, me, holdings: this.byKey.get(key) ?? this.hold(key, name, row) };
  }

  /** Which assignments say something about which permission. */
  sayingsOf(holdings: Holdings): Sayings {
    if (holdings.sayings === undefined) {
      holdings.sayings = new Sayings(this.tables, this.roleRows, holdings.assigned);
      this.grow(holdings, holdings.sayings.bytes);
    }
    return holdings.sayings;
  }

  /** More was worked out of what somebody holds. */
  grow(holdings: Holdings, bytes: number): void {
    this.byKey.grow(holdings.key, holdings, bytes);
  }

  private meet(name: string, row: number): Seen {
    const key = this.keyOf(row);
    return this.people.add(
      name,
      { ...personOf(name), row, key },
      PERSON_BYTES + 2 * (name.length + key.length),
    );
  }

  /**
   * The same for all who hold the same; where conditions ask who somebody is, nobody holds what another does.
   */
  private keyOf(row: number): string {
    const { tables } = this;
    if (row < 0) return "";
    const of = (slot: number): number => tables.get(at.USER, row, slot);
    if (this.asksWho) return String(row);
    let key = `${of(at.USER_DISABLED)},${tables.list(of(at.USER_TEAMS)).join()}`;
    for (let it = of(at.USER_ROLES_FROM); it < of(at.USER_ROLES_TO); it += 1) {
      key += `;${assignmentSlots.map((slot) => tables.get(at.ASSIGNMENT, it, slot)).join()}`;
    }
    return key;
  }

  private hold(key: string, name: string, row: number): Holdings {
    const { tables, forest } = this;
    const of = (slot: number): number => (row < 0 ? 0 : tables.get(at.USER, row, slot));
    const own = this.assignments(of(at.USER_ROLES_FROM), of(at.USER_ROLES_TO), 0, (span) =>
      this.conditions.read(span),
    );
    const assigned = row < 0 ? own : [...own, ...this.everyone(own.length)];
    const teams = tables.list(of(at.USER_TEAMS));
    const attributes = of(at.USER_ATTRIBUTES);
    const isAsked = this.asksWho;
    return this.keep({
      user: isAsked ? name : "",
      isKnown: row >= 0,
      isDisabled: of(at.USER_DISABLED) === 1,
      assigned,
      teams: teams.length === 0 ? undefined : forest.cover(teams),
      teamNames: Array.from(teams, (team) => tables.text(tables.get(at.TEAM, team - 1, at.ID))),
      attributes: attributesOf(attributes === 0 || !isAsked ? {} : JSON.parse(tables.slice(attributes))),
      readsContext: false,
      key,
      byClock: undefined,
      byTime: undefined,
      sayings: undefined,
    });
  }

  /** The assignments that everyone has, of which the first has the index `first`. */
  everyone(first: number): Assigned[] {
    const of = (slot: number): number => this.tables.get(at.SNAPSHOT, 0, slot);
    return this.assignments(of(at.SNAPSHOT_EVERYONE_FROM), of(at.SNAPSHOT_EVERYONE_TO), first, (span) =>
      this.conditions.at(span),
    );
  }

  private assignments(
    from: number,
    to: number,
    first: number,
    conditionAt: (span: number) => Both | undefined,
  ): Assigned[] {
    const { tables, forest } = this;
    return Array.from({ length: to - from }, (_, it) => {
      const [role, team, start, end, when] = assignmentSlots.map((slot) =>
        tables.get(at.ASSIGNMENT, from + it, slot),
      ) as [number, number, number, number, number];
      const window: Window =
        start === 0 && end === 0
          ? ALWAYS
          : [tables.number(start) ?? -Infinity, tables.number(end) ?? Infinity];
      return {
        index: first + it,
        role: role - 1,
        team: team - 1,
        teams: team === 0 ? undefined : forest.cover([team]),
        window,
        when: conditionAt(when),
      };
    });
  }

  /** What is held under a key, if it is still known. */
  held(key: string): Holdings | undefined {
    return this.byKey.get(key);
  }

  /** @param more bytes that it takes besides */
  keep(holdings: Holdings, more = 0): Holdings {
    const { key, assigned } = holdings;
    return this.byKey.add(
      key,
      holdings,
      HOLDINGS_BYTES + ASSIGNED_BYTES * assigned.length + 2 * key.length + more,
    );
  }
}

const assignmentSlots = [
  at.ASSIGNMENT_ROLE,
  at.ASSIGNMENT_TEAM,
  at.ASSIGNMENT_FROM,
  at.ASSIGNMENT_UNTIL,
  at.ASSIGNMENT_WHEN,
];

function rowsByName(tables: Tables, kind: number): ReadonlyMap<string, number> {
  return new Map(tables.names(kind).map((name, row) => [name, row]));
}

function disabledIn(tables: Tables): ReadonlySet<string> {
  const found = new Set<string>();
  for (let row = 0; row < tables.count(at.USER); row += 1) {
    if (tables.get(at.USER, row, at.USER_DISABLED) === 1)
      found.add(tables.text(tables.get(at.USER, row, at.ID)));
  }
  return found;
}

function mappingOf(tables: Tables, type: number): Mapping {
  const [owner, team] = [at.TYPE_OWNER, at.TYPE_TEAM].map((slot) =>
    Array.from(tables.list(tables.get(at.TYPE, type, slot)), (path) => parsePath(tables.text(path))),
  );
  return [owner?.length ? owner : DEFAULT_MAP[0], team?.length ? team : DEFAULT_MAP[1]];
}

function masksOf(tables: Tables, types: readonly string[], ids: readonly string[]): Masks {
  const masks = new Map(types.map((type): [string, Mask[]] => [type, []]));
  for (let row = 0; row < tables.count(at.MASK); row += 1) {
    const of = (slot: number): number => tables.get(at.MASK, row, slot);
    const { name, keys } = parsePath(tables.text(of(at.MASK_FIELD)));
    const as = MASK_KINDS[of(at.MASK_AS) - 1] as (typeof MASK_KINDS)[number];
    masks
      .get(types[of(at.MASK_TYPE) - 1] as string)
      ?.push({ field: name, keys, permission: ids[of(at.MASK_PERMISSION) - 1], as });
  }
  return masks;
}
