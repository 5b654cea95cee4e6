// Small cases that stand for what people met in other systems and in this package (tests/cases/reports.mjs).

import { cases as reports } from "../cases/reports.mjs";
import { equal } from "./report.mjs";

/** People from outside the snapshot are still to come. */
const TO_COME = /^subject/;

export async function cases(report, lib) {
  for (const [id, what, ask, wanted] of reports(lib)) {
    if (!TO_COME.test(id)) await report.test(`case ${id}: ${what}`, async () => equal(await ask(), wanted));
  }
}
