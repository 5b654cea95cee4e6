// Workers KV, written through a Durable Object: its storage has what was published last.

import { digestOf, tagged } from "./bytes.js";
import { fromKV, type KvLike } from "./kv.js";
import type { Found, Source } from "./types.js";

/** The part of a `DurableObjectState` that is used. */
export interface DurableLike {
  readonly storage: {
    get(key: string): Promise<unknown>;
    put(key: string, value: unknown): Promise<void>;
    delete(key: string): Promise<unknown>;
  };
  blockConcurrencyWhile<T>(work: () => Promise<T>): Promise<T>;
}

/** The part of a `KVNamespace` that is used. */
export interface KvWriter extends KvLike {
  put(key: string, bytes: Uint8Array): Promise<void>;
}

/** A value in that storage may have 128 KiB. */
const PIECE = 120_000;

/** What was published last. */
interface Head {
  readonly etag: string;
  readonly length: number;
}

/**
 * A key of Workers KV, in the one Durable Object that writes it: `inDurableObject(this.ctx, this.env.ROLES,
 * tenant)`. It writes to its storage first and then to KV; if KV fails, publish the same again.
 */
export function inDurableObject(context: DurableLike, kv: KvWriter, key: string): Source {
  const { storage } = context;
  // What is before the first space is no part of the key: no two keys have a place in common.
  const placeOf = (what: number | "head"): string => `${what} ${key}`;
  const headOf = async (): Promise<Head | undefined> =>
    (await storage.get(placeOf("head"))) as Head | undefined;
  const placesOf = (length: number): number[] =>
    Array.from({ length: Math.ceil(length / PIECE) }, (_, at) => at * PIECE);

  async function get(): Promise<Found | undefined> {
    const last = await headOf();
    if (last === undefined) {
      // Nothing was published through this object yet.
      const found = await fromKV(kv, key).get();
      return found ? tagged(found as Found) : undefined;
    }
    const bytes = new Uint8Array(last.length);
    for (const place of placesOf(last.length))
      bytes.set((await storage.get(placeOf(place))) as Uint8Array, place);
    return { bytes, etag: last.etag };
  }

  /** All of it or nothing: what is put without waiting in between is written at once. */
  async function write(bytes: Uint8Array, before: number): Promise<void> {
    const { length } = bytes;
    const etag = await digestOf(bytes);
    await Promise.all([
      storage.put(placeOf("head"), { etag, length } satisfies Head),
      ...placesOf(length).map((place) => storage.put(placeOf(place), bytes.slice(place, place + PIECE))),
      ...placesOf(before).map((place) => place >= length && storage.delete(placeOf(place))),
    ]);
  }

  return {
    get,
    async put(bytes, etag) {
      let failure: unknown;
      const isWritten = await context.blockConcurrencyWhile(async () => {
        try {
          const there = await get();
          if (there?.etag !== etag) return false;
          await write(bytes, (await headOf())?.length ?? 0);
          await kv.put(key, bytes);
          return true;
        } catch (cause) {
          // Thrown in here, it would reset the object.
          failure = cause;
          return false;
        }
      });
      if (failure !== undefined) throw failure;
      return isWritten;
    },
  };
}
