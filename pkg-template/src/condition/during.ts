// `$during`: hours of the local day on some days of the week.
//
// Twin of src/condition/during.rs; tests/package/own.mjs and tests/own.rs hold them equal.

import { END } from "../core/clock.js";
import { zoneOffset } from "../host.js";
import type { During } from "../types/types.js";

const MINUTE = 60_000;
const DAY = 86_400_000;
/** More steps than a week has boundaries, so that a schedule that changes does so within them. */
const STEPS = 40;
const DAYS = ["thu", "fri", "sat", "sun", "mon", "tue", "wed"];

/** From when on and until when. */
export type Window = readonly [from: number, until: number];

export const ALWAYS: Window = [-Infinity, Infinity];

/** The time that two windows share. */
export function both(a: Window, b: Window): Window {
  return a === ALWAYS ? b : b === ALWAYS ? a : [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
}

/** The longest time around `now` in which it stays inside a window, or outside. */
export function steadyIn([from, until]: Window, now: number): Window {
  return now < from ? [-Infinity, from] : now < until ? [from, until] : [until, Infinity];
}

/**
 * A schedule at a moment: whether it holds (`undefined`: nobody knows), and how long around it that stays so.
 */
export interface Hours {
  holds(now: number): boolean | undefined;
  steady(now: number): Window;
}

export function hoursOf({ tz, days = DAYS as During["days"], from = "00:00", to = "24:00" }: During): Hours {
  const [start, end] = [minutesOf(from), minutesOf(to)];
  const hasDay = (day: number): boolean =>
    (days as readonly string[]).includes(DAYS[((day % 7) + 7) % 7] as string);
  const localAt = (now: number): number => now + zoneOffset(tz, now) * MINUTE;

  const holds = (now: number): boolean | undefined => {
    const local = localAt(now);
    if (now >= END || Number.isNaN(local)) return undefined;
    const day = Math.floor(local / DAY);
    const minute = (local - day * DAY) / MINUTE;
    if (start < end) return hasDay(day) && start <= minute && minute < end;
    return (hasDay(day) && start <= minute) || (hasDay(day - 1) && minute < end);
  };

  /** Milliseconds to the next local time at which the answer may change, or since the last. */
  const toBoundary = (local: number, ahead: boolean): number => {
    const time = local - Math.floor(local / DAY) * DAY;
    const distances = [0, start, end % 1440].map((minutes) =>
      ahead ? minutes * MINUTE - time : time - minutes * MINUTE,
    );
    return distances.reduce(
      (least, it) => Math.min(least, it > 0 || (!ahead && it === 0) ? it : it + DAY),
      DAY,
    );
  };

  /** The nearest moment after `now` at which the answer differs, or up to `now` before which it did. */
  const change = (now: number, value: boolean, ahead: boolean): number => {
    const never = ahead ? Infinity : -Infinity;
    let at = now;
    for (let step = 0; step < STEPS; step += 1) {
      const offset = zoneOffset(tz, at);
      const distance = toBoundary(localAt(at), ahead);
      let next = ahead ? at + distance : at - distance;
      const other = zoneOffset(tz, next);
      if (Number.isNaN(other)) return never;
      // Where the clock is put on or back the local time jumps: that is a boundary, too.
      if (other !== offset) next = ahead ? transition(tz, at, next) : transition(tz, next, at);
      if (holds(ahead ? next : next - 1) !== value) return next;
      at = ahead ? next : next - 1;
    }
    return never;
  };

  const steady = (now: number): Window => {
    const value = holds(now);
    if (value === undefined) return now >= END ? [END, Infinity] : ALWAYS;
    const next = change(now, value, true);
    return [change(now, value, false), Math.min(END, next)];
  };
  // Roles, permissions and assignments ask the same schedule at one moment, and asking the host is slow.
  let [at, holdsThen, steadyThen]: [number, boolean | undefined, Window | undefined] = [
    NaN,
    undefined,
    undefined,
  ];
  const settle = (now: number): void => {
    if (now !== at) [at, holdsThen, steadyThen] = [now, holds(now), undefined];
  };
  return {
    holds(now) {
      settle(now);
      return holdsThen;
    },
    steady(now) {
      settle(now);
      return (steadyThen ??= steady(now));
    },
  };
}

function minutesOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

/** The moment between two, with different offsets, at which the offset of the first ends. */
function transition(zone: string, before: number, after: number): number {
  const offset = zoneOffset(zone, before);
  let [low, high] = [Math.floor(before), Math.floor(after) + 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zoneOffset(zone, middle) === offset) low = middle;
    else high = middle;
  }
  return high;
}
