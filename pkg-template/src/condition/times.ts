// Times in conditions: RFC 3339 text, and `now` with an offset.
//
// Twin of src/time.rs; tests/package/own.mjs and tests/own.rs hold them equal.

import { Instant } from "../core/attributes.js";
import { END } from "../core/clock.js";

const TIME =
  /^(\d{4}-\d\d-(\d\d))[Tt](([01]\d|2[0-3]):([0-5]\d):([0-5]\d))(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;
const NOW = /^now(?:([+-])([1-9]\d{0,6})([smhdw]))?$/;
const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** The year 0. */
const START = -62_167_219_200_000;

/** A value that was read as a time, in milliseconds; `undefined` if it is none. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value === "number") return Math.floor(value);
  if (value instanceof Instant) return value.ms;
  const [, date, day, , hours, minutes, seconds, fraction = "", sign, offsetHours, offsetMinutes] =
    (typeof value === "string" && TIME.exec(value)) || [];
  if (date === undefined) return undefined;
  const midnight = Date.parse(date);
  // What is not a day of its month is not a date, or one of the next month.
  if (new Date(midnight).getUTCDate() !== Number(day)) return undefined;
  const offset =
    sign === undefined ? 0 : Number(`${sign}1`) * (Number(offsetHours) * 60 + Number(offsetMinutes));
  return (
    midnight +
    ((Number(hours) * 60 + Number(minutes) - offset) * 60 + Number(seconds)) * 1000 +
    Number(fraction.padEnd(3, "0").slice(0, 3))
  );
}

/** A time as text; one that the text has no year for as its milliseconds. */
export function writeTime(ms: number): string | number {
  return ms >= START && ms < END ? new Date(ms).toISOString() : ms;
}

/**
 * How far from the clock `now`, `now-15m` and the like are, in milliseconds; `undefined` for anything else.
 */
export function offsetOf(text: unknown): number | undefined {
  const match = typeof text === "string" ? NOW.exec(text) : null;
  if (match === null) return undefined;
  const [, sign, count, unit] = match;
  return sign === undefined ? 0 : Number(sign + (count as string)) * (UNITS[unit as string] as number);
}
