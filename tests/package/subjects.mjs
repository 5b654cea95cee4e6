// People whom a snapshot does not list: what is read of what a caller gives, and what is made of it.

import { equal, ok, rejects, show } from "./report.mjs";

const NOW = 1_795_000_000_000;

function tenant(more = {}) {
  return {
    format: "rolegate/1",
    revision: 3,
    catalog: {
      categories: [{ id: "c", permissions: [{ id: "c.x", scopes: ["own", "team", "all"] }, { id: "c.y" }] }],
      masks: [{ resource: "c", field: "secret", permission: "c.x" }],
    },
    teams: [{ id: "t" }, { id: "t1", parent: "t" }],
    roles: [
      { id: "team", name: "Team", grants: { "c.x": "team" } },
      { id: "all", name: "All", grants: { "*": true } },
      { id: "among", name: "Among", grants: { "c.x": { when: { "user.teams": { $subset: ["t", "t1"] } } } } },
      { id: "below", name: "Below", grants: { "c.x": { when: { "user.teams.id": { $subset: ["z"] } } } } },
      {
        id: "region",
        name: "Region",
        grants: { "c.x": { when: { "resource.region": { $ref: "user.region" } } } },
      },
    ],
    users: [
      { id: "ana", roles: ["all"] },
      { id: "off", disabled: true, roles: ["all"] },
    ],
    ...more,
  };
}

const NOTHING = { roles: [], teams: [] };

export async function subjects(report, lib) {
  const snapshot = await lib.load(tenant());
  const free = await lib.load(
    tenant({
      teams: undefined,
      users: undefined,
      everyone: [{ role: "all", when: { "resource.open": true } }],
    }),
  );
  const gate = (subject, options) => snapshot.for(subject, { now: NOW, ...options });

  await report.test("subjects: an id is a string, a safe integer or a bigint", () => {
    equal(
      [7, 7n, "7"].map((id) => [
        gate({ id, roles: ["team"] }).user,
        gate({ id, roles: ["team"] }).can("c.x", { owner: 7 }),
      ]),
      [
        ["7", true],
        ["7", true],
        ["7", true],
      ],
    );
    equal(gate({ id: 2n ** 70n, roles: ["team"] }).can("c.x", { owner: 2n ** 70n }), true);
    equal(
      gate({ id: 7n, attributes: {}, roles: ["team"] }).can("c.x", { owner: "7" }),
      true,
      "also where there is more to read",
    );
  });
  await report.test("subjects: names that the snapshot does not have give nothing, and are told once", () => {
    const subject = {
      id: "new",
      teams: ["gone", "t"],
      roles: ["no", { role: "all", team: "gone" }, { role: "no", team: "lost" }, "team", "\u{10ffff}"],
    };
    const mine = gate(subject);
    equal(mine.unknown, { roles: ["no", "\u{10ffff}"], teams: ["gone", "lost"] });
    equal(
      [mine.can("c.x", { team: "gone" }), mine.can("c.x", { team: "t1" }), mine.can("c.y")],
      [false, true, false],
    );
    equal(mine.explain("c.x", { team: "t1" }).assignment, 3, "others keep their positions");
    ok(
      Object.isFrozen(mine.unknown) &&
        Object.isFrozen(mine.unknown.roles) &&
        Object.isFrozen(mine.unknown.teams),
      "nobody changes it",
    );
    equal(
      [mine.with({ context: {} }).unknown, gate("ana").unknown, gate("nobody").unknown],
      [mine.unknown, NOTHING, NOTHING],
    );
  });
  await report.test("subjects: an unknown team is an unknown element", () => {
    const can = (role, teams) => gate({ id: "new", roles: [role], teams }).can("c.x");
    equal(
      [can("among", ["t"]), can("among", ["t", "gone"]), can("below", []), can("below", ["t"])],
      [true, false, true, false],
    );
  });
  await report.test("subjects: an unknown team is not any team", async () => {
    const any = { $elem: { "context.a": { $exists: false } } };
    for (const [when, wanted] of [
      [{ "user.teams": any }, [false, false, false, true, true]],
      [{ $not: { "user.teams": any } }, [true, false, false, false, false]],
      // Below teams nobody knows which of them are unknown.
      [{ "user.teams.x": any }, [false, false, false, true, false]],
      [{ $not: { "user.teams.x": any } }, [true, false, false, false, false]],
    ]) {
      const asking = await lib.load(tenant({ everyone: [{ role: "all", when }] }));
      const teams = [[], ["gone"], ["gone", "lost"], ["t"], ["gone", "t"]];
      equal(
        teams.map((teams) => asking.for({ id: "new", teams }).can("c.y")),
        wanted,
      );
      for (const [at, wide] of wanted.entries()) {
        const small = await lib.load(asking.narrow({ id: "new", teams: teams[at] }));
        equal(
          [small.for("new").can("c.y"), lib.restore(JSON.parse(JSON.stringify(small.for("new")))).can("c.y")],
          [wide, wide],
          show(teams[at]),
        );
        small.free();
      }
      asking.free();
    }
  });
  await report.test(
    "subjects: unknown teams may be none, and nobody knows what they are a subset of",
    async () => {
      const lists = ["user.empty", "context.empty", "resource.empty"];
      for (const [path, list] of lists.flatMap((list) => [
        ["user.teams", list],
        ["user.teams.x", list],
      ])) {
        const deny = [{ key: "c.y", when: { [path]: { $subset: { $ref: list } } } }];
        const asking = await lib.load(
          tenant({ roles: [{ id: "all", name: "All", grants: { "*": true }, deny }] }),
        );
        const can = (teams) =>
          asking
            .for({ id: "new", roles: ["all"], teams, attributes: { empty: [] } }, { context: { empty: [] } })
            .can("c.y", { empty: [] });
        equal(
          [[], ["gone"], ["gone", "lost"], ["t"], ["gone", "t"]].map(can),
          [false, false, false, true, path === "user.teams"],
          `${path} in ${list}`,
        );
        asking.free();
      }
    },
  );
  await report.test(
    "subjects: whom the snapshot lists as disabled stays so; anybody else of its users is replaced",
    () => {
      equal(gate({ id: "off", roles: ["all"], disabled: false }).explain("c.x").reason, "user-disabled");
      equal(gate({ id: "ana", disabled: true, roles: ["all"] }).explain("c.x").reason, "user-disabled");
      equal(gate({ id: "ana" }).explain("c.x").reason, "not-granted");
      equal(snapshot.whoCan("c.x", { now: NOW }), ["ana"]);
    },
  );
  await report.test("subjects: team ids are free where the snapshot has no teams", async () => {
    const subject = { id: "n", roles: ["team", { role: "all", team: "k3" }], teams: ["k9", "k8", ""] };
    const mine = free.for(subject, { now: NOW });
    const asked = ["k9", "k8", "k3", "k7", ""].map((team) => mine.can("c.x", { team }));
    equal([asked, mine.unknown], [[true, true, true, false, false], { roles: [], teams: [""] }]);
    equal(mine.explain("c.x", { team: "k3" }).team, "k3");
    const text = free.narrow(subject);
    const small = await lib.load(text);
    equal(
      [small.teams(), small.for("n", { now: NOW }).can("c.x", { team: "k8" })],
      [[{ id: "k9" }, { id: "k8" }, { id: "k3" }], true],
    );
    small.free();
  });
  await report.test("subjects: who holds the same, holds it by itself", () => {
    const [a, b] = [["k1"], ["k2"]].map((teams) => free.for({ id: "n", roles: ["team"], teams }));
    equal(
      [a.can("c.x", { team: "k1" }), a.can("c.x", { team: "k2" }), b.can("c.x", { team: "k1" })],
      [true, false, false],
    );
    const of = (id, region) => gate({ id, roles: ["region"], attributes: { region } });
    equal(
      [
        of("a", "x").can("c.x", { region: "x" }),
        of("b", "y").can("c.x", { region: "x" }),
        of("b", "x").can("c.x", { region: "x" }),
      ],
      [true, false, true],
    );
    const until = (time) =>
      free.for({ id: "n", roles: [{ role: "all", until: time }] }, { now: NOW }).can("c.y");
    equal([until("2100-01-01T00:00:00Z"), until("2020-01-01T00:00:00Z")], [true, false]);
    const own = (id) =>
      free
        .for(
          { id, roles: [{ role: "all", when: { "context.who": { $ref: "user.id" } } }] },
          { context: { who: "a" } },
        )
        .can("c.y");
    equal([own("a"), own("b"), own("a")], [true, false, true]);
  });
  await report.test("subjects: a condition of theirs may be the only one that reads the context", () => {
    const mine = free.for({ id: "n", roles: [{ role: "all", when: { "context.mfa": true } }] });
    equal(
      [
        mine.can("c.y"),
        mine.with({ context: { mfa: true } }).can("c.y"),
        mine.can("c.y"),
        mine.with({ context: { mfa: 1 } }).can("c.y"),
      ],
      [false, true, false, false],
    );
  });
  await report.test("subjects: all that a gate does", () => {
    const subject = {
      id: "n",
      name: "N",
      teams: ["t"],
      roles: ["team", { role: "all", until: "2100-01-01T00:00:00Z" }],
    };
    const mine = gate(subject);
    equal(mine.validUntil, Date.UTC(2100, 0));
    equal(
      [
        gate(subject, { roles: ["team"] }).can("c.y"),
        gate(subject, { limit: ["c.x"] }).can("c.y"),
        gate(subject, { until: NOW }).can("c.y"),
      ],
      [false, false, false],
    );
    equal(lib.restore(JSON.parse(JSON.stringify(mine)), { now: NOW }).permissions(), mine.permissions());
    equal([mine.fields("c", {}), gate({ id: "n" }).mask("c", { secret: 1 })], [[], { secret: "•••" }]);
    equal(
      snapshot
        .remedies({ id: "n", roles: ["no"] }, "c.y", { now: NOW })
        .map(({ kind, roles }) => [kind, roles]),
      [["grant", ["all"]]],
    );
    const when = { "resource.open": true };
    equal(
      snapshot.remedies({ id: "n", roles: [{ role: "all", when }] }, "c.x", {
        now: NOW,
        resource: { open: false },
      })[0],
      { kind: "condition", condition: { "resource.open": { $eq: true } } },
    );
    equal(
      [
        ...snapshot.remedies({ id: "n", roles: [{ role: "all", when }] }, "c.x", {
          now: NOW,
          resource: { open: true },
        }),
      ],
      [],
      "also where nothing else reads it",
    );
  });
  await report.test("subjects: names that could be taken for others are not", async () => {
    // "Aa" and "BB" have the same number in the usual ways to make one.
    const alike = await lib.load(
      tenant({ roles: [{ id: "Aa", name: "Aa", grants: { "c.y": true } }], users: [], teams: undefined }),
    );
    const [yes, no] = [
      [{ roles: ["Aa"] }, { roles: ["Aa", "x"] }, { teams: ["Aa"], roles: ["Aa"] }],
      [
        { roles: ["BB"] },
        { roles: ["BB", "x"] },
        { teams: ["Aa"] },
        { teams: ["Aa", "x"] },
        { roles: ["AaAa"] },
      ],
    ];
    for (let round = 0; round < 3; round += 1) {
      for (const one of yes) equal(alike.for({ id: "u", ...one }).can("c.y"), true, JSON.stringify(one));
      for (const one of no) equal(alike.for({ id: "u", ...one }).can("c.y"), false, JSON.stringify(one));
      for (const one of yes)
        equal(alike.for({ id: "u", disabled: true, ...one }).can("c.y"), false, "disabled");
    }
    const long = ["y".repeat(0xfffe), "y".repeat(0x10001), "Aa"];
    for (const roles of [long, long.slice(0, 2), long])
      equal(alike.for({ id: "u", roles }).can("c.y"), roles.length === 3, "long names");
  });
  await report.test("subjects: they are copied", () => {
    const subject = {
      id: "n",
      teams: ["t"],
      roles: ["team", { role: "all", when: { "resource.open": true } }],
      attributes: { deep: { a: 1 } },
    };
    const mine = gate(subject);
    subject.teams[0] = "t1";
    subject.roles[0] = "all";
    subject.roles[1].when["resource.open"] = false;
    equal(
      [mine.can("c.x", { team: "t" }), mine.can("c.y"), mine.can("c.x", { open: false })],
      [true, false, false],
    );
  });
  await report.test(
    "subjects: of who says what somebody said before, all is looked at all the same",
    async () => {
      const said = {
        id: "n",
        teams: ["t"],
        roles: ["team"],
        attributes: { region: "x", list: [1, null, { a: true }] },
      };
      const can = (more) => gate({ ...said, ...more }).can("c.x", { team: "t" });
      equal(
        [can(), can({ id: "m" }), can({ disabled: true }), can({ id: "off" }), can({ teams: ["t1"] }), can()],
        [true, true, false, false, false, true],
      );
      for (const from of [snapshot, free]) {
        from.for(said);
        const wrong = {
          attributes: [{ at: new Date(0) }, { n: NaN }, { s: "\ud800" }, { "\ud800": 1 }, [], null],
          teams: [
            ["t", "t"],
            ["t", 1],
          ],
          roles: ["team", ["team", "team"]],
          id: ["", 1.5],
          name: [1],
          disabled: [1],
          more: [1],
        };
        for (const [key, values] of Object.entries(wrong))
          for (const value of values)
            await rejects(lib, () => from.for({ ...said, [key]: value }), { code: "bad-subject" });
      }
      const { issues } = await rejects(
        lib,
        () => gate({ id: "n", roles: ["all", "all"], teams: ["t", "t"] }),
        { code: "bad-subject" },
      );
      equal(issues.map(({ path }) => path).slice(0, 1), ["/roles/1"], "in the order of the subject");
      // Lists whose texts run into one another.
      equal(
        [
          gate({ id: "n", roles: ["team4:all"] }).unknown.roles,
          gate({ id: "n", teams: ["t;3:all"] }).unknown.teams,
          gate({ id: "n", teams: ["t"], roles: ["all"] }).unknown,
        ],
        [["team4:all"], ["t;3:all"], NOTHING],
      );
    },
  );
  await report.test("subjects: each value is read once, and what was read counts", () => {
    const read = [];
    const once = (key, ...values) => ({
      enumerable: true,
      get: () => (read.push(key), values.length > 1 ? values.shift() : values[0]),
    });
    const inner = Object.defineProperties({}, { region: once("region", "x", "y") });
    const subject = Object.defineProperties(
      {},
      {
        id: once("id", "n", "m"),
        roles: once("roles", ["team"], ["all"]),
        attributes: once("attributes", inner),
      },
    );
    equal(
      [free.for(subject, { now: NOW }).can("c.y"), read.sort()],
      [false, ["attributes", "id", "region", "roles"]],
    );
  });
  await report.test("subjects: members that are undefined are absent, x- keys and names pass", () => {
    equal(
      gate({
        id: "n",
        teams: undefined,
        roles: ["all"],
        attributes: undefined,
        disabled: undefined,
        name: "N",
        "x-row": { at: 1 },
      }).can("c.y"),
      true,
    );
    equal(gate(Object.assign(Object.create(null), { id: "n", roles: ["all"] })).can("c.y"), true);
  });

  const long = "a".repeat(257);
  const refused = {
    "an empty object": [{}, "", "missing-key"],
    "a list": [[], "", "type"],
    "a promise": [Promise.resolve({ id: "n" }), "", "type"],
    "an object of a class": [
      new (class {
        id = "n";
      })(),
      "",
      "type",
    ],
    "what is inherited": [Object.create({ id: "n", roles: ["all"] }), "", "type"],
    "an id that is none": [{ id: long }, "/id", "invalid-id"],
    "an id that is a fraction": [{ id: 1.5 }, "/id", "type"],
    "roles as a string": [{ id: "n", roles: "all" }, "/roles", "type"],
    "roles as a set": [{ id: "n", roles: new Set(["all"]) }, "/roles", "type"],
    "a role twice": [{ id: "n", roles: ["all", "all"] }, "/roles/1", "duplicate-id"],
    "a team twice": [{ id: "n", teams: ["t", "t"] }, "/teams/1", "duplicate-id"],
    "a list with a hole": [{ id: "n", teams: [, "t"] }, "/teams/0", "type"],
    "a misspelt key": [{ id: "n", role: "all" }, "/role", "unknown-key"],
    "a misspelt key of an assignment": [
      { id: "n", roles: [{ role: "all", tem: "t" }] },
      "/roles/0/tem",
      "unknown-key",
    ],
    "a window that ends before it begins": [
      { id: "n", roles: [{ role: "all", from: "2027-01-01T00:00:00Z", until: "2026-01-01T00:00:00Z" }] },
      "/roles/0",
      "invalid-window",
    ],
    "a date for a time": [
      { id: "n", roles: [{ role: "all", until: new Date(0) }] },
      "/roles/0/until",
      "type",
    ],
    "a condition that is none": [
      { id: "n", roles: [{ role: "all", when: { region: 1 } }] },
      "/roles/0/when/region",
      "invalid-condition",
    ],
    "a function": [{ id: "n", attributes: { "a/b~": { f() {} } } }, "/attributes/a~1b~0/f", "type"],
    "a toJSON of its own": [{ id: "n", toJSON: () => ({ id: "ana", roles: ["all"] }) }, "/toJSON", "type"],
    "a date among attributes": [{ id: "n", attributes: { at: new Date(0) } }, "/attributes/at", "type"],
    "no number": [{ id: "n", attributes: { n: NaN } }, "/attributes/n", "type"],
    "an integer that is not exact": [{ id: "n", attributes: { n: 2n ** 60n } }, "/attributes/n", "type"],
    "half a character": [{ id: "n", roles: ["\ud800"] }, "", "syntax"],
    "an own __proto__": [
      JSON.parse('{ "id": "n", "__proto__": { "roles": ["all"] } }'),
      "/__proto__",
      "unknown-key",
    ],
    "a getter that throws": [
      {
        id: "n",
        get roles() {
          throw new Error("no");
        },
      },
      "/roles",
      "type",
    ],
    "a proxy that throws": [
      new Proxy(
        { id: "n" },
        {
          ownKeys() {
            throw new Error("no");
          },
        },
      ),
      "",
      "type",
    ],
    "a circle": [circle(), "", "too-deep"],
    "what is shared over and over": [{ id: "n", attributes: shared() }, "", "too-large"],
    "a list without end": [{ id: "n", teams: Object.assign([], { length: 4e9 }) }, "", "too-large"],
  };
  for (const [what, [subject, path, code]] of Object.entries(refused)) {
    await report.test(`subjects: ${what} is refused, wherever one is taken`, async () => {
      // What is large is looked at once: it takes a second.
      const asks = [
        () => snapshot.for(subject),
        ...(code === "too-large"
          ? []
          : [() => snapshot.narrow(subject), () => snapshot.remedies(subject, "c.x")]),
      ];
      for (const ask of asks) {
        const { issues, name } = await rejects(lib, ask, { code: "bad-subject" });
        equal([name, issues[0].path, issues[0].code], ["SubjectError", path, code], show(issues));
      }
    });
  }
  await report.test("subjects: nobody has more than a user may, with what everyone has", async () => {
    const roles = Array.from({ length: 251 }, (_, at) => ({
      id: `r${at}`,
      name: "R",
      grants: { "h.*": true },
    }));
    const permissions = Array.from({ length: 1000 }, (_, at) => ({ id: `h.p${at}` }));
    const document = {
      ...tenant({
        roles: [
          ...roles,
          { id: "one", name: "O", grants: { "h.p0": true } },
          { id: "heir", name: "H", inherits: ["one"] },
          { id: "none", name: "N" },
        ],
        users: [],
      }),
      catalog: { categories: [{ id: "h", permissions }] },
    };
    const heavy = await lib.load(document);
    const common = await lib.load({
      ...document,
      everyone: [
        { role: "r0", team: "t" },
        { role: "r0", team: "t1" },
      ],
    });
    const names = (count) => roles.slice(0, count).map(({ id }) => id);
    const taken = (asked, assigned) => equal(asked.for({ id: "n", roles: assigned }).can("h.p0"), true);
    const tooMuch = async (asked, assigned, role) => {
      const subject = { id: "n", roles: assigned };
      for (const ask of [
        () => asked.for(subject),
        () => asked.narrow(subject),
        () => asked.remedies(subject, "h.p0"),
      ]) {
        const { issues } = await rejects(lib, ask, { code: "bad-subject" });
        equal(
          [issues.length, issues[0].path, issues[0].code],
          [1, `/roles/${assigned.length - 1}`, "too-complex"],
          show(issues),
        );
        ok(
          issues[0].message.startsWith(
            `\`${role}\`: this gives one user more than 250,000 grants and denials`,
          ),
          issues[0].message,
        );
      }
    };
    // Names alone, and what is read by the engine.
    taken(heavy, [...names(250), "none", "gone"]);
    await tooMuch(heavy, [...names(250), "one"], "one");
    await tooMuch(heavy, [...names(250), "gone", "heir"], "heir");
    taken(heavy, [...names(250), { role: "r0", team: "t" }, { role: "r1", team: "gone" }]);
    for (const again of [
      { role: "r0", from: "2020-01-01T00:00:00Z" },
      { role: "r0", until: "2100-01-01T00:00:00Z" },
      { role: "r0", when: { "context.x": 1 } },
    ]) {
      taken(heavy, [...names(246), again]);
      await tooMuch(heavy, [...names(247), again], "r0");
    }
    taken(common, names(249));
    await tooMuch(common, [...names(249), "one"], "one");
    heavy.free();
    common.free();
  });
  await report.test("subjects: every problem is told, in words, where they are at hand", async () => {
    const { issues, message } = await rejects(lib, () =>
      snapshot.for({ id: "n", rols: [], teams: ["t", "t"] }),
    );
    ok(issues.length === 2 || issues.length === 1, show(issues));
    if (issues.length === 2)
      equal([issues[0].suggestion, issues[1].path, message.includes("1 more")], ["roles", "/teams/1", true]);
  });
  await report.test("subjects: attributes are data, whatever their keys", () => {
    const subject = JSON.parse(
      '{ "id": "n", "roles": ["region"], "attributes": { "__proto__": { "region": "x" }, "constructor": 1, "toString": null } }',
    );
    equal([gate(subject).can("c.x", { region: "x" }), {}.region], [false, undefined]);
    equal(gate({ id: "n", roles: ["region"], attributes: { region: 5n } }).can("c.x", { region: 5 }), true);
  });
  await report.test("subjects: 10,000 roles, 100,000 teams and deep attributes", () => {
    const roles = Array.from({ length: 10_000 }, (_, at) => ({ role: "team", team: `k${at}` }));
    const teams = Array.from({ length: 100_000 }, (_, at) => `k${at}`);
    let deep = { at: 1 };
    for (let depth = 0; depth < 55; depth += 1) deep = { deep };
    const mine = free.for({ id: "n", roles: ["team", ...roles], teams, attributes: deep }, { now: NOW });
    equal(
      [mine.can("c.x", { team: "k99999" }), mine.can("c.x", { team: "k100000" }), mine.scope("c.x").kind],
      [true, false, "some"],
    );
    equal(snapshot.for({ id: "n", roles: teams }).unknown.roles.length, 100_000);
  });
  await report.test("subjects: gates of theirs outlive their snapshot", async () => {
    const short = await lib.load(tenant());
    const mine = short.for({
      id: "n",
      teams: ["t"],
      roles: ["team", { role: "all", when: { "resource.open": true } }],
    });
    short.free();
    equal(
      [
        mine.can("c.x", { team: "t1" }),
        mine.can("c.x", { open: true }),
        mine.explain("c.x", { team: "t1" }).role,
      ],
      [true, true, "team"],
    );
    await rejects(lib, () => short.for({ id: "n" }), { code: "freed" });
  });
  snapshot.free();
  free.free();
}

function circle() {
  const subject = { id: "n", attributes: {} };
  subject.attributes.me = subject.attributes;
  return subject;
}

/** As a tree it has 2^40 leaves. */
function shared() {
  let all = { leaf: 1 };
  for (let depth = 0; depth < 40; depth += 1) all = { a: all, b: all };
  return all;
}
