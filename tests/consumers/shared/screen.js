// What every framework shows on its screen, apart from how: the same records, answers and controls.

import { restore } from "rolegate/lite";
import { denyAll, testGate, testStore } from "rolegate/testing";

export const rows = Array.from({ length: 1000 }, (_, id) => ({ id, owner: id === 7 ? "cy" : "ana" }));

const OWN = { "c.reply": "own", "c.view": true };
const SEVEN = { "c.reply": ["own", { when: { "resource.id": { $eq: 7 } } }], "c.view": true };
const SOON = { "c.reply": { when: { "resource.at": { $since: "now-2s" } } } };
const options = { user: "ana" };
/** These differ only by what their context says when it is asked. */
class Context {
  #open;
  constructor(open) {
    this.#open = open;
  }
  get open() {
    return this.#open;
  }
}
const within = (open) =>
  testGate({ "c.reply": { when: { "context.open": true } } }, { ...options, context: new Context(open) });
const GATES = { open: within(true), shut: within(false) };

/** Which source the screen has, and what a test may do to it. */
export const sources = {
  store: testStore(testGate(OWN, options)),
  none: denyAll(options),
  empty: testStore(),
  /** Everything ends within a second. */
  ending: () => restore({ ...testGate(OWN, options).toJSON(), expires: Date.now() + 1000 }),
  /** On one record it ends within two seconds. */
  aging: () => testGate(SOON, options),
  /** Its roles have ended since a server made it. */
  ended: () => ({ ...testGate(OWN, options).toJSON(), at: Date.now() - 60_000, expires: Date.now() - 1000 }),
  data: () => ({ ...testGate(OWN, options).toJSON(), at: Date.now() }),
};

/** How many listeners the store has. */
let listening = 0;
const { subscribe } = sources.store;
sources.store.subscribe = (listener) => {
  const stop = subscribe(listener);
  listening += 1;
  return () => {
    listening -= 1;
    stop();
  };
};

/**
 * For the test that drives the page. A framework adds `source(name)`, `late(record)`, `named(permission)`,
 * `aging(record)`, `mount()` and `unmount()`; where it tracks records, `reactive(changes)` for one of bo; where
 * it has a router, `go(path)`, which returns where it leads; where a page can begin with the answers of a server
 * (`?source=ended`), `seen`, what `#any` has said; where a server can close elements, `hydrated()`: what it sends
 * of elements without any answers, and what a page with all of them makes of that.
 */
export const app = {
  renders: rows.map(() => 0),
  emit: (name) => sources.store.emit(GATES[name] ?? testGate({ own: OWN, seven: SEVEN, none: [] }[name], options)),
  fill: () => sources.empty.emit(testGate(OWN, options)),
  listening: () => listening,
  sourceOf: (name) => (typeof sources[name] === "function" ? sources[name]() : sources[name]),
  startOf: { source: new URLSearchParams(location.search).get("source") ?? "store", late: undefined, named: "c.reply" },
};
window.app = app;
