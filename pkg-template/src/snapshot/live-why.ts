// What explanations of a gate over a snapshot come from.

import type { Facts } from "../condition/facts.js";
import * as at from "../engine/layout.js";
import { whyOff } from "../gate/moment.js";
import { addMissing, type By, type Explained, type Way, type Why } from "../gate/why.js";
import type { Condition, Reason } from "../types/types.js";
import type { UserFacts } from "./conditions.js";
import { LEVELS, type Tenant } from "./holdings.js";
import { isLimited, type LiveRules, type LiveWay, mapOf, requirementsOf, waysOf } from "./live-moment.js";
import type { Grant } from "./role-rows.js";
import type { Assigned } from "./sayings.js";

export function explainedBy(moment: LiveRules): Explained {
  const { tenant } = moment;
  const known = new Map<number, Why>();
  /** For each kind of permissions. */
  const ways = new Map<string, Pick<Why, "grants" | "denials">>();
  return {
    reason: refused(moment),
    ids: tenant.ids,
    expires: tenant.expires,
    title: (index) => textAt(tenant, at.PERMISSION, index, at.PERMISSION_TITLE),
    byId: tenant.byId,
    why(index, isTold) {
      const key = 2 * index + Number(isTold);
      let why = known.get(key);
      if (why === undefined) known.set(key, (why = whyOf(moment, index, isTold, ways)));
      return why;
    },
  };
}

/** What is refused before any permission is looked at. */
function refused({ tenant, holdings, now }: LiveRules): Reason | undefined {
  return (
    whyOff(tenant, now) ??
    (!holdings.isKnown ? "unknown-user" : holdings.isDisabled ? "user-disabled" : undefined)
  );
}

function whyOf(
  moment: LiveRules,
  index: number,
  isTold: boolean,
  known: Map<string, Pick<Why, "grants" | "denials">>,
): Why {
  const { tenant, bounds } = moment;
  const { kind, assigned } = moment.about(index, isTold);
  const key = kind && kind + isTold;
  const ways = (key && known.get(key)) || toldWays(moment, index, assigned);
  if (key) known.set(key, ways);
  return {
    reason: !tenant.roleRows.isInPlan(index)
      ? "not-in-plan"
      : isLimited(tenant, bounds, index)
        ? "limited"
        : undefined,
    scoped: tenant.roleRows.isScoped(index),
    map: mapOf(tenant, index),
    ...ways,
    requires: requirementsOf(tenant, index),
  };
}

function toldWays(
  moment: LiveRules,
  index: number,
  about: readonly Assigned[],
): Pick<Why, "grants" | "denials"> {
  const { tenant } = moment;
  const { grants, denials } = waysOf(moment, index, about);
  const toldAs =
    (isGrant: boolean) =>
    (way: LiveWay): Way => ({
      own: way.own,
      teams: way.teams,
      when: way.when,
      isActive: way.isActive,
      assignment: way.assigned.index,
      window: way.assigned.window,
      by: () => byOf(tenant, way, index, isGrant),
      condition: () => conditionOf(tenant, way),
      addMissing: (facts, found) => addMissingOf(moment, way, facts, found),
    });
  return { grants: grants.map(toldAs(true)), denials: denials.map(toldAs(false)) };
}

function byOf(tenant: Tenant, { assigned, grant }: LiveWay, index: number, isGrant: boolean): By {
  const { role, team, freeTeam } = assigned;
  return {
    role: textAt(tenant, at.ROLE, role, at.ID) as string,
    via: isGrant ? viaOf(tenant, role, index, grant) : [],
    team: freeTeam ?? textAt(tenant, at.TEAM, team, at.ID),
    level: isGrant ? LEVELS[grant.level - 1] : undefined,
    names: {
      role: textAt(tenant, at.ROLE, role, at.ROLE_NAME),
      team: textAt(tenant, at.TEAM, team, at.TEAM_NAME),
    },
  };
}

/** The conditions of an assignment and of a grant or denial through it, as the document has them. */
function conditionOf({ conditions }: Tenant, { assigned, grant }: LiveWay): Condition | undefined {
  const [a, b] = [assigned.when?.json, conditions.at(grant.when)?.json];
  return a && b ? { $and: [a, b] } : (a ?? b);
}

/** How a role comes to a grant. */
function viaOf(tenant: Tenant, role: number, index: number, grant: Grant): string[] {
  return tenant.roleRows
    .origins(role, index, grant)
    .map((origin) =>
      "role" in origin
        ? (textAt(tenant, at.ROLE, origin.role, at.ID) as string)
        : (tenant.ids[origin.permission] as string),
    );
}

/** The text in a slot, if there is the row, and a text that is not empty. */
function textAt({ tables }: Tenant, kind: number, row: number, slot: number): string | undefined {
  return row < 0 ? undefined : tables.optional(tables.get(kind, row, slot)) || undefined;
}

function addMissingOf(
  { tenant, holdings, now }: LiveRules,
  { assigned, grant }: LiveWay,
  facts: Facts,
  found: Set<string>,
): void {
  const { user, resource, context } = facts;
  const all: UserFacts = {
    user,
    resource,
    context,
    attributes: holdings.attributes,
    teams: holdings.teamNames,
    now,
    noting: undefined,
  };
  for (const when of [tenant.conditions.at(grant.when), assigned.when])
    if (when !== undefined) addMissing(when.yes, all, found);
}
