// What the roles page of the demo says of findings, of what they suggest, and of what was done.

import { deepEqual, equal, ok } from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { eventWords } from "../../../www/views/roles/changes.mjs";
import { findingWords, suggestionWords } from "../../../www/views/roles/findings.mjs";

const NAMES = {
  role: { agent: "Agent" },
  user: { agent: "Ana" },
  permission: { "t.view": "View" },
  team: { s: "Sales" },
};
const named = (kind) => (id) => NAMES[kind][id] ?? id;
const kinds = Object.keys(NAMES);
const names = {
  ...Object.fromEntries(kinds.map((kind) => [kind, named(kind)])),
  ...{ shown: (text) => text, level: (level) => level.toUpperCase(), hasLevels: () => true },
  any: (id) => kinds.map((kind) => NAMES[kind][id]).find(Boolean) ?? id,
  key: (key) => (key === "*" ? "everything" : named("permission")(key)),
};

/** The text of all files of a folder of the project. */
async function textOf(folder) {
  const place = new URL(`../../../${folder}/`, import.meta.url);
  const texts = (await readdir(place)).map((name) => readFile(new URL(name, place), "utf8"));
  return (await Promise.all(texts)).join("\n");
}

test("a finding is a sentence with names in place of ids, by what it is about", () => {
  const message = "`agent` grants `t.view` by `*`, and `x`: name it, or refuse it with `false`";
  equal(
    findingWords({ path: "/roles/0", message }, names),
    "“Agent” grants “View” by “everything”, and “x”: name it, or refuse it.",
  );
  equal(findingWords({ path: "/users/0/roles", message: "`agent` is over" }, names), "Ana is over.");
});

test("a suggestion says what its button does", () => {
  const words = {
    "Mark as reviewed": [["stampReview", "agent"]],
    "Delete “Agent”": [["deleteRole", "agent"]],
    "Grant “View”: TEAM": [["updateRole", "agent", { grants: { "t.view": "team" } }]],
    "Grant “View”": [["updateRole", "agent", { grants: { "t.view": true } }]],
    "Refuse “View” and “x”": [["updateRole", "agent", { grants: { "t.view": false, x: false } }]],
    "Grant “View” and “x”: OWN; Grant “y”: ALL": [
      ["updateRole", "agent", { grants: { "t.view": "own", x: "own", y: "all" } }],
    ],
    "Take out “View”": [["updateRole", "agent", { grants: { "t.view": null } }]],
    "Deny nothing": [["updateRole", "agent", { deny: [] }]],
    "Deny only View and everything, if the record’s a is 1": [
      ["updateRole", "agent", { deny: ["t.view", { key: "*", when: { "resource.a": 1 } }] }],
    ],
    "Take away “Agent”, for Sales": [["unassign", "agent", { role: "agent", team: "s" }]],
    "Take away “Agent” and “x”": [
      ["unassign", "agent", { role: "agent" }],
      ["unassign", "agent", { role: "x" }],
    ],
    "Take it away from everyone": [["setEveryone", []]],
  };
  for (const [expected, operations] of Object.entries(words))
    equal(suggestionWords(operations, names), expected);
});

test("each operation that lint suggests has words", async () => {
  const operations = [...(await textOf("src/admin/lint")).matchAll(/operation\("(\w+)"/g)].map(
    ([, name]) => name,
  );
  ok(operations.length > 3, "operations are found");
  for (const name of new Set(operations))
    ok(!suggestionWords([[name, "agent", { role: "x", grants: {} }]], names).startsWith(name), name);
});

test("each operation of the page is a sentence in the audit trail", async () => {
  const found = (await textOf("www/views/roles")).matchAll(/\["([a-z]+[A-Z]\w+|assign|unassign)", /g);
  const operations = [...new Set([...found].map(([, name]) => name))];
  deepEqual(
    ["addUser", "moveTeam", "removeTeam", "selectCategory", "setUserTeams"].filter(
      (name) => !operations.includes(name),
    ),
    [],
    "operations are found",
  );
  for (const action of [...operations, "enableUser", "disableUser"]) {
    const said = eventWords(
      { action, target: "agent", before: { name: "Ana" }, after: { name: "Ana" } },
      names,
    );
    ok(
      /^[A-Z].*\.$/.test(said) && !said.startsWith(action) && !said.includes("undefined"),
      `${action}: ${said}`,
    );
  }
});

test("teams in the audit trail", () => {
  const said = (action, before, after) => eventWords({ action, target: "agent", before, after }, names);
  equal(
    said("setUserTeams", { name: "Ana", teams: ["x"] }, { name: "Ana", teams: ["s"] }),
    "Ana was put in “Sales” and taken out of “x”.",
  );
  equal(said("moveTeam", { name: "B" }, { name: "B", parent: "s" }), "The team “B” was moved below “Sales”.");
  equal(said("moveTeam", { name: "B", parent: "s" }, { name: "B" }), "The team “B” was moved to the top.");
});
