// What long documents cost, counted rather than timed; and that no call goes as deep as a document is long.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "acorn";
import { load, Scope } from "../../../pkg/entries/node.js";
import { restore } from "../../../pkg/lite/index.js";

const LEVELS = ["own", "team", "all"];
const PACKAGE = new URL("../../../pkg/", import.meta.url);
const COUNTED = [
  [Map, "get"],
  [Map, "set"],
  [Map, "has"],
  [Set, "add"],
  [Set, "has"],
  [String, "indexOf"],
  [String, "includes"],
  [String, "startsWith"],
  [Array, "push"],
  [Array, "includes"],
  [JSON, "stringify"],
];

const range = (n, make) => Array.from({ length: n }, (_, i) => make(i));
const document = (permissions, { masks = [], ...more }) => ({
  format: "rolegate/1",
  revision: 1,
  catalog: { categories: [{ id: "c", permissions }], masks },
  ...more,
});
const after = (i) => ({ id: `c.v${i}`, scopes: LEVELS, ...(i > 0 && { requires: [`c.v${i - 1}`] }) });
const role = (grants, id = "r", more = {}) => ({ id, name: id, grants, ...more });
const ana = (roles, more) => [{ id: "ana", roles, ...more }];
/** A chain of permissions, each denied in a team of its own, and all granted in one that is free and in these. */
const deniedInTeams = (n, granted) =>
  document(range(n, after), {
    teams: range(n, (i) => ({ id: `t${i}` })).concat({ id: "free" }),
    roles: [role({ "*": "all" }), ...range(n, (i) => role({}, `d${i}`, { deny: [`c.v${i}`] }))],
    users: ana([
      { role: "r", team: "free" },
      ...range(n, (i) => ({ role: `d${i}`, team: `t${i}` })),
      ...granted.map((team) => ({ role: "r", team })),
    ]),
  });

/** Calls of what nearly all that is done in a loop calls. */
function steps(run) {
  let count = 0;
  const before = COUNTED.map(([of, name]) => {
    const holder = of.prototype ?? of;
    const method = holder[name];
    Object.defineProperty(holder, name, {
      value(...given) {
        count += 1;
        return Reflect.apply(method, this, given);
      },
      configurable: true,
      writable: true,
    });
    return () => Object.defineProperty(holder, name, { value: method, configurable: true, writable: true });
  });
  try {
    run();
  } finally {
    for (const undo of before) undo();
  }
  return count;
}

/** For each shape a document that is n long, and the question that is asked of it. */
const SHAPES = {
  "a chain of permissions": (n) => [
    document(range(n, after), { roles: [role({ "*": "own" })], users: ana(["r"]) }),
    {
      permissions: (gate) => gate.permissions(),
      can: (gate) => gate.can(`c.v${n - 1}`),
      scope: (gate) => gate.scope(`c.v${n - 1}`),
      explain: (gate) => gate.explain(`c.v${n - 1}`),
      toJSON: (gate) => gate.toJSON(),
    },
  ],
  // Not more of them than the limit allows.
  "conditional assignments and permissions": (n) => [
    document(
      range(0.8 * n, (i) => ({ id: `c.v${i}`, scopes: LEVELS })),
      {
        roles: [role({ "*": "own" })],
        users: ana(range(0.8 * n, (i) => ({ role: "r", when: { "resource.x": i } }))),
      },
    ),
    {
      permissions: (gate) => gate.permissions(),
      toJSON: (gate) => gate.toJSON(),
      explained: (gate) => gate.toJSON({ explain: true }),
    },
  ],
  "permissions named one by one, each by a role of its own": (n) => [
    document(
      range(n, (i) => ({ id: `c.v${i}`, scopes: LEVELS })),
      {
        roles: range(n, (i) => role({ [`c.v${i}`]: { when: { "resource.x": i } } }, `r${i}`)),
        users: ana(range(n, (i) => `r${i}`)),
      },
    ),
    { permissions: (gate) => gate.permissions(), toJSON: (gate) => gate.toJSON() },
  ],
  "a chain of permissions, each denied in a team of its own": (n) => [
    document(range(n, after), {
      teams: range(n, (i) => ({ id: `t${i}` })),
      roles: [role({ "*": "all" }), ...range(n, (i) => role({}, `d${i}`, { deny: [`c.v${i}`] }))],
      users: ana([
        { role: "r", when: { "context.x": 1 } },
        ...range(n, (i) => ({ role: `d${i}`, team: `t${i}`, when: { "context.y": 1 } })),
      ]),
    }),
    {
      permissions: (gate) => gate.permissions(),
      scope: (gate) => gate.scope(`c.v${n - 1}`).kind,
      explain: (gate) => gate.explain(`c.v${n - 1}`),
    },
  ],
  "a chain of permissions, each granted in a few teams and denied in one of its own": (n) => [
    deniedInTeams(
      n,
      range(4, (i) => `t${4 * i}`),
    ),
    {
      can: (gate) => assert.ok(gate.can(`c.v${n - 1}`)),
      permissions: (gate) => assert.equal(gate.permissions().length, n),
      "restored, can": (gate) => assert.ok(restore(gate.toJSON()).can(`c.v${n - 1}`)),
    },
  ],
  "a chain of permissions, granted in many teams and each denied in one": (n) => [
    deniedInTeams(
      n,
      range(n, (i) => `t${i}`),
    ),
    {
      can: (gate) => assert.ok(gate.can(`c.v${n - 1}`)),
      permissions: (gate) => assert.equal(gate.permissions().length, n),
      explain: (gate) => assert.equal(gate.explain(`c.v${n - 1}`).reason, "granted"),
      "explain a record": (gate) => {
        const { reason, requires } = gate.explain(`c.v${n - 1}`, { team: "t0" });
        assert.deepEqual([reason, requires.reason], ["prerequisite", "prerequisite"]);
      },
    },
  ],
  "permissions under one long condition": (n) => [
    document(
      range(n, (i) => ({ id: `c.v${i}`, scopes: LEVELS })),
      {
        roles: [role({ "*": { when: { "resource.x": { $in: range(20 * n, (i) => `item${i}`) } } } })],
        users: ana(["r"]),
      },
    ),
    { permissions: (gate) => gate.permissions(), toJSON: (gate) => gate.toJSON() },
  ],
  "conditions that read one long list": (n) => [
    document([{ id: "c.v", scopes: LEVELS }], {
      roles: [
        role({ "c.v": range(n, (i) => ({ when: { [`resource.x${i}`]: { $in: { $ref: "user.l" } } } })) }),
      ],
      users: ana(["r"], { attributes: { l: range(5 * n, (i) => `item${i}`) } }),
    }),
    { can: (gate) => gate.can("c.v", {}), explain: (gate) => gate.explain("c.v", {}) },
  ],
  "masks and records": (n) => [
    document([{ id: "c.v", scopes: LEVELS }], {
      masks: range(n, (i) => ({ resource: "c", field: `f${i}`, permission: "c.v" })),
      roles: [],
      users: ana([]),
    }),
    {
      mask: (gate) =>
        gate.mask(
          "c",
          range(20, () => ({ f1: 1 })),
        ),
      fields: (gate) => gate.fields("c"),
    },
  ],
  "attributes of the context": (n) => [
    document([{ id: "c.v", scopes: LEVELS }], {
      roles: [role({ "c.v": { when: { $or: range(n, (i) => ({ [`context.p${i}`]: 1 })) } } })],
      users: ana(["r"]),
    }),
    { can: (gate) => gate.can("c.v", {}), explain: (gate) => gate.explain("c.v", {}) },
  ],
};
const SHORT = 100;

for (const [name, shape] of Object.entries(SHAPES)) {
  test(`the cost grows with the document: ${name}`, async () => {
    const counts = {};
    for (const n of [SHORT, 3 * SHORT]) {
      const [json, asks] = shape(n);
      const snapshot = await load(JSON.stringify(json));
      for (const [call, ask] of Object.entries(asks)) {
        const gate = snapshot.for("ana", { context: { x: 1 } });
        (counts[call] ??= []).push(steps(() => ask(gate)));
      }
      snapshot.free();
    }
    for (const [call, [few, many]] of Object.entries(counts))
      assert.ok(many <= 1000 || many < 3 ** 1.3 * few, `${call}: ${few} steps, then ${many}`);
  });
}

test("remedies look at each role once, on however many teams it denies a chain of permissions", async () => {
  const n = 600;
  const json = document(range(n, after), {
    teams: range(n, (i) => ({ id: `t${i}` })),
    roles: [role({ "*": "all" }), role({}, "d", { deny: ["*"] })],
    users: ana(["r", ...range(n, (i) => ({ role: "d", team: `t${i}` }))]),
  });
  const snapshot = await load(JSON.stringify(json));
  // A search that looked at each for each permission gave up.
  const found = snapshot.remedies("ana", `c.v${n - 1}`, { resource: { team: "t1" } });
  assert.deepEqual([[...found], found.complete], [[{ kind: "lift-denial", role: "d" }], true]);
});

test("no chain is too long", () => {
  const n = 125_000;
  const table = (word) =>
    range(n, (i) => ({
      scoped: true,
      any: [{ own: true }, { where: { "context.x": 1 } }],
      ...(i > 0 && { [word]: [i - 1] }),
    }));
  const data = {
    format: "rolegate-gate/1",
    user: "ana",
    revision: 1,
    at: 0,
    ids: range(n, (i) => `c.v${i}`),
    rules: range(n, (i) => i),
  };
  const wide = [
    ...range(n - 1, () => ({ scoped: true, any: [{ own: true }] })),
    { scoped: true, any: [{}], same: range(n - 1, (i) => i) },
  ];
  const last = `c.v${n - 1}`;
  for (const rules of [table("same"), table("other"), wide]) {
    const gate = restore({ ...data, table: rules }, { context: { x: 1 } });
    for (let again = 0; again < 2; again += 1) {
      assert.deepEqual(
        [
          gate.can(last),
          gate.can(last, { owner: "ana" }),
          gate.scope(last).kind === "none",
          gate.permissions().length,
          gate.validUntil,
        ],
        [true, true, false, n, Infinity],
      );
    }
    assert.equal(Scope.from(JSON.parse(JSON.stringify(gate.scope(last)))).matches({ owner: "ana" }), true);
  }
});

test("exclusions of all permissions in a chain count together", () => {
  const team = (i, taken) => ({
    scoped: true,
    any: [{ teams: 0 }],
    none: [{ teams: taken }],
    ...(i > 0 && { same: [i - 1] }),
  });
  const data = {
    format: "rolegate-gate/1",
    user: "ana",
    revision: 1,
    at: 0,
    ids: ["a", "b", "c"],
    rules: [0, 1, 2],
    table: [team(0, 1), team(1, 2), team(2, 3)],
    teams: [["x", "y", "z"], ["x"], ["y"], ["z"]],
  };
  const gate = restore(data);
  assert.deepEqual(
    [gate.permissions(), ["a", "b", "c"].map((id) => gate.scope(id).kind)],
    [
      ["a", "b"],
      ["some", "some", "none"],
    ],
  );
});

test("no answer is noted before it is known, though the stack may end anywhere", () => {
  const run = spawnSync(
    process.execPath,
    ["--stack-size=120", fileURLToPath(new URL("../lite/near-the-end.mjs", import.meta.url))],
    { encoding: "utf8" },
  );
  assert.equal(run.status, 0, run.stderr);
  const { asked, thrown, wrong } = JSON.parse(run.stdout);
  assert.deepEqual(wrong, {});
  assert.ok(asked > 1000 && thrown > 100, `${thrown} of ${asked} calls came to the end of the stack`);
});

test("no list is spread into the arguments of a call: engines take only so many", () => {
  const found = [];
  /** @param handed names of what functions around it were given as arguments themselves: these fit */
  const visit = (file, node, handed = []) => {
    if (Array.isArray(node)) for (const inner of node) visit(file, inner, handed);
    else if (typeof node === "object" && node !== null) {
      if (
        (node.type === "CallExpression" || node.type === "NewExpression") &&
        node.arguments.some(
          ({ type, argument }) => type === "SpreadElement" && !handed.includes(argument.name),
        )
      )
        found.push(`${file}:${node.loc.start.line}`);
      const rest = node.params?.find?.(({ type }) => type === "RestElement");
      const within = rest === undefined ? handed : [...handed, rest.argument.name];
      for (const inner of Object.values(node)) visit(file, inner, within);
    }
  };
  const files = readdirSync(PACKAGE, { recursive: true }).filter((name) =>
    /^(?!script|glue)(?:[\w-]+.)*[\w-]+\.js$/.test(name),
  );
  assert.ok(files.length > 40);
  for (const file of files)
    visit(
      file,
      parse(readFileSync(new URL(file, PACKAGE), "utf8"), {
        ecmaVersion: "latest",
        sourceType: "module",
        locations: true,
      }),
    );
  assert.deepEqual(found, []);
});

/** What goes down as far as JSON or a condition is nested, which is 64 levels at most. */
const BY_NESTING = {
  "admin/claims.rs": ["claim", "is_of_time"],
  "admin/lint/conditions.rs": ["truths"],
  "admin/traits.rs": ["depends_on_id"],
  "condition/build.rs": ["condition"],
  "condition/holds.rs": ["holds"],
  "condition/mod.rs": ["add_leaves", "add_paths"],
  "condition/reads.rs": ["add_reads_of", "tidy"],
  "condition/residual.rs": ["fold", "push_unresolved", "push_value"],
  "describe.rs": ["reads"],
  "format/condition.rs": ["condition"],
  "format/read.rs": ["object"],
  "json/reader.rs": ["skip"],
  "json/value.rs": ["gather"],
  "narrow/mod.rs": ["copy", "project", "read"],
  "query/remedy/outright.rs": ["may_ever_be"],
};
/** What calls a function of another type that has the same name, or itself once; and what is to overflow. */
const ONCE = {
  "admin/holding.rs": ["is_within"],
  "admin/place.rs": ["elements", "members"],
  "condition/build.rs": ["scalar"],
  "condition/leaf.rs": ["contains", "truth"],
  "condition/residual.rs": ["is_unresolved"],
  "json/value.rs": ["element", "member", "scalar"],
  "json/writer.rs": ["next"],
  "wasm/faults.rs": ["overflow"],
  "wasm/full/question.rs": ["member"],
};

/** The functions of a Rust file that call one of their own name. */
function callsItself(source) {
  const text = source.split("#[cfg(test)]\nmod tests")[0].replace(/\/\/[^\n]*/g, "");
  const found = new Set();
  for (const {
    1: name,
    index,
    0: { length },
  } of text.matchAll(/\bfn\s+(\w+)/g)) {
    const begin = text.indexOf("{", index + length);
    const none = text.indexOf(";", index + length);
    if (begin < 0 || (none >= 0 && none < begin)) continue;
    let [depth, end] = [0, begin];
    do {
      if (text[end] === "{") depth += 1;
      else if (text[end] === "}") depth -= 1;
      end += 1;
    } while (depth > 0 && end < text.length);
    if (new RegExp(`(?:\\bself\\.|\\bSelf::|(?<![\\w.:]))${name}\\s*\\(`).test(text.slice(begin, end)))
      found.add(name);
  }
  return [...found].sort();
}

test("no function of the engine calls itself, except as deep as JSON is nested", () => {
  const folder = new URL("../../../src/", import.meta.url);
  const files = readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(".rs"))
    .sort();
  assert.ok(files.length > 50);
  assert.deepEqual(callsItself("fn a() { b(); }\nfn b() { if x { self.b() } }\nfn c() { of.c() }"), ["b"]);
  const found = files
    .map((name) => [name, callsItself(readFileSync(new URL(name, folder), "utf8"))])
    .filter(([, names]) => names.length > 0);
  const known = files
    .map((name) => [name, [...(BY_NESTING[name] ?? []), ...(ONCE[name] ?? [])].sort()])
    .filter(([, names]) => names.length > 0);
  assert.deepEqual(Object.fromEntries(found), Object.fromEntries(known));
});

test("what is written out has its bounds, also where little of it is many times the same", async () => {
  const chain = (n, when) =>
    document([{ id: "c.v", scopes: LEVELS }], {
      teams: range(n, (i) => (i ? { id: `t${i}`, parent: `t${i - 1}` } : { id: "t0" })),
      roles: [role({ "*": "all" })],
      users: ana(range(n, (i) => ({ role: "r", team: `t${i}`, when: when(i) }))),
    });
  const refused = (run) => assert.throws(run, { code: "too-complex" });
  const of = async (n, when = (i) => ({ "resource.x": i })) =>
    (await load(JSON.stringify(chain(n, when)))).for("ana");
  const some = await of(500);
  assert.equal(some.scope("c.v").parts[0].any.length, 500);
  assert.equal(some.toJSON({ explain: true }).table[0].any.length, 500);
  const many = await of(2000);
  for (const run of [
    () => many.toJSON(),
    () => many.toJSON({ explain: true }),
    () => many.scope("c.v").parts,
    () => many.scope("c.v").toJSON(),
  ])
    refused(run);
  // What is asked is answered all the same.
  assert.deepEqual(
    [
      many.can("c.v", { team: "t1999", x: 3 }),
      many.can("c.v", { team: "t1999", x: 5000 }),
      many.scope("c.v").kind,
      many.scope("c.v").matches({ team: "t5", x: 4 }),
    ],
    [true, false, "some", true],
  );
  const text = "z".repeat(20_000);
  const long = document([{ id: "c.v", scopes: LEVELS }], {
    roles: [
      role({
        "c.v": range(1000, (i) => ({ when: { [`resource.x${i}`]: { $startsWith: { $ref: "user.l" } } } })),
      }),
    ],
    users: ana(["r"], { attributes: { l: text } }),
  });
  const gate = (await load(JSON.stringify(long))).for("ana");
  refused(() => gate.toJSON());
  assert.equal(gate.can("c.v", { x5: `${text}!` }), true);
});
