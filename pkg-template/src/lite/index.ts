// `rolegate/lite`: gates from gate data, synchronously and without wasm.

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
 * Makes a gate with the same answers from the result of `gate.toJSON()`. Pass the same `context`, and for the
 * first render of a hydrating page `now: data.at`.
 *
 * Each permission ends on its own: from its `until` on it is denied; the others are not affected.
 * @throws {RolegateError} `bad-gate-data`, with the location, for anything that is not exactly gate data;
 *   `bad-options`
 */
export function restore(data: GateData, options?: LiteOptions): LiteGate {
  return dataGate(
    LiteGate,
    field({ data }, "data", (json) => readRules(json, LITE_READERS)),
    options,
  );
}
