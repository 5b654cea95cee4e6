// `rolegate/svelte`: answers that are read in markup, in `$derived` and in effects, and read again only when they have
// changed.

import { createSubscriber } from "svelte/reactivity";
import { toStore } from "svelte/store";
import {
  type About,
  type Ask,
  explanationOf,
  isAllowed,
  type State,
  stateOf,
  steady,
  whyNot,
} from "../bindings/answers.js";
import { closed } from "../bindings/closed.js";
import { follow, type Live, type RolegateSource } from "../bindings/live.js";
import { type MaybeGetter, valueOf } from "../bindings/values.js";
import type { LiteGate } from "../gate/lite-gate.js";
import type { Explanation, Permission, Scope } from "../types/types.js";

export type { RolegateSource } from "../bindings/live.js";
export { type GuardOptions, guard, type MenuItem, menu } from "../bindings/routes.js";

/** For `{@attach}`. */
export type CanAttachment = (element: HTMLElement) => () => void;

/**
 * Reactive answers. In markup, in `$derived` and in effects, each question is asked again when its own answer
 * has changed. Records in `$state` may change in place.
 */
export interface ReactiveGate {
  /** The current answers: a new object whenever one may have changed. */
  readonly current: LiteGate;
  /**
   * Whether the user may do this: with one argument on any record at all, with two on this record.
   * `undefined` and `null` stand for a record that is not there yet.
   */
  can(permission: Permission, ...resource: About): boolean;
  /** The same; what is denied only for want of the first answer or of the record is `pending`. */
  state(permission: Permission, ...resource: About): State;
  /** The records on which the user may do this. */
  scope(permission: Permission): Scope;
  /**
   * The decision with its reason, in the two forms of `can`.
   * @throws {RolegateError} `bad-gate-data` for gate data without explanations
   */
  explain(permission: Permission, ...resource: About): Explanation;
  /** The same of what is denied, if the gate can tell: for gate data without explanations it is `undefined`. */
  whyNot(permission: Permission, ...resource: About): Explanation | undefined;
  /** `{@attach gate.hideUnless("p", record)}`: hides the element if the user may not do this. */
  hideUnless(permission: Permission, ...resource: About): CanAttachment;
  /** The same, but a control is disabled instead, and anything else inert. */
  disableUnless(permission: Permission, ...resource: About): CanAttachment;
  /** The contract of stores: `$gate` is `gate.current`. */
  subscribe(run: (gate: LiteGate) => void): () => void;
}

const isPage = typeof document === "object";
/** What is made later in a page is hydrated by nobody. */
let isStarted = false;

/**
 * Reactive answers of a gate, a store or gate data. A function that returns one of these follows the `$state`
 * that it reads: another value is another source.
 * @throws {RolegateError} `bad-options` for anything but a source, `bad-gate-data`
 */
export function createGate(source: MaybeGetter<RolegateSource>): ReactiveGate {
  // A server, and the page while it hydrates, answer by the time of the data.
  let isFirst = !isStarted;
  const started = new Promise<void>((done) => isPage && setTimeout(done)).then(() => {
    isStarted = true;
    isFirst = false;
  });
  let last: RolegateSource | undefined;
  let live: Live;

  function followed(): Live {
    const next = valueOf(source);
    if (next !== last || last === undefined) live = follow(next);
    last = next;
    return live;
  }

  /** A gate is another whenever an answer may have changed, whatever it says. */
  const current = (): LiteGate =>
    answer(
      (_, gate) => gate,
      (ask) => ask,
    );

  function answer<T>(ask: Ask<T>, keep = steady<T>()): T {
    const it = followed();
    const kept = keep(ask);
    const read = (): T => kept(it, isFirst ? it.first : it.gate);
    const told = read();
    createSubscriber((update) => {
      const look = (): void => {
        try {
          if (read() === told) return;
        } catch {
          // Whoever asks again sees it.
        }
        update();
      };
      if (isFirst) void started.then(look);
      return it.subscribe(look);
    })();
    return told;
  }

  const isOpen = (permission: Permission, about: About): boolean =>
    answer((it, gate) => isAllowed(it, gate, permission, about));
  const attachment =
    (isDisabled: boolean): ReactiveGate["hideUnless"] =>
    (permission, ...about) =>
    (element) => {
      const set = closed(element, isDisabled);
      set(isOpen(permission, about));
      return () => set(true);
    };

  followed();
  return {
    get current() {
      return current();
    },
    can: (permission, ...about) => isOpen(permission, about),
    state: (permission, ...about) => answer((it, gate) => stateOf(it, gate, permission, about)),
    scope: (permission) => answer((_, gate) => gate.scope(permission)),
    explain: (permission, ...about) => answer((it, gate) => explanationOf(it, gate, permission, about)),
    whyNot: (permission, ...about) => answer((it, gate) => whyNot(it, gate, permission, about)),
    hideUnless: attachment(false),
    disableUnless: attachment(true),
    subscribe: (run) => toStore(current).subscribe(run),
  };
}
