// Routes and menus: what is closed stays closed, whatever is missing, misspelt or not there yet.

import assert from "node:assert/strict";
import { test } from "node:test";
import { guard, menu } from "../../../pkg/bindings/routes.js";
import { testGate, testStore } from "../../../pkg/testing/index.js";
import { ending, endingGate, gateOf, inTime, MINE, NOW, OTHERS, polluted, slowStore } from "./world.mjs";

test("a guard lets in who may, and sends others elsewhere", () => {
  const gate = gateOf();
  const redirect = { to: "/login" };
  assert.equal(guard(gate, "c.reply"), true);
  assert.equal(guard(gate, "c.close"), false);
  assert.equal(guard(gate, "c.close", { redirect }), redirect);
  assert.equal(guard(gate, "c.close", { redirect: () => redirect }), redirect);
  assert.equal(guard(gate, "c.reply", { redirect: () => assert.fail() }), true);
  assert.throws(
    () =>
      guard(gate, "c.close", {
        redirect: () => {
          throw redirect;
        },
      }),
    (it) => it === redirect,
  );
  assert.equal(guard(gate.toJSON(), "c.reply"), true);
  assert.equal(guard(gate.toJSON(), "c.close", { redirect: "/login" }), "/login");
});

test("about a record: the presence of the key decides", () => {
  const ask = (options) => guard(gateOf(), "c.reply", options);
  assert.deepEqual([ask({ resource: MINE }), ask({ resource: OTHERS })], [true, false]);
  assert.deepEqual([ask({ resource: undefined }), ask({ resource: null }), ask({})], [false, false, true]);
});

test("nothing that a router takes for a yes comes of a no", () => {
  for (const nothing of [undefined, null, true])
    for (const redirect of [nothing, () => nothing])
      assert.equal(guard(gateOf(), "c.close", { redirect }), false, String(redirect));
  for (const falsy of ["", 0, false]) assert.equal(guard(gateOf(), "c.close", { redirect: falsy }), falsy);
});

test("a store without an answer is waited for", async () => {
  const store = testStore();
  const answer = guard(store, "c.reply", { resource: MINE, redirect: "/login" });
  const denied = guard(store, "c.close", { redirect: "/login" });
  assert.equal(await Promise.race([answer, "not yet"]), "not yet");
  store.emit(gateOf());
  assert.deepEqual(await Promise.all([answer, denied]), [true, "/login"]);
  store.emit([], "closed");
  assert.equal(await guard(store, "c.reply"), false);
});

test("a store is waited for, whoever made its promise", async () => {
  const store = { ...slowStore(gateOf([]), "empty"), ready: undefined };
  let becomeReady;
  Object.defineProperty(store, "ready", { value: { then: (done) => (becomeReady = done) } });
  const answer = guard(store, "c.reply");
  await undefined;
  store.gate = gateOf();
  becomeReady();
  assert.equal(await answer, true);
});

test(
  "what has ended is closed, by the clock of who asks",
  inTime((tick) => {
    tick(5000);
    assert.equal(guard(endingGate(1000), "c.view"), false);
    assert.equal(guard({ ...ending(1000), at: NOW }, "c.view", { redirect: "/" }), "/");
  }),
);

test("a misspelt option or a wrong source opens nothing", () => {
  for (const options of [{ record: MINE }, { on: MINE }, { redirct: "/" }])
    assert.throws(() => guard(gateOf(), "c.reply", options), { code: "bad-options" });
  assert.throws(() => guard(undefined, "c.reply"), { code: "bad-options" });
  assert.throws(() => guard({}, "c.reply"), { code: "bad-gate-data" });
  polluted({ redirect: "/in", resource: MINE }, () => {
    assert.equal(guard(gateOf(), "c.close", {}), false);
    assert.equal(guard(gateOf(["c.view"]), "c.reply", {}), false);
  });
});

const labels = (items) => items.map(({ label, children }) => (children ? [label, labels(children)] : label));
const ITEMS = [
  { label: "Home", permission: null },
  { label: "Inbox", permission: "c.view" },
  { label: "Close", permission: "c.close" },
  {
    label: "More",
    children: [
      { label: "Reply", permission: "c.reply" },
      { label: "Export", permission: "c.export" },
      { label: "Deep", children: [{ label: "Delete", permission: "c.delete" }] },
    ],
  },
  { label: "Admin", children: [{ label: "Delete", permission: "c.delete" }] },
];

test("a menu shows what is open, in its order, and no parent without children", () => {
  assert.deepEqual(labels(menu(ITEMS, gateOf())), ["Home", "Inbox", ["More", ["Reply"]]]);
  assert.deepEqual(labels(menu(ITEMS, gateOf([]))), ["Home"]);
  assert.deepEqual(menu([{ label: "Empty", permission: null, children: [] }], gateOf()), []);
  assert.deepEqual(menu([], gateOf()), []);
});

test("its entries are the same objects where nothing is dropped, and nobody's are changed", () => {
  const before = structuredClone(ITEMS);
  const [home, inbox, more] = menu(ITEMS, gateOf());
  assert.deepEqual([home === ITEMS[0], inbox === ITEMS[1], more === ITEMS[3]], [true, true, false]);
  assert.equal(menu(ITEMS, testGate(["c.reply", "c.export", "c.delete"]))[1], ITEMS[3]);
  assert.deepEqual(ITEMS, before);
});

test("a parent with a permission of its own needs that, too", () => {
  const items = (permission) => [
    { label: "More", permission, children: [{ label: "View", permission: "c.view" }] },
  ];
  assert.equal(menu(items("c.reply"), gateOf()).length, 1);
  assert.equal(menu(items(null), gateOf()).length, 1);
  assert.equal(menu(items("c.close"), gateOf()).length, 0);
});

test("entries about a record: the presence of the key decides", () => {
  const item = (resource) => ({ label: "Reply", permission: "c.reply", resource });
  const shown = [MINE, OTHERS, undefined, null].map((resource) => menu([item(resource)], gateOf()).length);
  assert.deepEqual(shown, [1, 0, 0, 0]);
});

test("an entry without a permission is an error, not for everybody", () => {
  const PERMISSIONS = {};
  for (const item of [
    { label: "Bare" },
    { label: "Misspelt", permision: "c.view" },
    { label: "Not found", permission: PERMISSIONS.view },
    { label: "Parent, not found", permission: PERMISSIONS.view, children: [{ permission: null }] },
    { label: "No children", children: null },
    { label: "Deep", children: [{ label: "Bare" }] },
  ])
    assert.throws(() => menu([item], gateOf()), { code: "bad-options" }, item.label);
  polluted({ permission: null }, () => {
    assert.throws(() => menu([{ label: "Bare" }], gateOf()), { code: "bad-options" });
    assert.equal(menu([{ label: "Parent", children: [{ permission: "c.close" }] }], gateOf()).length, 0);
  });
  polluted({ resource: MINE, children: [{ permission: null }] }, () => {
    assert.equal(menu([{ permission: "c.reply" }], gateOf(["c.view"])).length, 0);
    assert.deepEqual(menu([{ permission: "c.reply" }], gateOf()), [{ permission: "c.reply" }]);
  });
});

test("a permission that is no permission is closed", () => {
  for (const permission of ["", "toString", "__proto__", 0, [], {}])
    assert.deepEqual(menu([{ permission }], gateOf()), [], String(permission));
});
