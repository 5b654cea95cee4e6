// What keeping snapshots costs, and what it does at scale: `node benches/edge.mjs [pieces|scale]`.
//
// Pieces are measured with the package in pkg/. At scale, `keep` itself runs, with a clock and stores that are
// simulated.

import { execFileSync } from "node:child_process";
import { argv, execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { keep } from "../pkg/edge/index.js";
import { load } from "../pkg/entries/node.js";
import { generateKeys, sign, toJwks, verifier } from "../pkg/signed/index.js";

const [, , part, ...rest] = argv;
const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];

// -- snapshots

/** As in docs/many-people.md, with people who are listed besides. */
function document(tenant, { roles, teams, people = 0 }) {
  const permissions = Array.from({ length: 200 }, (_, i) => ({
    id: `c${i % 20}.p${i}`,
    scopes: ["own", "team", "all"],
  }));
  const granted = (i) => Array.from({ length: 20 }, (_, j) => permissions[(i * 7 + j * 11) % 200].id);
  return JSON.stringify({
    format: "rolegate/1",
    tenant,
    revision: 1,
    expiresAt: "2099-01-01T00:00:00Z",
    catalog: {
      categories: Array.from({ length: 20 }, (_, i) => ({
        id: `c${i}`,
        permissions: permissions.filter((_, j) => j % 20 === i),
      })),
    },
    roles: Array.from({ length: roles }, (_, i) => ({
      id: `r${i}`,
      name: `Role ${i}`,
      grants: Object.fromEntries(granted(i).map((id) => [id, "team"])),
    })),
    teams: Array.from({ length: teams }, (_, i) => ({ id: `t${i}` })),
    users: Array.from({ length: people }, (_, i) => ({
      id: `65f0c1d2e3a4b5c6d7${String(i).padStart(6, "0")}`,
      teams: [`t${i % teams}`],
      roles: [`r${i % roles}`],
    })),
  });
}

const SHAPES = {
  "20 roles, 50 teams": { roles: 20, teams: 50, count: 400 },
  "100 roles, 500 teams": { roles: 100, teams: 500, count: 300 },
  "1,000 roles, 5,000 teams": { roles: 1000, teams: 5000, count: 60 },
  "1,000 people listed": { roles: 20, teams: 50, people: 1000, count: 300 },
  "100,000 people listed": { roles: 100, teams: 500, people: 100_000, count: 8 },
};

async function median(count, action) {
  const taken = [];
  for (let i = 0; i < count; i += 1) {
    const began = performance.now();
    await action(i);
    taken.push(performance.now() - began);
  }
  return taken.sort((a, b) => a - b)[count >> 1];
}

const rounded = (value, digits = 2) => Number(value.toPrecision(digits)).toLocaleString("en");

function table(head, rows) {
  const lines = [head, head.map(() => "---"), ...rows];
  console.log(`\n${lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}`);
}

// -- pieces

/** Memory that one more tenant takes, whose snapshot one person has asked: in a process of its own. */
async function memory(name) {
  const { count, ...shape } = SHAPES[name];
  const source = (tenant) => ({ get: async () => ({ bytes: document(tenant, shape), etag: "1" }) });
  const roles = keep(source, { every: HOUR, maxStale: HOUR, max: 1e6, maxBytes: 2 ** 40 });
  const hold = async (tenant) => {
    const snapshot = await roles.current(tenant);
    const gate = snapshot.for({ id: "somebody", roles: ["r1", "r2"], teams: ["t1"] });
    gate.can("c1.p1", { owner: "x", team: "t1" });
  };
  const used = async () => {
    for (let i = 0; i < 4; i += 1) {
      await new Promise((done) => setTimeout(done, 20));
      globalThis.gc();
    }
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  for (let i = 0; i < 4; i += 1) await hold(`warm-${i}`);
  const before = await used();
  for (let i = 0; i < count; i += 1) await hold(`tenant-${i}`);
  console.log(((await used()) - before) / count);
}

async function pieces() {
  const keys = await generateKeys();
  const verify = verifier(toJwks(keys), { tenant: null, subject: null });
  const rows = [];
  for (const [name, shape] of Object.entries(SHAPES)) {
    const text = document("acme", shape);
    const bytes = new TextEncoder().encode(text);
    const jws = new TextEncoder().encode(await sign(text, keys, { subject: null }));
    const words = ["--expose-gc", fileURLToPath(import.meta.url), "memory", name];
    const held = Number(execFileSync(execPath, words, { encoding: "utf8" }));
    const count = bytes.length > 1_000_000 ? 9 : 60;
    const loading = await median(count, async () => (await load(bytes)).free());
    const verifying = await median(count, () => verify(jws));
    rows.push([
      name,
      `${rounded(bytes.length / 1000)} KB`,
      `${rounded(brotliCompressSync(bytes).length / 1000)} KB`,
      `${rounded(loading)} ms`,
      `${rounded(verifying)} ms`,
      `${rounded(held / 1000)} KB`,
      rounded(held / bytes.length),
    ]);
  }
  table(["snapshot", "JSON", "brotli", "to load", "to verify", "memory", "memory by JSON"], rows);

  const text = document("acme", SHAPES["100 roles, 500 teams"]);
  const source = { get: async (etag) => (etag === "1" ? "same" : { bytes: text, etag: "1" }) };
  const untagged = { get: async () => ({ bytes: text }) };
  const often = async (roles, count) => {
    await roles.current("acme");
    const began = performance.now();
    for (let i = 0; i < count; i += 1) await roles.current("acme");
    return ((performance.now() - began) / count) * 1000;
  };
  const each = { maxStale: HOUR };
  table(
    ["`current`, 100 roles and 500 teams", "takes"],
    [
      [
        "from memory",
        `${rounded(
          await often(
            keep(() => source, { ...each, every: HOUR }),
            300_000,
          ),
        )} µs`,
      ],
      [
        "asked by etag, the same",
        `${rounded(
          await often(
            keep(() => source, { ...each, every: 0 }),
            20_000,
          ),
        )} µs`,
      ],
      [
        "asked without an etag, the same",
        `${rounded(
          await often(
            keep(() => untagged, { ...each, every: 0 }),
            3_000,
          ),
        )} µs`,
      ],
    ],
  );
}

// -- at scale

/** The clock of what follows: it stands still while code runs. */
const clock = { ms: 1_795_000_000_000 };

function simulated() {
  Date.now = () => clock.ms;
  performance.now = () => clock.ms - 1_795_000_000_000;
}

/** Numbers from 0 to 1, the same in each run. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Tenants as they ask in most applications: the second half as often as the first, the third a third as often. */
function zipf(count, chance) {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i += 1) sums[i] = sum += 1 / (i + 1);
  return () => {
    const wanted = chance() * sum;
    let [from, to] = [0, count - 1];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((sums[middle] ?? 0) < wanted) from = middle + 1;
      else to = middle;
    }
    return from;
  };
}

const small = (tenant, revision = 1) =>
  JSON.stringify({
    format: "rolegate/1",
    tenant,
    revision,
    catalog: { categories: [{ id: "c", permissions: [{ id: "c.view" }] }] },
    roles: [],
  });

/** One isolate that answers for 200,000 tenants. */
async function tenants() {
  const rows = [];
  for (const perSecond of [10, 100])
    for (const max of [250, 1000, 4000]) {
      const next = zipf(200_000, random(7));
      let [asked, loaded] = [0, 0];
      const source = (tenant) => ({
        get: async (etag) => {
          asked += 1;
          loaded += etag === undefined ? 1 : 0;
          return etag === undefined ? { bytes: small(tenant), etag: "1" } : "same";
        },
      });
      const roles = keep(source, { every: MINUTE, maxStale: HOUR, max });
      const requests = 36_000;
      for (let i = -requests; i < requests; i += 1) {
        if (i === 0) asked = loaded = 0; // what was before has filled it
        clock.ms += SECOND / perSecond;
        if (i % 500 === 0) await new Promise((done) => setImmediate(done)); // as between requests
        await roles.current(`tenant-${next()}`);
      }
      const share = (count) => `${Math.round((count / requests) * 100)} %`;
      rows.push([
        perSecond,
        max.toLocaleString("en"),
        share(requests - asked),
        share(asked - loaded),
        share(loaded),
        rounded((asked / requests) * perSecond * 86_400),
      ]);
    }
  table(["requests a second", "`max`", "from memory", "asked, the same", "loaded", "reads a day"], rows);
}

/** How long until 900 isolates in 300 locations answer by a change, each asked once a second. */
async function change() {
  const rows = [];
  for (const [store, ttl] of [
    ["KV, `cacheTtl` 60", MINUTE],
    ["KV, `cacheTtl` 30", MINUTE / 2],
    ["R2, S3, an address", 0],
  ])
    for (const every of [10 * SECOND, MINUTE]) {
      const chance = random(11);
      let revision = 1;
      const caches = Array.from({ length: 300 }, () => ({ until: -Infinity, revision: 0 }));
      const isolates = Array.from({ length: 900 }, (_, i) => {
        const cache = caches[i % 300];
        const get = async () => {
          if (clock.ms >= cache.until) Object.assign(cache, { until: clock.ms + ttl, revision });
          return { bytes: small("acme", cache.revision), etag: `${cache.revision}` };
        };
        const roles = keep(() => ({ get }), { every, maxStale: HOUR });
        return { roles, wait: chance() * 4 * MINUTE, seen: 0 };
      });
      const begin = clock.ms;
      // Each begins at some moment of four minutes; the change is made after six.
      const changed = begin + 6 * MINUTE;
      for (; clock.ms < changed + 5 * MINUTE; clock.ms += SECOND) {
        if (clock.ms >= changed) revision = 2;
        for (const isolate of isolates) {
          if (clock.ms < begin + isolate.wait || isolate.seen > 0) continue;
          if ((await isolate.roles.current("acme")).revision === 2) isolate.seen = clock.ms - changed;
        }
      }
      const seen = isolates.map((isolate) => isolate.seen / SECOND).sort((a, b) => a - b);
      rows.push([store, `${every / SECOND} s`, `${seen[450]} s`, `${seen[890]} s`, `${seen[899]} s`]);
    }
  table(["store", "`every`", "half of the isolates", "99 %", "all"], rows);
}

/** A location that cannot reach its store for three hours, asked ten times a second. */
async function cutOff() {
  const rows = [];
  for (const maxStale of [HOUR, 24 * HOUR]) {
    let [isOff, asked, answered, refused, good] = [false, 0, 0, 0, 0];
    const get = async (etag) => {
      asked += 1;
      if (isOff) throw new Error("unreachable");
      good = clock.ms;
      return etag === "1" ? "same" : { bytes: small("acme"), etag: "1" };
    };
    const roles = keep(() => ({ get }), { every: MINUTE, maxStale });
    await roles.current("acme");
    isOff = true;
    asked = 0;
    const end = clock.ms + 3 * HOUR;
    for (; clock.ms < end; clock.ms += 100)
      await roles.current("acme").then(
        () => (answered += 1),
        () => (refused += 1),
      );
    isOff = false;
    const [back, looks] = [clock.ms, asked];
    for (; good < back; clock.ms += 100) await roles.current("acme").catch(() => undefined);
    const share = (count) => `${Math.round((count / (answered + refused)) * 100)} %`;
    rows.push([
      `${maxStale / HOUR} h`,
      share(answered),
      share(refused),
      looks,
      `${rounded((clock.ms - back) / SECOND)} s`,
    ]);
  }
  table(["`maxStale`", "answered", "rejected", "looks in three hours", "back after"], rows);
}

/** People whom the snapshot does not list, one after the other: what they leave behind, in a process of its own. */
async function people() {
  const snapshot = await load(document("acme", SHAPES["100 roles, 500 teams"]));
  const chance = random(13);
  const one = (i) => {
    const pick = (from, to) => from + Math.floor(chance() * (to - from));
    const roles = [`r${pick(0, 50)}`, `r${pick(50, 100)}`];
    const gate = snapshot.for({ id: `person-${i}`, roles, teams: [`t${pick(0, 500)}`] });
    return gate.can("c1.p1", { team: `t${pick(0, 500)}` });
  };
  const used = () => {
    for (let i = 0; i < 4; i += 1) globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 1e6;
  };
  const held = [used()];
  const began = performance.now();
  for (let i = 0; i < 1_000_000; i += 1) {
    one(i);
    if (i === 99_999) held.push(used());
  }
  const each = (performance.now() - began) / 1000;
  held.push(used());
  const [before, some, all] = held.map((mb) => `${rounded(mb, 3)} MB`);
  table(
    ["people asked about", "memory of the process"],
    [
      ["none", before],
      ["100,000", some],
      ["1,000,000", `${all}; a gate and a check for each took ${rounded(each)} µs`],
    ],
  );
}

async function scale() {
  const words = ["--expose-gc", fileURLToPath(import.meta.url), "people"];
  console.log(execFileSync(execPath, words, { encoding: "utf8" }).trimEnd());
  await load(small("warm"));
  simulated();
  await tenants();
  await change();
  await cutOff();
}

if (part === "memory") await memory(...rest);
if (part === "people") await people();
if (part === undefined || part === "pieces") await pieces();
if (part === undefined || part === "scale") await scale();
