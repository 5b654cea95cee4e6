// What a user's holdings come to at a moment: the rule of a permission is made when it is first asked. Twin of src/query/scope.rs;
// docs/format.md#decisions has the rules, which the laws and the vectors hold equal.

import type { Node } from "./facts.js";
import { ALWAYS, both, END, steadyIn } from "./during.js";
import type { Assigned, Holdings, Tenant } from "./holdings.js";
import * as at from "./layout.js";
import { type Answers, type Moment, noAnswers, type Rule } from "./moment.js";
import { type Clause, DEFAULT_MAP, isBare, type Part } from "./parts.js";
import { ALL, type Grant, OWN } from "./role-rows.js";
import { ANYTHING_GOES, join, type UserFacts } from "./snapshot-conditions.js";
import type { TeamSet } from "./team-sets.js";
import type { Check, Reach } from "./view.js";

/** What bounds a gate besides the snapshot. */
export interface Bounds {
  /** Session roles, as rows: only their assignments grant. */
  readonly roles?: ReadonlySet<number>;
  /** Limits, as targets: each must include a permission. */
  readonly limits?: readonly (readonly number[])[];
}

export const UNBOUNDED: Bounds = {};

const NONE: readonly never[] = [];
/** About what a rule takes, and each of its clauses. */
const [RULE_BYTES, CLAUSE_BYTES] = [400, 120];

/** The grants of an assignment's role for a permission, if it counts. */
export function grantsOf({ roleRows }: Tenant, { roles }: Bounds, { role }: Assigned, place: number): readonly Grant[] {
  return roles === undefined || roles.has(role) ? roleRows.grants(role, place) : NONE;
}

/** Whether an assignment is active. */
export function isActive({ window }: Assigned, now: number): boolean {
  return window === ALWAYS || (now >= window[0] && now < window[1]);
}

/** Whether a limit leaves a permission out. */
export function isLimited({ roleRows }: Tenant, { limits = NONE }: Bounds, place: number): boolean {
  return !limits.every((limit) => limit.some((target) => roleRows.includes(target, place)));
}

export class LiveMoment implements Moment {
  readonly tenant: Tenant;
  readonly holdings: Holdings;
  readonly bounds: Bounds;
  from: number;
  to: number;
  /** When rules are asked for. It lies between `from` and `to`. */
  now: number;
  readonly checks: Map<number, Check> = new Map();
  readonly reaches: Map<string, Reach> = new Map();
  readonly answers: Answers = noAnswers();
  private readonly made: Map<number, Rule | undefined> = new Map();
  private readonly isOn: boolean;

  constructor(tenant: Tenant, holdings: Holdings, bounds: Bounds, now: number) {
    this.tenant = tenant;
    this.holdings = holdings;
    this.bounds = bounds;
    this.now = now;
    const { since, expires } = tenant;
    [this.from, this.to] = Number.isFinite(now) ? steadyIn([since, expires], now) : [NaN, Infinity];
    this.isOn = holdings.isKnown && !holdings.isDisabled && now >= since && now < expires;
  }

  rule(place: number): Rule | undefined {
    const known = this.made.get(place);
    if (known !== undefined || this.made.has(place)) return known;
    const rule = this.isOn ? this.make(place) : undefined;
    this.made.set(place, rule);
    const bytes = rule === undefined ? CLAUSE_BYTES : RULE_BYTES + CLAUSE_BYTES * (rule.part.any.length + rule.part.none.length);
    this.tenant.grow(this.holdings, bytes);
    return rule;
  }

  complete(): void {
    this.tenant.ids.forEach((_, place) => this.rule(place));
  }

  /** What is known of the user at this moment; record and context are open. */
  facts(user: string): UserFacts {
    const { attributes, teamNames: teams } = this.holdings;
    return { user, attributes, teams, now: this.now, ...ANYTHING_GOES };
  }

  private make(place: number): Rule | undefined {
    const { tenant, holdings, bounds, now } = this;
    const { conditions, tables } = tenant;
    let isGranted = false;
    let window = ALWAYS;
    const any: Clause[] = [];
    const none: Clause[] = [];
    const facts = this.facts(holdings.user);
    for (const assigned of holdings.assigned) {
      const grants = grantsOf(tenant, bounds, assigned, place);
      const denials = tenant.roleRows.denials(assigned.role, place);
      if (grants.length + denials.length === 0) continue;
      isGranted ||= grants.length > 0;
      const whens = [assigned.when, ...grants.map(({ when }) => when), ...denials];
      for (const when of whens) if (when !== 0) window = both(window, conditions.steady(when, now));
      if (assigned.window !== ALWAYS) window = both(window, steadyIn(assigned.window, now));
      if (!isActive(assigned, now)) continue;
      for (const { level, when } of grants) {
        const left = join(true, conditions.fold(assigned.when, true, facts), conditions.fold(when, true, facts));
        if (left !== false) addReach(any, level, assigned.teams, holdings.teams, left === true ? undefined : left);
      }
      for (const when of denials) {
        const left = join(false, conditions.fold(assigned.when, false, facts), conditions.fold(when, false, facts));
        if (left !== true) none.push({ own: false, teams: assigned.teams, when: left === false ? undefined : left });
      }
    }
    // What no role grants at any time is "no" at all times.
    if (!isGranted) return undefined;
    this.from = Math.max(this.from, window[0]);
    this.to = Math.min(this.to, window[1]);
    const part = exclude(tidy(any), tidy(none));
    if (part.any.length === 0 || isLimited(tenant, bounds, place)) return undefined;
    const [same, other]: [number[], number[]] = [[], []];
    for (const required of tables.list(tables.get(at.PERMISSION, place, at.PERMISSION_REQUIRES))) {
      (required & 1 ? same : other).push(required >>> 1);
    }
    const scoped = tenant.roleRows.isScoped(place);
    return { scoped, map: tenant.maps[tables.get(at.PERMISSION, place, at.PERMISSION_TYPE) - 1] ?? DEFAULT_MAP, part, same, other, window };
  }
}

/**
 * What somebody holds at `now`, by the clock or at times that the caller tells.
 * @param before the moment of the last question
 */
export function momentAt(tenant: Tenant, holdings: Holdings, bounds: Bounds, clock: unknown, before: Moment, now: number): Moment {
  // Only those who have the same clock share a moment: what is worked out later is worked out for the time that it has then.
  const kept = bounds !== UNBOUNDED ? undefined : clock === undefined ? holdings.byClock : holdings.byTime?.now === now ? holdings.byTime : undefined;
  const known = [before, kept].find((moment): moment is LiveMoment => moment !== undefined && isRight(moment as LiveMoment, now));
  if (known !== undefined) {
    known.now = now;
    return known;
  }
  const made = new LiveMoment(tenant, holdings, bounds, now);
  if (bounds === UNBOUNDED) {
    if (clock === undefined) holdings.byClock = made;
    else if (typeof clock === "number") holdings.byTime = made;
  }
  return made;
}

/** Whether a moment is right at a time. What is true until the year 10000 need not be true of it. */
export function isRight({ from, to, now: asked }: LiveMoment, now: number): boolean {
  return now >= from && now < to && (now < END || asked >= END);
}

/** Adds what a level reaches through an assignment. */
export function addReach(any: Clause[], level: number, limit: TeamSet | undefined, mine: TeamSet | undefined, when: Node | undefined): void {
  if (level === OWN) any.push({ own: true, teams: limit, when });
  // Within a team-limited assignment that team is one of the user's, so `team` reaches all of it.
  else if (limit !== undefined || level === ALL) any.push({ own: false, teams: limit, when });
  else {
    any.push({ own: true, teams: undefined, when });
    if (mine !== undefined) any.push({ own: false, teams: mine, when });
  }
}

/** Works the unconditional exclusions into the alternatives. */
export function exclude(any: readonly Clause[], none: readonly Clause[]): Part {
  let left = any;
  for (const { teams: gone, when } of none) {
    if (when !== undefined) continue;
    left = left.flatMap((clause) => {
      const teams = gone && clause.teams?.without(gone);
      return gone === undefined || teams?.isEmpty() ? [] : teams === undefined ? clause : { ...clause, teams };
    });
  }
  return { any: left, none };
}

/** Joins clauses that differ in teams only, and drops those that another makes needless. Of exclusions and alternatives alike: what has
 * no owner, no teams and no condition takes all. */
export function tidy(clauses: readonly Clause[]): readonly Clause[] {
  if (clauses.length < 2) return clauses;
  const bare = clauses.find(isBare);
  if (bare !== undefined) return [bare];
  const keys = keysOf(clauses);
  const joined = new Map<string, Clause>();
  clauses.forEach((clause, at) => {
    const key = keys[at] as string;
    const known = joined.get(key);
    joined.set(key, known === undefined ? clause : { ...known, teams: known.teams && clause.teams?.with(known.teams) });
  });
  const free = [...joined.values()].filter(({ when }) => when === undefined);
  // What is free takes what has a condition: `own` that of every team, a set of teams those within it.
  return [...joined.values()].filter((clause) => !free.some((wider) => wider !== clause && includes(wider, clause)));
}

/** For each clause a text that is the same where only teams differ. */
function keysOf(clauses: readonly Clause[]): string[] {
  const nodes = new Set(clauses.map(({ when }) => when));
  const isOne = nodes.size - Number(nodes.has(undefined)) < 2;
  const texts = new Map([...nodes].map((node) => [node, node === undefined ? "" : isOne ? "1" : JSON.stringify(node.json)]));
  return clauses.map(({ own, when }) => `${own} ${texts.get(when)}`);
}

function includes(wider: Clause, clause: Clause): boolean {
  const { own, teams } = clause;
  return (!wider.own || own) && (wider.teams === undefined || (teams?.without(wider.teams).isEmpty() ?? false));
}
