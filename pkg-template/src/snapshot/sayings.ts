// Which of a user's assignments say anything about which permission, so that a question does not walk through
// all of them.
//
// Twin of src/query/sayings.rs; tests/package/vectors.mjs and tests/laws.rs hold them equal.

import { ALWAYS, type Window } from "../condition/during.js";
import * as at from "../engine/layout.js";
import type { Tables } from "../engine/tables.js";
import { unionOf } from "../gate/parts.js";
import type { Both } from "./conditions.js";
import type { RoleRows } from "./role-rows.js";
import type { TeamSet } from "./team-sets.js";

const NONE: readonly never[] = [];
/** About what an entry takes. */
const ENTRY_BYTES = 60;

/** An assignment of a user, or of everyone. */
export interface Assigned {
  /** Among the user's own, and then those of everyone. */
  readonly index: number;
  readonly role: number;
  /** The row of its team; -1 where no team limits it, or one that is in no table. */
  readonly team: number;
  /** The id of a team that is in no table. */
  readonly freeTeam?: string | undefined;
  /** What its team covers; `undefined` where no team limits it. */
  readonly teams: TeamSet | undefined;
  readonly window: Window;
  readonly when: Both | undefined;
}

export class Sayings {
  private readonly rows: RoleRows;
  /** Each assignment by its role, and one for all that say the same of several teams. */
  private readonly byRole: Map<number, Assigned[]> = new Map();
  private readonly fewByRole: Map<number, Assigned[]> = new Map();
  /** For each role of the user, and those that they inherit, the roles that inherit it directly. */
  private readonly heirs: Map<number, number[]> = new Map();
  /** For each target of an entry the roles that have it. */
  private readonly entries: Map<number, number[]> = new Map();
  /** For each target the roles of the user that say something of it, with what they inherit. */
  private readonly known: Map<number, readonly number[]> = new Map();
  private readonly abouts: Map<string, readonly Assigned[]> = new Map();
  /** About what it takes. */
  bytes = 0;

  constructor(tables: Tables, rows: RoleRows, assigned: readonly Assigned[]) {
    this.rows = rows;
    const groups = new Map<unknown, Assigned[]>();
    for (const it of assigned) {
      const { role, teams, window, when } = it;
      this.add(this.byRole, role, it);
      // Those of a role that always count are one for all of their teams.
      this.add(groups, teams && !when && window === ALWAYS ? role : it, it);
    }
    for (const group of groups.values()) {
      const [first] = group as [Assigned];
      const teams = group.length > 1 && unionOf(group.map(({ teams }) => teams as TeamSet));
      this.add(this.fewByRole, first.role, teams ? { ...first, teams: teams as TeamSet } : first);
    }
    const lineage = new Set(this.byRole.keys()); // grows while it is walked
    for (const role of lineage) {
      const of = (slot: number): number => tables.get(at.ROLE, role, slot);
      for (const parent of tables.list(of(at.ROLE_INHERITS))) {
        lineage.add(parent - 1);
        this.add(this.heirs, parent - 1, role);
      }
      for (let row = of(at.ROLE_GRANTS_FROM); row < of(at.ROLE_GRANTS_TO); row += 1)
        this.add(this.entries, tables.get(at.GRANT, row, at.GRANT_TARGET), role);
      for (let row = of(at.ROLE_DENY_FROM); row < of(at.ROLE_DENY_TO); row += 1)
        this.add(this.entries, tables.get(at.DENIAL, row, at.DENIAL_TARGET), role);
    }
  }

  /**
   * The same for permissions between which no role of the user makes a difference; `undefined` for one of its
   * own kind.
   */
  kindOf(permission: number): string | undefined {
    const { rows, entries } = this;
    const [own] = rows.targets(permission);
    return entries.has(own) || rows.leadingTo(permission).length > 1 ? undefined : rows.traitsOf(permission);
  }

  /**
   * The assignments that say something about a permission, in their order.
   * @param isEach whether each is wanted, or one for all that say the same of several teams
   */
  about(permission: number, kind: string | undefined, isEach: boolean): readonly Assigned[] {
    const key = kind && kind + isEach;
    const known = key && this.abouts.get(key);
    if (known) return known;
    const targets = new Set(this.rows.leadingTo(permission).flatMap((it) => this.rows.targets(it)));
    const roles = new Set([...targets].flatMap((target) => this.sayers(target)));
    const found = [...roles]
      .flatMap((role): readonly Assigned[] => (isEach ? this.byRole : this.fewByRole).get(role) ?? NONE)
      .sort((a, b) => a.index - b.index);
    if (key) this.abouts.set(key, found);
    return found;
  }

  private sayers(target: number): readonly number[] {
    let found = this.known.get(target);
    if (found === undefined) {
      const all = new Set(this.entries.get(target)); // grows while it is walked
      for (const role of all) for (const heir of this.heirs.get(role) ?? NONE) all.add(heir);
      found = [...all].filter((role) => this.byRole.has(role));
      this.known.set(target, found);
    }
    return found;
  }

  private add<K, T>(map: Map<K, T[]>, key: K, item: T): void {
    this.bytes += ENTRY_BYTES;
    const list = map.get(key);
    if (list === undefined) map.set(key, [item]);
    else list.push(item);
  }
}
