// How a component or a directive asks.

import {
  type ComputedRef,
  computed,
  getCurrentInstance,
  type MaybeRefOrGetter,
  shallowRef,
  toRaw,
  toValue,
  watchPostEffect,
} from "vue";
import type { Ask } from "../bindings/answers.js";
import { follow, type Live, type RolegateSource } from "../bindings/live.js";
import { RolegateError } from "../core/errors.js";

/** Under which an application and its components keep what they follow. */
export const KEY: unique symbol = Symbol("rolegate");

/** Asks now, and again with each change. */
type Answer = <T>(ask: Ask<T>) => ComputedRef<T>;

/** A source, or the one that a ref or a getter has. */
export function followed(source: MaybeRefOrGetter<RolegateSource>): ComputedRef<Live> {
  const live = computed(() => follow(toRaw(toValue(source))));
  void live.value; // so that what is no source is refused here
  return live;
}

/** What a component and those above it provide. `inject` tells it only in a setup, and not the component's own. */
interface Instance {
  readonly provides: { readonly [KEY]?: ComputedRef<Live> };
}

/** What a component follows. */
export function liveOf(instance: unknown): ComputedRef<Live> {
  const live = (instance as Instance | null | undefined)?.provides[KEY];
  if (live === undefined) throw new RolegateError("bad-options", "call app.use(rolegate, source)");
  return live;
}

/**
 * Asks what is followed, in the scope that is active. What is mounted now first gets the answers of the first
 * rendering, which are those of a server; a server never listens.
 */
export function answersOf(live: ComputedRef<Live>): Answer {
  const turn = shallowRef<object>();
  const next = (): void => {
    turn.value = {};
  };
  watchPostEffect((onCleanup) => {
    onCleanup(live.value.subscribe(next));
    next();
  });
  return (ask) => computed(() => ask(live.value, turn.value ? live.value.gate : live.value.first));
}

/** Answers of the component whose setup this is. */
export function useAnswers(): Answer {
  return answersOf(liveOf(getCurrentInstance()));
}
