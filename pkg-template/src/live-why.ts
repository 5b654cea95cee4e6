// What explanations of a gate over a snapshot come from.

import { type LiveMoment, type LiveWay, isLimited, mapOf, requirementsOf, waysOf } from "./live-moment.js";
import type { Window } from "./during.js";
import * as at from "./layout.js";
import { whyOff } from "./moment.js";
import type { Grant } from "./role-rows.js";
import type { UserFacts } from "./snapshot-conditions.js";
import type { Reason } from "./types.js";
import { addMissing, type By, type Explained, type Way, type Why } from "./why.js";
import type { Tenant } from "./holdings.js";
import type { Facts } from "./facts.js";

/** A way with the window of its assignment, for gate data. */
export interface TimedWay extends Way {
  readonly window: Window;
}

interface TimedWhy extends Why {
  readonly grants: readonly TimedWay[];
  readonly denials: readonly TimedWay[];
}

interface TimedExplained extends Explained {
  why(place: number): TimedWhy;
}

export function explainedBy(moment: LiveMoment): TimedExplained {
  const { tenant } = moment;
  const known = new Map<number, TimedWhy>();
  return {
    reason: refused(moment),
    ids: tenant.ids,
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

function whyOf(moment: LiveMoment, place: number): TimedWhy {
  const { tenant, bounds } = moment;
  const { grants, denials } = waysOf(moment, place);
  const told = (way: LiveWay): TimedWay => ({
    ...way,
    window: way.assigned.window,
    by: () => byOf(tenant, way, place),
    addMissing: (facts, found) => addMissingOf(moment, way, facts, found),
  });
  return {
    reason: !tenant.roleRows.isInPlan(place) ? "not-in-plan" : isLimited(tenant, bounds, place) ? "limited" : undefined,
    scoped: tenant.roleRows.isScoped(place),
    map: mapOf(tenant, place),
    grants: grants.map(told),
    denials: denials.map(told),
    requires: requirementsOf(tenant, place),
  };
}

function byOf(tenant: Tenant, { assigned, grant }: LiveWay, place: number): By {
  return { role: roleName(tenant, assigned.role), assignment: assigned.index, via: viaOf(tenant, assigned.role, place, grant) };
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
      path.push(roleName(tenant, role));
    } else {
      place = origin.permission;
      path.push(tenant.ids[place] as string);
    }
    current = roleRows.grants(role, place).find((it) => it.when === when && it.level >= level);
  }
  return path;
}

function roleName({ tables }: Tenant, role: number): string {
  return tables.text(tables.get(at.ROLE, role, at.ID));
}

function addMissingOf({ tenant, holdings, now }: LiveMoment, { assigned, grant }: LiveWay, facts: Facts, found: Set<string>): void {
  const { user, resource, context } = facts;
  const all: UserFacts = { user, resource, context, attributes: holdings.attributes, teams: holdings.teamNames, now };
  for (const when of [tenant.conditions.at(grant.when), assigned.when]) if (when !== undefined) addMissing(when.yes, all, found);
}
