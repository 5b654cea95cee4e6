// Why an answer is what it is: the steps of a decision in their order (docs/format.md#answers), with what decided each. Twin of
// src/query/decide.rs and src/query/explain.rs.

import type { Finding } from "./explain.js";
import { ANY_RECORD, attributesOf, type Facts, type Node } from "./facts.js";
import { type Clause, isReached, isTouched, type Mapping, type Part, Question } from "./parts.js";
import type { Requirement } from "./moment.js";
import { leftParts } from "./scope.js";
import type { Reason } from "./types.js";
import { isOpen, type View } from "./view.js";

/** The assignment behind a grant or a denial, and how its role comes to it: the roles it inherits from and the permissions that imply, in turn. */
export interface By {
  readonly role: string;
  readonly assignment: number;
  readonly via: readonly string[];
}

/** A grant or a denial by itself. A clause of a rule may stand for several. */
export interface Way extends Omit<Clause, "when"> {
  /** As in a clause; `false`: what cannot hold, or is always lifted. */
  readonly when: Node | undefined | false;
  readonly isActive: boolean;
  by(): By;
  /** Adds the paths that its conditions read and did not find. */
  addMissing(facts: Facts, found: Set<string>): void;
}

/** What stands for and against a permission. */
export interface Why {
  /** What refuses it whatever roles say. */
  readonly reason: Reason | undefined;
  readonly scoped: boolean;
  readonly map: Mapping;
  readonly grants: readonly Way[];
  readonly denials: readonly Way[];
  readonly requires: readonly Requirement[];
}

/** All that a user's answers come from. Places are positions in `ids`. */
export interface Explained {
  /** What refuses everything. */
  readonly reason: Reason | undefined;
  readonly ids: readonly string[];
  place(permission: string): number | undefined;
  why(place: number): Why;
}

/** An answer and what decided it: of a "no", what came nearest to a yes. */
interface Decision {
  readonly reason: Reason;
  readonly way?: Way | undefined;
  /** The place of the required permission that is not held. */
  readonly requires?: number | undefined;
}

/** How a question is asked: about the tenant as a whole or anything at all, about some record whichever, or about a record. */
type Asked = "bare" | "anywhere" | "record";

/** The longest chain of prerequisites that is spelt out. */
const MAX_CHAIN = 16;

/** How near a "no" came to a yes. */
function nearness(reason: Reason): number {
  return reason === "condition-failed" ? 3 : reason === "out-of-scope" ? 2 : reason === "not-active" ? 1 : 0;
}

/** @param about the record that is asked about, if one is */
export function explain(explained: Explained, view: View, permission: string, about: readonly [unknown] | undefined): Finding {
  const place = explained.place(permission);
  const reason = explained.reason ?? (place === undefined ? "unknown-permission" : undefined);
  if (reason !== undefined) return { allowed: false, reason };
  return new Explainer(explained, view, place as number, about).tell(place as number, about === undefined ? "bare" : "record", MAX_CHAIN);
}

class Explainer {
  private readonly explained: Explained;
  private readonly view: View;
  private readonly record: Question;
  private readonly unknown: Facts;
  private readonly any: Facts;
  private readonly decisions: Map<string, Decision> = new Map();

  constructor(explained: Explained, view: View, place: number, about: readonly [unknown] | undefined) {
    const { person, context, now } = view;
    const { user } = person;
    this.explained = explained;
    this.view = view;
    this.record = new Question(about?.[0], person, explained.why(place).map, view);
    this.unknown = { user, context, now, resource: attributesOf(undefined) };
    this.any = { user, context, now, resource: ANY_RECORD };
  }

  tell(place: number, asked: Asked, depth: number): Finding {
    const { reason, way, requires } = this.decide(place, asked);
    const { role, assignment, via = [] }: Partial<By> = way?.by() ?? {};
    const missing = way !== undefined && (reason === "condition-failed" || reason === "denied") ? this.missing(place, asked, way, reason) : [];
    const failing = reason === "prerequisite" && depth > 0 ? this.failing(place, asked, requires) : undefined;
    return {
      allowed: reason === "granted",
      reason,
      ...(role !== undefined && { role }),
      ...(assignment !== undefined && { assignment }),
      ...(reason !== "denied" && via.length > 0 && { via }),
      ...(failing && { requires: { permission: this.explained.ids[failing[0]] as string, ...this.tell(...failing, depth - 1) } }),
      ...(missing.length > 0 && { missing }),
    };
  }

  private decide(place: number, asked: Asked): Decision {
    const key = `${place} ${asked}`;
    let decision = this.decisions.get(key);
    if (decision === undefined) this.decisions.set(key, (decision = this.decideAnew(place, asked)));
    return decision;
  }

  private decideAnew(place: number, asked: Asked): Decision {
    const { scoped } = this.explained.why(place);
    const isTenant = asked === "bare" && !scoped;
    const [same, bare] = isTenant ? [[], this.explained.why(place).requires.map(({ place }) => place)] : this.requirements(place);
    const decision = asked === "record" ? this.onRecord(place) : isTenant ? this.onTenant(place) : this.onAnything(place, same);
    if (decision.reason !== "granted") return decision;
    const missing = (asked === "record" ? same : []).find((at) => this.onRecord(at).reason !== "granted") ?? bare.find((at) => !isHeld(this.view, this.explained.ids[at]));
    return missing === undefined ? decision : { reason: "prerequisite", requires: missing };
  }

  /** What a permission comes to on the record, without what it requires. */
  private onRecord(place: number): Decision {
    return this.byItself(place, this.record, (way) => isTouched(way, this.record), (way) => isReached(way, this.record));
  }

  /** A tenant-level permission for the tenant as a whole. */
  private onTenant(place: number): Decision {
    return this.byItself(place, this.unknown, () => true, ({ teams }) => teams === undefined);
  }

  private byItself(place: number, facts: Facts, touches: (way: Way) => boolean, reaches: (way: Way) => boolean): Decision {
    const { reason, grants, denials } = this.explained.why(place);
    if (reason !== undefined) return { reason };
    const denial = denials.find((way) => touches(way) && denies(way, facts));
    if (denial !== undefined) return { reason: "denied", way: denial };
    return nearest(grants, (way) => (!reaches(way) ? "out-of-scope" : way.when === undefined || (way.when !== false && way.when.test(facts) === true) ? "granted" : "condition-failed"));
  }

  /** A scoped permission on anything at all: whether its scope is not none. */
  private onAnything(place: number, same: readonly number[]): Decision {
    const { reason, grants, denials } = this.explained.why(place);
    if (reason !== undefined) return { reason };
    const may = ({ isActive, when }: Way): boolean => isActive && when !== false && (when?.test(this.any) ?? true) !== false;
    const first = grants.find(may);
    const isClosed = denials.some(({ isActive, teams, when }) => isActive && teams === undefined && when !== false && (when?.test(this.any) ?? false) === false);
    if (isClosed || (first !== undefined && this.left([place])[0]?.any.length === 0)) return { reason: "denied", way: denials.find((way) => denies(way, this.any)) };
    if (first === undefined) return nearest(grants, () => "condition-failed");
    const places = [place, ...same];
    const left = this.left(places);
    const empty = same.find((at) => this.explained.why(at).reason !== undefined) ?? places.find((_, at) => left[at]?.any.length === 0);
    return empty === undefined ? { reason: "granted", way: first } : { reason: "prerequisite", requires: empty };
  }

  /** What the parts of permissions leave to the record. */
  private left(places: readonly number[]): Part[] {
    const clauses = (ways: readonly Way[]): Clause[] => ways.filter((way): way is Way & Clause => way.isActive && way.when !== false);
    const parts = places.map((place) => {
      const { grants, denials } = this.explained.why(place);
      return { any: clauses(grants), none: clauses(denials) };
    });
    return leftParts(parts, this.any.user, this.any);
  }

  /** What must be held besides, direct and transitive: on the same record, and without one. */
  private requirements(place: number): [same: number[], bare: number[]] {
    const same = new Set([place]);
    const bare: number[] = [];
    for (const asking of same) {
      for (const { place: required, isSame } of this.explained.why(asking).requires) {
        if (isSame) same.add(required);
        else bare.push(required);
      }
    }
    same.delete(place);
    return [[...same], bare];
  }

  /** The first direct prerequisite that is not held, and how it is asked; where each by itself is held and only together they leave
   * nothing, the one whose part is empty. */
  private failing(place: number, asked: Asked, requires: number | undefined): [place: number, asked: Asked] | undefined {
    const { requires: direct, scoped } = this.explained.why(place);
    for (const { place: required, isSame } of direct) {
      const how = !isSame ? "bare" : asked === "bare" && scoped ? "anywhere" : asked;
      if (this.decide(required, how).reason !== "granted") return [required, how];
    }
    return requires === undefined || requires === place ? undefined : [requires, asked];
  }

  /** The paths that conditions read and did not find: of the assignment that denied, or of all active grants. */
  private missing(place: number, asked: Asked, way: Way, reason: Reason): string[] {
    const { scoped, grants, denials } = this.explained.why(place);
    const facts = asked === "record" ? this.record : asked === "bare" && !scoped ? this.unknown : this.any;
    const found = new Set<string>();
    const ways = reason === "denied" ? denials.filter((it) => it.by().assignment === way.by().assignment) : grants.filter(({ isActive }) => isActive);
    for (const it of ways) it.addMissing(facts, found);
    return [...found].sort();
  }
}

/** Whether a required permission is held without a record. */
function isHeld(view: View, id: string | undefined): boolean {
  const place = view.rules.places.get(id as string);
  return place !== undefined && isOpen(view, place);
}

function denies({ isActive, when }: Way, facts: Facts): boolean {
  return isActive && when !== false && (when === undefined || when.test(facts) !== true);
}

/** The first way that grants, or the one that came nearest. */
function nearest(grants: readonly Way[], reasonOf: (way: Way) => Reason): Decision {
  let nearest: Decision = { reason: "not-granted" };
  for (const way of grants) {
    const reason = way.isActive ? reasonOf(way) : "not-active";
    if (reason === "granted") return { reason, way };
    if (nearness(reason) > nearness(nearest.reason)) nearest = { reason, way };
  }
  return nearest;
}

/** Adds the paths of comparisons whose truth is unknown because nothing is found there. */
export function addMissing(node: Node, facts: Facts, found: Set<string>): void {
  for (const inner of node.nodes ?? []) addMissing(inner, facts, found);
  if (node.sides === undefined || node.truth?.(facts) !== undefined) return;
  for (const side of node.sides) {
    const value = side.name === undefined ? side : side.read(facts);
    if (value === undefined || value === null) found.add(side.name as string);
  }
}
