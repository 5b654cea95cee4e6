// The project's own vectors (tests/vectors/own-README.md), and what data cannot say: objects with behaviour,
// odd clocks, large counts.

import { equal, ok, rejects, rejectsSnapshot, show } from "./report.mjs";

export async function own(report, lib, env) {
  const parts = { invalid, clock, scope: scopes, attributes, with: chains };
  for (const [file, ask] of Object.entries(parts)) {
    for (const group of await env.readJson(`vectors/own-${file}.json`)) await ask(report, lib, group);
    await breathe();
  }
  await oddClocks(report, lib);
  await living(report, lib);
  await options(report, lib);
  await numbers(report, lib);
  await large(report, lib);
}

/** The user's own snapshot, where the library can narrow. */
const narrow = async (lib, snapshot, user) =>
  typeof snapshot.narrow === "function" ? lib.load(snapshot.narrow(user)) : undefined;

const travel = (data) => JSON.parse(JSON.stringify(data));

/** Lets a page draw and a worker answer in between. */
const breathe = () => new Promise((resolve) => setTimeout(resolve));

// Loading errors

function invalid(report, lib, { name, text, hex, maxBytes, issues }) {
  return report.test(`own-invalid/${name}`, async () => {
    const source = hex === undefined ? text : Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16));
    const options = maxBytes === undefined ? {} : { maxBytes };
    if (issues.length === 0) {
      (await lib.load(source, options)).free();
      lib.loadSync(source, options).free();
      return;
    }
    const found = await rejectsSnapshot(lib, () => lib.load(source, options));
    equal(await rejectsSnapshot(lib, () => lib.loadSync(source, options)), found, "loadSync");
    compareIssues(found, issues);
  });
}

function compareIssues(found, wanted) {
  const ordered = inOrder(found.map((issue) => [issue.path, issue.code, issue]));
  const expected = inOrder(wanted);
  equal(
    ordered.map((issue) => issue.slice(0, 2)),
    expected.map((issue) => issue.slice(0, 2)),
    "issues",
  );
  for (const [index, [path, code, details = {}]] of expected.entries()) {
    const issue = ordered[index][2];
    const { says = [], suggestion, ...place } = details;
    for (const [key, value] of Object.entries(place))
      equal(issue[key], value, `${key} of ${code} at ${path}`);
    if (suggestion !== undefined)
      equal(issue.suggestion, suggestion ?? undefined, `suggestion of ${code} at ${path}`);
    for (const word of says)
      ok(
        issue.message.includes(word),
        `the message of ${code} at ${path} should name ${show(word)}: ${issue.message}`,
      );
  }
}

/** The format fixes the order by place only: problems of one place are put in the order of their codes. */
function inOrder(issues) {
  const ordered = [];
  for (const issue of issues) {
    let at = ordered.length;
    while (at > 0 && ordered[at - 1][0] === issue[0] && ordered[at - 1][1] > issue[1]) at -= 1;
    ordered.splice(at, 0, issue);
  }
  return ordered;
}

// The clock

async function clock(report, lib, { name, snapshot: json, user, context, points }) {
  const test = (what, body) => report.test(`own-clock/${name}: ${what}`, body);
  const snapshot = await lib.load(JSON.stringify(json));
  const gateAt = (now) => snapshot.for(user, { now, context });
  const narrowed = await narrow(lib, snapshot, user);
  const asks = (gate, point, label) => {
    equal(gate.permissions(), point.yes, `${label}, permissions()`);
    for (const permission of snapshot.permissions())
      equal(gate.can(permission), point.yes.includes(permission), `${label}, ${permission}`);
    for (const [permission, record, can] of point.on ?? []) {
      equal(
        [gate.can(permission, record), gate.scope(permission).matches(record)],
        [can, can],
        `${label}, ${permission} on ${show(record)}`,
      );
    }
  };

  for (const point of points) {
    await test(`at ${point.now}`, () => {
      const gate = gateAt(point.now);
      asks(gate, point, "can");
      if (point.validUntil !== undefined) equal(gate.validUntil, point.validUntil ?? Infinity, "validUntil");
      for (const [permission, reason] of Object.entries(point.reason ?? {}))
        equal(gate.explain(permission).reason, reason, `why ${permission}`);
    });
  }
  const forward = points.map((_, index) => index);
  const orders = {
    forward,
    backward: forward.toReversed?.() ?? [...forward].reverse(),
    "to and fro": forward.flatMap((index) => [index, points.length - 1 - index]),
    "again and again": forward.flatMap((index) => [index, index]),
  };
  for (const [way, order] of Object.entries(orders)) {
    await test(`one gate, its clock going ${way}`, () => {
      let now = points[order[0]].now;
      const gate = gateAt(() => now);
      const derived = gate.with({ context });
      for (const index of order) {
        const point = points[index];
        now = point.now;
        asks(gate, point, `at ${now}`);
        asks(derived, point, `derived, at ${now}`);
        if (point.validUntil !== undefined)
          equal(gate.validUntil, point.validUntil ?? Infinity, `validUntil at ${now}`);
        const lite = lib.restore(travel(gate.toJSON()), { now, context });
        asks(lite, point, `data of now, at ${now}`);
        if (point.validUntil !== undefined)
          equal(lite.validUntil, point.validUntil ?? Infinity, `validUntil of the data of ${now}`);
      }
    });
  }
  await test("gates with frozen clocks, derived from one another", () => {
    for (const made of points) {
      const gate = gateAt(made.now);
      for (const point of points)
        asks(gate.with({ now: point.now }), point, `from ${made.now} to ${point.now}`);
      asks(gate, made, `at ${made.now}, afterwards`);
    }
  });
  narrowed?.free();
  await test("data of one moment at all others", () => {
    for (const made of points) {
      const gate = gateAt(made.now);
      const data = travel(gate.toJSON());
      for (const point of points) {
        const lite = lib.restore(data, { now: point.now, context });
        for (const permission of snapshot.permissions()) {
          const label = `data of ${made.now} at ${point.now}, ${permission}`;
          const can = lite.can(permission);
          equal(
            [
              lite.permissions().includes(permission),
              lite.scope(permission).kind !== "none" || isPlain(json, permission),
            ],
            [can, can || isPlain(json, permission)],
            label,
          );
          if (can) ok(point.yes.includes(permission), `${label}: yes, but it is no`);
          if (point.now < made.now || made.until === undefined) continue;
          equal(
            can,
            made.yes.includes(permission) &&
              point.now < Math.min(made.until[permission] ?? Infinity, expiry(json)),
            label,
          );
        }
      }
    }
  });
  snapshot.free();
}

const isPlain = (json, permission) =>
  json.catalog.categories.some((category) =>
    category.permissions.some(({ id, scopes }) => id === permission && scopes === undefined),
  );
const expiry = ({ expiresAt }) => (expiresAt === undefined ? Infinity : Date.parse(expiresAt));

/** Clocks that JSON cannot hold, and clocks that lie. */
async function oddClocks(report, lib) {
  const snapshot = await lib.load({
    format: "rolegate/1",
    revision: 1,
    catalog: { categories: [{ id: "c", permissions: [{ id: "c.a" }, { id: "c.b", scopes: ["all"] }] }] },
    roles: [{ id: "r", name: "R", grants: { "*": true } }],
    users: [{ id: "u", roles: ["r"] }],
  });
  const NOW = 1_795_080_214_000;
  const data = travel(snapshot.for("u", { now: NOW }).toJSON());
  const throws = () => {
    throw new Error("no clock");
  };
  const wrong = {
    NaN: NaN,
    Infinity: Infinity,
    "-Infinity": -Infinity,
    "-1": -1,
    "-0.001": -0.001,
    "the least number": -Number.MIN_VALUE,
    "a string": String(NOW),
    "an ISO time": "2026-11-20T12:00:00Z",
    "an empty string": "",
    null: null,
    true: true,
    "a bigint": BigInt(NOW),
    "a Date": new Date(NOW),
    "a Number object": Object(NOW),
    "an object with valueOf": { valueOf: () => NOW },
    "a list": [NOW],
    "a symbol": Symbol("now"),
    "a function that returns nothing": () => undefined,
    "a function that returns a string": () => String(NOW),
    "a function that returns a Date": () => new Date(NOW),
    "a function that returns a function": () => () => NOW,
    "a function that returns a promise": async () => NOW,
    "a function that returns NaN": () => NaN,
    "a function that returns -1": () => -1,
    "a function that throws": throws,
    "a proxy that throws": new Proxy({}, { get: throws, has: throws, getPrototypeOf: throws }),
  };
  const asks = (gate, can, what) => {
    equal(
      [gate.can("c.a"), gate.can("c.a", {}), gate.can("c.b"), gate.can("c.b", null)],
      [can, can, can, can],
      `${what}: can`,
    );
    equal(
      [gate.permissions().length, gate.scope("c.b").kind, gate.filter("c.b", [{}]).length],
      can ? [2, "all", 1] : [0, "none", 0],
      what,
    );
    equal(
      [gate.canAll(["c.a", "c.b"]), gate.canAny(["c.a", "c.b"], {})],
      [can, can],
      `${what}: canAll, canAny`,
    );
    equal(typeof gate.validUntil, "number", `${what}: validUntil`);
    ok(!Number.isNaN(gate.validUntil), `${what}: validUntil is NaN`);
  };
  for (const [name, now] of Object.entries(wrong)) {
    await report.test(`own-clock: now is ${name}`, () => {
      const gate = snapshot.for("u", { now });
      asks(gate, false, "for");
      equal(gate.explain("c.a").reason, "clock", "reason");
      asks(snapshot.for("u", { now: NOW }).with({ now }), false, "with");
      asks(lib.restore(data, { now }), false, "restore");
      equal(lib.restore(data, { now }).reason("c.a"), "clock", "reason of restored data");
      asks(gate.with({ now: NOW }), true, "with a clock again");
      equal(JSON.stringify(travel(gate.toJSON())), JSON.stringify(gate.toJSON()), "gate data survive JSON");
      asks(lib.restore(travel(gate.toJSON()), { now }), false, "data made by that clock, at that time");
    });
  }
  for (const now of [0, -0, 0.5, 1, Number.MIN_VALUE, 2 ** 53, 8.64e15, 8.64e15 + 1, Number.MAX_VALUE]) {
    await report.test(`own-clock: now is ${Object.is(now, -0) ? "-0" : now}`, () => {
      asks(snapshot.for("u", { now }), true, "for");
      asks(snapshot.for("u", { now: () => now }), true, "a function");
      asks(lib.restore(data, { now }), true, "restore");
    });
  }
  await report.test("own-clock: a clock that breaks and comes back", () => {
    let now = NOW;
    const gate = snapshot.for("u", { now: () => now });
    const lite = lib.restore(data, { now: () => now });
    for (now of [NOW, NaN, NOW, -1, NOW + 1, Infinity, 0, "x", NOW, null, NOW]) {
      const can = typeof now === "number" && now >= 0 && now < Infinity;
      asks(gate, can, show(now));
      asks(lite, can, `lite, ${show(now)}`);
    }
  });
  await report.test("own-clock: a gate made by a broken clock answers when it is mended", () => {
    for (const broken of [NaN, -1, Infinity, -Infinity, "x", null]) {
      let now = broken;
      const gate = snapshot.for("u", { now: () => now });
      asks(gate, false, `${broken}, broken`);
      now = NOW;
      asks(gate, true, `${broken}, mended`);
      asks(gate.with({ context: {} }), true, `${broken}, derived`);
    }
  });
  snapshot.free();
}

// Scopes

async function scopes(
  report,
  lib,
  { name, snapshot: json, user, options, permission, scope: wanted, yes = [], no = [] },
) {
  const snapshot = await lib.load(JSON.stringify(json));
  const gate = snapshot.for(user, options);
  const ways = {
    gate,
    lite: lib.restore(travel(gate.toJSON()), { now: options.now, context: options.context }),
  };
  const narrowed = await narrow(lib, snapshot, user);
  if (narrowed !== undefined) ways.narrowed = narrowed.for(user, options);
  for (const [way, asked] of Object.entries(ways)) {
    await report.test(`own-scope/${name}: ${way}`, () => {
      const scope = asked.scope(permission);
      const { level, conditional, ...data } = wanted;
      const found = travel(scope.toJSON());
      const { validUntil = Infinity, ...rest } = found;
      equal({ ...rest, parts: normal(rest.parts) }, { ...data, parts: normal(data.parts) }, "toJSON()");
      equal(validUntil, asked.validUntil, "validUntil");
      const clock = { now: options.now };
      const copies = [
        scope,
        lib.Scope.from(found, clock),
        lib.Scope.from(travel(lib.Scope.from(found).toJSON()), clock),
      ];
      for (const copy of copies) {
        equal(
          [copy.kind, copy.level, copy.conditional],
          [data.kind, level, conditional],
          "kind, level, conditional",
        );
        equal(travel(copy.parts), found.parts, "parts");
        equal(travel(copy.toJSON()), found, "toJSON() again");
        for (const record of yes) equal(copy.matches(record), true, show(record));
        for (const record of no) equal(copy.matches(record), false, show(record));
      }
      for (const record of yes) equal(asked.can(permission, record), true, `can on ${show(record)}`);
      for (const record of no) equal(asked.can(permission, record), false, `can on ${show(record)}`);
    });
  }
  snapshot.free();
}

/** Neither the order of clauses nor that of teams matters. */
function normal(parts) {
  const clauses = (list) =>
    list.map((clause) => (clause.teams ? { ...clause, teams: [...clause.teams].sort() } : clause));
  const byText = (list) => clauses(list).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return parts.map(({ any, none }) => ({ any: byText(any), none: byText(none) }));
}

// Attributes

async function attributes(report, lib, { name, snapshot: json, cases }) {
  const snapshot = await lib.load(JSON.stringify(json));
  const narrowed = new Map();
  for (const { user } of cases)
    if (!narrowed.has(user)) narrowed.set(user, (await narrow(lib, snapshot, user)) ?? snapshot);
  for (const { user, permission, resource, context, now, can } of cases) {
    // A record that was written as text: JSON's own keys and numbers.
    const record = typeof resource === "string" ? JSON.parse(resource) : resource;
    report.check(
      `own-attributes/${name}/${user} ${permission} ${typeof resource === "string" ? resource : JSON.stringify(resource)}`,
      () => {
        const gate = snapshot.for(user, { now, context });
        const lite = lib.restore(travel(gate.toJSON()), { now, context });
        const found = [
          gate.can(permission, record),
          lite.can(permission, record),
          gate.explain(permission, record).allowed,
          gate.scope(permission).matches(record),
          lib.Scope.from(travel(lite.scope(permission).toJSON()), { now }).matches(record),
          gate.filter(permission, [record]).length === 1,
          narrowed.get(user).for(user, { now, context }).can(permission, record),
        ];
        return found.every((answer) => answer === can)
          ? undefined
          : `can, lite, explain, scope, scope from JSON, filter, narrowed: ${show(found)}, not ${can}`;
      },
    );
  }
  for (const small of new Set([snapshot, ...narrowed.values()])) small.free();
}

/** Objects whose attributes JSON cannot hold. */
async function living(report, lib) {
  const snapshot = await lib.load({
    format: "rolegate/1",
    revision: 1,
    catalog: {
      categories: [
        {
          id: "c",
          permissions: [
            { id: "c.own", scopes: ["own"] },
            { id: "c.team", scopes: ["team"] },
            { id: "c.when", scopes: ["all"] },
            { id: "c.mine", scopes: ["all"] },
            { id: "c.exists", scopes: ["all"] },
            { id: "c.deep", scopes: ["own"] },
            { id: "c.twice", scopes: ["own", "team", "all"], requires: ["c.base"] },
            { id: "c.base", scopes: ["own", "team", "all"], requires: ["c.below"] },
            { id: "c.below", scopes: ["own", "team", "all"] },
          ],
        },
      ],
      resources: { c: { owner: ["owner", "people.id"], team: ["team", "owner"] } },
    },
    teams: [{ id: "t" }, { id: "9007199254740993" }],
    roles: [
      {
        id: "r",
        name: "R",
        grants: {
          "c.own": true,
          "c.team": true,
          "c.deep": true,
          "c.when": { when: { "resource.n": 5 } },
          "c.mine": { when: { "resource.author": { $ref: "user.id" } } },
          "c.exists": { when: { "resource.size": { $exists: true } } },
          "c.twice": [
            "own",
            { when: { "resource.owner": "x", "resource.n": { $gt: 1, $lt: 9 } } },
            { when: { "resource.n": { $in: [3, 4] } } },
          ],
          "c.base": ["own", "team", { when: { "resource.n": 4 } }],
          "c.below": [{ when: { "resource.n": { $lt: 3 } } }, { when: { "resource.n": { $gt: 3 } } }],
        },
        deny: [
          { key: "c.twice", when: { "resource.locked": true } },
          { key: "c.base", when: { "resource.locked": true } },
          { key: "c.below", when: { $or: [{ "resource.locked": true }, { "resource.n": 99 }] } },
        ],
      },
    ],
    users: [
      { id: "u", teams: ["t"], roles: ["r"] },
      { id: "7", teams: ["t"], roles: ["r"] },
      { id: "9007199254740993", teams: ["9007199254740993"], roles: ["r"] },
    ],
  });
  const now = 1_795_080_214_000;
  const of = (user) => {
    const gate = snapshot.for(user, { now });
    return { gate, lite: lib.restore(travel(gate.toJSON()), { now }) };
  };
  /** The answer, which all forms of asking must share. `make` gives a fresh record each time. */
  const answer = (user, permission, make) => {
    const { gate, lite } = of(user);
    const found = [
      gate.can(permission, make()),
      lite.can(permission, make()),
      gate.explain(permission, make()).allowed,
      gate.scope(permission).matches(make()),
      lib.Scope.from(travel(lite.scope(permission).toJSON()), { now }).matches(make()),
      gate.filter(permission, [make()]).length === 1,
      gate.canAll([permission], make()),
      lite.canAny([permission], make()),
    ];
    ok(
      found.every((one) => one === found[0]),
      `can, lite, explain, scope, scope from JSON, filter, canAll, canAny of ${permission} differ: ${show(found)}`,
    );
    return found[0];
  };
  const test = (name, body) => report.test(`own-attributes: ${name}`, body);
  const throws = () => {
    throw new Error("no");
  };

  const yes = {
    "an own getter": () => ({
      get owner() {
        return "u";
      },
    }),
    "a getter of a class": () =>
      new (class {
        get owner() {
          return "u";
        }
      })(),
    "a getter of the class above": () =>
      new (class extends class {
        get owner() {
          return "u";
        }
      } {})(),
    "a private field behind a getter": () =>
      new (class {
        #owner = "u";
        get owner() {
          return this.#owner;
        }
      })(),
    "a field of a class": () =>
      new (class {
        owner = "u";
      })(),
    "a plain prototype": () => Object.create({ owner: "u" }),
    "a prototype without prototype": () => Object.create(Object.assign(Object.create(null), { owner: "u" })),
    "an own attribute that hides one of the prototype": () =>
      Object.assign(Object.create({ owner: "x" }), { owner: "u" }),
    "an attribute that is not enumerable": () => Object.defineProperty({}, "owner", { value: "u" }),
    "a getter that is not enumerable": () => Object.defineProperty({}, "owner", { get: () => "u" }),
    "a getter that throws beside another path": () => ({
      get owner() {
        return throws();
      },
      people: [{ id: "u" }],
    }),
    "one element that throws among others": () => ({
      people: [
        {
          get id() {
            return throws();
          },
        },
        { id: "u" },
      ],
    }),
    "a class instance in a list": () => ({
      people: [
        new (class {
          get id() {
            return "u";
          }
        })(),
      ],
    }),
    "lists in lists on the way": () => ({ people: [[[{ id: "u" }]]] }),
    "a list at the end of a path through a list": () => ({ people: [{ id: ["x", "u"] }] }),
    "a list with holes": () => ({ owner: Object.assign(new Array(3), { 2: "u" }) }),
    "a frozen list": () => ({ owner: Object.freeze(["u"]) }),
    "a class over Array as a list": () => ({ owner: class extends Array {}.of("u") }),
    "a proxy of a list": () => ({ owner: new Proxy(["u"], {}) }),
  };
  for (const [name, make] of Object.entries(yes))
    await test(`${name} counts`, () => equal(answer("u", "c.own", make), true));
  const no = {
    "a class over Map": () =>
      new (class extends Map {
        get owner() {
          return "u";
        }
      })(),
    "a class over Error": () => Object.assign(new (class extends Error {})(), { owner: "u" }),
    "an attribute of a promise": () => Object.assign(Promise.resolve(), { owner: "u" }),
    "an attribute of an object that can be awaited": () => ({ owner: "u", then() {} }),
    "a setter alone": () => ({ set owner(_) {} }),
    "a static field": () =>
      new (class {
        static owner = "u";
      })(),
    "a list inside the list at the end": () => ({ owner: ["x", ["u"]] }),
    "a list inside the list at the end of a longer path": () => ({ people: [{ id: [["u"]] }] }),
    "a Set": () => ({ owner: new Set(["u"]) }),
    "an array-like object": () => ({ owner: { 0: "u", length: 1 }, people: { 0: { id: "u" }, length: 1 } }),
    "a typed array": () => ({ owner: new Uint8Array([117]) }),
    "a String object": () => ({ owner: Object("u"), people: [{ id: Object("u") }] }),
    "a promise": () => ({ owner: Promise.resolve("u") }),
    "a function that returns it": () => ({ owner: () => "u", people: () => [{ id: "u" }] }),
    "a key with a dot": () => ({ "people.id": "u" }),
    "a symbol as key": () => ({ [Symbol("owner")]: "u", [Symbol.for("owner")]: "u" }),
    "an own attribute that hides a good one": () =>
      Object.assign(Object.create({ owner: "u" }), { owner: undefined }),
    "a getter that hides a good one by throwing": () =>
      Object.defineProperty(Object.create({ owner: "u" }), "owner", { get: throws }),
    "attributes of a function on the way": () => ({ people: Object.assign(() => {}, { id: "u" }) }),
    "attributes of a list on the way": () => ({ people: Object.assign([], { id: "u" }) }),
    "attributes of a string on the way": () => ({ people: Object.assign(Object("u"), {}) }),
    "a Map with entries": () => new Map([["owner", "u"]]),
    "half a character": () => ({ owner: "u\ud800" }),
    "white space around it": () => ({ owner: [" u", "u ", "u\n", "\ufeffu"] }),
    "a proxy that has it in `get` only": () => new Proxy({}, { get: () => "u" }),
  };
  for (const [name, make] of Object.entries(no))
    await test(`${name} does not count`, () => equal(answer("u", "c.own", make), false));

  await test("built-in prototypes never count, whatever is put there", () => {
    const places = [
      [Object.prototype, "owner", () => ({})],
      [Object.prototype, "owner", () => new (class {})()],
      [Object.prototype, "people", () => ({})],
      [Object.prototype, "id", () => ({ people: [{}] })],
      [Array.prototype, "id", () => ({ people: [[]] })],
      [Array.prototype, "id", () => ({ people: [] })],
      [Array.prototype, "owner", () => Object.create(Array.prototype)],
      [Array.prototype, "owner", () => []],
      [Map.prototype, "owner", () => new Map()],
      [Map.prototype, "owner", () => new (class extends Map {})()],
      [Date.prototype, "owner", () => new Date(0)],
      [Function.prototype, "owner", () => () => {}],
      [Error.prototype, "owner", () => new TypeError("u")],
      [Promise.prototype, "owner", () => Promise.resolve()],
      [String.prototype, "id", () => ({ people: ["u"] })],
      [Number.prototype, "id", () => ({ people: [7] })],
      [Uint8Array.prototype, "owner", () => new Uint8Array(1)],
    ];
    for (const [prototype, key, make] of places) {
      const label = `${prototype.constructor.name}.prototype.${key}`;
      try {
        Object.defineProperty(prototype, key, {
          value: "u",
          configurable: true,
          writable: true,
          enumerable: false,
        });
        equal(answer("u", "c.own", make), false, label);
      } finally {
        delete prototype[key];
      }
    }
  });
  await test("an index of Array.prototype fills no hole of a list, and breaks no gate", () => {
    try {
      Object.defineProperty(Array.prototype, 0, {
        value: "u",
        configurable: true,
        writable: true,
        enumerable: false,
      });
      const { gate, lite } = of("u");
      equal(
        [gate.can("c.own", { owner: new Array(1) }), lite.can("c.own", { owner: new Array(1) })],
        [false, false],
      );
    } finally {
      delete Array.prototype[0];
    }
  });
  await test("getters of built-in prototypes are no attributes", () => {
    for (const make of [() => new Map([[1, 1]]), () => new Set([1]), () => new (class extends Map {})()]) {
      equal(answer("u", "c.exists", make), false, show(make().constructor.name));
    }
    equal(
      answer(
        "u",
        "c.exists",
        () =>
          new (class extends Map {
            get size() {
              return 1;
            }
          })(),
      ),
      false,
      "a class of its own over one",
    );
    equal(
      [
        answer("u", "c.exists", () => ({ size: 0 })),
        answer("u", "c.exists", () => ({ size: null })),
        answer("u", "c.exists", () => ({ size: undefined })),
      ],
      [true, false, false],
      "null and undefined",
    );
    for (const value of [NaN, Infinity, 5n, () => {}, Symbol("s"), {}, [], new Date(NaN)])
      equal(
        answer("u", "c.exists", () => ({ size: value })),
        true,
        show(value),
      );
  });
  await test("bigints and integers beyond the safe ones, as owner and team", () => {
    const big = 9007199254740993n;
    const user = String(big);
    for (const [value, can] of [
      [big, true],
      [user, true],
      [[1, big], true],
      [Number(big), false],
      [2 ** 53, false],
      [-big, false],
      [Object(big), false],
      [big + 1n, false],
      [10n ** 300n, false],
    ]) {
      equal(
        answer(user, "c.own", () => ({ owner: value })),
        can,
        `owner ${show(value)}`,
      );
      equal(
        answer(user, "c.team", () => ({ team: value })),
        can,
        `team ${show(value)}`,
      );
      if (!Array.isArray(value))
        equal(
          answer(user, "c.mine", () => ({ author: value })),
          can,
          `beside user.id, ${show(value)}`,
        );
    }
    for (const [value, can] of [
      [7, true],
      [7n, true],
      ["7", true],
      [7.0, true],
      [7.5, false],
      [-7, false],
      ["7.0", false],
      ["07", false],
      [true, false],
      [Object(7), false],
    ]) {
      equal(
        [answer("7", "c.own", () => ({ owner: value })), answer("7", "c.mine", () => ({ author: value }))],
        [can, can],
        show(value),
      );
    }
  });
  await test("a safe bigint is a number of a condition", () => {
    equal(
      [
        answer("u", "c.when", () => ({ n: 5 })),
        answer("u", "c.when", () => ({ n: 5n })),
        answer("u", "c.when", () => ({ n: 2n ** 64n + 5n })),
        answer("u", "c.when", () => ({ n: Object(5) })),
        answer("u", "c.when", () => ({ n: "5" })),
      ],
      [true, true, false, false, false],
    );
  });
  await test("a path is read at most once per question", () => {
    const { gate, lite } = of("u");
    const scope = gate.scope("c.twice");
    const copy = lib.Scope.from(travel(scope.toJSON()), { now });
    const ways = {
      can: (record) => gate.can("c.twice", record),
      lite: (record) => lite.can("c.twice", record),
      explain: (record) => gate.explain("c.twice", record).allowed,
      "scope.matches": (record) => scope.matches(record),
      "matches of the scope from JSON": (record) => copy.matches(record),
      filter: (record) => gate.filter("c.twice", [record]).length === 1,
      canAll: (record) => gate.canAll(["c.twice"], record),
      canAny: (record) => gate.canAny(["c.twice"], record),
    };
    for (const [way, ask] of Object.entries(ways)) {
      for (const n of [0, 3, 4, 5, 99]) {
        for (const owner of ["u", "x", "t", null]) {
          const reads = {};
          const counted = (values) => {
            const record = {};
            for (const [key, value] of Object.entries(values)) {
              Object.defineProperty(record, key, {
                enumerable: true,
                get: () => ((reads[key] = (reads[key] ?? 0) + 1), value),
              });
            }
            return record;
          };
          const values = { owner, team: null, people: null, n, locked: false };
          equal(ask(counted(values)), gate.can("c.twice", values), `${way}, n ${n}, owner ${owner}`);
          for (const [key, count] of Object.entries(reads))
            ok(count <= 1, `${way}: ${key} was read ${count} times (n ${n}, owner ${owner})`);
        }
      }
    }
  });
  await test("a value that changes with each reading cannot split an answer", () => {
    const { gate, lite } = of("u");
    for (const asked of [gate, lite]) {
      // The owner says `u` once only; whoever read it again would lose the prerequisite.
      let read = 0;
      const record = {
        n: 4,
        locked: false,
        get owner() {
          read += 1;
          return read === 1 ? "u" : "x";
        },
      };
      equal(asked.can("c.twice", record), true);
    }
  });
  await test("the context is read by the same rules", async () => {
    const small = await lib.load({
      format: "rolegate/1",
      revision: 1,
      catalog: { categories: [{ id: "c", permissions: [{ id: "c.a" }] }] },
      roles: [{ id: "r", name: "R", grants: { "c.a": { when: { "context.a.b": "yes" } } } }],
      users: [{ id: "u", roles: ["r"] }],
    });
    const can = (context) => {
      const gate = small.for("u", { now, context });
      const found = [
        gate.can("c.a"),
        gate.can("c.a", {}),
        lib.restore(travel(gate.toJSON()), { now, context }).can("c.a"),
        gate.explain("c.a").allowed,
        small.for("u", { now }).with({ context }).can("c.a"),
      ];
      ok(
        found.every((one) => one === found[0]),
        `can, on a record, lite, explain, with differ: ${show(found)}`,
      );
      return found[0];
    };
    equal(
      [
        can({ a: { b: "yes" } }),
        can({
          a: new (class {
            get b() {
              return "yes";
            }
          })(),
        }),
        can(Object.create({ a: { b: "yes" } })),
      ],
      [true, true, true],
    );
    equal(
      [
        can({ a: [{ b: "yes" }] }),
        can({ "a.b": "yes" }),
        can({
          a: {
            get b() {
              return throws();
            },
          },
        }),
        can({ a: "yes" }),
        can([{ a: { b: "yes" } }]),
        can(Object.assign(() => {}, { a: { b: "yes" } })),
      ],
      [false, false, false, false, false, false],
    );
    try {
      Object.defineProperty(Object.prototype, "b", {
        value: "yes",
        configurable: true,
        writable: true,
        enumerable: false,
      });
      equal([can({ a: {} }), can({})], [false, false], "Object.prototype");
    } finally {
      delete Object.prototype.b;
    }
    small.free();
  });
  snapshot.free();
}

// Options

/** One user's gates, each derived from the one before. */
async function chains(report, lib, { name, snapshot: json, user, steps }) {
  for (const way of ["whole", "narrowed"]) await chain(way);

  async function chain(way) {
    const snapshot = await lib.load(JSON.stringify(json));
    const asked = way === "whole" ? snapshot : await narrow(lib, snapshot, user);
    if (asked !== undefined)
      await report.test(`own-with/${name}: ${way}`, () => walk(snapshot.permissions(), asked));
    if (asked !== snapshot) asked?.free();
    snapshot.free();
  }

  function walk(ids, snapshot) {
    const scoped = new Set(
      json.catalog.categories.flatMap(({ permissions }) =>
        permissions.filter(({ scopes }) => scopes).map(({ id }) => id),
      ),
    );
    let gate;
    for (const [
      index,
      { options: given, undefined: absent = [], yes, reason = {}, on = [] },
    ] of steps.entries()) {
      const options = { ...given, ...Object.fromEntries(absent.map((key) => [key, undefined])) };
      gate = gate === undefined ? snapshot.for(user, options) : gate.with(options);
      const label = `step ${index}, ${JSON.stringify(given)}${absent.length > 0 ? ` and ${absent} undefined` : ""}`;
      equal(gate.permissions(), yes, `${label}: permissions()`);
      for (const permission of ids) {
        const can = yes.includes(permission);
        equal(
          [
            gate.can(permission),
            gate.canAll([permission]),
            gate.canAny([permission]),
            gate.explain(permission).allowed,
          ],
          [can, can, can, can],
          `${label}: ${permission}`,
        );
        if (can && scoped.has(permission))
          ok(gate.scope(permission).kind !== "none", `${label}: the scope of ${permission} is none`);
      }
      equal(
        [gate.canAll(yes), gate.canAny(yes), gate.canAny(ids), gate.canAll(ids)],
        [yes.length > 0, yes.length > 0, yes.length > 0, yes.length === ids.length && ids.length > 0],
        `${label}: canAll, canAny`,
      );
      for (const [permission, wanted] of Object.entries(reason))
        equal(gate.explain(permission).reason, wanted, `${label}: why ${permission}`);
      for (const [permission, record, can] of on) {
        const found = [
          gate.can(permission, record),
          gate.explain(permission, record).allowed,
          gate.filter(permission, [record]).length === 1,
          gate.scope(permission).matches(record),
        ];
        equal(found, [can, can, can, can], `${label}: ${permission} on ${show(record)}`);
      }
    }
  }
}

const PLAIN = {
  format: "rolegate/1",
  revision: 3,
  tenant: "acme",
  catalog: {
    categories: [
      {
        id: "c",
        permissions: [
          { id: "c.view", scopes: ["own", "all"] },
          { id: "c.edit", scopes: ["own", "all"], requires: ["c.view"] },
          { id: "c.labels" },
        ],
      },
    ],
  },
  roles: [
    { id: "own", name: "Own", grants: { "c.view": "own", "c.edit": "own" } },
    { id: "all", name: "All", grants: { "*": true } },
  ],
  users: [
    { id: "u", roles: ["own"] },
    { id: "v", roles: ["all"] },
  ],
};

async function options(report, lib) {
  const now = 1_795_080_214_000;
  const snapshot = await lib.load(PLAIN);
  const gate = (user, more) => snapshot.for(user, { now, ...more });
  const test = (name, body) => report.test(`own-with: ${name}`, body);

  await test("canAll and canAny: both forms, odd lists", () => {
    for (const u of [gate("u"), lib.restore(travel(gate("u").toJSON()), { now })]) {
      const mine = { owner: "u" };
      equal(
        [
          u.canAll(["c.view", "c.edit"]),
          u.canAll(["c.view", "c.labels"]),
          u.canAny(["c.labels", "c.edit"]),
          u.canAny(["c.labels"]),
        ],
        [true, false, true, false],
        "without",
      );
      equal(
        [
          u.canAll(["c.view", "c.edit"], mine),
          u.canAll(["c.view"], {}),
          u.canAny(["c.view", "c.labels"], mine),
          u.canAny(["c.view", "c.edit"], {}),
        ],
        [true, false, true, false],
        "with",
      );
      equal(
        [
          u.canAll(["c.view"], undefined),
          u.canAll(["c.view"], null),
          u.canAny(["c.view"], undefined),
          u.canAny(["c.view"], null),
        ],
        [false, false, false, false],
        "unknown",
      );
      equal(
        [
          u.canAll(["c.view", "c.view"]),
          u.canAny(["c.view", "nothing"]),
          u.canAll(["c.view", "nothing"]),
          u.canAny(["nothing"]),
        ],
        [true, true, false, false],
        "repeated and unknown",
      );
      for (const odd of [
        undefined,
        null,
        "c.view",
        "c",
        {},
        { length: 1, 0: "c.view" },
        new Set(["c.view"]),
        1,
        [],
        [undefined],
        [["c.view"]],
        new Array(2),
      ]) {
        equal(
          [u.canAll(odd), u.canAny(odd), u.canAll(odd, mine), u.canAny(odd, mine)],
          [false, false, false, false],
          show(odd),
        );
      }
    }
  });
  await test("filter: odd items, a generator that is left early, the items themselves", () => {
    const [mine, other] = [{ owner: "u" }, { owner: "v" }];
    for (const u of [gate("u"), lib.restore(travel(gate("u").toJSON()), { now })]) {
      const kept = u.filter("c.view", [mine, other, null, undefined, 1, "u", [mine], mine]);
      ok(kept.length === 2 && kept[0] === mine && kept[1] === mine, `kept ${show(kept)}`);
      equal(u.filter("c.view", new Map([[mine, 1]]).keys()).length, 1, "keys of a Map");
      equal(
        [u.filter("c.labels", [mine]), u.filter("nothing", [mine]), u.filter("c.view", new Set())],
        [[], [], []],
        "nothing",
      );
      equal(u.filter("c.edit", [mine, other]).length, 1, "with a prerequisite");
    }
    equal(
      gate("v").filter("c.labels", [null, undefined, 1, {}]).length,
      4,
      "everything where everything is allowed",
    );
  });
  await test("records required: only the question without a record changes", () => {
    const strict = gate("v", { records: "required" });
    equal([strict.can("c.view"), strict.can("c.edit"), strict.can("c.labels")], [false, false, true], "can");
    equal(
      [strict.can("c.view", {}), strict.can("c.view", null), strict.can("c.view", undefined)],
      [true, true, true],
      "on a record",
    );
    equal(
      [
        strict.canAll(["c.view"]),
        strict.canAny(["c.view", "c.edit"]),
        strict.canAny(["c.view", "c.labels"]),
        strict.canAll(["c.view"], {}),
      ],
      [false, false, true, true],
      "lists",
    );
    equal(strict.permissions(), ["c.labels"], "permissions() is every p with can(p)");
    equal(
      [strict.scope("c.view").kind, strict.explain("c.view").allowed, strict.explain("c.view", {}).allowed],
      ["all", false, true],
      "scope and explain",
    );
    equal(strict.with({ context: {} }).can("c.view"), false, "kept by with");
    equal(
      [strict.with({ records: "optional" }).can("c.view"), strict.can("c.view")],
      [true, false],
      "named again",
    );
    equal(gate("v").with({ records: "required" }).can("c.view"), false, "named in with");
  });
  await test("records required: also when the gate comes back from its data", () => {
    const strict = lib.restore(travel(gate("v", { records: "required" }).toJSON()), { now });
    equal(
      [strict.can("c.view"), strict.can("c.view", {}), strict.can("c.labels"), strict.permissions()],
      [false, true, true, ["c.labels"]],
    );
  });
  await test("what is done to gate data or to the data of a scope changes no gate and no scope", () => {
    const widen = (value) => {
      if (Array.isArray(value)) value.push(typeof value[0] === "string" ? "other" : {});
      for (const inner of Object.values(value)) if (typeof inner === "object" && inner !== null) widen(inner);
    };
    const spoil = (make) => {
      const it = make();
      const data = it.toJSON();
      try {
        widen(data);
      } catch (error) {
        ok(error instanceof TypeError, "frozen data throw a TypeError");
      }
      return it;
    };
    const team = {
      ...PLAIN,
      teams: [{ id: "t" }, { id: "other" }],
      users: [{ id: "u", roles: [{ role: "all", team: "t" }] }],
    };
    const tenant = lib.loadSync(team);
    const fresh = () => tenant.for("u", { now });
    for (const it of [
      spoil(fresh),
      spoil(() => lib.restore(travel(fresh().toJSON()), { now })),
      spoil(fresh).with({ context: {} }),
    ]) {
      equal(
        [it.can("c.view", { team: "t" }), it.can("c.view", { team: "other" }), it.can("c.view", {})],
        [true, false, false],
        "gate",
      );
    }
    for (const it of [
      spoil(() => fresh().scope("c.view")),
      spoil(() => lib.Scope.from(travel(fresh().scope("c.view").toJSON()))),
    ]) {
      equal(
        [it.matches({ team: "t" }), it.matches({ team: "other" }), it.matches({})],
        [true, false, false],
        "scope",
      );
    }
    tenant.free();
  });
  await test("onUnknown: what is unknown is told, in every form of asking; what is no, is not", async () => {
    const told = [];
    const u = gate("u", { onUnknown: (permission) => told.push(permission) });
    const heard = (body) => {
      told.length = 0;
      body();
      return [...told];
    };
    equal(
      heard(() => u.can("nothing")),
      ["nothing"],
      "can",
    );
    equal(
      heard(() => u.can("nothing", { owner: "u" })),
      ["nothing"],
      "can on a record",
    );
    equal(
      heard(() => u.canAny(["nothing", "c.view"])),
      ["nothing"],
      "canAny",
    );
    equal(
      heard(() => u.canAll(["nothing"])),
      ["nothing"],
      "canAll",
    );
    equal(
      heard(() => u.scope("nothing")),
      ["nothing"],
      "scope",
    );
    equal(new Set(heard(() => u.filter("nothing", [{}, {}]))).size, 1, "filter");
    equal(
      heard(() => [
        u.can("c.view"),
        u.can("c.labels"),
        u.can("c.edit", {}),
        u.permissions(),
        u.scope("c.labels"),
      ]),
      [],
      "known ones",
    );
    equal(
      heard(() => u.with({ limit: [] }).can("c.view")),
      [],
      "known, but outside the limit",
    );
    equal(
      heard(() => u.with({ context: {} }).can("nothing")),
      ["nothing"],
      "kept by with",
    );
    equal(
      heard(() => u.with({ onUnknown: "deny" }).can("nothing")),
      [],
      "replaced by with",
    );
    for (const ask of [
      (g) => g.can("nothing"),
      (g) => g.can("nothing", {}),
      (g) => g.canAll(["nothing"]),
      (g) => g.canAny(["nothing"]),
      (g) => g.filter("nothing", [{}]),
      (g) => g.scope("nothing"),
    ]) {
      await rejects(lib, () => ask(gate("u", { onUnknown: "throw" })), { code: "unknown-permission" });
      await rejects(lib, () => ask(gate("ghost", { onUnknown: "throw" })), { code: "unknown-permission" });
    }
    equal(gate("u", { onUnknown: "throw" }).can("c.labels"), false, "a known one that is no");
  });
  await test("onDecision: once for every can, also those inside lists", () => {
    const heard = [];
    const onDecision = (decision) =>
      heard.push([decision.permission, decision.user, decision.allowed, decision.revision, decision.tenant]);
    const asked = (body) => {
      heard.length = 0;
      body();
      return heard.map(([permission, user, allowed]) => [permission, user, allowed]);
    };
    for (const u of [
      gate("u", { onDecision }),
      lib.restore(travel(gate("u").toJSON()), { now, onDecision }),
      gate("u").with({ onDecision }),
      gate("u", { onDecision }).with({ context: {} }),
    ]) {
      equal(
        asked(() => u.can("c.view")),
        [["c.view", "u", true]],
        "can",
      );
      equal(heard, [["c.view", "u", true, 3, "acme"]], "revision and tenant");
      equal(
        asked(() => u.can("c.view", {})),
        [["c.view", "u", false]],
        "can on a record",
      );
      equal(
        asked(() => u.can("nothing")),
        [["nothing", "u", false]],
        "unknown",
      );
      equal(
        asked(() => u.canAll(["c.view", "c.edit"])),
        [
          ["c.view", "u", true],
          ["c.edit", "u", true],
        ],
        "canAll",
      );
      equal(
        asked(() => u.filter("c.view", [{ owner: "u" }, {}])),
        [
          ["c.view", "u", true],
          ["c.view", "u", false],
        ],
        "filter",
      );
    }
  });
  snapshot.free();
}

// Numbers that do not fit 32 bits

async function numbers(report, lib) {
  for (const revision of [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 1_795_080_214_000, 2 ** 53 - 1]) {
    await report.test(`own-facts: revision ${revision}`, async () => {
      const text = JSON.stringify({ ...PLAIN, revision });
      const snapshot = await lib.load(text, { minRevision: revision });
      const gate = snapshot.for("u", { now: 1_795_080_214_000 });
      equal([snapshot.revision, gate.revision, gate.toJSON().revision], [revision, revision, revision]);
      equal(lib.restore(travel(gate.toJSON())).revision, revision, "restored");
      const small = await narrow(lib, snapshot, "u");
      if (small !== undefined) equal(small.revision, revision, "narrowed");
      if (revision < 2 ** 53 - 1)
        await rejects(lib, () => lib.load(text, { minRevision: revision + 1 }), { code: "old-revision" });
      equal(lib.loadSync(text, { minRevision: 0 }).revision, revision, "loadSync");
    });
  }
  for (const [text, iso] of [
    ["0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"],
    ["1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"],
    ["2026-02-28T23:30:00-00:45", "2026-03-01T00:15:00.000Z"],
    ["2024-02-29t00:00:00+23:59", "2024-02-28T00:01:00.000Z"],
    ["9999-12-31T23:59:59.999z", "9999-12-31T23:59:59.999Z"],
  ]) {
    await report.test(`own-facts: the time ${text}`, async () => {
      const snapshot = await lib.load({ ...PLAIN, issuedAt: text, expiresAt: text });
      equal([snapshot.issuedAt.toISOString(), snapshot.expiresAt.toISOString()], [iso, iso]);
      snapshot.free();
    });
  }
}

// Large counts

async function large(report, lib) {
  const [USERS, TEAMS, DEEP, PERMISSIONS, CATEGORIES] = [20_000, 2_000, 500, 1_000, 50];
  const now = 1_795_080_214_000;
  const per = PERMISSIONS / CATEGORIES;
  const upTo = (count) => Array.from({ length: count }, (_, n) => n);
  const team = (n) => `team-${n}`;
  const permission = (n) => `c${Math.floor(n / per)}.p${n}`;
  // The first teams are one chain; the others lie flat under its first.
  const teams = upTo(TEAMS).map((n) =>
    n === 0 ? { id: team(n) } : { id: team(n), parent: team(n < DEEP ? n - 1 : 0) },
  );
  const json = {
    format: "rolegate/1",
    revision: 1,
    catalog: {
      categories: upTo(CATEGORIES).map((c) => ({
        id: `c${c}`,
        permissions: upTo(per).map((k) => {
          const n = c * per + k;
          // Within a category each permission requires the one before: twenty in a row.
          return {
            id: permission(n),
            scopes: ["own", "team", "all"],
            ...(k > 0 && { requires: [permission(n - 1)] }),
          };
        }),
      })),
    },
    teams,
    roles: [
      { id: "admin", name: "Administrator", grants: { "*": true } },
      ...upTo(CATEGORIES).map((c) => ({
        id: `r${c}`,
        name: `Role ${c}`,
        grants: { [`c${c}.*`]: "team" },
        ...(c > 0 && { inherits: [`r${c - 1}`] }),
      })),
    ],
    users: upTo(USERS).map((n) => ({
      id: `user-${n}`,
      teams: [team(n % TEAMS)],
      roles: n === 0 ? ["admin"] : [`r${n % CATEGORIES}`],
    })),
  };
  let snapshot;
  await report.test("own-large: it loads", async () => {
    snapshot = await lib.load(JSON.stringify(json));
    equal(
      [
        snapshot.users().length,
        snapshot.teams().length,
        snapshot.permissions().length,
        snapshot.roles().length,
      ],
      [USERS, TEAMS, PERMISSIONS, CATEGORIES + 1],
    );
  });
  if (snapshot === undefined) return;
  const gate = (n) => snapshot.for(`user-${n}`, { now });
  await report.test("own-large: each user holds what the role and those above it grant", () => {
    for (const n of [1, 49, 50, 499, 500, 501, 1999, 2000, 10_000, 19_999]) {
      const held = ((n % CATEGORIES) + 1) * per;
      const it = gate(n);
      equal(it.permissions().length, held, `user ${n}`);
      equal(
        [it.can(permission(held - 1)), held < PERMISSIONS && it.can(permission(held))],
        [true, false],
        `user ${n}, the last`,
      );
    }
    equal(gate(0).permissions(), snapshot.permissions(), "the administrator");
    equal(gate(USERS).permissions(), [], "nobody");
  });
  await report.test("own-large: a chain of 500 teams and 1,500 beside each other", () => {
    for (const it of [gate(0 + TEAMS), lib.restore(travel(gate(TEAMS).toJSON()), { now })]) {
      for (const n of [0, 1, 499, 500, 1999])
        equal(it.can(permission(0), { team: team(n) }), true, `from the root, ${n}`);
      equal(
        it.scope(permission(0)).parts[0].any.flatMap(({ teams: covered }) => covered ?? []).length,
        TEAMS,
        "covered from the root",
      );
    }
    for (const it of [gate(250), lib.restore(travel(gate(250).toJSON()), { now })]) {
      equal(
        [249, 250, 251, 499, 500].map((n) => it.can(permission(0), { team: team(n) })),
        [false, true, true, true, false],
        "from the middle of the chain",
      );
    }
    equal(
      [1998, 1999, 0].map((n) => gate(1999).can(permission(19), { team: team(n) })),
      [false, true, false],
      "one of those beside each other",
    );
    equal(gate(1).can(permission(0), { team: upTo(TEAMS).map(team) }), true, "a record of all teams");
    equal(
      gate(1).can(permission(0), { team: upTo(5_000).map((n) => `other-${n}`) }),
      false,
      "a record of 5,000 unknown teams",
    );
    equal(
      gate(1).can(permission(0), { owner: [...upTo(20_000).map((n) => `user-${n + 2}`), "user-1"] }),
      true,
      "a record of 20,000 owners",
    );
  });
  await report.test("own-large: twenty prerequisites in a row", () => {
    const last = permission(per - 1);
    const it = gate(50);
    equal(
      [it.can(last), it.can(last, { team: team(50) }), it.can(last, { team: team(49) })],
      [true, true, false],
    );
    equal(it.scope(last).parts.length, per, "parts");
    equal(
      gate(50)
        .with({ limit: [last] })
        .can(last),
      false,
      "a limit without the prerequisites",
    );
  });
  await report.test("own-large: a thousand gates", () => {
    let held = 0;
    for (const n of upTo(USERS / 20)) held += Number(gate(n * 7 + 49).can(permission(PERMISSIONS - 1)));
    equal(held, 20, "holders of the last permission");
  });
  await report.test("own-large: filter over 20,000 records", () => {
    const records = upTo(20_000).map((n) => ({ team: team(n % TEAMS), owner: `user-${n}` }));
    equal(gate(250).filter(permission(0), records).length, (DEEP - 250) * 10, "from the middle of the chain");
  });
  if (typeof snapshot.whoCan === "function") {
    await report.test("own-large: whoCan", () => {
      equal(snapshot.whoCan(permission(PERMISSIONS - 1), { now }).length, USERS / CATEGORIES + 1);
    });
  } else report.skip("own-large: whoCan", "snapshot.whoCan does not exist");
  if (typeof snapshot.narrow === "function") {
    await report.test("own-large: narrow", async () => {
      const small = await lib.load(snapshot.narrow("user-250"));
      equal(small.for("user-250", { now }).permissions(), gate(250).permissions());
      equal(small.users(), ["user-250"]);
      small.free();
    });
  }
  snapshot.free();
}
