// What a server renders with Svelte. What pages do is in tests/consumers/ui-svelte.

import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { after, test } from "node:test";
import { compile } from "svelte/compiler";
import { render } from "svelte/server";
import { get } from "svelte/store";
import { createGate } from "../../../pkg/svelte/index.js";
import { testGate, testStore } from "../../../pkg/testing/index.js";

const mine = { id: 1, owner: "ana" };
const theirs = { id: 2, owner: "bo" };
const own = testGate({ "c.reply": "own", "c.view": true }, { user: "ana" });
const nothing = testGate([], { user: "ana" });

/** In the repository, so that what is compiled finds the framework. */
const folder = new URL(`../../../target/svelte-${process.pid}/`, import.meta.url);
mkdirSync(folder, { recursive: true });
after(() => rmSync(folder, { recursive: true }));

let written = 0;

/** The HTML of markup about `gate` and `record`. */
async function rendered(markup, source, record) {
  const { js } = compile(`<script>let { gate, record } = $props();</script>${markup}`, {
    generate: "server",
  });
  const file = new URL(`${(written += 1)}.mjs`, folder);
  writeFileSync(file, js.code);
  const { default: Component } = await import(file);
  const { body } = await render(Component, { props: { gate: createGate(source), record } });
  return body.replaceAll(/<!--.*?-->/g, "");
}

/** A store that counts how often somebody begins to listen. */
function counting() {
  const store = testStore(own);
  const { subscribe } = store;
  store.begun = 0;
  store.subscribe = (listener) => {
    store.begun += 1;
    return subscribe(listener);
  };
  return store;
}

test("what is closed is not in a server's HTML", async () => {
  const markup = `{#if gate.can("c.reply", record)}secret{:else}no{/if}`;
  assert.equal(await rendered(markup, own, mine), "secret");
  assert.equal(await rendered(markup, own, theirs), "no");
  assert.equal(await rendered(markup, nothing, mine), "no");
});

test("whether it is about a record is told by the number of arguments", async () => {
  const markup = `{gate.state("c.reply", record)} {gate.state("c.reply")} {gate.can("c.reply", undefined)}`;
  for (const record of [undefined, null])
    assert.equal(await rendered(markup, own, record), "pending allowed false");
  assert.equal(await rendered(markup, own, theirs), "denied allowed false");
  assert.equal(await rendered(markup, testStore(), mine), "pending pending false");
});

test("`$gate` is the current gate; scopes and reasons", async () => {
  assert.equal(await rendered(`{$gate.can("c.reply", record)}`, own, mine), "true");
  const why = `{gate.scope("c.reply").kind} {gate.whyNot("c.close")?.reason ?? "unknown"}`;
  assert.equal(await rendered(why, own), "some unknown");
  const told = Object.setPrototypeOf({ explain: () => ({ allowed: false, reason: "denied" }) }, own);
  assert.equal(await rendered(`${why} {gate.explain("c.close").reason}`, told), "some denied denied");
  assert.throws(() => createGate(own).explain("c.close"), { code: "bad-gate-data" });
});

test("a server answers by the time of the data", async () => {
  const data = { ...own.toJSON(), at: Date.now() - 60_000, expires: Date.now() - 1000 };
  const markup = `{gate.can("c.view")} {$gate.can("c.view")} {gate.current.can("c.view")}`;
  assert.equal(await rendered(markup, data), "true true true");
  assert.equal(await rendered(markup, { ...data, at: Date.now() }), "false false false");
});

test("a server does not listen; attachments are a page's", async () => {
  const store = counting();
  const markup = `{gate.can("c.reply")}{$gate.can("c.view")}<b {@attach gate.hideUnless("c.close")}>x</b>`;
  assert.equal(await rendered(markup, store), "truetrue<b>x</b>");
  assert.equal(store.begun, 0);
});

test("a function gives another source, and what is no source is refused", () => {
  let source = own;
  const gate = createGate(() => source);
  assert.equal(gate.can("c.view"), true);
  source = nothing;
  assert.deepEqual([gate.can("c.view"), get(gate).can("c.view")], [false, false]);
  for (const wrong of [undefined, null, 7, "gate", () => undefined])
    assert.throws(() => createGate(wrong), { code: "bad-options" }, String(wrong));
  assert.throws(() => createGate({}), { code: "bad-gate-data" });
});
