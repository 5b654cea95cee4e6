// Drafts against the built module: what crosses the border, errors, options, and what happens when the engine
// fails. The rules themselves are tested natively (tests/admin).

import assert from "node:assert/strict";
import { test } from "node:test";
import { AdminError, diff, edit, init, isRolegateError } from "../../../pkg/admin/node.js";
import { engine } from "../../../pkg/admin/opened.js";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const tenant = {
  format: "rolegate/1",
  revision: 7,
  "x-app": { kept: [1.5, null] },
  catalog: {
    categories: [
      {
        id: "c",
        permissions: [
          { id: "c.view", scopes: ["own", "team", "all"] },
          { id: "c.reply", scopes: ["own", "team", "all"], requires: ["c.view"] },
        ],
      },
      { id: "s", permissions: [{ id: "s.roles" }, { id: "s.billing" }] },
    ],
  },
  teams: [{ id: "emea" }, { id: "sales", parent: "emea" }],
  roles: [
    { id: "admin", name: "Administrator", standard: true, locked: true, grants: { "*": true } },
    { id: "agent", name: "Straße", grants: { "c.view": "own" } },
    { id: "lead", name: "Lead", inherits: ["agent"], grants: { "c.*": "team", "s.roles": true } },
  ],
  users: [
    { id: "ana", roles: ["admin"] },
    { id: "lou", teams: ["sales"], roles: ["lead"] },
    { id: "7", roles: ["agent"] },
  ],
  separations: [{ id: "sod", title: "Roles and billing", permissions: ["s.roles", "s.billing"] }],
};
const json = JSON.stringify(tenant);
const by = (actor, options) => edit(json, { actor, now: NOW, permission: null, revision: 7, ...options });

/** The error that something throws. */
function thrown(run) {
  try {
    run();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing is thrown");
}

test("it starts once, at once or by init", async () => {
  assert.equal(by("ana").usage("nobody"), undefined);
  await init();
});

test("operations are done, listed and committed", () => {
  const draft = by("ana", { permission: "s.roles" });
  draft.createRole({
    id: "r",
    name: "R",
    grants: { "c.view": { scope: "all", when: { "resource.open": true } } },
  });
  draft.duplicateRole("agent", { id: "copy", name: "Copy" });
  draft.updateRole("copy", { grants: { "c.reply": "own" }, description: "For trainees" });
  draft.selectCategory("r", "c", true);
  draft.selectCategory("lead", "c", false, { live: true });
  draft.updateRole("lead", { grants: { "c.*": null, "c.view": "all" } });
  draft.stampReview("r");
  draft.addUser({ id: "cy", roles: ["agent", { role: "copy", until: new Date("2026-12-01T00:00:00Z") }] });
  draft.assign(7, { role: "copy", team: "sales", from: "2026-11-01T00:00:00Z" });
  draft.unassign(7n, "agent");
  draft.setUserTeams("cy", ["sales"]);
  draft.setAttributes("cy", { dept: "a" });
  draft.setAttributes("cy", null);
  draft.disableUser("cy");
  draft.enableUser("cy");
  draft.addTeam({ id: "apac" });
  draft.moveTeam("sales", null);
  draft.moveUsers("lead", "copy");
  draft.setEveryone([{ role: "r" }]);
  draft.setSeparations([]);
  draft.removeTeam("apac");
  draft.removeUser("cy");
  draft.deleteRole("lead");
  const { length } = draft.events;
  assert.equal(length, 23);
  const next = JSON.parse(draft.commit({ approvedBy: "zoe", usage: { agent: 4 } }));
  assert.equal(next.revision, 8);
  assert.deepEqual(next["x-app"], tenant["x-app"]);
  assert.deepEqual(next.roles[3], {
    id: "copy",
    name: "Copy",
    grants: { "c.view": "own", "c.reply": "own" },
    description: "For trainees",
    approvedBy: "zoe",
  });
  assert.deepEqual(next.users[2].roles, [{ role: "copy", team: "sales", from: "2026-11-01T00:00:00Z" }]);
  assert.deepEqual(next.everyone, ["r"]);
  const [created] = draft.events;
  assert.equal(
    JSON.stringify({ ...created, after: created.after.id }),
    JSON.stringify({
      at: "2026-11-20T12:00:00Z",
      actor: "ana",
      action: "createRole",
      kind: "role",
      target: "r",
      after: "r",
      approvedBy: "zoe",
    }),
  );
});

test("what is refused changes nothing and says everything", () => {
  const draft = by("lou");
  const error = thrown(() => draft.assign(7, "admin"));
  assert.ok(error instanceof AdminError && isRolegateError(error));
  assert.equal(error.name, "AdminError");
  assert.equal(error.code, "escalation");
  assert.deepEqual(
    error.missing.map(({ permission, level }) => [permission, level]),
    [
      ["c.view", "all"],
      ["c.reply", "all"],
      ["s.billing", "all"],
    ],
  );
  const several = thrown(() => draft.deleteRole("admin"));
  assert.deepEqual(
    several.obstacles.map(({ code }) => code),
    ["role-standard", "role-locked", "role-in-use"],
  );
  assert.deepEqual(several.users, ["ana"]);
  assert.match(several.message, /\(and 2 more\)$/);
  assert.deepEqual(draft.events, []);
  assert.deepEqual(JSON.parse(draft.commit()), { ...tenant, revision: 8 });
});

test("can says what an operation would do", () => {
  const draft = by("ana");
  assert.deepEqual(draft.can("deleteRole", "copy"), {
    allowed: false,
    code: "unknown-role",
    message: "there is no role `copy`",
    roles: ["copy"],
    obstacles: [{ code: "unknown-role", message: "there is no role `copy`", roles: ["copy"] }],
  });
  assert.deepEqual(
    draft.can("createRole", { id: "r", name: " STRASSE\u3000", grants: { "c.view": "own" } }).roles,
    ["agent"],
  );
  assert.deepEqual(draft.can("assign", 7, { role: "lead" }), { allowed: true });
  assert.deepEqual(draft.can("updateRole", "agent", { type: "x" }).code, "type-immutable");
  assert.deepEqual(draft.usage("agent"), { users: 1, everyone: 0, inheritedBy: ["lead"], separations: [] });
  assert.deepEqual(draft.violations(), [
    { separation: "sod", user: "ana", holds: ["s.roles", "s.billing"], found: true },
  ]);
  assert.deepEqual(draft.events, []);
});

test("hostile arguments are refused, never thrown by can", () => {
  const draft = by("ana");
  const cycle = { id: "r", name: "R" };
  cycle.grants = cycle;
  const deep = JSON.parse("[".repeat(5000) + "]".repeat(5000));
  for (const [operation, ...args] of [
    ["createRole", cycle],
    ["createRole", deep],
    ["createRole", { id: 1n, name: "R" }],
    ["createRole"],
    ["createRole", null],
    ["createRole", "role"],
    ["createRole", { id: "__proto__", name: "x", grants: JSON.parse('{ "__proto__": true }') }],
    ["createRole", { id: "\ud800", name: "x", grants: { "c.view": "own" } }],
    ["createRole", { id: "a\u0000", name: "x", grants: { "c.view": "own" } }],
    ["createRole", { id: "x".repeat(300), name: "x", grants: { "c.view": "own" } }],
    ["updateRole", "agent", { grants: ["c.view"] }],
    ["updateRole", "agent", { grants: "own" }],
    ["updateRole", "agent", { id: "other" }],
    ["updateRole", "constructor", {}],
    ["selectCategory", "agent", "c", 1],
    ["selectCategory", "agent", "c", true, { life: true }],
    ["assign", { toString: () => "7" }, "agent"],
    ["assign", 7, { role: "agent", until: new Date(NaN) }],
    ["assign", 7, { role: "agent", until: "tomorrow" }],
    ["assign", 7, { role: "agent", team: "sales", extra: 1 }],
    ["assign", 7, ["agent"]],
    ["setUserTeams", 7, "sales"],
    ["setUserTeams", 7, [1]],
    ["setEveryone", {}],
    ["moveTeam", "sales", "sales"],
    ["nothing", 1],
    ["constructor"],
    [undefined],
  ]) {
    const possibility = draft.can(operation, ...args);
    assert.equal(possibility.allowed, false, `${operation}`);
    assert.ok(possibility.message.length > 5 && possibility.message.length < 500, possibility.message);
  }
  assert.equal(draft.can("assign", 7, "lead").allowed, true);
  assert.deepEqual(JSON.parse(draft.commit()), { ...tenant, revision: 8 });
});

/** Whatever is asked of it throws what is no error, and cannot be made a string. */
const unreadable = () => new Proxy({}, { ownKeys: () => raise(), get: () => raise() });
function raise() {
  throw Object.create(null);
}

test("what cannot be read is refused, whatever it throws", () => {
  const draft = by("ana");
  const name = unreadable();
  for (const args of [
    ["createRole", unreadable()],
    ["createRole", { id: "r", name, grants: { "c.view": "own" } }],
    ["assign", 7, unreadable()],
    ["assign", unreadable(), "agent"],
    [unreadable(), "agent"],
    [Symbol("deleteRole"), "agent"],
    [Symbol("deleteRole"), unreadable()],
    [{ toJSON: () => "stampReview" }, "agent"],
  ])
    assert.equal(draft.can(...args).code, "invalid");
  // As long as all ways to its parts.
  let shared = "x".repeat(1 << 20);
  for (let at = 0; at < 5; at += 1) shared = [shared, shared];
  const role = { id: "r", name: "R", grants: { "c.view": "own" }, "x-shared": shared };
  assert.match(draft.can("createRole", role).message, /longer than 16 MiB/);
});

test("what is not there does not make a change wider: it is refused, with its place", () => {
  const draft = by("ana");
  const before = draft.commit();
  for (const [place, operation, ...args] of [
    ["argument 2/until", "assign", 7, { role: "lead", until: undefined }],
    ["argument 2/team", "assign", 7, { role: "lead", team: undefined }],
    ["argument 2/when", "assign", 7, { role: "lead", when: undefined }],
    ["argument 2/when", "assign", 7, { role: "lead", when: new Map([["user.dept", "x"]]) }],
    ["argument 2/until", "assign", 7, { role: "lead", until: new Date(NaN) }],
    ["argument 1/roles/0/until", "addUser", { id: "cy", roles: [{ role: "lead", until: undefined }] }],
    ["argument 1/disabled", "addUser", { id: "cy", roles: ["lead"], disabled: undefined }],
    ["argument 1/0/when", "setEveryone", [{ role: "agent", when: undefined }]],
    ["argument 1/deny", "createRole", { id: "r", name: "R", grants: { "c.view": "all" }, deny: undefined }],
    ["argument 2/grants/c.*", "updateRole", "lead", { grants: { "c.*": Number.NaN } }],
    ["argument 2/inherits", "updateRole", "lead", { name: "L", inherits: () => [] }],
    ["argument 2", "setAttributes", "lou", Number.NaN],
    ["argument 2", "setAttributes", "lou", new Map([["dept", "x"]])],
    ["argument 2", "setAttributes", "lou", Promise.resolve({ dept: "x" })],
    ["takes", "setAttributes", "lou", undefined],
    ["argument 2", "moveTeam", "sales", Number.NaN],
    ["takes", "moveTeam", "sales", undefined],
    ["argument 2/1", "setUserTeams", "lou", ["sales", , "emea"]],
  ]) {
    const possibility = draft.can(operation, ...args);
    assert.equal(possibility.code, "invalid", operation);
    assert.ok(possibility.message.includes(place), possibility.message);
    const { code, message } = thrown(() => draft[operation](...args));
    assert.deepEqual([code, message], ["invalid", possibility.message]);
  }
  assert.equal(draft.commit(), before);
  // An argument that may be left out may be said to be.
  draft.selectCategory("agent", "c", true, undefined);
});

test("can says the same as the error", () => {
  const draft = by("ana");
  const role = "\u202eagent\u0007";
  const { code, message, obstacles } = thrown(() => draft.deleteRole(role));
  const possibility = draft.can("deleteRole", role);
  assert.deepEqual(
    [possibility.code, possibility.message, possibility.obstacles],
    [code, message, obstacles],
  );
});

test("a role that is asked for is a string", () => {
  const draft = edit(
    { ...tenant, roles: [...tenant.roles, { id: "\ufffd", name: "Odd" }] },
    { actor: "ana", now: NOW, permission: null, revision: 7 },
  );
  for (const role of [undefined, null, 7, {}, ["agent"], Symbol("agent")])
    assert.equal(thrown(() => draft.usage(role)).code, "bad-options");
  assert.equal(draft.usage("\ufffd").users, 0);
  assert.equal(draft.usage("\ud800"), undefined);
});

test("what was done and approved is still there after the engine has failed", () => {
  const draft = by("ana");
  draft.stampReview("agent");
  const next = draft.commit({ approvedBy: "zoe" });
  draft.stampReview("lead");
  const { events } = draft;
  assert.deepEqual(
    events.map(({ approvedBy }) => approvedBy),
    ["zoe", undefined],
  );
  const fails = () =>
    engine.call(() => {
      throw new Error("a fault");
    });
  assert.equal(thrown(fails).code, "trap");
  assert.deepEqual(draft.events, events);
  const last = draft.commit();
  assert.deepEqual(
    [next, last].map((json) => JSON.parse(json).revision),
    [8, 8],
  );
  const approved = draft.events;
  assert.equal(thrown(fails).code, "trap");
  assert.deepEqual(draft.events, approved);
});

test("all four options are required", () => {
  const all = { actor: "ana", now: NOW, permission: null, revision: 7 };
  for (const key of Object.keys(all)) {
    for (const value of [undefined, {}, NaN, true]) {
      if (key === "actor" && typeof value === "object") continue;
      const error = thrown(() => edit(json, { ...all, [key]: value }));
      assert.equal(error.code, "bad-options", `${key}: ${String(value)}`);
      assert.match(error.message, new RegExp(key));
    }
    const { [key]: _, ...rest } = all;
    assert.equal(thrown(() => edit(json, rest)).code, "bad-options", key);
  }
  assert.equal(thrown(() => edit(json)).code, "bad-options");
  assert.equal(thrown(() => edit(json, { ...all, tenant: "acme" })).code, "bad-options");
  assert.equal(thrown(() => by("ana").commit({ approved: "zoe" })).code, "bad-options");
  assert.equal(thrown(() => by("ana").commit({ approvedBy: {} })).code, "bad-options");
  // A count that cannot be read must not mean that nobody has the role.
  for (const count of ["12", Number.NaN, -1, 1.5, 12n, null, true, [12], {}])
    assert.equal(
      thrown(() => by("ana").commit({ usage: { agent: count } })).code,
      "bad-options",
      String(count),
    );
  class Counts {
    get agent() {
      return 12;
    }
  }
  for (const usage of [
    new Map([["agent", 12]]),
    [["agent", 12]],
    "agent",
    12,
    null,
    Promise.resolve({ agent: 12 }),
    new Date(),
    new Counts(),
    Object.create({ agent: 12 }),
    unreadable(),
  ])
    assert.equal(thrown(() => by("ana").commit({ usage })).code, "bad-options");
});

test("snapshots, actors and revisions that are refused", () => {
  const late = thrown(() => by("ana", { revision: 6 }));
  assert.ok(late instanceof AdminError && late.code === "conflict");
  const broken = thrown(() =>
    edit({ ...tenant, roles: [{ id: "r" }] }, { actor: "ana", now: NOW, permission: null, revision: 7 }),
  );
  assert.equal(broken.name, "SnapshotError");
  assert.ok(broken.issues.length > 1);
  const subject = thrown(() => by({ id: "zed", role: "admin" }));
  assert.deepEqual([subject.code, subject.issues[0].path], ["bad-subject", "/role"]);
  by({ id: 5, roles: ["admin"] }).assign(7, "lead");
  const self = thrown(() => by("ana").commit({ approvedBy: "ana" }));
  assert.equal(self.code, "self-approval");
  assert.equal(by("7", { permission: "s.roles" }).can("stampReview", "agent").code, "not-permitted");
});

test("a draft that was freed says so", () => {
  const draft = by("ana");
  draft.free();
  draft.free();
  assert.equal(thrown(() => draft.events).code, "freed");
});

test("many drafts are freed again", () => {
  for (let at = 0; at < 300; at += 1) {
    const draft = by("ana");
    draft.stampReview("agent");
    draft.free();
  }
});

test("impact and diff tell who gains and loses", () => {
  const draft = by("ana");
  assert.deepEqual(draft.impact(), { changes: [], total: 0 });
  draft.updateRole("agent", { grants: { "c.view": "all" } });
  draft.assign(7, { role: "lead", team: "sales", until: new Date(NOW + 1000) });
  draft.disableUser("lou");
  const { changes, total } = draft.impact({ limit: 3 });
  assert.deepEqual(changes, [
    { user: "lou", permission: "c.view", from: "team", to: "none", change: "narrower", conditional: false },
    { user: "lou", permission: "c.reply", from: "team", to: "none", change: "narrower", conditional: false },
    { user: "lou", permission: "s.roles", from: "all", to: "none", change: "narrower", conditional: false },
  ]);
  assert.equal(total, 6);
  const next = draft.commit();
  const { changes: all } = diff(json, next, { now: NOW });
  assert.deepEqual(all.slice(0, 3), changes);
  assert.deepEqual(
    all.slice(3).map(({ user, permission, to, until }) => [user, permission, to, until]),
    [
      ["7", "c.view", "all", undefined],
      ["7", "c.reply", "team", NOW + 1000],
      ["7", "s.roles", "team", NOW + 1000],
    ],
  );
  assert.deepEqual(diff(json, next, { now: NOW + 5000, limit: 0 }), { changes: [], total: 4 });
  // Of another catalog, too.
  const other = JSON.parse(next);
  other.catalog.categories[1].permissions.pop();
  other.separations = [];
  const lost = diff(next, other, { now: NOW }).changes;
  assert.deepEqual(
    lost.map(({ user, permission, to }) => [user, permission, to]),
    [["ana", "s.billing", "none"]],
  );
  for (const options of [{ limit: -1 }, { limit: "5" }, { now: NaN }, { max: 5 }])
    assert.equal(thrown(() => diff(json, next, options)).code, "bad-options");
  assert.equal(thrown(() => diff(json, "{}")).name, "SnapshotError");
});
