// `rolegate/lite/core`: gates from gate data without conditions and masks, in half of the bytes.

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
 * What `restore` of `rolegate/lite` does, for data that have no conditions and no masks: of a gate whose
 * roles grant `own`, `team` and `all`. Such a gate does all that one of `rolegate/lite` does, but for
 * `fields`, `mask` and `explain`.
 * @throws {RolegateError} `bad-gate-data`, naming the place, for data with conditions or masks, and for
 *   anything that is not gate data; `bad-options`
 */
export function restore(data: GateData, options?: LiteOptions): CoreGate {
  return dataGate(
    CoreGate,
    field({ data }, "data", (json) => readRules(json, READERS)),
    options,
  );
}
