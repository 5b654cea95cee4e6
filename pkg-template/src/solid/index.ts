// `rolegate/solid`: accessors and components. Only what an answer is used for runs again, and only if that
// answer has changed.

import {
  type Accessor,
  createComponent,
  createContext,
  createEffect,
  createMemo,
  createSignal,
  type JSX,
  onCleanup,
  onMount,
  sharedConfig,
  untrack,
  useContext,
} from "solid-js";
import {
  type About,
  type Ask,
  explanationOf,
  isAllowed,
  stateOf,
  steady,
  whyNot,
} from "../bindings/answers.js";
import { follow, type Live, type RolegateSource } from "../bindings/live.js";
import { aboutOf, type MaybeAbout, type MaybeGetter, valueOf } from "../bindings/values.js";
import { RolegateError } from "../core/errors.js";
import type { LiteGate } from "../gate/lite-gate.js";
import type { Explanation, Permission, Resource, Scope } from "../types/types.js";

export type { RolegateSource } from "../bindings/live.js";
export { type GuardOptions, guard, type MenuItem, menu } from "../bindings/routes.js";
export type { MaybeAbout, MaybeGetter } from "../bindings/values.js";

/** A source that is followed; whoever calls it is called again when its answers may have changed. */
const Context = createContext<Accessor<Live>>();

/**
 * Gives the components below it their answers. Another `value` is another source.
 * @throws {RolegateError} `bad-options` for anything but a gate, a store or gate data; `bad-gate-data`
 */
export function RolegateProvider(props: {
  readonly value: RolegateSource;
  readonly children?: JSX.Element;
}): JSX.Element {
  const live = createMemo(() => follow(props.value));
  const [heard, hear] = createSignal(undefined, { equals: false });
  // On a server there are no effects, so nothing is subscribed to.
  createEffect(() => {
    onCleanup(live().subscribe(hear));
    hear();
  });
  return createComponent(Context.Provider, {
    value: () => (heard(), live()),
    get children() {
      return props.children;
    },
  });
}

/** The current answers: a new object whenever one may have changed. */
export function useGate(): Accessor<LiteGate> {
  return useAnswer((_, gate) => gate);
}

/**
 * Whether the user may do this: with one argument on any record at all, with two on this record. `undefined`
 * and `null` stand for a record that is not there yet. Both may be accessors; what is read of a record
 * in a Solid store is tracked.
 */
export function useCan(permission: MaybeGetter<Permission>, ...resource: MaybeAbout): Accessor<boolean> {
  return useAnswer((live, gate) => isAllowed(live, gate, valueOf(permission), aboutOf(resource)));
}

/** The records on which the user may do this: the same object as long as it says the same. */
export function useScope(permission: MaybeGetter<Permission>): Accessor<Scope> {
  return useSteady((_, gate) => gate.scope(valueOf(permission)));
}

/**
 * The decision with its reason, in the two forms of {@link useCan}.
 * @throws {RolegateError} `bad-gate-data` for gate data without explanations
 */
export function useExplain(
  permission: MaybeGetter<Permission>,
  ...resource: MaybeAbout
): Accessor<Explanation> {
  return useSteady((live, gate) => explanationOf(live, gate, valueOf(permission), aboutOf(resource)));
}

type Render = (allowed: boolean, why: Explanation | undefined) => JSX.Element;

/** Properties of {@link Can}. */
export interface CanProps {
  readonly permission: Permission;
  /** The record. If the property is there, `undefined` and `null` stand for a record that is not there yet. */
  readonly on?: Resource | null | undefined;
  /** Shown if it is denied. */
  readonly fallback?: JSX.Element;
  /** Shown while the record or the first answer is not there yet. Default: `fallback`. */
  readonly pending?: JSX.Element;
  /**
   * Made only if it is allowed. A function with parameters is called in any case: with the answer, and why it
   * is no if the gate can tell.
   */
  readonly children?: JSX.Element | Render;
}

/** Shows its children if the user may do this. What is denied is not made at all. */
export function Can(props: CanProps): JSX.Element {
  // A function in JSX is a value; everything else is behind a getter, and would be made by asking for it.
  const explains = isRender(Object.getOwnPropertyDescriptor(props, "children")?.value);
  const answer = useSteady((live, gate) => {
    const about: About = "on" in props ? [props.on] : [];
    const why = explains ? whyNot(live, gate, props.permission, about) : undefined;
    return { state: stateOf(live, gate, props.permission, about), why };
  });
  return createMemo(() => {
    const { state, why } = answer();
    if (state !== "allowed" && !explains)
      return (state === "pending" ? props.pending : undefined) ?? props.fallback;
    const { children } = props;
    return isRender(children) ? untrack(() => children(state === "allowed", why)) : children;
  }) as unknown as JSX.Element;
}

/** Solid's accessors are functions, too, but without parameters. */
function isRender(children: unknown): children is Render {
  return typeof children === "function" && children.length > 0;
}

/** An answer that is the same object as long as it says the same. */
function useSteady<T>(ask: Ask<T>): Accessor<T> {
  return useAnswer(steady<T>()(ask));
}

/**
 * An answer that follows the source, and whatever the question reads. What is rendered on a server, or
 * hydrated, begins with the answers of the time at which data were made.
 */
function useAnswer<T>(ask: Ask<T>): Accessor<T> {
  const source = useContext(Context);
  if (source === undefined)
    throw new RolegateError("bad-options", "this component needs a <RolegateProvider> above it");
  const [isFirst, setFirst] = createSignal(Boolean(sharedConfig.context));
  onMount(() => setFirst(false));
  return createMemo(() => {
    const live = source();
    return ask(live, isFirst() ? live.first : live.gate);
  });
}
