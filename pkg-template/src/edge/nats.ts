// A key-value bucket of NATS, by `@nats-io/kv` or `nats`.

import type { Source } from "./types.js";

/** The part of a bucket that is used. */
export interface NatsKvLike {
  get(key: string): Promise<NatsEntry | null>;
  create(key: string, bytes: Uint8Array): Promise<number>;
  update(key: string, bytes: Uint8Array, revision: number): Promise<number>;
  watch(options: { readonly key: string; readonly include?: any }): Promise<NatsWatch>;
}

interface NatsEntry {
  readonly value: Uint8Array;
  readonly revision: number;
  readonly created: Date;
  /** `DEL` or `PURGE`: it was deleted. */
  readonly operation: string;
}

interface NatsWatch extends AsyncIterable<unknown> {
  stop(): void;
}

/** "Wrong last sequence": somebody else has written. */
const TOO_LATE = 10_071;

/** A key of a bucket: `fromNatsKv(await new Kvm(connection).open("roles"), "acme")`. */
export function fromNatsKv(kv: NatsKvLike, key: string): Source {
  return {
    async get(known) {
      const entry = await kv.get(key);
      if (entry?.operation !== "PUT") return undefined;
      // A bucket that was made anew counts from 1 again.
      const etag = `${entry.revision} ${Number(entry.created)}`;
      return etag === known ? "same" : { bytes: entry.value, etag };
    },
    async put(bytes, etag) {
      try {
        await (etag === undefined ? kv.create(key, bytes) : kv.update(key, bytes, Number.parseInt(etag, 10)));
        return true;
      } catch (cause) {
        if (codeOf(cause) === TOO_LATE) return false;
        throw cause;
      }
    },
    async watch(changed) {
      const watch = await kv.watch({ key, include: "updates" });
      void (async () => {
        for await (const _ of watch) changed();
      })().catch(changed);
      return () => watch.stop();
    },
  };
}

/** Of version 3, or of version 2. */
function codeOf(cause: unknown): number | undefined {
  const { code, api_error } = cause as {
    readonly code?: unknown;
    readonly api_error?: { err_code?: number };
  };
  return typeof code === "number" ? code : api_error?.err_code;
}
