// Anything that answers HTTP requests: a server, a CDN, or a bucket by signed requests.

import { ask } from "../store/answer.js";
import { refuse } from "../store/failures.js";
import type { StoreSignal } from "../store/types.js";
import type { Source } from "./types.js";

/** A `fetch`, which may sign or authorize requests. */
export type FetchLike = (url: string, request: FetchRequest) => Promise<FetchResponse>;

interface FetchRequest {
  readonly method?: string;
  readonly headers: Record<string, string>;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly signal?: StoreSignal;
  readonly cache?: "no-store";
}

interface FetchResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * An address. It is written by `PUT` with `If-Match` or `If-None-Match`, for which what is there needs a strong
 * `ETag`.
 * @param options `fetch`: replaces the global one, such as `(url, request) => aws.fetch(url, request)`
 */
export function fromUrl(
  url: string | { readonly href: string },
  options?: { readonly fetch?: FetchLike },
): Source {
  const address = typeof url === "object" ? url.href : url;
  const { fetch = (to: string, request: FetchRequest) => globalThis.fetch(to, request) } = options ?? {};
  const failed = (status: number): never => refuse("fetch-failed", `${address} has status ${status}`);
  return {
    async get(etag, signal = new AbortController().signal) {
      const { status, good } = await ask({ url: address, fetch }, etag, signal);
      if (good !== undefined) return good;
      if (status === 304) return "same";
      return status === 404 || status === 410 ? undefined : failed(status);
    },
    async put(bytes, etag) {
      // A weak one never matches, and a digest stands for none (RFC 9110): each time it would be a conflict.
      if (etag && etag[0] !== '"')
        refuse("fetch-failed", `${address} needs a strong ETag: compression weakens it`);
      const headers = {
        "content-type": "application/octet-stream",
        ...(etag === undefined ? { "if-none-match": "*" } : { "if-match": etag }),
      };
      const body = bytes as Uint8Array<ArrayBuffer>;
      const { ok, status } = await fetch(address, { method: "PUT", headers, body });
      return ok || ([404, 409, 412].includes(status) ? false : failed(status));
    },
  };
}
