// Routes and menus: what the routers of all frameworks need.

import { RolegateError } from "../core/errors.js";
import { type Checked, optionsOf, RECORD_RULES } from "../core/options.js";
import type { LiteGate } from "../gate/lite-gate.js";
import type { Store } from "../store/types.js";
import type { GateData, Permission, Resource } from "../types/types.js";
import { type About, asked, isAllowed } from "./answers.js";
import { follow, has, type RolegateSource } from "./live.js";

/** Options of `guard`. */
export interface GuardOptions<R extends NonNullable<unknown>> {
  /** The record; if the key is present, `undefined` and `null` stand for a record that is not there. */
  readonly resource?: Resource | null | undefined;
  /**
   * What the router gets where access is denied. A function is called, and may throw. Default: `false`, also
   * for `true` and for nothing, which routers take for a yes.
   */
  readonly redirect?: R | (() => R);
}

/**
 * Whether a route may be entered: `true`, or what makes the router go elsewhere. Of a store that has no answer
 * yet it waits for the first one.
 * @throws {RolegateError} `bad-options`, `bad-gate-data`
 */
export function guard<R extends NonNullable<unknown> = false>(
  source: LiteGate | GateData,
  permission: Permission,
  options?: GuardOptions<R>,
): true | R;
export function guard<R extends NonNullable<unknown> = false>(
  source: Pick<Store, "gate" | "ready" | "status" | "subscribe">,
  permission: Permission,
  options?: GuardOptions<R>,
): Promise<true | R>;
export function guard(
  source: RolegateSource & { readonly ready?: Promise<unknown> },
  permission: Permission,
  options?: GuardOptions<NonNullable<unknown>>,
): unknown {
  const { resource, redirect } = optionsOf(options, GUARD_OPTIONS, RECORD_RULES);
  const about: About = resource === undefined ? [] : [resource];
  const live = follow(source);
  const answer = (): unknown => isAllowed(live, live.gate, permission, about) || elsewhere(redirect);
  return has(source, "subscribe") ? Promise.resolve(source.ready).then(answer) : answer();
}

const NONE = undefined;
const GUARD_OPTIONS = (): Checked<GuardOptions<NonNullable<unknown>>> => ({ resource: NONE, redirect: NONE });

/** Where a router is to go instead. */
function elsewhere(redirect: unknown): unknown {
  const place: unknown = typeof redirect === "function" ? redirect() : redirect;
  return place == null || place === true ? false : place;
}

/** An entry of a menu, with whatever else an application keeps in it. */
export interface MenuItem {
  /** Who may see it; `null`: everybody. Only an entry with `children` may be without. */
  readonly permission?: Permission | null;
  /** The record; if the key is present, `undefined` and `null` stand for a record that is not there. */
  readonly resource?: Resource | null | undefined;
  readonly children?: readonly MenuItem[] | null;
}

/**
 * The entries that a user may see, in their order. An entry with `children` is shown if one of them is, and
 * its own `permission` allows it, if it has one. Entries are copied only where children are dropped.
 * @throws {RolegateError} `bad-options` for an entry with neither `permission` nor `children`, and where
 *   `permission` is `undefined`: a name that was looked up and not found
 */
export function menu<T extends MenuItem>(items: readonly T[], gate: LiteGate): T[] {
  return items.flatMap((item, at) => {
    const { permission, children } = own(item);
    if (permission === undefined && (children == null || Object.hasOwn(item, "permission")))
      throw new RolegateError(
        "bad-options",
        `entry ${at} of the menu has no \`permission\`: write \`permission: null\` if everybody may see it`,
      );
    // The presence of the key decides whether it is about a record.
    const about: About = Object.hasOwn(item, "resource") ? [item.resource] : [];
    if (permission != null && !asked(gate, "can", permission, about)) return [];
    if (children == null) return [item];
    const left = menu(children, gate);
    if (left.length === 0) return [];
    return left.length === children.length && left.every((child, i) => child === children[i])
      ? [item]
      : [{ ...item, children: left }];
  });
}

/** The keys that the entry has itself: what somebody put on `Object.prototype` opens nothing. */
function own(item: MenuItem): MenuItem {
  return { permission: undefined, children: undefined, ...item } as MenuItem;
}
