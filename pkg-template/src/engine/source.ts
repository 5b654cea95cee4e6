// What a snapshot can be loaded from, as bytes. Everything goes through the one reader of the engine, so
// nothing is parsed here.

import { isWellFormed } from "../core/attributes.js";
import { RolegateError, SnapshotError } from "../core/errors.js";
import { placeIn } from "../core/pointer.js";
import type { BodyReader, ResponseLike, SnapshotSource } from "../types/types.js";

const MAX_BYTES = 64 * 1024 * 1024;

const [SPACE, LESS_THAN] = [32, 60];
/** How much room is made for a body at first. */
const PAGE = 65_536;

/** Halves of characters. */
const [FIRST_HALF, LAST_HALF] = [0xd800, 0xdfff];

/** What begins like a URL or a path, or is a file name. */
const ADDRESS = /^\s*([a-z][a-z+.-]*:\/*\w|\.{0,2}\/|[\w.-]+\.json\s*$)/i;

/** The bytes of a source that is at hand, a copy of the caller's. */
export function toBytes(source: SnapshotSource, maxBytes: number = MAX_BYTES): Uint8Array {
  if (source instanceof URL) source = source.href;
  const bytes =
    typeof source === "string"
      ? encode(checkText(source), maxBytes)
      : (copyBytes(source, maxBytes) ?? encode(stringify(source), maxBytes));
  if (bytes.find((byte) => byte > SPACE) === LESS_THAN)
    throw new RolegateError("not-json", "this is an HTML page, not JSON: check the address, or sign in");
  return within(bytes.length, maxBytes) ? bytes : tooLarge(maxBytes);
}

/**
 * The same for one that may still have to arrive. What is at hand is read at once: whoever gave it may change
 * it meanwhile.
 */
export async function arrive(
  source: SnapshotSource | Promise<SnapshotSource>,
  maxBytes: number = MAX_BYTES,
): Promise<Uint8Array> {
  if (!isResponse(source as SnapshotSource) && !isPromise(source)) return toBytes(source, maxBytes);
  const arrived = await settled(source);
  return toBytes(isResponse(arrived) ? await bodyOf(arrived, maxBytes) : arrived, maxBytes);
}

function isPromise(source: SnapshotSource | Promise<SnapshotSource>): source is Promise<SnapshotSource> {
  return typeof (source as { then?: unknown } | null | undefined)?.then === "function";
}

async function settled(source: SnapshotSource | Promise<SnapshotSource>): Promise<SnapshotSource> {
  try {
    return await source;
  } catch (cause) {
    throw cause instanceof RolegateError
      ? cause
      : new RolegateError("fetch-failed", `the snapshot did not arrive, try again: ${String(cause)}`, {
          cause,
        });
  }
}

function isResponse(source: SnapshotSource): source is ResponseLike {
  return (
    typeof source === "object" &&
    source !== null &&
    "ok" in source &&
    typeof (source as ResponseLike).arrayBuffer === "function"
  );
}

async function bodyOf(response: ResponseLike, maxBytes: number): Promise<ArrayBuffer | Uint8Array> {
  const { ok, status, url, headers } = response;
  const name = url || "the response";
  if (!ok)
    throw new RolegateError("fetch-failed", `${name} has status ${status}: check the address, or sign in`);
  const type = headers.get("content-type");
  if (type !== null && !/json|text\/plain|octet-stream/i.test(type))
    throw new RolegateError("not-json", `${name} is \`${type}\`, not JSON: check the address, or sign in`);
  const isTooLong = !within(Number(headers.get("content-length")), maxBytes);
  try {
    const reader = response.body && response.bodyUsed !== true ? response.body.getReader() : undefined;
    if (isTooLong) return stop(reader, maxBytes);
    return reader === undefined ? await response.arrayBuffer() : await readUpTo(reader, maxBytes);
  } catch (cause) {
    throw cause instanceof RolegateError
      ? cause
      : new RolegateError("fetch-failed", `${name} was cut off, or already read: fetch it again`, { cause });
  }
}

/**
 * What arrives, whatever its length was said to be; reading ends when it is too much. However small the
 * pieces are, no more than twice that is kept.
 */
async function readUpTo(reader: BodyReader, maxBytes: number): Promise<Uint8Array> {
  let bytes = new Uint8Array(PAGE);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done || value === undefined) return bytes.subarray(0, length);
    const end = length + value.length;
    if (!within(end, maxBytes)) return stop(reader, maxBytes);
    if (end > bytes.length) {
      const before = bytes;
      bytes = new Uint8Array(Math.max(end, 2 * length));
      bytes.set(before);
    }
    bytes.set(value, length);
    length = end;
  }
}

function stop(reader: BodyReader | undefined, maxBytes: number): never {
  void reader?.cancel().catch(() => undefined);
  return tooLarge(maxBytes);
}

function checkText(text: string): string {
  if (ADDRESS.test(text))
    throw new RolegateError(
      "not-json",
      `this is an address, not JSON: pass \`fetch(${JSON.stringify(text.slice(0, 200))})\``,
    );
  return isWellFormed(text) ? text : illFormed(text);
}

function illFormed(text: string): never {
  let at = 0;
  for (
    let code: number | undefined;
    (code = text.codePointAt(at)) !== undefined && (code < FIRST_HALF || code > LAST_HALF);
  )
    at += code > 0xffff ? 2 : 1;
  const place = placeIn(new TextEncoder().encode(text.slice(0, at)));
  throw new SnapshotError([{ path: "", code: "syntax", message: "unpaired surrogate", ...place }]);
}

function copyBytes(source: object, maxBytes: number): Uint8Array | undefined {
  const isBuffer = Object.prototype.toString.call(source) === "[object ArrayBuffer]";
  if (!isBuffer && !ArrayBuffer.isView(source)) return undefined;
  const bytes = bytesOf(source as ArrayBuffer | ArrayBufferView);
  return within(bytes.length, maxBytes) ? bytes.slice() : tooLarge(maxBytes);
}

function bytesOf(source: ArrayBuffer | ArrayBufferView): Uint8Array {
  try {
    return ArrayBuffer.isView(source)
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : new Uint8Array(source);
  } catch (cause) {
    throw new RolegateError("not-json", "this buffer is detached: pass a copy", {
      cause,
    });
  }
}

function stringify(source: unknown): string {
  let text: string | undefined;
  try {
    text = typeof source === "object" && source !== null ? JSON.stringify(source) : undefined;
  } catch (cause) {
    throw new RolegateError("not-json", `this object cannot be written as JSON: ${String(cause)}`, { cause });
  }
  if (text === undefined)
    throw new RolegateError(
      "not-json",
      "a snapshot is loaded from JSON text, bytes, a Response or an object",
    );
  return text;
}

function encode(text: string, maxBytes: number): Uint8Array {
  return within(text.length, maxBytes) ? new TextEncoder().encode(text) : tooLarge(maxBytes);
}

function within(bytes: number, maxBytes: number): boolean {
  return bytes <= maxBytes;
}

function tooLarge(maxBytes: number): never {
  throw new SnapshotError([{ path: "", code: "too-large", message: `longer than ${maxBytes} bytes` }]);
}
