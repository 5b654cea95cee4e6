// The clock. Reading it costs as much as several checks, so a reading holds until the running task is done.

/** The year 10000: from then on no host is asked, and no schedule is known to hold. */
export const END = 253_402_300_800_000;

let reading: number | undefined;

/** Which task is running, as far as the clock was read in it. */
export const running: { task: number } = { task: 1 };

function drop(): void {
  reading = undefined;
  running.task += 1;
}

/** Milliseconds since the epoch, as of the first call in the running task. */
export function taskNow(): number {
  if (reading === undefined) {
    reading = Date.now();
    // Zone.js tells Angular of each microtask; then a check in a template would have it checked without end.
    const { root } = (globalThis as Zoned).Zone ?? {};
    if (root === undefined) dropLater();
    else root.run(dropLater);
  }
  return reading;
}

interface Zoned {
  readonly Zone?: { readonly root?: { run(task: () => void): void } };
}

function dropLater(): void {
  void Promise.resolve().then(drop);
}

/** The time that an option `now` tells; NaN if it tells none. */
export function readNow(now: unknown): number {
  try {
    const time: unknown = typeof now === "function" ? now() : now;
    return typeof time === "number" ? time : NaN;
  } catch {
    return NaN;
  }
}
