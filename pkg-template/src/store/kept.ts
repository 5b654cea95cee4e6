// What a store keeps for the next start: its last good answer, as it came, and how far the count of revisions has got.

import { RolegateError } from "../errors.js";
import { within } from "./timing.js";
import type { StoreStorage } from "./types.js";

/** A good answer. */
export interface Kept {
  readonly bytes: Uint8Array;
  readonly etag: string | undefined;
  /** When it was last in order (ms since the epoch). */
  readonly at: number;
}

/** How far the count of revisions has got. It stays when all else is deleted. */
export interface Mark {
  readonly epoch: number;
  readonly revision: number;
  /** When somebody last signed out, or the server said no. */
  readonly cleared: number;
}

/** The lists of what is stored: that of others is found by it without being read. */
const INDEX = "rolegate";
/** A browser may never answer. */
const PATIENCE = 3_000;

export interface Shelf {
  /** Deletes what is stored of others, and gives what there is. */
  take(): Promise<{ mark: Mark | undefined; kept: Kept | undefined }>;
  put(mark: Mark, kept: Kept | undefined): Promise<void>;
}

/** @param report hears what failed: a store goes on without storage */
export function shelf(storage: StoreStorage, place: readonly [url: string, tenant: unknown, user: string], report: (error: RolegateError) => void): Shelf {
  const [url, tenant, user] = place;
  const key = JSON.stringify(place);
  const markKey = JSON.stringify([url, tenant]);
  let last: Promise<unknown> = Promise.resolve();
  /** One after another, so that nothing is written behind a deletion. */
  const run = <T>(what: () => Promise<T>): Promise<T | undefined> => {
    const next = last.then(async () => {
      try {
        return await within(PATIENCE, what(), "the storage");
      } catch (cause) {
        report(new RolegateError("storage", `what was to be kept is not: ${String(cause)}`, { cause }));
        return undefined;
      }
    });
    last = next;
    return next;
  };
  const keys = async (): Promise<string[]> => {
    const list = await storage.get(INDEX);
    return Array.isArray(list) ? list.filter((item): item is string => typeof item === "string") : [];
  };
  const isOfOther = (key: string): boolean => {
    try {
      return (JSON.parse(key) as unknown[])[2] !== user;
    } catch {
      return true;
    }
  };
  return {
    async take() {
      await run(async () => {
        const all = await keys();
        const others = all.filter(isOfOther);
        for (const other of others) await storage.delete(other);
        if (others.length > 0) await storage.set(INDEX, all.filter((key) => !isOfOther(key)));
      });
      const mark = await run(async () => markOf(await storage.get(markKey)));
      const kept = await run(async () => keptOf(await storage.get(key)));
      return { mark, kept };
    },
    async put(mark, kept) {
      await run(async () => {
        // What cannot be written whole must not stay as it was.
        if (kept === undefined) await storage.delete(key);
        await storage.set(markKey, mark);
        if (kept === undefined) return;
        const all = await keys();
        if (!all.includes(key)) await storage.set(INDEX, [...all, key]);
        await storage.set(key, kept);
      });
    },
  };
}

function markOf(value: unknown): Mark | undefined {
  const { epoch, revision, cleared } = (value ?? {}) as Partial<Mark>;
  return [epoch, revision, cleared].every(Number.isFinite) ? (value as Mark) : undefined;
}

function keptOf(value: unknown): Kept | undefined {
  const { bytes, etag, at } = (value ?? {}) as Partial<Kept>;
  const isKept = ArrayBuffer.isView(bytes) && Number.isFinite(at) && (etag === undefined || typeof etag === "string");
  return isKept ? (value as Kept) : undefined;
}
