// `rolegate/lite`: gates from gate data. No wasm, no promise, no reader of snapshots.

import { field } from "../core/read.js";
import { dataGate } from "../gate/core-gate.js";
import { LiteGate } from "../gate/lite-gate.js";
import { LITE_READERS } from "../gate/lite-readers.js";
import { readRules } from "../gate/rules.js";
import type { GateData, LiteOptions } from "../types/types.js";

export { type ErrorCode, isRolegateError, RolegateError } from "../core/errors.js";
export { LiteGate } from "../gate/lite-gate.js";
export type * from "../types/types.js";

/**
 * Turns what `gate.toJSON()` gave, on a server, at the edge or in a build, back into a gate with the same
 * answers. Give it the same `context`; for the first render of a hydrating page give it `now: data.at`.
 *
 * Each permission ends by itself: from its own `until` on it is "no", and the others go on.
 * @throws {RolegateError} `bad-gate-data`, naming the place, for anything that is not exactly gate data;
 *   `bad-options`
 */
export function restore(data: GateData, options?: LiteOptions): LiteGate {
  return dataGate(
    LiteGate,
    field({ data }, "data", (json) => readRules(json, LITE_READERS)),
    options,
  );
}
