// What has become of the answers, told from gate data alone; and answers that are yes only where two others
// are.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../../pkg/entries/node.js";
import { restore } from "../../../pkg/lite/index.js";
import { hold } from "../../../pkg/store/both.js";
import { changesBetween } from "../../../pkg/store/changes.js";
import { dataOf, NOW, random } from "./world.mjs";

const { deepEqual, equal, ok } = assert;
/** What answers while the later data are held back. */
const bothOf = (...of) =>
  hold(...of.map((data) => ({ gate: (options) => restore(data, { now: NOW, ...options }) })), {})
    .gate({ now: NOW })
    .toJSON();
const dated = (data, now = NOW) => ({ data, now });
const between = (before, after, now) => changesBetween(dated(before, now), dated(after, now));
const one = (from, to, change) => [{ permission: "c.p", from, to, change }];

const where = { "resource.status": "open" };
for (const [name, before, after, expected] of [
  ["own to team", "own", "team", one("own", "team", "wider")],
  ["team to own", "team", "own", one("team", "own", "narrower")],
  ["all to own", "all", "own", one("all", "own", "narrower")],
  ["the same", "team", "team", []],
  ["a condition is added", "all", { scoped: true, any: [{ where }] }, one("all", "all", "narrower")],
  [
    "another condition",
    { scoped: true, any: [{ where }] },
    { scoped: true, any: [{ where: { "resource.status": "new" } }] },
    one("all", "all", "different"),
  ],
  [
    "own, or all that is open instead",
    "own",
    { scoped: true, any: [{ where }] },
    one("own", "all", "different"),
  ],
  [
    "own, and all that is open, too",
    "own",
    { scoped: true, any: [{ own: true }, { where }] },
    one("own", "all", "wider"),
  ],
  [
    "a denial is added",
    "all",
    { scoped: true, any: [{}], none: [{ unless: where }] },
    one("all", "all", "narrower"),
  ],
  [
    "a denial of a team",
    "all",
    { scoped: true, any: [{}], none: [{ teams: 0 }] },
    one("all", "team", "narrower"),
  ],
  [
    "a denial is lifted more often",
    { scoped: true, any: [{}], none: [{}] },
    { scoped: true, any: [{}], none: [{ unless: where }] },
    one("all", "all", "wider"),
  ],
  ["without levels", { any: [{}] }, { any: [{ where: { "context.x": 1 } }] }, one("all", "all", "narrower")],
  ["it has ended", "all", { scoped: true, any: [{}], until: NOW }, one("all", "none", "narrower")],
  [
    "it has begun",
    { scoped: true, any: [{}], since: NOW + 1 },
    { scoped: true, any: [{}], since: NOW },
    one("none", "all", "wider"),
  ],
]) {
  test(`changes: ${name}`, () =>
    deepEqual(between(dataOf({ "c.p": before }), dataOf({ "c.p": after })), expected));
}

test("changes: of what there was not, and of what there is not any more", () => {
  deepEqual(between(undefined, dataOf({ "c.p": "own" })), one("none", "own", "wider"));
  deepEqual(between(dataOf({ "c.p": "own" }), undefined), one("own", "none", "narrower"));
  deepEqual(between(undefined, undefined), []);
  deepEqual(
    between(dataOf({ "c.p": "own" }), dataOf({ "c.p": "own" }, { expires: NOW })),
    one("own", "none", "narrower"),
  );
});

test("changes: other teams; the same teams under another number", () => {
  const data = (teams, at) => dataOf({ "c.p": { scoped: true, any: [{ teams: at }] } }, { teams });
  deepEqual(between(data([["a"]], 0), data([["b"], ["a"]], 1)), []);
  deepEqual(between(data([["a"]], 0), data([["a", "b"]], 0)), one("team", "team", "wider"));
  deepEqual(between(data([["a", "b"]], 0), data([["b"]], 0)), one("team", "team", "narrower"));
  deepEqual(between(data([["a"]], 0), data([["b"]], 0)), one("team", "team", "different"));
});

test("changes: what a permission requires changes it, through any number of others", () => {
  const length = 20_000;
  const chain = (first) => {
    const table = [
      { scoped: true, any: first },
      ...Array.from({ length }, (_, at) => ({ scoped: true, any: [{}], same: [at] })),
    ];
    return { ...dataOf({}), ids: table.map((_, at) => `p${at}`), rules: table.map((_, at) => at), table };
  };
  const changes = between(chain([{}]), chain([{ own: true }]));
  deepEqual(
    [changes.length, changes.at(-1)],
    [length + 1, { permission: `p${length}`, from: "all", to: "own", change: "narrower" }],
  );
  const other = (until) => ({
    ...dataOf({}),
    ids: ["a", "b"],
    rules: [0, 1],
    table: [
      { any: [{}], ...(until && { until }) },
      { scoped: true, any: [{}], other: [0] },
    ],
  });
  deepEqual(
    between(other(), other(NOW)).map(({ permission, to }) => [permission, to]),
    [
      ["a", "none"],
      ["b", "none"],
    ],
  );
  const circle = {
    ...dataOf({}),
    ids: ["a", "b"],
    rules: [0, 1],
    table: [
      { any: [{}], same: [1] },
      { any: [{}], same: [0] },
    ],
  };
  deepEqual(between(undefined, circle), []);
});

test("changes: a permission that only answers about records from now on", () => {
  deepEqual(between(dataOf({ "c.p": "own" }), dataOf({ "c.p": "own" }, { recordsOnly: [0] })).length, 1);
});

/** Two snapshots of chance, of which the second is the first with some edits, and gate data of both. */
async function pair(seed) {
  const roll = random(seed);
  const pick = (list) => list[Math.floor(roll() * list.length)];
  const conditions = [
    { "resource.status": "open" },
    { "resource.amount": { $gt: 5 } },
    { "context.mode": "live" },
  ];
  const grant = () =>
    pick([
      false,
      "own",
      "team",
      "all",
      true,
      { scope: "all", when: pick(conditions) },
      { scope: "own", when: pick(conditions) },
      ["own", { scope: "team", when: pick(conditions) }],
    ]);
  const ids = ["a.view", "a.edit", "a.close", "b.view", "b.edit"];
  const permissions = ids.map((id) => ({
    id,
    ...(id !== "b.edit" && { scopes: ["own", "team", "all"] }),
    ...(id.endsWith("edit") && { requires: [id.replace("edit", "view")] }),
    ...(id === "a.close" && { requires: ["a.edit", "b.view"] }),
  }));
  const document = {
    format: "rolegate/1",
    revision: 1,
    catalog: {
      categories: [
        { id: "a", permissions: permissions.slice(0, 3) },
        { id: "b", permissions: permissions.slice(3) },
      ],
      masks: [{ resource: "a", field: "cost", permission: "a.edit" }],
      resources: { a: { owner: "owner", team: "team" } },
    },
    teams: [{ id: "x" }, { id: "y", parent: "x" }, { id: "z" }],
    roles: [0, 1, 2].map((at) => ({
      id: `r${at}`,
      name: `Role ${at}`,
      grants: Object.fromEntries(
        ids
          .map((id) => [id, grant()])
          .map(([id, it]) => [id, id === "b.edit" ? it !== false && typeof it !== "object" : it]),
      ),
      ...(roll() < 0.4 && {
        deny: [
          roll() < 0.5
            ? pick(["a.view", "a.edit", "b.view"])
            : { key: pick(["a.view", "a.edit"]), when: pick(conditions) },
        ],
      }),
    })),
    users: [
      {
        id: "ana",
        teams: [pick(["x", "y", "z"])],
        roles: ["r0", { role: "r1", team: pick(["x", "y", "z"]) }],
      },
    ],
  };
  const later = structuredClone(document);
  later.revision = 2;
  for (let edits = Math.floor(roll() * 3); edits > 0; edits -= 1) {
    const id = pick(ids.slice(0, 4));
    later.roles[pick([0, 1])].grants[id] = grant();
    if (roll() < 0.3) later.users[0].teams = [pick(["x", "y", "z"])];
    if (roll() < 0.2) later.catalog.masks[0].permission = "a.view";
    if (roll() < 0.2) later.users[0].roles = pick([["r0"], ["r1", "r2"]]);
  }
  const gates = await Promise.all(
    [document, later].map(async (it) => (await load(it)).for("ana", { now: NOW, context: { mode: "live" } })),
  );
  return { ids, gates, roll };
}

const records = ["ana", "bo", undefined].flatMap((owner) =>
  ["x", "y", "z", undefined].flatMap((team) =>
    [{ status: "open", amount: 3 }, { status: "closed", amount: 9 }, {}].map((rest) => ({
      owner,
      team,
      ...rest,
    })),
  ),
);
const questions = [[], [undefined], ...records.map((record) => [record])];
const SEEDS = Array.from({ length: 120 }, (_, at) => at + 1);

test("law: where no change is told, no answer is another; wider and narrower are what they say", async () => {
  let told = 0;
  for (const seed of SEEDS) {
    const { ids, gates } = await pair(seed);
    const changes = new Map(
      between(...gates.map((gate) => gate.toJSON())).map((change) => [change.permission, change]),
    );
    told += changes.size;
    for (const id of ids) {
      const [before, after] = gates.map((gate) => questions.map((question) => gate.can(id, ...question)));
      const { change = "none" } = changes.get(id) ?? {};
      const [gained, lost] = [
        after.some((yes, at) => yes && !before[at]),
        after.some((yes, at) => !yes && before[at]),
      ];
      ok(
        !(gained && ["none", "narrower"].includes(change)) && !(lost && ["none", "wider"].includes(change)),
        `seed ${seed}: ${id} is ${change}`,
      );
    }
  }
  ok(told > SEEDS.length / 4, "there are changes");
});

test("law: both say yes exactly where each does; nothing else is asked, listed or seen", async () => {
  for (const seed of SEEDS) {
    const { ids, gates } = await pair(seed);
    const data = bothOf(...gates.map((gate) => gate.toJSON()));
    const both = restore(data, { now: NOW, context: { mode: "live" } });
    for (const id of ids) {
      for (const question of questions)
        equal(
          both.can(id, ...question),
          gates.every((gate) => gate.can(id, ...question)),
          `seed ${seed}: ${id} ${JSON.stringify(question)}`,
        );
      for (const record of records)
        equal(
          both.scope(id).matches(record),
          gates.every((gate) => gate.can(id, record)),
          `seed ${seed}: scope of ${id}`,
        );
    }
    deepEqual(
      both.permissions(),
      ids.filter((id) => gates.every((gate) => gate.can(id))),
    );
    for (const name of data.ids.filter((id) => !ids.includes(id))) equal(both.can(name), false);
    for (const record of records) {
      const masked = [both, ...gates].map((gate) => gate.mask("a", { ...record, cost: 5 })?.cost === 5);
      ok(!masked[0] || (masked[1] && masked[2]), `seed ${seed}: a value is seen that one hides`);
    }
    deepEqual(
      restore(JSON.parse(JSON.stringify(both)), { now: NOW, context: { mode: "live" } }).permissions(),
      both.permissions(),
    );
  }
});

test("both: a permission whose type or places differ is no; times are those of both", () => {
  const scoped = dataOf(
    { "c.p": { scoped: true, map: 0, any: [{ own: true }] } },
    { maps: [[["owner"], ["team"]]], expires: NOW + 5 },
  );
  const elsewhere = dataOf(
    { "c.p": { scoped: true, map: 0, any: [{ own: true }] } },
    { maps: [[["assignee"], ["team"]]], since: NOW - 5, expires: NOW + 9 },
  );
  const both = bothOf(scoped, elsewhere);
  deepEqual(
    [restore(both, { now: NOW }).can("c.p", { owner: "ana", assignee: "ana" }), both.since, both.expires],
    [false, NOW - 5, NOW + 5],
  );
});

test("1,000 permissions are compared in some ten times the time of writing them", () => {
  const grants = (shift) =>
    Object.fromEntries(
      Array.from({ length: 1000 }, (_, at) => [`c${at % 20}.p${at}`, at]).map(([id, at]) => [
        id,
        {
          scoped: true,
          any:
            at % 3 === shift
              ? [{ own: true }, { teams: at % 5 }]
              : [{ own: true, where: { "resource.amount": { $gt: at % 30 } } }],
          ...(at > 20 && { same: [at % 20] }),
        },
      ]),
    );
  const teams = Array.from({ length: 5 }, (_, at) => Array.from({ length: 40 }, (_, i) => `team-${at}-${i}`));
  const pooled = (shift) => {
    const data = dataOf(grants(shift), { teams });
    const rows = new Map();
    const rules = data.table.map((row) => {
      const text = JSON.stringify(row);
      if (!rows.has(text)) rows.set(text, { at: rows.size, row });
      return rows.get(text).at;
    });
    return { ...data, rules, table: [...rows.values()].map(({ row }) => row) };
  };
  const [before, after] = [pooled(0), pooled(0)];
  after.rules = after.rules.map((rule, at) => (at % 100 === 50 ? after.rules[at - 1] : rule));
  const best = { compared: Infinity, written: Infinity };
  const time = (what, act) => {
    const started = performance.now();
    act();
    best[what] = Math.min(best[what], performance.now() - started);
  };
  for (let i = 0; i < 100; i += 1) {
    time("compared", () => between(before, after));
    time("written", () => [before, after].map((data) => JSON.stringify(data)));
  }
  const ratio = best.compared / best.written;
  console.log(`1,000 permissions: ${best.compared.toFixed(2)} ms, ${ratio.toFixed(2)} of writing them`);
  ok(ratio < 40, `${ratio} times as long as writing them`);
  equal(between(before, after).length, 10);
});
