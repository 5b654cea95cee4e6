// The public scenarios: a to-do list, and searches.

import assert from "node:assert/strict";
import { test } from "node:test";
import { served } from "./asking.mjs";
import * as records from "./records.mjs";
import * as todo from "./todo.mjs";

const ids = ({ body }) => body.results.map(({ id, name }) => id ?? name);

test("todo: each of five people may do what their roles say, on their own items and on those of others", async () => {
  const { ask } = await served(todo.document, { subject: todo.subject });
  const decide = async (sub, name, type, properties) => {
    const resource = { type, id: "1", ...(properties && { properties }) };
    const { body } = await ask("evaluation", {
      subject: { type: "user", id: sub },
      action: { name },
      resource,
    });
    return body.decision;
  };
  const OTHER = { ownerID: "somebody@else.example" };
  for (const [sub, { id, roles }] of todo.people) {
    const isEditor = !roles.includes("viewer");
    const own = { ownerID: id };
    assert.equal(await decide(sub, "can_read_user", "user"), true);
    assert.equal(await decide(sub, "can_read_todos", "todo"), true);
    assert.equal(await decide(sub, "can_create_todo", "todo"), isEditor, id);
    assert.equal(await decide(sub, "can_update_todo", "todo", own), isEditor);
    assert.equal(await decide(sub, "can_update_todo", "todo", OTHER), roles.includes("evil_genius"));
    assert.equal(await decide(sub, "can_delete_todo", "todo", own), isEditor);
    assert.equal(await decide(sub, "can_delete_todo", "todo", OTHER), roles.includes("admin"));
    // Without its owner, an item may be anybody's.
    assert.equal(await decide(sub, "can_update_todo", "todo"), roles.includes("evil_genius"));
    // By their mail address people are not known here.
    assert.equal(await decide(id, "can_read_todos", "todo"), false);
  }
});

test("todo: one request tells which items of a list may be changed", async () => {
  const { ask } = await served(todo.document, { subject: todo.subject });
  const owners = [...todo.people.values()].map(({ id }) => id);
  const { body } = await ask("evaluations", {
    subject: { type: "user", id: "sub-02ac" },
    action: { name: "can_update_todo" },
    resource: {},
    context: {},
    evaluations: owners.map((ownerID, at) => ({
      resource: { type: "todo", id: String(at), properties: { ownerID } },
    })),
  });
  assert.deepEqual(
    body.evaluations.map(({ decision }) => decision),
    [false, true, false, false, false],
  );
});

test("todo: people whom the snapshot does not list are found by their ids", async () => {
  const { ask } = await served(todo.document, { subject: todo.subject });
  const request = (name, ownerID) => ({
    subject: { type: "user" },
    action: { name },
    resource: { type: "todo", id: "1", ...(ownerID && { properties: { ownerID } }) },
  });
  const everybody = [...todo.people.keys()].sort();
  assert.deepEqual(ids(await ask("search/subject", request("can_read_todos"))), everybody);
  const editors = everybody.filter((sub) => !todo.people.get(sub).roles.includes("viewer"));
  assert.deepEqual(ids(await ask("search/subject", request("can_create_todo"))), editors);
  const deleting = await ask("search/subject", request("can_delete_todo", "sam@farm.example"));
  assert.deepEqual(ids(deleting), ["sub-7f31", "sub-9d40"]);
});

test("records: every search finds what the rules of the scenario allow, and evaluations agree", async () => {
  const { ask } = await served(records.document, { resources: records.resources });
  const ACTIONS = ["view", "edit", "delete"];
  const allowed = (user, action, record) => records.isAllowed(user, action, record);
  let yes = 0;
  for (const name of ACTIONS)
    for (const record of records.RECORDS) {
      const request = {
        subject: { type: "user" },
        action: { name },
        resource: { type: "record", id: String(record.id) },
      };
      const expected = records.USERS.filter((user) => allowed(user, name, record)).map(({ id }) => id);
      assert.deepEqual(ids(await ask("search/subject", request)), expected);
      for (const { id } of records.USERS) {
        const { body } = await ask("evaluation", { ...request, subject: { type: "user", id } });
        assert.equal(body.decision, expected.includes(id));
        yes += body.decision ? 1 : 0;
      }
    }
  assert.ok(yes > 60 && yes < 300, String(yes));
  for (const user of records.USERS) {
    const subject = { type: "user", id: user.id };
    for (const name of ACTIONS) {
      const request = { subject, action: { name }, resource: { type: "record" } };
      const expected = records.RECORDS.filter((record) => allowed(user, name, record));
      assert.deepEqual(
        ids(await ask("search/resource", request)),
        expected.map(({ id }) => String(id)),
      );
    }
    for (const record of records.RECORDS) {
      const resource = { type: "record", id: String(record.id) };
      const expected = ACTIONS.filter((name) => allowed(user, name, record)).sort();
      assert.deepEqual(ids(await ask("search/action", { subject, resource })), expected);
    }
  }
});

test("records: who and what is not known is found nowhere", async () => {
  const { ask } = await served(records.document, { resources: records.resources });
  const view = { action: { name: "view" } };
  const record = { type: "record", id: "999" };
  const ines = { type: "user", id: "ines" };
  const nobody = { type: "user", id: "nobody" };
  for (const [search, request] of [
    ["subject", { ...view, subject: ines, resource: record }],
    ["subject", { action: { name: "fly" }, subject: ines, resource: { ...record, id: "201" } }],
    ["resource", { ...view, subject: nobody, resource: record }],
    ["resource", { ...view, subject: ines, resource: { type: "ship" } }],
    ["resource", { ...view, subject: { type: "service", id: "ines" }, resource: record }],
    ["action", { subject: nobody, resource: { ...record, id: "201" } }],
    ["action", { subject: ines, resource: record }],
  ])
    assert.deepEqual((await ask(`search/${search}`, request)).body, {
      results: [],
      context: { revision: 12 },
    });
});
