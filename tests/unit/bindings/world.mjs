// Sources for bindings: gates, data and stores by a clock that tests move, and what they count.

import { mock } from "node:test";
import { restore } from "../../../pkg/lite/index.js";
import { testGate } from "../../../pkg/testing/index.js";

export const NOW = 1_795_000_000_000;
export const OWN = { "c.reply": "own", "c.view": true };
export const MINE = { owner: "ana" };
export const OTHERS = { owner: "bo" };
/** By the clock of the test, read anew each time. */
export const options = { user: "ana", now: () => Date.now() };

/** Runs a test with a clock and timers that stand still until it moves them. */
export function inTime(action) {
  return async () => {
    mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
    try {
      await action(tick);
    } finally {
      mock.timers.reset();
    }
  };
}

/** In steps: what a timer sets does not run in the same one. */
function tick(ms) {
  const step = Math.max(10, ms / 100);
  for (let at = 0; at < ms; at += step) mock.timers.tick(Math.min(step, ms - at));
}

export const gateOf = (permissions = OWN) => testGate(permissions, options);

/** Data that end. */
export const ending = (ms) => ({ ...gateOf().toJSON(), at: NOW, expires: NOW + ms });

export const endingGate = (ms) => restore(ending(ms), { now: options.now });

/** What ends by the age of the record. */
export const AGING = { "c.reply": { when: { "resource.at": { $since: "now-2s" } } } };
export const agingGate = () => gateOf(AGING);

/** @returns a listener that counts */
export function counter() {
  const listener = () => {
    listener.calls += 1;
  };
  listener.calls = 0;
  return listener;
}

/** A store whose listeners are not called before `tell`, as those of a real store. */
export function slowStore(gate, status = "ready") {
  const listeners = new Set();
  return {
    gate,
    status,
    subscribe(listener) {
      const own = (event) => listener(event);
      listeners.add(own);
      return () => listeners.delete(own);
    },
    tell: () => [...listeners].forEach((listener) => void listener({})),
    listeners,
  };
}

/** Puts values on `Object.prototype` for as long as `action` takes. */
export function polluted(values, action) {
  Object.assign(Object.prototype, values);
  try {
    return action();
  } finally {
    for (const key of Object.keys(values)) delete Object.prototype[key];
  }
}
