// Options: what is misspelt or means nothing is refused, and names what was meant; and `until`, the end of a
// gate.

import { acme, acmeGates, NOW, travel, WINDOW } from "./acme.mjs";
import { equal, ok, rejects } from "./report.mjs";

const END = NOW + 60_000;

/** A key that there is not, and what was meant. */
const MISSPELT = [
  ["limits", "limit"],
  ["Limit", "limit"],
  ["role", "roles"],
  ["record", "records"],
  ["contxt", "context"],
  ["untill", "until"],
  ["onunknown", "onUnknown"],
  ["onDecison", "onDecision"],
];

/** A value that is not one of the allowed, and what was meant. */
const MEANINGLESS = [
  ["records", "require", '"required"'],
  ["records", "option", '"optional"'],
  ["records", null, '"optional"'],
  ["records", true, '"required"'],
  ["onUnknown", "silent", '"deny"'],
  ["onUnknown", "thow", '"throw"'],
  ["onUnknown", "function", "function"],
  ["until", NaN, "number"],
  ["until", null, "number"],
  ["until", "2026-11-20T12:00:00Z", "number"],
  ["until", new Date(END), "number"],
];

/** Values that are not plain objects. */
function notPlain() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  class Options {
    limit = [];
  }
  const throwing = {
    get limit() {
      throw new Error("no");
    },
  };
  return {
    null: null,
    "a string": "limit",
    "a number": 7,
    true: true,
    "a list": [],
    "a Map": new Map([["limit", []]]),
    "a promise": Promise.resolve({ limit: [] }),
    "a function": () => ({}),
    "an instance": new Options(),
    "what inherits an option": Object.create({ __proto__: null, limit: [] }),
    "a revoked proxy": proxy,
    "a getter that throws": throwing,
  };
}

export async function options(report, lib, { fetchesFull }) {
  const { snapshot, gate, lite } = await acmeGates(report, lib);
  const data = travel(gate("cy").toJSON());
  const asks = fetchesFull
    ? {}
    : {
        whoCan: (options) => snapshot.whoCan("conversations.view", options),
        remedies: (options) => snapshot.remedies("bo", "conversations.close", options),
      };
  /** Everything that takes options, with one that it has. */
  const takes = {
    for: [(options) => snapshot.for("cy", options), { limit: ["*"] }],
    with: [(options) => gate("cy").with(options), { limit: ["*"] }],
    ...Object.fromEntries(Object.entries(asks).map(([name, ask]) => [name, [ask, { resource: {} }]])),
    loadSync: [(options) => lib.loadSync(acme(), options), { tenant: "acme" }],
    load: [(options) => lib.load(acme(), options), { tenant: "acme" }],
    init: [(options) => lib.init(undefined, options), { full: false }],
    restore: [(options) => lib.restore(data, options), { now: NOW }],
    "with of a restored gate": [(options) => lite("cy").with(options), { now: NOW }],
    toJSON: [(options) => gate("cy").toJSON(options), { explain: true }],
  };
  const refused = (ask, message) => rejects(lib, ask, { code: "bad-options", message });

  for (const [name, [take, right]] of Object.entries(takes)) {
    await report.test(`${name}: a key that there is not`, async () => {
      await take(right);
      await take(Object.assign(Object.create(null), right));
      await take({});
      await take(undefined);
      await refused(() => take({ ...right, colour: "red" }), /`colour`/);
      await refused(() => take({ toString: 1 }), /`toString`/);
      await refused(() => take(JSON.parse('{ "__proto__": {} }')), /`__proto__`/);
    });
    for (const [what, value] of Object.entries(notPlain())) {
      if (name === "toJSON" && typeof value === "string") continue;
      await report.test(`${name}: ${what} for options`, () => refused(() => take(value)));
    }
  }
  for (const name of ["for", "with", ...Object.keys(asks)]) {
    const [take] = takes[name];
    await report.test(`${name}: the nearest right key is named`, async () => {
      for (const [key, meant] of MISSPELT)
        await refused(() => take({ [key]: undefined }), new RegExp(`\`${key}\`: did you mean ${meant}`));
    });
    await report.test(`${name}: a value that is not one of the allowed`, async () => {
      for (const [key, value, meant] of MEANINGLESS)
        await refused(() => take({ [key]: value }), new RegExp(`\`${key}\` .*(did you mean|or) ${meant}`));
    });
  }
  await report.test("load: the nearest right key is named", async () => {
    for (const [key, meant] of [
      ["tenantId", "tenant"],
      ["minRevison", "minRevision"],
      ["maxbytes", "maxBytes"],
    ]) {
      await refused(() => lib.load(acme(), { [key]: 1 }), new RegExp(`did you mean ${meant}`));
      await refused(() => lib.loadSync(acme(), { [key]: 1 }), new RegExp(`did you mean ${meant}`));
    }
  });
  if (!fetchesFull) {
    await report.test("whoCan, remedies: a record under a wrong key", async () => {
      for (const ask of Object.values(asks))
        await refused(() => ask({ record: {} }), /records, or resource|resource/);
    });
    await report.test("whoCan: nothing is known about a missing record", () => {
      const who = (options) => snapshot.whoCan("conversations.close", { now: NOW, ...options });
      equal(who({ resource: undefined }), who({ resource: null }));
      ok(who({}).length > who({ resource: undefined }).length, "without a record");
    });
  }
  await report.test("restore takes no option that only a snapshot can honour", async () => {
    for (const key of ["limit", "roles", "records", "until", "onUnknown"]) {
      for (const take of [takes.restore[0], takes["with of a restored gate"][0]])
        await refused(() => take({ [key]: undefined }), new RegExp(`\`${key}\``));
    }
  });
  await report.test("a failed look-up does not disable a check", async () => {
    for (const tenant of [undefined, null])
      await rejects(lib, () => lib.load(acme(), { tenant }), { code: "wrong-tenant" });
    for (const minRevision of [undefined, null, NaN, "1", ""])
      await rejects(lib, () => lib.loadSync(acme(), { minRevision }), { code: "old-revision" });
    const { tenant: _, ...nameless } = acme();
    await rejects(lib, () => lib.load(nameless, { tenant: undefined }), { code: "wrong-tenant" });
  });
  await report.test("options that are undefined are as if they were absent", () => {
    const keys = ["context", "now", "onDecision", "records", "onUnknown"];
    const none = Object.fromEntries(keys.map((key) => [key, undefined]));
    const strict = gate("cy", { records: "required" });
    equal(strict.with(none).can("conversations.view"), false, "records");
    equal(
      gate("gil", { context: { format: "csv" } })
        .with(none)
        .can("reports.export"),
      true,
      "context",
    );
    equal(gate("eve").with(none).can("conversations.close"), true, "now");
    equal(lib.loadSync(acme(), { maxBytes: undefined, full: undefined }).revision, 7);
  });
  await report.test("only own keys are read", async () => {
    const inherited = {
      records: "optional",
      now: WINDOW.until,
      limit: [],
      until: 0,
      context: { format: "csv" },
      colour: "red",
    };
    for (const [key, value] of Object.entries(inherited))
      Object.defineProperty(Object.prototype, key, {
        value,
        configurable: true,
        enumerable: true,
        writable: true,
      });
    try {
      equal(gate("cy", { records: "required" }).with({}).can("conversations.view"), false, "records");
      equal(gate("eve").with({}).can("conversations.close"), true, "now, limit, until");
      equal(gate("gil").with({}).can("reports.export"), false, "context");
      equal(lite("gil").with({}).can("reports.export"), false, "lite");
    } finally {
      for (const key of Object.keys(inherited)) delete Object.prototype[key];
    }
  });
  await report.test("JSON.stringify gives toJSON a key, which is not an option", () => {
    equal(travel({ gate: gate("cy"), gates: [gate("cy")] }), { gate: data, gates: [data] });
  });

  await until(report, lib, { snapshot, gate, lite, fetchesFull });
}

/** From `until` on every answer is "no", in whatever form the gate travels. */
async function until(report, lib, { snapshot, gate, lite, fetchesFull }) {
  const told = (of) => [
    of.can("settings.labels"),
    of.can("conversations.view", { teamId: "sales" }),
    of.permissions().length > 0,
    of.scope("conversations.view").kind,
    of.filter("conversations.view", [{ teamId: "sales" }]).length,
  ];
  const [YES, NO] = [
    [true, true, true, "some", 1],
    [false, false, false, "none", 0],
  ];

  await report.test("until: before it nothing changes, from it on every answer is no", () => {
    let now = NOW;
    const ana = gate("ana", { now: () => now, until: END });
    for (const [time, wanted] of [
      [NOW, YES],
      [END - 1, YES],
      [END, NO],
      [END + 1e9, NO],
      [END - 1, YES],
    ]) {
      now = time;
      equal(told(ana), wanted, `${time - END} ms after the end`);
      equal(ana.explain("settings.labels").reason, wanted === YES ? "granted" : "expired");
      equal(ana.reason("settings.labels"), wanted === YES ? undefined : "expired");
    }
    now = NaN;
    equal([ana.explain("settings.labels").reason, ana.reason("settings.labels")], ["clock", "clock"]);
    now = 0;
    equal(gate("ana", { now, until: 0 }).explain("settings.labels").reason, "clock", "the clock comes first");
  });
  await report.test("until: expired comes before what the user is", () => {
    for (const user of ["ghost", "dee"])
      equal(gate(user, { until: NOW }).explain("settings.labels").reason, "expired");
    equal(gate("ana", { until: NOW }).explain("nothing").reason, "expired");
  });
  await report.test("until: one that was to be given and is not there says no", () => {
    equal(told(gate("ana", { until: undefined })), NO);
    equal(told(gate("ana").with({ until: undefined })), NO);
    equal(gate("ana", { until: undefined }).explain("settings.labels").reason, "expired");
  });
  await report.test("until: Infinity is not an end", () => {
    equal(told(gate("ana", { until: Infinity })), YES);
    equal(gate("ana", { until: Infinity }).validUntil, gate("ana").validUntil);
    equal(gate("ana", { until: Infinity }).toJSON(), gate("ana").toJSON());
    equal(told(gate("ana", { until: -Infinity })), NO);
    equal(told(lite("ana", { until: -Infinity })), NO, "nor has it room in gate data");
  });
  await report.test("until: with takes the earlier of two, and keeps it", () => {
    const ana = gate("ana", { until: END });
    const at = (of, now) => told(of.with({ now }));
    equal(
      [
        at(ana.with({ until: END + 1000 }), END),
        at(ana.with({ until: Infinity }), END),
        at(ana.with({ context: {} }), END),
      ],
      [NO, NO, NO],
    );
    equal([at(ana.with({ until: END - 1 }), END - 1), at(ana, END - 1)], [NO, YES]);
    equal(told(gate("ana").with({ until: NOW })), NO, "a gate that has answered");
    equal(told(ana.with({ limit: ["*"], roles: ["supervisor"], now: END })), NO, "with bounds");
  });
  await report.test("until: the snapshot's end stays", () => {
    const expires = Date.parse(acme().expiresAt);
    equal(gate("ana", { until: expires + 1000 }).toJSON().expires, expires);
    equal(told(gate("ana", { now: expires, until: expires + 1000 })), NO);
  });
  await report.test("until: validUntil", () => {
    equal(gate("ana", { until: END }).validUntil, END);
    equal(gate("eve", { until: WINDOW.until + 1 }).validUntil, WINDOW.until);
    equal(
      [gate("eve", { until: END, now: END }).validUntil, gate("eve", { until: NOW }).validUntil],
      [Infinity, Infinity],
      "nothing changes any more",
    );
  });
  await report.test("until: gate data carry it", () => {
    const json = gate("ana", { until: END }).toJSON({ explain: true });
    equal([json.expires, json.validUntil], [END, END]);
    equal(
      [told(lib.restore(travel(json), { now: END - 1 })), told(lib.restore(travel(json), { now: END }))],
      [YES, NO],
    );
    const late = lib.restore(travel(json), { now: END });
    equal(
      [late.explain("settings.labels").reason, late.reason("settings.labels"), late.validUntil],
      ["expired", "expired", Infinity],
    );
    const over = gate("ana", { until: NOW }).toJSON({ explain: true });
    equal([over.ids, over.expires, over.validUntil], [[], NOW, undefined]);
    equal(lib.restore(travel(over), { now: NOW }).explain("settings.labels").reason, "expired");
    equal(told(lite("ana", { until: END })), YES);
  });
  await report.test("until: people who hold the same share nothing of it", () => {
    equal(
      [told(gate("ana", { until: NOW })), told(gate("ana")), told(gate("ana", { until: END }))],
      [NO, YES, YES],
    );
  });
  if (fetchesFull) return;
  await report.test("until: whoCan and remedies", () => {
    const who = (until) => snapshot.whoCan("settings.labels", { now: NOW, until });
    equal([who(END), who(NOW), who(undefined)], [["ana", "cy", "hal"], [], []]);
    const remedies = (user, permission, options) =>
      snapshot.remedies(user, permission, { now: NOW, ...options }).map(({ kind }) => kind);
    equal(
      [remedies("bo", "settings.labels", { until: END }), remedies("bo", "settings.labels", { until: NOW })],
      [["grant"], []],
    );
    const wait = { now: WINDOW.from - 1000, resource: { teamId: "sales" } };
    equal(snapshot.remedies("eve", "conversations.close", wait), [{ kind: "wait", until: WINDOW.from }]);
    equal(snapshot.remedies("eve", "conversations.close", { ...wait, until: WINDOW.from + 1 }), [
      { kind: "wait", until: WINDOW.from },
    ]);
    equal(
      snapshot.remedies("eve", "conversations.close", { ...wait, until: WINDOW.from }),
      [],
      "waiting is in vain",
    );
  });
}
