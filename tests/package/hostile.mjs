// Odd records and hostile names: always a boolean, never a throw, never more than the same record spelt
// plainly would get.

import { acme, NOW } from "./acme.mjs";
import { equal, ok, show } from "./report.mjs";

export async function hostile(report, lib) {
  await records(report, lib);
  await names(report, lib);
  await halves(report, lib);
}

async function records(report, lib) {
  const snapshot = await lib.load(acme());
  const lite = (gate) =>
    lib.restore(JSON.parse(JSON.stringify(gate.toJSON({ explain: true }))), { now: NOW });
  const gates = ["cy", "ana", "bo", "flo", "hal"].flatMap((user) => {
    const gate = snapshot.for(user, { now: NOW });
    return [
      [user, gate],
      [`${user} (lite)`, lite(gate)],
    ];
  });
  const view = "conversations.view";

  // Whatever it is: a boolean, the same from can, canAll, canAny, filter and the scope; and no record that
  // says nothing opens anything.
  for (const [name, make] of Object.entries(SILENT)) {
    await report.test(`odd record: ${name}`, () => {
      for (const [user, gate] of gates) {
        for (const permission of [
          "conversations.view",
          "conversations.reply",
          "conversations.close",
          "reports.export",
          "settings.labels",
          "nothing",
        ]) {
          const expected = gate.can(permission, null);
          const answers = [
            gate.can(permission, make()),
            gate.canAll([permission], make()),
            gate.canAny([permission], make()),
            gate.filter(permission, [make()]).length === 1,
            gate.scope(permission).matches(make()),
            ...(typeof gate.explain === "function" ? [gate.explain(permission, make()).allowed] : []),
          ];
          ok(
            answers.every((answer) => answer === expected),
            `${user} ${permission}: ${show(answers)}, not ${expected}`,
          );
        }
      }
    });
  }

  // What counts as an id
  const owner = (user, assigneeId) => snapshot.for(user, { now: NOW }).can(view, { assigneeId });
  const both = (user, assigneeId) => {
    const answer = owner(user, assigneeId);
    equal(
      lite(snapshot.for(user, { now: NOW })).can(view, { assigneeId }),
      answer,
      `lite, ${show(assigneeId)}`,
    );
    return answer;
  };
  await report.test("safe integers and bigints are ids, nothing else that only looks like one", () => {
    for (const id of ["7", 7, 7n, [7], ["x", 7n], [null, {}, "7"]]) equal(both("7", id), true, show(id));
    for (const id of [
      7.5,
      "7.0",
      "07",
      " 7",
      NaN,
      Infinity,
      2 ** 53,
      true,
      [[7]],
      { id: 7 },
      new Number(7),
      new String("7"),
      Object("7"),
      Symbol("7"),
      () => 7,
      { toString: () => "7" },
      null,
      undefined,
      [],
      "",
    ]) {
      equal(
        both("7", id),
        false,
        typeof id === "object" ? `${show(id)} (${Object.prototype.toString.call(id)})` : show(id),
      );
    }
  });
  await report.test("an attribute whose conversion throws is absent", () => {
    const wild = {
      toString() {
        throw new Error("no");
      },
      valueOf() {
        throw new Error("no");
      },
      [Symbol.toPrimitive]() {
        throw new Error("no");
      },
      toJSON() {
        throw new Error("no");
      },
    };
    for (const id of [wild, [wild], [wild, "bo"]])
      equal(both("bo", id), Array.isArray(id) && id.includes("bo"));
  });

  // Where attributes are read from
  const each = async (name, body) => {
    const gate = snapshot.for("bo", { now: NOW });
    await report.test(name, () => body(gate));
    await report.test(`lite: ${name}`, () => body(lite(gate)));
  };
  await each("own properties, class getters and prototypes count", (bo) => {
    class Conversation {
      get assigneeId() {
        return "bo";
      }
    }
    class Ticket extends Conversation {}
    for (const record of [
      new Conversation(),
      new Ticket(),
      Object.create({ assigneeId: "bo" }),
      Object.assign(Object.create(null), { assigneeId: "bo" }),
      Object.freeze({ assigneeId: "bo" }),
      new Proxy({ assigneeId: "bo" }, {}),
    ]) {
      equal(bo.can(view, record), true, show(record));
    }
  });
  await each("Object.prototype never counts, nor an own key __proto__", (bo) => {
    equal(bo.can(view, JSON.parse('{"__proto__":{"assigneeId":"bo"}}')), false, "a key that JSON brought");
    const before = Object.getOwnPropertyDescriptor(Object.prototype, "assigneeId");
    try {
      Object.defineProperty(Object.prototype, "assigneeId", {
        value: "bo",
        configurable: true,
        writable: true,
        enumerable: false,
      });
      equal(
        [
          bo.can(view, {}),
          bo.can(view, { teamId: "support" }),
          bo.scope(view).matches({}),
          bo.filter(view, [{}]).length,
        ],
        [false, false, false, 0],
      );
    } finally {
      if (before === undefined) delete Object.prototype.assigneeId;
    }
  });
  await each("a getter is read at most once per question", (bo) => {
    let reads = 0;
    const record = {
      get assigneeId() {
        reads += 1;
        return reads === 1 ? "bo" : "ana";
      },
    };
    equal(bo.can("conversations.reply", record), true, "both the permission and its prerequisite");
    equal(reads, 1, "reads");
  });
  await report.test("a getter that asks the gate itself", () => {
    for (const [, gate] of gates) {
      const record = {
        get assigneeId() {
          return gate.can(view, { assigneeId: "bo" }) ? "bo" : "nobody";
        },
      };
      equal(typeof gate.can(view, record), "boolean");
    }
  });
}

/** Records that say nothing about owner and team, however they are made. */
const throws = () => {
  throw new Error("no");
};
const trap = Object.fromEntries(
  ["get", "has", "ownKeys", "getOwnPropertyDescriptor", "getPrototypeOf", "isExtensible"].map((name) => [
    name,
    throws,
  ]),
);
const SILENT = {
  null: () => null,
  undefined: () => undefined,
  "an empty object": () => ({}),
  "an empty object without a prototype": () => Object.create(null),
  "a list": () => [],
  "a list with attributes": () =>
    Object.assign([], { assigneeId: ["bo", "ana"], teamId: "sales", vip: true }),
  "a function with attributes": () =>
    Object.assign(() => {}, { assigneeId: ["bo", "ana"], teamId: "sales", vip: true }),
  "a class": () =>
    class {
      static assigneeId = "bo";
      static teamId = "sales";
    },
  "a string": () => "bo",
  "an empty string": () => "",
  "a number": () => 7,
  NaN: () => NaN,
  "a bigint": () => 7n,
  true: () => true,
  false: () => false,
  "a symbol": () => Symbol("bo"),
  "a Date": () => new Date(0),
  "a Map with entries": () => new Map([["assigneeId", "bo"]]),
  "a promise": () => Promise.resolve({ assigneeId: "bo" }),
  "a typed array": () => new Uint8Array(4),
  "a regular expression": () => /bo/,
  "an Error": () => new Error("bo"),
  "a WeakMap": () => new WeakMap(),
  "a key __proto__ from JSON": () =>
    JSON.parse('{"__proto__":{"assigneeId":["bo","ana"],"teamId":"sales","vip":true}}'),
  "a cycle": () => {
    const record = {};
    record.self = record;
    record.assigneeId = record;
    record.teamId = [record];
    return record;
  },
  "attributes that are not ids": () => ({ assigneeId: Symbol("bo"), teamId: NaN, vip: 1n }),
  "getters that throw": () => ({
    get assigneeId() {
      return throws();
    },
    get teamId() {
      return throws();
    },
    get vip() {
      return throws();
    },
  }),
  "a class whose getters throw": () =>
    new (class {
      get assigneeId() {
        return throws();
      }
      get teamId() {
        return throws();
      }
      get vip() {
        return throws();
      }
    })(),
  "a proxy that throws at everything": () => new Proxy({}, trap),
  "a proxy of a proxy that throws": () => new Proxy(new Proxy({}, trap), {}),
  "a revoked proxy": () => {
    const { proxy, revoke } = Proxy.revocable({ assigneeId: "bo" }, {});
    revoke();
    return proxy;
  },
  "a record that holds a revoked proxy": () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    return { assigneeId: proxy, teamId: [proxy], vip: proxy };
  },
  "an object whose prototype throws": () => Object.create(new Proxy({}, trap)),
  "a long chain of prototypes": () => {
    let record = {};
    for (let depth = 0; depth < 2000; depth += 1) record = Object.create(record);
    return record;
  },
  "a list whose elements throw": () => ({
    assigneeId: Object.defineProperty([], 0, { get: throws, enumerable: true }),
    teamId: new Proxy(["sales"], trap),
  }),
};

/**
 * Names that trip code which keeps names as object keys, joins them with separators, or cuts them by bytes.
 */
const NAMES = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "then",
  "length",
  "0",
  "-1",
  "a,b",
  "a/b",
  "a~1b",
  'a"b',
  "a\\b",
  "a|b",
  "a:b",
  "🦊",
  "\u00e9",
  "e\u0301",
  "ẞ",
  "漢字",
  "\u202eabc",
  "x".repeat(256),
];

async function names(report, lib) {
  for (const name of NAMES) {
    await report.test(
      `name: ${name.length > 40 ? `${name.slice(0, 10)}… (${name.length} characters)` : JSON.stringify(name)}`,
      async () => {
        const json = tenantNamed(name);
        for (const source of [json, JSON.parse(json)]) await asks(lib, await lib.load(source), name);
      },
    );
  }
  await report.test(
    "names that do not belong to the snapshot are unknown, also those every object has",
    async () => {
      const snapshot = await lib.load(acme());
      for (const name of NAMES) {
        const [stranger, admin] = [snapshot.for(name, { now: NOW }), snapshot.for("cy", { now: NOW })];
        equal(
          [
            stranger.can("conversations.view"),
            stranger.permissions(),
            admin.can(name),
            admin.can(name, {}),
            admin.scope(name).kind,
          ],
          [false, [], false, false, "none"],
          name,
        );
        equal(lib.restore(JSON.parse(JSON.stringify(admin.toJSON())), { now: NOW }).can(name), false, name);
        equal(snapshot.for("ana", { now: NOW }).can("conversations.view", { teamId: name }), false, name);
      }
    },
  );
}

/**
 * Half a character is not text, and so not an id; it must not be taken for the character that encoders put in its
 * place.
 */
async function halves(report, lib) {
  await report.test("half a character is neither a user nor an owner nor a team", async () => {
    const snapshot = await lib.load(tenantNamed("\ufffd"));
    for (const half of ["\ud800", "\udc00"]) {
      equal(snapshot.for(half).permissions(), [], "user");
      const gate = snapshot.for("\ufffd");
      for (const it of [gate, lib.restore(JSON.parse(JSON.stringify(gate.toJSON())))]) {
        equal(
          [
            it.can(half),
            it.can("\ufffd.own", { "\ufffd": half }),
            it.can("\ufffd.team", { t: half }),
            it.can("\ufffd.own", { "\ufffd": "\ufffd" }),
          ],
          [false, false, false, true],
        );
      }
    }
  });
}

/** One tenant in which user, role, team, permissions, category and attributes all bear the name. */
function tenantNamed(name) {
  const short = name.slice(0, 200); // ids have at most 256 bytes, and a permission's has a suffix
  return JSON.stringify({
    format: "rolegate/1",
    revision: 1,
    tenant: name,
    catalog: {
      categories: [
        {
          id: short,
          permissions: [
            { id: `${short}.own`, scopes: ["own"] },
            { id: `${short}.team`, scopes: ["team"] },
            { id: short },
          ],
        },
        { id: "other", permissions: [{ id: "other.when", scopes: ["all"] }, { id: "other.plain" }] },
      ],
      resources: { [short]: { owner: name, team: "t" } },
    },
    teams: [{ id: name }, { id: "other" }],
    roles: [
      {
        id: name,
        name,
        grants: {
          [`${short}.*`]: "all",
          "other.when": { when: { [`resource.${name}`]: name, [`user.${name}`]: name } },
        },
      },
      { id: "plain", name: "plain", grants: { "other.plain": true } },
    ],
    users: [
      { id: name, teams: [name], roles: [name], attributes: { [name]: name } },
      { id: "other", roles: ["plain"] },
    ],
  });
}

async function asks(lib, snapshot, name) {
  const short = name.slice(0, 200);
  const gate = snapshot.for(name);
  for (const it of [gate, lib.restore(JSON.parse(JSON.stringify(gate.toJSON())))]) {
    const record = (value) => JSON.parse(JSON.stringify({ [name]: value, t: "nowhere" }));
    equal(it.permissions(), [`${short}.own`, `${short}.team`, short, "other.when"], "permissions");
    equal([it.can(short), it.can("other.plain"), it.user, snapshot.tenant], [true, false, name, name]);
    equal(
      [
        it.can(`${short}.own`, record(name)),
        it.can(`${short}.own`, record("other")),
        it.can(`${short}.own`, {}),
      ],
      [true, false, false],
      "owner",
    );
    equal(
      [
        it.can(`${short}.team`, { t: name }),
        it.can(`${short}.team`, { t: ["other"] }),
        it.can(`${short}.team`, { t: "valueOf,__proto__" }),
      ],
      [true, false, false],
      "team",
    );
    equal(
      [it.can("other.when", record(name)), it.can("other.when", record("other")), it.can("other.when", {})],
      [true, false, false],
      "condition",
    );
    const scope = lib.Scope.from(JSON.parse(JSON.stringify(it.scope(`${short}.team`).toJSON())));
    equal([scope.matches({ t: name }), scope.matches({ t: "other" })], [true, false], "scope");
  }
  equal(
    [
      snapshot.for("other").can("other.plain"),
      snapshot.for("other").can(short),
      snapshot.for("other").permissions(),
    ],
    [true, false, ["other.plain"]],
    "the other user",
  );
}
