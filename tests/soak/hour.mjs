// An hour of fifty clients and a server that fails at random, in a world whose clock, network, tabs and
// storage a seed decides.

import assert from "node:assert/strict";
import { shareTabs } from "../../pkg/store/tabs.js";
import { DAY, dataOf, HOUR, MINUTE, random, SECOND, Shelf, settled, World } from "../unit/store/world.mjs";

const { deepEqual, equal, ok } = assert;
const MAX_STALE = 10 * MINUTE;
const LASTS = 15 * MINUTE;
const OWN = { owner: "ana" };
const OTHER = { owner: "bo" };

/** How many of each kind there are. */
const KINDS = {
  stored: { count: 15 },
  plain: { count: 5, isStored: false },
  pushed: { count: 10, isPushed: true },
  tabs: { count: 10, isOneBrowser: true },
  whole: { count: 5, isWhole: true },
  signed: { count: 5, isSigned: true },
};
const GONE = [401, 403, 404, 410];
const FAILING = [204, 206, 400, 402, 408, 409, 418, 425, 429, 500, 502, 503, 504];
const encoder = new TextEncoder();

/** What goes for a signature here: enough to tell what the publisher wrote, and done at once. */
const mac = (text) =>
  [...text].reduce((sum, character) => (Math.imul(sum, 31) + character.codePointAt(0)) | 0, 7);
const signed = (text, epoch, seal = mac(`${epoch}${text}`)) => JSON.stringify({ text, epoch, seal });
async function verify(bytes) {
  const { text, epoch, seal } = JSON.parse(new TextDecoder().decode(bytes));
  if (seal !== mac(`${epoch}${text}`)) throw new Error("the seal is broken");
  return { bytes: encoder.encode(text), epoch };
}

/** A response that is there at once: that of the runtime takes time of the real clock. */
function reply(body, { status = 200, headers = {} } = {}) {
  const arrayBuffer = async () => {
    if (body instanceof Error) throw body;
    return typeof body === "string" ? encoder.encode(body) : (body ?? new Uint8Array(0));
  };
  return { status, headers: { get: (name) => headers[name] ?? null }, arrayBuffer };
}

/** What would open what nobody ever has. */
const evilData = (change) =>
  JSON.stringify(dataOf({ evil: "all", "c.reply": "all" }, { revision: 1000, ...change }));
const grantOf = (revision) => ["all", "own"][revision % 2];

class Hour {
  published = [];
  pushes = new Set();
  /** How far the date was set back, and how long the machine slept: when, and how much (ms). */
  set = [];
  sleeps = [];
  slept = 0;
  isCalm = false;
  faults = 0;

  constructor(world, seed) {
    this.world = world;
    this.roll = random(seed + 1);
    this.publish();
    this.clients = Object.entries(KINDS).flatMap(([kind, how]) => {
      const browser = {
        storage: new Shelf(),
        url: `/${kind}`,
        clients: [],
        good: -Infinity,
        forgot: -Infinity,
      };
      return Array.from({ length: how.count }, (_, at) => {
        const client = {
          kind,
          how,
          at,
          browser: how.isOneBrowser ? browser : { ...browser, storage: new Shelf(), clients: [] },
          requests: 0,
          reached: new Map(),
          isOut: false,
          isAside: false,
        };
        client.browser.clients.push(client);
        return client;
      });
    });
  }

  pick = (list) => list[Math.floor(this.roll() * list.length)];
  /** Time as it passes, whatever the clocks say. */
  time = () => this.world.elapsed + this.slept;

  publish() {
    this.published.push({ at: this.world.elapsed, revision: this.published.length + 1 });
    for (const { client, look } of this.pushes) if (this.isCalm || client.isConnected) look();
  }

  // -- the server

  /** The current revision; it ends a quarter of an hour after the five minutes in which it is asked for. */
  bodyFor({ isWhole, isSigned }, { revision } = this.published.at(-1)) {
    const expires = Math.floor(this.world.date / (5 * MINUTE)) * 5 * MINUTE + LASTS;
    const text = JSON.stringify(
      isWhole
        ? this.world.snapshot({
            revision,
            grant: grantOf(revision),
            expiresAt: new Date(expires).toISOString(),
          })
        : dataOf({ "c.reply": grantOf(revision) }, { revision, expires }),
    );
    return isSigned ? signed(text, 1) : text;
  }

  evilFor({ isWhole, isSigned }, change = {}) {
    const text = isWhole
      ? JSON.stringify(
          this.world.snapshot({
            revision: 1000,
            grant: "all",
            ...change,
            roles: [{ id: "agent", name: "Agent", grants: { "*": "all" } }],
          }),
        )
      : evilData(change);
    return isSigned ? signed(text, 1, 0) : text;
  }

  answer = async (client, { headers, signal }) => {
    client.requests += 1;
    const fault = !this.isCalm && this.roll() < 0.35 ? this.fault(client, headers) : null;
    if (fault !== null) this.faults += 1;
    if (fault === undefined)
      return new Promise((_, failed) => signal.addEventListener("abort", () => failed(new Error("aborted"))));
    if (fault instanceof Error) throw fault;
    if (fault !== null) return fault;
    const body = this.bodyFor(client.how);
    const etag = `"${mac(body)}"`;
    client.good = client.browser.good = this.time();
    const more =
      this.roll() < 0.1
        ? { "cache-control": this.pick(["max-age=20", "max-age=0", "no-cache", "max-age=900"]) }
        : {};
    return headers["if-none-match"] === etag
      ? reply(null, { status: 304, headers: more })
      : reply(body, { headers: { etag, ...more } });
  };

  /** An answer that is not in order; `null` where there is none that this client could tell. */
  fault(client, asked) {
    const { how, store, browser } = client;
    const isKnowing = ["ready", "stale"].includes(store.status) && client.good > browser.forgot;
    const evil = (change) => this.evilFor(how, change);
    const { revision } = this.published.at(-1);
    return this.pick([
      () => new TypeError("failed to fetch"),
      () => undefined,
      () => this.statusOf(this.pick(FAILING), evil()),
      () => this.statusOf(this.pick(FAILING), evil()),
      () => (this.roll() < 0.1 ? this.gone(client, evil()) : new TypeError("failed to fetch")),
      // Nobody has asked whether it is the same.
      () => (asked["if-none-match"] === undefined ? reply(null, { status: 304 }) : null),
      () => reply("<!doctype html><title>Welcome to the hotel</title>"),
      () => reply(""),
      () => reply(evil({ tenant: "other" })),
      () => reply(how.isWhole ? evil({ users: 7 }) : evil({ user: "bo" })),
      () => reply(how.isWhole ? evil({ surplus: 1 }) : evil({ rules: [7, 7] })),
      () => reply(evil().slice(0, -9)),
      () => reply(Uint8Array.from([...encoder.encode(evil()), 0xff])),
      () => reply(new TypeError("terminated")),
      // To who knows nothing yet, these are as good as any.
      () => (isKnowing ? reply(evil({ revision: 0 })) : null),
      () => (isKnowing && how.isWhole && store.gate.revision === revision ? reply(evil({ revision })) : null),
      () => (isKnowing && how.isSigned ? reply(signed(evilData(), 0)) : null),
      () => (how.isSigned ? reply(evilData()) : null),
    ])();
  }

  statusOf(status, body) {
    return reply(status === 204 ? null : body, {
      status,
      headers: {
        "retry-after": this.pick(["7", "90", "nonsense", new Date(this.world.date + 20_000).toUTCString()]),
      },
    });
  }

  gone(client, body) {
    this.out(client);
    return this.statusOf(this.pick(GONE), body);
  }

  /**
   * Its browser knows nobody any more; a tab that is put aside tells nobody, and finds out when it is back.
   */
  out(client) {
    client.isOut = true;
    if (!client.isAside) for (const each of client.browser.clients) if (!each.isAside) each.isOut = true;
  }

  // -- clients

  open(client) {
    const { how, browser } = client;
    const before = new Set(this.world.hearing.keys());
    client.isOut = client.isAside = false;
    client.isConnected = true;
    client.store = this.world.store({
      url: how.isOneBrowser ? browser.url : `${browser.url}/${client.at}`,
      user: "ana",
      tenant: "acme",
      maxStale: MAX_STALE,
      onError: undefined,
      fetch: (_, request) => this.answer(client, request),
      ...(how.isStored !== false && { storage: browser.storage }),
      ...(how.isOneBrowser && { tabs: shareTabs() }),
      ...(how.isSigned && { verify }),
      ...(how.isPushed && {
        push: (look) => {
          const push = { client, look };
          this.pushes.add(push);
          return () => this.pushes.delete(push);
        },
      }),
    });
    client.listeners = [...this.world.hearing].flatMap(([key, entry]) => (before.has(key) ? [] : [entry]));
    client.heard = 0;
    client.store.subscribe(() => (client.heard += 1));
  }

  async event(client, type) {
    client.isAside = ["freeze", "pagehide"].includes(type);
    for (const [of, listener] of client.listeners) if (of === type) listener({ type });
    await settled(3);
  }

  /** What must be so at any time. */
  check() {
    const { world } = this;
    for (const { store, browser, reached, kind, isOut, how } of this.clients) {
      const { gate, status } = store;
      equal(gate.can("evil") || gate.can("c.export"), false, `${kind}: an open answer from a bad body`);
      if (!gate.can("c.reply", OWN)) continue;
      ok(!isOut, `${kind}: open although signed out`);
      ok(["ready", "stale"].includes(status), `${kind}: open and ${status}`);
      ok(
        gate.revision >= 1 && gate.revision <= this.published.length,
        `${kind}: a revision that is not published`,
      );
      equal(
        gate.can("c.reply", OTHER),
        grantOf(gate.revision) === "all",
        `${kind}: not the answers of its revision`,
      );
      ok(world.date < gate.toJSON().expires, `${kind}: open after its end`);
      ok(this.time() - browser.good < MAX_STALE + this.untold(how), `${kind}: older than maxStale`);
      if (!reached.has(gate.revision)) reached.set(gate.revision, world.elapsed);
    }
  }

  /**
   * A date that was set back cannot be told where the other clock stood still: while the machine slept, or
   * the page was loaded again.
   */
  untold({ isStored }) {
    const lately = (list) =>
      list.reduce((sum, [at, time]) => sum + (at > this.time() - 2 * MAX_STALE ? time : 0), 0);
    const [set, slept] = [lately(this.set), lately(this.sleeps)];
    return isStored === false ? Math.min(set, slept) : set;
  }

  /** One of the things that happen. */
  async happen() {
    const { world, roll } = this;
    const client = this.pick(this.clients);
    const { storage, clients: tabs } = client.browser;
    const kind = roll();
    if (kind < 0.06) await world.show(world.visibilityState === "hidden");
    else if (kind < 0.1) await world.event("online");
    else if (kind < 0.12) {
      const time = roll() * 5 * MINUTE;
      this.slept += time;
      this.sleeps.push([this.time(), time]);
      await world.sleep(time);
    } else if (kind < 0.14) world.date += roll() * 3 * MINUTE;
    else if (kind < 0.16) {
      const back = roll() * 50 * SECOND;
      this.set.push([this.time(), back]);
      world.date -= back;
    } else if (kind < 0.3)
      await this.event(
        client,
        client.isAside ? this.pick(["resume", "pageshow"]) : this.pick(["freeze", "pagehide"]),
      );
    else if (kind < 0.4)
      storage.fails =
        roll() < 0.5
          ? {}
          : {
              [this.pick(["get", "set", "delete"])]: this.pick([
                new DOMException("full", "QuotaExceededError"),
                new DOMException("closed", "InvalidStateError"),
                "hangs",
              ]),
            };
    else if (kind < 0.42) {
      if (client.isAside) return;
      this.out(client);
      void client.store.clear();
    } else if (kind < 0.5) void this.refresh(client);
    else if (kind < 0.55) client.isConnected = !client.isConnected;
    else if (kind < 0.57) {
      client.browser.forgot = this.time();
      void client.store.reset();
    } else if (kind < 0.7) {
      client.store.close();
      equal(client.store.gate.can("c.reply", OWN), false);
      this.open(client);
    } else if (kind < 0.72)
      for (const each of this.pushes)
        if (each.client.isConnected) each.look();
        else if (kind < 0.73) for (const tab of tabs) tab.store.configure({ context: { at: roll() } });
  }

  refresh(client) {
    client.isOut = false;
    return client.store.refresh();
  }

  async storm() {
    this.isCalm = false;
    const { world } = this;
    const length = (6 + this.roll() * 8) * MINUTE;
    const published = world.elapsed + this.roll() * length;
    for (let isDone = false, end = world.elapsed + length; world.elapsed < end; ) {
      await world.pass(SECOND * (1 + Math.floor(this.roll() * 5)));
      this.check();
      await this.happen();
      await settled(3);
      this.check();
      if (!isDone && world.elapsed >= published) {
        this.publish();
        isDone = true;
      }
    }
  }

  /** All is well again: whatever was published has reached everybody before anything else is. */
  async calm() {
    const { world } = this;
    this.isCalm = true;
    await world.show(true);
    for (const client of this.clients) {
      client.isConnected = true;
      client.browser.storage.fails = {};
      if (client.isAside) await this.event(client, "pageshow");
    }
    // Who was away finds out that somebody has signed out when a storage that hung answers again, and signs
    // in, once.
    const back = new Set();
    for (let i = 0; i < 70; i += 1) {
      await world.pass(5 * SECOND);
      this.check();
      for (const client of this.clients) {
        if (client.store.status !== "closed" || back.has(client)) continue;
        back.add(client);
        await this.refresh(client);
      }
    }
    const states = this.clients.map(
      ({ kind, store }) =>
        `${kind}: ${store.status} ${store.gate.revision} ${store.gate.can("c.reply", OWN)}`,
    );
    deepEqual(
      states.filter((state) => !state.endsWith(`ready ${this.published.length} true`)),
      [],
      "a good revision has not reached all",
    );
  }

  /** How long it takes from publishing until the last client of each kind has it (ms). */
  async times() {
    await this.world.pass(this.roll() * MINUTE);
    this.publish();
    const { at, revision } = this.published.at(-1);
    for (let i = 0; i < 650; i += 1) {
      await this.world.pass(SECOND / 10);
      this.check();
      if (this.clients.every(({ reached }) => reached.has(revision))) break;
    }
    return Object.fromEntries(
      Object.keys(KINDS).map((kind) => [
        kind,
        Math.max(
          ...this.clients
            .filter((client) => client.kind === kind)
            .map(({ reached }) => reached.get(revision) ?? Infinity),
        ) - at,
      ]),
    );
  }

  requests() {
    return Object.fromEntries(
      Object.keys(KINDS).map((kind) => [
        kind,
        this.clients
          .filter((client) => client.kind === kind)
          .reduce((sum, { requests }) => sum + requests, 0),
      ]),
    );
  }
}

/**
 * @returns what was published, how many answers were faults, the longest ways from publishing to the last
 *   client by kind, and how often each client asked in an hour without faults and with them
 */
export function hour(seed) {
  return World.in(async (world) => {
    world.turns = 3;
    world.random = random(seed);
    const it = new Hour(world, seed);
    for (const client of it.clients) it.open(client);
    const times = [];
    let [stormy, stormyTime, quiet, quietTime] = [{}, 0, {}, 0];
    const count = async (action) => {
      const [before, since] = [it.requests(), world.elapsed];
      const result = await action();
      const after = it.requests();
      return [
        result,
        Object.fromEntries(Object.entries(after).map(([kind, number]) => [kind, number - before[kind]])),
        world.elapsed - since,
      ];
    };
    const add = (to, more) =>
      Object.fromEntries(Object.entries(more).map(([kind, number]) => [kind, (to[kind] ?? 0) + number]));
    for (const end = world.elapsed + HOUR; world.elapsed < end; ) {
      const [, storm, stormTime] = await count(() => it.storm());
      [stormy, stormyTime] = [add(stormy, storm), stormyTime + stormTime];
      await it.calm();
      const [time, calm, calmTime] = await count(async () => {
        const found = await it.times();
        await world.pass(5 * MINUTE);
        return found;
      });
      it.check();
      times.push(time);
      [quiet, quietTime] = [add(quiet, calm), quietTime + calmTime];
    }
    ok(
      times.every((time) => Object.values(time).every(Number.isFinite)),
      "a good revision has not reached all",
    );
    for (const { store } of it.clients) store.close();
    await world.pass(DAY);
    deepEqual(
      [world.timers.size, world.hearing.size, world.locks.size, world.channels.size, it.pushes.size],
      [0, 0, 0, 0, 0],
      "timers, listeners, locks, channels and pushes that are left",
    );
    const perHour = (requests, time) =>
      Object.fromEntries(
        Object.entries(requests).map(([kind, number]) => [kind, (number / KINDS[kind].count / time) * HOUR]),
      );
    return {
      revisions: it.published.length,
      faults: it.faults,
      times,
      quiet: perHour(quiet, quietTime),
      stormy: perHour(stormy, stormyTime),
    };
  });
}
