// What explanations of a gate over a snapshot come from.

import { type LiveMoment, type LiveWay, isLimited, mapOf, requirementsOf, waysOf } from "./live-moment.js";
import * as at from "./layout.js";
import { whyOff } from "./moment.js";
import type { Grant } from "./role-rows.js";
import type { UserFacts } from "./snapshot-conditions.js";
import type { Condition, Reason } from "./types.js";
import { addMissing, type By, type Explained, type Way, type Why } from "./why.js";
import { LEVELS, type Tenant } from "./holdings.js";
import type { Facts } from "./facts.js";

export function explainedBy(moment: LiveMoment): Explained {
  const { tenant } = moment;
  const known = new Map<number, Why>();
  return {
    reason: refused(moment),
    ids: tenant.ids,
    expires: tenant.expires,
    title: (place) => textAt(tenant, at.PERMISSION, place, at.PERMISSION_TITLE),
    place: (permission) => tenant.places.get(permission),
    why(place) {
      let why = known.get(place);
      if (why === undefined) known.set(place, (why = whyOf(moment, place)));
      return why;
    },
  };
}

/** What is refused before any permission is looked at. */
function refused({ tenant, holdings, now }: LiveMoment): Reason | undefined {
  return whyOff(tenant, now) ?? (!holdings.isKnown ? "unknown-user" : holdings.isDisabled ? "user-disabled" : undefined);
}

function whyOf(moment: LiveMoment, place: number): Why {
  const { tenant, bounds } = moment;
  const { grants, denials } = waysOf(moment, place);
  const toldAs = (isGrant: boolean) => (way: LiveWay): Way => ({
    own: way.own,
    teams: way.teams,
    when: way.when,
    isActive: way.isActive,
    assignment: way.assigned.index,
    window: way.assigned.window,
    by: () => byOf(tenant, way, place, isGrant),
    condition: () => conditionOf(tenant, way),
    addMissing: (facts, found) => addMissingOf(moment, way, facts, found),
  });
  return {
    reason: !tenant.roleRows.isInPlan(place) ? "not-in-plan" : isLimited(tenant, bounds, place) ? "limited" : undefined,
    scoped: tenant.roleRows.isScoped(place),
    map: mapOf(tenant, place),
    grants: grants.map(toldAs(true)),
    denials: denials.map(toldAs(false)),
    requires: requirementsOf(tenant, place),
  };
}

function byOf(tenant: Tenant, { assigned, grant }: LiveWay, place: number, isGrant: boolean): By {
  const { role, team } = assigned;
  return {
    role: textAt(tenant, at.ROLE, role, at.ID) as string,
    via: isGrant ? viaOf(tenant, role, place, grant) : [],
    team: textAt(tenant, at.TEAM, team, at.ID),
    level: isGrant ? LEVELS[grant.level - 1] : undefined,
    names: { role: textAt(tenant, at.ROLE, role, at.ROLE_NAME), team: textAt(tenant, at.TEAM, team, at.TEAM_NAME) },
  };
}

/** The conditions of an assignment and of a grant or denial through it, as the document has them. */
function conditionOf({ conditions }: Tenant, { assigned, grant }: LiveWay): Condition | undefined {
  const [a, b] = [assigned.when?.json, conditions.at(grant.when)?.json];
  return a && b ? { $and: [a, b] } : (a ?? b);
}

/** How a role comes to a grant. */
function viaOf(tenant: Tenant, role: number, place: number, grant: Grant): string[] {
  const { roleRows } = tenant;
  const path: string[] = [];
  let current: Grant | undefined = grant;
  while (current !== undefined) {
    const { level, when }: Grant = current;
    const origin = roleRows.origin(role, place, current);
    if (origin === undefined) break;
    if ("role" in origin) {
      ({ role } = origin);
      path.push(textAt(tenant, at.ROLE, role, at.ID) as string);
    } else {
      place = origin.permission;
      path.push(tenant.ids[place] as string);
    }
    current = roleRows.grants(role, place).find((it) => it.when === when && it.level >= level);
  }
  return path;
}

/** The text in a slot, if there is the row, and a text that is not empty. */
function textAt({ tables }: Tenant, kind: number, row: number, slot: number): string | undefined {
  return row < 0 ? undefined : tables.optional(tables.get(kind, row, slot)) || undefined;
}

function addMissingOf({ tenant, holdings, now }: LiveMoment, { assigned, grant }: LiveWay, facts: Facts, found: Set<string>): void {
  const { user, resource, context } = facts;
  const all: UserFacts = { user, resource, context, attributes: holdings.attributes, teams: holdings.teamNames, now, noting: undefined };
  for (const when of [tenant.conditions.at(grant.when), assigned.when]) if (when !== undefined) addMissing(when.yes, all, found);
}
