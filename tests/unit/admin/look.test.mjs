// Lint, forms of roles, access reports and reviews against the built module: what crosses the border, options,
// and text. What they find is tested natively (tests/admin).

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import {
  AdminError,
  accessReport,
  edit,
  init,
  isRolegateError,
  lint,
  recordReview,
  roleForm,
  SnapshotError,
  SubjectError,
} from "../../../pkg/admin/node.js";
import { engine } from "../../../pkg/admin/opened.js";
import { load } from "../../../pkg/entries/node.js";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const tenant = {
  format: "rolegate/1",
  revision: 7,
  tenant: 'acme "1" <b>',
  catalog: {
    categories: [
      {
        id: "c",
        title: "Conversations",
        permissions: [
          { id: "c.view", title: "View", scopes: ["own", "team", "all"] },
          { id: "c.reply", scopes: ["own", "team", "all"], requires: ["c.view"] },
        ],
      },
      { id: "s", permissions: [{ id: "s.roles" }, { id: "s.billing", sensitive: true }] },
    ],
  },
  teams: [{ id: "sales" }],
  roles: [
    { id: "admin", name: "Administrator", standard: true, locked: true, grants: { "*": true } },
    { id: "agent", name: "Agent", description: "Answers", grants: { "c.view": "team" } },
    { id: "lead", name: "Role3", inherits: ["agent"], grants: { "c.reply": "own" } },
  ],
  users: [
    { id: "ana", roles: ["admin"] },
    { id: "ann", roles: ["admin"] },
    {
      id: "=cmd|' /C calc'!A0",
      teams: ["sales"],
      roles: ["lead", { role: "agent", until: "2020-01-01T00:00:00Z" }],
    },
    { id: 'a,"b"<script>', roles: [{ role: "agent", team: "sales", until: "2030-01-01T00:00:00Z" }] },
  ],
};
const EVIL = tenant.users[2].id;
const QUOTED = tenant.users[3].id;

test("lint tells findings with operations that a draft does", async () => {
  await init();
  const found = lint(tenant, { now: NOW });
  assert.deepEqual(
    found.map(({ code, path }) => [code, path]),
    [
      ["no-description", "/roles/0"],
      ["no-description", "/roles/2"],
      ["generic-name", "/roles/2/name"],
      ["whole-tenant-in-browser", "/users"],
      ["expired-assignment", "/users/2/roles/1"],
    ],
  );
  const draft = edit(tenant, { actor: "ana", now: NOW, permission: null, revision: 7 });
  const [[operation, ...args]] = found.at(-1).suggestion;
  draft[operation](...args);
  assert.ok(!lint(draft.commit(), { now: NOW }).some(({ code }) => code === "expired-assignment"));
  assert.equal(found[0].suggestion, undefined);
  // Names are compared as `edit` does it.
  const roles = [
    ...tenant.roles,
    { id: "x", name: " ＡＧＥＮＴ ", description: "x", grants: { "c.view": "own" } },
  ];
  assert.ok(
    lint({ ...tenant, roles }).some(
      ({ code, path }) => code === "duplicate-name" && path === "/roles/3/name",
    ),
  );
  // Zones are those of the host.
  const when = { $during: { tz: "Europe/Lisboa" } };
  const late = [...tenant.roles, { id: "x", name: "Late", grants: { "c.view": { when } } }];
  assert.equal(lint({ ...tenant, roles: late }).filter(({ code }) => code === "unknown-zone").length, 1);
});

test("a form has what a page shows, and its changes can be done", () => {
  const form = roleForm(tenant, "lead", { actor: "ana", now: NOW });
  assert.deepEqual(form.role, tenant.roles[2]);
  const [conversations, settings] = form.categories;
  assert.deepEqual(
    [conversations.title, conversations.selected, settings.selected, form.users, form.granted, form.total],
    ["Conversations", "all", "none", 1, 2, 4],
  );
  const [view, reply] = conversations.permissions;
  assert.deepEqual(
    [view.source, view.from, view.level, view.toggle],
    [
      "inherited",
      "agent",
      "team",
      { value: false, allowed: false, why: "prerequisite", obstacles: view.toggle.obstacles },
    ],
  );
  assert.equal(view.toggle.obstacles[0].code, "prerequisite");
  assert.deepEqual(
    reply.levels.map(({ level, selected }) => [level, selected]),
    [
      ["own", true],
      ["team", false],
      ["all", false],
    ],
  );
  const draft = edit(tenant, { actor: "ana", now: NOW, permission: null, revision: 7 });
  draft.updateRole("lead", { grants: { [reply.id]: reply.levels[2].toggle.value } });
  draft.selectCategory("lead", settings.id, settings.toggle.value);
  const after = roleForm(draft.commit(), "lead", { actor: "ana", now: NOW });
  assert.deepEqual(
    after.categories.map(({ selected }) => selected),
    ["all", "all"],
  );
  assert.equal(roleForm(tenant, "admin").categories[0].permissions[0].toggle.why, "locked");
  assert.equal(roleForm(tenant, "nobody"), undefined);
  const fresh = roleForm(tenant, null, { actor: { id: 5, roles: ["agent"] }, now: NOW });
  assert.equal(fresh.role, null);
  assert.equal(fresh.categories[1].permissions[0].toggle.why, "escalation");
  assert.equal(fresh.categories[0].toggle, undefined);
});

test("a report has the rows, as objects and as text", async () => {
  const json = JSON.stringify(tenant);
  const report = accessReport(json, { at: new Date(NOW) });
  assert.deepEqual(report.header, {
    tenant: tenant.tenant,
    revision: 7,
    sha256: createHash("sha256").update(json).digest("hex"),
    at: "2026-11-20T12:00:00Z",
    users: 4,
    holders: 4,
    rows: 11,
  });
  const rows = [...report.rows()];
  assert.equal(rows.length, 11);
  const snapshot = await load(json);
  for (const user of snapshot.users()) {
    const gate = snapshot.for(user, { now: NOW });
    const held = snapshot.permissions().filter((permission) => gate.scope(permission).kind !== "none");
    const told = rows.filter((row) => row.user === user).map(({ permission }) => permission);
    assert.deepEqual(new Set(told), new Set(held), user);
  }
  assert.deepEqual(
    rows.find((row) => row.user === QUOTED),
    {
      user: QUOTED,
      role: "agent",
      team: "sales",
      via: [],
      until: "2030-01-01T00:00:00Z",
      permission: "c.view",
      level: "team",
      conditional: false,
      flags: ["temporary"],
    },
  );
  const lines = report.csv().split("\r\n");
  assert.equal(lines[0], "user,role,team,via,from,until,permission,level,conditional,flags,lastUsed");
  assert.ok(
    lines.some((line) => line.startsWith(`"'=cmd|' /C calc'!A0",lead,,agent,,,c.view,team,false,`)),
    lines.join("\n"),
  );
  assert.ok(report.csv().includes('\r\n"a,""b""<script>",agent,sales,'));
  assert.deepEqual(JSON.parse(report.json()), { header: report.header, rows });
  const page = report.html();
  assert.ok(
    !page.includes("<script>") &&
      page.includes("&lt;script&gt;") &&
      page.includes("acme &quot;1&quot; &lt;b&gt;"),
  );
  assert.equal([...report.pieces("csv")].join(""), report.csv());
  report.free();
  assert.throws(() => [...report.rows()], isRolegateError);
});

test("cells that spreadsheets compute are texts", () => {
  const of = (id) => accessReport({ ...tenant, users: [{ id, roles: ["agent"] }] }, { at: NOW }).csv();
  for (const id of [
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "﹢1",
    " =1",
    "\u3000＝1",
    "\u00a0-1",
  ])
    assert.ok(of(id).includes(`\r\n"'${id}",agent`), id);
  for (const id of ["ana", "7", "Ána", "a=1", "ａ", "(1)", "_", "名"])
    assert.ok(of(id).includes(`\r\n${id},agent`), id);
});

test("a semicolon begins a cell where numbers have a decimal comma", () => {
  const of = (id) => accessReport({ ...tenant, users: [{ id, roles: ["agent"] }] }, { at: NOW }).csv();
  for (const [id, cell] of [
    ["a;=1+1", `"a;'=1+1"`],
    ["=1;+1;b", `"'=1;'+1;b"`],
    [";=1", `";'=1"`],
    ["a;b", "a;b"],
  ])
    assert.ok(of(id).includes(`\r\n${cell},agent`), of(id));
});

test("usage that cannot be read is refused: nothing is called unused, or used, for want of it", () => {
  const time = "2026-11-01T00:00:00Z";
  for (const usage of [
    null,
    [],
    new Map(),
    "ann",
    5,
    new Date(),
    Promise.resolve({ ann: { "c.view": time } }),
    Object.create({ ann: { "c.view": time } }),
    new Proxy({}, { ownKeys: () => assert.fail("cannot be read") }),
    { ann: time },
    { ann: [time] },
    { ann: null },
    { ann: new Date() },
    { ann: Promise.resolve({ "c.view": time }) },
  ])
    assert.throws(() => accessReport(tenant, { at: NOW, usage }), { code: "bad-options" });
  for (const at of [5, new Date(), "", null, undefined, true])
    assert.throws(() => accessReport(tenant, { at: NOW, usage: { ann: { "c.view": at } } }), {
      code: "bad-options",
    });
});

test("usage tells what is not used", () => {
  const usage = { ann: { "c.view": "2026-11-01T00:00:00Z" } };
  const rows = [...accessReport(tenant, { at: NOW, usage }).rows()].filter((row) => row.user === "ann");
  assert.deepEqual(
    rows.map(({ permission, lastUsed, flags }) => [permission, lastUsed, flags.includes("unused")]),
    [
      ["c.view", "2026-11-01T00:00:00Z", false],
      ["c.reply", undefined, true],
      ["s.roles", undefined, true],
      ["s.billing", undefined, true],
    ],
  );
  const hostile = accessReport(
    { ...tenant, users: [{ id: "__proto__", roles: ["agent"] }] },
    { at: NOW, usage: {} },
  );
  assert.deepEqual([...hostile.rows()][0].flags, ["unused"]);
});

test("a report of many people is asked for in parts", () => {
  const users = Array.from({ length: 4_000 }, (_, at) => ({
    id: `u${at}`,
    roles: at % 2 === 0 ? ["admin"] : ["lead"],
  }));
  const report = accessReport({ ...tenant, users }, { at: NOW });
  let count = 0;
  let last = -1;
  for (const { user } of report.rows()) {
    const at = Number(user.slice(1));
    assert.ok(at === last || at === last + 1);
    last = at;
    count += 1;
  }
  assert.deepEqual([count, last, report.header.rows], [12_000, 3_999, 12_000]);
});

test("a review is recorded, by rows of a report", () => {
  const draft = edit(tenant, { actor: "ana", now: NOW, permission: null, revision: 7 });
  const rows = [...accessReport(tenant, { at: NOW }).rows()].filter(
    (row) => row.user !== "ana" && row.user !== "ann",
  );
  const decide = (row) => ({ ...row, decision: row.user === QUOTED ? "revoke" : "keep", note: "Q4" });
  recordReview(draft, rows.map(decide));
  assert.deepEqual(
    draft.events.map(({ action, kind, target, after }) => [action, kind, target, after?.note]),
    [
      ["keep", "assignment", EVIL, "Q4"],
      ["revoke", "assignment", QUOTED, undefined],
      ["stampReview", "role", "lead", undefined],
    ],
  );
  const { users, roles } = JSON.parse(draft.commit());
  assert.deepEqual([users[3].roles, roles[2].reviewedAt], [[], "2026-11-20T12:00:00Z"]);
  const refused = (decisions, code) =>
    assert.throws(
      () => recordReview(draft, decisions),
      (error) => error instanceof AdminError && error.code === code,
    );
  refused([{ user: "ana", role: "admin", decision: "keep" }], "self-approval");
  refused([{ user: "ann", role: "lead", decision: "keep" }], "invalid");
  const both = ["keep", "revoke"].map((decision) => ({ user: "ann", role: "admin", decision }));
  refused(both, "invalid");
});

const bad = (run, code) => assert.throws(run, (error) => isRolegateError(error) && error.code === code);

test("what is wrong is an error with a code", () => {
  assert.throws(() => lint("{}"), SnapshotError);
  assert.throws(() => roleForm("{}", "x"), SnapshotError);
  assert.throws(() => accessReport("{}", { at: 1 }), SnapshotError);
  assert.throws(() => roleForm(tenant, "lead", { actor: { id: "x", roles: [1] } }), SubjectError);
  for (const options of [{ now: "1" }, { now: Number.NaN }, { nwo: 1 }, 5]) {
    bad(() => lint(tenant, options), "bad-options");
    bad(() => roleForm(tenant, "lead", options), "bad-options");
  }
  for (const options of [
    undefined,
    {},
    { at: "x" },
    { at: new Date("x") },
    { at: undefined },
    { at: "2026" },
    { at: "" },
    { at: true },
    { at: [] },
    { at: 5n },
    { at: Symbol("at") },
    { at: { valueOf: () => 5 } },
    { at: Object.create(Date.prototype) },
    { at: 1, use: {} },
  ])
    bad(() => accessReport(tenant, options), "bad-options");
  const report = accessReport(tenant, { at: NOW });
  for (const format of ["xlsx", "constructor", "__proto__", undefined, Symbol("csv")])
    bad(() => report.pieces(format), "bad-options");
  for (const role of [undefined, 7, {}, Symbol("lead")]) bad(() => roleForm(tenant, role), "bad-options");
  for (const type of [5, null, 1n, "company", {}]) bad(() => roleForm(tenant, null, { type }), "bad-options");
  // Nor does it become the form of a new role.
  assert.equal(roleForm(tenant, "\ud800"), undefined);
  const draft = edit(tenant, { actor: "ana", now: NOW, permission: null, revision: 7 });
  const decision = { user: "ann", role: "admin", decision: "keep" };
  for (const decisions of [
    undefined,
    5,
    [null],
    [{ ...decision, user: 1n }],
    [{ ...decision, note: 1n }],
    [{ ...decision, decision: Symbol("keep") }],
    [decision, { ...decision, decision: undefined }],
    new Proxy([], { get: () => assert.fail("cannot be read") }),
  ])
    bad(() => recordReview(draft, decisions), "invalid");
  assert.deepEqual(draft.events, []);
});

test("what a report is of cannot be changed by whoever reads it, nor rows by a failure between them", () => {
  const report = accessReport(tenant, { at: NOW });
  const { rows } = report.header;
  assert.throws(() => (report.header.rows = 0), TypeError);
  const all = [...report.rows()];
  assert.equal(all.length, rows);
  const again = report.rows();
  assert.deepEqual(again.next().value, all[0]);
  bad(() => engine.call(() => assert.fail("a fault")), "trap");
  assert.deepEqual([...again], all.slice(1));
  assert.deepEqual([...report.rows()], all);
});
