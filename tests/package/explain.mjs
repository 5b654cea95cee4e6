// Why, and what would change it: what an explanation names for each reason, and the remedies against each.

import { equal, ok, show } from "./report.mjs";

const NOW = Date.parse("2026-11-18T12:00:00Z");
const HOUR = 3_600_000;
const at = (hours) => new Date(NOW + hours * HOUR).toISOString();

/** A tenant in which every reason has its user; the permissions are named by what stands in their way. */
const TENANT = {
  format: "rolegate/1",
  revision: 3,
  tenant: "why",
  plan: "basic",
  issuedAt: at(-1),
  expiresAt: at(1000),
  catalog: {
    plans: ["basic", "pro", "max"],
    categories: [
      {
        id: "tickets",
        permissions: [
          { id: "tickets.view", scopes: ["own", "team", "all"], implies: ["tickets.history"] },
          { id: "tickets.history", scopes: ["own", "team", "all"] },
          {
            id: "tickets.reply",
            title: "Reply to tickets",
            scopes: ["own", "team", "all"],
            requires: ["tickets.view"],
          },
          { id: "tickets.merge", scopes: ["all"], requires: ["tickets.reply"] },
          { id: "tickets.export", scopes: ["all"] },
          { id: "tickets.delete", scopes: ["all"] },
        ],
      },
      {
        id: "billing",
        permissions: [{ id: "billing.view" }, { id: "billing.forecast", plans: ["pro", "max"] }],
      },
    ],
    resources: { tickets: { owner: "assigneeId", team: "teamId" } },
  },
  teams: [{ id: "north" }, { id: "oslo", parent: "north" }, { id: "south", name: "South" }],
  roles: [
    { id: "admin", name: "Admin", locked: true, standard: true, grants: { "*": true } },
    { id: "reader", name: "Reader", grants: { "tickets.view": "team" } },
    { id: "agent", name: "Agent", inherits: ["reader"], grants: { "tickets.reply": "team" } },
    { id: "merger", name: "Merger", grants: { "tickets.merge": true } },
    {
      id: "exporter",
      name: "Exporter",
      grants: { "tickets.export": { when: { "context.format": { $in: ["csv", "pdf"] } } } },
    },
    { id: "night", name: "Night Desk", grants: { "billing.view": true } },
    { id: "planner", name: "Planner", grants: { "billing.forecast": true } },
    { id: "cleaner", name: "Cleaner", grants: { "tickets.delete": true } },
    { id: "careful", name: "Careful", deny: ["tickets.delete"] },
    {
      id: "sealed",
      name: "Sealed",
      deny: [{ key: "tickets.delete", when: { "resource.sealed": { $ne: false } } }],
    },
  ],
  users: [
    { id: "root", roles: ["admin"] },
    { id: "ann", teams: ["oslo"], roles: ["agent"] },
    { id: "bea", teams: ["oslo"], roles: [{ role: "agent", team: "south" }, "exporter"] },
    { id: "cid", roles: ["merger", { role: "night", from: at(5), until: at(9) }] },
    { id: "dan", roles: ["cleaner", "careful"] },
    { id: "eli", roles: ["cleaner", "sealed"] },
    { id: "fay", roles: ["admin"], disabled: true },
    { id: "gus", roles: ["planner"] },
    { id: "hal", roles: [{ role: "night", from: at(-9), until: at(-5) }] },
    { id: "ida" },
    { id: "jon", roles: [{ role: "night", team: "south" }] },
  ],
};

const FORMATS = { "context.format": { $in: ["csv", "pdf"] } };
const SEALED = { "resource.sealed": { $ne: false } };
const NORTH = { id: 1, teamId: "north", assigneeId: null };
const OSLO = { id: 2, teamId: "oslo", assigneeId: "zoe" };
const SOUTH = { id: 3, teamId: "south", assigneeId: "ann" };

/** User, permission, what else is asked with, and what the explanation is, but for its words. */
const REASONS = [
  [
    "ann",
    "tickets.view",
    { resource: OSLO },
    { allowed: true, reason: "granted", role: "agent", assignment: 0, via: ["reader"], level: "team" },
  ],
  [
    "ann",
    "tickets.history",
    { resource: OSLO },
    {
      allowed: true,
      reason: "granted",
      role: "agent",
      assignment: 0,
      via: ["reader", "tickets.view"],
      level: "team",
    },
  ],
  [
    "bea",
    "tickets.reply",
    { resource: SOUTH },
    { allowed: true, reason: "granted", role: "agent", assignment: 0, level: "team", team: "south" },
  ],
  [
    "bea",
    "tickets.export",
    { context: { format: "csv" } },
    { allowed: true, reason: "granted", role: "exporter", assignment: 1, level: "all" },
  ],
  [
    "root",
    "billing.view",
    {},
    { allowed: true, reason: "granted", role: "admin", assignment: 0, level: "all" },
  ],
  ["root", "billing.view", { now: -1 }, { allowed: false, reason: "clock" }],
  [
    "root",
    "billing.view",
    { now: NOW + 1000 * HOUR },
    { allowed: false, reason: "expired", until: NOW + 1000 * HOUR },
  ],
  ["zoe", "billing.view", {}, { allowed: false, reason: "unknown-user" }],
  ["zoe", "billing.view", { resource: null }, { allowed: false, reason: "unknown-user", record: "unknown" }],
  ["fay", "billing.view", {}, { allowed: false, reason: "user-disabled" }],
  ["root", "billing.nothing", {}, { allowed: false, reason: "unknown-permission" }],
  ["gus", "billing.forecast", {}, { allowed: false, reason: "not-in-plan" }],
  ["root", "billing.view", { limit: ["tickets.*"] }, { allowed: false, reason: "limited" }],
  [
    "root",
    "tickets.view",
    { records: "required" },
    { allowed: false, reason: "limited", record: "required" },
  ],
  [
    "dan",
    "tickets.delete",
    { resource: OSLO },
    { allowed: false, reason: "denied", role: "careful", assignment: 1 },
  ],
  [
    "eli",
    "tickets.delete",
    { resource: OSLO },
    {
      allowed: false,
      reason: "denied",
      role: "sealed",
      assignment: 1,
      condition: SEALED,
      missing: ["resource.sealed"],
    },
  ],
  [
    "eli",
    "tickets.delete",
    { resource: { sealed: true } },
    { allowed: false, reason: "denied", role: "sealed", assignment: 1, condition: SEALED },
  ],
  [
    "eli",
    "tickets.delete",
    { resource: undefined },
    {
      allowed: false,
      reason: "denied",
      role: "sealed",
      assignment: 1,
      condition: SEALED,
      missing: ["resource.sealed"],
      record: "unknown",
    },
  ],
  ["ida", "tickets.view", {}, { allowed: false, reason: "not-granted" }],
  [
    "cid",
    "billing.view",
    {},
    {
      allowed: false,
      reason: "not-active",
      role: "night",
      assignment: 1,
      level: "all",
      from: NOW + 5 * HOUR,
      until: NOW + 9 * HOUR,
    },
  ],
  [
    "ann",
    "tickets.view",
    { resource: NORTH },
    { allowed: false, reason: "out-of-scope", role: "agent", assignment: 0, via: ["reader"], level: "team" },
  ],
  [
    "ann",
    "tickets.view",
    { resource: { assigneeId: { id: "ann" } } },
    {
      allowed: false,
      reason: "out-of-scope",
      role: "agent",
      assignment: 0,
      via: ["reader"],
      level: "team",
      missing: ["resource.assigneeId"],
    },
  ],
  [
    "bea",
    "tickets.view",
    { resource: OSLO },
    {
      allowed: false,
      reason: "out-of-scope",
      role: "agent",
      assignment: 0,
      via: ["reader"],
      level: "team",
      team: "south",
    },
  ],
  [
    "jon",
    "billing.view",
    {},
    {
      allowed: false,
      reason: "out-of-scope",
      role: "night",
      assignment: 0,
      level: "all",
      team: "south",
      record: "required",
    },
  ],
  [
    "bea",
    "tickets.export",
    { resource: OSLO },
    {
      allowed: false,
      reason: "condition-failed",
      role: "exporter",
      assignment: 1,
      level: "all",
      condition: FORMATS,
      missing: ["context.format"],
    },
  ],
  [
    "bea",
    "tickets.export",
    {},
    {
      allowed: false,
      reason: "condition-failed",
      role: "exporter",
      assignment: 1,
      level: "all",
      condition: FORMATS,
      missing: ["context.format"],
    },
  ],
  [
    "bea",
    "tickets.export",
    { context: { format: "xlsx" } },
    {
      allowed: false,
      reason: "condition-failed",
      role: "exporter",
      assignment: 1,
      level: "all",
      condition: FORMATS,
    },
  ],
  [
    "cid",
    "tickets.merge",
    { resource: OSLO },
    {
      allowed: false,
      reason: "prerequisite",
      requires: { permission: "tickets.reply", allowed: false, reason: "not-granted" },
    },
  ],
];

/** User, permission, what else is asked with, and the remedies. */
const REMEDIES = [
  ["ann", "tickets.view", { resource: OSLO }, []],
  ["zoe", "billing.view", {}, []],
  ["root", "billing.nothing", {}, []],
  ["root", "billing.view", { now: NOW + 1000 * HOUR }, []],
  ["root", "billing.view", { limit: ["tickets.*"] }, []],
  ["root", "tickets.view", { records: "required" }, []],
  ["root", "billing.view", { now: NOW - 48 * HOUR }, [{ kind: "wait", until: NOW - 25 * HOUR }]],
  ["fay", "billing.view", {}, [{ kind: "enable-user" }]],
  ["gus", "billing.forecast", {}, [{ kind: "plan", plans: ["max", "pro"] }]],
  ["dan", "tickets.delete", { resource: OSLO }, [{ kind: "lift-denial", role: "careful" }]],
  [
    "eli",
    "tickets.delete",
    { resource: OSLO },
    [{ kind: "condition", condition: { $not: { "resource.sealed": { $ne: false } } } }],
  ],
  ["eli", "tickets.delete", { resource: null }, [{ kind: "lift-denial", role: "sealed" }]],
  ["cid", "billing.view", {}, [{ kind: "wait", until: NOW + 5 * HOUR }]],
  [
    "hal",
    "billing.view",
    {},
    [{ kind: "grant", permission: "billing.view", level: "all", roles: ["night", "admin"] }],
  ],
  ["ann", "tickets.view", { resource: NORTH }, [{ kind: "team", team: "north" }]],
  [
    "ida",
    "tickets.view",
    { resource: { assigneeId: "ida" } },
    [{ kind: "grant", permission: "tickets.view", level: "team", roles: ["reader", "agent"] }],
  ],
  [
    "ida",
    "tickets.view",
    { resource: NORTH },
    [{ kind: "grant", permission: "tickets.view", level: "all", roles: ["admin"] }],
  ],
  [
    "ida",
    "tickets.reply",
    { resource: { assigneeId: "ida" } },
    [{ kind: "grant", permission: "tickets.reply", level: "team", roles: ["agent"] }],
  ],
  [
    "bea",
    "tickets.export",
    { resource: OSLO },
    [{ kind: "condition", condition: { "context.format": { $in: ["csv", "pdf"] } } }],
  ],
  [
    "cid",
    "tickets.merge",
    { resource: OSLO },
    [
      {
        kind: "requires",
        permission: "tickets.reply",
        remedies: [{ kind: "grant", permission: "tickets.reply", level: "all", roles: ["admin"] }],
      },
    ],
  ],
  ["fay", "billing.forecast", {}, [{ kind: "enable-user" }, { kind: "plan", plans: ["max", "pro"] }]],
];

const nameOf = (user, permission, options) => `${user} ${permission} ${show(options)}`;

export async function explain(report, lib) {
  const snapshot = await lib.load(TENANT);
  const explained = (user, permission, { resource, ...options }, about) => {
    const gate = snapshot.for(user, { now: NOW, ...options });
    return about ? gate.explain(permission, resource) : gate.explain(permission);
  };
  const seen = new Set();

  for (const [user, permission, options, wanted] of REASONS) {
    await report.test(`explain: ${wanted.reason}: ${nameOf(user, permission, options)}`, () => {
      const found = explained(user, permission, options, "resource" in options);
      equal(withoutWords(found), { permission, ...wanted });
      equal(found.publicText, wanted.allowed ? "You may do this." : "You may not do this.");
      for (const at of chain(found)) {
        ok(/^[A-Z][^{}[\]]*\.$/.test(at.text) && !at.text.includes("?"), `a sentence: ${at.text}`);
        ok(
          Object.values(at.names ?? {}).every((name) => at.text.includes(name)),
          `the names in: ${at.text}`,
        );
        for (const path of at.missing ?? []) ok(at.text.includes(path), `the attribute in: ${at.text}`);
      }
      if (found.role !== undefined)
        equal(found.names.role, TENANT.roles.find(({ id }) => id === found.role).name);
      if (found.requires !== undefined)
        ok(found.text.includes("“Reply to tickets”"), `the prerequisite in: ${found.text}`);
      seen.add(found.reason);
    });
  }
  await report.test("explain: every reason was met", () => equal(seen.size, 14, [...seen].join()));

  await report.test("explain: other words and titles", () => {
    const found = explained("dan", "tickets.delete", { resource: OSLO }, true);
    equal(lib.formatExplanation(found), found.text);
    equal(lib.formatExplanation(found, { denied: "Gesperrt durch {role}." }), "Gesperrt durch “Careful”.");
    equal(
      lib.formatExplanation({ ...found, names: undefined }, { denied: "Gesperrt durch {role}." }),
      "Gesperrt durch `careful`.",
    );
    const roles = { careful: "Vorsicht" };
    const title = (id, what) => (what === "role" ? (roles[id] ?? id) : id);
    equal(
      lib.formatExplanation(found, { denied: "Gesperrt durch {role}.", title }),
      "Gesperrt durch Vorsicht.",
    );
    equal(
      lib.formatExplanation(found, { denied: (it) => `${it.reason}: ${it.role}, ${it.assignment}` }),
      "denied: careful, 1",
    );
    equal(lib.formatExplanation(found, { expired: "Vorbei." }), found.text, "without a message of its own");
    const merge = explained("cid", "tickets.merge", { resource: OSLO }, true);
    equal(
      lib.formatExplanation(merge, {
        prerequisite: "Erst {requires}, dann {permission}: {why}",
        "not-granted": "keine Rolle.",
      }),
      "Erst “Reply to tickets”, dann `tickets.merge`: keine Rolle.",
    );
  });

  for (const [user, permission, options, wanted] of REMEDIES) {
    await report.test(`remedies: ${nameOf(user, permission, options)}`, () => {
      const found = snapshot.remedies(user, permission, { now: NOW, ...options });
      equal(found, wanted);
      equal(found.complete, true);
    });
  }
  await report.test("remedies: prerequisites are followed, however many", async () => {
    const each = async (count, requires) => {
      const permissions = Array.from({ length: count }, (_, at) => ({
        id: `c.v${at}`,
        scopes: ["all"],
        requires: requires(at).map((it) => `c.v${it}`),
      }));
      const roles = permissions.map(({ id }) => ({ id, name: id, grants: { [id]: true } }));
      const tenant = await lib.load({
        format: "rolegate/1",
        revision: 1,
        catalog: { categories: [{ id: "c", permissions }] },
        roles,
        users: [{ id: "u" }],
      });
      const found = tenant.remedies("u", `c.v${count - 1}`, { resource: {} });
      tenant.free();
      return found;
    };
    const [grant, ...rest] = await each(8, (at) => (at === 0 ? [] : [at - 1]));
    equal(
      [grant.kind, rest.map(({ kind, remedies }) => [kind, remedies.length])],
      ["grant", rest.map(() => ["requires", 1])],
    );
    equal((await each(7, (at) => (at === 6 ? [0, 1, 2, 3, 4, 5] : []))).length, 7);
    const found = await each(20_000, (at) => (at === 0 ? [] : [at - 1]));
    equal(found.complete, found.length > 0, "a list, or it gave up");
  });
  await report.test("remedies: a search that finds nothing ends soon", async () => {
    const when = { $during: { tz: "Europe/Lisbon" } };
    const roles = [{ when }, true, true].map((grant, at) => ({
      id: `r${at}`,
      name: "R",
      grants: { "c.v": grant },
    }));
    const tenant = await lib.load({
      format: "rolegate/1",
      revision: 1,
      catalog: { categories: [{ id: "c", permissions: [{ id: "c.v", scopes: ["own"] }] }] },
      roles,
      users: [{ id: "u" }],
    });
    const found = tenant.remedies("u", "c.v", { resource: { owner: "z" } });
    equal([found, found.complete], [[], true]);
    tenant.free();
  });
  await report.test("whoCan and remedies: an unknown permission is as loud as the options say", () => {
    const heard = [];
    const onUnknown = (permission) => heard.push(permission);
    equal(
      [snapshot.whoCan("no.such", { onUnknown }), snapshot.remedies("ann", "no.such", { onUnknown })],
      [[], []],
    );
    equal(heard, ["no.such", "no.such"]);
    equal([snapshot.whoCan("billing.view", { now: NOW, onUnknown }).length > 0, heard.length], [true, 2]);
    for (const ask of [
      () => snapshot.whoCan("no.such", { onUnknown: "throw" }),
      () => snapshot.remedies("ann", "no.such", { onUnknown: "throw" }),
    ]) {
      let code;
      try {
        ask();
      } catch (error) {
        code = error.code;
      }
      equal(code, "unknown-permission");
    }
  });
  await report.test("explain: goes on when the snapshot was freed", async () => {
    const other = await lib.load(TENANT);
    const gates = ["ann", "dan", "cid"].map((user) => other.for(user, { now: NOW }));
    other.free();
    equal(gates[0].explain("tickets.view", OSLO).via, ["reader"]);
    equal(gates[1].explain("tickets.delete", OSLO).role, "careful");
    equal(gates[2].explain("tickets.merge", OSLO).requires.permission, "tickets.reply");
  });
  await report.test("remedies: a role that would bring a denial with it is none", () => {
    const found = snapshot.remedies("ida", "tickets.delete", { now: NOW, resource: OSLO });
    equal(found, [
      { kind: "grant", permission: "tickets.delete", level: "all", roles: ["cleaner", "admin"] },
    ]);
  });
  await report.test("remedies: session roles bound what may be assigned", () => {
    const roles = ["reader", "cleaner"];
    equal(snapshot.remedies("ida", "tickets.delete", { now: NOW, roles }), [
      { kind: "grant", permission: "tickets.delete", level: "all", roles: ["cleaner"] },
    ]);
    equal(snapshot.remedies("ida", "billing.view", { now: NOW, roles }), []);
  });
  await report.test("remedies: of whatever is not a name, none; a freed snapshot says so", async () => {
    for (const odd of [undefined, null, 7, Symbol("ida"), "\ud800"]) {
      equal([snapshot.remedies(odd, "billing.view"), snapshot.remedies("ida", odd)], [[], []], show(odd));
    }
    const other = await lib.load(TENANT);
    other.free();
    let code;
    try {
      other.remedies("ida", "billing.view");
    } catch (error) {
      code = error.code;
    }
    equal(code, "freed");
  });
  snapshot.free();
}

function* chain(explanation) {
  for (let at = explanation; at !== undefined; at = at.requires) yield at;
}

function withoutWords({ text, publicText, names, requires, ...rest }) {
  return requires === undefined ? rest : { ...rest, requires: withoutWords(requires) };
}
