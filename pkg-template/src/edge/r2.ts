// R2, by a binding.

import type { Source } from "./types.js";

/** The part of an `R2Bucket` that is used. */
export interface R2Like {
  get(key: string, options: { readonly onlyIf: object }): Promise<R2Found | null>;
  put(key: string, bytes: Uint8Array, options: { readonly onlyIf: object }): Promise<object | null>;
}

interface R2Found {
  readonly etag: string;
  /** Not there if what is asked for is the same. */
  arrayBuffer?(): Promise<ArrayBuffer>;
}

/** An object of a bucket. */
export function fromR2(bucket: R2Like, key: string): Source {
  return {
    async get(etag) {
      const onlyIf = etag === undefined ? {} : { etagDoesNotMatch: etag };
      const found = await bucket.get(key, { onlyIf });
      if (found?.arrayBuffer === undefined) return found && "same";
      return { bytes: await found.arrayBuffer(), etag: found.etag };
    },
    async put(bytes, etag) {
      const onlyIf = etag === undefined ? { etagDoesNotMatch: "*" } : { etagMatches: etag };
      return (await bucket.put(key, bytes, { onlyIf })) !== null;
    },
  };
}
