// `<rolegate-can permission="…">`: shows one of its slots.

import { type About, stateOf } from "../bindings/answers.js";
import { follow, type RolegateSource } from "../bindings/live.js";
import type { Permission, Resource } from "../types/types.js";

/** The element that {@link defineCan} defines. */
export interface RolegateCan extends HTMLElement {
  /** Also an attribute. */
  permission: Permission;
  /**
   * The record; also an attribute, as JSON. Once it is given, `undefined`, `null` and what is no JSON stand for
   * a record that is not there yet.
   */
  on: Resource | null | undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    "rolegate-can": RolegateCan;
  }
}

const SLOTS = { allowed: "", denied: "fallback", pending: "pending" };

/**
 * Defines the element, which shows what it contains if its `permission` is allowed; otherwise its children with
 * `slot="fallback"`; and while the record or the first answer is not there yet those with `slot="pending"`, if
 * it has any. It needs no {@link bind}, and works in shadow roots, too.
 * @param name of the element
 * @throws {RolegateError} `bad-options` for anything but a gate, a store or gate data; `bad-gate-data`
 */
export function defineCan(source: RolegateSource, name = "rolegate-can"): void {
  const live = follow(source);

  class Can extends HTMLElement implements RolegateCan {
    static readonly observedAttributes = ["permission", "on"];
    readonly #slot = slotOf(this);
    #given: About = [];
    #stop: (() => void) | undefined;

    get permission(): Permission {
      return (this.getAttribute("permission") ?? "") as Permission;
    }
    set permission(value) {
      this.setAttribute("permission", value);
    }

    get on(): Resource | null | undefined {
      return this.#about[0];
    }
    set on(record) {
      this.#given = [record];
      this.#ask();
    }

    connectedCallback(): void {
      // What was set before the element was defined hides the property.
      for (const key of ["permission", "on"] as const) {
        if (!Object.hasOwn(this, key)) continue;
        const value = this[key];
        Reflect.deleteProperty(this, key);
        Reflect.set(this, key, value);
      }
      this.#stop = live.subscribe(() => this.#ask());
      this.#ask();
    }

    disconnectedCallback(): void {
      this.#stop?.();
      this.#stop = undefined;
    }

    attributeChangedCallback(): void {
      this.#ask();
    }

    get #about(): About {
      const text = this.getAttribute("on");
      return this.#given.length > 0 || text === null ? this.#given : [parsed(text)];
    }

    /** Elements that are nowhere do not ask: they do not hear either. */
    #ask(): void {
      if (this.#stop === undefined) return;
      this.#slot.name = SLOTS[stateOf(live, live.gate, this.permission, this.#about)];
    }
  }
  customElements.define(name, Can);
}

/** The slot that is shown. Children that are not shown do not act either: forms press buttons that nobody sees. */
function slotOf(element: Element): HTMLSlotElement {
  const [slot, fallback] = ["pending", "fallback"].map((name) =>
    Object.assign(document.createElement("slot"), { name }),
  ) as [HTMLSlotElement, HTMLSlotElement];
  slot.append(fallback);
  element.attachShadow({ mode: "open" }).append(slot);
  element.addEventListener(
    "click",
    (event) => {
      const path = event.composedPath();
      if (path[0] === element || path.includes(slot)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
  return slot;
}

function parsed(text: string): Resource | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
