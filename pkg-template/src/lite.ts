// `rolegate/lite`: gates from gate data. No wasm, no promise, no reader of snapshots.

import { flag, index, is, list, mapping, object, optional, partOf, refuse, text, time } from "./check.js";
import { isRolegateError } from "./errors.js";
import { type LiteGate, liteGate } from "./lite-gate.js";
import { catalogOf, compile, type Rules } from "./rules.js";
import type { GateData, LiteOptions } from "./types.js";

export { type ErrorCode, isRolegateError, RolegateError } from "./errors.js";
export { LiteGate } from "./lite-gate.js";
export type * from "./types.js";

/**
 * Turns what `gate.toJSON()` gave, on a server, at the edge or in a build, back into a gate with the same answers. Give it the same
 * `context`; for the first render of a hydrating page give it `now: data.at`.
 *
 * Each permission ends by itself: from its own `until` on it is "no", and the others go on.
 * @throws {RolegateError} `bad-gate-data`, naming the place, for anything that is not exactly gate data
 */
export function restore(data: GateData, options: LiteOptions = {}): LiteGate {
  return liteGate(readRules(data), options);
}

function readRules(data: unknown): Rules {
  try {
    check(data as GateData);
    const rules = compile(data as GateData, catalogOf((data as GateData).ids));
    rules.data.table.forEach((_, at) => rules.rule(at));
    return rules;
  } catch (error) {
    if (isRolegateError(error)) throw error;
    return refuse("gate data", error); // prerequisites in a chain that is longer than the stack
  }
}

function check(data: GateData): void {
  const size = (list: unknown): number => (Array.isArray(list) ? list.length : 0);
  const position = list(index(size(data.ids)));
  const rule = object({
    ...partOf(index(size(data.teams))),
    scoped: optional(flag),
    map: optional(index(size(data.maps))),
    same: optional(position),
    other: optional(position),
    since: optional(time),
    until: optional(time),
  });
  object({
    format: is((value) => value === "rolegate-gate/1"),
    user: text,
    tenant: optional(text),
    revision: index(2 ** 53),
    at: time,
    since: optional(time),
    expires: optional(time),
    validSince: optional(time),
    validUntil: optional(time),
    ids: list(text),
    rules: list(index(size(data.table))),
    table: list(rule),
    maps: optional(list(mapping)),
    teams: optional(list(list(text))),
    categories: optional(list(text)),
    masks: optional(list(is(() => false))),
  })(data, "gate data");
  if (new Set(data.ids).size < data.ids.length || data.rules.length !== data.ids.length) refuse("gate data/ids");
}
