// What roles grant and deny, worked out for one permission when it is asked: own entries, implication,
// inheritance, role types and the plan (docs/format.md#roles).
//
// Twin of src/compile.rs; tests/package/vectors.mjs and tests/laws.rs hold them equal.

import { Kept } from "../core/kept.js";
import { eachAfter } from "../core/walk.js";
import * as at from "../engine/layout.js";
import type { Tables } from "../engine/tables.js";

export const OWN = 1;
export const ALL = 3;

/** One way in which a role grants a permission. */
export interface Grant {
  /** `OWN`, 2 for a team, or `ALL`. */
  readonly level: number;
  /** The span of its condition; 0 for none. */
  readonly when: number;
}

/**
 * From where a role comes to a grant that is not an entry of its own: a role, or a permission that implies
 * it.
 */
type Origin = { readonly role: number } | { readonly permission: number };

/** A grant of a role on the way to another, and the permission that implies it. */
interface Step extends Grant {
  readonly to: number;
  readonly from: number | undefined;
}

/** What an entry of a role is about: everything, a permission or a category. */
export const EVERYTHING = 0;
export const targetOf = (permission: number): number => 2 * (permission + 1);
export const targetOfCategory = (category: number): number => 2 * (category + 1) + 1;

const NONE: readonly never[] = [];
/** For grants, for who denies, and for where grants come from, each. */
const MOST_BYTES = 4 << 20;
/** About what a list that is kept takes, and each of its grants, numbers or steps. */
const [LIST_BYTES, ENTRY_BYTES, NUMBER_BYTES, STEP_BYTES] = [120, 48, 8, 100];

export class RoleRows {
  private readonly tables: Tables;
  private readonly roles: number;
  private readonly kept: Kept<number, readonly Grant[]> = new Kept(MOST_BYTES);
  private readonly deniers: Kept<number, readonly number[]> = new Kept(MOST_BYTES);
  private readonly steps: Kept<number, ReadonlyMap<number, Step[]>> = new Kept(MOST_BYTES);
  /** For each target of a denial the roles that have one. */
  private denied: Map<number, Set<number>> | undefined = undefined;
  /** For each permission those that imply it; only if any does. */
  private impliedBy: Map<number, number[]> | undefined = undefined;

  constructor(tables: Tables) {
    this.tables = tables;
    this.roles = tables.count(at.ROLE);
  }

  /** What a role grants for a permission: alternatives, its own first. */
  grants(role: number, permission: number): readonly Grant[] {
    const known = this.kept.get(this.key(role, permission));
    if (known !== undefined) return known;
    const made = new Map<number, readonly Grant[]>();
    const find = (role: number): readonly Grant[] | undefined =>
      made.get(role) ?? this.kept.get(this.key(role, permission));
    const parents = (role: number): number[] =>
      find(role) === undefined ? this.parents(role, permission) : [];
    eachAfter(role, parents, (next) => {
      const known = find(next);
      if (known !== undefined) {
        // What is kept may be forgotten before it is joined.
        made.set(next, known);
        return;
      }
      const own = this.own(next, permission);
      const inherited = parents(next).map((parent) => made.get(parent) ?? NONE);
      const grants = joined([own, ...inherited]);
      made.set(next, grants);
      // A list that only one parent gives is the same list.
      this.kept.add(
        this.key(next, permission),
        grants,
        LIST_BYTES + (grants === inherited[0] ? 0 : grants.length * ENTRY_BYTES),
      );
    });
    return find(role) ?? NONE;
  }

  /** The conditions under which a role denies a permission, as spans: 0 is always. */
  denials(role: number, permission: number): readonly number[] {
    const { tables } = this;
    if (tables.count(at.DENIAL) === 0) return NONE;
    const denied = (this.denied ??= this.makeDenied());
    const targets = this.targets(permission).filter((target) => denied.has(target));
    if (targets.length === 0) return NONE;
    const found: number[] = [];
    for (const denier of this.deniersOf(role)) {
      for (const target of targets) {
        if (!denied.get(target)?.has(denier)) continue;
        const end = tables.get(at.ROLE, denier, at.ROLE_DENY_TO);
        let row = firstAt(
          tables,
          at.DENIAL,
          at.DENIAL_TARGET,
          tables.get(at.ROLE, denier, at.ROLE_DENY_FROM),
          end,
          target,
        );
        for (; row < end && tables.get(at.DENIAL, row, at.DENIAL_TARGET) === target; row += 1)
          found.push(tables.get(at.DENIAL, row, at.DENIAL_WHEN));
      }
    }
    return found;
  }

  /**
   * Where a grant comes from: the roles from which it is inherited and the permissions that imply it, in
   * turn.
   */
  origins(role: number, permission: number, grant: Grant): Origin[] {
    const found: Origin[] = [];
    let current: Grant | undefined = grant;
    let steps = this.stepsOf(role, permission);
    while (current !== undefined) {
      const { level, when }: Grant = current;
      const isIt = (it: Grant): boolean => it.level === level && it.when === when;
      const step = steps.get(permission)?.find(isIt);
      if (step !== undefined && step.from === undefined) break;
      if (step !== undefined) permission = step.from as number;
      else {
        const parent = Array.from(this.tables.list(this.tables.get(at.ROLE, role, at.ROLE_INHERITS))).find(
          (parent) => this.grants(parent - 1, permission).some(isIt),
        );
        if (parent === undefined) break;
        role = parent - 1;
        steps = this.stepsOf(role, permission);
      }
      found.push(step === undefined ? { role } : { permission });
      const isNext = (it: Grant): boolean => it.when === when && it.level >= level;
      current = steps.get(permission)?.find(isNext) ?? this.grants(role, permission).find(isNext);
    }
    return found;
  }

  /** What a role grants by itself on the way to a permission, for each permission. */
  private stepsOf(role: number, permission: number): ReadonlyMap<number, Step[]> {
    const known = this.steps.get(this.key(role, permission));
    if (known !== undefined) return known;
    const steps = new Map<number, Step[]>();
    const all = this.ownAndImplied(role, permission);
    for (const step of all) {
      const known = steps.get(step.to);
      if (known === undefined) steps.set(step.to, [step]);
      else known.push(step);
    }
    return this.steps.add(this.key(role, permission), steps, LIST_BYTES + all.length * STEP_BYTES);
  }

  /** All that role types, the plan and entries of categories tell permissions apart by. */
  traitsOf(permission: number): string {
    const { tables } = this;
    const of = (slot: number): number => tables.get(at.PERMISSION, permission, slot);
    const traits = [
      at.PERMISSION_CATEGORY,
      at.PERMISSION_LEVELS,
      at.PERMISSION_IN_PLAN,
      at.PERMISSION_STANDARD_ONLY,
    ].map(of);
    return `${traits.join()};${tables.list(of(at.PERMISSION_ROLE_TYPES)).join()}`;
  }

  isInPlan(permission: number): boolean {
    return this.tables.get(at.PERMISSION, permission, at.PERMISSION_IN_PLAN) === 1;
  }

  isScoped(permission: number): boolean {
    return this.tables.get(at.PERMISSION, permission, at.PERMISSION_LEVELS) !== 0;
  }

  private key(role: number, permission: number): number {
    return permission * this.roles + role;
  }

  /** What an entry about a permission may name: itself, its category, everything. */
  targets(permission: number): [number, number, number] {
    return [
      targetOf(permission),
      targetOfCategory(this.tables.get(at.PERMISSION, permission, at.PERMISSION_CATEGORY) - 1),
      EVERYTHING,
    ];
  }

  /** What a role grants by itself. */
  private own(role: number, permission: number): readonly Grant[] {
    return this.mayHold(role, permission)
      ? this.ownAndImplied(role, permission).filter(({ to }) => to === permission)
      : NONE;
  }

  /**
   * The roles from which a role takes what it grants besides: if it may hold the permission and says nothing
   * about it.
   */
  private parents(role: number, permission: number): number[] {
    const list = this.tables.get(at.ROLE, role, at.ROLE_INHERITS);
    if (list === 0 || !this.mayHold(role, permission) || this.entry(role, permission) !== undefined)
      return [];
    return Array.from(this.tables.list(list), (parent) => parent - 1);
  }

  /** Whether a role may hold a permission at all: the plan, its role type and `standardOnly`. */
  private mayHold(role: number, permission: number): boolean {
    const { tables } = this;
    const of = (slot: number): number => tables.get(at.PERMISSION, permission, slot);
    if (
      of(at.PERMISSION_IN_PLAN) === 0 ||
      of(at.PERMISSION_STANDARD_ONLY) > tables.get(at.ROLE, role, at.ROLE_STANDARD)
    )
      return false;
    const [type, types] = [tables.get(at.ROLE, role, at.ROLE_TYPE_OF), of(at.PERMISSION_ROLE_TYPES)];
    return type === 0 || types === 0 || tables.list(types).includes(type);
  }

  /**
   * The row of the entry that decides about a permission: its own, else its category's, else `*`, but no
   * wildcard that grants nothing for it.
   */
  private entry(role: number, permission: number): number | undefined {
    const { tables } = this;
    const from = tables.get(at.ROLE, role, at.ROLE_GRANTS_FROM);
    const to = tables.get(at.ROLE, role, at.ROLE_GRANTS_TO);
    if (from === to) return undefined;
    for (const target of this.targets(permission)) {
      const row = firstAt(tables, at.GRANT, at.GRANT_TARGET, from, to, target);
      if (row === to || tables.get(at.GRANT, row, at.GRANT_TARGET) !== target) continue;
      const alternatives = this.alternatives(row);
      const isOf = (it: number): boolean =>
        this.levelWithin(permission, tables.get(at.ALTERNATIVE, it, at.ALTERNATIVE_LEVEL) || ALL) > 0;
      if (alternatives.length === 0 || alternatives.some(isOf)) return row;
    }
    return undefined;
  }

  /**
   * The widest level of a permission that is not wider; a tenant-level one is held at `ALL` or not at all.
   */
  private levelWithin(permission: number, level: number): number {
    const levels = this.tables.get(at.PERMISSION, permission, at.PERMISSION_LEVELS);
    if (levels === 0) return level === ALL ? ALL : 0;
    let found = level;
    while (found > 0 && (levels & (1 << (found - 1))) === 0) found -= 1;
    return found;
  }

  /**
   * The grants by entries of the role, and what these imply step by step, as far as it leads to a permission.
   */
  private ownAndImplied(role: number, permission: number): Step[] {
    const { tables } = this;
    const found: Step[] = [];
    const leading = this.leadingTo(permission);
    for (const to of leading) {
      if (to !== permission && !this.mayHold(role, to)) continue;
      for (const it of this.alternatives(this.entry(role, to))) {
        const level = this.levelWithin(to, tables.get(at.ALTERNATIVE, it, at.ALTERNATIVE_LEVEL) || ALL);
        if (level > 0)
          found.push({
            to,
            level,
            when: tables.get(at.ALTERNATIVE, it, at.ALTERNATIVE_WHEN),
            from: undefined,
          });
      }
    }
    if (leading.length === 1) return found;
    const seen = new Map(leading.map((to) => [to, new Set<number>()])); // of those that lead to it
    for (const step of found) seen.get(step.to)?.add(keyOf(step));
    const known = new Map<number, readonly number[]>();
    const impliedBy = (from: number): readonly number[] => {
      let implied = known.get(from);
      if (implied === undefined) {
        implied = Array.from(
          tables.list(tables.get(at.PERMISSION, from, at.PERMISSION_IMPLIES)),
          (to) => to - 1,
        ).filter((to) => seen.has(to) && !this.isRefused(role, to));
        known.set(from, implied);
      }
      return implied;
    };
    for (const { to: from, level: of, when } of found) {
      for (const to of impliedBy(from)) {
        const step = { to, level: this.levelWithin(to, of), when, from };
        const [keys, key] = [seen.get(to) as Set<number>, keyOf(step)];
        if (step.level === 0 || keys.has(key)) continue;
        keys.add(key);
        found.push(step);
      }
    }
    return found;
  }

  /** Whether a role cannot come to a permission by implication: it may not hold it, or says `false`. */
  private isRefused(role: number, permission: number): boolean {
    const entry = this.entry(role, permission);
    return !this.mayHold(role, permission) || (entry !== undefined && this.alternatives(entry).length === 0);
  }

  /** The rows of the alternatives of an entry. */
  private alternatives(entry: number | undefined): number[] {
    if (entry === undefined) return [];
    const from = this.tables.get(at.GRANT, entry, at.GRANT_ALTERNATIVES_FROM);
    return Array.from(
      { length: this.tables.get(at.GRANT, entry, at.GRANT_ALTERNATIVES_TO) - from },
      (_, it) => from + it,
    );
  }

  /** A permission and those that imply it, directly or not, in the order of the catalog. */
  leadingTo(permission: number): readonly number[] {
    const impliedBy = (this.impliedBy ??= this.makeImpliedBy());
    if (!impliedBy.has(permission)) return [permission];
    const found = new Set([permission]);
    for (const to of found) for (const from of impliedBy.get(to) ?? NONE) found.add(from);
    return [...found].sort((a, b) => a - b);
  }

  private makeImpliedBy(): Map<number, number[]> {
    const { tables } = this;
    const impliedBy = new Map<number, number[]>();
    for (let from = 0; from < tables.count(at.PERMISSION); from += 1) {
      for (const to of tables.list(tables.get(at.PERMISSION, from, at.PERMISSION_IMPLIES))) {
        const known = impliedBy.get(to - 1);
        if (known === undefined) impliedBy.set(to - 1, [from]);
        else known.push(from);
      }
    }
    return impliedBy;
  }

  private makeDenied(): Map<number, Set<number>> {
    const { tables } = this;
    const denied = new Map<number, Set<number>>();
    for (let role = 0; role < this.roles; role += 1) {
      const end = tables.get(at.ROLE, role, at.ROLE_DENY_TO);
      for (let row = tables.get(at.ROLE, role, at.ROLE_DENY_FROM); row < end; row += 1) {
        const target = tables.get(at.DENIAL, row, at.DENIAL_TARGET);
        const roles = denied.get(target);
        if (roles === undefined) denied.set(target, new Set([role]));
        else roles.add(role);
      }
    }
    return denied;
  }

  /** The role and those that it inherits, as far as they deny anything. */
  private deniersOf(role: number): readonly number[] {
    const known = this.deniers.get(role);
    if (known !== undefined) return known;
    const { tables } = this;
    const lineage = new Set([role]);
    for (const next of lineage)
      for (const parent of tables.list(tables.get(at.ROLE, next, at.ROLE_INHERITS))) lineage.add(parent - 1);
    const deniers = [...lineage].filter(
      (next) => tables.get(at.ROLE, next, at.ROLE_DENY_FROM) !== tables.get(at.ROLE, next, at.ROLE_DENY_TO),
    );
    return this.deniers.add(role, deniers, LIST_BYTES + deniers.length * NUMBER_BYTES);
  }
}

function keyOf({ level, when }: Grant): number {
  return when * 4 + level;
}

/**
 * All grants of several lists, each once. One list that is alone is not copied: chains of roles would copy it
 * at every step.
 */
function joined(lists: readonly (readonly Grant[])[]): readonly Grant[] {
  const some = lists.filter((list) => list.length > 0);
  const [only = NONE] = some;
  if (some.length < 2) return only;
  const seen = new Map<number, Grant>();
  for (const list of some) {
    for (const grant of list) {
      const key = keyOf(grant);
      if (!seen.has(key)) seen.set(key, grant);
    }
  }
  return [...seen.values()];
}

/** The first row of a sorted range whose value in a slot is not below `wanted`. */
function firstAt(
  tables: Tables,
  kind: number,
  slot: number,
  from: number,
  to: number,
  wanted: number,
): number {
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (tables.get(kind, middle, slot) < wanted) from = middle + 1;
    else to = middle;
  }
  return from;
}
