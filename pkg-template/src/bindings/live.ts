// What every binding follows: a gate, a store or gate data, as one gate that is replaced whenever an answer may
// have changed.

import { RolegateError } from "../core/errors.js";
import { textOf } from "../core/read.js";
import type { LiteGate } from "../gate/lite-gate.js";
import { restore } from "../lite/index.js";
import type { Store } from "../store/types.js";
import type { GateData } from "../types/types.js";

/** What a binding takes: a gate, a store, or the result of `gate.toJSON()`. */
export type RolegateSource = LiteGate | Pick<Store, "gate" | "status" | "subscribe"> | GateData;

/** A source that is followed. */
export interface Live {
  /**
   * The answers of the first rendering. For gate data they are those of the time at which the data were made,
   * so that a server and a hydrating page agree; for others they are the current ones.
   */
  readonly first: LiteGate;
  /** The current answers: a new object whenever one may have changed, and otherwise the same object. */
  readonly gate: LiteGate;
  /** Whether a store has no answer yet. */
  readonly isEmpty: boolean;
  /** Calls `listener` when answers may have changed. @returns a function that unsubscribes */
  readonly subscribe: (listener: () => void) => () => void;
  /** Also calls the listeners at this time (ms), because the answer for a record may change then. */
  readonly wake: (at: number) => void;
}

/** Machines sleep and clocks are set, and timers know nothing of it: what has ended is not shown for longer. */
const LONGEST = 1000;
/** A clock that stands still must not make a timer that never rests. */
const SHORTEST = 50;

/**
 * What makes a source another one: for gate data it is what they say, because frameworks and servers often make
 * the same data anew.
 */
export function identityOf(source: RolegateSource): unknown {
  return has(source, "subscribe") || has(source, "can") ? source : textOf({ ...source, at: 0 });
}

/**
 * Follows a source. Timers and subscriptions exist only while something listens.
 * @throws {RolegateError} `bad-options` for anything but a source, `bad-gate-data`
 */
export function follow(source: RolegateSource): Live {
  const store = has(source, "subscribe") ? source : undefined;
  const given = store ? undefined : has(source, "can") ? source : restored(source as GateData);
  const first = given === source ? undefined : given?.with({ now: (source as GateData).at });
  const read = (): LiteGate => given ?? (store as Store).gate;
  const listeners = new Set<() => void>();
  let base = read();
  let gate = base;
  /** Of which gate the listeners know: whoever reads may be the first to see a new one. */
  let told = gate;
  let due = base.validUntil;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop: (() => void) | undefined;

  function current(): LiteGate {
    const next = read();
    if (next !== base || next.now() >= due) {
      gate = next === base ? next.with({}) : next;
      base = next;
      due = next.validUntil;
      arm();
    }
    return gate;
  }

  function arm(): void {
    clearTimeout(timer);
    const left = gate === told ? due - base.now() : 0;
    if (listeners.size === 0 || !(left < Infinity)) return;
    timer = setTimeout(
      () => (current() === told ? arm() : tell()),
      Math.min(Math.max(left, SHORTEST), LONGEST),
    );
    (timer as { unref?: () => void }).unref?.();
  }

  /** Calls all listeners, also after one has thrown. */
  function tell(): void {
    told = current();
    let failure: [cause: unknown] | undefined;
    for (const listener of [...listeners]) {
      try {
        if (listeners.has(listener)) listener();
      } catch (cause) {
        failure ??= [cause];
      }
    }
    arm();
    if (failure) throw failure[0];
  }

  return {
    get first() {
      return first ?? current();
    },
    get gate() {
      return current();
    },
    get isEmpty() {
      return store?.status === "empty";
    },
    subscribe(listener) {
      const own = (): void => listener();
      listeners.add(own);
      if (listeners.size === 1) {
        stop = store?.subscribe(tell);
        arm();
      }
      return () => {
        if (!listeners.delete(own) || listeners.size > 0) return;
        stop?.();
        clearTimeout(timer);
      };
    },
    wake(at) {
      if (!(at < due)) return;
      due = at;
      arm();
    },
  };
}

function restored(data: GateData): LiteGate {
  if (typeof data !== "object" || data === null)
    throw new RolegateError("bad-options", `not a gate, a store or gate data: ${String(data)}`);
  return restore(data);
}

/** Whether a source has such a method, and not just because every object has it. */
export function has<K extends string>(
  source: RolegateSource,
  name: K,
): source is Extract<RolegateSource, { [k in K]: unknown }> {
  const method = (source as { [k in K]?: unknown } | undefined)?.[name];
  return typeof method === "function" && method !== (Object.prototype as { [k in K]?: unknown })[name];
}
