// One load for all who ask meanwhile.
//
// In Workers, what a request began ends with that request: whoever waits for a promise of another request may
// wait forever. So a load has a pulse, a timer of the request that it belongs to, and all others wait by
// timers of their own. When the pulse has stopped, one of them begins anew.

import { elapsed, within } from "../store/timing.js";

/** How long a look may take, with verifying and loading. */
export const LIMIT = 10_000;
const BEAT = 100;
/** How long one listens for the pulse, and how often in vain: a long computation delays all timers. */
const LISTENING = 2 * BEAT;
const SILENCE = 2;

export class Flight {
  /** By the monotonic clock. */
  readonly began: number = elapsed();
  /** Then it has ended, or whoever began it is gone. */
  readonly over: number = this.began + 1.1 * LIMIT;
  /** Resolves when it has ended, well or not. */
  readonly end: Promise<void>;
  private beats = 0;

  /** @param work never rejects */
  constructor(work: (flight: Flight) => Promise<void>) {
    const pulse = setInterval(() => (this.beats += 1), BEAT);
    (pulse as { unref?: () => void }).unref?.();
    this.end = work(this).finally(() => clearInterval(pulse));
  }

  /**
   * Waits for the end, at most until a time by the monotonic clock.
   * @returns whether it is lost: whoever began it is gone
   */
  async isLost(until: number): Promise<boolean> {
    let silence = 0;
    for (let left: number; (left = until - elapsed()) > 0; ) {
      const { beats } = this;
      const ended = this.end.then(() => true);
      if (await within(Math.min(left, LISTENING), ended).catch(() => false)) return false;
      silence = beats === this.beats ? silence + 1 : 0;
      if (silence === SILENCE) return true;
    }
    return false;
  }
}
