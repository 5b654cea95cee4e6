// Members with any roles, in code and of the table, asked by Better Auth itself.

import { deepEqual, equal, ok } from "node:assert/strict";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { organization } from "better-auth/plugins/organization";
import { access, roles } from "./access.js";
import { imported } from "./imported.js";
import { sampler } from "./sampled.js";

const { some, one } = sampler(1);
const NAMES = ["user", "session", "account", "verification", "organization", "member", "invitation", "organizationRole"];
const tables = Object.fromEntries(NAMES.map((name) => [name, []]));
const auth = betterAuth({
  baseURL: "http://localhost",
  secret: "of this test, which is long enough",
  database: memoryAdapter(tables),
  emailAndPassword: { enabled: true },
  plugins: [organization({ ac: access, roles, dynamicAccessControl: { enabled: true } })],
});
const body = { name: "Ana", email: "ana@example.com", password: "correct horse" };
const signedUp = await auth.api.signUpEmail({ body, returnHeaders: true });
const cookie = signedUp.headers.getSetCookie().map((set) => set.split(";")[0]).join("; ");
const headers = new Headers({ cookie });
const { id: organizationId } = await auth.api.createOrganization({ headers, body: { name: "Acme", slug: "acme" } });
await auth.api.setActiveOrganization({ headers, body: { organizationId } });
const [member] = tables.member;

const MADE = ["sharer", "auditor", "helper"];
for (const role of MADE) {
  const permission = Object.fromEntries(some(Object.keys(access.statements)).map((it) => [it, some(access.statements[it])]));
  await auth.api.createOrgRole({ headers, body: { role, permission } });
}
const exported = JSON.parse(JSON.stringify({ statements: access.statements, roles, organizationRole: tables.organizationRole }));
const counts = { yes: 0, no: 0 };
for (let round = 0; round < 12; round += 1) {
  member.role = some([...Object.keys(roles), ...MADE, "unknown"]).join(one([",", ", "])) || "member";
  const { snapshot, lost } = await imported("better-auth", { "roles.json": { ...exported, member: [member] } });
  deepEqual(lost.filter(({ what }) => what !== 'the role "unknown"'), []);
  const gate = snapshot.for(member.userId);
  for (const [resource, actions] of Object.entries(access.statements))
    for (const action of actions) {
      const { success } = await auth.api.hasPermission({ headers, body: { permissions: { [resource]: [action] } } });
      equal(gate.can(`${resource}.${action}`), success, `${member.role}: ${resource}.${action}`);
      counts[success ? "yes" : "no"] += 1;
    }
}
ok(counts.yes > 50 && counts.no > 30, JSON.stringify(counts));
console.log("better-auth", counts);
