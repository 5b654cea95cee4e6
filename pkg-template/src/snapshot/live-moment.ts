// What a user's holdings come to at a moment: the rule of a permission is made when it is first asked.
// docs/format.md#answers has the rules.
//
// Twin of src/query/scope.rs and src/query/valid.rs; tests/package/vectors.mjs, tests/laws.rs,
// tests/package/own.mjs and tests/own.rs hold them equal.

import { ALWAYS, both, steadyIn, type Window } from "../condition/during.js";
import type { Node, Steady } from "../condition/facts.js";
import * as at from "../engine/layout.js";
import {
  type Answers,
  type Check,
  isRight,
  noAnswers,
  type Reach,
  type Requirement,
  type Rule,
  type RulesAt,
  requirementOf,
  whyOff,
} from "../gate/moment.js";
import {
  type Clause,
  DEFAULT_MAP,
  includes,
  isBare,
  keyOf,
  type Mapping,
  NOTHING,
  type Part,
  type Teams,
  unionOf,
} from "../gate/parts.js";
import { withoutAll } from "../gate/scope.js";
import { ANYTHING_GOES, fold, join, steadyHours } from "./conditions.js";
import type { Holdings, Tenant } from "./holdings.js";
import { ALL, type Grant, OWN } from "./role-rows.js";
import type { Assigned } from "./sayings.js";
import type { TeamSet } from "./team-sets.js";

/** What bounds a gate besides the snapshot. */
export interface Bounds {
  /** Session roles, as rows: only their assignments grant. */
  readonly roles: ReadonlySet<number> | undefined;
  /** Limits, as targets: each must include a permission. */
  readonly limits: readonly ReadonlySet<number>[] | undefined;
}

export const UNBOUNDED: Bounds = { roles: undefined, limits: undefined };

const NONE: readonly never[] = [];
/** About what a rule takes, each of its clauses, and a condition that is folded. */
const [RULE_BYTES, CLAUSE_BYTES, FOLD_BYTES] = [400, 120, 200];
/** Assignments and permissions that are gone through one by one. */
const [FEW_ASSIGNED, FEW_ASKED] = [16, 8];

/** A grant or a denial of an assignment's role, as a clause. */
export interface LiveWay {
  readonly assigned: Assigned;
  readonly grant: Grant;
  readonly isActive: boolean;
  readonly own: boolean;
  readonly teams: TeamSet | undefined;
  /** What is left of its conditions; `false`: it cannot hold, or is always lifted. */
  readonly when: Node | undefined | false;
}

/** Whether a limit leaves a permission out. */
export function isLimited({ roleRows }: Tenant, { limits = NONE }: Bounds, index: number): boolean {
  const targets = limits.length > 0 ? roleRows.targets(index) : NONE;
  return !limits.every((limit) => targets.some((target) => limit.has(target)));
}

export class LiveRules implements RulesAt {
  readonly tenant: Tenant;
  readonly holdings: Holdings;
  readonly bounds: Bounds;
  from: number;
  to: number;
  /** When rules are asked for. It lies between `from` and `to`. */
  now: number;
  readonly checks: Map<number, Check> = new Map();
  held = 0;
  readonly reaches: Map<string, Reach> = new Map();
  readonly answers: Answers = noAnswers();
  /** About what its rules take. Only those of a moment that is kept count. */
  bytes = 0;
  private readonly made: Map<number, Rule | undefined> = new Map();
  /** What permissions come to by themselves, each kind once. */
  private readonly parts: Map<string, Own> = new Map();
  /**
   * By assignment: many permissions are granted under the same conditions. Those that always count, without a
   * condition, are all the same.
   */
  private readonly folds: Map<Assigned | undefined, Map<number, Fold>> = new Map();
  private readonly isOn: boolean;

  constructor(tenant: Tenant, holdings: Holdings, bounds: Bounds, now: number) {
    this.tenant = tenant;
    this.holdings = holdings;
    this.bounds = bounds;
    this.now = now;
    const { since, expires } = tenant;
    [this.from, this.to] = now < Infinity ? steadyIn([since, expires], now) : [NaN, Infinity];
    this.isOn = holdings.isKnown && !holdings.isDisabled && whyOff(tenant, now) === undefined;
  }

  rule(index: number): Rule | undefined {
    const known = this.made.get(index);
    if (known !== undefined || this.made.has(index)) return known;
    const rule = this.isOn ? this.make(index) : undefined;
    this.made.set(index, rule);
    this.grow(rule === undefined ? CLAUSE_BYTES : RULE_BYTES);
    return rule;
  }

  /**
   * The assignments that say something about a permission, and what those are alike about which it is the
   * same.
   * @param isEach as in `Sayings`
   */
  about(index: number, isEach: boolean): { kind: string | undefined; assigned: readonly Assigned[] } {
    const { tenant, holdings, made } = this;
    const { assigned } = holdings;
    if (assigned.length <= FEW_ASSIGNED && made.size < FEW_ASKED) return { kind: undefined, assigned };
    const sayings = tenant.sayingsOf(holdings);
    const kind = sayings.kindOf(index);
    return { kind, assigned: sayings.about(index, kind, isEach) };
  }

  /** The condition of an assignment and one of what it grants (`all`) or denies. */
  fold(assigned: Assigned, span: number, all: boolean): Fold {
    const of = assigned.when === undefined && assigned.window === ALWAYS ? undefined : assigned;
    let folds = this.folds.get(of);
    if (folds === undefined) this.folds.set(of, (folds = new Map()));
    const key = 2 * span + Number(all);
    let known = folds.get(key);
    // Where other grants settle the matter, a moment lasts longer than what was folded.
    if (known === undefined || !(this.now >= known.right[0] && this.now < known.right[1])) {
      folds.set(key, (known = foldOf(this, assigned, span, all)));
      this.grow(FOLD_BYTES);
    }
    return known;
  }

  complete(): void {
    this.tenant.ids.forEach((_, index) => this.rule(index));
  }

  private make(index: number): Rule | undefined {
    const { tenant, bounds } = this;
    if (isLimited(tenant, bounds, index)) return undefined;
    const { kind, assigned } = this.about(index, false);
    let own = kind === undefined ? undefined : this.parts.get(kind);
    if (own === undefined) {
      own = this.own(index, assigned);
      if (kind !== undefined) this.parts.set(kind, own);
    }
    const { window } = own;
    // Each permission has a part in scopes, be it that others come to the same.
    const part = { ...own.part };
    this.from = Math.max(this.from, window[0]);
    this.to = Math.min(this.to, window[1]);
    if (part.any.length === 0) return undefined;
    const [same, other]: [number[], number[]] = [[], []];
    for (const { index: required, isSame } of requirementsOf(tenant, index))
      (isSame ? same : other).push(required);
    return { scoped: tenant.roleRows.isScoped(index), map: mapOf(tenant, index), part, same, other, window };
  }

  private own(index: number, assigned: readonly Assigned[]): Own {
    const { grants, denials, window } = waysOf(this, index, assigned);
    if (grants.length === 0) return { part: NOTHING, window };
    const none = tidy(clausesOf(denials));
    const part = {
      any: withoutAll(
        tidy(clausesOf(grants)),
        none.filter(({ when }) => when === undefined),
      ),
      none,
    };
    this.grow(CLAUSE_BYTES * (part.any.length + none.length));
    return { part, window };
  }

  private grow(bytes: number): void {
    this.bytes += bytes;
    const { byClock, byTime } = this.holdings;
    if (byClock === this || byTime === this) this.tenant.grow(this.holdings, bytes);
  }
}

/** What a permission comes to by itself, and how long. */
interface Own {
  readonly part: Part;
  readonly window: Window;
}

/** Conditions of a grant or a denial, as far as user and time are known. */
interface Fold {
  readonly when: LiveWay["when"];
  /** How long it is so, as long as the assignment counts or does not. */
  readonly steady: Window;
  /** How long all of this is so. */
  readonly right: Window;
  /** Whether the assignment counts, and nothing is left of its conditions. */
  readonly isSettled: boolean;
}

function foldOf({ tenant, holdings, now }: LiveRules, assigned: Assigned, span: number, all: boolean): Fold {
  const noting: Steady = { steady: ALWAYS };
  const facts = {
    user: holdings.user,
    attributes: holdings.attributes,
    teams: holdings.teamNames,
    now,
    noting,
    ...ANYTHING_GOES,
  };
  const steady = assigned.window === ALWAYS ? ALWAYS : steadyIn(assigned.window, now);
  const when = tenant.conditions.at(span);
  noting.steady = steadyHours(assigned.when, now);
  const outer = fold(assigned.when, all, facts);
  const a = noting.steady;
  noting.steady = steadyHours(when, now);
  const inner = fold(when, all, facts);
  const b = noting.steady;
  const left = join(all, outer, inner);
  const isActive = isActiveAt(assigned, now);
  // One condition is enough for an alternative that cannot hold, or an exclusion that is lifted.
  const hours =
    outer !== !all ? (inner === !all ? b : both(steady, both(a, b))) : inner === !all ? hull(a, b) : a;
  return {
    // An alternative that is always true and an exclusion that nothing lifts have no condition.
    when: typeof left !== "boolean" ? left : left === all ? undefined : false,
    steady: isActive ? hours : steady,
    right: both(steady, hours),
    isSettled: isActive && left === all,
  };
}

function isActiveAt({ window }: Assigned, now: number): boolean {
  return window === ALWAYS || (now >= window[0] && now < window[1]);
}

function clausesOf(ways: readonly LiveWay[]): Clause[] {
  return ways.flatMap(({ isActive, own, teams, when }) =>
    isActive && when !== false ? { own, teams, when } : [],
  );
}

/** What stands for and against a permission, as far as user and time are known; and how long that is so. */
export function waysOf(
  moment: LiveRules,
  index: number,
  about: readonly Assigned[],
): { grants: LiveWay[]; denials: LiveWay[]; window: Window } {
  const { tenant, holdings, bounds, now } = moment;
  const { roleRows } = tenant;
  const grants: LiveWay[] = [];
  const denials: LiveWay[] = [];
  const [granted, denied] = [new Steadiness(), new Steadiness()];
  let mayHold = false;
  for (const assigned of about) {
    const its =
      bounds.roles === undefined || bounds.roles.has(assigned.role)
        ? roleRows.grants(assigned.role, index)
        : NONE;
    const against = roleRows.denials(assigned.role, index);
    if (its.length + against.length === 0) continue;
    const isActive = isActiveAt(assigned, now);
    const { teams } = assigned;
    for (const grant of its) {
      mayHold ||= now < assigned.window[1];
      const { when, steady, isSettled } = moment.fold(assigned, grant.when, true);
      granted.add(steady, isSettled && grant.level === ALL && teams === undefined);
      for (const { own, teams: reached } of reachOf(grant.level, teams, holdings.teams))
        grants.push({ assigned, grant, isActive, own, teams: reached, when });
    }
    for (const span of against) {
      const { when, steady, isSettled } = moment.fold(assigned, span, false);
      denied.add(steady, isSettled && teams === undefined);
      denials.push({ assigned, grant: { level: ALL, when: span }, isActive, own: false, teams, when });
    }
  }
  return {
    grants,
    denials,
    window: mayHold ? (denied.settled ?? both(granted.window, denied.window)) : granted.window,
  };
}

/** From the beginning of the earlier to the end of the later of two windows that overlap. */
function hull(a: Window, b: Window): Window {
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

/** How long what stands for a permission, or against it, stays as it is. */
class Steadiness {
  /** The time in which something of it settles the matter, so that the rest may change. */
  settled: Window | undefined = undefined;
  /** The time in which none of it changes. */
  private all: Window = ALWAYS;

  add(steady: Window, settles: boolean): void {
    this.all = both(this.all, steady);
    if (settles) this.settled = hull(this.settled ?? steady, steady);
  }

  get window(): Window {
    return this.settled ?? this.all;
  }
}

/** How far a level reaches through an assignment: each of these. */
function reachOf(
  level: number,
  limit: TeamSet | undefined,
  mine: TeamSet | undefined,
): readonly Pick<LiveWay, "own" | "teams">[] {
  if (level === OWN) return [{ own: true, teams: limit }];
  // Within a team-limited assignment that team is one of the user's, so `team` reaches all of it.
  if (limit !== undefined || level === ALL) return [{ own: false, teams: limit }];
  return mine === undefined ? [MINE] : [MINE, { own: false, teams: mine }];
}

const MINE: Pick<LiveWay, "own" | "teams"> = { own: true, teams: undefined };

/** What a permission requires, and whether on the same record. */
export function requirementsOf({ tables }: Tenant, index: number): Requirement[] {
  return Array.from(tables.list(tables.get(at.PERMISSION, index, at.PERMISSION_REQUIRES)), requirementOf);
}

/** Where records have owner and team for a permission. */
export function mapOf({ tables, maps }: Tenant, index: number): Mapping {
  return maps[tables.get(at.PERMISSION, index, at.PERMISSION_TYPE) - 1] ?? DEFAULT_MAP;
}

/**
 * What somebody holds at `now`, by the clock or at times that the caller tells.
 * @param before the moment of the last question
 */
export function momentAt(
  tenant: Tenant,
  holdings: Holdings,
  bounds: Bounds,
  clock: unknown,
  before: RulesAt,
  now: number,
): RulesAt {
  // Only those who have the same clock share a moment: what is worked out later is worked out for the time
  // that it has then. A function is a clock of its own.
  const slot =
    bounds !== UNBOUNDED
      ? undefined
      : clock === undefined
        ? "byClock"
        : typeof clock === "number"
          ? "byTime"
          : undefined;
  const shared = (slot && holdings[slot]) as LiveRules | undefined;
  const kept = slot === "byTime" && shared?.now !== now ? undefined : shared;
  const known = [before, kept].find(
    (moment): moment is LiveRules => moment !== undefined && isRight(moment, now),
  );
  if (known !== undefined) {
    known.now = now;
    return known;
  }
  const made = new LiveRules(tenant, holdings, bounds, now);
  if (slot !== undefined) {
    tenant.grow(holdings, -(shared?.bytes ?? 0));
    holdings[slot] = made;
  }
  return made;
}

/**
 * Joins clauses that differ in teams only, and drops those that another makes needless. Of exclusions and
 * alternatives alike: what has no owner, no teams and no condition takes all.
 */
function tidy(clauses: readonly Clause[]): readonly Clause[] {
  if (clauses.length < 2) return clauses;
  const bare = clauses.find(isBare);
  if (bare !== undefined) return [bare];
  const nodes = new Set(clauses.map(({ when }) => when));
  const isOne = nodes.size - Number(nodes.has(undefined)) < 2;
  /** Those that differ in teams only, together. */
  const groups: Clause[][] = [];
  const [owned, others] = [new Map<string, Clause[]>(), new Map<string, Clause[]>()];
  for (const clause of clauses) {
    const { own, when } = clause;
    const same = own ? owned : others;
    const key = when === undefined ? "" : isOne ? "1" : keyOf(when);
    const group = same.get(key);
    if (group === undefined) {
      groups.push([clause]);
      same.set(key, groups.at(-1) as Clause[]);
    } else group.push(clause);
  }
  const joined = groups.map((group) => {
    const [first] = group as [Clause];
    if (group.length === 1) return first;
    const teams = new Set(group.map(({ teams }) => teams));
    return { ...first, teams: teams.has(undefined) ? undefined : unionOf([...teams] as Teams[]) };
  });
  const free = joined.filter(({ when }) => when === undefined);
  // What is free takes what has a condition: `own` that of every team, a set of teams those within it.
  return joined.filter((clause) => !free.some((wider) => wider !== clause && includes(wider, clause)));
}
