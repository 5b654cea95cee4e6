// Timers, and the clock that nobody sets.

/** What a timer can be set to; more would fire at once. */
const LONGEST = 2 ** 31 - 1;

/** Milliseconds that have passed since some moment, whatever becomes of the date. */
export function elapsed(): number {
  return performance.now();
}

/** A timer that can be set again and again; the last time counts. */
interface Timer {
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
  return {
    stop,
    isSet: () => id !== undefined,
    set(ms) {
      stop();
      id = setTimeout(() => (stop(), action()), Math.min(ms, LONGEST));
      if (!isKept()) (id as { unref?: () => void }).unref?.();
    },
  };
}

/** What a promise gives, if it does so in time. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let id: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, failed) => {
    id = setTimeout(() => failed(new Error(`no answer within ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(id));
}
