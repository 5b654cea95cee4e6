import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { organization } from "better-auth/plugins/organization";
import { access, roles } from "./access.js";
import * as after from "./better-auth-after.js";
import * as before from "./better-auth-before.js";
import { sampler } from "./sampled.js";

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

/** Gives the member these roles, as an admin would. */
function become(role) {
  member.role = role;
}
function change(roleName, permission) {
  return auth.api.updateOrgRole({ headers, body: { roleName, data: { permission } } });
}
function gate() {
  return after.gateOf(member, tables.organizationRole);
}
/** The data as it arrives in the page. */
async function sent() {
  return JSON.parse(JSON.stringify((await gate()).toJSON()));
}

const { one, some } = sampler(1);
const pairs = ([resource, actions]) => actions.map((action) => [resource, action]);
const ACTIONS = Object.entries(access.statements).flatMap(pairs);
const MADE = ["sharer", "auditor", "helper"];
const counts = { yes: 0, no: 0, wrongAtOnce: 0 };

for (const role of MADE) await auth.api.createOrgRole({ headers, body: { role, permission: { project: ["view"] } } });
for (let round = 0; round < 60; round += 1) {
  become("owner"); // who may change roles
  const resources = some(Object.keys(access.statements));
  await change(one(MADE), Object.fromEntries(resources.map((resource) => [resource, some(access.statements[resource])])));

  become(some([...Object.keys(roles), ...MADE, "unknown"]).join(one([",", ", "])) || "unknown");
  const [now, data] = [await gate(), await sent()];
  for (const [resource, action] of ACTIONS) {
    const wanted = await before.may(auth, headers, resource, action);
    const where = `${member.role}: ${resource}.${action}`;
    equal(after.may(now, resource, action), wanted, where);
    equal(after.mayAtOnce(data, resource, action), wanted, where);
    counts[wanted ? "yes" : "no"] += 1;
    if (before.mayAtOnce(member, resource, action) !== wanted) counts.wrongAtOnce += 1;
  }
}
ok(counts.yes > 200 && counts.no > 200 && counts.wrongAtOnce > 50, JSON.stringify(counts));

// A role made at run time: `checkRolePermission` does not know it.
become("owner");
await change("sharer", { project: ["share"] });
become("sharer");
equal(await before.may(auth, headers, "project", "share"), true);
equal(before.mayAtOnce(member, "project", "share"), false);
equal(after.mayAtOnce(await sent(), "project", "share"), true);

// Two permissions at once: Better Auth requires one role that has both.
become("owner");
await change("helper", { project: ["delete"] });
become("sharer,helper");
const both = { permissions: { project: ["share", "delete"] } };
equal((await auth.api.hasPermission({ headers, body: both })).success, false);
equal((await gate()).canAll(["project.share", "project.delete"]), true);

// A broken row: in Better Auth every check in the organization fails. Here only that row gives nothing.
become("member,sharer");
tables.organizationRole.find(({ role }) => role === "sharer").permission = '{ "project": "share" }';
await rejects(before.may(auth, headers, "project", "view"), { statusCode: 500 });
deepEqual((await gate()).permissions(), ["ac.read", "project.view"]);
