// What filters of MongoDB look like; which documents they match, tests/databases/mongo.mjs compares.

import assert from "node:assert/strict";
import { test } from "node:test";
import { toMongo } from "../../../pkg/mongo/index.js";
import { scopeOf } from "../filters/tickets.mjs";

const FIELDS = {
  assigneeId: "assigneeId",
  teamId: "team.id",
  title: "title",
  tags: "tags",
  people: "people",
};

const where = (when) => scopeOf({ scope: "all", when });
const filterOf = async (grant, fields = FIELDS) => toMongo(await scopeOf(grant), { fields });

test("everything, nothing, and what guards the rest from collations", async () => {
  assert.deepEqual(await filterOf("all"), {});
  assert.deepEqual(await filterOf(undefined), { _id: { $in: [] } });
  assert.deepEqual(await filterOf("own"), {
    $and: [{ assigneeId: { $eq: "ana" } }, { $expr: { $lt: ["B", "a"] } }],
  });
});

test("a filter belongs to its caller", async () => {
  const scope = await scopeOf("all");
  toMongo(scope, { fields: FIELDS }).spoilt = true;
  assert.deepEqual(toMongo(scope, { fields: FIELDS }), {});
});

test("ids in objects are found by an index where no list lies in a list", async () => {
  const fields = { ...FIELDS, assigneeId: { field: "people.id", flat: true } };
  assert.deepEqual((await filterOf("own", fields)).$and[0], { "people.id": { $eq: "ana" } });
  assert.ok("$expr" in (await filterOf("own", { ...FIELDS, assigneeId: "people.id" })).$and[0]);
});

test("what lies below a field goes with it", async () => {
  const scope = await where({ "resource.people.role": { $eq: "author" } });
  assert.deepEqual(toMongo(scope, { fields: { ...FIELDS, people: "members" } }).$and[0], {
    "members.role": { $eq: "author", $not: { $type: ["array", "decimal"] } },
    members: { $not: { $type: "array" } },
  });
});

test("no text of a value is an operator, a field or a pattern", async () => {
  const HOSTILE = ["$name", "$$ROOT", "$where", "{$ne: null}", ".*", "a\\Eb", "\u0000"];
  for (const text of HOSTILE)
    for (const when of [
      { "resource.title": { $ne: text } },
      { "resource.tags": { $hasAny: [text, "b"] } },
      { $not: { "resource.tags": { $subset: [text] } } },
      { $not: { "resource.people": { $elem: { "element.id": text } } } },
    ]) {
      const inside = (part, isLiteral) => {
        if (part === text) assert.ok(isLiteral, JSON.stringify(part));
        else if (Array.isArray(part)) for (const each of part) inside(each, isLiteral);
        else if (typeof part === "object" && part !== null)
          for (const [key, value] of Object.entries(part)) {
            assert.notEqual(key, text);
            inside(value, isLiteral || ["$literal", "$in", "$eq"].includes(key));
          }
      };
      inside(toMongo(await where(when), { fields: FIELDS }), false);
    }
  const filter = toMongo(await where({ "resource.title": { $startsWith: "a.*\u0007$" } }), {
    fields: FIELDS,
  });
  assert.equal(filter.$and[0].$and[0].title.$regex, "^a\\.\\*\\x07\\$");
});

test("what cannot be said names the attribute, the operator and what to do", async () => {
  const refused = async (when, message, fields = FIELDS) => {
    const scope = await where(when);
    assert.throws(() => toMongo(scope, { fields }), { code: "cannot-express", message });
  };
  await refused({ "resource.title": { $cidr: "10.0.0.0/8" } }, /^`\$cidr` of `resource.title` .* addresses/);
  await refused(
    { "resource.title": { $since: "now-1d" } },
    /^`\$since|\$before` of `resource.title` .*type: "date"/,
  );
  await refused({ "resource.other": "a" }, /^`\$eq` of `resource.other` .*fields: \{ "other": … \}/);
  await refused({ "resource.people.$x": "a" }, /^`\$eq` of `resource.people.\$x` .*begin with/);
  const scope = await scopeOf("own");
  assert.throws(() => toMongo(scope, { fields: {} }), { code: "cannot-express", message: /^`owner` of/ });
});

test("options that mean nothing are refused", async () => {
  const scope = await scopeOf("own");
  for (const options of [
    {},
    { fields: null },
    { fields: FIELDS, field: 1 },
    { fields: { "resource.assigneeId": "a" } },
    { fields: { assigneeId: "" } },
    { fields: { assigneeId: "a..b" } },
    { fields: { assigneeId: "$where" } },
    { fields: { assigneeId: { field: "a", type: "text" } } },
    { fields: { assigneeId: { field: "a", flat: "yes" } } },
    { fields: { assigneeId: 17 } },
  ])
    assert.throws(() => toMongo(scope, options), { code: "bad-options" }, JSON.stringify(options));
});
