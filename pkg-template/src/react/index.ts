"use client";

// `rolegate/react`: hooks and components. A component renders again only if its own answer has changed.

import {
  createContext,
  createElement,
  type FunctionComponentElement,
  type ProviderProps,
  type ReactNode,
  useContext,
  useMemo,
  useSyncExternalStore,
} from "react";
import {
  type About,
  type Ask,
  explanationOf,
  isAllowed,
  once,
  stateOf,
  steady,
  whyNot,
} from "../bindings/answers.js";
import { follow, identityOf, type Live, type RolegateSource } from "../bindings/live.js";
import { RolegateError } from "../core/errors.js";
import type { LiteGate } from "../gate/lite-gate.js";
import type { Explanation, Permission, Resource, Scope } from "../types/types.js";

export type { RolegateSource } from "../bindings/live.js";
export { type GuardOptions, guard, type MenuItem, menu } from "../bindings/routes.js";

const Context = createContext<Live | undefined>(undefined);

/**
 * Gives the components below it their answers. Keep a gate or a store the same object between renders: another
 * one is another source. Gate data may be made anew.
 * @throws {RolegateError} `bad-options` for anything but a gate, a store or gate data; `bad-gate-data`
 */
export function RolegateProvider(props: {
  readonly value: RolegateSource;
  readonly children?: ReactNode;
}): FunctionComponentElement<ProviderProps<Live | undefined>> {
  const { value, children } = props;
  const identity = useMemo(() => identityOf(value), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same data made anew are the same source
  const live = useMemo(() => follow(value), [identity]);
  return createElement(Context.Provider, { value: live }, children);
}

/** The current answers: a new object whenever one may have changed, so that memoized code stays right. */
export function useGate(): LiteGate {
  return useAnswer((_, gate) => gate);
}

/**
 * Whether the user may do this: with one argument on any record at all, with two on this record. `undefined`
 * and `null` stand for a record that is not there yet.
 */
export function useCan(permission: Permission, ...resource: About): boolean {
  return useAnswer((live, gate) => isAllowed(live, gate, permission, resource));
}

/** The records on which the user may do this: the same object as long as it says the same. */
export function useScope(permission: Permission): Scope {
  return useAnswer(useSteady((_, gate) => gate.scope(permission)));
}

/**
 * The decision with its reason, in the two forms of {@link useCan}.
 * @throws {RolegateError} `bad-gate-data` for gate data without explanations
 */
export function useExplain(permission: Permission, ...resource: About): Explanation {
  return useAnswer(useSteady((live, gate) => explanationOf(live, gate, permission, resource)));
}

/** Properties of {@link Can}. */
export interface CanProps {
  readonly permission: Permission;
  /** The record. If the property is there, `undefined` and `null` stand for a record that is not there yet. */
  readonly on?: Resource | null | undefined;
  /** Shown if it is denied. */
  readonly fallback?: ReactNode;
  /** Shown while the record or the first answer is not there yet. Default: `fallback`. */
  readonly pending?: ReactNode;
  /** A function gets the answer, and why it is no if the gate can tell. */
  readonly children?: ReactNode | ((allowed: boolean, why: Explanation | undefined) => ReactNode);
}

/** Shows its children if the user may do this. */
export function Can(props: CanProps): ReactNode {
  const { permission, on, children, fallback, pending = fallback } = props;
  const about: About = Object.hasOwn(props, "on") ? [on] : [];
  const { state, why } = useAnswer(
    useSteady((live, gate) => ({
      state: stateOf(live, gate, permission, about),
      why: typeof children === "function" ? whyNot(live, gate, permission, about) : undefined,
    })),
  );
  if (typeof children === "function") return children(state === "allowed", why);
  return { allowed: children, denied: fallback, pending }[state];
}

function useLive(): Live {
  const live = useContext(Context);
  if (live === undefined)
    throw new RolegateError("bad-options", "this component needs a <RolegateProvider> above it");
  return live;
}

/** Makes answers the same object as long as they say the same. */
function useSteady<T>(ask: Ask<T>): Ask<T> {
  return useMemo(() => steady<T>(), [])(ask);
}

function useAnswer<T>(ask: Ask<T>): T {
  const live = useLive();
  const answer = once((gate) => ask(live, gate));
  const first = once((gate) => ask(live, gate));
  return useSyncExternalStore(
    live.subscribe,
    () => answer(live.gate),
    () => first(live.first),
  );
}
