// Objects whose attributes JSON cannot hold: getters, proxies, odd prototypes, bigints.

import { travel } from "./own-parts.mjs";
import { equal, ok, show } from "./report.mjs";

export async function objects(report, lib) {
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
  await test("getters of built-in prototypes are not attributes", () => {
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
