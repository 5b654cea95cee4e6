// Why an answer is what it is: the steps of a decision in their order (docs/format.md#decisions), with what decided each. Twin of
// src/query/decide.rs and src/query/explain.rs.

import { isId } from "./attributes.js";
import { ANY_RECORD, type Attributes, attributesOf, type Facts, type Node } from "./facts.js";
import type { Finding } from "./explain.js";
import type { Assigned } from "./holdings.js";
import * as at from "./layout.js";
import { addReach, exclude, grantsOf, isActive, isLimited, type LiveMoment, tidy } from "./live-moment.js";
import { type Clause, DEFAULT_MAP, type Part, type Person, Question } from "./parts.js";
import { ALL, type Grant, TEAM } from "./role-rows.js";
import { join, type UserFacts } from "./snapshot-conditions.js";
import type { Reason } from "./types.js";

/** An answer and what decided it. */
interface Decision {
  readonly reason: Reason;
  /** The assignment that granted or denied, or came nearest to granting. */
  readonly assigned?: Assigned | undefined;
  /** The grant that decided, or came nearest. */
  readonly grant?: Grant | undefined;
  /** The place of the required permission that is not held. */
  readonly requires?: number | undefined;
}

/** How a question is asked: about the tenant as a whole or anything at all, about some record whichever, or about a record. */
type Asked = "bare" | "anywhere" | "record";

/** The longest chain of prerequisites that is spelt out. */
const MAX_CHAIN = 16;

/** How near a "no" came to a yes; the nearest is told. */
function nearness(reason: Reason): number {
  return reason === "condition-failed" ? 3 : reason === "out-of-scope" ? 2 : reason === "not-active" ? 1 : 0;
}

/** @param about the record that is asked about, if one is */
export function explain(moment: LiveMoment, person: Person, context: Attributes, permission: string, about: readonly [unknown] | undefined): Finding {
  const reason = refused(moment);
  if (reason !== undefined) return { allowed: false, reason };
  const place = moment.tenant.places.get(permission);
  if (place === undefined) return { allowed: false, reason: "unknown-permission" };
  return new Explainer(moment, person, context, place, about).tell(place, about === undefined ? "bare" : "record", MAX_CHAIN);
}

/** What is refused before any permission is looked at. */
function refused({ tenant: { since, expires }, holdings, now }: LiveMoment): Reason | undefined {
  if (!(now >= since && now < Infinity)) return "clock";
  if (now >= expires) return "expired";
  if (!holdings.isKnown) return "unknown-user";
  return holdings.isDisabled ? "user-disabled" : undefined;
}

class Explainer {
  private readonly moment: LiveMoment;
  /** For a question on a record, on an unknown one, and on any. */
  private readonly on: Facts;
  private readonly unknown: Facts;
  private readonly any: Facts;
  private readonly isMine: boolean;
  private readonly hasTeam: boolean;
  /** Places in the walk of the teams that the record has and the snapshot knows. */
  private readonly teams: readonly number[];
  private readonly answers: Map<string, Decision> = new Map();

  constructor(moment: LiveMoment, person: Person, context: Attributes, place: number, about: readonly [unknown] | undefined) {
    const { tenant } = moment;
    const map = tenant.maps[tenant.tables.get(at.PERMISSION, place, at.PERMISSION_TYPE) - 1] ?? DEFAULT_MAP;
    const question = new Question(about?.[0], person, map, context);
    const [owners, teams] = ([0, 1] as const).map((which) => [question.at(which)].flat().filter(isId)) as [string[], string[]];
    const facts: UserFacts = { ...moment.facts(person.user), context };
    this.moment = moment;
    this.on = { ...facts, resource: question.resource };
    this.unknown = { ...facts, resource: attributesOf(undefined) };
    this.any = { ...facts, resource: ANY_RECORD };
    this.isMine = person.me !== undefined && owners.includes(person.me);
    this.hasTeam = teams.length > 0;
    this.teams = teams.flatMap((team) => tenant.forest.placeOf.get(team) ?? []);
  }

  tell(place: number, asked: Asked, depth: number): Finding {
    const { tenant } = this.moment;
    const decision = this.decide(place, asked);
    const { reason, assigned, grant } = decision;
    const via = assigned && grant ? this.via(assigned, place, grant) : [];
    const missing = reason === "condition-failed" || reason === "denied" ? this.missing(place, asked, decision) : [];
    const failing = reason === "prerequisite" && depth > 0 ? this.failing(place, asked, decision) : undefined;
    return {
      allowed: reason === "granted",
      reason,
      ...(assigned && { role: this.roleName(assigned.role), assignment: assigned.index }),
      ...(via.length > 0 && { via }),
      ...(failing && { requires: { permission: tenant.ids[failing.place] as string, ...this.tell(failing.place, failing.asked, depth - 1) } }),
      ...(missing.length > 0 && { missing }),
    };
  }

  private decide(place: number, asked: Asked): Decision {
    const key = `${place} ${asked}`;
    let decision = this.answers.get(key);
    if (decision === undefined) this.answers.set(key, (decision = asked === "record" ? this.onRecord(place) : this.bare(place, asked)));
    return decision;
  }

  private isNo(place: number, asked: Asked): boolean {
    return this.decide(place, asked).reason !== "granted";
  }

  private onRecord(place: number): Decision {
    const decision = this.own(place);
    if (decision.reason !== "granted") return decision;
    const { same, bare } = this.requirements(place);
    const missing = same.find((required) => this.own(required).reason !== "granted") ?? bare.find((required) => this.isNo(required, "bare"));
    return missing === undefined ? decision : { reason: "prerequisite", requires: missing };
  }

  /** What a permission comes to on the record, without what it requires. */
  private own(place: number): Decision {
    const reason = this.refused(place);
    if (reason !== undefined) return { reason };
    const denier = this.denier(place, this.on, ({ teams }) => teams === undefined || !this.hasTeam || this.isIn(teams));
    if (denier !== undefined) return { reason: "denied", assigned: denier };
    return this.nearest(place, this.on, ({ teams }, level) => (teams === undefined || this.isIn(teams)) && this.reaches(level, teams));
  }

  private reaches(level: number, limit: Assigned["teams"]): boolean {
    if (level === ALL || this.isMine) return true;
    const { teams } = this.moment.holdings;
    return level === TEAM && (limit !== undefined || (teams !== undefined && this.isIn(teams)));
  }

  private bare(place: number, asked: Asked): Decision {
    const isScoped = asked === "anywhere" || this.isScoped(place);
    // First what is required without a record, by a list of what is open: chains may be long.
    const open: [number, Asked][] = [[place, asked]];
    for (let next = open.at(-1); next !== undefined; next = open.at(-1)) {
      const [at, how] = next;
      const { bare } = this.bareRequirements(at, at === place ? isScoped : this.isScoped(at));
      const waits = bare.filter((required) => !this.answers.has(`${required} bare`) && required !== place);
      if (waits.length > 0) {
        for (const required of waits) open.push([required, "bare"]);
        continue;
      }
      open.pop();
      if (at !== place) this.answers.set(`${at} ${how}`, this.bareByItself(at, this.isScoped(at)));
    }
    return this.bareByItself(place, isScoped);
  }

  /** Without a record, when what is required without one is decided. */
  private bareByItself(place: number, isScoped: boolean): Decision {
    const reason = this.refused(place);
    if (reason !== undefined) return { reason };
    const { same, bare } = this.bareRequirements(place, isScoped);
    const decision = isScoped ? this.onAnything(place, same) : this.onTenant(place);
    if (decision.reason !== "granted") return decision;
    const missing = bare.find((required) => this.answers.get(`${required} bare`)?.reason !== "granted");
    return missing === undefined ? decision : { reason: "prerequisite", requires: missing };
  }

  /** A tenant-level permission for the tenant as a whole. */
  private onTenant(place: number): Decision {
    const denier = this.denier(place, this.unknown, () => true);
    return denier === undefined ? this.nearest(place, this.unknown, ({ teams }) => teams === undefined) : { reason: "denied", assigned: denier };
  }

  /** A scoped permission on anything at all: whether its scope is not none. */
  private onAnything(place: number, same: readonly number[]): Decision {
    const part = this.part(place);
    const isClosed = part.none.some(({ teams, when }) => teams === undefined && when === undefined);
    if (isClosed || (part.any.length > 0 && excluded([part]).some(({ any }) => any.length === 0))) return { reason: "denied", assigned: this.denier(place, this.any, () => true) };
    if (part.any.length === 0) return this.nothingGranted(place);
    const limited = same.find((required) => this.refused(required) !== undefined);
    if (limited !== undefined) return { reason: "prerequisite", requires: limited };
    const places = [place, ...same];
    const empty = excluded(places.map((at) => this.part(at))).findIndex(({ any }) => any.length === 0);
    return empty < 0 ? { ...this.firstGranting(place), reason: "granted" } : { reason: "prerequisite", requires: places[empty] };
  }

  /** Why a scoped permission has no alternative. */
  private nothingGranted(place: number): Decision {
    let nearest: Decision = { reason: "not-granted" };
    for (const assigned of this.moment.holdings.assigned) {
      const reason = isActive(assigned, this.moment.now) ? "condition-failed" : "not-active";
      const [grant] = this.grants(assigned, place);
      if (grant !== undefined && nearness(reason) > nearness(nearest.reason)) nearest = { reason, assigned, grant };
    }
    return nearest;
  }

  /** The first active grant that may hold. */
  private firstGranting(place: number): Pick<Decision, "assigned" | "grant"> {
    const { holdings, now } = this.moment;
    for (const assigned of holdings.assigned) {
      if (!isActive(assigned, now) || this.fold(assigned.when, true) === false) continue;
      const grant = this.grants(assigned, place).find(({ when }) => this.fold(when, true) !== false);
      if (grant !== undefined) return { assigned, grant };
    }
    return {};
  }

  /** The part of a permission, when the context is known. */
  private part(place: number): Part {
    const { holdings, now } = this.moment;
    const any: Clause[] = [];
    const none: Clause[] = [];
    for (const assigned of holdings.assigned) {
      if (!isActive(assigned, now)) continue;
      const { teams } = assigned;
      for (const { level, when } of this.grants(assigned, place)) {
        const left = join(true, this.fold(assigned.when, true), this.fold(when, true));
        if (left !== false) addReach(any, level, teams, holdings.teams, left === true ? undefined : left);
      }
      for (const when of this.denials(assigned, place)) {
        const left = join(false, this.fold(assigned.when, false), this.fold(when, false));
        if (left !== true) none.push({ own: false, teams, when: left === false ? undefined : left });
      }
    }
    return { any: tidy(any), none: tidy(none) };
  }

  /** What is left of a condition when the context is known and the record is any. */
  private fold(when: number, wanted: boolean): boolean | Node {
    return when === 0 ? wanted : this.moment.tenant.conditions.at(when)[wanted ? "yes" : "no"].test(this.any);
  }

  private refused(place: number): Reason | undefined {
    const { tenant, bounds } = this.moment;
    if (!tenant.roleRows.isInPlan(place)) return "not-in-plan";
    return isLimited(tenant, bounds, place) ? "limited" : undefined;
  }

  /** The first active assignment that denies, among those that touch what is asked about. */
  private denier(place: number, facts: Facts, touches: (assigned: Assigned) => boolean): Assigned | undefined {
    const { tenant, holdings, now } = this.moment;
    const isLifted = (when: number): boolean => tenant.conditions.isMet(when, false, facts);
    return holdings.assigned.find(
      (assigned) => isActive(assigned, now) && touches(assigned) && !isLifted(assigned.when) && this.denials(assigned, place).some((when) => !isLifted(when)),
    );
  }

  /** The first assignment that grants, or the one that came nearest. */
  private nearest(place: number, facts: Facts, reaches: (assigned: Assigned, level: number) => boolean): Decision {
    const { tenant, holdings, now } = this.moment;
    const holds = (when: number): boolean => tenant.conditions.isMet(when, true, facts);
    let nearest: Decision = { reason: "not-granted" };
    for (const assigned of holdings.assigned) {
      for (const grant of this.grants(assigned, place)) {
        let reason: Reason = "granted";
        if (!isActive(assigned, now)) reason = "not-active";
        else if (!reaches(assigned, grant.level)) reason = "out-of-scope";
        else if (!holds(assigned.when) || !holds(grant.when)) reason = "condition-failed";
        if (reason === "granted") return { reason, assigned, grant };
        if (nearness(reason) > nearness(nearest.reason)) nearest = { reason, assigned, grant };
      }
    }
    return nearest;
  }

  private grants(assigned: Assigned, place: number): readonly Grant[] {
    return grantsOf(this.moment.tenant, this.moment.bounds, assigned, place);
  }

  private denials({ role }: Assigned, place: number): readonly number[] {
    return this.moment.tenant.roleRows.denials(role, place);
  }

  private isIn(teams: NonNullable<Assigned["teams"]>): boolean {
    return this.teams.some((place) => teams.hasPlace(place));
  }

  private isScoped(place: number): boolean {
    return this.moment.tenant.roleRows.isScoped(place);
  }

  private required(place: number): { readonly place: number; readonly isSame: boolean }[] {
    const { tables } = this.moment.tenant;
    return Array.from(tables.list(tables.get(at.PERMISSION, place, at.PERMISSION_REQUIRES)), (it) => ({ place: it >>> 1, isSame: (it & 1) === 1 }));
  }

  /** What must be held besides, direct and transitive: on the same record, and without one. */
  private requirements(place: number): { same: number[]; bare: number[] } {
    const same = new Set([place]);
    const bare: number[] = [];
    for (const asking of same) {
      for (const { place: required, isSame } of this.required(asking)) {
        if (isSame) same.add(required);
        else bare.push(required);
      }
    }
    same.delete(place);
    return { same: [...same], bare };
  }

  /** Of a tenant-level permission everything is asked without a record as well. */
  private bareRequirements(place: number, isScoped: boolean): { same: number[]; bare: number[] } {
    return isScoped ? this.requirements(place) : { same: [], bare: this.required(place).map(({ place }) => place) };
  }

  /** The first direct prerequisite that is not held, and how it is asked; where each by itself is held and only together they leave
   * nothing, the one whose part is empty. */
  private failing(place: number, asked: Asked, { requires }: Decision): { place: number; asked: Asked } | undefined {
    let how = asked;
    for (const { place: required, isSame } of this.required(place)) {
      how = !isSame ? "bare" : asked === "bare" && this.isScoped(place) ? "anywhere" : asked;
      if (this.isNo(required, how)) return { place: required, asked: how };
    }
    return requires === undefined || requires === place ? undefined : { place: requires, asked };
  }

  /** How a role comes to a grant: the roles it inherits from and the permissions that imply, in turn. */
  private via(assigned: Assigned, place: number, grant: Grant): string[] {
    const { tenant } = this.moment;
    const path: string[] = [];
    let { role } = assigned;
    let current: Grant | undefined = grant;
    while (current !== undefined) {
      const { level, when }: Grant = current;
      const origin = tenant.roleRows.origin(role, place, current);
      if (origin === undefined) break;
      if ("role" in origin) {
        ({ role } = origin);
        path.push(this.roleName(role));
      } else {
        place = origin.permission;
        path.push(tenant.ids[place] as string);
      }
      current = tenant.roleRows.grants(role, place).find((it) => it.when === when && it.level >= level);
    }
    return path;
  }

  /** The paths that conditions read and did not find. */
  private missing(place: number, asked: Asked, { reason, assigned }: Decision): string[] {
    const { tenant, holdings, now } = this.moment;
    const facts = asked === "record" ? this.on : asked === "bare" && !this.isScoped(place) ? this.unknown : this.any;
    const whens = holdings.assigned.flatMap((it) => {
      if (reason === "denied") return it === assigned ? [...this.denials(it, place), it.when] : [];
      const grants = isActive(it, now) ? this.grants(it, place) : [];
      return grants.length === 0 ? [] : [...grants.map(({ when }) => when), it.when];
    });
    const found = new Set<string>();
    for (const when of whens) if (when !== 0) addMissing(tenant.conditions.at(when).yes, facts, found);
    return [...found].sort();
  }

  private roleName(role: number): string {
    const { tables } = this.moment.tenant;
    return tables.text(tables.get(at.ROLE, role, at.ID));
  }
}

/** Adds the paths of comparisons whose truth is unknown because nothing is found there. */
function addMissing(node: Node, facts: Facts, found: Set<string>): void {
  for (const inner of node.nodes ?? []) addMissing(inner, facts, found);
  if (node.sides === undefined || node.truth?.(facts) !== undefined) return;
  for (const side of node.sides) {
    const value = side.name === undefined ? side : side.read(facts);
    if (value === undefined || value === null) found.add(side.name as string);
  }
}

/** Works the unconditional exclusions of all parts into the alternatives of all. */
function excluded(parts: readonly Part[]): Part[] {
  const certain = parts.flatMap(({ none }) => none.filter(({ when }) => when === undefined));
  return parts.map(({ any, none }) => ({ any: exclude(any, certain).any, none }));
}
