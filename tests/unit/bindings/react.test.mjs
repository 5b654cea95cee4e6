// React on a server: HTML without what is closed, and what the build must keep. Browsers: tests/consumers.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createElement, Fragment, Suspense, use } from "react";
import { renderToStaticMarkup, renderToString } from "react-dom/server";
import { prerender } from "react-dom/static";
import { Can, RolegateProvider, useCan, useExplain, useGate, useScope } from "../../../pkg/react/index.js";
import { testGate, testStore } from "../../../pkg/testing/index.js";
import { ending, gateOf, inTime, MINE, NOW, OTHERS, polluted } from "./world.mjs";

const shown = (value, ...children) =>
  renderToStaticMarkup(createElement(RolegateProvider, { value }, ...children));
const asked = (ask) => createElement(() => JSON.stringify(ask()));
const can = (props, children = "SECRET") => createElement(Can, { permission: "c.reply", ...props }, children);

test("closed content is not in the HTML", () => {
  const secret = createElement(() => assert.fail("rendered"));
  for (const props of [
    { on: OTHERS },
    { on: undefined },
    { on: null },
    { permission: "c.close" },
    { permission: "" },
  ])
    assert.equal(shown(gateOf(), can(props, secret)), "", JSON.stringify(props));
  assert.equal(shown(testStore(), can({}, secret)), "");
  assert.equal(shown(gateOf(), can({ on: MINE })), "SECRET");
  assert.equal(shown(gateOf(), can({})), "SECRET");
});

test("fallback, pending, and which is shown when", () => {
  const both = { fallback: "fallback", pending: "pending" };
  assert.equal(shown(gateOf(), can({ on: OTHERS, ...both })), "fallback");
  assert.equal(shown(gateOf(), can({ on: undefined, ...both })), "pending");
  assert.equal(shown(testStore(), can(both)), "pending");
  assert.equal(shown(gateOf(), can({ on: undefined, fallback: "fallback" })), "fallback");
  assert.equal(shown(gateOf(), can({ on: undefined, fallback: "fallback", pending: null })), "");
});

test("a function is told the answer and why not, in every state", () => {
  const told = (value, props) =>
    shown(
      value,
      can(props, (...told) => JSON.stringify(told)),
    );
  assert.equal(told(gateOf(), { on: MINE }), "[true,null]");
  assert.equal(told(gateOf(), { on: undefined, fallback: "never" }), "[false,null]");
});

test("the hooks ask in both forms", () => {
  const ask = (value, hook) => JSON.parse(shown(value, asked(hook)).replaceAll("&quot;", '"'));
  assert.deepEqual(
    ask(gateOf(), () => [
      useCan("c.reply"),
      useCan("c.reply", MINE),
      useCan("c.reply", OTHERS),
      useCan("c.reply", undefined),
      useCan("c.reply", null),
    ]),
    [true, true, false, false, false],
  );
  assert.equal(
    ask(gateOf(), () => useScope("c.reply").kind),
    "some",
  );
  assert.equal(
    ask(gateOf(), () => useGate().can("c.view")),
    true,
  );
  assert.throws(
    () =>
      shown(
        gateOf(),
        asked(() => useExplain("c.reply")),
      ),
    { code: "bad-gate-data" },
  );
});

test(
  "HTML from gate data is of the time at which they were made, of gates and stores of now",
  inTime((tick) => {
    const data = ending(1000);
    tick(5000);
    assert.equal(shown(data, can({})), "SECRET");
    assert.equal(shown({ ...data, at: NOW + 1000 }, can({})), "");
  }),
);

test("without a provider, and with one that has no source, nothing is shown", () => {
  assert.throws(() => renderToString(can({})), { code: "bad-options" });
  for (const value of [undefined, null, {}, { can: true }])
    assert.throws(
      () => shown(value, can({})),
      ({ code }) => ["bad-options", "bad-gate-data"].includes(code),
    );
});

test("the nearest provider answers", () => {
  const inner = createElement(RolegateProvider, { value: gateOf([]) }, can({}));
  assert.equal(shown(gateOf(), can({}), inner, can({})), "SECRETSECRET");
});

test("what is on Object.prototype is no record, and opens nothing", () => {
  polluted({ on: OTHERS }, () => assert.equal(shown(gateOf(), can({})), "SECRET"));
  polluted({ allowed: "SECRET", denied: "SECRET" }, () =>
    assert.equal(shown(gateOf([]), can({}, "other")), ""),
  );
});

test("`use(store.ready)` suspends until there is an answer", async () => {
  const store = testStore();
  const page = createElement(
    RolegateProvider,
    { value: store },
    createElement(
      Suspense,
      { fallback: "waiting" },
      createElement(() => (use(store.ready), can({}))),
    ),
  );
  assert.match(renderToString(page), /waiting/);
  setTimeout(() => store.emit(gateOf()), 5);
  const { prelude } = await prerender(page);
  const html = await new Response(prelude).text();
  assert.match(html, /SECRET/);
  assert.doesNotMatch(html, /waiting/);
});

test("`onDecision` hears each question once", () => {
  const decisions = [];
  const gate = testGate(["c.view"], { onDecision: ({ permission }) => decisions.push(permission) });
  const asking = asked(() => [useCan("c.view"), useCan("c.reply", MINE)]);
  shown(
    gate,
    asking,
    createElement(
      Fragment,
      null,
      can({ on: MINE }, (_, why) => why?.text),
    ),
  );
  assert.deepEqual(decisions, ["c.view", "c.reply", "c.reply"]);
});

test("the build keeps the directive of client components, and adds none for server components", () => {
  const textOf = (name) => readFileSync(new URL(`../../../pkg/react/${name}.js`, import.meta.url), "utf8");
  assert.match(textOf("index"), /^"use client";/);
  assert.doesNotMatch(textOf("server"), /use client/);
});

test("the binding translates and nothing else: at most 80 lines of code", () => {
  for (const name of ["index", "server"]) {
    const source = readFileSync(
      new URL(`../../../pkg-template/src/react/${name}.ts`, import.meta.url),
      "utf8",
    );
    const code = source
      .replaceAll(/\/\*.*?\*\//gs, "")
      .replaceAll(/^import [^;]*;$/gm, "")
      .split("\n")
      .filter((line) => !/^\s*(\/\/.*)?$/.test(line));
    assert.ok(code.length > 20 && code.length <= 80, `${name}: ${code.length} lines`);
  }
});
