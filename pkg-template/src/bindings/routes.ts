// Routes and menus: what the routers of all frameworks need.

import { RolegateError } from "../core/errors.js";
import type { LiteGate } from "../gate/lite-gate.js";
import type { Store } from "../store/types.js";
import type { GateData, Permission, Resource } from "../types/types.js";
import { type About, isAllowed } from "./answers.js";
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
  options: GuardOptions<NonNullable<unknown>> = {},
): unknown {
  for (const key of Object.keys(options))
    if (key !== "resource" && key !== "redirect")
      throw new RolegateError(
        "bad-options",
        `there is no option \`${key}\`: did you mean resource, or redirect?`,
      );
  const live = follow(source);
  const answer = (): unknown =>
    isAllowed(live, live.gate, permission, aboutOf(options)) || elsewhere(options);
  return has(source, "subscribe") ? Promise.resolve(source.ready).then(answer) : answer();
}

/** Where a router is to go instead. */
function elsewhere(options: GuardOptions<NonNullable<unknown>>): unknown {
  const redirect: unknown = Object.hasOwn(options, "redirect") && options.redirect;
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
    const about = aboutOf(item);
    if (permission != null && !(about.length === 0 ? gate.can(permission) : gate.can(permission, about[0])))
      return [];
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

/** Whether it is about a record: the presence of the key decides. */
function aboutOf(item: { readonly resource?: Resource | null | undefined }): About {
  return Object.hasOwn(item, "resource") ? [item.resource] : [];
}
