// Elements with `data-can`: found, asked about, and asked again.

import { type About, stateOf, whyNot } from "../bindings/answers.js";
import { follow, type RolegateSource } from "../bindings/live.js";
import { type Checked, optionsOf, RECORD_RULES } from "../core/options.js";
import type { LiteGate } from "../gate/lite-gate.js";
import type { Explanation, Permission, Resource } from "../types/types.js";
import { acts, buttonOf, EVENTS, isInside, tells } from "./events.js";
import { MARKS, Marks, type State } from "./marks.js";

/** Options of {@link bind}. */
export interface BindOptions {
  /**
   * The record that an element is about. `undefined`, `null` and an exception stand for a record that is not
   * there. Without this option, and for elements with `data-can-any`, the question is about no record.
   */
  readonly resource?: (element: Element) => Resource | null | undefined;
  /**
   * Why an element is disabled, as its visitors read it. Default: the explanation in English, or a neutral
   * sentence where the gate cannot explain.
   * @param pending whether the record or the first answer is not there yet
   */
  readonly reason?: (element: Element, why: Explanation | undefined, pending: boolean) => string;
}

/** Stops what {@link bind} does. */
export interface Unbind {
  (): void;
  /** Asks again, about this element and those in it: because a record has arrived or has changed. */
  readonly refresh: (within?: Element) => void;
}

const NONE = undefined;
const absent = (): Checked<BindOptions> => ({ resource: NONE, reason: NONE });

/** What becomes of an element, and the sentence that says why. */
type Answer = [state: State, text?: string];

const CAN = "data-can";
const WATCHED = [CAN, "data-can-any", "data-can-mode", ...MARKS];

/**
 * Shows the elements with `data-can="permission"` below `root` (and `root` itself) only to who is allowed to;
 * with `data-can-mode="disable"` they stay, but do nothing, and tell why. Elements that are added later and
 * changed attributes are noticed; shadow roots are roots of their own. The returned function ends this, and
 * leaves all of them hidden, as they were before.
 * @throws {RolegateError} `bad-options` for an option that does not exist, and for anything but a gate, a store
 *   or gate data; `bad-gate-data`
 */
export function bind(
  root: Document | ShadowRoot | Element,
  source: RolegateSource,
  options?: BindOptions,
): Unbind {
  // A `resource` that is given as `undefined` finds nothing: if it were ignored, the questions would be wider.
  const { resource, reason = neutral } = optionsOf(options, absent, RECORD_RULES);
  const live = follow(source);
  const document = root.ownerDocument ?? root;
  const marks = new Marks(root, document);
  /** A gate that does not explain is not asked for each element. */
  let mute: LiteGate | undefined;
  const ending = new AbortController();

  function aboutOf(element: Element): About {
    if (resource === undefined || element.hasAttribute("data-can-any")) return [];
    try {
      return [resource?.(element)];
    } catch {
      return [null];
    }
  }

  /** @throws what a gate throws that is told to be loud, and what `reason` throws */
  function answer(element: Element, permission: Permission): Answer {
    const { gate } = live;
    const about = aboutOf(element);
    const state = stateOf(live, gate, permission, about);
    if (state === "allowed") return ["open"];
    if (element.getAttribute("data-can-mode") !== "disable") return ["hidden"];
    const why = live.isEmpty || gate === mute ? undefined : whyNot(live, gate, permission, about);
    if (why === undefined && !live.isEmpty) mute = gate;
    return ["disabled", reason(element, why, state === "pending")];
  }

  function ask(element: Element): void {
    const permission = element.getAttribute(CAN);
    if (permission === null || ending.signal.aborted || !root.contains(element)) {
      marks.clear(element);
      return;
    }
    let found: Answer = ["hidden"];
    try {
      found = answer(element, permission as Permission);
    } catch (error) {
      reportError(error);
    }
    marks.mark(element, found[0], found[1]);
  }

  function askWithin(node: Node): void {
    if (node.nodeType === Node.ELEMENT_NODE && (node as Element).hasAttribute(CAN)) ask(node as Element);
    for (const element of (node as Partial<ParentNode>).querySelectorAll?.(`[${CAN}]`) ?? []) ask(element);
  }

  function askAll(): void {
    for (const element of marks.elements()) ask(element);
  }

  function look(records: MutationRecord[]): void {
    for (const { attributeName, target, removedNodes, addedNodes } of records) {
      if (attributeName === null) for (const node of [...removedNodes, ...addedNodes]) askWithin(node);
      else if (marks.has(target) && MARKS.includes(attributeName)) marks.keep(target as Element);
      else ask(target as Element);
    }
    marks.keep();
  }

  /** The elements with marks that an event is about. */
  function concerned(event: Event): Element[] {
    const button = buttonOf(event, root.getRootNode() as ParentNode & Node);
    const around = button && [...marks.elements()].filter((element) => isInside(button, element));
    return [...(event.composedPath() as Element[]).filter((it) => marks.has(it)), ...(around ?? [])];
  }

  /** Asks once more at the last moment: timers may be late, and observers have not seen yet what is new. */
  function stop(event: Event): void {
    look(observer.takeRecords());
    for (const element of concerned(event)) {
      ask(element);
      if (marks.isOpen(element) || !acts(event)) continue;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (tells(event))
        element.dispatchEvent(
          new CustomEvent("rolegate-denied", {
            bubbles: true,
            composed: true,
            detail: marks.textOf(element),
          }),
        );
      return;
    }
  }

  const observer = new MutationObserver(look);
  observer.observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: WATCHED });
  const listening = { capture: true, signal: ending.signal };
  for (const name of EVENTS) root.addEventListener(name, stop, listening);
  // Forms may be around the root, and buttons may belong to any form of the tree.
  for (const tree of [root.getRootNode(), document]) tree.addEventListener("submit", stop, listening);
  askWithin(root);
  const unsubscribe = live.subscribe(askAll);

  function unbind(): void {
    ending.abort();
    unsubscribe();
    observer.disconnect();
    marks.clearAll();
  }
  return Object.assign(unbind, { refresh: (within: Element | typeof root = root) => askWithin(within) });
}

function neutral(_: Element, why: Explanation | undefined, pending: boolean): string {
  return why?.text ?? (pending ? "This is not available yet." : "You do not have permission to do this.");
}
