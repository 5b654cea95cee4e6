// Why an answer is what it is: the steps of a decision in their order (docs/format.md#answers), with what
// decided each.
//
// Twin of src/query/decide.rs and src/query/explain.rs; tests/package/vectors.mjs and tests/laws.rs hold them
// equal.

import type { Window } from "../condition/during.js";
import { ANY_RECORD, attributesOf, type Facts, NODES, type Node, UNKNOWN } from "../condition/facts.js";
import { toId } from "../core/attributes.js";
import type { Condition, Level, Reason } from "../types/types.js";
import type { Finding } from "./explain.js";
import type { Requirement } from "./moment.js";
import { type Clause, isReached, isTouched, type Mapping, Question } from "./parts.js";
import { foldPart, leftOf } from "./scope.js";
import { allowsAny, type View } from "./view.js";

/** What is told of the assignment behind a grant or a denial. */
export interface By {
  readonly role: string;
  /** How the role comes to a grant: the roles it inherits from and the permissions that imply, in turn. */
  readonly via: readonly string[];
  /** To which it is limited. */
  readonly team: string | undefined;
  /** Of a grant. */
  readonly level: Level | undefined;
  /** What the snapshot calls role and team. */
  readonly names: { readonly role: string | undefined; readonly team: string | undefined };
}

/** A grant or a denial by itself. A clause of a rule may stand for several. */
export interface Way extends Omit<Clause, "when"> {
  /** As in a clause; `false`: what cannot hold, or is always lifted. */
  readonly when: Node | undefined | false;
  readonly isActive: boolean;
  /** The index of the assignment. */
  readonly assignment: number;
  /** When the assignment counts. */
  readonly window: Window;
  by(): By;
  /** The conditions of the assignment and of the grant or denial, as the snapshot has them. */
  condition(): Condition | undefined;
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

/** All that a user's answers come from. Indexes are positions in `ids`. */
export interface Explained {
  /** What refuses everything. */
  readonly reason: Reason | undefined;
  readonly ids: readonly string[];
  /** The index of each. */
  readonly byId: ReadonlyMap<string, number>;
  /** From then on it refuses everything. */
  readonly expires: number;
  /** What the snapshot calls a permission. */
  title(index: number): string | undefined;
  /** @param isTold whether each grant and denial is told by itself, or those that say the same in one */
  why(index: number, isTold: boolean): Why;
}

/** An answer and what decided it: of a "no", what came nearest to a yes. */
interface Decision {
  readonly reason: Reason;
  readonly way?: Way | undefined;
}

/**
 * How a question is asked: about the tenant as a whole or anything at all, about some record whichever, or
 * about a record.
 */
type Asked = "bare" | "anywhere" | "record";

/** The longest chain of prerequisites that is spelt out. */
const MAX_CHAIN = 16;

/** What may come of the grants of a permission, unless one of them grants. */
type NearMiss = "not-granted" | "not-active" | "out-of-scope" | "condition-failed";

/**
 * How near a "no" came to a yes: the further a grant got, the nearer. Twin of `Reason::nearness` in
 * src/query/reason.rs.
 */
const NEARNESS: Readonly<Record<NearMiss, number>> = {
  "not-granted": 0,
  "not-active": 1,
  "out-of-scope": 2,
  "condition-failed": 3,
};

/** The attributes of whatever is not a record. */
const NO_RECORD = /* @__PURE__ */ attributesOf(undefined);

/** @param about the record that is asked about, if one is */
export function explain(
  explained: Explained,
  view: View,
  permission: string,
  about: readonly [unknown] | undefined,
): Finding {
  const index = explained.byId.get(permission);
  const isUnknown = about !== undefined && attributesOf(about[0]) === NO_RECORD;
  const refused = explained.reason ?? (index === undefined ? "unknown-permission" : undefined);
  if (refused !== undefined)
    return refusal(explained, permission, refused, isUnknown ? "unknown" : undefined);

  const { ids, title } = explained;
  /** What is told of; of the others only answers are asked. */
  let told = index;
  const why = (at: number): Why => explained.why(at, at === told);
  const { person, context, now } = view;
  const { user } = person;
  const { map } = why(index as number);
  const record = new Question(about?.[0], person, map, view);
  const unknown: Facts = { user, context, now, noting: undefined, resource: NO_RECORD };
  const any: Facts = { user, context, now, noting: undefined, resource: ANY_RECORD };
  const decisions = new Map<string, Decision>();

  function tell(index: number, asked: Asked, depth: number): Finding {
    told = index;
    const { reason, way } = decideAnew(index, asked);
    const by = way?.by();
    const [from, until] = (reason === "not-active" && way?.window) || [];
    const condition = reason === "condition-failed" || reason === "denied" ? way?.condition() : undefined;
    const failing = reason === "prerequisite" && depth > 0 ? failingOf(index, asked) : undefined;
    // For the tenant as a whole no grant of a team counts.
    const about = asked === "record" ? isUnknown && "unknown" : reason === "out-of-scope" && "required";
    return {
      permission: ids[index] as string,
      allowed: reason === "granted",
      reason,
      assignment: way?.assignment,
      ...by,
      from,
      until,
      // Whoever changes what is told changes no answer.
      condition,
      requires: failing && tell(failing[0], failing[1], depth - 1),
      missing: way && missingOf(index, asked, way, reason),
      record: about || undefined,
      names: { permission: title(index), ...by?.names },
    };
  }

  function decide(index: number, asked: Asked): Decision {
    const key = `${index} ${asked}`;
    let decision = decisions.get(key);
    if (decision === undefined) decisions.set(key, (decision = decideAnew(index, asked)));
    return decision;
  }

  function decideAnew(index: number, asked: Asked): Decision {
    const { scoped, requires } = why(index);
    const isTenant = asked === "bare" && !scoped;
    const [same, bare] = isTenant ? [[], requires.map(({ index }) => index)] : requirementsOf(index);
    const decision =
      asked === "record" ? onRecord(index) : isTenant ? onTenant(index) : onAnything(index, same);
    if (decision.reason !== "granted") return decision;
    const isMissing =
      (asked === "record" && distinct(same).some((at) => onRecord(at).reason !== "granted")) ||
      bare.some((at) => !isHeld(view, ids[at]));
    return isMissing ? { reason: "prerequisite" } : decision;
  }

  /** What a permission comes to on the record, without what it requires. */
  function onRecord(index: number): Decision {
    return byItself(
      index,
      record,
      (way) => isTouched(way, record),
      (way) => isReached(way, record),
    );
  }

  /** A tenant-level permission for the tenant as a whole. */
  function onTenant(index: number): Decision {
    return byItself(
      index,
      unknown,
      () => true,
      ({ teams }) => teams === undefined,
    );
  }

  function byItself(
    index: number,
    facts: Facts,
    touches: (way: Way) => boolean,
    reaches: (way: Way) => boolean,
  ): Decision {
    const { reason, grants, denials } = why(index);
    if (reason !== undefined) return { reason };
    const denial = denials.find((way) => touches(way) && denies(way, facts));
    if (denial !== undefined) return { reason: "denied", way: denial };
    return nearest(grants, (way) =>
      !reaches(way)
        ? "out-of-scope"
        : way.when === undefined || (way.when !== false && way.when.test(facts) === true)
          ? "granted"
          : "condition-failed",
    );
  }

  /** A scoped permission on anything at all: whether its scope is not none. */
  function onAnything(index: number, same: readonly number[]): Decision {
    const { reason, grants, denials } = why(index);
    if (reason !== undefined) return { reason };
    const may = ({ isActive, when }: Way): boolean =>
      isActive && when !== false && (when?.test(any) ?? true) !== false;
    const first = grants.find(may);
    const isClosed = denials.some(
      ({ isActive, teams, when }) =>
        isActive && teams === undefined && when !== false && (when?.test(any) ?? false) === false,
    );
    if (isClosed || (first !== undefined && isEmpty([index])))
      return { reason: "denied", way: denials.find((way) => denies(way, any)) };
    if (first === undefined) return nearest(grants, () => "condition-failed");
    const isNothing = same.some((at) => why(at).reason !== undefined) || isEmpty(distinct([index, ...same]));
    return isNothing ? { reason: "prerequisite" } : { reason: "granted", way: first };
  }

  /**
   * Of permissions each that is refused whatever roles say, and of those for and against which the same
   * stands only one.
   */
  function distinct(indexes: readonly number[]): number[] {
    const known = new Set<unknown>();
    return indexes.filter((at) => {
      const { reason, grants } = why(at);
      return reason !== undefined || (!known.has(grants) && known.add(grants));
    });
  }

  /** Whether one of the parts of permissions leaves nothing to the record. */
  function isEmpty(indexes: readonly number[]): boolean {
    const clauses = (ways: readonly Way[]): Clause[] =>
      ways.filter((way): way is Way & Clause => way.isActive && way.when !== false);
    const parts = indexes.map((index) => {
      const { grants, denials } = why(index);
      return foldPart({ any: clauses(grants), none: clauses(denials) }, user, view);
    });
    return leftOf(parts) === undefined;
  }

  /** What must be held besides, direct and transitive: on the same record, and without one. */
  function requirementsOf(index: number): [same: number[], bare: number[]] {
    const same = new Set([index]);
    const bare: number[] = [];
    for (const asking of same) {
      for (const { index: required, isSame } of why(asking).requires) {
        if (isSame) same.add(required);
        else bare.push(required);
      }
    }
    same.delete(index);
    return [[...same], bare];
  }

  /**
   * The first direct prerequisite that is not held, and how it is asked; none where each by itself is held,
   * and only together they leave nothing.
   */
  function failingOf(index: number, asked: Asked): [index: number, asked: Asked] | undefined {
    const { requires, scoped } = why(index);
    for (const { index: required, isSame } of requires) {
      const how = !isSame ? "bare" : asked === "bare" && scoped ? "anywhere" : asked;
      if (decide(required, how).reason !== "granted") return [required, how];
    }
    return undefined;
  }

  /**
   * The paths at which nothing was found that conditions, owner and team can use: of the assignment that
   * denied, or of all active grants.
   */
  function missingOf(index: number, asked: Asked, { assignment }: Way, reason: Reason): string[] {
    const { scoped, grants, denials } = explained.why(index, true);
    const facts = asked === "record" ? record : asked === "bare" && !scoped ? unknown : any;
    const found = new Set<string>();
    const ways =
      reason === "denied"
        ? denials.filter((it) => it.assignment === assignment)
        : reason === "condition-failed" || reason === "out-of-scope"
          ? grants.filter(({ isActive }) => isActive)
          : [];
    for (const { own, teams, addMissing } of ways) {
      if (reason !== "out-of-scope") addMissing(facts, found);
      if (asked !== "record" || isUnknown) continue;
      for (const path of [own ? map[0] : [], teams ? map[1] : []].flat())
        if (isUnusable(record.resource.read(path))) found.add(`resource.${path.name}`);
    }
    return [...found].sort();
  }

  return tell(index as number, about === undefined ? "bare" : "record", MAX_CHAIN);
}

/** A "no" that no role decided. */
export function refusal(
  { byId, title, expires }: Explained,
  permission: string,
  reason: Reason,
  record: Finding["record"],
): Finding {
  const id = typeof permission === "string" ? permission : "";
  return {
    permission: id,
    allowed: false,
    reason,
    until: reason === "expired" ? expires : undefined,
    record,
    names: { permission: title(byId.get(id) ?? -1) },
  };
}

/** Whether a value that was read is there, but is not an id, or holds what is none. */
function isUnusable(value: unknown): boolean {
  return (
    value === null ||
    [value].flat().some((item) => item !== undefined && item !== null && toId(item) === undefined)
  );
}

/** Whether a required permission is held without a record. */
function isHeld(view: View, id: string | undefined): boolean {
  const index = view.rules.byId.get(id as string);
  return index !== undefined && allowsAny(view, index);
}

function denies({ isActive, when }: Way, facts: Facts): boolean {
  return isActive && when !== false && (when === undefined || when.test(facts) !== true);
}

/** The first way that grants, or the one that came nearest. */
function nearest(grants: readonly Way[], reasonOf: (way: Way) => NearMiss | "granted"): Decision {
  let nearest: Decision & { readonly reason: NearMiss } = { reason: "not-granted" };
  for (const way of grants) {
    const reason = way.isActive ? reasonOf(way) : "not-active";
    if (reason === "granted") return { reason, way };
    if (NEARNESS[reason] > NEARNESS[nearest.reason]) nearest = { reason, way };
  }
  return nearest;
}

/** Adds the paths on account of which the truth of comparisons is unknown. */
export function addMissing(node: Node, facts: Facts, found: Set<string>): void {
  for (const inner of node[NODES] ?? []) addMissing(inner, facts, found);
  for (const name of node[UNKNOWN]?.(facts) ?? []) found.add(name);
}
