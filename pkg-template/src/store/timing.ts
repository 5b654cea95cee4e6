// Timers, and the clock that nobody sets.

import { Fault } from "./answer.js";

/** What a timer can be set to; more would fire at once. */
const LONGEST = 2 ** 31 - 1;

/** Milliseconds that have passed since some moment, whatever becomes of the date. */
export function elapsed(): number {
  return performance.now();
}

/** A timer that can be set again and again; the last time counts. */
export interface Timer {
  set(ms: number): void;
  stop(): void;
  isSet(): boolean;
}

/** @param isKept whether a process without other work is to wait for it */
export function timer(action: () => void, isKept: () => boolean): Timer {
  let id: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    clearTimeout(id);
    id = undefined;
  };
  const run = (): void => {
    id = undefined;
    action();
  };
  return {
    stop,
    isSet: () => id !== undefined,
    set(ms) {
      stop();
      id = setTimeout(run, Math.max(0, Math.min(ms, LONGEST)));
      if (!isKept()) (id as { unref?: () => void }).unref?.();
    },
  };
}

/** What a promise gives, if it does so in time. */
export async function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  let id: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, failed) => {
    id = setTimeout(() => failed(new Fault(`${what} took longer than ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(id);
  }
}
