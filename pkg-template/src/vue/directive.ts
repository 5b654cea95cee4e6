// The directive `v-can`.

import {
  type EffectScope,
  effectScope,
  type ObjectDirective,
  type ShallowRef,
  shallowRef,
  watchEffect,
} from "vue";
import { type About, isAllowed } from "../bindings/answers.js";
import { closed, closedProps, reclaim } from "../bindings/closed.js";
import type { Live } from "../bindings/live.js";
import type { LiteGate } from "../gate/lite-gate.js";
import type { Permission } from "../types/types.js";
import { answersOf, liveOf } from "./asking.js";

/** What `v-can` asks: `"p"`, `["p"]` or, about a record, `["p", record]`. */
export type CanQuestion = Permission | readonly [permission: Permission, ...resource: About];

/** What is kept of each element that is shown. */
const shown = new WeakMap<HTMLElement, [ShallowRef<CanQuestion>, EffectScope]>();

/**
 * The directive `v-can`: it hides an element if the user may not do this. With the modifier `disable`, a
 * control is disabled instead, and anything else inert. The length of the list says whether a record was
 * given: then `undefined` and `null` stand for a record that is not there yet.
 */
export const vCan: ObjectDirective<HTMLElement, CanQuestion, "disable"> = {
  // What a server has closed is the template's again, which hydration would not see to.
  created: (element, { modifiers }, { props }) => reclaim(element, isDisabled(modifiers), props),
  beforeMount(element, { instance, value, modifiers }) {
    const set = closed(element, isDisabled(modifiers));
    const question = shallowRef(value);
    const scope = effectScope(true);
    shown.set(element, [question, scope]);
    scope.run(() => {
      const allowed = answersOf(instance?.$)((live, gate) => isOpen(live, gate, question.value));
      watchEffect(() => {
        let isAllowedNow = false;
        try {
          isAllowedNow = allowed.value;
        } finally {
          set(isAllowedNow);
        }
      });
    });
  },
  updated(element, { value }) {
    const [question] = shown.get(element) ?? [];
    if (question) question.value = value;
  },
  unmounted: (element) => shown.get(element)?.[1].stop(),
  getSSRProps({ instance, value, modifiers }) {
    const live = liveOf(instance?.$).value;
    return isOpen(live, live.first, value) ? {} : closedProps(isDisabled(modifiers));
  },
};

const isDisabled = ({ disable }: { readonly disable?: boolean }): boolean => disable === true;

function isOpen(live: Live, gate: LiteGate, question: CanQuestion): boolean {
  const [permission, ...about] = [question].flat() as unknown as [Permission, ...About];
  return isAllowed(live, gate, permission, about);
}
