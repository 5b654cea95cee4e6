// Timers, and the monotonic clock, which nobody can set.

/** The longest time of a timer; a longer one would fire immediately. */
const LONGEST = 2 ** 31 - 1;

/** Milliseconds since some moment, independent of the date. */
export function elapsed(): number {
  return performance.now();
}

/** A timer that can be set repeatedly; the last time counts. */
interface Timer {
  set(ms: number): void;
  stop(): void;
  isSet(): boolean;
}

/** @param isKept whether the timer keeps a process alive that has no other work. Default: no */
export function timer(action: () => unknown, isKept?: () => boolean): Timer {
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
      id = setTimeout(() => (stop(), action()), Math.min(Math.max(ms, 0), LONGEST));
      if (!isKept?.()) (id as { unref?: () => void }).unref?.();
    },
  };
}

/** The result of a promise, or an error if it takes too long. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let id: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, failed) => {
    id = setTimeout(() => failed(new Error("no answer in time")), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(id));
}
