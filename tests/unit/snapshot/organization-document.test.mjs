// The snapshot that docs/better-auth.md makes of an organization's roles: whatever is in a row, it loads, and
// gives nothing more.

import assert from "node:assert/strict";
import { test } from "node:test";
import { init, loadSync } from "../../../pkg/entries/node.js";
import { documentOf } from "../../consumers/shared/document.js";

await init();

const statements = { project: ["view", "share"], ac: ["read"] };
const roles = { member: { statements: { project: ["view"] } }, nothing: { statements: {} } };
const made = (...rows) => documentOf({ organization: "acme", revision: 1, statements, roles, rows });
const grantsOf = ({ document }) =>
  Object.fromEntries(
    loadSync(document)
      .roles()
      .map(({ id, grants }) => [id, Object.keys(grants)]),
  );
const row = (role, permission) => ({ role, permission: JSON.stringify(permission) });

test("roles in code, roles made at run time, and both under one name", () => {
  const result = made(
    row("sharer", { project: ["share"], ac: ["read"] }),
    row("member", { project: ["share"] }),
    row("empty", {}),
    row("none", { project: [] }),
  );
  assert.deepEqual(grantsOf(result), {
    member: ["project.view", "project.share"],
    nothing: [],
    sharer: ["project.share", "ac.read"],
    empty: [],
    none: [],
  });
  assert.deepEqual(result.problems, []);
  assert.equal(loadSync(result.document).tenant, "acme");
});

test("an invalid row grants nothing, is reported, and does not affect other rows", () => {
  const broken = [
    "",
    "{",
    "null x",
    undefined,
    '"project"',
    "[1]",
    "7",
    '{"project":"share"}',
    '{"project":null}',
    '{"project":{"0":"share"}}',
    '{"project":[["share"],7,null]}',
    '{"projects":["share"]}',
    '{"project":["*"]}',
    '{"*":["*"]}',
    "null",
    "[]x",
    '{"__proto__":["share"]}',
    '{"constructor":["share"]}',
  ];
  for (const permission of broken) {
    const result = made({ role: "broken", permission }, row("sharer", { project: ["share"] }));
    const { broken: given, sharer } = grantsOf(result);
    assert.deepEqual([given, sharer], [[], ["project.share"]], permission);
    assert.equal(result.problems.length, 1, permission);
  }
});

test("names that are not ids are reported; names of built-ins are ordinary names", () => {
  for (const role of ["", "a\nb", "x".repeat(257), 7, null, undefined, "\ud800"]) {
    const result = made(row(role, { project: ["share"] }));
    assert.deepEqual(
      [Object.keys(grantsOf(result)), result.problems.length],
      [["member", "nothing"], 1],
      String(role),
    );
  }
  for (const role of ["__proto__", "constructor", "é".repeat(128)])
    assert.deepEqual(
      loadSync(made(row(role, { project: ["share"] })).document)
        .for({ id: "ana", roles: [role] })
        .permissions(),
      ["project.share"],
      role,
    );
});
