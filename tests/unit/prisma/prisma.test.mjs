// What a `where` of Prisma looks like; which rows it finds, tests/databases/prisma.mjs compares.

import assert from "node:assert/strict";
import { test } from "node:test";
import { toPrisma } from "../../../pkg/prisma/index.js";
import { scopeOf } from "../filters/tickets.mjs";

const FIELDS = {
  assigneeId: { field: "assigneeId", type: "id" },
  teamId: "teamId",
  title: "title",
  size: { field: "size", type: "int" },
  score: { field: "score", type: "float" },
  tags: { field: "tags", type: "list" },
};

const given = async (when, options) =>
  toPrisma(await scopeOf({ scope: "all", when }), { fields: FIELDS, collation: "binary", ...options });

test("everything and nothing", async () => {
  assert.deepEqual(toPrisma(await scopeOf("all"), { fields: FIELDS }), {});
  assert.deepEqual(toPrisma(await scopeOf(undefined), { fields: FIELDS }), { OR: [] });
});

test("text is compared only where it is said how", async () => {
  const scope = await scopeOf("own");
  assert.throws(() => toPrisma(scope, { fields: FIELDS }), { code: "cannot-express", message: /collation/ });
  const where = { assigneeId: { equals: "ana" } };
  assert.deepEqual(toPrisma(scope, { fields: FIELDS, collation: "deterministic" }), where);
  const fields = { ...FIELDS, assigneeId: { field: "assigneeId", collation: "deterministic" } };
  assert.deepEqual(toPrisma(scope, { fields }), where);
});

test("a prefix is a range, whatever stands in it", async () => {
  const startsWith = (text) => given({ "resource.title": { $startsWith: text } });
  assert.deepEqual(await startsWith("50%_"), { title: { gte: "50%_", lt: "50%`" } });
  assert.deepEqual(await startsWith("a\ud7ff"), { title: { gte: "a\ud7ff", lt: "a\ue000" } });
  assert.deepEqual(await startsWith("a\u{10ffff}"), { title: { gte: "a\u{10ffff}", lt: "b" } });
  assert.deepEqual(await startsWith(""), { title: { gte: "" } });
  await assert.rejects(given({ "resource.title": { $startsWith: "a" } }, { collation: "deterministic" }), {
    code: "cannot-express",
  });
});

test("a number that the field cannot hold is equal to nothing, and lies where it lies", async () => {
  assert.deepEqual(await given({ "resource.size": 2.5 }), { OR: [] });
  assert.deepEqual(await given({ "resource.size": { $lt: 2.5 } }), { size: { lte: 2 } });
  assert.deepEqual(await given({ "resource.size": { $gte: -2.5 } }), { size: { gte: -2 } });
  assert.deepEqual(await given({ "resource.size": { $lt: 2 ** 40 } }), { size: { not: null } });
  assert.deepEqual(await given({ "resource.size": { $gt: 2 ** 40 } }), { OR: [] });
  await assert.rejects(given({ "resource.score": 0.1 + 0.2 }), {
    code: "cannot-express",
    message: /15 digits/,
  });
});

test("what cannot be said is refused", async () => {
  const refused = async (when, message) =>
    assert.rejects(given(when), { code: "cannot-express", message }, JSON.stringify(when));
  await refused({ "resource.title": { $endsWith: "a" } }, /^`\$endsWith` of `resource.title`/);
  await refused({ "resource.title": { $cidr: "10.0.0.0/8" } }, /^`\$cidr` of `resource.title`/);
  await refused({ "resource.tags": { $subset: ["a"] } }, /^`\$subset` of `resource.tags`/);
  await refused({ $not: { "resource.tags": { $has: "a" } } }, /nullable: false/);
  await refused({ "resource.title": { $ref: "resource.teamId" } }, /`\$eq` of/);
  await refused({ "resource.title": { $since: "now-1d" } }, /time as text/);
  await refused({ "resource.title": { $in: Array.from({ length: 30_001 }, (_, at) => `v${at}`) } }, /30000/);
  await refused({ "resource.other": "a" }, /fields: \{ "other": … \}/);
});

test("a denial for some teams needs to know what a team is", async () => {
  const scope = await scopeOf("all", ["tickets.view"]);
  assert.throws(() => toPrisma(scope, { fields: FIELDS, collation: "binary" }), {
    code: "cannot-express",
    message: /type: "id"/,
  });
  const fields = { ...FIELDS, teamId: { field: "teamId", type: "id" } };
  assert.deepEqual(toPrisma(scope, { fields, collation: "binary" }), {
    AND: [
      { teamId: { not: null } },
      { OR: [{ teamId: { equals: null } }, { teamId: { notIn: ["sales"] } }] },
    ],
  });
});

test("options that mean nothing are refused", async () => {
  const scope = await scopeOf("own");
  for (const options of [
    {},
    { fields: FIELDS, collation: "C" },
    { fields: { "resource.assigneeId": "a" } },
    { fields: { assigneeId: "a.b" } },
    { fields: { assigneeId: "NOT" } },
    { fields: { assigneeId: { field: "a", type: ["text"] } } },
    { fields: { assigneeId: { field: "a", type: "json" } } },
    { fields: { assigneeId: { field: "a", nullable: 1 } } },
    { fields: { assigneeId: { field: "a", collation: "slack" } } },
  ])
    assert.throws(() => toPrisma(scope, options), { code: "bad-options" }, JSON.stringify(options));
});
