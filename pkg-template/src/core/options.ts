// Options. A misspelt option or a meaningless value is an error: if it were ignored, a bound would not apply.

import type { AskOptions, DataOptions, GateOptions, LiteOptions, LoadOptions } from "../types/types.js";
import { RolegateError } from "./errors.js";

/**
 * What an explicit `undefined` is of each option: as if it were `absent`, or `closed`, because a look-up that
 * failed must not switch a check off. A new option must say so.
 */
type IfUndefined = Each<{
  context: "absent";
  now: "absent";
  onDecision: "absent";
  records: "closed";
  roles: "closed";
  limit: "closed";
  until: "closed";
  onUnknown: "closed";
  resource: "closed";
  maxBytes: "absent";
  minRevision: "closed";
  tenant: "closed";
  full: "absent";
  explain: "absent";
}>;
type Each<T extends Record<keyof AskOptions | keyof LoadOptions | keyof DataOptions, "absent" | "closed">> =
  T;
type IsClosed<K> = K extends keyof IfUndefined ? (IfUndefined[K] extends "closed" ? true : false) : false;

/** Options that were read: every key is there. A closed one that was given as `undefined` is `null`. */
export type Checked<T> = {
  readonly [K in keyof T]-?: T[K] | undefined | (IsClosed<K> extends true ? null : never);
};

/** Gives the value, or refuses it. */
type Rule = (value: unknown, key: string) => unknown;

/** For closed options. */
type Rules = { readonly [key: string]: Rule | null };
type RulesOf<T> = Rules & { readonly [K in keyof T as IsClosed<K> extends true ? K : never]-?: Rule };

// Every table of keys gives them all, absent: so they can be read whatever `Object.prototype` has.

const NONE = undefined;

export const LITE_OPTIONS = (): Checked<LiteOptions> => ({ context: NONE, now: NONE, onDecision: NONE });

export const GATE_OPTIONS = (): Checked<GateOptions> => ({
  context: NONE,
  now: NONE,
  onDecision: NONE,
  records: NONE,
  roles: NONE,
  limit: NONE,
  until: NONE,
  onUnknown: NONE,
});

export const ASK_OPTIONS = (): Checked<AskOptions> => ({ ...GATE_OPTIONS(), resource: NONE });

export const LOAD_OPTIONS = (): Checked<LoadOptions> => ({
  maxBytes: NONE,
  minRevision: NONE,
  tenant: NONE,
  full: NONE,
});

export const DATA_OPTIONS = (): Checked<DataOptions> => ({ explain: NONE });

/** Whoever reads it says what is wrong. */
const any: Rule = (value) => value;

const NO_RULES: Rules = { __proto__: null };

export const GATE_RULES: RulesOf<AskOptions> = {
  __proto__: null,
  limit: any,
  roles: any,
  resource: any,
  until: /* @__PURE__ */ among("number"),
  records: /* @__PURE__ */ among('"optional" "required"'),
  onUnknown: /* @__PURE__ */ among('"deny" "throw" function'),
};

/** For options in which the presence of `resource` decides whether it is about a record. */
export const RECORD_RULES: Rules = { __proto__: null, resource: any };

export const LOAD_RULES: RulesOf<LoadOptions> = { __proto__: null, tenant: any, minRevision: any };

/** Engines know it best: in a loop over keys it costs nothing. */
const { hasOwnProperty } = Object.prototype;

/**
 * Reads the own keys of options.
 * @param absent the table of keys
 * @throws {RolegateError} `bad-options`, which names the nearest right key
 */
export function optionsOf<T>(
  options: T | undefined,
  absent: () => Checked<T>,
  rules: Rules = NO_RULES,
): Checked<T> {
  const read = absent() as Record<string, unknown>;
  if (options === undefined) return read as Checked<T>;
  try {
    for (const key in plain(options)) {
      if (!hasOwnProperty.call(options, key)) continue;
      if (!hasOwnProperty.call(read, key)) refuse(`unknown option \`${key}\``, key, Object.keys(read));
      const value = (options as Record<string, unknown>)[key];
      const rule = rules[key];
      read[key] = value === undefined ? rule && null : rule ? rule(value, key) : value;
    }
  } catch (cause) {
    throw cause instanceof RolegateError
      ? cause
      : new RolegateError("bad-options", "options must be a plain object", { cause });
  }
  return read as Checked<T>;
}

/**
 * What is a plain object. Of a list, a map or a promise nobody would see that it names no option, and what is
 * inherited would be passed over.
 */
export function plain<T>(options: T): T {
  const prototype: unknown = Object.getPrototypeOf(options);
  // `Object.prototype`, of this realm or another.
  if (
    prototype !== null &&
    !(Object.getPrototypeOf(prototype) === null && hasOwnProperty.call(prototype, "hasOwnProperty"))
  )
    throw new TypeError();
  return options;
}

/** @param allowed literals and types */
export function among(allowed: string): Rule {
  return (value, key) => {
    const possible = allowed.split(" ");
    const given = typeof value === "string" ? `"${value}"` : Number.isNaN(value) ? "NaN" : typeof value;
    return possible.includes(given) ? value : refuse(`\`${key}\` cannot be ${given}`, given, possible);
  };
}

/**
 * @param possible keys or values; the nearest, which has the most pairs of neighbouring characters in common,
 * is named first
 */
function refuse(problem: string, given: string, possible: string[]): never {
  const nearness = (right: string): number =>
    [...given].filter((_, at) => right.includes(given.slice(at, at + 2))).length;
  possible.sort((a, b) => nearness(b) - nearness(a));
  throw new RolegateError("bad-options", `${problem}: did you mean ${possible.join(", or ")}?`);
}
