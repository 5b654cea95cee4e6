// The snapshot of one person: what is not in it. Every name that must not leave the server contains "secret",
// every one that must stay "mine".

import { equal, ok } from "./report.mjs";

const TENANT = {
  format: "rolegate/1",
  revision: 1,
  tenant: "mine-tenant",
  "x-secret-note": { by: "secret" },
  catalog: {
    "x-secret": 1,
    categories: [
      {
        id: "mine-cases",
        title: "mine-title",
        description: "secret: for people",
        "x-secret": [{ deep: "secret" }],
        permissions: [
          {
            id: "mine-cases.view",
            scopes: ["own", "team", "all"],
            description: "secret",
            sensitive: true,
            "x-secret": {},
          },
          { id: "mine-cases.close", scopes: ["own", "team", "all"], requires: ["mine-cases.view"] },
        ],
      },
    ],
    resources: { "mine-cases": { owner: "mineOwner", team: "mineTeam", "x-secret": 1 } },
    levelTitles: { own: "mine-own", "x-secret": "secret" },
    masks: [
      { resource: "mine-cases", field: "mineField", permission: "mine-cases.view", "x-secret": "secret" },
    ],
  },
  teams: [
    { id: "secret-above", name: "secret" },
    { id: "mine-team", name: "mine-team-name", parent: "secret-above", "x-secret": "secret" },
    { id: "mine-below", parent: "mine-team" },
    { id: "secret-beside", parent: "secret-above" },
    { id: "mine-limit" },
    { id: "secret-elsewhere", kind: "secret" },
  ],
  roles: [
    {
      id: "secret-role",
      name: "secret",
      grants: { "*": true },
      deny: [{ key: "mine-cases.view", when: { "user.secretRead": "secret" } }],
    },
    {
      id: "mine-role",
      name: "mine-role-name",
      description: "secret purpose",
      approvedBy: "secret-boss",
      reviewedAt: "2026-01-01T00:00:00Z",
      inherits: ["mine-parent"],
      grants: {
        "mine-cases.view": { scope: "team", when: { "user.mineAttribute.mineDeep": { $exists: true } } },
        "mine-cases.close": "own",
      },
      "x-secret": "secret",
    },
    {
      id: "mine-parent",
      name: "mine-parent-name",
      approvedBy: "secret-boss",
      grants: { "mine-cases.*": { when: { "context.mineContext": true } } },
    },
    { id: "secret-child", name: "secret", inherits: ["mine-role"] },
  ],
  users: [
    {
      id: "secret-user",
      name: "secret-name",
      teams: ["mine-team"],
      roles: ["mine-role"],
      attributes: { mineAttribute: "secret" },
    },
    {
      id: "mine-user",
      name: "mine-name",
      teams: ["mine-team"],
      roles: ["mine-role", { role: "mine-role", team: "mine-limit", "x-secret": "secret" }],
      attributes: {
        secretAttribute: "secret",
        mineAttribute: { mineDeep: [{ secret: 1 }, "mine-value"], secretBeside: "secret" },
      },
      "x-secret": "secret",
    },
    { id: "secret-other", roles: ["secret-role", "secret-child"] },
  ],
  everyone: [{ role: "mine-parent", when: { "context.mineEveryone": true }, "x-secret": "secret" }],
  separations: [{ id: "secret-separation", roles: ["mine-role", "secret-role"] }],
};

const STAYS = [
  "mine-tenant",
  "mine-title",
  "mine-cases.view",
  "mine-cases.close",
  "mineOwner",
  "mineTeam",
  "mine-own",
  "mineField",
  "mine-team",
  "mine-team-name",
  "mine-below",
  "mine-limit",
  "mine-role",
  "mine-role-name",
  "mine-parent",
  "mineAttribute",
  "mineDeep",
  "mine-value",
  "mineContext",
  "mineEveryone",
  "mine-user",
  "mine-name",
];

export async function narrow(report, lib) {
  const snapshot = await lib.load(TENANT);
  await report.test(
    "narrow: nothing of anybody else, and nothing that only people read, is in the text",
    () => {
      const text = snapshot.narrow("mine-user");
      const found = text.match(
        /[\w-]*(?:secret|approvedBy|reviewedAt|description|separations|sensitive|"x-)[\w-]*/gi,
      );
      equal(found, null, text);
      for (const word of STAYS) ok(text.includes(word), `${word} is gone from ${text}`);
    },
  );
  await report.test("narrow: for nobody, a snapshot without users, roles and teams", async () => {
    for (const user of ["mine-nobody", "", "secret", "\ud800", undefined]) {
      const text = snapshot.narrow(user);
      equal(text.match(/secret|mine-(role|team|user|parent|limit|below)/g), null, text);
      const small = await lib.load(text);
      equal([small.users(), small.roles(), small.teams(), small.for(user).permissions()], [[], [], [], []]);
      small.free();
    }
  });
  await report.test("narrow: narrowing again changes nothing", async () => {
    const text = snapshot.narrow("mine-user");
    const small = await lib.load(text);
    equal(small.narrow("mine-user"), text);
    equal(small.users(), ["mine-user"]);
    small.free();
  });
  snapshot.free();
}
