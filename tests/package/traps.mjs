// What JavaScript makes of a core that fails: the published scripts, with a wasm that fails on demand
// (feature `faults` of the crate).

import { acme, NOW } from "./acme.mjs";
import { equal, ok, Report, rejects } from "./report.mjs";

/** What the whole engine is made to do when the user of `narrow` is called so. */
const [PANIC, OVERFLOW] = ["fault: panic", "fault: overflow"];
/** And both when this is somewhere in a snapshot. */
const BROKEN = "document fault: panic";
const MANY = 100;
/** How many memories there may be: of two engines, and of an instance that failed last. */
const KEPT = 3;

/** Ways to have one engine or the other fail. */
const FAILURES = {
  "the small engine panics": (lib) => failed(lib, () => lib.loadSync({ ...acme(), plan: BROKEN })),
  "the whole engine panics": (lib, snapshot) => failed(lib, () => snapshot.narrow(PANIC)),
  "the whole engine runs out of stack": (lib, snapshot) => failed(lib, () => snapshot.narrow(OVERFLOW)),
};

/** @param {{ faulty: { core: object, full: object }, collect?: () => unknown }} env see start.mjs */
export async function runTraps(lib, { faulty, collect }) {
  const report = new Report();
  const memories = watchMemories();
  await lib.init(faulty.core, { full: faulty.full });
  for (const [name, fail] of Object.entries(FAILURES)) {
    const test = (what, body) =>
      report.test(`${name}: ${what}`, () => body(lib, fail, { memories, collect }));
    await test("an error, and everything goes on", goingOn);
    await test("several times with nothing between", severalAtOnce);
    await test("a snapshot that was loaded after it outlives the next", loadedLater);
    await test("a load was under way", loadUnderWay);
    await test("freed stays freed, and free is harmless", freed);
    await test(`${MANY} times, and nothing is left behind`, leavingNothing);
    if (collect !== undefined)
      await test("snapshots that nobody asks do not keep failed instances", keepingNothing);
  }
  await report.test("a snapshot that makes the engine fail is an error, and others go on", () =>
    failingSnapshot(lib),
  );
  await report.test("a snapshot on which the engine keeps failing is asked rarely, and others as ever", () =>
    failingAgain(lib),
  );
  await report.test("people are looked up without an engine", () => lookingUp(lib));
  await report.test("gates are made and renewed without an engine", () => renewing(lib));
  await report.test("an engine that cannot restart is an error, and the next call tries again", () =>
    notRestarting(lib),
  );
  return report.result();
}

const open = (lib, revision) => lib.loadSync({ ...acme(), revision });

function failed(lib, body) {
  return rejects(lib, body, { code: "trap", message: /restarts/ });
}

/** All that a snapshot answers from the engine. */
function tellAll(snapshot) {
  const gate = snapshot.for("ana", { now: NOW });
  const explanation = gate.explain("conversations.view", { teamId: "support" });
  return [
    snapshot.revision,
    snapshot.users(),
    snapshot.narrow("ana"),
    snapshot.whoCan("reports.export"),
    gate.permissions(),
    explanation,
  ];
}

async function goingOn(lib, fail) {
  const [first, second] = [open(lib, 1), open(lib, 2)];
  const gate = first.for("ana", { now: NOW });
  const before = [first, second].map(tellAll);
  const error = await fail(lib, first);
  ok(error.cause instanceof Error, "the error has a cause");
  equal(gate.can("conversations.view", { teamId: "sales" }), true, "a gate that was there");
  equal(gate.can("conversations.view", { teamId: "support" }), false, "a gate that was there, elsewhere");
  equal(gate.explain("conversations.view", { teamId: "sales" }).allowed, true, "its explanation");
  equal([second, first].map(tellAll), before.toReversed(), "the snapshots");
}

async function severalAtOnce(lib, fail) {
  const kept = open(lib, 3);
  const before = tellAll(kept);
  for (let n = 0; n < 5; n += 1) await fail(lib, open(lib, 4));
  equal(tellAll(kept), before);
  for (let n = 0; n < 5; n += 1) await fail(lib, kept);
  equal(tellAll(kept), before);
}

async function loadedLater(lib, fail) {
  const early = open(lib, 5);
  await fail(lib, early);
  const late = await lib.load({ ...acme(), revision: 6 });
  const before = tellAll(late);
  await fail(lib, late);
  equal(tellAll(late), before, "the later one");
  equal(tellAll(early)[0], 5, "the earlier one");
  await fail(lib, early);
  equal(
    [early, late].map((snapshot) => tellAll(snapshot)[0]),
    [5, 6],
    "both",
  );
}

async function failingSnapshot(lib) {
  const kept = open(lib, 7);
  await rejects(lib, () => lib.loadSync({ ...acme(), plan: BROKEN }), { code: "trap" });
  await rejects(lib, () => lib.load({ ...acme(), plan: BROKEN }), { code: "trap" });
  equal(tellAll(kept)[0], 7);
}

/** Eight times it fails, then it is asked once in sixteen times; one answer, and all is well. */
async function failingAgain(lib) {
  const [failing, other] = [open(lib, 18), open(lib, 19)];
  const before = [failing, other].map(tellAll);
  const asked = [];
  for (let n = 1; n <= 40; n += 1) {
    const error = await rejects(lib, () => failing.narrow(PANIC), { code: "trap" });
    if (/restarts/.test(error.message)) asked.push(n);
    equal(other.narrow("ana"), before[1][2], "another");
  }
  equal(asked, [1, 2, 3, 4, 5, 6, 7, 8, 16, 32]);
  for (let n = 41; n < 48; n += 1)
    await rejects(lib, () => failing.whoCan("reports.export"), { code: "trap", message: /keeps failing/ });
  equal([failing, other].map(tellAll), before);
}

/** A failure costs the others a copy: nothing is loaded again. */
async function lookingUp(lib) {
  const snapshot = open(lib, 20);
  const { Instance } = WebAssembly;
  let made = 0;
  WebAssembly.Instance = new Proxy(Instance, {
    construct(...args) {
      made += 1;
      return Reflect.construct(...args);
    },
  });
  try {
    await FAILURES["the small engine panics"](lib);
    equal(
      [
        snapshot.for("ana", { now: NOW }).can("conversations.view"),
        snapshot.for("nobody").can("conversations.view"),
        snapshot.user("ana").id,
        snapshot.users(),
      ],
      [true, false, "ana", acme().users.map(({ id }) => id)],
    );
    equal(made, 0, "instances");
  } finally {
    WebAssembly.Instance = Instance;
  }
}

async function loadUnderWay(lib, fail) {
  const kept = open(lib, 8);
  const pending = lib.load(Promise.resolve({ ...acme(), revision: 9 }));
  await fail(lib, kept);
  equal([tellAll(await pending)[0], tellAll(kept)[0]], [9, 8]);
}

async function freed(lib, fail) {
  const [gone, kept, dropped] = [open(lib, 10), open(lib, 11), open(lib, 12)];
  gone.free();
  await fail(lib, kept);
  dropped.free();
  gone.free();
  for (const snapshot of [gone, dropped]) {
    for (const ask of [() => snapshot.users(), () => snapshot.narrow("ana")])
      await rejects(lib, ask, { code: "freed" });
  }
  equal(tellAll(kept)[0], 11);
}

/** Whoever they are of: no engine sees the name. */
async function renewing(lib) {
  const snapshot = lib.loadSync({
    ...acme(),
    expiresAt: undefined,
    users: [{ id: PANIC, roles: [{ role: "admin", until: "2030-01-01T00:00:00Z" }, "agent"] }],
  });
  let now = NOW;
  const gate = snapshot.for(PANIC, { now: () => now });
  equal(gate.can("settings.labels"), true, "while the role holds");
  await failed(lib, () => snapshot.narrow(PANIC));
  now = 2e12;
  equal([gate.can("settings.labels"), gate.can("conversations.view")], [false, true], "when it has ended");
}

async function notRestarting(lib) {
  const snapshot = open(lib, 16);
  const before = tellAll(snapshot);
  for (const fail of Object.values(FAILURES)) await fail(lib, snapshot);
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function () {
    throw new RangeError("out of memory");
  };
  try {
    await rejects(lib, () => open(lib, 17), { code: "trap", message: /tries again/ });
    await rejects(lib, () => snapshot.narrow("ana"), { code: "trap", message: /tries again/ });
  } finally {
    WebAssembly.Instance = Instance;
  }
  equal(tellAll(snapshot), before);
}

async function leavingNothing(lib, fail, { memories, collect }) {
  const snapshots = [open(lib, 13), open(lib, 14), open(lib, 15)];
  for (let n = 0; n < MANY; n += 1) {
    await fail(lib, snapshots[n % 2]);
    // What fails again and again is not asked any more.
    if (n % 8 > 5)
      equal(
        snapshots.map((snapshot) => JSON.parse(snapshot.narrow("ana")).users.length),
        [1, 1, 1],
        "narrow",
      );
    equal(
      snapshots.map((snapshot) => snapshot.users().length),
      Array(3).fill(acme().users.length),
      "users",
    );
  }
  if (collect === undefined) return;
  const count = await settled(memories, collect);
  ok(count <= KEPT, `${count} memories of ${MANY} failed instances are left`);
}

async function keepingNothing(lib, fail, { memories, collect }) {
  const idle = [];
  for (let n = 0; n < 20; n += 1) {
    idle.push(open(lib, 100 + n));
    await fail(lib, idle[n]);
  }
  const before = tellAll(open(lib, 100));
  const count = await settled(memories, collect);
  ok(count <= KEPT, `${count} memories of ${idle.length} failed instances are left`);
  equal(tellAll(idle[0]), before, "what the first answers");
  equal(
    idle.map((snapshot) => snapshot.users().length),
    Array(idle.length).fill(acme().users.length),
    "users",
  );
}

/** How many memories are left when what nobody holds is collected, which may take some tasks. */
async function settled(memories, collect) {
  let count = Infinity;
  for (let tries = 0; tries < 10 && count > KEPT; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    await collect();
    count = memories();
  }
  return count;
}

/** From now on, how many memories of instances are still there. */
function watchMemories() {
  const seen = [];
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, args) {
      const instance = Reflect.construct(target, args);
      seen.push(new WeakRef(instance.exports.memory));
      return instance;
    },
  });
  return () => seen.filter((reference) => reference.deref() !== undefined).length;
}
