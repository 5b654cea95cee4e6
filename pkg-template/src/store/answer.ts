// One request, and what its answer means.

import { RolegateError } from "../errors.js";
import type { Settings } from "./settings.js";
import type { StoreResponse } from "./types.js";

/** What an answer says: nothing new, these bytes, or that there is nothing for this person. */
export type Answer =
  | { readonly kind: "same"; readonly maxAge: number }
  | { readonly kind: "bytes"; readonly maxAge: number; readonly bytes: Uint8Array; readonly etag: string | undefined }
  | { readonly kind: "gone"; readonly status: number };

/** Signed out, forbidden, no such person: whatever was known holds no more. */
const GONE = [401, 403, 404, 410];

const MAX_BYTES = 64 * 1024 * 1024;
/** No server keeps a page away for longer. */
const LONGEST_WAIT = 3_600_000;

/** An answer that is none, or came too late. The last good one goes on. */
export class Fault extends RolegateError {
  /** How long the server wants to be left alone (ms). */
  readonly wait: number;

  constructor(message: string, wait = 0) {
    super("fetch-failed", message);
    this.wait = wait;
  }
}

/** @throws what `fetch` throws; {@link Fault} */
export async function ask({ url, fetch = globalThis.fetch }: Pick<Settings, "url" | "fetch">, etag: string | undefined, signal: AbortSignal): Promise<Answer> {
  const headers: Record<string, string> = etag === undefined ? {} : { "if-none-match": etag };
  // Where the runtime knows how: no cache on the way answers in place of the server. Some throw at what they do not know.
  const isKnown = typeof Request === "function" && "cache" in Request.prototype;
  const response = await fetch(url, { headers, signal, ...(isKnown && { cache: "no-store" }) });
  const { status } = response;
  if (status === 304 && etag !== undefined) return { kind: "same", maxAge: maxAgeOf(response) };
  if (GONE.includes(status)) return { kind: "gone", status };
  if (status !== 200) throw new Fault(`${url || "the server"} has status ${status}`, waitOf(response));
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > MAX_BYTES) throw new Fault(`${url} gives more than ${MAX_BYTES} bytes`);
  return { kind: "bytes", maxAge: maxAgeOf(response), bytes, etag: response.headers.get("etag") ?? undefined };
}

/** `max-age` in milliseconds; Infinity where it says nothing. */
function maxAgeOf({ headers }: StoreResponse): number {
  const control = headers.get("cache-control") ?? "";
  const [, seconds] = /(?:^|[\s,])max-age="?(\d+)/i.exec(control) ?? [];
  return /no-cache/i.test(control) || !Number(seconds) ? Infinity : Number(seconds) * 1000;
}

/** `Retry-After`, in seconds or as a date. */
function waitOf({ headers }: StoreResponse): number {
  const after = headers.get("retry-after") ?? "";
  const ms = /^\s*\d+\s*$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.now();
  return ms > 0 ? Math.min(ms, LONGEST_WAIT) : 0;
}
