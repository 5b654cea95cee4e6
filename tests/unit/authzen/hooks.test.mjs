// What a request is about: records and people that it describes, that are looked up, or that nobody knows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { served } from "./asking.mjs";

const world = {
  format: "rolegate/1",
  revision: 1,
  catalog: {
    categories: [
      {
        id: "notes",
        permissions: [
          { id: "note.read", scopes: ["own", "team", "all"] },
          { id: "note.edit", scopes: ["own", "team", "all"] },
          { id: "note.lock", scopes: ["own", "all"] },
          { id: "note.admin" },
        ],
      },
    ],
    resources: { note: { owner: "author", team: "team" } },
  },
  teams: [{ id: "red" }],
  roles: [
    { id: "author", name: "Author", grants: { "note.read": "own", "note.edit": "own" } },
    { id: "all", name: "All", grants: { "*": "all" } },
    {
      id: "careful",
      name: "Careful",
      grants: {
        "note.read": { scope: "all", when: { "resource.public": true } },
        "note.edit": { scope: "all", when: { "resource.locked": { $exists: false } } },
        "note.lock": { scope: "all", when: { "context.subject.mfa": true, "context.action.mode": "soft" } },
      },
      deny: [{ key: "note.read", when: { "resource.secret": true } }],
    },
  ],
  users: [
    { id: "ana", roles: ["author"] },
    { id: "bo", roles: ["all"] },
    { id: "cy", roles: ["careful"] },
    { id: "off", roles: ["all"], disabled: true },
  ],
};
const request = (id, name, resource, more = {}) => ({
  subject: { type: "user", id },
  action: { name },
  resource: { type: "note", id: "1", ...resource },
  ...more,
});
const decides =
  (ask) =>
  async (...asked) =>
    (await ask("evaluation", request(...asked))).body.decision;
const plain = await served(world);
const decide = decides(plain.ask);

test("properties are the whole record: what they leave out is not there", async () => {
  assert.equal(await decide("ana", "read", { properties: { author: "ana" } }), true);
  assert.equal(await decide("ana", "read", { properties: { author: "bo" } }), false);
  assert.equal(await decide("ana", "read", { properties: {} }), false);
  assert.equal(await decide("cy", "edit", { properties: {} }), true);
  assert.equal(await decide("cy", "edit", { properties: { locked: false } }), false);
});

test("without properties, and without `resources`, nothing is known of a record", async () => {
  assert.equal(await decide("ana", "read"), false);
  assert.equal(await decide("bo", "read"), true);
  assert.equal(await decide("cy", "edit"), false);
  assert.equal(await decide("cy", "read"), false);
});

test("id and type are those of the request, whatever properties or records say", async () => {
  const mine = { ...world, catalog: { ...world.catalog, resources: { note: { owner: ["id", "type"] } } } };
  const said = await served(mine);
  const found = await served(mine, { resources: () => ({ id: "ana", type: "ana" }) });
  assert.equal(await decides(said.ask)("ana", "read", { properties: { id: "ana", type: "ana" } }), false);
  assert.equal(await decides(said.ask)("ana", "read", { id: "ana", properties: {} }), true);
  assert.equal(await decides(found.ask)("ana", "read"), false);
  assert.equal(await decides(found.ask)("ana", "read", { id: "ana" }), true);
});

test("what a request says of its subject is never said of the user", async () => {
  const roles = [
    { id: "vip", name: "Vip", grants: { "note.read": { scope: "all", when: { "user.vip": true } } } },
    {
      id: "ctx",
      name: "Ctx",
      grants: { "note.edit": { scope: "all", when: { "context.subject.vip": true } } },
    },
  ];
  const { ask } = await served({ ...world, roles, users: [{ id: "ana", roles: ["vip", "ctx"] }] });
  const properties = { vip: true, roles: ["all"], teams: ["red"], attributes: { vip: true }, id: "bo" };
  const said = (name, more) =>
    ask("evaluation", { ...request("ana", name), subject: { type: "user", id: "ana", properties }, ...more });
  assert.equal((await said("read")).body.decision, false);
  assert.equal((await said("read", { context: { user: { vip: true } } })).body.decision, false);
  assert.equal((await said("edit")).body.decision, true);
});

test("subject and action in a context are only ever the request's own", async () => {
  const context = { subject: { mfa: true }, action: { mode: "soft" } };
  const properties = { a: 1 };
  const subject = { type: "user", id: "cy", properties: { mfa: true } };
  const action = { name: "lock", properties: { mode: "soft" } };
  assert.equal(await decide("cy", "lock", { properties }, { subject, action }), true);
  assert.equal(await decide("cy", "lock", { properties }, { context }), false);
  assert.equal(await decide("cy", "lock", { properties }, { context, subject }), false);
  assert.equal(await decide("cy", "lock", { properties }, { context, action }), false);
  const flat = { "subject.mfa": true, "action.mode": "soft" };
  assert.equal(await decide("cy", "lock", { properties }, { context: flat }), false);
});

test("`resources` gives the record of a type and id, at once or later", async () => {
  const asked = [];
  const find = (type, id) => {
    asked.push([type, id]);
    return id === "1" ? { author: "ana" } : undefined;
  };
  for (const resources of [find, async (...it) => find(...it)]) {
    const { ask } = await served(world, { resources });
    const may = decides(ask);
    assert.equal(await may("ana", "read"), true);
    assert.equal(await may("ana", "read", { id: "2" }), false);
    assert.equal(await may("bo", "read", { id: "2" }), true, "an unknown record, on which all means all");
    assert.equal(await may("ana", "read", { properties: { author: "bo" } }), false);
  }
  assert.deepEqual(asked.slice(0, 3), [
    ["note", "1"],
    ["note", "2"],
    ["note", "2"],
  ]);
  assert.equal(asked.length, 6, "what is described is not looked up");
});

test("a record that says something else the second time is a denial without a reason", async () => {
  let times = 0;
  class Moody {
    get author() {
      times += 1;
      return times % 2 === 1 ? "bo" : "ana";
    }
  }
  const bind = () => assert.fail("nothing can be requested");
  const accessRequest = { bind, endpoint: "https://a.example/requests" };
  const { ask } = await served(world, { resources: () => new Moody(), accessRequest });
  const { body } = await ask("evaluation", request("ana", "read"));
  assert.deepEqual([times, body], [2, { decision: false, context: { revision: 1 } }]);
});

test("ids that no snapshot can have are nobody and nothing, and no hook is asked", async () => {
  const asked = [];
  const options = {
    subject: (_, id) => (asked.push(id), "bo"),
    resources: (_, id) => (asked.push(id), { author: "ana" }),
  };
  const both = await served(world, options);
  const onlyRecords = await served(world, { resources: options.resources });
  for (const id of ["", "\0", "a\0", "a\nb", "\x7f", "\x85", "x".repeat(257), "ä".repeat(129)]) {
    const { body } = await both.ask("evaluation", request(id, "read", { id }));
    assert.deepEqual(body, { decision: false, context: { reason: "unknown-user", revision: 1 } });
    assert.deepEqual((await both.ask("search/action", request(id, "read", { id }))).body.results, []);
    assert.deepEqual((await both.ask("search/resource", request(id, "read"))).body.results, []);
    assert.equal(await decides(onlyRecords.ask)("ana", "read", { id }), false);
    assert.deepEqual(
      (await onlyRecords.ask("search/action", request("bo", "read", { id }))).body.results,
      [],
    );
  }
  assert.deepEqual(asked, []);
  const longest = "ä".repeat(128);
  assert.equal((await both.ask("evaluation", request(longest, "read", { id: longest }))).body.decision, true);
  assert.deepEqual(asked, [longest, longest]);
});

test("a search does not find what no evaluation could name", async () => {
  const odd = ["a\0", "x".repeat(257)];
  const { ask } = await served(world, {
    subject: (_, id) => id ?? ["bo", ...odd, ...odd.map((it) => [it, "bo"])],
    resources: (_, id) => (id === undefined ? ["1", ...odd].map((it) => [it, {}]) : {}),
  });
  for (const [kind, found] of [
    ["subject", "bo"],
    ["resource", "1"],
  ]) {
    const { body } = await ask(`search/${kind}`, request("bo", "read"));
    assert.deepEqual(
      body.results.map(({ id }) => id),
      [found],
    );
  }
});

test("what is no record, or cannot be read, is unknown", async () => {
  const throwing = new Proxy(
    {},
    { get: (_, key) => (key === "then" ? undefined : assert.fail()), ownKeys: assert.fail },
  );
  for (const found of [
    "ana",
    1,
    true,
    ["ana"],
    new Map([["author", "ana"]]),
    () => 1,
    Symbol("x"),
    new Date(),
  ]) {
    const { ask } = await served(world, { resources: () => found });
    assert.equal(await decides(ask)("ana", "read"), false);
    assert.equal(await decides(ask)("cy", "edit"), false);
  }
  const { ask } = await served(world, { resources: () => throwing });
  assert.equal(await decides(ask)("ana", "read"), false);
  assert.equal(await decides(ask)("cy", "edit"), false);
});

test("records of classes are read by what their class gives", async () => {
  class Note {
    #author = "ana";
    get author() {
      return this.#author;
    }
  }
  const { ask } = await served(world, { resources: () => new Note() });
  assert.equal(await decides(ask)("ana", "read"), true);
});

test("whatever is asked for twice is looked up once in a request, and anew in the next", async () => {
  const asked = [];
  const { ask } = await served(world, {
    resources: async (type, id) => {
      asked.push(`${type} ${id}`);
      return { author: "ana" };
    },
    subject: async (type, id) => {
      asked.push(`${type} ${id}`);
      return id;
    },
  });
  const batch = { ...request("ana", "read"), evaluations: [{}, {}, { action: { name: "edit" } }] };
  const { body } = await ask("evaluations", batch);
  assert.ok(body.evaluations.every(({ decision }) => decision));
  assert.deepEqual(asked, ["user ana", "note 1"]);
  await ask("evaluations", batch);
  assert.equal(asked.length, 4);
});

test("what a lookup throws is 503 for one evaluation, and a no within a batch", async () => {
  const options = {
    resources: (_, id) => {
      if (id === "bad") throw new Error("no database");
      return { author: "ana" };
    },
  };
  const { ask, errors } = await served(world, options);
  const bad = request("ana", "read", { id: "bad" });
  assert.deepEqual([(await ask("evaluation", bad)).status, errors.length], [503, 1]);
  assert.equal((await ask("search/action", bad)).status, 503);
  const { status, body } = await ask("evaluations", { ...bad, evaluations: [{}, request("ana", "read")] });
  assert.equal(status, 200);
  const error = { status: 503, message: "Service Unavailable" };
  assert.deepEqual(body.evaluations[0], { decision: false, context: { revision: 1, error } });
  assert.equal(body.evaluations[1].decision, true);
  assert.equal(errors.at(-1).message, "no database");
});

test("`subject` says who somebody is; nobody, or nothing that could be anybody, gets no access", async () => {
  const may = async (found, id = "x") => {
    const { ask } = await served(world, { subject: () => found });
    const answer = await ask("evaluation", request(id, "read"));
    return answer.body?.decision ?? answer.status;
  };
  assert.equal(await may("bo"), true);
  assert.equal(await may({ id: "new", roles: ["all"] }), true);
  assert.equal(await may({ id: "new", roles: ["gone"] }), false);
  assert.equal(await may({ id: "off", roles: ["all"] }), false, "who is disabled stays so");
  assert.equal(await may({ id: "new", roles: ["all"], disabled: true }), false);
  for (const nobody of [null, undefined, "", "nobody", Number.NaN]) assert.equal(await may(nobody), false);
  // What is wrong is wrong, and is not taken for nobody.
  for (const wrong of [{ id: "new", role: "all" }, { roles: ["all"] }, ["bo"], new Map()])
    assert.notEqual(await may(wrong), true);
  assert.equal(await may({ id: "bo", roles: ["all"] }, ""), false, "an empty id is nobody's");
});

test("people of several types are told apart", async () => {
  const { ask } = await served(world, {
    subjectTypes: ["user", "service"],
    subject: (type, id) => {
      assert.ok(["user", "service"].includes(type), "nobody else is looked up");
      if (type === "user") return id === undefined ? ["ana", "bo"] : id;
      return id === undefined ? [["bo", { id: "service/bo" }]] : { id: `service/${id}` };
    },
  });
  const read = request("bo", "read");
  assert.equal((await ask("evaluation", read)).body.decision, true);
  assert.equal(
    (await ask("evaluation", { ...read, subject: { type: "service", id: "bo" } })).body.decision,
    false,
  );
  const found = async (type) => (await ask("search/subject", { ...read, subject: { type } })).body.results;
  assert.deepEqual(await found("user"), [{ type: "user", id: "bo" }]);
  assert.deepEqual(await found("service"), []);
  assert.deepEqual(await found("robot"), []);
});

test("a search of people takes ids, people and pairs, at once or one after the other", async () => {
  const one = { id: "new", roles: ["all"] };
  const all = ["bo", "ana", one, ["token-7", one], ["token-8", "bo"], [9n, "bo"], 7];
  async function* later() {
    yield* all;
  }
  for (const listing of [all, new Set(all), later(), Promise.resolve(all)]) {
    const { ask } = await served(world, { subject: (_, id) => (id === undefined ? listing : id) });
    const { body } = await ask("search/subject", request("x", "read"));
    assert.deepEqual(
      body.results.map(({ id }) => id),
      ["9", "bo", "new", "token-7", "token-8"],
    );
  }
});

test("with `subject`, whom it does not list is not found, though the snapshot lists them", async () => {
  for (const none of [undefined, null, [], new Map()]) {
    const { ask } = await served(world, { subject: (_, id) => (id === undefined ? none : id) });
    assert.deepEqual((await ask("search/subject", request("x", "read"))).body.results, []);
  }
});

test("a search of resources takes records and pairs, and asks about each", async () => {
  const all = [
    { id: 3, author: "ana" },
    { id: "1", author: "bo" },
    ["2", { author: "ana" }],
    ["4", "no record"],
    [5n, { author: ["bo", "ana"] }],
  ];
  async function* later() {
    yield* all;
  }
  for (const listing of [all, new Set(all), later(), Promise.resolve(all)]) {
    const { ask } = await served(world, { resources: () => listing });
    const found = async (id) =>
      (await ask("search/resource", request(id, "read"))).body.results.map((it) => it.id);
    assert.deepEqual(await found("ana"), ["2", "3", "5"]);
    if (listing !== all) continue;
    assert.deepEqual(await found("bo"), ["1", "2", "3", "4", "5"]);
    assert.deepEqual(await found("off"), []);
  }
});

test("a search of resources can be left to a database: it gets the scope, and is checked", async () => {
  const notes = [
    { id: "1", author: "ana" },
    { id: "2", author: "bo" },
  ];
  const { ask } = await served(world, {
    resources: (_type, id, { gate, permission, caller, tenant }) => {
      assert.deepEqual([id, permission, caller, tenant], [undefined, "note.read", "pep", ""]);
      assert.equal(gate.scope(permission).kind, "some");
      // A filter that lets too much through widens nothing.
      return notes;
    },
  });
  const { body } = await ask("search/resource", request("ana", "read"));
  assert.deepEqual(body.results, [{ type: "note", id: "1" }]);
});

test("a search of resources with properties asks about those, as evaluations would", async () => {
  const { ask } = await served(world, { resources: () => [{ id: "1", author: "ana" }, { id: "2" }] });
  const search = async (author) =>
    (await ask("search/resource", request("ana", "read", { properties: { author } }))).body.results.length;
  assert.equal(await search("ana"), 2);
  assert.equal(await search("bo"), 0);
});

test("a listing that is none, fails, has no ids or too many entries is 503 and no short list", async () => {
  async function* failing() {
    yield { id: "1", author: "ana" };
    throw new Error("cut off");
  }
  const many = Array.from({ length: 11 }, (_, id) => ({ id: id + 1, author: "ana" }));
  for (const listing of [
    "text",
    7,
    {},
    failing(),
    [{ author: "ana" }],
    [{ id: "" }],
    [{ id: 1.5 }],
    [[{}, {}]],
    many,
  ]) {
    const { ask, errors } = await served(world, { resources: () => listing, limits: { candidates: 10 } });
    assert.equal((await ask("search/resource", request("ana", "read"))).status, 503);
    assert.equal(errors.length, 1);
  }
  const { ask } = await served(world, { resources: () => many.slice(1), limits: { candidates: 10 } });
  assert.equal((await ask("search/resource", request("ana", "read"))).body.results.length, 10);
});

test("a search of the people of a snapshot looks at as many as one of a listing", async () => {
  const search = async (candidates) => {
    const { ask, errors } = await served(world, { limits: { candidates } });
    const { status, body } = await ask("search/subject", request("x", "read"));
    return [status, body?.results.length, ...errors.map(({ message }) => message)];
  };
  assert.deepEqual(await search(4), [200, 1]);
  assert.deepEqual(await search(3), [503, undefined, "a search looks at 3 at most"]);
});

test("the clock, and whoever listens to decisions, are those of the options", async () => {
  const heard = [];
  const { ask } = await served(
    { ...world, expiresAt: "2030-01-01T00:00:00Z" },
    {
      now: () => Date.UTC(2031, 0),
      onDecision: ({ permission, user, allowed }) => heard.push([permission, user, allowed]),
    },
  );
  const { body } = await ask("evaluation", request("bo", "read"));
  assert.equal(body.context.reason, "expired");
  assert.deepEqual(heard, [["note.read", "bo", false]]);
  assert.deepEqual((await ask("search/subject", request("bo", "read"))).body.results, []);
  assert.deepEqual((await ask("search/action", request("bo", "read"))).body.results, []);
});

test("a permission about no record is asked of the record, too", async () => {
  assert.equal(await decide("bo", "admin"), true);
  assert.equal(await decide("ana", "admin", { properties: { author: "ana" } }), false);
});
