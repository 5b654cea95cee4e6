// What the sample tenants (www/samples) have in common: the rows of a page, and how they are asked.
//
// A row is `{ id, user, what, permission, expected, where?, resource?, context?, now?, plan?, reason? }`.
// permission an id, a list of ids, or a test of (id, category); each is to be answered so where what the name
// says of the question besides `what` plan asks a copy of the tenant on another plan; null is none reason
// what the explanation gives A mask row is `{ id, user, what, where, type, record, shown, fields }`: `mask`
// makes `shown` of a record or of a list of records, and `fields(record)` are the paths that it replaces in
// one.
//
// Each row is one test: the gate, the gate restored without the engine and the scope must all say the same.

import { travel } from "./acme.mjs";
import { equal, ok } from "./report.mjs";

/** A Wednesday. The time of a row that names none. */
const NOW = Date.parse("2026-11-18T12:00:00Z");

export const yes = (id, user, what, permission, more) => ({
  id,
  user,
  what,
  permission,
  expected: true,
  ...more,
});
export const no = (id, user, what, permission, more) => ({
  id,
  user,
  what,
  permission,
  expected: false,
  ...more,
});
export const on = (resource, where, more) => ({ resource, where, ...more });

/** `each("contact", "view edit")` is `["contact.view", "contact.edit"]`. */
export const each = (kind, verbs) => verbs.split(" ").map((verb) => `${kind}.${verb}`);

/** `PA1`, `PA2`… */
export const numbered = (prefix, count) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);

/**
 * Asks every row of `samples/NAME.json`.
 * @param {object} page `permissions` are the ids of rows that must be answered both ways, `examples` those
 *   that must be asked, `also` those that may be; `administrator` may do everything, `left` is disabled;
 *   `held` lists for each user all that they may do on anything at all
 */
export async function tenant(report, lib, env, page) {
  const json = await env.readJson(`samples/${page.name}.json`);
  const snapshots = new Map([[json.plan, await lib.load(JSON.stringify(json))]]);
  const snapshot = snapshots.get(json.plan);
  const roleOf = rolesByUser(json);
  for (const row of page.rows) {
    await report.test(nameOf(row, roleOf), async () => {
      const plan = row.plan === undefined ? json.plan : (row.plan ?? undefined);
      if (!snapshots.has(plan)) snapshots.set(plan, await lib.load(JSON.stringify({ ...json, plan })));
      askRow(lib, snapshots.get(plan), json, row);
    });
  }
  for (const [user, permissions] of Object.entries(page.held)) {
    await report.test(`${page.name}: ${roleOf.get(user)} (${user}) may do this and nothing else`, () => {
      equal(snapshot.for(user, { now: NOW }).permissions().toSorted(), permissions.toSorted());
    });
  }
  await report.test(`${page.name}: each row of the page is asked`, () => checkRows(page));
  await report.test(
    `${page.name}: an administrator may do everything, somebody who left may do nothing`,
    () => {
      equal(snapshot.for(page.administrator, { now: NOW }).permissions(), snapshot.permissions());
      equal(snapshot.for(page.left, { now: NOW }).permissions(), []);
    },
  );
  await report.test(`${page.name}: every role has a purpose, every permission a title`, () => {
    for (const role of snapshot.roles())
      ok(role.description?.length > 10, `role ${role.id} has no description`);
    for (const category of snapshot.categories()) {
      for (const permission of [category, ...category.permissions])
        ok(permission.title?.length > 3, `${permission.id} has no title`);
    }
  });
  await report.test(`${page.name}: every role and every permission is held by somebody`, () => {
    const active = json.users.filter((user) => !user.disabled);
    const held = new Set(active.flatMap((user) => user.roles.map(roleIdOf)));
    for (const role of json.roles) ok(held.has(role.id), `nobody holds ${role.id}`);
    for (const permission of snapshot.permissions()) {
      ok(snapshot.whoCan(permission, { now: NOW }).length > 0, `nobody holds ${permission}`);
    }
  });
  return { json, snapshot };
}

function askRow(lib, snapshot, json, row) {
  const options = { context: row.context ?? {}, now: row.now ?? NOW };
  const gate = snapshot.for(row.user, options);
  const restored = lib.restore(travel(gate.toJSON()), options);
  if (row.shown !== undefined) return askMask([gate, restored], json, row);
  const record = row.resource === undefined ? [] : [row.resource];
  for (const { id, scopes } of permissionsOf(row, json)) {
    const question = `${row.user} ${id}`;
    equal(gate.can(id, ...record), row.expected, question);
    equal(restored.can(id, ...record), row.expected, `lite: ${question}`);
    if (record.length > 0) equal(gate.scope(id).matches(row.resource), row.expected, `scope: ${question}`);
    else if (scopes !== undefined) equal(gate.scope(id).kind !== "none", row.expected, `scope: ${question}`);
    if (row.reason !== undefined)
      equal(gate.explain(id, ...record).reason, row.reason, `reason: ${question}`);
  }
}

function askMask(gates, { catalog }, row) {
  const before = JSON.stringify(row.record);
  const masksOf = (record) =>
    catalog.masks.filter(
      ({ resource, field }) => resource === row.type && row.fields(record).includes(field),
    );
  for (const gate of gates) {
    equal(gate.mask(row.type, row.record), row.shown, "what is shown");
    equal(JSON.stringify(row.record), before, "the record itself");
    for (const record of [row.record].flat()) {
      const wanted = masksOf(record).map(({ field, as }) => ({ field, as }));
      equal(gate.fields(row.type, record), wanted, "the fields");
    }
  }
}

function permissionsOf(row, json) {
  const wanted =
    typeof row.permission === "function" ? row.permission : (id) => [row.permission].flat().includes(id);
  const permissions = json.catalog.categories.flatMap((category) =>
    category.permissions.filter(({ id }) => wanted(id, category.id)),
  );
  ok(permissions.length > 0, `${row.id} asks about nothing`);
  if (Array.isArray(row.permission))
    equal(permissions.length, row.permission.length, `${row.id}: permissions of the catalog`);
  return permissions;
}

function checkRows({ rows, permissions, examples, also = [] }) {
  const asked = new Set(rows.map((row) => row.id));
  const answered = new Set(rows.map((row) => `${row.id} ${row.expected}`));
  const both = permissions.flatMap((id) => [`${id} true`, `${id} false`]);
  const missing = [
    ...examples.filter((id) => !asked.has(id)),
    ...both.filter((answer) => !answered.has(answer)),
  ];
  equal(missing, [], "rows that are missing");
  const known = new Set([...permissions, ...examples, ...also]);
  const strange = [...asked].filter((id) => !known.has(id));
  equal(strange, [], "rows that the page does not have");
}

/** `XA19 Sales Supervisor: View all sales team conversations, in support: no` */
function nameOf(row, roleOf) {
  const question = `${row.id} ${roleOf.get(row.user)}: ${row.what}`;
  if (row.shown !== undefined) return `${question}, ${row.where}`;
  const more = row.where ?? (row.resource === undefined && row.context === undefined ? "at all" : "");
  return `${question}${more === "" ? "" : `, ${more}`}: ${row.expected ? "yes" : "no"}`;
}

function rolesByUser(json) {
  const names = new Map(json.roles.map((role) => [role.id, role.name]));
  return new Map(json.users.map((user) => [user.id, names.get(roleIdOf(user.roles[0]))]));
}

function roleIdOf(assignment) {
  return assignment.role ?? assignment;
}
