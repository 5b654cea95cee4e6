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
  useState,
  useSyncExternalStore,
} from "react";
import { type About, explanationOf, isAllowed, stateOf, steady, whyNot } from "../bindings/answers.js";
import { follow, type Live, type RolegateSource } from "../bindings/live.js";
import type { LiteGate } from "../gate/lite-gate.js";
import type { Explanation, Permission, Resource, Scope } from "../types/types.js";

export type { RolegateSource } from "../bindings/live.js";
export { type GuardOptions, guard, type MenuItem, menu } from "../bindings/routes.js";

const Context = createContext<Live | undefined>(undefined);

/**
 * Gives the components below it their answers. Keep `value` the same object between renders: another one is
 * another source.
 * @throws {RolegateError} `bad-options` for anything but a gate, a store or gate data; `bad-gate-data`
 */
export function RolegateProvider(props: {
  readonly value: RolegateSource;
  readonly children?: ReactNode;
}): FunctionComponentElement<ProviderProps<Live | undefined>> {
  const { value, children } = props;
  const live = useMemo(() => follow(value), [value]);
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
  return useSteady((_, gate) => gate.scope(permission));
}

/**
 * The decision with its reason, in the two forms of {@link useCan}.
 * @throws {RolegateError} `bad-gate-data` for gate data without explanations
 */
export function useExplain(permission: Permission, ...resource: About): Explanation {
  return useSteady((live, gate) => explanationOf(live, gate, permission, resource));
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
  const { state, why } = useSteady((live, gate) => ({
    state: stateOf(live, gate, permission, about),
    why: typeof children === "function" ? whyNot(live, gate, permission, about) : undefined,
  }));
  if (typeof children === "function") return children(state === "allowed", why);
  return { allowed: children, denied: fallback, pending }[state];
}

type Ask<T> = (live: Live, gate: LiteGate) => T;

/** An answer that is the same object as long as it says the same. */
function useSteady<T>(ask: Ask<T>): T {
  const [keep] = useState(steady<T>);
  return useAnswer((live, gate) => keep(ask(live, gate)));
}

function useAnswer<T>(ask: Ask<T>): T {
  const live = useContext(Context);
  if (live === undefined)
    throw new Error("a component that asks for permissions needs a <RolegateProvider> above it");
  return useSyncExternalStore(
    live.subscribe,
    () => ask(live, live.gate),
    () => ask(live, live.first),
  );
}
