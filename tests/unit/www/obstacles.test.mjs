// What the roles page of the demo says of refusals.

import { equal, match, ok } from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { idFor } from "../../../www/views/roles/ids.mjs";
import { obstaclesOf, refusalBeside, refusalWords } from "../../../www/views/roles/obstacles.mjs";

const same = (id) => id.toUpperCase();
const names = {
  ...{ shown: (text) => text, user: same, team: same, role: same, permission: same, level: same },
  ...{ category: same, separation: same, hasLevels: (id) => id !== "plain" },
};
const session = { names, actor: "ana", permission: "roles.manage", base: { revision: 7 } };
const words = (...obstacles) => refusalWords(obstacles, session);

test("each code of an obstacle has words of its own, with names", async () => {
  const source = await readFile(new URL("../../../src/admin/error.rs", import.meta.url), "utf8");
  const codes = [...source.matchAll(/^ {4}[A-Z]\w+ "([a-z-]+)"/gm)].map(([, code]) => code);
  ok(codes.length > 20, "the codes are found");
  for (const code of codes) {
    const [said] = words({ code, message: "a message", users: ["bo"], roles: ["lead"], teams: ["sales"] });
    match(said, /^[A-Z].*\.$/, code);
    ok(!said.includes("undefined"), `${code}: ${said}`);
  }
});

test("what is missing is named with its limits, and the first of many", () => {
  const missing = [
    { permission: "c.view", level: "team", team: "sales", condition: { "resource.a": 1 } },
    { permission: "plain", level: "all" },
  ];
  equal(
    words({ code: "escalation", message: "", missing })[0],
    "ANA cannot give what ANA does not hold: “C.VIEW” (TEAM, for SALES, if the record’s a is 1) and “PLAIN”.",
  );
  const users = ["a", "b", "c", "d", "e"];
  equal(
    words({ code: "role-in-use", message: "", users })[0],
    "The role is in use: A, B, C and 2 more have it.",
  );
});

test("why a team cannot be removed: who is in the way, and which teams", () => {
  const said = (lists) => words({ code: "team-in-use", message: "", ...lists })[0];
  equal(said({ users: ["bo"] }), "The team is in use. BO is in it, or has a role for it.");
  equal(
    said({ users: ["bo", "cy"], teams: ["a", "b"] }),
    "The team is in use. BO and CY are in it, or have a role for it. “A” and “B” lie below it.",
  );
  equal(said({}), "The team is in use. Everyone has a role for it.");
});

test("beside a permission it need not be named", () => {
  const obstacles = [{ code: "escalation", message: "", missing: [{ permission: "plain", level: "all" }] }];
  equal(refusalBeside("plain", obstacles, session)[0], "ANA does not hold it.");
  match(refusalBeside("other", obstacles, session)[0], /“PLAIN”/);
});

test("an error that is none of administration, and a code that is new, stand by their message", () => {
  equal(refusalWords(obstaclesOf(new Error("broken")), session)[0], "This is refused: broken.");
  equal(words({ code: "new", message: "a message" })[0], "This is refused: a message.");
});

test("ids for names", () => {
  equal(idFor("Sales Supervisor, Zürich", []), "sales-supervisor-zurich");
  equal(idFor("<img src=x>", ["img-src-x"]), "img-src-x-2");
  equal(idFor("販売", []), "role");
  equal(idFor("販売", ["team"], "team"), "team-2");
});
