// What the five sample tenants' products ask of administration, of lint and of open pages: a test for each row,
// named by its id (www/samples/README.md). What roles allow is in tests/package/tenant-*.mjs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { AdminError, accessReport, diff, edit, lint, roleForm } from "../../../pkg/admin/node.js";
import { subjectFrom } from "../../../pkg/claims/index.js";
import { load } from "../../../pkg/entries/node.js";
import { DAY, MINUTE, NOW, World } from "../store/world.mjs";

const { deepEqual, equal, ok } = assert;

/** Who runs each tenant, and what they must hold to edit roles. */
const TENANTS = {
  aifocus: ["ada", "system.settings"],
  engage: ["ann", "role.update"],
  proto: ["pat", "role.manage"],
  desk: ["dot", "role.manage"],
  iadvize: ["iris", "role.manage"],
};
const { aifocus, engage, proto, desk, iadvize } = Object.fromEntries(
  Object.keys(TENANTS).map((name) => [
    name,
    readFileSync(new URL(`../../../www/samples/${name}.json`, import.meta.url), "utf8"),
  ]),
);

/** A draft of a tenant, by whoever runs it or by somebody else. */
function draftOf(json, actor, now = NOW) {
  const { tenant, revision } = JSON.parse(json);
  const [admin, permission] = TENANTS[tenant];
  return edit(json, { actor: actor ?? admin, now, permission, revision });
}

/** The tenant after a change. */
function changed(json, change) {
  const draft = draftOf(json);
  change(draft);
  return draft.commit();
}

const roleOf = (json, id) => JSON.parse(json).roles.find((role) => role.id === id);
const userOf = (json, id) => JSON.parse(json).users.find((user) => user.id === id);
const gateOf = async (json, user, now = NOW) => (await load(json)).for(user, { now });
const held = async (json, user) => (await gateOf(json, user)).permissions();
const codes = ({ obstacles }) => obstacles.map(({ code }) => code);

/** The error of an operation that is refused; `can` says the same, and nothing has changed. */
function refused(draft, operation, ...args) {
  const { events } = draft;
  const foretold = draft.can(operation, ...args);
  equal(foretold.allowed, false, operation);
  try {
    draft[operation](...args);
  } catch (error) {
    ok(error instanceof AdminError, String(error));
    deepEqual(codes(error), codes(foretold));
    deepEqual(draft.events, events);
    return error;
  }
  return assert.fail(`${operation} is not refused`);
}

/** Where lint finds something, by the ids of the roles. */
function found(json, code, now = NOW) {
  const { roles } = JSON.parse(json);
  return lint(json, { now })
    .filter((finding) => finding.code === code)
    .map(({ path }) => path.replace(/\d+/, (at) => roles[at].id));
}

/** A server that answers each user's page from what is published, and pages that are never reloaded. */
async function open(world, json) {
  let published = await load(json);
  world.answer = (url) => {
    const gate = published.for(url.split("/").at(-1), { now: world.date });
    return new Response(JSON.stringify(gate), { headers: { "content-type": "application/json" } });
  };
  return {
    publish: async (next) => {
      published = await load(next);
    },
    page: (user, options) => world.store({ url: `/roles/${user}`, user, tenant: "desk", ...options }),
  };
}

// aifocus: a help desk

test("A8 made in Settings: only who may change the settings makes roles, and they count once assigned", async () => {
  const role = { id: "labeller", name: "Labeller", grants: { "label.manage": true } };
  for (const user of ["ben", "sam", "tess", "finn", "leo"])
    equal(refused(draftOf(aifocus, user), "createRole", role).code, "not-permitted");
  const next = changed(aifocus, (draft) => {
    draft.createRole(role);
    draft.assign("nora", "labeller");
  });
  equal((await gateOf(aifocus, "nora")).can("label.manage"), false);
  equal((await gateOf(next, "nora")).can("label.manage"), true);
});

test("A12 save: nothing has changed before, all of it has after", async () => {
  const draft = draftOf(aifocus);
  draft.updateRole("agent", { grants: { "contact.export": true } });
  equal((await gateOf(aifocus, "ben")).can("contact.export"), false);
  const next = draft.commit();
  equal((await gateOf(next, "ben")).can("contact.export"), true);
  equal(JSON.parse(next).revision, JSON.parse(aifocus).revision + 1);
  assert.throws(
    () => edit(next, { actor: "ada", now: NOW, permission: null, revision: 1 }),
    (error) => error.code === "conflict",
  );
});

test("A42 least privilege: a role that grants everything is found, the worked roles are not", () => {
  deepEqual(found(aifocus, "broad-grant"), []);
  const next = changed(aifocus, (draft) =>
    draft.createRole({ id: "boss", name: "Boss", description: "Runs things", grants: { "*": true } }),
  );
  deepEqual(found(next, "broad-grant"), ["/roles/boss/grants/*"]);
});

test('A43 clear names: "Role3" is found until it is renamed', () => {
  deepEqual(found(aifocus, "generic-name"), []);
  const vague = changed(aifocus, (draft) => draft.updateRole("technical-lead", { name: "Role3" }));
  deepEqual(found(vague, "generic-name"), ["/roles/technical-lead/name"]);
  const clear = changed(vague, (draft) => draft.updateRole("technical-lead", { name: "Technical Lead" }));
  deepEqual(found(clear, "generic-name"), []);
});

test("A44 what a role is for: one without a description is found", () => {
  deepEqual(found(aifocus, "no-description"), []);
  const next = changed(aifocus, (draft) => draft.updateRole("read-only-agent", { description: null }));
  deepEqual(found(next, "no-description"), ["/roles/read-only-agent"]);
});

test("A45 regular review: due after a quarter, done by what lint suggests", () => {
  const later = Date.parse("2027-01-15T09:00:00Z");
  const due = (json) => lint(json, { now: later }).filter(({ code }) => code === "stale-review");
  deepEqual(found(aifocus, "stale-review"), []);
  equal(due(aifocus).length, 5);
  const draft = draftOf(aifocus, "ada", later);
  for (const { suggestion } of due(aifocus))
    for (const [operation, ...args] of suggestion) draft[operation](...args);
  const next = draft.commit();
  deepEqual(due(next), []);
  equal(Date.parse(roleOf(next, "technical-lead").reviewedAt), later);
  equal(roleOf(next, "agent").reviewedAt, undefined);
});

test("A46 who has what: the report has a row for whoever can, and for nobody else", async () => {
  const snapshot = await load(aifocus);
  const report = accessReport(aifocus, { at: NOW });
  const rows = [...report.rows()];
  const holders = (permission) => rows.filter((row) => row.permission === permission);
  for (const permission of snapshot.permissions())
    deepEqual(
      [...new Set(holders(permission).map(({ user }) => user))].toSorted(),
      snapshot.whoCan(permission, { now: NOW, context: { format: "csv" } }).toSorted(),
      permission,
    );
  // The report assumes nothing of the context: that exporting depends on the format is in the row.
  equal(holders("report.export").find(({ user }) => user === "finn").conditional, true);
  const sam = holders("contact.edit").find(({ user }) => user === "sam");
  deepEqual([sam.role, sam.team, sam.level], ["sales-supervisor", "sales", "team"]);
});

test("A48 test with one user: a trial for a month is that user's only, and known before it is saved", async () => {
  const draft = draftOf(aifocus);
  const until = NOW + 30 * DAY;
  draft.assign("ben", { role: "financial-analyst", until: new Date(until) });
  const { changes, total } = draft.impact();
  equal(changes.length, total);
  deepEqual([...new Set(changes.map(({ user }) => user))], ["ben"]);
  const wider = changes.find(({ permission }) => permission === "report.view");
  deepEqual([wider.from, wider.to, wider.change, wider.until], ["own", "all", "wider", until]);
  const next = draft.commit();
  deepEqual(diff(aifocus, next, { now: NOW }), { changes, total });
  equal((await gateOf(next, "ben")).can("report.financial", { agentId: "sam", teamId: "sales" }), true);
  equal((await gateOf(next, "ben", until)).can("report.financial"), false);
  deepEqual(await held(next, "cara"), await held(aifocus, "cara"));
});

test("A49 immediate revocation: who leaves is denied everything, on an open page, too", async () => {
  await World.in(async (world) => {
    const { publish, page } = await open(world, aifocus);
    const store = page("tess", { tenant: "aifocus", activate: "manual" });
    await world.pass(0);
    equal(store.gate.can("bot.configure"), true);
    const next = changed(aifocus, (draft) => draft.disableUser("tess"));
    await publish(next);
    await store.refresh();
    deepEqual(store.gate.permissions(), []);
    deepEqual(userOf(next, "tess").roles, ["technical-lead"]);
  });
});

test("A50 who approved a role is in the roles that changed, and is somebody else", () => {
  const draft = draftOf(aifocus);
  draft.updateRole("technical-lead", { description: "Leads the technical team." });
  draft.duplicateRole("agent", { id: "night", name: "Night Agent" });
  assert.throws(
    () => draft.commit({ approvedBy: "ada" }),
    (error) => error.code === "self-approval",
  );
  const next = draft.commit({ approvedBy: "cara" });
  const approvers = JSON.parse(next).roles.map(({ id, approvedBy }) => [id, approvedBy]);
  deepEqual(
    approvers.filter(([, approvedBy]) => approvedBy === "cara").map(([id]) => id),
    ["technical-lead", "night"],
  );
  equal(roleOf(next, "financial-analyst").approvedBy, "ada");
});

test("A51 changes are logged: who did what to which role, before, after and by whose approval", () => {
  const draft = draftOf(aifocus);
  draft.updateRole("agent", { grants: { "conversation.close": null } });
  draft.assign("nora", "agent");
  refused(draft, "deleteRole", "agent");
  equal(draft.events[0].approvedBy, undefined);
  draft.commit({ approvedBy: "cara" });
  const [role, user] = draft.events;
  equal(draft.events.length, 2);
  deepEqual(
    [role.action, role.kind, role.target, role.actor, role.approvedBy],
    ["updateRole", "role", "agent", "ada", "cara"],
  );
  equal(Date.parse(role.at), NOW);
  deepEqual(
    [role.before, role.after].map(({ grants }) => grants["conversation.close"]),
    [true, undefined],
  );
  deepEqual([user.action, user.target, user.after.roles], ["assign", "nora", ["read-only-agent", "agent"]]);
});

test("A52 separation of duties: refused by assignment, found where it is broken", () => {
  const error = refused(draftOf(aifocus), "assign", "tess", "financial-analyst");
  deepEqual([error.code, error.users, error.separations], ["separation", ["tess"], ["watch-and-run"]]);
  const broken = JSON.parse(aifocus);
  broken.users.find(({ id }) => id === "tess").roles.push("financial-analyst");
  const of = (json) => lint(json, { now: NOW }).filter(({ code }) => code === "separation");
  deepEqual(of(aifocus), []);
  deepEqual(
    of(broken).map(({ severity }) => severity),
    ["error"],
  );
  const draft = draftOf(JSON.stringify(broken));
  deepEqual(draft.violations(), [
    {
      separation: "watch-and-run",
      user: "tess",
      holds: ["technical-lead", "financial-analyst"],
      found: true,
    },
  ]);
  draft.unassign("tess", "technical-lead");
  deepEqual(draft.violations(), []);
});

test("A53 use is monitored: what was decided tells which permissions somebody has and does not use", async () => {
  const usage = {};
  const onDecision = ({ user, permission, allowed }) => {
    if (allowed) (usage[user] ??= {})[permission] = new Date(NOW).toISOString();
  };
  const gate = (await load(aifocus)).for("ben", { now: NOW, onDecision });
  ok(gate.can("conversation.close", { assigneeId: "ben" }));
  ok(!gate.can("system.settings"));
  const rows = [...accessReport(aifocus, { at: NOW, usage }).rows()].filter(({ user }) => user === "ben");
  const isUsed = ({ permission }) => permission === "conversation.close";
  deepEqual(
    rows.filter(isUsed).map(({ lastUsed, flags }) => [lastUsed, flags.includes("unused")]),
    [[usage.ben["conversation.close"], false]],
  );
  const others = rows.filter((row) => !isUsed(row));
  ok(others.length > 0 && others.every(({ flags }) => flags.includes("unused")));
});

// engage: messaging for support, sales and marketing

test("B1 a role comes with adding a teammate: access follows it", async () => {
  const next = changed(engage, (draft) =>
    draft.addUser({ id: "new", name: "New Hand", teams: ["amer-sales"], roles: ["sales-user"] }),
  );
  deepEqual(await held(next, "new"), await held(engage, "sid"));
  const gate = await gateOf(next, "new");
  equal(gate.can("conversation.reply", { agentId: "sid", groupId: "amer-sales" }), true);
  equal(gate.can("conversation.reply", { agentId: "sue", groupId: "emea-support" }), false);
  equal((await gateOf(engage, "new")).can("people.access"), false);
});

test("B7 made in Admin Settings: the page of a new role is for those who make roles", () => {
  const role = { id: "faq-reader", name: "FAQ Reader", grants: { "faq.edit": true } };
  for (const user of ["abe", "dee", "sol", "tam"])
    equal(refused(draftOf(engage, user), "createRole", role).code, "not-permitted", user);
  deepEqual(draftOf(engage).can("createRole", role), { allowed: true });
  const form = roleForm(engage, null, { actor: "ann", now: NOW });
  const closed = form.categories
    .flatMap(({ permissions }) => permissions)
    .filter(({ toggle }) => !toggle.allowed)
    .map(({ id, toggle }) => [id, toggle.why]);
  deepEqual(closed, [
    ["conversation.takeUp", "prerequisite"],
    ["conversation.reply", "prerequisite"],
    ["conversation.note", "prerequisite"],
    ["role.create", "standardOnly"],
    ["role.update", "standardOnly"],
  ]);
});

test("B10 a role like the one in the company: the directory names the job, and nobody gets another", async () => {
  const jobs = { "Head of Support": "support-manager", "Field Sales": "sales-user" };
  const snapshot = await load(engage);
  const held = (job) => {
    const claims = { sub: "new", job };
    const map = (name) => (Object.hasOwn(jobs, name) ? jobs[name] : undefined);
    const { subject } = subjectFrom(claims, {
      id: "sub",
      roles: { claim: "job", one: true },
      map,
      tenant: null,
    });
    return snapshot.for(subject, { now: NOW }).permissions();
  };
  const ofRole = async (user) => (await gateOf(engage, user)).permissions();
  deepEqual(held("Head of Support"), await ofRole("sol"));
  deepEqual(held("Field Sales"), await ofRole("sid"));
  for (const job of ["Janitor", "toString", undefined]) deepEqual(held(job), [], String(job));
  // A person of the list gets the role of the job, with somebody who makes roles.
  const draft = draftOf(engage);
  draft.addUser({ id: "new", roles: [jobs["Head of Support"]] });
  deepEqual(refused(draft, "addUser", { id: "other", roles: ["Head of Support"] }).code, "invalid");
});

test("B15 a distinct name: not that of another role, however it is written", () => {
  const grants = { "faq.edit": true };
  for (const name of ["Support Agent", " support agent", "SUPPORT AGENT\u00a0", "Ｓupport Agent"]) {
    const draft = draftOf(engage);
    const error = refused(draft, "createRole", { id: "other", name, grants });
    deepEqual([error.code, error.roles], ["duplicate-name", ["support-agent"]], name);
    equal(refused(draft, "updateRole", "intern", { name }).code, "duplicate-name");
  }
  draftOf(engage).createRole({ id: "other", name: "Support Agent, nights", grants });
});

test("B16 clone a role: every one, and the clone gives the same but for what only standard roles give", async () => {
  const sources = JSON.parse(engage).roles.map(({ id }) => id);
  equal(sources.length, 19);
  const next = changed(engage, (draft) => {
    for (const id of sources) {
      draft.duplicateRole(id, { id: `${id}-clone`, name: `${id}, cloned` });
      draft.addUser({ id: `of-${id}`, teams: ["emea"], roles: [id] });
      draft.addUser({ id: `clone-${id}`, teams: ["emea"], roles: [`${id}-clone`] });
    }
  });
  for (const id of sources) {
    const of = await held(next, `of-${id}`);
    ok(of.length > 0, id);
    deepEqual(
      await held(next, `clone-${id}`),
      of.filter((permission) => !permission.startsWith("role.")),
      id,
    );
    const { standard, locked } = roleOf(next, `${id}-clone`);
    deepEqual([standard, locked], [undefined, undefined], id);
    deepEqual(roleOf(next, id), roleOf(engage, id));
  }
});

// proto: live representatives and AI assistants

test("C1 editing roles needs a permission: without it nothing, with it within what one holds", () => {
  const reader = { id: "reader", name: "Reader", type: "company", grants: { "team.manage": true } };
  for (const user of ["tom", "wes", "kim", "bro"])
    equal(refused(draftOf(proto, user), "createRole", reader).code, "not-permitted");
  const una = draftOf(proto, "una");
  una.createRole(reader);
  const error = refused(una, "updateRole", "reader", { grants: { "billing.view": true } });
  equal(error.code, "escalation");
  deepEqual(
    error.missing.map(({ permission }) => permission),
    ["billing.view"],
  );
});

test("C2 roles are assigned to users: one more, for one team, and taken away again", async () => {
  const record = (teamId) => ({ id: 1, assigneeId: "lee", teamId });
  const next = changed(proto, (draft) => draft.assign("wes", { role: "team-lead", team: "africa-care" }));
  const gate = await gateOf(next, "wes");
  equal(gate.can("livechat.manage", record("africa-care")), true);
  equal(gate.can("livechat.manage", record("asia-chat")), false);
  equal(gate.can("workspace.manage"), true);
  const back = changed(next, (draft) => draft.unassign("wes", { role: "team-lead", team: "africa-care" }));
  deepEqual(userOf(back, "wes"), userOf(proto, "wes"));
  equal(refused(draftOf(proto, "tom"), "assign", "wes", "team-lead").code, "not-permitted");
});

test("C3 permissions attach to roles only: a person has none of their own, another set is another role", () => {
  const draft = draftOf(proto);
  const grants = { "role.manage": true };
  const error = refused(draft, "addUser", { id: "new", grants });
  deepEqual([error.code, error.issues[0].code], ["invalid", "unknown-key"]);
  equal(refused(draft, "assign", "bea", { role: "auditor", grants }).code, "invalid");
  const direct = JSON.parse(proto);
  direct.users[0].grants = grants;
  assert.throws(() => draftOf(JSON.stringify(direct)), { code: "unknown-key" });
  draft.duplicateRole("bookkeeper", {
    id: "bookkeeper-2",
    name: "Bookkeeper II",
    grants: { "role.manage": true },
  });
  draft.assign("bea", "bookkeeper-2");
  deepEqual(userOf(draft.commit(), "bea").roles, ["bookkeeper", "bookkeeper-2"]);
});

test("C6 for the company's creator: the first snapshot has one, who stays until there is another", async () => {
  const { users, ...company } = JSON.parse(proto);
  const first = JSON.stringify({ ...company, users: [{ id: "eve", roles: ["admin"] }] });
  deepEqual(await held(first, "eve"), await held(proto, "pat"));
  const draft = draftOf(first, "eve");
  for (const [operation, ...args] of [
    ["unassign", "eve", { role: "admin" }],
    ["disableUser", "eve"],
    ["removeUser", "eve"],
  ])
    equal(refused(draft, operation, ...args).code, "last-admin", operation);
  draft.addUser({ id: "two", roles: ["admin"] });
  draft.unassign("eve", { role: "admin" });
  // Nobody becomes the creator afterwards.
  const none = JSON.stringify({ ...company, users: [] });
  equal(refused(draftOf(none, "eve"), "addUser", { id: "eve", roles: ["admin"] }).code, "not-permitted");
});

test("C8 at least one holder: the second admin may leave, the last one may not", () => {
  const draft = draftOf(proto);
  draft.removeUser("ola");
  // Bro has the role, too, but is disabled.
  for (const [operation, ...args] of [
    ["unassign", "pat", "admin"],
    ["disableUser", "pat"],
    ["removeUser", "pat"],
    ["moveUsers", "admin", "workspace-manager"],
  ])
    ok(codes(refused(draft, operation, ...args)).includes("last-admin"), operation);
  draft.assign("wes", "admin");
  draft.unassign("pat", "admin");
  deepEqual(userOf(draft.commit(), "pat").roles, []);
});

test("C9 the preset role is not to be modified", () => {
  for (const [operation, ...args] of [
    ["updateRole", "admin", { name: "Boss" }],
    ["updateRole", "admin", { grants: { "billing.manage": false } }],
    ["selectCategory", "admin", "billing", false],
  ])
    equal(refused(draftOf(proto), operation, ...args).code, "role-locked");
});

test("C10 the preset role is not to be deleted, whoever has it", () => {
  const error = refused(draftOf(proto), "deleteRole", "admin");
  deepEqual(codes(error), ["role-standard", "role-locked", "role-in-use"]);
  deepEqual(error.users, ["pat", "ola", "bro"]);
});

test("C12 a role has a name, a type and a permission; a description if one likes", () => {
  const role = { id: "teller", name: "Teller", type: "company", grants: { "billing.view": true } };
  const { name: _name, ...nameless } = role;
  const { type: _type, ...typeless } = role;
  const code = (it) => refused(draftOf(proto), "createRole", it).code;
  equal(code({ ...role, grants: {} }), "no-permissions");
  equal(code({ ...role, grants: { "billing.view": false } }), "no-permissions");
  equal(code(nameless), "invalid");
  equal(code(typeless), "invalid");
  equal(
    refused(draftOf(proto), "updateRole", "bookkeeper", { grants: { "billing.manage": null } }).code,
    "no-permissions",
  );
  const next = changed(proto, (draft) => draft.createRole(role));
  deepEqual(roleOf(next, "teller"), role);
});

test("C13 the type is for good and decides which permissions", () => {
  for (const type of ["team", null])
    equal(refused(draftOf(proto), "updateRole", "bookkeeper", { type }).code, "type-immutable");
  const barred = (type) =>
    roleForm(proto, null, { actor: "pat", now: NOW, type })
      .categories.flatMap(({ permissions }) => permissions)
      .filter(({ toggle }) => toggle.why === "type")
      .map(({ id }) => id);
  deepEqual(barred("company"), []);
  const closed = barred("team");
  equal(closed.length, 9);
  for (const id of closed) {
    const role = { id: "teller", name: "Teller", grants: { [id]: true } };
    equal(refused(draftOf(proto), "createRole", { ...role, type: "team" }).code, "invalid", id);
    draftOf(proto).createRole({ ...role, type: "company" });
  }
});

test("C16 name, description and permissions can change, and holders have what they then give", async () => {
  const next = changed(proto, (draft) =>
    draft.updateRole("bookkeeper", {
      name: "Billing Reader",
      description: "Reads invoices.",
      grants: { "billing.manage": null, "billing.view": true },
    }),
  );
  const { name, description, type, grants } = roleOf(next, "bookkeeper");
  deepEqual(
    [name, description, type, grants],
    ["Billing Reader", "Reads invoices.", "company", { "billing.view": true }],
  );
  deepEqual(await held(proto, "bea"), ["billing.manage", "billing.view"]);
  deepEqual(await held(next, "bea"), ["billing.view"]);
});

test("C17 the settings of admin can be viewed and not changed", () => {
  const form = roleForm(proto, "admin", { actor: "pat", now: NOW });
  equal(form.granted, form.total);
  for (const { selected, toggle, permissions } of form.categories) {
    deepEqual([selected, toggle.allowed, toggle.why], ["all", false, "locked"]);
    for (const permission of permissions)
      deepEqual([permission.granted, permission.toggle.why], [true, "locked"], permission.id);
  }
});

test("C18 delete when nobody has it", async () => {
  const draft = draftOf(proto);
  const error = refused(draft, "deleteRole", "auditor");
  deepEqual([error.code, error.users], ["role-in-use", ["aud"]]);
  draft.unassign("aud", "auditor");
  draft.deleteRole("auditor");
  const next = draft.commit();
  equal(roleOf(next, "auditor"), undefined);
  deepEqual(await held(next, "aud"), []);
});

test("C19 several at once, confirmed: what stands against each is known, and they go together", () => {
  const unused = ["night", "day", "weekend"];
  const json = changed(proto, (draft) => {
    for (const id of unused) draft.duplicateRole("team-lead", { id, name: `Team Lead, ${id}` });
  });
  const draft = draftOf(json);
  const chosen = [...unused, "team-lead"];
  const possible = chosen.filter((id) => draft.can("deleteRole", id).allowed);
  deepEqual(possible, unused);
  deepEqual(draft.can("deleteRole", "team-lead").users, ["tom", "kim", "bro"]);
  for (const id of possible) draft.deleteRole(id);
  equal(draft.impact().total, 0);
  deepEqual(JSON.parse(draft.commit()).roles, JSON.parse(proto).roles);
  deepEqual(JSON.parse(json).roles.length, JSON.parse(proto).roles.length + 3);
});

// desk: a service desk

test("D1 a permission on Roles & Permissions: without it, nothing about roles and users", () => {
  for (const user of ["ulf", "jo", "quy", "zed"])
    for (const [operation, ...args] of [
      ["updateRole", "agent-no-bulk", { name: "Agent, careful" }],
      ["deleteRole", "agent-no-bulk"],
      ["assign", "bob", "agent"],
    ])
      equal(refused(draftOf(desk, user), operation, ...args).code, "not-permitted", user);
  const next = changed(desk, (draft) => {
    draft.createRole({ id: "roles", name: "Role Keeper", grants: { "role.manage": true } });
    draft.assign("ulf", "roles");
  });
  draftOf(next, "ulf").updateRole("agent-no-bulk", { name: "Agent, careful" });
});

test("D4 a descriptive name: generic ones are found", () => {
  deepEqual(found(desk, "generic-name"), []);
  const next = changed(desk, (draft) => {
    draft.duplicateRole("agent", { id: "a", name: "Custom role" });
    draft.duplicateRole("agent", { id: "b", name: "New role (2)" });
    draft.duplicateRole("agent", { id: "c", name: "Agent, mornings" });
  });
  deepEqual(found(next, "generic-name"), ["/roles/a/name", "/roles/b/name"]);
});

test("D8 select all in category: what the role may hold, and none of it again", async () => {
  const state = (json) =>
    roleForm(json, "quality-reviewer", { actor: "dot", now: NOW }).categories.find(
      ({ id }) => id === "contacts",
    );
  const { selected, granted, total, toggle } = state(desk);
  deepEqual([selected, granted, total, toggle.allowed], ["some", 1, 5, true]);
  const all = changed(desk, (draft) => draft.selectCategory("quality-reviewer", "contacts", toggle.value));
  equal(state(all).selected, "all");
  equal((await held(all, "quy")).filter((id) => id.startsWith("contact.")).length, 5);
  const none = changed(all, (draft) => draft.selectCategory("quality-reviewer", "contacts", false));
  equal(state(none).selected, "none");
  deepEqual(
    await held(none, "quy"),
    (await held(desk, "quy")).filter((id) => !id.startsWith("contact.")),
  );
});

test("D10 save: all of a draft, and what was refused is not in it", () => {
  const draft = draftOf(desk);
  draft.updateRole("quality-reviewer", { description: "Reads and notes" });
  refused(draft, "updateRole", "quality-reviewer", { grants: { "no.such": true } });
  const next = draft.commit();
  const { description, grants } = roleOf(next, "quality-reviewer");
  equal(description, "Reads and notes");
  deepEqual(grants, roleOf(desk, "quality-reviewer").grants);
  const { revision, roles: _roles, ...rest } = JSON.parse(next);
  const { revision: before, roles: _before, ...same } = JSON.parse(desk);
  equal(revision, before + 1);
  deepEqual(rest, same);
});

test("D11 usage count: none of a new role, then as many as have it", () => {
  const draft = draftOf(desk);
  draft.duplicateRole("quality-reviewer", { id: "qa-2", name: "Quality Reviewer, trainees" });
  deepEqual(draft.usage("qa-2"), { users: 0, everyone: 0, inheritedBy: [], separations: [] });
  draft.assign("jo", "qa-2");
  draft.assign("bob", { role: "qa-2", team: "team-a" });
  equal(draft.usage("qa-2").users, 2);
  // Vic and Kat have it for a while and for a team.
  equal(draft.usage("quality-reviewer").users, 3);
  equal(roleForm(draft.commit(), "qa-2", { now: NOW }).users, 2);
});

test("D12 assign to a user: from the next snapshot on", async () => {
  const next = changed(desk, (draft) => draft.assign("bob", "quality-reviewer"));
  const record = { id: 1, assigneeId: "jo", teamId: "team-a" };
  equal((await gateOf(desk, "bob")).can("conversation.view", record), false);
  equal((await gateOf(next, "bob")).can("conversation.view", record), true);
  equal(refused(draftOf(next), "assign", "bob", "no-such-role").code, "unknown-role");
  equal(refused(draftOf(next), "assign", "nobody", "agent").code, "unknown-user");
});

test("D13 duplicate, take one thing away: the worked role comes out", async () => {
  const next = changed(desk, (draft) => {
    draft.duplicateRole("agent", { id: "no-bulk", name: "Agent without bulk actions" });
    draft.updateRole("no-bulk", { grants: { "conversation.bulk": false } });
    draft.assign("quy", "no-bulk");
    draft.unassign("quy", "quality-reviewer");
  });
  deepEqual(roleOf(next, "no-bulk").grants, roleOf(desk, "agent-no-bulk").grants);
  deepEqual(roleOf(next, "agent"), roleOf(desk, "agent"));
  deepEqual(await held(next, "quy"), await held(desk, "bob"));
});

test("D17 edit at any time: a role that is in use, as often as one likes", async () => {
  const tag = (value) => (draft) =>
    draft.updateRole("quality-reviewer", { grants: { "conversation.tag": value } });
  const on = changed(desk, tag(true));
  const off = changed(on, tag(false));
  const may = async (json) => (await gateOf(json, "quy")).can("conversation.tag");
  deepEqual([await may(desk), await may(on), await may(off)], [false, true, false]);
  deepEqual(roleOf(off, "quality-reviewer"), roleOf(desk, "quality-reviewer"));
});

const CHAT = { id: 1, assigneeId: "jo", teamId: "team-a" };

test("D18 at once for everybody: all open pages of a role's holders follow one push", async () => {
  await World.in(async (world) => {
    const { publish, page } = await open(world, desk);
    const looks = [];
    const push = (look) => {
      looks.push(look);
      return () => {};
    };
    const pages = ["quy", "kat", "vic", "bob"].map((user) => page(user, { push }));
    await world.pass(MINUTE);
    const replies = () => pages.map(({ gate }) => gate.can("conversation.reply", CHAT));
    deepEqual(replies(), [false, false, false, false]);
    await publish(
      changed(desk, (draft) =>
        draft.updateRole("quality-reviewer", { grants: { "conversation.reply": true } }),
      ),
    );
    for (const look of looks) look();
    await world.pass(1_000);
    // Bob does not have the role.
    deepEqual(replies(), [true, true, true, false]);
  });
});

test("D19 narrowing many: told before, at once on open pages, while what is wider waits for the user", async () => {
  const draft = draftOf(desk);
  draft.updateRole("quality-reviewer", {
    grants: { "notes.*": null, "note.add": true, "conversation.tag": true },
  });
  const { changes } = draft.impact();
  deepEqual([...new Set(changes.map(({ user }) => user))], ["quy", "kat", "vic"]);
  deepEqual(
    changes.filter(({ user }) => user === "quy").map(({ permission, change }) => [permission, change]),
    [
      ["conversation.tag", "wider"],
      ["note.edit", "narrower"],
      ["note.delete", "narrower"],
    ],
  );
  await World.in(async (world) => {
    const { publish, page } = await open(world, desk);
    const store = page("quy", { activate: "manual" });
    await world.pass(0);
    equal(store.status, "ready");
    await publish(draft.commit());
    const asked = () => [
      store.gate.can("note.delete", { authorId: "jo", teamId: "team-a" }),
      store.gate.can("note.add", CHAT),
      store.gate.can("conversation.tag", CHAT),
    ];
    deepEqual(asked(), [true, true, false]);
    await store.refresh();
    deepEqual(asked(), [false, true, false]);
    store.activate();
    deepEqual(asked(), [false, true, true]);
  });
});

test("D20 delete without users: refused with their names, done once they have moved", async () => {
  const draft = draftOf(desk);
  const error = refused(draft, "deleteRole", "agent-no-bulk");
  deepEqual([error.code, error.users], ["role-in-use", ["bob"]]);
  draft.moveUsers("agent-no-bulk", "supervisor");
  draft.deleteRole("agent-no-bulk");
  const next = draft.commit();
  equal(roleOf(next, "agent-no-bulk"), undefined);
  deepEqual(await held(next, "bob"), await held(desk, "ulf"));
  // Windows and teams move along.
  const moved = changed(desk, (it) => it.moveUsers("quality-reviewer", "agent-no-bulk"));
  deepEqual(userOf(moved, "kat").roles, [{ role: "agent-no-bulk", team: "team-a" }]);
  equal(userOf(moved, "vic").roles[0].until, userOf(desk, "vic").roles[0].until);
});

test("D21 standard roles stay, also when nobody has them; their copies can go", () => {
  const draft = draftOf(desk);
  draft.unassign("ulf", "supervisor");
  deepEqual(codes(refused(draft, "deleteRole", "supervisor")), ["role-standard"]);
  draft.duplicateRole("supervisor", { id: "lead", name: "Lead" });
  draft.deleteRole("lead");
});

test("D26 a switch has its effect without a reload, and a page that missed it catches up", async () => {
  await World.in(async (world) => {
    const { publish, page } = await open(world, desk);
    const store = page("jo");
    const before = [];
    store.subscribe(({ changes }) => before.push(...changes));
    await world.pass(0);
    equal(store.gate.can("conversation.bulk", CHAT), true);
    before.length = 0;
    const answer = world.answer;
    world.answer = () => new Error("offline");
    await publish(
      changed(desk, (draft) =>
        draft.updateRole("agent", { grants: { "conversation.bulk": false, "contact.delete": true } }),
      ),
    );
    await world.pass(2 * MINUTE);
    equal(store.status, "stale");
    world.answer = answer;
    await world.show(false);
    await world.show(true);
    await world.pass(MINUTE);
    equal(store.gate.can("conversation.bulk", CHAT), false);
    equal(store.gate.can("contact.delete", { teamIds: ["team-a"] }), true);
    deepEqual(
      before.map(({ permission, change }) => [permission, change]),
      [
        ["contact.delete", "wider"],
        ["conversation.bulk", "narrower"],
      ],
    );
  });
});

test("D27 a role that cannot be deleted says all that stands against it", () => {
  const draft = draftOf(desk);
  const error = refused(draft, "deleteRole", "agent");
  deepEqual(codes(error), ["role-standard", "role-in-use"]);
  deepEqual(error.users, ["jo", "rio"]);
  deepEqual(error.obstacles[1].roles, ["supervisor", "office-hours-editor"]);
  const { users, inheritedBy } = draft.usage("agent");
  deepEqual([users, inheritedBy], [2, ["supervisor", "office-hours-editor"]]);
});

test("D28 a new role is on an open page of roles without a refresh, and can be assigned there", async () => {
  await World.in(async (world) => {
    world.serve(desk);
    const store = world.store({ url: "/snapshot", user: "dot", tenant: "desk" });
    await world.pass(0);
    const names = () => store.snapshot.roles().map(({ name }) => name);
    equal(names().includes("Night Agent"), false);
    const next = changed(desk, (draft) => draft.duplicateRole("agent", { id: "night", name: "Night Agent" }));
    world.published = next;
    await world.pass(2 * MINUTE);
    equal(names().includes("Night Agent"), true);
    equal(store.gate.revision, 2);
    draftOf(next).assign("jo", "night");
  });
});

// iadvize: support for online shops

test("E6 made from two places: by itself, or while a person is changed, with one result", () => {
  const role = {
    id: "no-bots",
    name: "Manager, No Bots",
    inherits: ["manager"],
    grants: { "automation.bot.manage": false },
  };
  const alone = changed(
    changed(iadvize, (draft) => draft.createRole(role)),
    (draft) => draft.assign("marc", "no-bots"),
  );
  const together = changed(iadvize, (draft) => {
    draft.createRole(role);
    draft.assign("marc", "no-bots");
  });
  const { revision: _one, ...of } = JSON.parse(alone);
  const { revision: _two, ...same } = JSON.parse(together);
  deepEqual(of, same);
});

test("E7 name, description, permissions, submit: the role is as the form says", async () => {
  const draft = draftOf(iadvize);
  draft.createRole({
    id: "manager-rules",
    name: "Manager, Rules Only",
    description: "Keeps engagement rules.",
    inherits: ["manager"],
    grants: {
      "reportDetails.*": false,
      "reports.*": false,
      "automation.bot.manage": false,
      "people.*": false,
    },
  });
  draft.addUser({ id: "max", roles: ["manager-rules"] });
  const next = draft.commit({ approvedBy: "marc" });
  const { name, description, approvedBy } = roleOf(next, "manager-rules");
  deepEqual([name, description, approvedBy], ["Manager, Rules Only", "Keeps engagement rules.", "marc"]);
  deepEqual(await held(next, "max"), ["automation.rule.manage", "automation.notification.manage"]);
});

test("E8 a new role is selectable when a user is made or changed", async () => {
  const next = changed(iadvize, (draft) =>
    draft.duplicateRole("manager-no-people", { id: "guest", name: "Guest Manager" }),
  );
  const roles = (await load(next)).roles().map(({ id }) => id);
  equal(roles.at(-1), "guest");
  const draft = draftOf(next);
  deepEqual(
    roles.filter((id) => !draft.can("addUser", { id: "eve", roles: [id] }).allowed),
    [],
  );
  draft.addUser({ id: "eve", roles: ["guest"] });
  draft.assign("marc", "guest");
  draft.unassign("marc", "manager");
  const json = draft.commit();
  for (const user of ["eve", "marc"]) deepEqual(await held(json, user), await held(iadvize, "hugo"));
});

test("E21 edit: all users of a role see figures that were hidden", async () => {
  const next = changed(iadvize, (draft) =>
    draft.updateRole("manager-pseudonyms", { grants: { "report.userPerformance": null } }),
  );
  const report = { siteId: "shop-fr", rows: [{ agentName: "Ana" }] };
  const shown = async (json, user) => (await gateOf(json, user)).mask("report", report).rows[0].agentName;
  for (const user of ["nell", "yves"]) {
    assert.notEqual(await shown(iadvize, user), "Ana");
    equal(await shown(next, user), "Ana");
  }
  equal(draftOf(iadvize).can("updateRole", "admin", { name: "Boss" }).code, "role-locked");
});

test("E22 delete without users: not for one website either, and not while roles are based on it", () => {
  const draft = draftOf(iadvize);
  const error = refused(draft, "deleteRole", "reporting-only");
  deepEqual([error.code, error.users], ["role-in-use", ["rosa", "fred"]]);
  draft.moveUsers("reporting-only", "site-reporter");
  draft.deleteRole("reporting-only");
  const { obstacles } = refused(draft, "deleteRole", "manager");
  deepEqual([obstacles[0].code, obstacles[1].code], ["role-standard", "role-in-use"]);
  deepEqual([obstacles[1].users, obstacles[1].roles.length], [["marc"], 7]);
});

test("E23 support ends on a date: one person's at the end of the assignment, everybody's at that of the snapshot", async () => {
  const end = new Date(NOW + DAY);
  const draft = draftOf(iadvize);
  draft.assign("rosa", { role: "manager", until: end });
  const { changes } = draft.impact();
  ok(changes.every(({ user }) => user === "rosa"));
  ok(changes.every(({ change, until }) => change === "wider" && new Date(until).getTime() === end.getTime()));
  const next = draft.commit();
  const permissions = async (json, user, now) => (await gateOf(json, user, now)).permissions().length;
  ok((await permissions(next, "rosa", NOW)) > (await permissions(next, "rosa", NOW + DAY)));
  const until = JSON.stringify({ ...JSON.parse(iadvize), expiresAt: end.toISOString() });
  ok((await permissions(until, "iris", NOW)) > 0);
  equal(await permissions(until, "iris", NOW + DAY), 0);
  equal((await gateOf(until, "iris", NOW + DAY)).explain("people.priority").reason, "expired");
});

test("each row that www/samples/README.md sends here has its test", () => {
  const [rows, tests] = [
    ["../../../www/samples/README.md", /^\| ([A-E]\d+) \|.*(?:administration|lint|live store)/gm],
    ["products.test.mjs", /^test\(\s*["']([A-E]\d+) /gm],
  ].map(([path, pattern]) =>
    [...readFileSync(new URL(path, import.meta.url), "utf8").matchAll(pattern)].map(([, id]) => id),
  );
  deepEqual(tests, rows);
});
