// `rolegate/lite/core`: gates from gate data without conditions and masks, half the size.

import type { Node } from "../condition/facts.js";
import { field, must } from "../core/read.js";
import { CoreGate, dataGate } from "../gate/core-gate.js";
import { type Readers, readRules } from "../gate/rules.js";
import type { GateData, LiteOptions } from "../types/types.js";

export { type ErrorCode, isRolegateError, RolegateError } from "../core/errors.js";
export { CoreGate } from "../gate/core-gate.js";
export type * from "../types/types.js";

const READERS: Readers = {
  condition: () => must<Node>(undefined),
  why: undefined,
  masks: (data) => field(data, "masks", (masks) => must(masks === undefined && new Map<string, never[]>())),
};

/**
 * Like `restore` of `rolegate/lite`, for data without conditions and masks: those of roles that only grant
 * `own`, `team` and `all`. The gate has all methods of a gate of `rolegate/lite` except `fields`, `mask` and
 * `explain`.
 * @throws {RolegateError} `bad-gate-data`, with the location, for data with conditions or masks and for
 *   anything that is not gate data; `bad-options`
 */
export function restore(data: GateData, options?: LiteOptions): CoreGate {
  return dataGate(
    CoreGate,
    field({ data }, "data", (json) => readRules(json, READERS)),
    options,
  );
}
