// All of gate data, for those who read conditions and masks.

import { parseCondition } from "../condition/condition.js";
import { readMasks } from "./mask.js";
import type { Readers } from "./rules.js";
import { readWhy } from "./why-data.js";

export const LITE_READERS: Readers = {
  condition: (json) => parseCondition(json, true, 0),
  masks: readMasks,
  why: readWhy,
};
