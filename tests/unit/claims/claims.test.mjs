// Subjects from claims and rows: what every preset makes of a token as its provider writes it, and that
// whatever is missing, malformed or hostile gives less. The people in tests/claims/shapes.json are made up.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as claims from "../../../pkg/claims/index.js";
import { isRolegateError } from "../../../pkg/core/errors.js";

const {
  auth0,
  betterAuth,
  clerk,
  cognito,
  entra,
  firebase,
  keycloak,
  subjectFrom,
  subjectFromRow,
  supabase,
  workos,
} = claims;
const shapes = JSON.parse(readFileSync(new URL("../../claims/shapes.json", import.meta.url), "utf8"));
const UNTIL = 1_795_000_000_000;
const plain = { tenant: null, id: "sub", roles: "roles", teams: "groups" };

/** Of people with these claims. */
const from = (more, options = {}) => subjectFrom({ sub: "ana", ...more }, { ...plain, ...options });
const code = (run) => {
  try {
    return run();
  } catch (error) {
    assert.ok(isRolegateError(error), error.stack);
    return error.code;
  }
};
const refused = (run, wanted, said = /./) =>
  assert.throws(run, (error) => isRolegateError(error) && error.code === wanted && said.test(error.message));

test("auth0: permissions bound, roles are where the caller says, the scope is nobody's right", () => {
  const options = { ...auth0, roles: "https://example.com/roles", tenant: "org_acme" };
  assert.deepEqual(subjectFrom(shapes.auth0, options), {
    subject: { id: "auth0|65f0c1d2e3", roles: ["agent", "billing"], teams: [] },
    options: { limit: ["invoices.view", "invoices.pay"], until: UNTIL },
    problems: [],
  });
  assert.deepEqual(subjectFrom(shapes.auth0, { ...auth0, tenant: null }).subject.roles, []);
  const { permissions, ...withoutRbac } = shapes.auth0;
  assert.deepEqual(subjectFrom(withoutRbac, options).options.limit, []);
  assert.equal("limit" in subjectFrom(withoutRbac, { ...options, limit: false }).options, false);
  assert.deepEqual(
    subjectFrom(withoutRbac, { ...options, limit: { claim: "scope", split: " " } }).options.limit,
    ["openid", "profile", "email", "invoices:delete"],
  );
});

test("keycloak: roles of the realm or of a client, whatever Keycloak adds is passed on", () => {
  const { subject, options, problems } = subjectFrom(shapes.keycloak, { ...keycloak, tenant: "acme" });
  assert.deepEqual(subject.roles, ["default-roles-acme", "offline_access", "uma_authorization", "agent"]);
  assert.deepEqual([subject.teams, options, problems], [["/emea/sales", "/emea"], { until: UNTIL }, []]);
  const rolesAt = (roles) => subjectFrom(shapes.keycloak, { ...keycloak, tenant: null, roles }).subject.roles;
  assert.deepEqual(rolesAt("resource_access.web.roles"), ["lead"]);
  assert.deepEqual(rolesAt("resource_access.my.web.app.roles"), ["editor"]);
  assert.deepEqual(
    rolesAt(["resource_access.web.roles", "resource_access.none.roles", "realm_access.roles"]).slice(0, 2),
    ["lead", "default-roles-acme"],
  );
  const last = (name, of) => (of === "teams" ? name.split("/").at(-1) : name);
  assert.deepEqual(subjectFrom(shapes.keycloak, { ...keycloak, tenant: null, map: last }).subject.teams, [
    "sales",
    "emea",
  ]);
  refused(
    () =>
      subjectFrom({ ...shapes.keycloak, organization: ["acme", "other"] }, { ...keycloak, tenant: "acme" }),
    "wrong-tenant",
  );
  assert.equal(
    subjectFrom(shapes.keycloak, {
      ...keycloak,
      tenant: { claim: "iss", is: "https://id.example.com/realms/acme" },
    }).subject.id,
    shapes.keycloak.sub,
  );
});

test("entra: the object id, app roles and groups, of this directory", () => {
  const { subject, options, problems } = subjectFrom(shapes.entra, { ...entra, tenant: shapes.entra.tid });
  assert.deepEqual(subject, { id: shapes.entra.oid, roles: ["agent"], teams: shapes.entra.groups });
  assert.deepEqual([options, problems], [{ until: UNTIL }, []]);
  refused(() => subjectFrom(shapes.entra, { ...entra, tenant: "another" }), "wrong-tenant");
});

test("groups that do not fit into the token are unknown, not none", () => {
  const { groups, ...rest } = shapes.entra;
  const overflows = [
    {
      _claim_names: { groups: "src1" },
      _claim_sources: {
        src1: { endpoint: "https://graph.microsoft.com/v1.0/users/690222be/getMemberObjects" },
      },
    },
    { hasgroups: true },
    { hasgroups: "true" },
    // What says so counts also where some groups are there.
    { hasgroups: true, groups },
    { groups, _claim_names: { groups: "src1" } },
  ];
  for (const overflow of overflows) {
    const { subject, problems } = subjectFrom({ ...rest, ...overflow }, { ...entra, tenant: null });
    assert.deepEqual([subject.disabled, subject.teams, subject.roles], [true, [], ["agent"]]);
    assert.deepEqual(problems, [{ claim: "groups", problem: "invalid list: left out or unreadable" }]);
    const ignored = subjectFrom({ ...rest, ...overflow }, { ...entra, tenant: null, onOverflow: "ignore" });
    assert.deepEqual(
      [ignored.subject.disabled, ignored.subject.teams, ignored.problems],
      [undefined, [], problems],
    );
  }
  // Without any, there are none.
  for (const none of [
    {},
    { hasgroups: false },
    { groups: null },
    { groups: [] },
    { _claim_names: { address: "src1" } },
    { _claim_names: null },
  ]) {
    assert.deepEqual(subjectFrom({ ...rest, ...none }, { ...entra, tenant: null }).subject, {
      id: rest.oid,
      roles: ["agent"],
      teams: [],
    });
  }
  // Whoever makes roles of groups does not lose their denials.
  assert.equal(
    subjectFrom({ ...rest, hasgroups: true }, { id: "oid", roles: "groups", tenant: null }).subject.disabled,
    true,
  );
});

test("cognito: groups are roles, in both kinds of token; custom attributes only where they are named", () => {
  for (const token of [shapes.cognitoAccess, shapes.cognitoId]) {
    assert.deepEqual(subjectFrom(token, { ...cognito, tenant: null }), {
      subject: { id: token.sub, roles: ["agent", "eu-west-1_2kcGMqneE_Google"], teams: [] },
      options: { until: UNTIL },
      problems: [],
    });
  }
  const named = {
    ...cognito,
    tenant: { claim: "custom:tenant", is: "acme" },
    attributes: { region: "custom:region" },
  };
  assert.deepEqual(subjectFrom(shapes.cognitoId, named).subject.attributes, { region: "emea" });
  refused(() => subjectFrom(shapes.cognitoAccess, named), "wrong-tenant");
  refused(
    () => subjectFrom(shapes.cognitoId, { ...cognito, tenant: null, roles: "custom:*" }),
    "bad-options",
    /not a safe claim/,
  );
  refused(() => subjectFrom(shapes.cognitoId, { ...cognito, tenant: "acme" }), "bad-options", /tenant/);
});

test("clerk: both versions of the token come to the same", () => {
  for (const token of [shapes.clerk, shapes.clerkFirst]) {
    const { subject, options, problems } = subjectFrom(token, { ...clerk, tenant: "org_acme" });
    assert.deepEqual(subject, { id: "user_2ana", roles: ["admin"], teams: [] });
    assert.deepEqual(
      [options.limit.toSorted?.() ?? [...options.limit].sort(), options.until],
      [["org:dashboard:manage", "org:dashboard:read", "org:teams:read"], UNTIL],
    );
    assert.deepEqual(problems, []);
  }
});

test("clerk: masks of permissions", () => {
  const limit = (fea, per, fpm) =>
    subjectFrom(
      { ...shapes.clerk, fea, o: { id: "org_acme", rol: "admin", per, fpm } },
      { ...clerk, tenant: null },
    ).options.limit;
  assert.deepEqual(limit("o:a,o:b", "x,y,z", "5,0"), ["org:a:x", "org:a:z"]);
  assert.deepEqual(limit("u:mine,uo:a,o:b", "x,y", "2,1"), ["org:a:y", "org:b:x"]);
  const many = Array.from({ length: 70 }, (_, bit) => `p${bit}`);
  assert.deepEqual(limit("o:a", many.join(","), String(2n ** 69n + 1n)), ["org:a:p0", "org:a:p69"]);
  // Nothing that is missing allows anything.
  for (const parts of [
    [],
    ["o:a"],
    ["o:a", "x"],
    [undefined, "x", "1"],
    ["o:a", "x", ""],
    ["", "", ""],
    ["o:a", "x", "wrong"],
    ["o:a", {}, []],
    [7, 7, 7],
  ])
    assert.deepEqual(limit(...parts), [], JSON.stringify(parts));
  const { o, ...alone } = shapes.clerk;
  assert.deepEqual(
    [
      subjectFrom(alone, { ...clerk, tenant: null }).subject.roles,
      subjectFrom(alone, { ...clerk, tenant: null }).options.limit,
    ],
    [[], []],
  );
  refused(() => subjectFrom(alone, { ...clerk, tenant: "org_acme" }), "wrong-tenant");
});

test("workos: one role or several", () => {
  assert.deepEqual(subjectFrom(shapes.workos, { ...workos, tenant: "org_01ACME" }), {
    subject: { id: "user_01HXYZ", roles: ["agent", "billing"], teams: [] },
    options: { limit: ["invoices.view", "invoices.pay"], until: UNTIL },
    problems: [],
  });
  const { roles, permissions, ...older } = shapes.workos;
  assert.deepEqual(
    [
      subjectFrom(older, { ...workos, tenant: null }).subject.roles,
      subjectFrom(older, { ...workos, tenant: null }).options.limit,
    ],
    [["agent"], []],
  );
});

test("betterAuth: the names in one text, split and trimmed as Better Auth does", () => {
  assert.deepEqual(subjectFrom(shapes.betterAuth, { ...betterAuth, tenant: "acme" }), {
    subject: { id: "usr_ana", roles: ["agent", "billing"], teams: [] },
    options: {},
    problems: [],
  });
  const rolesOf = (role) =>
    subjectFrom({ ...shapes.betterAuth, role }, { ...betterAuth, tenant: null }).subject.roles;
  assert.deepEqual(
    [rolesOf("agent"), rolesOf(""), rolesOf(null), rolesOf(",agent,,agent"), rolesOf("sales, emea")],
    [["agent"], [], [], ["agent"], ["sales", "emea"]],
  );
  refused(
    () => subjectFrom({ ...shapes.betterAuth, organizationId: "other" }, { ...betterAuth, tenant: "acme" }),
    "wrong-tenant",
  );
});

test("supabase: neither the role of the database nor what users write", () => {
  const { subject, problems } = subjectFrom(shapes.supabase, {
    ...supabase,
    tenant: { claim: "app_metadata.tenant_id", is: "acme" },
  });
  assert.deepEqual(
    [subject, problems],
    [{ id: shapes.supabase.sub, roles: ["agent", "billing"], teams: [] }, []],
  );
  const { app_metadata, user_role, ...bare } = shapes.supabase;
  assert.deepEqual(subjectFrom(bare, { ...supabase, tenant: null }).subject.roles, []);
});

test("firebase: custom claims", () => {
  assert.deepEqual(subjectFrom(shapes.firebase, { ...firebase, tenant: "acme-x1y2z" }).subject, {
    id: "anaUid",
    roles: ["agent"],
    teams: ["sales"],
  });
  const { roles, ...one } = shapes.firebase;
  assert.deepEqual(subjectFrom({ ...one, role: "agent" }, { ...firebase, tenant: null }).subject.roles, [
    "agent",
  ]);
});

test("every preset: nobody has a role, a team or a permission by default", () => {
  for (const [name, preset] of Object.entries({
    auth0,
    betterAuth,
    clerk,
    cognito,
    entra,
    firebase,
    keycloak,
    supabase,
    workos,
  })) {
    const { subject, options, problems } = subjectFrom(
      { sub: "ana", oid: "ana", userId: "ana" },
      { ...preset, tenant: null },
    );
    assert.deepEqual([subject, problems], [{ id: "ana", roles: [], teams: [] }, []], name);
    assert.deepEqual(options, preset.limit === undefined ? {} : { limit: [] }, name);
    // Every part can be replaced.
    const mine = subjectFrom(
      { me: 7, mine: ["r"], ours: ["t"], may: ["p"], ends: 5, of: "acme" },
      {
        ...preset,
        tenant: { claim: "of", is: "acme" },
        id: "me",
        roles: "mine",
        teams: "ours",
        limit: "may",
        expires: "ends",
      },
    );
    assert.deepEqual(
      mine,
      {
        subject: { id: "7", roles: ["r"], teams: ["t"] },
        options: { limit: ["p"], until: 5000 },
        problems: [],
      },
      name,
    );
  }
});

test("a token has to be verified first", () => {
  for (const token of ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.x", "", "{}"])
    refused(() => subjectFrom(token, plain), "bad-options", /verify/);
  for (const nobody of [
    null,
    undefined,
    7,
    [],
    [{ sub: "ana" }],
    new Map([["sub", "ana"]]),
    Promise.resolve({ sub: "ana" }),
    new Uint8Array(3),
  ]) {
    refused(() => subjectFrom(nobody, plain), "bad-subject");
    refused(() => subjectFrom(nobody, { ...plain, tenant: { claim: "org", is: "acme" } }), "wrong-tenant");
  }
});

test("the tenant: required, and the right one", () => {
  const asked = (more, tenant) =>
    code(() => subjectFrom({ sub: "ana", ...more }, { ...plain, tenant }).subject.id);
  const acme = { claim: "org", is: "acme" };
  assert.deepEqual(
    [
      asked({ org: "acme" }, acme),
      asked({ org: 7 }, { claim: "org", is: "7" }),
      asked({ org: "7" }, { claim: "org", is: 7 }),
      asked({ org: 7 }, { claim: "org", is: 7n }),
    ],
    ["ana", "ana", "ana", "ana"],
  );
  for (const org of [
    "other",
    "ACME",
    "acme ",
    "",
    null,
    undefined,
    true,
    {},
    { acme: {} },
    [],
    ["acme", "other"],
    [["acme"]],
  ])
    assert.equal(asked({ org }, acme), "wrong-tenant", JSON.stringify(org));
  assert.equal(asked({}, acme), "wrong-tenant");
  // A look-up that failed never switches the check off.
  for (const is of [undefined, null, "", NaN, {}])
    assert.equal(asked({ org: is }, { claim: "org", is }), "wrong-tenant", String(is));
  assert.deepEqual(
    [asked({}, undefined), asked({ org: "acme" }, {}), asked({ org: "acme" }, "")],
    ["wrong-tenant", "wrong-tenant", "wrong-tenant"],
  );
  refused(() => subjectFrom({ sub: "ana" }, { id: "sub" }), "wrong-tenant", /tenant/);
  refused(() => subjectFrom({ sub: "ana" }), "bad-options");
  refused(() => subjectFrom({ sub: "ana" }, null), "bad-options");
  // Without a claim that holds it, there is nothing to compare.
  for (const tenant of [
    "acme",
    { is: "acme" },
    { claim: undefined, is: "acme" },
    { clam: "org", is: "acme" },
    { claim: "user_metadata.org", is: "acme" },
  ])
    assert.equal(asked({ org: "acme", user_metadata: { org: "acme" } }, tenant), "bad-options");
  assert.equal(
    subjectFrom({ sub: "ana", org: "acme" }, { ...plain, tenantClaim: "org", tenant: { is: "acme" } }).subject
      .id,
    "ana",
  );
});

test("the id is required", () => {
  for (const sub of [
    undefined,
    null,
    "",
    " \u0000",
    "a\u0007",
    "x".repeat(257),
    "é".repeat(129),
    "\ud800",
    {},
    [],
    ["ana"],
    true,
    1.5,
    2 ** 60,
  ])
    refused(() => subjectFrom({ sub }, plain), "bad-subject");
  assert.deepEqual(
    [7, "x".repeat(256), "__proto__", "auth0|a,b/c"].map((sub) => subjectFrom({ sub }, plain).subject.id),
    ["7", "x".repeat(256), "__proto__", "auth0|a,b/c"],
  );
});

test("roles: a list of names, or none", () => {
  const { subject, problems } = from({
    roles: ["agent", "lead", "agent", "__proto__", "constructor", "a,b"],
  });
  assert.deepEqual([subject.roles, problems], [["agent", "lead", "__proto__", "constructor", "a,b"], []]);
  for (const missing of [{}, { roles: undefined }, { roles: null }, { roles: [] }])
    assert.deepEqual(from(missing), {
      subject: { id: "ana", roles: [], teams: [] },
      options: {},
      problems: [],
    });
  for (const [wrong, shown] of [
    ["admin", '"admin"'],
    ["admin user", '"admin user"'],
    [true, "true"],
    [7, "7"],
    [{ admin: true }, "an object"],
    [{ 0: "admin", length: 1 }, "an object"],
  ]) {
    assert.deepEqual(from({ roles: wrong }), {
      subject: { id: "ana", roles: [], teams: [] },
      options: {},
      problems: [{ claim: "roles", problem: `invalid list: ${shown}` }],
    });
  }
});

test("names that are not ids are reported and dropped", () => {
  const wrong = ["", "x".repeat(257), "a\nb", "\u202e", null, {}, ["nested"], true, 0.5];
  const { subject, problems } = from({ roles: ["agent", ...wrong, "lead", 7], groups: ["sales", ""] });
  assert.deepEqual(
    [subject.roles, subject.teams, subject.disabled],
    [["agent", "\u202e", "lead", "7"], ["sales"], undefined],
  );
  assert.deepEqual(
    problems.map(({ claim, problem }) => `${claim}: ${problem}`),
    [
      'roles: invalid id: ""',
      `roles: invalid id: "${"x".repeat(40)}"`,
      'roles: invalid id: "a\\u000ab"',
      "roles: invalid id: null",
      "roles: invalid id: an object",
      "roles: invalid id: an object",
      "roles: invalid id: true",
      "roles: invalid id: 0.5",
      'groups: invalid id: ""',
    ],
  );
});

test("groups of the wrong type are unknown: the subject is disabled", () => {
  for (const groups of ["sales", "sales,emea", 7, true, {}, { sales: true }]) {
    const { subject, problems } = from({ roles: ["agent"], groups });
    assert.deepEqual(
      [subject, problems.length, problems[0].claim],
      [{ disabled: true, id: "ana", roles: ["agent"], teams: [] }, 1, "groups"],
    );
    const ignored = from({ roles: ["agent"], groups }, { onOverflow: "ignore" });
    assert.deepEqual(
      [ignored.subject, ignored.problems],
      [{ id: "ana", roles: ["agent"], teams: [] }, problems],
    );
  }
});

test("permissions bound, and never grant", () => {
  const limit = (claims, named = "permissions") => from(claims, { limit: named }).options.limit;
  assert.deepEqual(limit({ permissions: ["a.b", "a.*", "*", "a.b"] }), ["a.b", "a.*", "*"]);
  assert.deepEqual([limit({}), limit({ permissions: null }), limit({ permissions: [] })], [[], [], []]);
  for (const permissions of ["a.b a.c", "*", true, {}, 7]) {
    const { subject, options, problems } = from({ permissions }, { limit: "permissions" });
    assert.deepEqual(
      [options.limit, problems.map(({ claim }) => claim), subject.disabled],
      [[], ["permissions"], undefined],
    );
  }
  assert.deepEqual(
    [from({ permissions: ["a.b"] }).options, from({ permissions: ["a.b"] }, { limit: false }).options],
    [{}, {}],
  );
  // A role that is renamed renames no permission.
  assert.deepEqual(
    from({ roles: ["A"], permissions: ["A"] }, { limit: "permissions", map: (name) => name.toLowerCase() })
      .options.limit,
    ["A"],
  );
});

test("the end of the token, in seconds", () => {
  const until = (exp, expires = "exp") => from({ exp }, { expires }).options.until;
  assert.deepEqual([until(1_795_000_000), until(0), until(1.5), until(-1)], [UNTIL, 0, 1500, -1000]);
  assert.deepEqual(from({ exp: 1_795_000_000 }).options, { until: UNTIL });
  assert.deepEqual(
    [from({}).options, from({ exp: null }).options, from({ exp: "soon" }, { expires: false }).options],
    [{}, {}, {}],
  );
  for (const exp of [
    "1795000000",
    "2026-11-26T09:00:00Z",
    true,
    false,
    {},
    [],
    [1_795_000_000],
    NaN,
    Infinity,
    new Date(NaN),
  ]) {
    const { options, problems } = from({ exp });
    assert.deepEqual([options, problems.map(({ claim }) => claim)], [{ until: 0 }, ["exp"]], String(exp));
  }
  assert.equal(
    from({ session: { expiresAt: new Date(UNTIL) } }, { expires: "session.expiresAt" }).options.until,
    UNTIL,
  );
});

test("paths: an exact key wins, own keys only, lists are entered", () => {
  const rolesAt = (claims, roles) => from(claims, { roles }).subject.roles;
  assert.deepEqual(rolesAt({ "a.b": ["exact"], a: { b: ["path"] } }, "a.b"), ["exact"]);
  assert.deepEqual(rolesAt({ a: { b: ["path"] } }, "a.b"), ["path"]);
  assert.deepEqual(rolesAt({ a: { "b.c": ["exact"], b: { c: ["path"] } } }, "a.b.c"), ["exact"]);
  assert.deepEqual(rolesAt({ "a.b": { c: ["longer"] }, a: { "b.c": ["shorter"] } }, "a.b.c"), ["longer"]);
  assert.deepEqual(
    rolesAt({ "https://example.com/roles": ["url"], https: ["no"] }, "https://example.com/roles"),
    ["url"],
  );
  assert.deepEqual(
    rolesAt({ groups: [{ value: "g1", display: "Sales" }, { value: "g2" }] }, "groups.value"),
    ["g1", "g2"],
  );
  for (const path of [
    "__proto__",
    "constructor",
    "__proto__.roles",
    "constructor.name",
    "toString",
    "roles.length",
    "a..b",
    ".a",
    "a.",
    ".",
  ])
    assert.deepEqual(rolesAt({ roles: ["x"], a: {} }, path), [], path);
  assert.deepEqual(rolesAt(Object.create({ roles: ["inherited"] }), "roles"), []);
  class Payload {
    sub = "ana";
    get roles() {
      return ["inherited"];
    }
  }
  assert.deepEqual(subjectFrom(new Payload(), plain).subject.roles, []);
  assert.deepEqual(
    subjectFrom(JSON.parse('{ "sub": "ana", "__proto__": ["own"] }'), { ...plain, roles: "__proto__" })
      .subject.roles,
    ["own"],
  );
});

test("claims that users can write are rejected everywhere", () => {
  const names = [
    "user_metadata",
    "user_metadata.roles",
    "unsafe_metadata.role",
    "raw_user_meta_data.roles",
    "userMetadata.roles",
    "unsafeMetadata",
    "https://example.com/user_metadata",
    "o.unsafe_metadata.x",
  ];
  for (const name of names) {
    for (const options of [
      { roles: name },
      { teams: name },
      { id: name },
      { limit: name },
      { expires: name },
      { attributes: { region: name } },
      { tenant: { claim: name, is: "acme" } },
      { tenantClaim: name, tenant: "acme" },
      { roles: ["roles", { claim: name, one: true }] },
    ]) {
      refused(() => from({}, options), "bad-options", /not a safe claim/);
    }
  }
  assert.deepEqual(
    from(
      { app_metadata: { roles: ["r"] }, public_metadata: { teams: ["t"] } },
      { roles: "app_metadata.roles", teams: "public_metadata.teams" },
    ).subject,
    { id: "ana", roles: ["r"], teams: ["t"] },
  );
});

test("attributes are what is there", () => {
  const at = (claims, attributes) => from(claims, { attributes }).subject.attributes;
  assert.deepEqual(
    at(
      { region: "emea", level: 3, tags: ["a"], deep: { a: 1 } },
      { region: "region", level: "level", tags: "tags", a: "deep.a", gone: "gone" },
    ),
    { region: "emea", level: 3, tags: ["a"], a: 1 },
  );
  assert.deepEqual([at({ region: null }, { region: "region" }), at({}, {})], [{}, {}]);
  assert.equal("attributes" in from({}).subject, false);
  const own = at({ x: 1 }, JSON.parse('{ "__proto__": "x" }'));
  assert.deepEqual(
    [Object.keys(own), Object.getPrototypeOf(own) === Object.prototype],
    [["__proto__"], true],
  );
});

test("names in other places and by other names", () => {
  const rolesAt = (claims, roles, map) => from(claims, { roles, ...(map && { map }) }).subject.roles;
  assert.deepEqual(rolesAt({ role: "agent" }, { claim: "role", one: true }), ["agent"]);
  assert.deepEqual(rolesAt({ role: "agent" }, "role"), []);
  assert.deepEqual(rolesAt({ scope: " a  b " }, { claim: "scope", split: " " }), ["a", "b"]);
  assert.deepEqual(rolesAt({ a: ["x"], b: "y" }, ["a", { claim: "b", one: true }, "c"]), ["x", "y"]);
  assert.deepEqual(
    rolesAt({ a: ["x"] }, (claims) => claims.a),
    ["x"],
  );
  assert.deepEqual(
    rolesAt({ a: { b: ["x"] } }, (_, at) => at("a.b")),
    ["x"],
  );
  assert.deepEqual(
    rolesAt({ roles: ["Admins", "Everyone"] }, "roles", (name) => ({ Admins: "admin" })[name]),
    ["admin"],
  );
  assert.deepEqual(
    rolesAt({ roles: ["A", "a"] }, "roles", (name) => name.toLowerCase()),
    ["a"],
  );
  assert.deepEqual(from({ roles: ["A"], groups: ["B"] }, { map: (name, of) => `${of}:${name}` }).subject, {
    id: "ana",
    roles: ["roles:A"],
    teams: ["teams:B"],
  });
  assert.deepEqual(from({ roles: ["A", "B"] }, { map: (name) => (name === "A" ? "" : {}) }).problems, [
    { claim: "roles", problem: 'invalid id: ""' },
    { claim: "roles", problem: "invalid id: an object" },
  ]);
  // Only a function has no name of its own.
  const failed = from(
    {},
    {
      roles: () => {
        throw new Error("later");
      },
    },
  );
  assert.deepEqual(
    [failed.subject.roles, failed.subject.disabled, failed.problems],
    [[], true, [{ claim: "roles", problem: "invalid list: left out or unreadable" }]],
  );
});

test("options are checked", () => {
  const wrong = [
    { role: "roles" },
    { limits: "permissions" },
    { onOverflow: "ignored" },
    { onOverflow: "Ignore" },
    { roles: undefined },
    { teams: null },
    { limit: undefined },
    { limit: null },
    { limit: true },
    { limit: 7 },
    { expires: undefined },
    { expires: true },
    { id: undefined },
    { id: 7 },
    { map: undefined },
    { roles: [undefined] },
    { roles: [null] },
    { roles: {} },
    { roles: { claim: undefined } },
    { roles: { claim: "role", spilt: "," } },
    { attributes: { region: undefined } },
    { attributes: { region: 7 } },
  ];
  for (const options of wrong) refused(() => from({ role: "a", permissions: ["*"] }, options), "bad-options");
  refused(
    () => from({}, { limits: "permissions" }),
    "bad-options",
    /`limits: "permissions"` is not one of .*\blimit\b/,
  );
  assert.deepEqual(from({}, JSON.parse('{ "onOverflow": "ignore" }')).problems, []);
});

test("hostile claims: nothing but errors of the package, nothing but less", () => {
  const thrower = () => {
    throw new TypeError("no");
  };
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  const { proxy: revokedList, revoke: revokeList } = Proxy.revocable([], {});
  revoke();
  revokeList();
  const trapped = new Proxy(
    {},
    {
      getOwnPropertyDescriptor: thrower,
      get: thrower,
      has: thrower,
      ownKeys: thrower,
      getPrototypeOf: thrower,
    },
  );
  for (const value of [
    revoked,
    revokedList,
    trapped,
    {
      get length() {
        throw new Error();
      },
    },
    Symbol("s"),
    () => ["admin"],
    5n,
    [revoked, trapped, Symbol("s"), () => "admin"],
  ]) {
    const { subject, options, problems } = from(
      { roles: value, groups: value, permissions: value, exp: value },
      { limit: "permissions" },
    );
    assert.deepEqual([subject.roles, subject.teams, options], [[], [], { limit: [], until: 0 }]);
    assert.ok(
      problems.length >= 4 && problems.every(({ problem }) => problem.length < 100),
      JSON.stringify(problems),
    );
    assert.equal(
      subject.disabled,
      value !== revoked && value !== revokedList && Array.isArray(value) ? undefined : true,
    );
    if (typeof value !== "bigint") {
      refused(() => subjectFrom({ sub: value }, plain), "bad-subject");
      refused(() => from({ org: value }, { tenant: { claim: "org", is: "acme" } }), "wrong-tenant");
    }
  }
  for (const whole of [revoked, trapped]) refused(() => subjectFrom(whole, plain), "bad-subject");
  const throwing = { sub: "ana" };
  for (const name of ["roles", "groups", "permissions", "exp", "region"])
    Object.defineProperty(throwing, name, { get: thrower, enumerable: true });
  const read = subjectFrom(throwing, { ...plain, limit: "permissions", attributes: { region: "region" } });
  assert.deepEqual(
    [read.subject, read.options, read.problems.length],
    [{ attributes: {}, disabled: true, id: "ana", roles: [], teams: [] }, { limit: [], until: 0 }, 4],
  );
  refused(
    () =>
      subjectFrom(
        {
          sub: "ana",
          get _claim_names() {
            throw new Error();
          },
        },
        plain,
      ),
    "bad-subject",
  );
});

test("a log cannot be forged or flooded", () => {
  const { problems } = from({
    roles: Array.from({ length: 5000 }, (_, i) => `\u001b[31m${i}\n${"x".repeat(500)}`),
  });
  assert.equal(problems.length, 100);
  assert.ok(problems.every(({ problem }) => problem.length < 100 && !/[\u0000-\u001f]/.test(problem)));
  refused(() => subjectFrom({ sub: "\u202eana\n" }, plain), "bad-subject", /^[^\n\u202e]*$/);
});

test("huge and deep claims take time in proportion to their length", () => {
  const groups = Array.from({ length: 100_000 }, (_, i) => `g${i}`);
  let deep = ["x"];
  for (let i = 0; i < 100_000; i += 1) deep = i % 2 ? [deep] : { a: deep };
  const started = performance.now();
  const { subject } = from(
    { groups, roles: groups.concat(groups), deep },
    { attributes: { deep: "deep" }, limit: "deep" },
  );
  assert.deepEqual([subject.teams.length, subject.roles.length], [100_000, 100_000]);
  assert.ok(performance.now() - started < 3000);
});

test("no name on Object.prototype changes a subject", () => {
  const all = () =>
    Object.entries({
      auth0: shapes.auth0,
      keycloak: shapes.keycloak,
      entra: shapes.entra,
      cognito: shapes.cognitoId,
      clerk: shapes.clerk,
      workos: shapes.workos,
      betterAuth: shapes.betterAuth,
      supabase: shapes.supabase,
      firebase: shapes.firebase,
    }).map(([name, shape]) => subjectFrom(shape, { ...claims[name], tenant: null }));
  const bare = () =>
    ["auth0", "keycloak", "cognito", "clerk", "workos", "supabase", "firebase"].map((name) =>
      subjectFrom({ sub: "ana" }, { ...claims[name], tenant: null }),
    );
  const rows = () => subjectFromRow({ id: 1, roles: ["a"] }, { id: "id", roles: "roles" });
  const wanted = JSON.stringify([all(), bare(), rows()]);
  const names = [
    "tenant",
    "tenantClaim",
    "id",
    "roles",
    "teams",
    "attributes",
    "limit",
    "expires",
    "map",
    "onOverflow",
    "claim",
    "is",
    "one",
    "split",
    "o",
    "rol",
    "org_role",
    "org_permissions",
    "role",
    "groups",
    "hasgroups",
    "_claim_names",
    "permissions",
    "exp",
    "description",
    "disabled",
    "sub",
  ];
  for (const name of names) {
    Object.defineProperty(Object.prototype, name, {
      __proto__: null,
      value: { rol: "admin", id: "x" },
      configurable: true,
      writable: true,
    });
    try {
      assert.equal(JSON.stringify([all(), bare(), rows()]), wanted, name);
    } finally {
      delete Object.prototype[name];
    }
  }
});

test("rows of a database", () => {
  const columns = { id: "user_id", roles: "roles", teams: "team_ids", attributes: { region: "region" } };
  assert.deepEqual(
    subjectFromRow(
      { user_id: 7, roles: ["agent", null, "agent"], team_ids: [1, 2], region: "emea" },
      columns,
    ),
    {
      subject: { id: "7", roles: ["agent"], teams: ["1", "2"], attributes: { region: "emea" } },
      options: {},
      problems: [],
    },
  );
  // What is optional is null.
  assert.deepEqual(subjectFromRow({ user_id: "ana", roles: null, team_ids: null, region: null }, columns), {
    subject: { id: "ana", roles: [], teams: [], attributes: {} },
    options: {},
    problems: [],
  });
  assert.deepEqual(subjectFromRow({ user_id: 7n, roles: "agent", team_ids: 3 }, columns).subject, {
    id: "7",
    roles: ["agent"],
    teams: ["3"],
    attributes: {},
  });
  assert.deepEqual(
    subjectFromRow({ user_id: 7, roles: "a,b" }, { ...columns, roles: { claim: "roles", split: "," } })
      .subject.roles,
    ["a", "b"],
  );
  const { subject, problems } = subjectFromRow({ user_id: 7, roles: { a: 1 }, team_ids: {} }, columns);
  assert.deepEqual(
    [subject.roles, subject.disabled, problems.map(({ claim }) => claim)],
    [[], true, ["roles", "team_ids"]],
  );
  const key = { user_id: 7, scopes: ["invoices.view"], expires_at: new Date(UNTIL), tenant_id: 3 };
  const scoped = {
    id: "user_id",
    limit: "scopes",
    expires: "expires_at",
    tenant: { claim: "tenant_id", is: 3 },
  };
  assert.deepEqual(subjectFromRow(key, scoped).options, { limit: ["invoices.view"], until: UNTIL });
  refused(() => subjectFromRow(key, { ...scoped, tenant: { claim: "tenant_id", is: 4 } }), "wrong-tenant");
  refused(() => subjectFromRow(key, { ...scoped, tenant: undefined }), "wrong-tenant");
  assert.deepEqual(subjectFromRow({ user_id: 7, exp: 5 }, { id: "user_id" }).options, {});
  for (const none of [undefined, null, "7", [], {}, { user_id: null }])
    refused(() => subjectFromRow(none, columns), "bad-subject");
  for (const wrong of [
    { ...columns, role: "x" },
    { ...columns, id: undefined },
    { ...columns, limit: undefined },
    { ...columns, roles: "raw_user_meta_data" },
  ])
    refused(() => subjectFromRow(key, wrong), "bad-options");
});

test("the rows that a join gives for one person", () => {
  const columns = {
    id: "user_id",
    roles: "role",
    teams: "team",
    attributes: { region: "region" },
    tenant: { claim: "tenant", is: "acme" },
  };
  const row = (role, team) => ({ user_id: 7, role, team, region: "emea", tenant: "acme" });
  assert.deepEqual(
    subjectFromRow([row("agent", "sales"), row("lead", "sales"), row("agent", null)], columns).subject,
    { id: "7", roles: ["agent", "lead"], teams: ["sales"], attributes: { region: "emea" } },
  );
  assert.deepEqual(subjectFromRow([row(null, null)], columns).subject, {
    id: "7",
    roles: [],
    teams: [],
    attributes: { region: "emea" },
  });
  refused(() => subjectFromRow([row("agent"), { ...row("owner"), user_id: 8 }], columns), "bad-subject");
  refused(
    () => subjectFromRow([row("agent"), { ...row("owner"), tenant: "other" }], columns),
    "wrong-tenant",
  );
  refused(() => subjectFromRow([row("agent"), null], columns), "wrong-tenant");
});
