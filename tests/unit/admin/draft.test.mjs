// Drafts against the built module: what crosses the border, errors, options, and what happens when the engine
// fails. The rules themselves are tested natively (tests/admin).

import assert from "node:assert/strict";
import { test } from "node:test";
import { AdminError, diff, edit, init, isRolegateError } from "../../../pkg/admin/node.js";

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
  draft.duplicateRole("agent", { id: "copy", name: "Copy", description: undefined });
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
  for (const usage of [new Map([["agent", 12]]), [["agent", 12]], "agent", 12, null])
    assert.equal(thrown(() => by("ana").commit({ usage })).code, "bad-options", String(usage));
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
