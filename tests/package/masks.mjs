// What records hide: fields and mask of a gate, of one from its data, and of one from a narrowed snapshot.

import { NOW, travel } from "./acme.mjs";
import { equal, ok, rejects, show } from "./report.mjs";

const KINDS = ["omit", "null", "redact", "pseudonym"];

/** Reports whose rows name agents; calls with a number and a note. */
function tenant() {
  const masks = [
    { resource: "reports", field: "rows.agentName", permission: "reports.user-data", as: "pseudonym" },
    { resource: "reports", field: "author", permission: "reports.user-data", as: "pseudonym" },
    { resource: "reports", field: "rows", permission: "reports.rows", as: "omit" },
    { resource: "reports", field: "cost", permission: "reports.secret" },
    ...KINDS.map((as) => ({ resource: "calls", field: `as.${as}`, permission: "calls.numbers", as })),
  ];
  const levels = ["own", "team", "all"];
  return {
    format: "rolegate/1",
    revision: 3,
    expiresAt: "2027-01-01T00:00:00Z",
    catalog: {
      categories: [
        {
          id: "reports",
          permissions: ["view", "user-data", "rows", "secret"].map((name) => ({
            id: `reports.${name}`,
            scopes: levels,
          })),
        },
        {
          id: "calls",
          permissions: [
            { id: "calls.numbers", scopes: levels },
            { id: "calls.erase" },
            { id: "notes.view", scopes: levels },
          ],
        },
      ],
      resources: { reports: { owner: "authorId", team: "teamId" } },
      masks,
    },
    teams: [{ id: "sales" }, { id: "support" }],
    roles: [
      {
        id: "lead",
        name: "Lead",
        grants: {
          "reports.*": "team",
          "reports.secret": false,
          "calls.numbers": { when: { "resource.kind": "test" } },
        },
      },
      { id: "clerk", name: "Clerk", grants: { "reports.view": true, "reports.rows": true } },
      { id: "admin", name: "Admin", grants: { "*": true } },
      { id: "no-secret", name: "No Secrets", deny: ["reports.secret"] },
      {
        id: "shift",
        name: "Shift",
        grants: { "reports.user-data": true, "reports.rows": true, "reports.secret": true },
      },
    ],
    users: [
      { id: "ana", teams: ["sales"], roles: ["lead"] },
      { id: "bo", roles: ["clerk"] },
      { id: "cy", roles: ["admin"] },
      { id: "dee", roles: ["admin"], disabled: true },
      { id: "eve", roles: ["admin", "no-secret"] },
      { id: "flo", roles: [{ role: "shift", from: "2026-11-20T09:00:00Z", until: "2026-11-20T17:00:00Z" }] },
    ],
  };
}

const report = (id, teamId) => ({
  id,
  teamId,
  author: "Ann",
  authorId: "a1",
  cost: 12,
  rows: [
    { agentName: "Bo", calls: 1 },
    { agentName: "Ann", calls: 2 },
  ],
});
const named = (fields) => fields.map(({ field, as }) => `${field} ${as}`);

/** `each(name, body)` tests `body` with each of the three ways to a gate: `of(user, options)`. */
async function ways(tests, lib) {
  const snapshot = await lib.load(tenant());
  const narrowed = {};
  for (const user of ["ana", "bo", "cy", "dee", "eve", "flo", "ghost"])
    narrowed[user] = await lib.load(snapshot.narrow(user));
  const full = (user, options) => snapshot.for(user, { now: NOW, ...options });
  const of = {
    gate: full,
    lite: (user, options = {}) =>
      lib.restore(travel(full(user, options).toJSON()), { now: options.now ?? NOW }),
    narrowed: (user, options) => narrowed[user].for(user, { now: NOW, ...options }),
    "narrowed lite": (user, options = {}) =>
      lib.restore(travel(narrowed[user].for(user, { now: NOW, ...options }).toJSON()), {
        now: options.now ?? NOW,
      }),
  };
  return async (name, body) => {
    for (const [way, make] of Object.entries(of))
      await tests.test(`masks, ${way}: ${name}`, () => body(make, way));
  };
}

export async function masks(tests, lib) {
  const each = await ways(tests, lib);

  await each("who may see all sees all, and gets a copy", (of) => {
    const given = report(1, "sales");
    const copy = of("cy").mask("reports", given);
    equal(copy, given);
    ok(copy !== given && copy.rows !== given.rows && copy.rows[0] !== given.rows[0], "a copy");
    equal(of("cy").fields("reports"), []);
  });
  await each("each record by itself, one numbering for the call", (of) => {
    const given = [report(1, "sales"), report(2, "support"), { ...report(3, "sales"), author: "Zoe" }, null];
    const before = JSON.stringify(given);
    equal(of("ana").mask("reports", given), [
      { ...report(1, "sales"), cost: "•••" },
      { id: 2, teamId: "support", author: "#1", authorId: "a1", cost: "•••" },
      { ...report(3, "sales"), author: "Zoe", cost: "•••" },
      null,
    ]);
    const rows = (...names) => names.map((agentName, at) => ({ agentName, calls: at + 1 }));
    equal(of("bo").mask("reports", given.slice(0, 3)), [
      { ...report(1, "sales"), author: "#2", cost: "•••", rows: rows("#1", "#2") },
      { ...report(2, "support"), author: "#2", cost: "•••", rows: rows("#1", "#2") },
      { ...report(3, "sales"), author: "#3", cost: "•••", rows: rows("#1", "#2") },
    ]);
    equal(of("bo").mask("reports", given[1]).author, "#2", "a call of its own begins anew");
    equal(JSON.stringify(given), before, "the records themselves");
  });
  await each("every kind", (of) => {
    const call = {
      kind: "real",
      as: Object.fromEntries(KINDS.map((as) => [as, ["+351 1", null, "+351 2"]])),
    };
    equal(of("ana").mask("calls", call), {
      kind: "real",
      as: { null: [null, null, null], redact: ["•••", null, "•••"], pseudonym: ["#1", null, "#2"] },
    });
    equal(
      of("ana").mask("calls", { ...call, kind: "test" }),
      { ...call, kind: "test" },
      "a condition on the record",
    );
    equal(of("bo").mask("calls", { as: { redact: 0, null: false, pseudonym: {}, omit: "" } }), {
      as: { redact: "•••", null: null, pseudonym: "#1" },
    });
  });
  await each("fields on anything, on a record, and on one that is not there", (of) => {
    const all = ["rows.agentName pseudonym", "author pseudonym", "rows omit", "cost redact"];
    equal(named(of("ana").fields("reports")), ["cost redact"]);
    equal(named(of("ana").fields("reports", report(1, "sales"))), ["cost redact"]);
    for (const record of [report(1, "support"), {}, null, undefined, 3, []])
      equal(named(of("ana").fields("reports", record)), all, show(record));
    equal(
      named(of("bo").fields("calls")),
      KINDS.map((as) => `as.${as} ${as}`),
    );
    equal([of("bo").fields("notes"), of("cy").fields("reports", undefined)], [[], []]);
  });
  await each("nobody, the disabled and the denied see nothing that is masked", (of) => {
    const hidden = { id: 1, teamId: "sales", author: "#1", authorId: "a1", cost: "•••" };
    for (const user of ["ghost", "dee"])
      equal(
        [of(user).mask("reports", report(1, "sales")), of(user).fields("reports").length],
        [hidden, 4],
        user,
      );
    equal(of("eve").mask("reports", report(1, "sales")), { ...report(1, "sales"), cost: "•••" });
  });
  await each("time: before, within and after", (of) => {
    const at = (time) => of("flo", { now: Date.parse(time) }).mask("reports", report(1)).cost;
    equal(
      ["08:59:59", "09:00:00", "16:59:59", "17:00:00"].map((time) => at(`2026-11-20T${time}Z`)),
      ["•••", 12, 12, "•••"],
    );
    equal(
      of("cy", { now: Date.parse("2027-01-01T00:00:00Z") }).mask("reports", report(1)).cost,
      "•••",
      "expired",
    );
    equal(of("cy", { now: NaN }).mask("reports", report(1)).cost, "•••", "no clock");
  });
  await each("a type that no permission has is an error, with or without masks", async (of) => {
    for (const type of ["report", "", "reports.view", "toString", "__proto__", undefined]) {
      for (const ask of [
        () => of("cy").mask(type, {}),
        () => of("cy").mask(type, null),
        () => of("cy").fields(type),
        () => of("cy").fields(type, {}),
      ])
        await rejects(lib, ask, { code: "unknown-resource" });
    }
    equal(
      [of("cy").mask("notes", { a: 1 }), of("ghost").mask("notes", [{ a: 1 }])],
      [{ a: 1 }, [{ a: 1 }]],
      "a type without masks",
    );
  });
  await each("bounds of a gate hide as well", (of) => {
    equal(
      of("cy", { limit: ["reports.view", "reports.rows"] }).mask("reports", {
        cost: 1,
        rows: 2,
        author: "x",
      }),
      { cost: "•••", rows: 2, author: "#1" },
    );
    equal(of("cy", { roles: [] }).fields("reports").length, 4);
    equal(
      [
        of("cy", { records: "required" }).fields("reports").length,
        of("cy", { records: "required" }).fields("reports", {}).length,
      ],
      [4, 0],
    );
  });
  await each("hostile records never throw and never show", (of) => {
    const fail = () => {
      throw new Error("no");
    };
    const circle = { cost: "secret" };
    circle.rows = [circle];
    class Backed {
      _cost = "secret";
      get cost() {
        return this._cost;
      }
    }
    for (const record of [
      circle,
      new Backed(),
      new Proxy({ cost: "secret" }, { get: fail }),
      new Proxy({ cost: "secret" }, { ownKeys: fail }),
      { cost: "secret", toJSON: fail },
      "secret",
      Object.defineProperty({}, "cost", { value: "secret" }),
    ]) {
      const told = JSON.stringify(of("ghost").mask("reports", [record, record]));
      ok(!told.includes("secret"), told);
    }
  });
  await each("gate data keep the masks, and only what is needed of them", (of) => {
    const { masks, types, ids } = of("bo").toJSON();
    equal(
      [types, ids],
      [
        ["reports", "calls", "notes"],
        ["reports.view", "reports.rows"],
      ],
    );
    equal(masks.slice(0, 4), [
      [0, "rows.agentName", -1, "pseudonym"],
      [0, "author", -1, "pseudonym"],
      [0, "rows", 1, "omit"],
      [0, "cost", -1, "redact"],
    ]);
  });
  await tests.test("masks: a catalog without masks has none in gate data", async () => {
    const json = tenant();
    delete json.catalog.masks;
    const made = (await lib.load(json)).for("cy", { now: NOW });
    equal("masks" in made.toJSON(), false);
    equal(
      [lib.restore(travel(made.toJSON()), { now: NOW }).mask("calls", { a: 1 }), made.fields("reports")],
      [{ a: 1 }, []],
    );
  });
}
