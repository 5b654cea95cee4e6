// What a server renders with the components of Solid.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createComponent, mergeProps } from "solid-js";
import { renderToString } from "solid-js/web";
import { load } from "../../../pkg/entries/node.js";
import { Can, RolegateProvider, useCan, useExplain, useGate, useScope } from "../../../pkg/solid/index.js";
import { testGate, testStore } from "../../../pkg/testing/index.js";

const gate = testGate({ reply: "own", view: true }, { user: "ana" });
const [mine, theirs] = [{ owner: "ana" }, { owner: "bo" }];

/** What `make` renders below a provider. */
const shown = (value, make) =>
  renderToString(() =>
    createComponent(RolegateProvider, {
      value,
      get children() {
        return createComponent(make, {});
      },
    }),
  );
const answer = (ask, value = gate) => shown(value, () => String(ask()()));
const can = (props, value = gate) =>
  shown(value, () => createComponent(Can, { fallback: "no", children: "yes", ...props }));

test("whether a record was given decides what is asked", () => {
  assert.equal(
    answer(() => useCan("reply")),
    "true",
  );
  for (const [record, wanted] of [
    [mine, "true"],
    [theirs, "false"],
    [undefined, "false"],
    [null, "false"],
  ]) {
    assert.equal(
      answer(() => useCan("reply", record)),
      wanted,
    );
    assert.equal(
      answer(() =>
        useCan(
          () => "reply",
          () => record,
        ),
      ),
      wanted,
    );
    const state = record ? (wanted === "true" ? "yes" : "no") : "wait";
    assert.equal(can({ permission: "reply", on: record, pending: "wait" }), state);
    // A component that passes on what it was given.
    const passed = mergeProps(
      { permission: "reply", pending: "wait", fallback: "no", children: "yes" },
      () => ({
        on: record,
      }),
    );
    assert.equal(
      shown(gate, () => createComponent(Can, passed)),
      state,
    );
  }
  assert.equal(can({ permission: "reply" }), "yes");
});

test("what is denied is not made", () => {
  let made = 0;
  const children = (on) =>
    shown(gate, () =>
      createComponent(Can, {
        permission: "reply",
        on,
        get children() {
          made += 1;
          return "yes";
        },
      }),
    );
  assert.equal(children(theirs), "");
  assert.equal(children(undefined), "");
  assert.equal(made, 0);
  assert.equal(children(mine), "yes");
  assert.equal(made, 1);
});

test("an accessor is content as any other, and shown only where it is allowed", () => {
  const children = () => "secret";
  assert.equal(can({ permission: "reply", on: theirs, children }), "no");
  assert.equal(can({ permission: "reply", on: mine, children }), "secret");
});

test("a function gets the answer and the reason", async () => {
  const snapshot = await load({
    format: "rolegate/1",
    revision: 1,
    catalog: { categories: [{ id: "c", permissions: [{ id: "reply", scopes: ["own", "all"] }] }] },
    roles: [{ id: "agent", name: "Agent", grants: { reply: "own" } }],
    users: [{ id: "ana", roles: ["agent"] }],
  });
  const explaining = snapshot.for("ana");
  const children = (allowed, why) => `${allowed} ${why?.reason}`;
  assert.equal(can({ permission: "reply", on: mine, children }, explaining), "true undefined");
  assert.equal(can({ permission: "reply", on: theirs, children }, explaining), "false out-of-scope");
  assert.equal(can({ permission: "reply", on: theirs, children }), "false undefined");
  const reason = (...about) => shown(explaining, () => useExplain("reply", ...about)().reason);
  assert.equal(reason(theirs), "out-of-scope");
  assert.equal(reason(), "granted");
  assert.throws(() => shown(gate, () => useExplain("reply")().reason), { code: "bad-gate-data" });
  assert.equal(
    shown(explaining, () => useScope("reply")().kind),
    "some",
  );
});

test("a store without an answer is pending, and a server does not listen to it", () => {
  const store = testStore();
  store.subscribe = () => assert.fail("subscribed");
  const permission = "view";
  assert.equal(can({ permission, pending: "wait" }, store), "wait");
  assert.equal(can({ permission }, store), "no");
  store.emit(gate);
  assert.equal(can({ permission, pending: "wait" }, store), "yes");
});

test("gate data are rendered as of the time at which they were made", () => {
  const at = Date.now() - 10_000;
  const data = { ...gate.toJSON(), at, expires: at + 5000 };
  assert.equal(can({ permission: "view" }, data), "yes");
  assert.equal(
    shown(data, () => String(useGate()().can("view"))),
    "true",
  );
});

test("a component without a provider says what is missing", () => {
  assert.throws(
    () => renderToString(() => String(useCan("view")())),
    (error) => error.code === "bad-options" && /needs a <RolegateProvider>/.test(error.message),
  );
});
