// Routes and menus: what the routers of all frameworks need.

import { RolegateError } from "../core/errors.js";
import type { LiteGate } from "../gate/lite-gate.js";
import type { Store } from "../store/types.js";
import type { GateData, Permission, Resource } from "../types/types.js";
import { type About, isAllowed } from "./answers.js";
import { follow, type RolegateSource } from "./live.js";

/** Options of `guard`. */
export interface GuardOptions<R> {
  /** The record; if the key is present, `undefined` and `null` stand for a record that is not there. */
  readonly resource?: Resource | null | undefined;
  /** What the router gets where access is denied. A function is called, and may throw. Default: `false`. */
  readonly redirect?: R | (() => R);
}

/**
 * Whether a route may be entered: `true`, or what makes the router go elsewhere. Of a store that has no answer
 * yet it waits for the first one.
 * @throws {RolegateError} `bad-options`, `bad-gate-data`
 */
export function guard<R = false>(
  source: LiteGate | GateData,
  permission: Permission,
  options?: GuardOptions<R>,
): true | R;
export function guard<R = false>(
  source: Pick<Store, "gate" | "ready" | "status" | "subscribe">,
  permission: Permission,
  options?: GuardOptions<R>,
): Promise<true | R>;
export function guard<R>(
  source: RolegateSource & { readonly ready?: Promise<unknown> },
  permission: Permission,
  options: GuardOptions<R> = {},
): true | R | Promise<true | R> {
  for (const key of Object.keys(options))
    if (key !== "resource" && key !== "redirect")
      throw new RolegateError(
        "bad-options",
        `there is no option \`${key}\`: did you mean resource, or redirect?`,
      );
  const about: About = Object.hasOwn(options, "resource") ? [options.resource] : [];
  const redirect = Object.hasOwn(options, "redirect") ? options.redirect : (false as R);
  const live = follow(source);
  const answer = (): true | R =>
    isAllowed(live, live.gate, permission, about)
      ? true
      : typeof redirect === "function"
        ? (redirect as () => R)()
        : (redirect as R);
  return "ready" in source && source.ready instanceof Promise ? source.ready.then(answer) : answer();
}

/** An entry of a menu, with whatever else an application keeps in it. */
export interface MenuItem {
  /** Who may see it; `null`: everybody. Only an entry with `children` may be without. */
  readonly permission?: Permission | null;
  /** The record; if the key is present, `undefined` and `null` stand for a record that is not there. */
  readonly resource?: Resource | null | undefined;
  readonly children?: readonly MenuItem[];
}

/**
 * The entries that a user may see, in their order. Without `permission`, an entry is shown if one of its
 * `children` is. Entries are copied only where children are dropped.
 * @throws {RolegateError} `bad-options` for an entry with neither `permission` nor `children`
 */
export function menu<T extends MenuItem>(items: readonly T[], gate: LiteGate): T[] {
  return items.flatMap((item, at) => {
    const { permission, resource, children } = item;
    if (permission === undefined && children === undefined)
      throw new RolegateError(
        "bad-options",
        `entry ${at} of the menu has neither \`permission\` nor \`children\`: write \`permission: null\` if everybody may see it`,
      );
    if (
      permission != null &&
      !(Object.hasOwn(item, "resource") ? gate.can(permission, resource) : gate.can(permission))
    )
      return [];
    if (children === undefined) return [item];
    const left = menu(children, gate);
    if (left.length === 0) return [];
    return left.length === children.length && left.every((child, i) => child === children[i])
      ? [item]
      : [{ ...item, children: left }];
  });
}
