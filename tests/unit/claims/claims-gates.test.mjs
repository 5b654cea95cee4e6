// Subjects from claims, asked as a gate asks them: from the token of each provider to an answer.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as claims from "../../../pkg/claims/index.js";
import { init, loadSync } from "../../../pkg/entries/node.js";

const shapes = JSON.parse(readFileSync(new URL("../../claims/shapes.json", import.meta.url), "utf8"));
const { subjectFrom, subjectFromRow } = claims;
const NOW = 1_794_999_999_000;
const UNTIL = 1_795_000_000_000;
const teams = ["sales", "/emea/sales", "8f2f5a0e-0000-4000-8000-000000000001"];

await init();
const document = {
  format: "rolegate/1",
  revision: 1,
  tenant: "acme",
  catalog: {
    categories: [
      {
        id: "invoices",
        permissions: [
          { id: "invoices.view", scopes: ["own", "team", "all"] },
          { id: "invoices.pay", scopes: ["own", "team", "all"] },
          { id: "invoices.delete" },
        ],
      },
      { id: "org:dashboard:read", permissions: [{ id: "org:dashboard:read" }] },
    ],
  },
  teams: teams.map((id) => ({ id })),
  roles: [
    { id: "agent", name: "Agent", grants: { "invoices.*": "team", "invoices.delete": true } },
    { id: "admin", name: "Admin", grants: { "*": true } },
    { id: "leaver", name: "Leaver", deny: ["*"] },
  ],
};
const snapshot = loadSync(document);
const gateFrom = (shape, options, asked = snapshot) => {
  const { subject, options: bounds } = subjectFrom(shape, options);
  return asked.for(subject, { ...bounds, now: NOW });
};

test("every provider: from the token to the answer, and no answer after its end", () => {
  const providers = {
    auth0: [shapes.auth0, { roles: "https://example.com/roles" }, ["invoices.view", "invoices.pay"]],
    keycloak: [shapes.keycloak, {}, ["invoices.view", "invoices.pay", "invoices.delete"]],
    entra: [shapes.entra, {}, ["invoices.view", "invoices.pay", "invoices.delete"]],
    cognito: [shapes.cognitoId, {}, ["invoices.view", "invoices.pay", "invoices.delete"]],
    clerk: [shapes.clerk, {}, ["org:dashboard:read"]],
    workos: [shapes.workos, {}, ["invoices.view", "invoices.pay"]],
    betterAuth: [shapes.betterAuth, {}, ["invoices.view", "invoices.pay", "invoices.delete"]],
    supabase: [shapes.supabase, {}, ["invoices.view", "invoices.pay", "invoices.delete"]],
    firebase: [shapes.firebase, {}, ["invoices.view", "invoices.pay", "invoices.delete"]],
  };
  for (const [name, [shape, more, wanted]] of Object.entries(providers)) {
    const options = { ...claims[name], tenant: null, ...more };
    const gate = gateFrom(shape, options);
    assert.deepEqual(gate.permissions(), wanted, name);
    assert.equal(gate.with({ now: UNTIL }).can(wanted[0]), name === "betterAuth", name);
    // Without roles nothing, and without permissions nothing where they bound.
    assert.deepEqual(gateFrom(shape, { ...options, roles: "nowhere" }).permissions(), [], name);
    assert.deepEqual(gateFrom(shape, { ...options, limit: "nowhere" }).permissions(), [], name);
  }
});

test("teams reach records, and what the snapshot does not know is told", () => {
  const gate = gateFrom(shapes.keycloak, { ...claims.keycloak, tenant: null });
  assert.deepEqual(
    [
      gate.can("invoices.view", { team: "/emea/sales" }),
      gate.can("invoices.view", { team: "sales" }),
      gate.can("invoices.view", { team: "/emea" }),
    ],
    [true, false, false],
  );
  assert.deepEqual(gate.unknown, {
    roles: ["default-roles-acme", "offline_access", "uma_authorization"],
    teams: ["/emea"],
  });
});

test("missing groups allow nothing and lift no denial", () => {
  const [sales, unknown] = [teams[2], shapes.entra.groups[1]];
  const denying = loadSync({
    ...document,
    teams: [...document.teams, { id: "leavers" }],
    everyone: [{ role: "leaver", when: { "user.teams": { $has: "leavers" } } }],
  });
  const canWith = (more, options = {}) =>
    gateFrom({ ...shapes.entra, ...more }, { ...claims.entra, tenant: null, ...options }, denying).can(
      "invoices.delete",
    );
  assert.deepEqual(
    [canWith({ groups: [sales] }), canWith({ groups: [] }), canWith({ groups: [sales, "leavers"] })],
    [true, true, false],
  );
  assert.deepEqual(
    [
      canWith({ hasgroups: true }),
      canWith({ groups: undefined, hasgroups: true }),
      canWith({ groups: "leavers" }),
    ],
    [false, false, false],
  );
  assert.equal(
    gateFrom({ ...shapes.entra, hasgroups: true }, { ...claims.entra, tenant: null }).explain(
      "invoices.delete",
    ).reason,
    "user-disabled",
  );
  // A group that the snapshot does not have may be any: who has many drops those that it need not know.
  assert.deepEqual(
    [
      canWith({ groups: [sales, unknown] }),
      canWith({ groups: [sales, unknown] }, { map: (name) => (name === unknown ? undefined : name) }),
    ],
    [false, true],
  );
});

test("names of the language are names like others", () => {
  const gate = gateFrom(
    { sub: "__proto__", roles: ["constructor", "agent", "__proto__"], groups: ["__proto__"] },
    { tenant: null, roles: "roles", teams: "groups" },
  );
  assert.deepEqual(
    [gate.user, gate.can("invoices.delete"), gate.unknown],
    ["__proto__", true, { roles: ["constructor", "__proto__"], teams: ["__proto__"] }],
  );
});

test("rows", () => {
  const { subject, options } = subjectFromRow(
    { user_id: 7, roles: ["agent", null], team: "sales", expires_at: new Date(UNTIL) },
    { id: "user_id", roles: "roles", teams: "team", expires: "expires_at" },
  );
  const gate = snapshot.for(subject, { ...options, now: NOW });
  assert.deepEqual(
    [
      gate.can("invoices.view", { owner: 7 }),
      gate.can("invoices.view", { team: "sales" }),
      gate.can("invoices.view", { team: "emea" }),
      gate.with({ now: UNTIL }).can("invoices.view"),
    ],
    [true, true, false, false],
  );
  assert.equal(snapshot.for({ ...subject, disabled: true }, { now: NOW }).can("invoices.view"), false);
});
