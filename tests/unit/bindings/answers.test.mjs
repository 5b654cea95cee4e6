// The questions of components: allowed, denied or not known yet, why not, and when two answers are the same.

import assert from "node:assert/strict";
import { test } from "node:test";
import { explanationOf, isAllowed, once, stateOf, steady, whyNot } from "../../../pkg/bindings/answers.js";
import { follow } from "../../../pkg/bindings/live.js";
import { load } from "../../../pkg/entries/node.js";
import { restore } from "../../../pkg/lite/index.js";
import { testGate, testStore } from "../../../pkg/testing/index.js";
import {
  AGING,
  agingGate,
  counter,
  gateOf,
  inTime,
  MINE,
  NOW,
  OTHERS,
  OWN,
  options,
  polluted,
} from "./world.mjs";

const snapshot = await load(
  JSON.stringify({
    format: "rolegate/1",
    revision: 1,
    catalog: {
      categories: [{ id: "c", permissions: [{ id: "c.reply", scopes: ["own", "all"] }, { id: "c.view" }] }],
    },
    roles: [{ id: "r", name: "R", grants: { "c.reply": "own" } }],
    users: [{ id: "ana", roles: ["r"] }],
  }),
);

test("no record asks in general; undefined and null are a record that is not there", () => {
  const live = follow(gateOf());
  const ask = (...about) => isAllowed(live, live.gate, "c.reply", about);
  assert.deepEqual([ask(), ask(MINE), ask(OTHERS)], [true, true, false]);
  assert.deepEqual([ask(undefined), ask(null), ask(""), ask([])], [false, false, false, false]);
});

test("what is closed for want of an answer or a record is pending", () => {
  const store = testStore();
  const live = follow(store);
  const state = (...about) => stateOf(live, live.gate, "c.reply", about);
  assert.deepEqual([state(), state(MINE), state(undefined)], ["pending", "pending", "pending"]);
  store.emit(gateOf());
  assert.deepEqual(
    [state(), state(MINE), state(OTHERS), state(undefined), state(null), state(0)],
    ["allowed", "allowed", "denied", "pending", "pending", "denied"],
  );
  assert.equal(stateOf(live, live.gate, "c.view", [undefined]), "allowed");
  store.emit([], "closed");
  assert.deepEqual([state(), state(MINE)], ["denied", "denied"]);
});

test(
  "asking about a record wakes when its age changes the answer",
  inTime((tick) => {
    for (const ask of [isAllowed, stateOf, explanationOf, whyNot]) {
      const live = follow(aging.for("ana", { now: options.now }));
      const listener = counter();
      live.subscribe(listener);
      ask(live, live.gate, "c.reply", [{ at: new Date(Date.now()) }]);
      tick(2100);
      assert.equal(listener.calls, 1, ask.name);
    }
  }),
);

const aging = await load(
  JSON.stringify({
    format: "rolegate/1",
    revision: 1,
    catalog: { categories: [{ id: "c", permissions: [{ id: "c.reply", scopes: ["own", "all"] }] }] },
    roles: [{ id: "r", name: "R", grants: { "c.reply": { when: { "resource.at": { $since: "now-2s" } } } } }],
    users: [{ id: "ana", roles: ["r"] }],
  }),
);
test(
  "the answers of the first rendering, which may be over, wake nobody",
  inTime((tick) => {
    const data = agingGate().toJSON();
    const live = follow({ ...data, at: NOW - 10_000 });
    const listener = counter();
    live.subscribe(listener);
    const before = live.gate;
    assert.equal(isAllowed(live, live.first, "c.reply", [{ at: new Date(NOW - 11_000) }]), true);
    assert.equal(live.gate, before);
    tick(60_000);
    assert.equal(listener.calls, 0);
  }),
);

test("why not: an explanation where the gate can tell, and only of a no", () => {
  const full = follow(snapshot.for("ana"));
  assert.equal(whyNot(full, full.gate, "c.reply", [OTHERS]).reason, "out-of-scope");
  assert.equal(whyNot(full, full.gate, "c.reply", [undefined]).record, "unknown");
  assert.equal(whyNot(full, full.gate, "c.reply", [MINE]), undefined);
  assert.equal(whyNot(full, full.gate, "c.reply", []), undefined);
  assert.equal(whyNot(full, full.gate, "c.view", []).reason, "not-granted");
  assert.equal(explanationOf(full, full.gate, "c.reply", [MINE]).reason, "granted");
  const mute = follow(gateOf());
  assert.equal(whyNot(mute, mute.gate, "c.reply", [OTHERS]), undefined);
  assert.throws(() => explanationOf(mute, mute.gate, "c.reply", [OTHERS]), { code: "bad-gate-data" });
});

test("explaining is no decision for `onDecision`", () => {
  const decisions = [];
  const live = follow(snapshot.for("ana", { onDecision: ({ permission }) => decisions.push(permission) }));
  explanationOf(live, live.gate, "c.reply", [OTHERS]);
  whyNot(live, live.gate, "c.reply", [OTHERS]);
  assert.deepEqual(decisions, []);
  stateOf(live, live.gate, "c.reply", [OTHERS]);
  assert.deepEqual(decisions, ["c.reply"]);
});

test("a gate is asked once, however often a framework looks", () => {
  const asked = [];
  const ask = once((gate) => {
    asked.push(gate);
    return gate.can("c.view");
  });
  const [one, other] = [gateOf(), gateOf([])];
  assert.deepEqual([ask(one), ask(one), ask(other), ask(other), ask(one)], [true, true, false, false, true]);
  assert.deepEqual(asked, [one, other, one]);
  let fails = true;
  const failing = once(() => {
    if (fails) throw new Error("not yet");
    return 1;
  });
  assert.throws(() => failing(one), /not yet/);
  fails = false;
  assert.equal(failing(one), 1);
});

/** Makes answers of one source steady. */
function keeper(source = gateOf()) {
  const keep = steady();
  const live = follow(source);
  return (answer) => keep(() => answer)(live, live.gate);
}

test("an answer that says the same stays the same object", () => {
  const keep = keeper();
  const scopes = [OWN, OWN, { "c.reply": true }, OWN].map((it) => keep(gateOf(it).scope("c.reply")));
  assert.equal(scopes[0], scopes[1]);
  assert.deepEqual(
    scopes.map(({ kind }) => kind),
    ["some", "some", "all", "some"],
  );
  const why = keeper();
  const explained = (record) => why(snapshot.for("ana").explain("c.reply", record));
  assert.equal(explained(OTHERS), explained(OTHERS));
  assert.notEqual(explained(OTHERS), explained(MINE));
  const state = keeper();
  const first = state({ state: "denied", why: undefined });
  assert.equal(state({ state: "denied", why: undefined }), first);
  assert.equal(state({ state: "allowed", why: undefined }).state, "allowed");
  assert.equal(keeper()(undefined), undefined);
});

test("scopes differ by when they end", () => {
  const keep = keeper();
  const end = (ms) =>
    restore({ ...gateOf().toJSON(), at: NOW, expires: NOW + ms }, { now: NOW }).scope("c.reply");
  const one = keep(end(1000));
  assert.equal(keep(end(1000)), one);
  assert.notEqual(keep(end(2000)), one);
});

test(
  "a scope goes by the clock of the first rendering only there, and by that of another source",
  inTime(() => {
    const scopeOf = steady()((_, gate) => gate.scope("c.reply"));
    const record = { at: new Date(NOW - 5000) };
    const live = follow({ ...agingGate().toJSON(), at: NOW - 5000 });
    const first = scopeOf(live, live.first);
    assert.deepEqual([first.matches(record), scopeOf(live, live.first) === first], [true, true]);
    const now = scopeOf(live, live.gate);
    assert.deepEqual([now.matches(record), scopeOf(live, live.gate) === now], [false, true]);
    const slow = follow(testGate(AGING, { ...options, now: () => NOW - 5000 }));
    assert.equal(scopeOf(slow, slow.gate).matches(record), true);
    assert.equal(scopeOf(live, live.gate).matches(record), false);
  }),
);

test("an explanation stays the same object after the first rendering", () => {
  const live = follow({ ...snapshot.for("ana").toJSON({ explain: true }), at: NOW });
  const ask = steady()((it, gate) => explanationOf(it, gate, "c.view", []));
  assert.equal(ask(live, live.first), ask(live, live.gate));
});

test("what cannot be written as text is never taken for the same", () => {
  const keep = keeper();
  const round = {};
  round.round = round;
  const other = { round };
  assert.equal(keep(round), round);
  assert.equal(keep(other), other);
  assert.equal(keep(round), round);
  const long = () => ({ toJSON: () => assert.fail("too long") });
  assert.notEqual(keep(long()), keep(long()));
});

test("a `toJSON` on Object.prototype makes no two answers the same", () => {
  polluted({ toJSON: () => "all the same" }, () => {
    const keep = keeper();
    keep({ state: "allowed" });
    assert.equal(keep({ state: "denied" }).state, "denied");
    const scope = keeper();
    scope(testGate(["c.view"]).scope("c.view"));
    assert.equal(scope(testGate([]).scope("c.view")).kind, "none");
  });
});

test("what a loud gate throws is a no, of which a page is told; a server shows nothing", () => {
  const live = follow(snapshot.for("ana", { onUnknown: "throw" }));
  const ask = () => isAllowed(live, live.gate, "c.nothing", []);
  assert.throws(ask, { code: "unknown-permission" });
  const told = [];
  globalThis.reportError = ({ code }) => told.push(code);
  try {
    assert.equal(ask(), false);
    assert.equal(stateOf(live, live.gate, "c.nothing", [MINE]), "denied");
    assert.equal(isAllowed(live, live.gate, "c.reply", [MINE]), true);
  } finally {
    delete globalThis.reportError;
  }
  assert.deepEqual(told, ["unknown-permission", "unknown-permission"]);
});
