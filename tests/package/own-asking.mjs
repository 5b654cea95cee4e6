// Every form of asking a gate, with odd arguments, and what its options change.

import { PLAIN, travel } from "./own-parts.mjs";
import { equal, ok, rejects, show } from "./report.mjs";

export async function asking(report, lib) {
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
