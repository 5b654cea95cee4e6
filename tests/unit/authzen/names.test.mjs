// Which permission an action on a type is, and which actions are found.

import assert from "node:assert/strict";
import { test } from "node:test";
import { served } from "./asking.mjs";

const level = ["own", "all"];
const permission = (id, resource) => ({ id, scopes: level, ...(resource && { resource }) });
const { ask } = await served({
  format: "rolegate/1",
  revision: 1,
  catalog: {
    categories: [
      {
        id: "misc",
        permissions: [
          permission("tickets.view"),
          permission("tickets.notes.view"),
          permission("support.close", "tickets"),
          permission("archive.drop", "tickets"),
          permission("trash.drop", "tickets"),
          permission("bin.view", "tickets"),
          permission("reports.user-data.export"),
          permission("plain"),
          permission("a.b.c"),
          permission("tickets.bulk.merge"),
        ],
      },
    ],
    // So the type of everything below `reports` is `reports`.
    resources: { reports: { owner: "by" }, tickets: { owner: "by" }, "tickets.notes": { owner: "writer" } },
  },
  roles: [{ id: "own", name: "Own", grants: { "*": "own" } }],
  users: [{ id: "ana", roles: ["own"] }],
});

const ana = { type: "user", id: "ana" };
const asked = async (type, name, properties = { by: "ana", owner: "ana", writer: "ana" }) => {
  const { body } = await ask("evaluation", {
    subject: ana,
    action: { name },
    resource: { type, id: "1", properties },
  });
  return body.decision || body.context.reason;
};
const actions = async (type, properties = { by: "ana", owner: "ana", writer: "ana" }) => {
  const { body } = await ask("search/action", { subject: ana, resource: { type, id: "1", properties } });
  return body.results.map(({ name }) => name);
};

test("type and action together are the id of a permission", async () => {
  assert.equal(await asked("tickets", "view"), true);
  assert.equal(await asked("tickets.notes", "view"), true);
  assert.equal(await asked("tickets", "notes.view"), true);
  assert.equal(await asked("a", "b.c"), true);
  assert.equal(await asked("a.b", "c"), true);
});

test("else the action is the last part of the only permission of that type", async () => {
  assert.equal(await asked("tickets", "close"), true);
  assert.equal(await asked("reports", "export"), true);
  assert.equal(await asked("misc", "plain"), true, "without a dot the category is the type");
  assert.equal(await asked("tickets", "merge"), true);
});

test("the type is that of the permission, by which its owner is read", async () => {
  assert.equal(await asked("tickets", "close", { by: "ana" }), true);
  assert.equal(await asked("tickets", "close", { owner: "ana" }), "out-of-scope");
  assert.equal(await asked("tickets.notes", "view", { writer: "ana" }), true);
});

test("several permissions are a no that says so, and whole ids come before them", async () => {
  assert.equal(await asked("tickets", "drop"), "ambiguous-permission");
  assert.equal(await asked("archive", "drop"), true);
  // `bin.view` ends like `tickets.view`, which is the whole id.
  assert.equal(await asked("tickets", "view"), true);
  const search = {
    subject: ana,
    action: { name: "drop" },
    resource: { type: "tickets", id: "1", properties: {} },
  };
  assert.deepEqual((await ask("search/subject", search)).body.results, []);
});

test("what is none is a no: an id where an action or a type is asked, a part, another case", async () => {
  for (const [type, name] of [
    ["support", "view"],
    ["tickets", "tickets.view"],
    ["tickets", "View"],
    ["tickets", ".view"],
    ["tickets.", "view"],
    ["tickets", "*"],
    ["*", "view"],
    ["", "tickets.view"],
    ["misc", "view"],
    ["reports", "user-data"],
    ["tickets", "notes"],
  ])
    assert.equal(await asked(type, name), "unknown-permission", `${type} ${name}`);
});

test("an action search names each permission once, by an action that an evaluation takes", async () => {
  assert.deepEqual(await actions("tickets"), ["close", "merge", "notes.view", "view"]);
  assert.deepEqual(await actions("tickets.notes"), ["view"]);
  assert.deepEqual(await actions("reports"), ["export"]);
  assert.deepEqual(await actions("misc"), ["plain"]);
  assert.deepEqual(await actions("a"), ["b.c"]);
  assert.deepEqual(await actions("archive"), ["drop"]);
  assert.deepEqual(await actions("tickets", { by: "bo" }), []);
  for (const type of ["tickets", "tickets.notes", "reports", "misc", "a", "a.b", "archive", "bin"])
    for (const name of await actions(type)) assert.equal(await asked(type, name), true, `${type} ${name}`);
});
