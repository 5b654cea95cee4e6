// How a component or a directive asks.

import {
  type ComputedRef,
  computed,
  getCurrentInstance,
  type MaybeRefOrGetter,
  shallowRef,
  ssrContextKey,
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

/** A component, as Vue has it within. */
interface Instance {
  /** Its own, and of those above. `inject` tells it only in a setup, and not the component's own. */
  readonly provides: { readonly [KEY]?: ComputedRef<Live>; readonly [ssrContextKey]?: unknown };
  readonly isMounted: boolean;
  readonly vnode: { readonly el: unknown };
}

/** What a component follows. */
export function liveOf(instance: unknown): ComputedRef<Live> {
  const live = (instance as Instance | null | undefined)?.provides[KEY];
  if (live === undefined) throw new RolegateError("bad-options", "call app.use(rolegate, source)");
  return live;
}

/** Whether a server renders a component, or a page takes it over: its element is there before it is mounted. */
function isFirst({ provides, isMounted, vnode }: Instance): boolean {
  return ssrContextKey in provides || (!isMounted && vnode.el !== null);
}

/**
 * Asks what a component follows, in the scope that is active. Where a server renders, or a page takes that over,
 * it first gets the answers of the first rendering; a server never listens.
 */
export function answersOf(instance: unknown): Answer {
  const live = liveOf(instance);
  const turn = shallowRef<object | undefined>(isFirst(instance as Instance) ? undefined : {});
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
  return answersOf(getCurrentInstance());
}
