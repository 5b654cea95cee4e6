// A world for stores: a clock, timers, a page, tabs and a network that do what a test says, in place of those
// of the runtime.

import { load } from "../../../pkg/entries/node.js";
import { createStore } from "../../../pkg/store/index.js";

export const NOW = 1_795_000_000_000;
export const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];

const turnOfLoop = setImmediate;
const REPLACED = [
  "setTimeout",
  "clearTimeout",
  "fetch",
  "document",
  "addEventListener",
  "removeEventListener",
  "navigator",
  "BroadcastChannel",
];

/** Lets all promises that can go on do so. */
export async function settled(turns = 12) {
  for (let i = 0; i < turns; i += 1) await new Promise((done) => turnOfLoop(done));
}

/** @param seed of what `Math.random` gives; without it always a half */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class World {
  date = NOW;
  elapsed = 1000;
  timers = new Map();
  requests = [];
  stores = [];
  errors = [];
  ids = 0;
  /** What the network gives: called with the address and the request. */
  answer = () => new Response("{}");
  visibilityState = "visible";
  locks = new Map();
  channels = new Set();
  turns = 12;

  /** Makes it the world for as long as `action` takes, and closes what was opened in it. */
  static async in(action, { hasPage = true, hasLocks = true } = {}) {
    const world = new World();
    // What a store imports later is here already: that takes time of the real clock.
    await Promise.all(
      [
        load(world.snapshot()),
        ...["both", "changes", "kept", "whole"].map((name) => import(`../../../pkg/store/${name}.js`)),
      ].map((it) => it.catch(() => {})),
    );
    const before = new Map(REPLACED.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));
    const [dateNow, perfNow, mathRandom] = [Date.now, performance.now, Math.random];
    const put = (name, value) =>
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    put("setTimeout", (run, ms = 0) => world.setTimer(run, ms));
    put("clearTimeout", (id) => void world.timers.delete(id?.id));
    put("fetch", (url, request) => world.fetch(url, request));
    if (hasPage) {
      put("document", world.page());
      put("addEventListener", (type, listener, capture) =>
        world.hearing.set((world.ids += 1), [type, listener, capture]),
      );
      put("removeEventListener", (type, listener, capture) => {
        for (const [key, [t, l, c]] of world.hearing)
          if (t === type && l === listener && c === capture) world.hearing.delete(key);
      });
    }
    put("navigator", hasLocks ? { locks: world.lockManager() } : {});
    put("BroadcastChannel", world.channelClass());
    Date.now = () => world.date;
    performance.now = () => world.elapsed;
    Math.random = () => world.random();
    try {
      return await action(world);
    } finally {
      for (const store of world.stores) store.close();
      await settled();
      for (const [name, descriptor] of before)
        descriptor === undefined
          ? delete globalThis[name]
          : Object.defineProperty(globalThis, name, descriptor);
      Object.assign(Date, { now: dateNow });
      performance.now = perfNow;
      Math.random = mathRandom;
    }
  }

  hearing = new Map();
  random = () => 0.5;

  page() {
    const world = this;
    return {
      get visibilityState() {
        return world.visibilityState;
      },
    };
  }

  /** Something happens to the page. */
  async event(type) {
    for (const [of, listener] of [...this.hearing.values()]) if (of === type) listener({ type });
    await settled(this.turns);
  }

  async show(isVisible) {
    this.visibilityState = isVisible ? "visible" : "hidden";
    await this.event("visibilitychange");
  }

  setTimer(run, ms) {
    const id = (this.ids += 1);
    // As browsers have it: what is too long fires at once, and so does what is no number.
    const wait = ms > 2 ** 31 - 1 ? 0 : Number.isNaN(ms) ? 1 : Math.max(ms, 0);
    this.timers.set(id, { run, at: this.elapsed + wait });
    return { id, unref() {} };
  }

  /** Time goes by, and timers fire when they are due. */
  async pass(ms) {
    const end = this.elapsed + ms;
    await settled(this.turns);
    for (;;) {
      const [id, next] =
        [...this.timers].reduce(
          (first, timer) => (first === undefined || timer[1].at < first[1].at ? timer : first),
          undefined,
        ) ?? [];
      if (next === undefined || next.at > end) break;
      const step = Math.max(0, next.at - this.elapsed);
      this.date += step;
      this.elapsed += step;
      this.timers.delete(id);
      next.run();
      await settled(this.turns);
    }
    this.date += end - this.elapsed;
    this.elapsed = end;
    await settled(this.turns);
  }

  /** The machine sleeps: the date goes on, and nothing else. */
  async sleep(ms) {
    this.date += ms;
    await settled(this.turns);
  }

  async fetch(url, request) {
    this.requests.push({ url, at: this.elapsed, ...request });
    const answer = await this.answer(url, request);
    if (answer === undefined)
      return new Promise((_, failed) =>
        request.signal.addEventListener("abort", () => failed(new DOMException("aborted", "AbortError"))),
      );
    if (answer instanceof Error) throw answer;
    return answer;
  }

  store(options = {}) {
    const store = createStore({ url: "/me/roles", onError: (error) => this.errors.push(error), ...options });
    this.stores.push(store);
    return store;
  }

  /** A server of data that can be changed: it honours `if-none-match`. */
  serve(data, headers = {}) {
    this.published = data;
    this.answer = (_, { headers: asked }) => {
      const body = typeof this.published === "string" ? this.published : JSON.stringify(this.published);
      const etag = `"${hash(body)}"`;
      const isSame = asked["if-none-match"] === etag;
      return new Response(isSame ? null : body, {
        status: isSame ? 304 : 200,
        headers: { etag, "content-type": "application/json", ...headers },
      });
    };
  }

  status(status, headers = {}, body = "") {
    this.answer = () => new Response(status === 304 || status === 204 ? null : body, { status, headers });
  }

  /** Web Locks, as far as they are needed. */
  lockManager() {
    const world = this;
    const next = (name) => {
      const queue = world.locks.get(name);
      const first = queue?.[0];
      if (first === undefined || first.isHeld) return;
      first.isHeld = true;
      Promise.resolve(first.hold({ name })).then(() => {
        queue.splice(queue.indexOf(first), 1);
        if (queue.length === 0) world.locks.delete(name);
        first.done();
        next(name);
      });
    };
    return {
      request(name, { signal }, hold) {
        return new Promise((done, failed) => {
          const entry = { hold, done, isHeld: false };
          const queue = world.locks.get(name) ?? [];
          world.locks.set(name, queue);
          queue.push(entry);
          signal.addEventListener("abort", () => {
            if (entry.isHeld) return;
            queue.splice(queue.indexOf(entry), 1);
            failed(signal.reason);
          });
          queueMicrotask(() => next(name));
        });
      },
    };
  }

  channelClass() {
    const world = this;
    return class {
      constructor(name) {
        this.name = name;
        world.channels.add(this);
      }
      postMessage(data) {
        world.posted = [...(world.posted ?? []), data];
        const copy = structuredClone(data);
        for (const other of world.channels)
          if (other !== this && other.name === this.name)
            queueMicrotask(() => world.channels.has(other) && other.onmessage({ data: copy }));
      }
      close() {
        world.channels.delete(this);
      }
    };
  }

  /** A snapshot of two people; `grant` is what Ana's role grants for `c.reply`. */
  snapshot({ revision = 7, grant = "own", role = {}, user = {}, ...rest } = {}) {
    return {
      format: "rolegate/1",
      revision,
      tenant: "acme",
      catalog: {
        categories: [
          {
            id: "c",
            permissions: ["c.view", "c.reply", "c.export"].map((id) => ({
              id,
              scopes: ["own", "team", "all"],
            })),
          },
        ],
      },
      teams: [{ id: "sales" }, { id: "support" }],
      roles: [
        {
          id: "agent",
          name: "Agent",
          grants: { "c.view": "all", ...(grant && { "c.reply": grant }) },
          ...role,
        },
        { id: "other", name: "Other", grants: { "c.export": true } },
      ],
      users: [
        { id: "ana", teams: ["sales"], roles: ["agent"], ...user },
        { id: "bo", roles: ["other"] },
      ],
      ...rest,
    };
  }
}

/** Gate data of Ana: for each permission what it says. */
export function dataOf(permissions, { revision = 7, ...rest } = {}) {
  const clauses = { all: [{}], team: [{ own: true }, { teams: 0 }], own: [{ own: true }] };
  const table = Object.values(permissions).map((it) =>
    typeof it === "string" ? { scoped: true, any: clauses[it] } : it,
  );
  return {
    format: "rolegate-gate/1",
    user: "ana",
    tenant: "acme",
    revision,
    at: NOW,
    ids: Object.keys(permissions),
    rules: table.map((_, at) => at),
    table,
    teams: [["sales"]],
    types: ["c"],
    ...rest,
  };
}

/** Storage in memory that does what IndexedDB does: copies. It can be made to fail, or never to answer. */
export class Shelf {
  map = new Map();
  read = [];
  fails = {};

  async run(name, action) {
    const fault = this.fails[name];
    if (fault === "hangs") return new Promise(() => {});
    if (fault !== undefined) throw fault;
    return action();
  }
  get = (key) => this.run("get", () => (this.read.push(key), structuredClone(this.map.get(key))));
  set = (key, value) => this.run("set", () => void this.map.set(key, structuredClone(value)));
  delete = (key) => this.run("delete", () => void this.map.delete(key));
}

function hash(text) {
  let value = 0;
  for (const character of text) value = (Math.imul(value, 31) + character.codePointAt(0)) | 0;
  return value.toString(36);
}
