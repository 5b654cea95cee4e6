// `rolegate import`: what becomes of the roles of other systems, what is reported, and that nothing gives more
// access than it gave there.

import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "../../../pkg/entries/node.js";
import { grantsOf, imported } from "./imported.mjs";

const LOSSY = "--lossy";

test("Better Auth: statements, roles, rows and members", async () => {
  const { code, snapshot, losses } = await imported("better-auth", {
    "roles.json": {
      statements: { project: ["view", "share"], ac: ["read"] },
      roles: {
        owner: { statements: { project: ["view", "share"], ac: ["read"] } },
        member: { project: ["view"] },
      },
    },
    "rows.json": [
      { organizationId: "o1", role: "sharer", permission: '{"project":["share"]}' },
      { organizationId: "o1", role: "member", permission: '{"ac":["read"]}' },
    ],
    "members.json": [{ userId: "u1", organizationId: "o1", role: "member,sharer" }],
  });
  deepEqual([code, losses], [0, []]);
  deepEqual(snapshot, {
    format: "rolegate/1",
    revision: 1,
    tenant: "o1",
    catalog: {
      categories: [
        { id: "ac", permissions: [{ id: "ac.read" }] },
        { id: "project", permissions: [{ id: "project.share" }, { id: "project.view" }] },
      ],
    },
    roles: [
      { id: "member", name: "member", grants: { "ac.read": true, "project.view": true } },
      {
        id: "owner",
        name: "owner",
        grants: { "ac.read": true, "project.share": true, "project.view": true },
      },
      { id: "sharer", name: "sharer", grants: { "project.share": true } },
    ],
    users: [{ id: "u1", roles: ["member", "sharer"] }],
  });
});

test("Better Auth: broken rows, other organizations, names that are no ids", async () => {
  const rows = (organizationId, role, permission) => ({ organizationId, role, permission });
  const files = {
    "all.json": {
      statements: { project: ["view all", "share"] },
      organizationRole: [
        rows("o1", "a", '{"project":["fly"]}'),
        rows("o1", "b", '{"project":"share"}'),
        rows("o2", "c", '{"project":["share"]}'),
      ],
      member: [{ userId: 7, organizationId: "o1", role: "a, b,,c" }],
    },
  };
  equal((await imported("better-auth", files)).code, 2);
  const { code, snapshot, losses } = await imported("better-auth", files, "--tenant", "o1", LOSSY);
  equal(code, 0);
  deepEqual(grantsOf(snapshot), { a: {}, b: {} });
  deepEqual(snapshot.users, [{ id: "7", roles: ["a", "b"] }]);
  deepEqual(losses, [
    'all.json:4:4 changed the permission "project.view all": it is called "project.view-all" here',
    'all.json:12:18 lost "fly" of project: no statement declares it',
    "all.json:17:18 lost the permissions of this role: this is no JSON of lists of actions",
    'all.json:29:12 lost the role "c": it is in none of the files',
  ]);
});

test("CASL: the last rule that matches decides", async () => {
  const { code, snapshot, losses } = await imported(
    "casl",
    {
      "agent.json": [
        { action: "read", subject: "Post" },
        { action: "read", subject: "Post", inverted: true, conditions: { secret: true } },
        { action: "read", subject: "Post", conditions: { author: "ana" } },
        { action: "read", subject: "Post", inverted: true, conditions: { status: { $in: ["gone"] } } },
      ],
    },
    "--typed",
  );
  deepEqual([code, losses], [0, []]);
  deepEqual(snapshot.roles, [
    {
      id: "agent",
      name: "agent",
      grants: {
        "Post.read": [
          { when: { $not: { "resource.secret": { $exists: true, $eq: true } } } },
          { when: { "resource.author": "ana" } },
        ],
      },
      deny: [{ key: "Post.read", when: { "resource.status": { $exists: true, $in: ["gone"] } } }],
    },
  ]);
  deepEqual(snapshot.catalog.categories[0].permissions, [{ id: "Post.read", scopes: ["all"] }]);
});

test("CASL: manage and all, fields, references, and what is not said", async () => {
  const rules = [
    { action: "manage", subject: "all" },
    { action: "delete", subject: "Post", inverted: true },
    { action: "update", subject: "Post", fields: ["title", "meta.*"], reason: "why" },
    { action: "share", subject: "Post", conditions: { by: `\${user.id}`, at: { $size: 1 } } },
  ];
  const { code, snapshot, losses } = await imported("casl", { "r.json": rules });
  deepEqual([code, snapshot], [1, undefined]);
  deepEqual(losses, [
    'r.json:2:2 changed any action: "manage": only what the rules name can be asked here; name the others with --actions',
    'r.json:2:2 changed any subject: "all": only what the rules name can be asked here; name the others with --resources',
    "r.json:14:13 changed a grant of fields: each is a permission of its own; without a field, CASL allows it if any field is",
    'r.json:16:4 lost the pattern of fields "meta.*": only fields that are named can be granted',
    "r.json:18:13 lost the reason of a rule: roles have no such texts",
    `r.json:24:10 changed the text "\${user.id}": it is read as the attribute user.id of the user`,
    "r.json:26:14 lost $size: there is no such operator",
  ]);
  const lossy = await imported(
    "casl",
    { "r.json": rules },
    LOSSY,
    "--actions",
    "read",
    "--resources",
    "Post",
  );
  const permissions = lossy.snapshot.catalog.categories.flatMap((one) => one.permissions.map(({ id }) => id));
  deepEqual(
    permissions.filter((id) => id.startsWith("Post")),
    ["Post.delete", "Post.manage", "Post.read", "Post.share", "Post.update", "Post.update.title"],
  );
  deepEqual(grantsOf(lossy.snapshot).r, { "*": true });
  deepEqual(lossy.snapshot.roles[0].deny, ["Post.delete"]);
  deepEqual(
    lossy.losses.filter((line) => line.includes("--actions")),
    [],
  );
});

test("CASL: what cannot be said never allows, and always denies", async () => {
  const conditions = { title: { $regex: "a.*b" } };
  const files = {
    "r.json": [
      { action: "read", subject: "A", conditions },
      { action: "read", subject: "B" },
      { action: "read", subject: "B", inverted: true, conditions },
      { action: "read", subject: "C", conditions: { $or: [{ a: 1 }] } },
      { action: "read", subject: "D", conditions: { a: { $exists: false } } },
    ],
  };
  const { snapshot } = await imported("casl", files, LOSSY);
  const gate = (await load(snapshot)).for({ id: "x", roles: ["r"] });
  for (const subject of ["A", "B", "C", "D"])
    equal(gate.can(`${subject}.read`, { title: "ab", a: 1 }), false, subject);
  const extended = await imported("casl", files, LOSSY, "--extended");
  deepEqual(grantsOf(extended.snapshot).r["C.read"], { when: { "resource.a": { $has: 1 } } });
});

const MODEL = (more = {}) => {
  const { r = "sub, obj, act", p = r, g = "_, _", e = "some(where (p.eft == allow))", m } = more;
  const matcher = m ?? "g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act";
  return `[request_definition]\nr = ${r}\n[policy_definition]\np = ${p}\n[role_definition]\ng = ${g}\n[policy_effect]\ne = ${e}\n\n[matchers]\nm = ${matcher}\n`;
};

test("Casbin: roles, inheritance, and a denial that wins", async () => {
  const e = "some(where (p.eft == allow)) && !some(where (p.eft == deny))";
  const { code, snapshot, losses } = await imported("casbin", {
    "model.conf": MODEL({ p: "sub, obj, act, eft", e }),
    "policy.csv": `# people
p, admin, data, write, allow
p, user, data, "read", allow
p, ana, data, write, deny

g, admin, user
g, ana, admin
g, bo, user
`,
  });
  deepEqual([code, losses], [0, []]);
  deepEqual(snapshot.roles, [
    { id: "admin", name: "admin", inherits: ["user"], grants: { "data.write": true } },
    { id: "ana", name: "ana", deny: ["data.write"] },
    { id: "user", name: "user", grants: { "data.read": true } },
  ]);
  deepEqual(snapshot.users, [
    { id: "ana", roles: ["admin", "ana"] },
    { id: "bo", roles: ["user"] },
  ]);
});

test("Casbin: domains are teams", async () => {
  const { code, snapshot } = await imported("casbin", {
    "model.conf": MODEL({
      r: "sub, dom, obj, act",
      g: "_, _, _",
      m: "g(r.sub, p.sub, r.dom) && r.dom == p.dom && r.obj == p.obj && r.act == p.act",
    }),
    "policy.csv": "p, admin, d1, data, read\np, admin, d2, data, write\ng, ana, admin, d1\n",
  });
  equal(code, 0);
  deepEqual(snapshot.users, [{ id: "ana", roles: [{ role: "admin@d1", team: "d1" }] }]);
  const gate = (await load(snapshot)).for("ana");
  deepEqual(
    ["d1", "d2"].flatMap((team) => ["read", "write"].map((action) => gate.can(`data.${action}`, { team }))),
    [true, false, false, false],
  );
});

test("Casbin: patterns, unknown matchers and effects are reported", async () => {
  const policy = "p, ana, /a/*, GET, allow\np, ana, /b, GET, allow\np, bo, /c*, GET, deny\n";
  const files = (more) => ({ "m.conf": MODEL({ p: "sub, obj, act, eft", ...more }), "p.csv": policy });
  const m = "g(r.sub, p.sub) && keyMatch(r.obj, p.obj) && r.act == p.act";
  const e = "some(where (p.eft == allow)) && !some(where (p.eft == deny))";
  const patterns = await imported("casbin", files({ m, e }), LOSSY);
  deepEqual(patterns.losses, [
    'p.csv:1:9 lost the pattern "/a/*" of keyMatch: only names can be granted',
    'p.csv:3:8 lost the pattern "/c*" of keyMatch: it denies everything that has a name',
  ]);
  deepEqual(grantsOf(patterns.snapshot).ana, { "/b.GET": true });
  deepEqual(patterns.snapshot.roles.find(({ id }) => id === "bo").deny, ["/b.GET"]);
  const unknown = await imported("casbin", files({ m: `${m} && r.sub.age > 18` }), LOSSY);
  match(unknown.losses.join("\n"), /m\.conf:11:1 lost r\.sub\.age > 18, in the matcher/);
  deepEqual(grantsOf(unknown.snapshot).ana, {});
  const open = await imported("casbin", files({ e: "!some(where (p.eft == deny))" }), LOSSY);
  deepEqual(grantsOf(open.snapshot).ana, {});
  match(open.losses.join("\n"), /everything is allowed which is not denied/);
});

test("Casbin: what closes a circle, or is too far from a user, is left out", async () => {
  const chain = Array.from({ length: 12 }, (_, at) => `g, r${at}, r${at + 1}`);
  const { snapshot, losses } = await imported(
    "casbin",
    {
      "m.conf": MODEL(),
      "p.csv": ["p, r12, data, read", "p, r10, data, write", ...chain, "g, a, b", "g, b, a"].join("\n"),
    },
    LOSSY,
  );
  equal(losses.length, 4);
  const gate = (await load(snapshot)).for("r0");
  deepEqual([gate.can("data.read"), gate.can("data.write")], [false, true]);
});

test("Keycloak: roles, composites, groups and users", async () => {
  const { code, snapshot, losses } = await imported(
    "keycloak",
    {
      "realm.json": {
        realm: "acme",
        roles: {
          realm: [
            { name: "admin", composites: { realm: ["user"], client: { shop: ["manage", "gone"] } } },
            { name: "user", description: "Everybody" },
          ],
          client: { shop: [{ name: "manage" }] },
        },
        groups: [
          {
            name: "sales",
            realmRoles: ["user"],
            subGroups: [{ name: "emea", clientRoles: { shop: ["manage"] } }],
          },
        ],
        users: [
          { id: "u1", username: "ana", enabled: true, realmRoles: ["admin"], groups: ["/sales/emea"] },
          { username: "bo", enabled: false },
        ],
      },
    },
    LOSSY,
  );
  equal(code, 0);
  deepEqual(losses, ["realm.json:14:8 lost the role gone of shop: it is not in the files"]);
  deepEqual(snapshot.tenant, "acme");
  deepEqual(snapshot.roles, [
    { id: "admin", name: "admin", inherits: ["shop.manage", "user"], grants: { "realm.admin": true } },
    { id: "group /sales", name: "/sales", inherits: ["user"] },
    { id: "group /sales/emea", name: "/sales/emea", inherits: ["group /sales", "shop.manage"] },
    { id: "shop.manage", name: "manage", grants: { "shop.manage": true } },
    { id: "user", name: "user", description: "Everybody", grants: { "realm.user": true } },
  ]);
  deepEqual(snapshot.users, [
    { id: "bo", disabled: true },
    { id: "u1", name: "ana", teams: ["/sales/emea"], roles: ["admin", "group /sales/emea"] },
  ]);
  deepEqual(
    snapshot.teams.map(({ id, parent }) => [id, parent]),
    [
      ["/sales", undefined],
      ["/sales/emea", "/sales"],
    ],
  );
});

test("Keycloak: a realm that is disabled is reported", async () => {
  const realm = (enabled) => ({ realm: "acme", enabled, roles: { realm: [{ name: "a" }] } });
  equal((await imported("keycloak", { "r.json": realm(true) })).code, 0);
  const { code, losses } = await imported("keycloak", { "r.json": realm(false) });
  equal(code, 1);
  match(losses.join(), /^r\.json:3:13 lost that the realm is disabled/);
});

const RBAC = "rbac.authorization.k8s.io/v1";

test("Kubernetes: roles, bindings, names, and roles made of others", async () => {
  const yaml = `
apiVersion: ${RBAC}
kind: ClusterRole
metadata: { name: view }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-view: "true" } }] }
---
apiVersion: ${RBAC}
kind: ClusterRole
metadata: { name: pods, labels: { to-view: "true" } }
rules:
- { apiGroups: [""], resources: [pods], verbs: [get, list] }
---
apiVersion: ${RBAC}
kind: Role
metadata: { name: editor, namespace: shop }
rules:
- { apiGroups: [""], resources: [configmaps], resourceNames: [settings], verbs: [get, create] }
---
apiVersion: ${RBAC}
kind: RoleBinding
metadata: { name: b1, namespace: shop }
roleRef: { kind: Role, name: editor }
subjects:
- { kind: User, name: ana }
- { kind: Group, name: devs }
- { kind: ServiceAccount, name: bot }
---
apiVersion: ${RBAC}
kind: ClusterRoleBinding
metadata: { name: b2 }
roleRef: { kind: ClusterRole, name: view }
subjects: [{ kind: Group, name: "system:authenticated" }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: other }
`;
  const { code, snapshot, losses } = await imported("kubernetes", { "all.yaml": yaml }, LOSSY);
  equal(code, 0);
  deepEqual(losses, ["all.yaml:25:3 lost the group devs: who is in it is not in the files"]);
  deepEqual(snapshot.roles, [
    { id: "pods", name: "pods", grants: { "pods.get": true, "pods.list": true } },
    {
      id: "shop/editor",
      name: "shop/editor",
      grants: { "configmaps.get": { when: { "resource.metadata.name": "settings" } } },
    },
    { id: "view", name: "view", inherits: ["pods"] },
  ]);
  deepEqual(snapshot.users, [
    { id: "ana", roles: [{ role: "shop/editor", team: "shop" }] },
    { id: "system:serviceaccount:shop:bot", roles: [{ role: "shop/editor", team: "shop" }] },
  ]);
  deepEqual(snapshot.everyone, ["view"]);
  const gate = (await load(snapshot)).for("ana");
  const record = (namespace, name) => ({ metadata: { namespace, name } });
  deepEqual(
    [record("shop", "settings"), record("shop", "other"), record("blog", "settings")].map((one) =>
      gate.can("configmaps.get", one),
    ),
    [true, false, false],
  );
});

test("Kubernetes: wildcards mean what has a name", async () => {
  const role = (name, rules) => ({ apiVersion: RBAC, kind: "ClusterRole", metadata: { name }, rules });
  const items = [
    role("all", [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]),
    role("some", [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "roll"] }]),
    role("logs", [{ apiGroups: [""], resources: ["pods/log"], verbs: ["*"] }]),
    role("health", [{ nonResourceURLs: ["/healthz"], verbs: ["get"] }]),
  ];
  const list = { apiVersion: "v1", kind: "List", items };
  const { snapshot, losses } = await imported("kubernetes", { "list.json": list }, LOSSY);
  deepEqual(grantsOf(snapshot), {
    all: { "deployments.apps.*": true, "pods/log.*": true },
    health: { "/healthz.get": true },
    logs: { "pods/log.*": true },
    some: { "deployments.apps.get": true, "deployments.apps.roll": true },
  });
  equal(losses.length, 3);
  const named = await imported(
    "kubernetes",
    { "list.json": list },
    "--resources",
    "nodes",
    "--actions",
    "get",
  );
  deepEqual([named.code, named.losses], [0, []]);
});

test("Cerbos: rules, derived roles, conditions, and denials within a role", async () => {
  const yaml = `
apiVersion: api.cerbos.dev/v1
derivedRoles:
  name: common
  definitions:
  - { name: owner, parentRoles: [user], condition: { match: { expr: R.attr.owner == P.id } } }
---
apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: leave
  version: default
  importDerivedRoles: [common]
  variables: { local: { open: R.attr.status == "open" } }
  rules:
  - { actions: [view], effect: EFFECT_ALLOW, roles: [admin], condition: { match: { expr: V.open } } }
  - { actions: [view, edit], effect: EFFECT_ALLOW, derivedRoles: [owner] }
  - { actions: [edit], effect: EFFECT_DENY, roles: [user], condition: { match: { expr: R.attr.days > 3 } } }
`;
  const { snapshot, losses } = await imported("cerbos", { "p.yaml": yaml }, LOSSY);
  deepEqual(grantsOf(snapshot), {
    admin: { "leave.view": { when: { "resource.status": "open" } } },
    user: {
      "leave.edit": {
        when: {
          "resource.owner": { $ref: "user.id" },
          $not: { "resource.days": { $exists: true, $gt: 3 } },
        },
      },
      "leave.view": { when: { "resource.owner": { $ref: "user.id" } } },
    },
  });
  deepEqual(losses, [
    "p.yaml:17:88 changed lists, objects and values of another type, in R.attr.days > 3: here, no grant applies to these, and every restriction does",
  ]);
});

test("Cerbos: what cannot be said never allows, and always denies", async () => {
  const policy = (rules) => ({ resourcePolicy: { resource: "x", version: "default", rules } });
  const rule = (effect, expr, more) => ({
    actions: ["a"],
    effect,
    roles: ["r"],
    condition: { match: { expr } },
    ...more,
  });
  for (const expr of [
    "R.attr.l.exists(x, x == 1)",
    "R.attr.a + 1 == 2",
    "size(R.attr.a) > 1",
    "(",
    "a",
    "R.attr.a ==",
    "now() > R.attr.t",
    "P.attr.teams == 1",
  ]) {
    const { snapshot, losses } = await imported(
      "cerbos",
      { "p.json": policy([rule("EFFECT_ALLOW", expr)]) },
      LOSSY,
    );
    deepEqual([grantsOf(snapshot).r, losses.length], [{}, 1], expr);
    const both = policy([rule("EFFECT_ALLOW", "R.attr.a == 1"), rule("EFFECT_DENY", expr)]);
    deepEqual(grantsOf((await imported("cerbos", { "p.json": both }, LOSSY)).snapshot).r, {}, expr);
  }
  const odd = policy([rule("EFFECT_ALLOW", "true"), rule("EFFECT_DENY", "true", { actions: ["{a,b}"] })]);
  deepEqual(grantsOf((await imported("cerbos", { "p.json": odd }, LOSSY)).snapshot).r, {});
  const { snapshot } = await imported(
    "cerbos",
    {
      "p.json": policy([rule("EFFECT_ALLOW", "true")]),
      "u.json": { principalPolicy: { principal: "ana" } },
      "r.json": { rolePolicy: { role: "r" } },
    },
    LOSSY,
  );
  deepEqual(snapshot.users, [{ id: "ana", disabled: true }]);
  deepEqual(snapshot.roles[0].deny, ["*"]);
});

test("the same content in another order is the same snapshot", async () => {
  const rules = ["b", "a", "c"].map((action) => ({ action, subject: "S" }));
  const one = await imported("casl", { "r.json": rules });
  const other = await imported("casl", { "r.json": rules.toReversed?.() ?? [...rules].reverse() });
  equal(JSON.stringify(one.snapshot), JSON.stringify(other.snapshot));
});

test("CASL: two roles of one name are refused", async () => {
  const { code, said } = await imported("casl", { "a/agent.json": [], "b/agent.json": [] });
  equal(code, 2);
  match(said, /the role agent is there twice/);
});

test("YAML that begins like JSON is YAML", async () => {
  const { code, losses } = await imported("kubernetes", {
    f: `{ apiVersion: ${RBAC}, kind: ClusterRole, metadata: { name: a }, rules: [] }`,
  });
  deepEqual([code, losses], [0, []]);
});

test("nothing is written where something is lost, unless --lossy", async () => {
  const files = { "r.json": [{ action: "r", subject: "S", reason: "x" }] };
  const refused = await imported("casl", files, "--out", "roles.json");
  deepEqual([refused.code, refused.written], [1, {}]);
  const { code, written } = await imported("casl", files, "--out", "roles.json", LOSSY);
  equal(code, 0);
  await load(written["roles.json"]);
});

/** Files that cannot be used, and what is said of each. */
const UNUSABLE = [
  ["casl", "[{]", /^f:1:3: it is not JSON/],
  ["casl", '[{"action":"a","action":"b"}]', /^f:1:25: \/0\/action: the same key twice/],
  ["casl", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, /nested deeper than 64/],
  ["casl", '{"r":[{"action":5}]}', /^f:1:17: \/r\/0\/action: must be text, not a number/],
  ["casl", '[{"action":"a","inverted":"yes"}]', /\/0\/inverted: must be true or false, not text/],
  ["casl", '{"__proto__":5}', /^f:1:14: \/__proto__: must be a list/],
  ["casl", "7", /^f:1:1: must be an object/],
  ["better-auth", "[7]", /^f:1:2: \/0: must be an object, not a number/],
  ["better-auth", '{"roles":{},"rolse":{}}', /"rolse" is not known/],
  ["better-auth", '{"statements":{"a":"b"}}', /\/statements\/a: must be a list, not text/],
  ["keycloak", "{}", /there are no roles/],
  ["keycloak", '{"roles":{"realm":[{}]}}', /\/roles\/realm\/0: "name" is missing/],
  ["keycloak", '[{"realm":"a"},{"realm":"b"}]', /2 realms/],
  ["casbin", "p, a, b, c", /a model is needed/],
  ["casbin", "[request_definition]\nr = a\nwrong", /^f:3:1: a line must be/],
  ["casbin", "[request_definition]\nr = sub, obj, act", /p in \[policy_definition\] is missing/],
  ["kubernetes", "a: [", /^f:1:5: it is not YAML/],
  ["kubernetes", "kind: Pod", /there are no roles and no bindings/],
  [
    "kubernetes",
    `a: &a [x]\nb: &b [${"*a,".repeat(50)}]\nc: [${"*b,".repeat(50)}]`,
    /cannot be used|cannot be read|YAML/,
  ],
  ["kubernetes", `{ a: ${"[".repeat(50_000)}`, /not JSON|not YAML/],
  [
    "cerbos",
    "resourcePolicy: { resource: a, rules: [{ actions: [a], effect: ALLOW, roles: [r] }] }",
    /^f:1:64: .*EFFECT_ALLOW/,
  ],
  ["cerbos", "derivedRoles: { name: a }", /there is no resource policy/],
];

for (const [name, text, message] of UNUSABLE)
  test(`${name}: ${text.slice(0, 40)} cannot be imported`, async () => {
    const { code, said, snapshot } = await imported(name, { f: text }, LOSSY);
    equal(code, 2, said);
    match(said, message);
    equal(snapshot, undefined);
    doesNotMatch(said, /\n\s+at /);
  });

test("an unknown system, and a file twice", async () => {
  match((await imported("keyclaok", { f: "{}" })).said, /Did you mean keycloak\?/);
});

test("names that are no ids are mapped, and no two become one", async () => {
  const long = "x".repeat(300);
  const rules = ["a b", "a*b", "a-b", long, `${long}y`, "..", "\u0007", "\ud800"].map((action) => ({
    action,
    subject: "__proto__",
  }));
  const { snapshot, losses } = await imported("casl", { "r.json": rules }, LOSSY);
  const ids = snapshot.catalog.categories[0].permissions.map(({ id }) => id);
  equal(new Set(ids).size, rules.length);
  equal(losses.length, rules.length);
});

test("rules that would multiply are refused", async () => {
  const rules = Array.from({ length: 3000 }, (_, at) => ({
    action: "a",
    subject: "S",
    inverted: at % 2 === 1,
    conditions: { at },
  }));
  const { code, said } = await imported("casl", { "r.json": rules }, LOSSY);
  equal(code, 2);
  match(said, /too many combinations/);
});

const EXAMPLES = new URL("../../consumers/importing/", import.meta.url);
const { scripts } = JSON.parse(readFileSync(new URL("package.json", EXAMPLES), "utf8"));

for (const [name, script] of Object.entries(scripts).filter(([, command]) =>
  command.startsWith("rolegate import "),
))
  test(`the example of ${name} gives what the page shows`, async () => {
    const words = script.split(" ").slice(3);
    const files = words.slice(
      0,
      words.findIndex((word) => word.startsWith("--")),
    );
    const texts = files.map((file) => [file, readFileSync(new URL(file, EXAMPLES), "utf8")]);
    const options = words.slice(files.length);
    const { code, written } = await imported(name, Object.fromEntries(texts), ...options);
    equal(code, 0);
    equal(written[`${name}/roles.json`], readFileSync(new URL(`${name}/roles.json`, EXAMPLES), "utf8"));
  });

test("CASL: lists in lists, and what exists at the end of a path, are reported", async () => {
  const files = (conditions) => ({ "r.json": [{ action: "read", subject: "S", conditions }] });
  const nested = await imported("casl", files({ "a.b": 1 }), LOSSY);
  deepEqual(nested.losses, [
    'r.json:6:11 changed "a.b" where there are lists in lists: here, they are looked into',
  ]);
  equal((await imported("casl", files({ "a.b": 1 }), "--typed")).code, 0);
  for (const options of [[], ["--typed"]]) {
    const { snapshot, losses } = await imported(
      "casl",
      files({ "a.b": { $exists: true } }),
      LOSSY,
      ...options,
    );
    match(losses.join(), /lost \$exists of a path/);
    deepEqual(grantsOf(snapshot).r, {});
    const inverted = [
      { action: "read", subject: "S" },
      { action: "read", subject: "S", inverted: true, conditions: { "a.b": { $exists: false } } },
    ];
    const denied = await imported("casl", { "r.json": inverted }, LOSSY, ...options);
    deepEqual(denied.snapshot.roles[0].deny, ["S.read"]);
  }
});

/** Models and policies in which a denial, or its absence, is easily missed. Casbin answers each with no. */
const DENIED = {
  "a link in a domain that is called *": {
    r: "sub, dom, obj, act",
    g: "_, _, _",
    m: 'g(r.sub, p.sub, r.dom) && (r.dom == p.dom || p.dom == "*") && r.obj == p.obj && r.act == p.act',
    policies: "p, admin, d1, data, read\np, admin, *, data, read\ng, ana, admin, *",
    loss: /p\.csv:3:16 lost a link in every domain/,
  },
  "a denial of a pattern of users": {
    m: "keyMatch(r.sub, p.sub) && r.obj == p.obj && r.act == p.act",
    policies: "p, ana, data, read, allow\np, a*, data, read, deny",
    loss: /p\.csv:2:4 lost the pattern "a\*" of keyMatch: whom it denies cannot be said/,
  },
  "a denial of whoever has a text in their name": {
    m: "regexMatch(r.sub, p.sub) && r.obj == p.obj && r.act == p.act",
    policies: "p, ana, data, read, allow\np, an, data, read, deny",
    loss: /p\.csv:2:4 lost the pattern "an" of regexMatch/,
  },
  "a denial in a pattern of domains": {
    r: "sub, dom, obj, act",
    g: "_, _, _",
    m: "g(r.sub, p.sub, r.dom) && keyMatch(r.dom, p.dom) && r.obj == p.obj && r.act == p.act",
    policies: "p, ana, d1, data, read, allow\np, ana, *, data, read, deny",
    loss: /p\.csv:2:9 lost the pattern "\*" of keyMatch/,
  },
  "a denial behind a circle": {
    policies: "p, a, data, read, deny\np, b, data, read, allow\ng, a, b\ng, b, a\ng, ana, b",
    loss: /p\.csv:4:7 lost a link in a circle of roles/,
  },
  "a denial that is far from some users": {
    policies: [
      "p, r5, data, read, allow\np, r12, data, read, deny\ng, ana, r5",
      ...Array.from({ length: 12 }, (_, at) => `g, r${at}, r${at + 1}`),
    ].join("\n"),
    loss: /Casbin goes 10 steps from a user, and no farther/,
  },
  "a group of objects that is far": {
    g: "_, _\ng2 = _, _",
    m: "g(r.sub, p.sub) && g2(r.obj, p.obj) && r.act == p.act",
    policies: [
      "p, ana, o11, read, allow\np, bo, data, read, allow\ng2, data, o1",
      ...Array.from({ length: 10 }, (_, at) => `g2, o${at + 1}, o${at + 2}`),
    ].join("\n"),
    loss: /^$/,
  },
};

for (const [name, { policies, loss, r = "sub, obj, act", ...more }] of Object.entries(DENIED))
  test(`Casbin: ${name}`, async () => {
    const e = "some(where (p.eft == allow)) && !some(where (p.eft == deny))";
    const model = MODEL({ ...more, r, e, p: policies.includes("allow") ? `${r}, eft` : r });
    const { snapshot, losses } = await imported("casbin", { "m.conf": model, "p.csv": policies }, LOSSY);
    match(losses.join("\n"), loss);
    const gate = (await load(snapshot)).for({ ...snapshot.users?.find(({ id }) => id === "ana"), id: "ana" });
    equal(gate.can("data.read", { team: "d1" }), false);
  });

test("Kubernetes: a binding in a namespace is none for namespaces as a whole", async () => {
  const role = {
    apiVersion: RBAC,
    kind: "ClusterRole",
    metadata: { name: "namespaces" },
    rules: [{ apiGroups: [""], resources: ["namespaces"], verbs: ["create", "get", "list"] }],
  };
  const binding = (kind, name, namespace) => ({
    apiVersion: RBAC,
    kind,
    metadata: { name, namespace },
    roleRef: { kind: "ClusterRole", name: "namespaces" },
    subjects: [{ kind: "User", name }],
  });
  const files = {
    "l.json": [role, binding("RoleBinding", "ana", "shop"), binding("ClusterRoleBinding", "bo")],
  };
  const { code, snapshot } = await imported("kubernetes", files);
  equal(code, 0);
  const loaded = await load(snapshot);
  const shop = { metadata: { name: "shop" } };
  for (const [user, expected] of [
    ["ana", [false, false, false, true]],
    ["bo", [true, true, true, true]],
  ]) {
    const gate = loaded.for(user);
    const create = (...record) => gate.can("namespaces.create", ...record);
    deepEqual(
      [create(shop), create(), gate.can("namespaces.list"), gate.can("namespaces.get", shop)],
      expected,
      user,
    );
  }
  const named = structuredClone(role);
  named.rules[0].resourceNames = ["shop"];
  const { losses } = await imported("kubernetes", { "l.json": [named] }, LOSSY);
  match(losses.join(), /lost list of namespaces by name/);
});

test("every verb of what is there, and every action under a condition, are not everything", async () => {
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["*"] }];
  const role = { apiVersion: RBAC, kind: "ClusterRole", metadata: { name: "r" }, rules };
  const pods = await imported("kubernetes", { "l.json": [role] }, "--actions", "get");
  deepEqual(grantsOf(pods.snapshot), { r: { "pods.*": true } });
  const policy = {
    resourcePolicy: {
      resource: "x",
      version: "default",
      rules: [
        {
          actions: ["*"],
          effect: "EFFECT_ALLOW",
          roles: ["r"],
          condition: { match: { expr: "P.attr.a == 1" } },
        },
        { actions: ["a"], effect: "EFFECT_ALLOW", roles: ["r"] },
      ],
    },
  };
  const { snapshot } = await imported("cerbos", { "p.json": policy }, LOSSY);
  deepEqual(Object.keys(grantsOf(snapshot).r), ["x.a"]);
});

test("Cerbos: what is denied in a scope is denied", async () => {
  const policy = (scope, effect) => ({
    resourcePolicy: {
      ...{ resource: "x", version: "default", scope },
      rules: [{ actions: ["a"], effect, roles: ["r"] }],
    },
  });
  const files = (effect) => ({ "p.json": policy("", "EFFECT_ALLOW"), "s.json": policy("acme", effect) });
  const { snapshot, losses } = await imported("cerbos", files("EFFECT_DENY"), LOSSY);
  deepEqual(grantsOf(snapshot).r, {});
  match(
    losses.join(),
    /lost the policy of the scope "acme": there are no scopes; what it denies is denied in all/,
  );
  const allowed = await imported("cerbos", files("EFFECT_ALLOW"), LOSSY);
  deepEqual(grantsOf(allowed.snapshot).r, { "x.a": true });
});
