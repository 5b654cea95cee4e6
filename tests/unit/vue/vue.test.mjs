// Vue without a browser: what a server renders, and components with a renderer that draws nothing. What pages
// do is in tests/consumers/ui-vue.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createRenderer, createSSRApp, defineComponent, h, nextTick, reactive, ref, shallowRef } from "vue";
import { renderToString } from "vue/server-renderer";
import { testGate, testStore } from "../../../pkg/testing/index.js";
import { Can, provideGate, rolegate, useCan, useExplain, useGate, useScope } from "../../../pkg/vue/index.js";

const mine = { id: 1, owner: "ana" };
const theirs = { id: 2, owner: "bo" };
const own = testGate({ "c.reply": "own", "c.view": true }, { user: "ana" });
const nothing = testGate([], { user: "ana" });

/** The HTML of a template, whose names are those of `values`. */
function rendered(template, values = {}, source = own) {
  const app = createSSRApp({ template, components: { Can }, setup: () => values });
  return renderToString(app.use(rolegate, source)).then((html) => html.replaceAll(/<!--.*?-->/g, ""));
}

/** A store that counts who listens. */
function counting() {
  const store = testStore(own);
  const { subscribe } = store;
  store.listening = 0;
  store.subscribe = (listener) => {
    const stop = subscribe(listener);
    store.listening += 1;
    return () => {
      store.listening -= 1;
      stop();
    };
  };
  return store;
}

const node = () => ({ children: [], parent: null });
const { createApp } = createRenderer({
  createElement: node,
  createText: node,
  createComment: node,
  setText() {},
  setElementText(element, text) {
    element.text = text;
  },
  insert(child, parent, before) {
    child.parent = parent;
    parent.children.splice(before ? parent.children.indexOf(before) : parent.children.length, 0, child);
  },
  remove: (child) => child.parent.children.splice(child.parent.children.indexOf(child), 1),
  parentNode: (child) => child.parent,
  nextSibling: (child) => child.parent.children[child.parent.children.indexOf(child) + 1] ?? null,
  patchProp() {},
});

/** Mounts a component with this setup, which says what it renders. */
function mounted(setup, source = own) {
  const app = createApp(defineComponent({ setup })).use(rolegate, source);
  const root = node();
  app.mount(root);
  return { text: () => textOf(root), unmount: () => app.unmount() };
}

const textOf = ({ text = "", children }) => text + children.map(textOf).join("");
const word = (allowed) => h("p", allowed ? "open" : "closed");

test("what is closed is not in a server's HTML", async () => {
  const template = `<Can permission="c.reply" :on="record">secret<template #fallback>no</template></Can>`;
  assert.equal(await rendered(template, { record: mine }), "secret");
  assert.equal(await rendered(template, { record: theirs }), "no");
  assert.equal(await rendered(template, { record: mine }, nothing), "no");
  assert.equal(await rendered(`<Can permission="c.close">secret</Can>`), "");
});

test("the property `on` says whether it is about a record, whatever its value", async () => {
  const slots = `secret<template #fallback>no</template><template #pending>wait</template>`;
  for (const record of [undefined, null])
    assert.equal(await rendered(`<Can permission="c.reply" :on="record">${slots}</Can>`, { record }), "wait");
  assert.equal(await rendered(`<Can permission="c.reply">${slots}</Can>`), "secret");
  assert.equal(await rendered(`<Can permission="c.reply" v-bind="{ on: undefined }">${slots}</Can>`), "wait");
  assert.equal(await rendered(`<Can permission="c.reply">${slots}</Can>`, {}, testStore()), "wait");
  assert.equal(await rendered(`<Can permission="c.reply" :on="undefined">secret</Can>`), "");
});

test("a slot gets the reason, if the gate can tell", async () => {
  const template = `<Can permission="c.close"><template #fallback="{ why }">{{ why?.reason ?? "none" }}</template></Can>`;
  assert.equal(await rendered(template), "none");
  const told = { ...own, can: () => false, explain: () => ({ allowed: false, reason: "not-granted" }) };
  const gate = Object.setPrototypeOf(told, own);
  assert.equal(await rendered(template, {}, gate), "not-granted");
});

test("a server hides and disables elements by attributes, which is all that a directive can do there", async () => {
  const button = (directive, record) => rendered(`<button ${directive}>Reply</button>`, { record });
  assert.equal(
    await button(`v-can="['c.reply', record]"`, theirs),
    '<button style="display:none !important;">Reply</button>',
  );
  assert.equal(await button(`v-can="['c.reply', record]"`, mine), "<button>Reply</button>");
  assert.equal(
    await button(`v-can.disable="['c.reply', record]"`, theirs),
    "<button disabled inert>Reply</button>",
  );
  assert.equal(await button(`v-can.disable="['c.reply', record]"`, mine), "<button>Reply</button>");
});

test("the length of the list says whether it is about a record", async () => {
  const closed = /display:none/;
  const button = (value) => rendered(`<button v-can="${value}"></button>`);
  for (const value of ["'c.reply'", "['c.reply']"]) assert.doesNotMatch(await button(value), closed, value);
  for (const value of ["['c.reply', undefined]", "['c.reply', null]", "[]", "undefined", "null", "[null]"])
    assert.match(await button(value), closed, value);
});

test("a server answers by the time of the data", async () => {
  const data = { ...own.toJSON(), at: Date.now() - 60_000, expires: Date.now() - 1000 };
  const template = `<Can permission="c.view">open<template #fallback>ended</template></Can>`;
  assert.equal(await rendered(template, {}, data), "open");
  assert.equal(await rendered(template, {}, { ...data, at: Date.now() }), "ended");
});

test("a server does not listen, not even later", async () => {
  const store = counting();
  await rendered(`<Can permission="c.reply">open</Can><p v-can="'c.reply'"></p>`, {}, store);
  const app = createSSRApp({ template: "{{ can }}", setup: () => ({ can: useCan("c.reply") }) });
  assert.equal(await renderToString(app.use(rolegate, store)), "true");
  await nextTick();
  assert.equal(store.listening, 0);
});

test("two requests at a time have answers of their own", async () => {
  let go;
  const wait = new Promise((done) => (go = done));
  const page = (source) => {
    const Late = defineComponent({
      async setup() {
        const can = useCan("c.view");
        await wait;
        return () => h("p", String(can.value));
      },
    });
    return renderToString(createSSRApp(Late).use(rolegate, source));
  };
  const both = [page(own), page(nothing)];
  go();
  assert.deepEqual(await Promise.all(both), ["<p>true</p>", "<p>false</p>"]);
});

test("a server closes elements by the time of the data", async () => {
  const data = { ...own.toJSON(), at: Date.now() - 60_000, expires: Date.now() - 1000 };
  const template = `<b v-can="'c.view'">x</b>`;
  assert.equal(await rendered(template, {}, data), "<b>x</b>");
  assert.match(await rendered(template, {}, { ...data, at: Date.now() }), /display:none/);
});

test("whether a record was given may change", async () => {
  const props = shallowRef({ permission: "c.reply" });
  const page = mounted(
    () => () => h(Can, props.value, { default: () => word(true), pending: () => h("p", "pending") }),
  );
  const after = async (next) => {
    props.value = { permission: "c.reply", ...next };
    await nextTick();
    return page.text();
  };
  assert.equal(page.text(), "open");
  assert.equal(await after({ on: undefined }), "pending");
  assert.equal(await after({ on: mine }), "open");
  assert.equal(await after({ on: null }), "pending");
  assert.equal(await after({}), "open");
  page.unmount();
});

test("a source in a deep ref is the source itself", async () => {
  const store = counting();
  const page = mounted(() => {
    const gate = useGate();
    return () => word(gate.value === own);
  }, ref(store));
  assert.equal(page.text(), "open");
  page.unmount();
});

test("what no server has rendered goes by the page's clock from the start", () => {
  const data = { ...own.toJSON(), at: Date.now() - 60_000, expires: Date.now() - 1000 };
  const seen = [];
  const page = mounted(() => {
    const can = useCan("c.view");
    seen.push(can.value);
    return () => {
      seen.push(can.value);
      return word(can.value);
    };
  }, data);
  assert.deepEqual([seen, page.text()], [[false, false], "closed"]);
  page.unmount();
});

test("a scope goes by the clock of its source", async () => {
  const aging = { "c.reply": { when: { "resource.at": { $since: "now-2s" } } } };
  const gate = (ago) => testGate(aging, { user: "ana", now: () => Date.now() - ago });
  const source = shallowRef(gate(60_000));
  let scope;
  const page = mounted(() => {
    scope = useScope("c.reply");
    return () => word(scope.value.kind === "some");
  }, source);
  const record = { at: new Date(Date.now() - 60_000) };
  assert.equal(scope.value.matches(record), true);
  source.value = gate(0);
  await nextTick();
  assert.equal(scope.value.matches(record), false);
  page.unmount();
});

test("a component renders again only if its own answer has changed", async () => {
  const store = testStore(own);
  let renders = 0;
  const page = mounted(() => {
    const [can, scope] = [useCan("c.view"), useScope("c.reply")];
    return () => {
      renders += 1;
      return word(can.value && scope.value.kind === "some");
    };
  }, store);
  store.emit(testGate({ "c.reply": "own", "c.view": true, "c.close": true }, { user: "ana" }));
  await nextTick();
  assert.deepEqual([renders, page.text()], [1, "open"]);
  store.emit(testGate({ "c.reply": true, "c.view": true }, { user: "ana" }));
  await nextTick();
  assert.deepEqual([renders, page.text()], [2, "closed"]);
  page.unmount();
});

test("permissions, records and sources may be refs and getters, and records may change in place", async () => {
  const [permission, record, source] = [ref("c.reply"), shallowRef(), shallowRef(own)];
  const row = reactive({ id: 1, owner: "bo" });
  const page = mounted(() => {
    const answers = [
      useCan(permission, record),
      useCan("c.reply", () => record.value),
      useCan("c.reply", row),
    ];
    return () => h("p", answers.map((it) => (it.value ? "y" : "n")).join(""));
  }, source);
  const after = async (change) => {
    change();
    await nextTick();
    return page.text();
  };
  assert.equal(page.text(), "nnn");
  assert.equal(await after(() => (record.value = mine)), "yyn");
  assert.equal(await after(() => (row.owner = "ana")), "yyy");
  assert.equal(await after(() => (permission.value = "c.close")), "nyy");
  assert.equal(await after(() => (record.value = null)), "nny");
  assert.equal(await after(() => (source.value = nothing)), "nnn");
  assert.equal(await after(() => (source.value = own)), "nny");
  page.unmount();
});

test("an attribute that appears within a record is seen", async () => {
  const gate = testGate({ "c.reply": { when: { "resource.team.open": { $eq: true } } } }, { user: "ana" });
  const row = reactive({ team: {} });
  const page = mounted(() => {
    const can = useCan("c.reply", row);
    return () => word(can.value);
  }, gate);
  await nextTick();
  row.team.open = true;
  await nextTick();
  assert.equal(page.text(), "open");
  page.unmount();
});

test("a component gives those below it, and itself, another source", async () => {
  const source = shallowRef(nothing);
  const below = defineComponent({
    setup() {
      const can = useCan("c.view");
      return () => word(can.value);
    },
  });
  const between = defineComponent({
    setup() {
      const outer = useCan("c.view");
      provideGate(source);
      const inner = useCan("c.view");
      return () => [word(outer.value), word(inner.value), h(below)];
    },
  });
  const page = mounted(() => () => [h(between), h(below)]);
  assert.equal(page.text(), "openclosedclosedopen");
  source.value = own;
  await nextTick();
  assert.equal(page.text(), "openopenopenopen");
  page.unmount();
});

test("what is unmounted listens no more, also if a change arrives meanwhile", async () => {
  const store = counting();
  const setup = () => {
    const [can, gate] = [useCan("c.reply"), useGate()];
    return () => [word(can.value && gate.value.can("c.view")), h(Can, { permission: "c.reply" })];
  };
  const page = mounted(setup, store);
  assert.ok(store.listening > 0);
  store.emit([]);
  page.unmount();
  store.emit(own);
  await nextTick();
  assert.equal(store.listening, 0);
  mounted(setup, store).unmount();
  await nextTick();
  assert.equal(store.listening, 0);
});

test("an explanation stays the same object, and throws for data without explanations", async () => {
  const store = testStore(own);
  const seen = new Set();
  const explained = (reason) => Object.setPrototypeOf({ explain: () => ({ allowed: false, reason }) }, own);
  store.emit(explained("not-granted"));
  const page = mounted(() => {
    const why = useExplain("c.close");
    return () => {
      seen.add(why.value);
      return h("p", why.value.reason);
    };
  }, store);
  store.emit(explained("not-granted"));
  await nextTick();
  assert.deepEqual([seen.size, page.text()], [1, "not-granted"]);
  store.emit(explained("denied"));
  await nextTick();
  assert.deepEqual([seen.size, page.text()], [2, "denied"]);
  page.unmount();
  mounted(() => {
    const why = useExplain("c.close");
    assert.throws(() => why.value, { code: "bad-gate-data" });
    return () => h("p");
  }).unmount();
});

test("what is no source is refused, and so is a question without one", () => {
  for (const source of [undefined, null, 7, "gate"])
    assert.throws(() => createApp({}).use(rolegate, source), { code: "bad-options" }, String(source));
  assert.throws(() => createApp({}).use(rolegate, {}), { code: "bad-gate-data" });
  const app = createApp(defineComponent({ setup: () => useCan("c.view") }));
  app.config.warnHandler = () => {};
  assert.throws(
    () => app.mount(node()),
    (error) => error.code === "bad-options" && /app\.use\(rolegate, source\)/.test(error.message),
  );
});
