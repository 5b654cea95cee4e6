// What bindings follow: one gate that is replaced when an answer may have changed, and listeners that hear of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { follow, identityOf } from "../../../pkg/bindings/live.js";
import { restore } from "../../../pkg/lite/index.js";
import { testGate, testStore } from "../../../pkg/testing/index.js";
import {
  agingGate,
  counter,
  ending,
  endingGate,
  gateOf,
  inTime,
  MINE,
  NOW,
  options,
  polluted,
  slowStore,
} from "./world.mjs";

const HOUR = 3_600_000;

/** Moves the clock and no timer. */
function setClock(by) {
  const { now } = Date;
  Date.now = () => now() + by;
}

test(
  "a gate stays the same object until time changes an answer",
  inTime((tick) => {
    const live = follow(endingGate(1000));
    const listener = counter();
    live.subscribe(listener);
    const before = live.gate;
    assert.equal(live.gate, before);
    assert.equal(live.first, before);
    tick(999);
    assert.equal(live.gate, before);
    assert.equal(listener.calls, 0);
    tick(60);
    assert.equal(listener.calls, 1);
    assert.notEqual(live.gate, before);
    assert.equal(live.gate.can("c.view"), false);
    const after = live.gate;
    tick(600_000);
    assert.equal(live.gate, after);
    assert.equal(listener.calls, 1);
  }),
);

test(
  "whoever reads first takes the news from nobody",
  inTime((tick) => {
    const live = follow(endingGate(1000));
    const listener = counter();
    live.subscribe(listener);
    tick(990);
    setClock(500); // timers are late
    const found = live.gate;
    assert.equal(found.can("c.view"), false);
    tick(60);
    assert.equal(listener.calls, 1);
    assert.equal(live.gate, found);
  }),
);

test(
  "nor does who reads a store before its listeners are called",
  inTime((tick) => {
    const store = slowStore(gateOf());
    const live = follow(store);
    const listener = counter();
    live.subscribe(listener);
    store.gate = gateOf([]);
    assert.equal(live.gate, store.gate);
    live.wake(NOW + 500_000); // must not put off what is due
    tick(60);
    assert.equal(listener.calls, 1);
    store.tell();
    assert.equal(live.gate, store.gate);
  }),
);

test("a store's gate is the gate, and its changes are heard", () => {
  const store = testStore(gateOf());
  const live = follow(store);
  const listener = counter();
  const stop = live.subscribe(listener);
  assert.equal(live.gate, store.gate);
  store.emit([]);
  assert.equal(listener.calls, 1);
  assert.equal(live.gate, store.gate);
  stop();
  stop();
  store.emit(["c.view"]);
  assert.equal(listener.calls, 1);
  assert.equal(live.gate.can("c.view"), true);
});

test("a store without an answer is empty", () => {
  const store = testStore();
  const live = follow(store);
  assert.equal(live.isEmpty, true);
  store.emit(["c.view"]);
  assert.equal(live.isEmpty, false);
  assert.equal(follow(gateOf()).isEmpty, false);
});

test(
  "the first answers of data are those of the time at which they were made",
  inTime((tick) => {
    const data = ending(1000);
    tick(5000);
    const live = follow(data);
    assert.equal(live.first.can("c.reply", MINE), true);
    assert.equal(live.gate.can("c.reply", MINE), false);
    assert.equal(live.first, live.first);
  }),
);

test(
  "it wakes when a record's own time comes, also earlier than before",
  inTime((tick) => {
    const live = follow(agingGate());
    const listener = counter();
    live.subscribe(listener);
    const before = live.gate;
    live.wake(live.gate.until("c.reply", { at: new Date(NOW) }));
    live.wake(live.gate.until("c.reply", { at: new Date(NOW - 1000) }));
    live.wake(NaN);
    tick(1100);
    assert.equal(listener.calls, 1);
    assert.notEqual(live.gate, before);
    tick(100_000);
    assert.equal(listener.calls, 1);
  }),
);

test(
  "of a store that tells nobody, all hear soon what one has read",
  inTime((tick) => {
    const store = slowStore(gateOf());
    const live = follow(store);
    const listener = counter();
    live.subscribe(listener);
    store.gate = gateOf([]);
    assert.equal(live.gate, store.gate);
    tick(60);
    assert.equal(listener.calls, 1);
  }),
);

test(
  "after the machine slept, or its clock was set, it is heard within a second",
  inTime((tick) => {
    const live = follow(endingGate(HOUR));
    const listener = counter();
    live.subscribe(listener);
    tick(1000);
    setClock(HOUR);
    tick(1010);
    assert.equal(listener.calls, 1);
  }),
);

test(
  "who has left leaves no timer",
  inTime((tick) => {
    let reads = 0;
    const live = follow(restore(ending(1000), { now: () => ((reads += 1), Date.now()) }));
    live.subscribe(counter())();
    reads = 0;
    tick(100_000);
    assert.equal(reads, 0);
  }),
);

test(
  "what ends in months is not a timer that overflows",
  inTime((tick) => {
    const MONTHS = 100 * 86_400_000;
    const live = follow(endingGate(MONTHS));
    const listener = counter();
    live.subscribe(listener);
    for (let day = 0; day < 99; day += 1) tick(86_400_000);
    assert.equal(listener.calls, 0);
    tick(86_400_000 + 60_000);
    assert.equal(listener.calls, 1);
  }),
);

test(
  "a clock that stands still keeps nobody busy",
  inTime((tick) => {
    let reads = 0;
    const live = follow(restore(ending(10), { now: () => ((reads += 1), NOW) }));
    live.subscribe(counter());
    reads = 0;
    tick(1000);

    assert.ok(reads > 0 && reads <= (1000 / 50) * 6, `${reads} reads`);
  }),
);

test(
  "timers and subscriptions exist only while something listens",
  inTime((tick) => {
    const store = slowStore(endingGate(1000));
    const live = follow(store);
    const [one, other] = [counter(), counter()];
    const stops = [live.subscribe(one), live.subscribe(other), live.subscribe(other)];
    assert.equal(store.listeners.size, 1);
    stops[0]();
    tick(1100);
    assert.deepEqual([one.calls, other.calls], [0, 2]);
    stops[1]();
    assert.equal(store.listeners.size, 1);
    stops[2]();
    assert.equal(store.listeners.size, 0);
    const again = live.subscribe(one);
    assert.equal(store.listeners.size, 1);
    store.tell();
    assert.equal(one.calls, 1);
    again();
    const { gate } = live;
    store.gate = endingGate(1000);
    tick(100_000);
    assert.equal(one.calls, 1);
    assert.notEqual(live.gate, gate);
  }),
);

test(
  "a listener that leaves while a change arrives is not called; one that throws keeps nobody from it",
  inTime((tick) => {
    const store = testStore(gateOf());
    const live = follow(store);
    const calls = [];
    const stops = [];
    live.subscribe(() => {
      calls.push("first");
      for (const stop of stops) stop();
      throw new Error("mine");
    });
    stops.push(live.subscribe(() => calls.push("gone")));
    live.subscribe(() => calls.push("last"));
    assert.throws(() => store.emit(endingGate(1000)), /mine/);
    assert.deepEqual(calls, ["first", "last"]);
    assert.throws(() => tick(1100), /mine/);
    assert.deepEqual(calls, ["first", "last", "first", "last"]);
  }),
);

test("the same data made anew are the same source; gates and stores are what they are", () => {
  const gate = gateOf();
  const data = gate.toJSON();
  assert.equal(identityOf(data), identityOf({ ...JSON.parse(JSON.stringify(data)), at: data.at + 5 }));
  assert.notEqual(identityOf(data), identityOf({ ...data, user: "bo" }));
  assert.notEqual(identityOf(data), identityOf(ending(1000)));
  assert.equal(identityOf(gate), gate);
  const store = testStore(gate);
  assert.equal(identityOf(store), store);
  assert.notEqual(identityOf(testStore(gate)), identityOf(testStore(gate)));
});

test("anything else is refused", () => {
  const code = (value) => {
    try {
      follow(value);
    } catch (error) {
      return error.code;
    }
  };
  for (const value of [undefined, null, 1, "gate", true, Symbol("gate"), () => {}])
    assert.equal(code(value), "bad-options", String(value));
  for (const value of [{}, [], { can: true }, { subscribe: null }])
    assert.equal(code(value), "bad-gate-data");
});

test("what is on Object.prototype makes no store of a gate, and no gate of data", () => {
  const data = testGate(["c.view"]).toJSON();
  const store = testStore(["c.view"]);
  polluted({ subscribe: () => () => {}, can: () => true, status: "empty", gate: { can: () => true } }, () => {
    assert.equal(follow(data).gate.can("c.reply"), false);
    assert.equal(follow(testGate([])).gate.can("c.reply"), false);
    assert.equal(follow(store).gate, store.gate);
    assert.throws(() => follow({}), { code: "bad-gate-data" });
  });
  polluted({ toJSON: () => "all the same" }, () => {
    assert.notEqual(identityOf(data), identityOf({ ...data, user: "bo" }));
  });
});

test(
  "with the clock of a gate that tells no time, nothing is open and no timer runs",
  inTime((tick) => {
    const live = follow(testGate(["c.view"], { ...options, now: () => NaN }));
    const listener = counter();
    live.subscribe(listener);
    tick(200_000);
    assert.equal(live.gate.can("c.view"), false);
    assert.equal(listener.calls, 0);
  }),
);
