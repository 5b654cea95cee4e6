// Stores the last good answer of a store for the next start, as received, and the highest revision.

import { RolegateError } from "../core/errors.js";
import { within } from "./timing.js";
import type { Core, GoodAnswer, Keeper, Mark, StoreStorage } from "./types.js";

/** A good answer. */
interface Kept extends GoodAnswer {
  /** When the server last confirmed it (ms since the epoch). */
  readonly at: number;
}

/** The key of the list of stored keys, by which data of others are found without being read. */
const INDEX = "rolegate";
/** How long to wait for a storage: a browser may never answer. */
const PATIENCE = 3_000;
/** A smaller difference of dates does not count. */
const TOLERANCE = 60_000;

export function keep(storage: StoreStorage, { settings, state, report, take, shut }: Core): Keeper {
  const { url, tenant, maxStale } = settings;
  const user = String(settings.user);
  const key = JSON.stringify([url, tenant, user]);
  const markKey = JSON.stringify([url, tenant]);
  let last: Promise<unknown> = Promise.resolve();
  /** One operation after another, so that nothing is written after a deletion. */
  const run = <T>(what: () => Promise<T>): Promise<T | undefined> => {
    const next = last
      .then(() => within(PATIENCE, what()))
      .catch((cause: unknown) => {
        report(new RolegateError("storage", `not stored: ${String(cause)}`, { cause }));
        return undefined;
      });
    last = next;
    return next;
  };
  const keys = async (): Promise<string[]> => {
    const list = await storage.get(INDEX);
    return Array.isArray(list) ? list.filter((item): item is string => typeof item === "string") : [];
  };

  return {
    async restore() {
      const { turn } = state;
      await run(async () => {
        const all = await keys();
        const own = all.filter((key) => isOf(key, user));
        for (const other of all) if (!own.includes(other)) await storage.delete(other);
        if (own.length < all.length) await storage.set(INDEX, own);
      });
      const mark = await run(async () => markOf(await storage.get(markKey)));
      const kept = await run(async () => keptOf(await storage.get(key)));
      if (turn !== state.turn) return false;
      // Meanwhile, the user has signed out in another tab.
      const isOut =
        mark !== undefined && state.isStarted && mark.cleared > Math.max(state.cleared, state.begun);
      if (mark !== undefined) Object.assign(state, isAhead(mark, state) ? mark : { cleared: mark.cleared });
      if (isOut) {
        shut();
        return false;
      }
      const age = kept === undefined ? Infinity : Date.now() - kept.at;
      if (kept === undefined || age >= maxStale || age < -TOLERANCE || kept.at <= state.good) return false;
      try {
        return await take(kept, turn, kept.at);
      } catch (cause) {
        report(cause);
        return false;
      }
    },
    async put() {
      const { epoch, revision, cleared, bytes, etag, good } = state;
      await run(async () => {
        if (bytes === undefined) await storage.delete(key);
        // First, so that a failed write does not leave older data behind.
        await storage.set(markKey, { epoch, revision, cleared } satisfies Mark);
        if (bytes === undefined) return;
        const all = await keys();
        if (!all.includes(key)) await storage.set(INDEX, [...all, key]);
        await storage.set(key, { bytes, etag, at: good });
      });
    },
  };
}

function isOf(key: string, user: string): boolean {
  try {
    return (JSON.parse(key) as unknown[])[2] === user;
  } catch {
    return false;
  }
}

function isAhead(one: Mark, other: Mark): boolean {
  return one.epoch > other.epoch || (one.epoch === other.epoch && one.revision > other.revision);
}

function markOf(value: unknown): Mark | undefined {
  const { epoch, revision, cleared } = (value ?? {}) as Partial<Mark>;
  const mark = { epoch, revision, cleared };
  return Object.values(mark).every(Number.isFinite) ? (mark as Mark) : undefined;
}

function keptOf(value: unknown): Kept | undefined {
  const { bytes, etag, at } = (value ?? {}) as Partial<Kept>;
  const isKept =
    ArrayBuffer.isView(bytes) && Number.isFinite(at) && (etag === undefined || typeof etag === "string");
  return isKept ? (value as Kept) : undefined;
}
