// The component `<Can>`.

import {
  type AllowedComponentProps,
  type ComponentCustomProps,
  defineComponent,
  getCurrentInstance,
  onBeforeUpdate,
  shallowRef,
  type VNodeProps,
} from "vue";
import { type About, stateOf, steady, whyNot } from "../bindings/answers.js";
import type { Explanation, Permission, Resource } from "../types/types.js";
import { useAnswers } from "./asking.js";

/** Properties of {@link Can}. */
export interface CanProps {
  readonly permission: Permission;
  /** The record. If the property is there, `undefined` and `null` stand for a record that is not there yet. */
  readonly on?: Resource | null | undefined;
}

/** Slots of {@link Can}. */
export interface CanSlots {
  /** Shown if it is allowed. */
  readonly default?: () => unknown;
  /** Shown if it is denied. `why` is the reason, if the gate can tell. */
  readonly fallback?: (props: { readonly why: Explanation | undefined }) => unknown;
  /** Shown while the record or the first answer is not there yet. Default: `fallback`. */
  readonly pending?: CanSlots["fallback"];
}

/** Shows its default slot if the user may do this. */
export const Can: new () => {
  $props: AllowedComponentProps & ComponentCustomProps & VNodeProps & CanProps;
  $slots: CanSlots;
} = defineComponent({
  name: "Can",
  props: { permission: { type: String, required: true }, on: null },
  setup(props, { slots }) {
    const instance = getCurrentInstance();
    const isAbout = (): boolean => Object.hasOwn(instance?.vnode.props ?? {}, "on");
    const hasRecord = shallowRef(isAbout());
    onBeforeUpdate(() => {
      hasRecord.value = isAbout();
    });
    const about = (): About => (hasRecord.value ? [props.on] : []);
    const answer = useAnswers();
    const state = answer((live, gate) => stateOf(live, gate, props.permission, about()));
    const keep = steady<Explanation | undefined>();
    const why = answer(keep((live, gate) => whyNot(live, gate, props.permission, about())));
    // Asked for only by a slot that reads it.
    const reason = {
      get why() {
        return why.value;
      },
    };
    return () => {
      if (state.value === "allowed") return slots.default?.();
      return ((state.value === "pending" && slots.pending) || slots.fallback)?.(reason);
    };
  },
}) as never;
