// Checks of data from elsewhere: whatever is not exactly right is refused, with its place.

import { isRecord } from "./attributes.js";
import { parseCondition, parsePath } from "./condition.js";
import { RolegateError } from "./errors.js";

/** Throws unless `value`, which stands at `place`, is right. */
export type Check = (value: unknown, place: string) => void;

const MAX_LENGTH = 1_000_000;

export function refuse(place: string, cause?: unknown): never {
  throw new RolegateError("bad-gate-data", `not what it should be: ${place}`, { cause });
}

export function is(test: (value: unknown) => boolean): Check {
  return (value, place) => {
    if (!test(value)) refuse(place);
  };
}

export function optional(check: Check): Check {
  return (value, place) => {
    if (value !== undefined) check(value, place);
  };
}

export function list(check: Check, least = 0): Check {
  return (value, place) => {
    if (!Array.isArray(value) || value.length < least || value.length > MAX_LENGTH) return refuse(place);
    for (let i = 0; i < value.length; i++) check(value[i], `${place}/${i}`);
  };
}

/** An object with these properties and no others. */
export function object(checks: Readonly<Record<string, Check>>): Check {
  return (value, place) => {
    if (!isRecord(value)) return refuse(place);
    const own: Record<string, unknown> = { __proto__: null, ...value };
    for (const key in own) if (!Object.hasOwn(checks, key)) refuse(`${place}/${key}`);
    for (const key in checks) checks[key]?.(own[key], `${place}/${key}`);
  };
}

/** What `parse` takes without throwing. */
function parsed(parse: (value: never) => unknown): Check {
  return (value, place) => {
    try {
      parse(value as never);
    } catch (error) {
      refuse(place, error);
    }
  };
}

export const text: Check = is((value) => typeof value === "string");
export const flag: Check = is((value) => typeof value === "boolean");
export const time: Check = is(Number.isFinite);

export function index(end: number): Check {
  return is((value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) < end);
}

/** Owner paths and team paths. */
export const mapping: Check = (value, place) => {
  list(list(parsed(parsePath), 1), 2)(value, place);
  if ((value as unknown[]).length > 2) refuse(place);
};

/** The properties of a part, in which `teams` checks what stands under `teams`. */
export function partOf(teams: Check): Record<"any" | "none", Check> {
  const condition = optional(parsed(parseCondition));
  const own = optional(is((value) => value === true));
  return {
    any: list(object({ own, teams: optional(teams), where: condition })),
    none: optional(list(object({ teams: optional(teams), unless: condition }))),
  };
}
