// Workers KV. It cannot compare and set: durable.ts does that for it.

import type { Source } from "./types.js";

/** The part of a `KVNamespace` that is used. */
export interface KvLike {
  get(
    key: string,
    options: { readonly type: "arrayBuffer"; readonly cacheTtl?: number },
  ): Promise<ArrayBuffer | null>;
}

/**
 * A key of Workers KV.
 * @param options `cacheTtl`: how long (s) a location answers from its cache. Default: 60; at least 30
 */
export function fromKV(kv: KvLike, key: string, options?: { readonly cacheTtl?: number }): Source {
  return {
    async get() {
      const bytes = await kv.get(key, { type: "arrayBuffer", ...options });
      return bytes && { bytes };
    },
  };
}
