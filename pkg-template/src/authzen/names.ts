// Which permission an action on a type of resource is, and which actions a type has.

import * as at from "../engine/layout.js";
import type { Tenant } from "../snapshot/holdings.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import type { Permission } from "../types/types.js";

/** Several permissions could be meant. */
export const SEVERAL: unique symbol = Symbol("rolegate.several");

/** The permissions of a catalog. */
interface Names {
  readonly ids: ReadonlySet<string>;
  /** By resource type, then by the last part of the id. */
  readonly types: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
}

const known = new WeakMap<Snapshot, Names>();

/** @throws {RolegateError} `freed` */
function namesOf(snapshot: Snapshot): Names {
  let names = known.get(snapshot);
  if (names === undefined) known.set(snapshot, (names = readNames(snapshot)));
  return names;
}

/** The snapshot has read its catalog already: nothing is parsed again, and no second module started. */
function readNames(snapshot: Snapshot): Names {
  const { tenant } = (snapshot as unknown as Inside).source;
  const types = new Map<string, Map<string, string[]>>();
  tenant.ids.forEach((id, row) => {
    const type = tenant.types[tenant.tables.get(at.PERMISSION, row, at.PERMISSION_TYPE) - 1] as string;
    const actions = types.get(type) ?? new Map<string, string[]>();
    const last = id.slice(id.lastIndexOf(".") + 1);
    const same = actions.get(last);
    if (same === undefined) actions.set(last, [id]);
    else same.push(id);
    types.set(type, actions);
  });
  return { ids: new Set(snapshot.permissions()), types };
}

/** How many people the snapshot lists. */
export function peopleIn(snapshot: Snapshot): number {
  return (snapshot as unknown as Inside).source.tenant.tables.count(at.USER);
}

/** What is not for applications. */
interface Inside {
  readonly source: { readonly tenant: Pick<Tenant, "ids" | "types" | "tables"> };
}

/**
 * The permission `<type>.<action>`, or else the only one of that type whose last part is the action; `undefined`
 * if there is none.
 */
export function permissionOf(
  snapshot: Snapshot,
  type: string,
  action: string,
): Permission | typeof SEVERAL | undefined {
  return find(namesOf(snapshot), type, action) as Permission | typeof SEVERAL | undefined;
}

function find({ ids, types }: Names, type: string, action: string): string | typeof SEVERAL | undefined {
  const whole = `${type}.${action}`;
  if (ids.has(whole)) return whole;
  const [only, another] = types.get(type)?.get(action) ?? [];
  return another === undefined ? only : SEVERAL;
}

/** The actions of a type, each with the permission that it is: every permission that an action finds, once. */
export function actionsOf(snapshot: Snapshot, type: string): Map<string, Permission> {
  const names = namesOf(snapshot);
  const actions = new Map<string, Permission>();
  const named = new Set<string>();
  const add = (action: string): void => {
    const permission = find(names, type, action);
    if (typeof permission !== "string" || named.has(permission)) return;
    named.add(permission);
    actions.set(action, permission as Permission);
  };
  for (const action of names.types.get(type)?.keys() ?? []) add(action);
  const start = `${type}.`;
  for (const id of names.ids) if (id.startsWith(start)) add(id.slice(start.length));
  return actions;
}
