// Answers as signals.

import {
  afterNextRender,
  computed,
  effect,
  type FactoryProvider,
  InjectionToken,
  Injector,
  inject,
  NgZone,
  runInInjectionContext,
  type Signal,
  signal,
} from "@angular/core";
import { type Ask, explanationOf, isAllowed, steady } from "../bindings/answers.js";
import { follow, type RolegateSource } from "../bindings/live.js";
import { aboutOf, type MaybeAbout, type MaybeGetter, valueOf } from "../bindings/values.js";
import type { LiteGate } from "../gate/lite-gate.js";
import type { Explanation, Permission, Scope } from "../types/types.js";

/** Asks a question of the source that is provided. */
const ASK: InjectionToken<<T>(ask: Ask<T>) => T> = new InjectionToken("provideRolegate");

/**
 * Gives an application, or a component and those below it, their answers. Questions throw a `RolegateError`,
 * `bad-options`, for anything but a gate, a store or gate data, and `bad-gate-data` for data that are not.
 * @param source what answers; or a function that gives it, which may inject, and is called again when a signal
 *   that it reads changes. Another object is another source
 */
export function provideRolegate(source: MaybeGetter<RolegateSource>): FactoryProvider {
  return { provide: ASK, useFactory: () => asker(source) };
}

function asker(source: MaybeGetter<RolegateSource>): <T>(ask: Ask<T>) => T {
  const injector = inject(Injector);
  const zone = inject(NgZone);
  const given = computed(() =>
    zone.runOutsideAngular(() => runInInjectionContext(injector, () => valueOf(source))),
  );
  const live = computed(() => follow(given()));
  const heard = signal(0);
  // A server stays there, and listens to nothing; a page that is hydrated begins with the same answers.
  const isFirst = signal(true);
  afterNextRender(() => isFirst.set(false));
  effect((onCleanup) => {
    if (isFirst()) return;
    const hear = () => heard.update((times) => times + 1);
    onCleanup(zone.runOutsideAngular(() => live().subscribe(hear)));
    hear();
  });
  // Timers are set outside of a zone: an application with one that never rests would never be stable.
  return (ask) => {
    heard();
    const followed = live();
    const gate = isFirst() ? followed.first : followed.gate;
    return zone.runOutsideAngular(() => ask(followed, gate));
  };
}

/** The current answers: a new object whenever one may have changed. */
export function injectGate(): Signal<LiteGate> {
  return answer((_, gate) => gate);
}

/**
 * Whether the user may do this: with one argument on any record at all, with two on this record. `undefined`
 * and `null` stand for a record that is not there yet. Both may be signals, or functions that read signals.
 */
export function injectCan(permission: MaybeGetter<Permission>, ...resource: MaybeAbout): Signal<boolean> {
  return answer((live, gate) => isAllowed(live, gate, valueOf(permission), aboutOf(resource)));
}

/** The records on which the user may do this: the same object as long as it says the same. */
export function injectScope(permission: MaybeGetter<Permission>): Signal<Scope> {
  const keep = steady<Scope>();
  return answer((_, gate) => keep(gate.scope(valueOf(permission))));
}

/**
 * The decision with its reason, in the two forms of {@link injectCan}. Of gate data without explanations the
 * signal throws a `RolegateError`, `bad-gate-data`.
 */
export function injectExplain(
  permission: MaybeGetter<Permission>,
  ...resource: MaybeAbout
): Signal<Explanation> {
  const keep = steady<Explanation>();
  return answer((live, gate) => keep(explanationOf(live, gate, valueOf(permission), aboutOf(resource))));
}

/** An answer that follows the source, and whatever signals the question reads. */
export function answer<T>(ask: Ask<T>): Signal<T> {
  const put = inject(ASK);
  return computed(() => put(ask));
}
