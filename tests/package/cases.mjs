// Small cases that stand for what people met in other systems and in this package, and for hostile and
// careless use (tests/cases/).

import { cases as hostileUse } from "../cases/hostile-use.mjs";
import { cases as reports } from "../cases/reports.mjs";
import { equal } from "./report.mjs";

/** What is measured in milliseconds fails on a machine that is busy. */
const NOT_ASKED = /^(regex-address|during-cube|remedies-during|long-name)$/;

export async function cases(report, lib) {
  for (const [id, what, ask, wanted] of [...reports(lib), ...hostileUse(lib)]) {
    if (!NOT_ASKED.test(id)) await report.test(`case ${id}: ${what}`, async () => equal(await ask(), wanted));
  }
}
