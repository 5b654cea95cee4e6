// `rolegate/vue`: a plugin, composables, a directive and a component. An answer that stays the same renders
// nothing again.

import { type ComputedRef, type MaybeRefOrGetter, type Plugin, provide, toValue } from "vue";
import { type About, type Ask, explanationOf, isAllowed, steady } from "../bindings/answers.js";
import type { RolegateSource } from "../bindings/live.js";
import type { LiteGate } from "../gate/lite-gate.js";
import type { Explanation, Permission, Resource, Scope } from "../types/types.js";
import { followed, KEY, useAnswers } from "./asking.js";
import { vCan } from "./directive.js";

export type { RolegateSource } from "../bindings/live.js";
export { type GuardOptions, guard, type MenuItem, menu } from "../bindings/routes.js";
export { Can, type CanProps, type CanSlots } from "./can.js";
export { type CanQuestion, vCan } from "./directive.js";

/**
 * The plugin: `app.use(rolegate, source)` gives an application its answers, and the directive `v-can`. The
 * source may be a ref or a getter: another value is another source.
 * @throws {RolegateError} `bad-options` for anything but a gate, a store or gate data; `bad-gate-data`
 */
export const rolegate: Plugin<[source: MaybeRefOrGetter<RolegateSource>]> = {
  install: (app, source) => void app.provide(KEY, followed(source)).directive("can", vCan),
};

/**
 * Gives the component that calls it in its setup, and those below it, the answers of another source.
 * @throws {RolegateError} `bad-options` for anything but a gate, a store or gate data; `bad-gate-data`
 */
export function provideGate(source: MaybeRefOrGetter<RolegateSource>): void {
  provide(KEY, followed(source));
}

/** Nothing, or a record that may be in a ref or come from a getter. */
export type MaybeAbout = [] | [resource: MaybeRefOrGetter<Resource | null | undefined>];

/** The current answers: a new object whenever one may have changed. */
export function useGate(): ComputedRef<LiteGate> {
  return useAnswers()((_, gate) => gate);
}

/**
 * Whether the user may do this: with one argument on any record at all, with two on this record. `undefined`
 * and `null` stand for a record that is not there yet. A reactive record may change in place.
 */
export function useCan(
  permission: MaybeRefOrGetter<Permission>,
  ...resource: MaybeAbout
): ComputedRef<boolean> {
  return useAnswers()((live, gate) => isAllowed(live, gate, toValue(permission), valuesOf(resource)));
}

/** The records on which the user may do this: the same object as long as it says the same. */
export function useScope(permission: MaybeRefOrGetter<Permission>): ComputedRef<Scope> {
  return useSteady((_, gate) => gate.scope(toValue(permission)));
}

/**
 * The decision with its reason, in the two forms of {@link useCan}. For gate data without explanations,
 * reading it throws `bad-gate-data`.
 */
export function useExplain(
  permission: MaybeRefOrGetter<Permission>,
  ...resource: MaybeAbout
): ComputedRef<Explanation> {
  return useSteady((live, gate) => explanationOf(live, gate, toValue(permission), valuesOf(resource)));
}

/** An answer that is the same object as long as it says the same. */
function useSteady<T>(ask: Ask<T>): ComputedRef<T> {
  return useAnswers()(steady<T>()(ask));
}

const valuesOf = (about: MaybeAbout): About => about.map(toValue) as unknown as About;

declare module "vue" {
  interface GlobalDirectives {
    vCan: typeof vCan;
  }
}
