// Rules with conditions and without, inverted ones among them, in any order, asked by CASL itself.

import { equal, ok } from "node:assert/strict";
import { createMongoAbility, subject } from "@casl/ability";
import { imported } from "./imported.js";
import { sampler } from "./sampled.js";

const ACTIONS = ["read", "update", "delete", "manage"];
const SUBJECTS = ["Post", "Comment", "all"];
const { one, maybe, times, below } = sampler(Number(process.argv[2] ?? 1));

const VALUES = { status: ["a", "b", "c"], count: [1, 2, 3], open: [true, false] };
const ANY = ["a", "b", 1, 2, true, null, ["a"], ["a", 2], [], [null, "a"], { x: 1 }, [{ x: 1 }, { x: "a" }]];

function comparison() {
  const path = one(Object.keys(VALUES));
  const value = one(VALUES[path]);
  const forms = [value, { $eq: value }, { $ne: value }, { $in: [value, one(VALUES[path])] }, { $nin: [value] }, null, { $ne: null }];
  if (path !== "open") forms.push({ $lt: value }, { $lte: value }, { $gt: value }, { $gte: value, $ne: one(VALUES[path]) });
  if (path === "status") forms.push({ $regex: "^a" });
  return [path, one([...forms, { $exists: maybe(50) }])];
}

const rule = () => ({
  action: maybe(30) ? [one(ACTIONS), one(ACTIONS)] : one(ACTIONS),
  subject: one(SUBJECTS),
  ...(maybe(60) && { conditions: Object.fromEntries(times(1 + below(2), comparison)) }),
  ...(maybe(35) && { inverted: true }),
});

const typed = () => Object.fromEntries(Object.entries(VALUES).filter(() => maybe(75)).map(([path, values]) => [path, one(values)]));
const untyped = () => Object.fromEntries(Object.keys(VALUES).filter(() => maybe(80)).map((path) => [path, one(ANY)]));

const ROLES = 40;
const counts = { yes: 0, no: 0, narrower: 0 };
/** Where nothing is reported the answers are the same; elsewhere none is wider. */
async function compare(record, ...options) {
  const roles = times(ROLES, () => times(1 + below(5), rule));
  const files = Object.fromEntries(roles.map((rules, index) => [`r${index}.json`, rules]));
  const names = ["--actions", ACTIONS.join(), "--resources", SUBJECTS.join()];
  const { snapshot, lost } = await imported("casl", files, ...names, ...options);
  for (const [index, rules] of roles.entries()) {
    const ability = createMongoAbility(rules);
    const gate = snapshot.for({ id: "u", roles: [`r${index}`] });
    const isExact = !lost.some(({ file }) => file.endsWith(`/r${index}.json`));
    for (let question = 0; question < 20; question += 1) {
      const [action, type, row, isByType] = [one(ACTIONS), one(SUBJECTS), record(), maybe(20)];
      const wanted = ability.can(action, isByType ? type : subject(type, structuredClone(row)));
      const got = isByType ? gate.can(`${type}.${action}`) : gate.can(`${type}.${action}`, row);
      const where = JSON.stringify({ rules, action, type, row, isByType });
      if (isExact) equal(got, wanted, where);
      else ok(!got || wanted, `wider: ${where}`);
      counts[got === wanted ? (got ? "yes" : "no") : "narrower"] += 1;
    }
  }
}
await compare(typed, "--typed");
await compare(untyped);
ok(counts.yes > 200 && counts.no > 200 && counts.narrower < 300, JSON.stringify(counts));
console.log("casl", counts);
