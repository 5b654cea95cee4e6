// What the contenders are asked in each row, and the right answers.

import {
  answer,
  isTenantLevel,
  myGrants,
  PERMISSIONS,
  partsOf,
  recordsOf,
  ring,
} from "../tenant/helpdesk.mjs";

/** Records of one type, of which a user sees some. */
export const FILTERED = recordsOf("reports", 10_000, 5);
const FILTER_PERMISSIONS = ["reports.view", "reports.export"];
const conditional = new Set(myGrants().flatMap(({ permission, when }) => (when ? permission : [])));
/** Denied permissions, too, so that half of the answers can be "no". */
const plain = PERMISSIONS.filter((permission) => !conditional.has(permission) && !isTenantLevel(permission));

const names = ring(PERMISSIONS, false, 1);
const byReach = ring(plain, true, 2);
const byCondition = ring([...conditional], true, 3);
const one = byReach.filter((question) => question.answer).slice(0, 1);
const filters = FILTER_PERMISSIONS.map((permission) => ({
  permission,
  kept: (records) => records.filter((record) => answer(permission, record)).length,
}));

/**
 * `row` is the row of a contender that answers, `isFresh`: with new strings for each question; `isList`: the
 * answer is a list, whose length counts; `isFilter`: of the contender's records, each of which is a unit of
 * work.
 */
export const ROWS = [
  { id: "can", title: "can(p)", row: "name", questions: names },
  { id: "can-record", title: "can(p, r), own or team", row: "record", questions: byReach },
  {
    id: "can-condition",
    title: "can(p, r), a condition on the record",
    row: "condition",
    questions: byCondition,
  },
  { id: "can-fresh", title: "can(p), a new string each time", row: "name", questions: names, isFresh: true },
  {
    id: "can-record-fresh",
    title: "can(p, r), own or team, a new string each time",
    row: "record",
    questions: byReach,
    isFresh: true,
  },
  {
    id: "can-condition-fresh",
    title: "can(p, r), a condition, a new string each time",
    row: "condition",
    questions: byCondition,
    isFresh: true,
  },
  {
    id: "filter",
    title: "filter of 10,000, for each record",
    row: "filter",
    questions: filters,
    isList: true,
    isFilter: true,
  },
  {
    id: "permissions",
    title: "permissions() of 60",
    row: "list",
    questions: [{ answer: myGrants().length }],
    isList: true,
  },
  { id: "for", title: "for(user) and its first check", row: "build", questions: one },
  {
    id: "for-first",
    title: "for(user), the first of those who hold the same, and its first check",
    row: "first",
    questions: one,
  },
  {
    id: "for-permissions",
    title: "the same with 1,000 permissions",
    row: "permissions",
    questions: [{ answer: true }],
  },
  {
    id: "for-roles",
    title: "the same with 50 roles of 300 permissions",
    row: "roles",
    questions: [{ answer: true }],
  },
  {
    id: "for-people",
    title: "for and a check of 1,000 people with other teams, in turn",
    row: "people",
    questions: [{ answer: true }],
  },
  { id: "scope", title: "scope(p), asked again", row: "scope", questions: names },
  { id: "with", title: "with({ context }) and a check", row: "with", questions: names },
  { id: "explain", title: "explain(p, r)", row: "explain", questions: byReach },
  { id: "travel", title: "toJSON, restore and a check", row: "travel", questions: one },
];

/** Every permission without a record and on records, for the comparison of answers. */
export function* everything() {
  for (const permission of PERMISSIONS) {
    yield { row: "name", permission, answer: answer(permission) };
    for (const record of recordsOf(partsOf(permission).subject, 24, 4)) {
      yield {
        row: conditional.has(permission) ? "condition" : "record",
        permission,
        record,
        answer: answer(permission, record),
      };
    }
  }
}
