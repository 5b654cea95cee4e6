// Bytes: from what stores give, and their digest.

import { refuse } from "../store/failures.js";
import type { Content, Found } from "./types.js";

/** @throws {RolegateError} `fetch-failed` */
export function bytesOf(content: Content): Uint8Array {
  if (typeof content === "string") return new TextEncoder().encode(content);
  if (ArrayBuffer.isView(content))
    return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  // Of any realm: test tools and Node's `vm` have their own.
  if (Object.prototype.toString.call(content) === "[object ArrayBuffer]") return new Uint8Array(content);
  return refuse("fetch-failed", "what is there is neither bytes nor text");
}

/** Identifies bytes for as long as nobody can find two with the same SHA-256. */
export async function digestOf(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Bytes with an etag: that of the source, or their digest. */
export async function tagged({ bytes, etag }: Found): Promise<{ bytes: Uint8Array; etag: string }> {
  const read = bytesOf(bytes);
  return { bytes: read, etag: etag || (await digestOf(read)) };
}

export function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
