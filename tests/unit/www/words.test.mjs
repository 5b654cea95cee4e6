// What the demo page says of conditions, scopes and remedies.

import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { resourceOf } from "../../../www/describe.mjs";
import { addressOf, readState } from "../../../www/state.mjs";
import { conditionWords, remedyWords, scopeWords } from "../../../www/words.mjs";

const same = (id) => id.toUpperCase();
const names = { team: same, role: same, permission: same, level: same, hasLevels: (id) => id !== "plain" };

test("conditions", () => {
  const words = {
    "the request’s format is one of “csv” or “pdf”": { "context.format": { $in: ["csv", "pdf"] } },
    "the record’s agentId is empty": { "resource.agentId": { $exists: false } },
    "the record’s a.b is known and the person’s level is at least 3": {
      "resource.a.b": { $exists: true },
      "user.level": { $gte: 3 },
    },
    "the record’s owner is the person’s id": { "resource.owner": { $ref: "user.id" } },
    "(the record’s a is 1 or not (the record’s b is true))": {
      $or: [{ "resource.a": 1 }, { $not: { "resource.b": true } }],
    },
    "the request’s ip is an address in “10.0.0.0/8”": { "context.ip": { $cidr: "10.0.0.0/8" } },
    "it is on Monday and Friday between 09:00 and 17:00 in America/New York": {
      $during: { tz: "America/New_York", days: ["mon", "fri"], from: "09:00", to: "17:00" },
    },
    "it is on Sunday in UTC": { $during: { tz: "UTC", days: ["sun"] } },
  };
  for (const [expected, condition] of Object.entries(words)) equal(conditionWords(condition), expected);
});

test("scopes", () => {
  const where = { "resource.free": true };
  const parts = [
    {
      any: [{ own: true }, { teams: ["a", "b"], where }, { own: true, teams: ["a"] }, {}],
      none: [{ teams: ["c"] }, { unless: where }],
    },
  ];
  deepEqual(scopeWords({ parts }, names), [
    {
      any: [
        "their own",
        "those of A or B, where the record’s free is true",
        "their own, if they are those of A",
        "all records",
      ],
      none: ["those of C, and those of no team", "all records, unless the record’s free is true"],
    },
  ]);
});

test("remedies", () => {
  const inner = [{ kind: "team", team: "sales" }];
  const words = [
    [
      { kind: "grant", permission: "p", level: "team", roles: ["a"] },
      "Assign the role “A”, which grants “P” at the level TEAM.",
    ],
    [
      { kind: "grant", permission: "plain", level: "all", roles: ["a", "b", "c"] },
      "Assign one of these roles: “A”, “B” or “C”. Each grants “PLAIN”.",
    ],
    [{ kind: "team", team: "sales" }, "Make them a member of SALES."],
    [{ kind: "wait", until: Number.NaN }, "Wait until NaN."],
    [{ kind: "plan", plans: ["pro"] }, "Change to the plan pro."],
    [{ kind: "plan", plans: ["pro", "enterprise"] }, "Change to one of these plans: pro or enterprise."],
    [{ kind: "condition", condition: { "context.a": 1 } }, "See to it that the request’s a is 1."],
    [{ kind: "lift-denial", role: "a" }, "Lift the denial in the role “A”."],
    [{ kind: "enable-user" }, "Enable the person again."],
  ];
  for (const [remedy, text] of words) deepEqual(remedyWords(remedy, names), { text });
  deepEqual(remedyWords({ kind: "requires", permission: "q", remedies: inner }, names), {
    text: "See to it that they may “Q”, which it requires:",
    inner: [{ text: "Make them a member of SALES." }],
  });
  deepEqual(remedyWords({ kind: "new", x: 1 }, names), { text: '{"kind":"new","x":1}' });
});

test("the resource type of a permission", () => {
  const type = (id, resources, more) => resourceOf({ id, ...more }, { id: "category" }, resources);
  equal(type("a.b.c", { a: {}, "a.b": {} }), "a.b");
  equal(type("a.b.c", { a: {}, "a.b.c": {} }), "a");
  equal(type("a.b.c", {}), "a.b");
  equal(type("a", {}), "category");
  equal(type("a.b", { a: {} }, { resource: "x" }), "x");
});

test("the state in the address", () => {
  const state = { ...readState(""), tenant: "desk", person: "a&b=#c", view: "ask", context: '{ "a": "ü" }' };
  deepEqual(readState(addressOf(readState(""), state)), state);
  const other = readState(addressOf(state, { tenant: "proto" }));
  deepEqual(
    [other.tenant, other.person, other.view, other.context],
    ["proto", "", "ask", ""],
    "what belongs to a tenant stays behind",
  );
  equal(addressOf(state, { tenant: "desk", person: "", view: "inbox", context: "" }), "#tenant=desk");
});
