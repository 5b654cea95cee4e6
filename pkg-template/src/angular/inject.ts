// Answers as signals.

import {
  ApplicationRef,
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
  const heard = signal({});
  // A server, and the page that takes it over, answer by the time of the data. A server listens to nothing.
  const isFirst = signal(inject(ApplicationRef).components.length === 0);
  afterNextRender(() => {
    isFirst.set(false);
    effect(
      (onCleanup) => {
        const hear = (): void => heard.set({});
        onCleanup(zone.runOutsideAngular(() => live().subscribe(hear)));
        hear();
      },
      { injector },
    );
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
  return answer(steady<Scope>()((_, gate) => gate.scope(valueOf(permission))));
}

/**
 * The decision with its reason, in the two forms of {@link injectCan}. Of gate data without explanations the
 * signal throws a `RolegateError`, `bad-gate-data`.
 */
export function injectExplain(
  permission: MaybeGetter<Permission>,
  ...resource: MaybeAbout
): Signal<Explanation> {
  const ask: Ask<Explanation> = (live, gate) =>
    explanationOf(live, gate, valueOf(permission), aboutOf(resource));
  return answer(steady<Explanation>()(ask));
}

/** An answer that follows the source, and whatever signals the question reads. */
export function answer<T>(ask: Ask<T>): Signal<T> {
  const put = inject(ASK);
  return computed(() => put(ask));
}
