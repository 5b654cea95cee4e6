// A world for what is kept: a clock and timers, and stores that do what a test says.

import { keep } from "../../../pkg/edge/index.js";
import { load } from "../../../pkg/entries/node.js";

export const NOW = 1_795_000_000_000;
export const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
/** How most tests keep: a minute from memory, an hour without a store. */
export const KEPT = { every: MINUTE, maxStale: HOUR };

const turnOfLoop = setImmediate;
const REPLACED = ["setTimeout", "clearTimeout", "setInterval", "clearInterval"];

/** Lets all that can go on do so; digests are made by another thread. */
export async function settled(turns = 12) {
  for (let i = 0; i < turns; i += 1) await new Promise((done) => turnOfLoop(done));
}

/** A snapshot in which Ana may do what `grant` says. */
export function snapshot(tenant, revision, more = {}) {
  return JSON.stringify({
    format: "rolegate/1",
    tenant,
    revision,
    catalog: { categories: [{ id: "c", permissions: [{ id: "c.view" }] }] },
    roles: [{ id: "r", name: "R", grants: { "c.view": true } }],
    users: [{ id: "ana", roles: ["r"] }],
    ...more,
  });
}

/** A store of one tenant: what it has, how long it takes, and how it fails. */
export class Shelf {
  asked = [];
  written = 0;
  ms = 0;
  value;
  failure;

  constructor(world, value) {
    this.world = world;
    this.put(value);
  }

  put(value) {
    this.value = value;
    this.written += 1;
  }

  source = {
    get: async (etag) => {
      this.asked.push(etag);
      const { value, written, failure } = this;
      if (this.ms > 0) await this.world.wait(this.ms);
      if (failure !== undefined) throw failure;
      if (value === undefined) return undefined;
      return etag === `e${written}` ? "same" : { bytes: value, etag: `e${written}` };
    },
  };
}

export class World {
  date = NOW;
  elapsed = 1000;
  timers = new Map();
  ids = 0;
  errors = [];
  shelves = new Map();

  static async in(action) {
    const world = new World();
    // What is loaded later is here already: that takes time of the real clock.
    await load(snapshot("warm", 1));
    const before = REPLACED.map((name) => [name, globalThis[name]]);
    const [dateNow, perfNow, random] = [Date.now, performance.now, Math.random];
    Object.assign(globalThis, {
      setTimeout: (run, ms = 0) => world.timer(run, ms),
      clearTimeout: (timer) => void world.timers.delete(timer?.id),
      setInterval: (run, ms) => world.timer(run, ms, ms),
      clearInterval: (timer) => void world.timers.delete(timer?.id),
    });
    Date.now = () => world.date;
    performance.now = () => world.elapsed;
    Math.random = () => 0.5;
    try {
      return await action(world);
    } finally {
      for (const [name, value] of before) globalThis[name] = value;
      Object.assign(Date, { now: dateNow });
      performance.now = perfNow;
      Math.random = random;
    }
  }

  timer(run, ms, every) {
    const id = (this.ids += 1);
    this.timers.set(id, { run, at: this.elapsed + Math.max(ms, 0), every });
    return { id, unref() {} };
  }

  wait(ms) {
    return new Promise((done) => this.timer(done, ms));
  }

  /** Time goes by, and timers fire when they are due. */
  async pass(ms) {
    const end = this.elapsed + ms;
    await settled();
    for (;;) {
      let next;
      for (const entry of this.timers) if (next === undefined || entry[1].at < next[1].at) next = entry;
      if (next === undefined || next[1].at > end) break;
      const [id, timer] = next;
      this.go(Math.max(0, timer.at - this.elapsed));
      if (timer.every === undefined) this.timers.delete(id);
      else timer.at += timer.every;
      timer.run();
      await settled();
    }
    this.go(end - this.elapsed);
    await settled();
  }

  go(ms) {
    this.date += ms;
    this.elapsed += ms;
  }

  shelf(tenant) {
    return this.shelves.get(tenant) ?? this.put(tenant, undefined);
  }

  put(tenant, value) {
    const shelf = this.shelves.get(tenant);
    if (shelf === undefined) this.shelves.set(tenant, new Shelf(this, value));
    else shelf.put(value);
    return this.shelves.get(tenant);
  }

  keep(options = {}) {
    return keep((tenant) => this.shelf(tenant).source, {
      ...KEPT,
      onError: ({ code }, tenant) => this.errors.push(`${tenant} ${code}`),
      ...options,
    });
  }

  /** What becomes of a promise while time goes by: its revision or its error, and when; or that it waits. */
  async outcome(promise, ms = 0) {
    const began = this.elapsed;
    let said = "waits";
    promise.then(
      ({ revision }) => (said = [revision, this.elapsed - began]),
      ({ code }) => (said = [code, this.elapsed - began]),
    );
    await this.pass(ms);
    return said;
  }
}
