// Publishing: only what loads, is of the tenant and follows what is there.

import { load } from "rolegate";
import { errorOf, RolegateError } from "../store/failures.js";
import { bytesOf, isEqual, tagged } from "./bytes.js";
import { publishSettingsOf } from "./settings.js";
import type { Content, Published, PublishOptions, Source, Verify } from "./types.js";

/** Something else has been published. Its code is `old-revision`. */
export class ConflictError extends RolegateError {
  override readonly name: string = "ConflictError";
  /** What is there now; `undefined`: nothing, or nothing that can be read. */
  readonly current: Published | undefined;

  constructor(problem: string, current: Published | undefined) {
    super("old-revision", problem);
    this.current = current;
  }
}

/** What a store has. */
interface There {
  readonly etag?: string | undefined;
  readonly current?: Published | undefined;
}

/**
 * Publishes a snapshot whose revision is higher than the one that is there. Of two that publish at once, one
 * gets a {@link ConflictError}. Publishing the same again is no conflict.
 * @param snapshot JSON text, bytes, or an object
 * @throws {ConflictError} with what is there
 * @throws {RolegateError} `bad-options`, `wrong-tenant`, and whatever `load`, `sign`, `verify` and the source
 *   throw
 */
export async function publish(
  source: Source,
  snapshot: Content | object,
  options: PublishOptions,
): Promise<Published> {
  const { put, tenant, base, sign, verify } = publishSettingsOf(source, options);
  const mine = await read(bytesFrom(snapshot), tenant);
  const bytes = sign ? bytesOf(await sign(mine.json)) : mine.json;
  const { epoch, json } = await read(bytes, tenant, verify);
  if (!isEqual(json, mine.json)) throw new RolegateError("bad-signature", "`sign` has signed something else");
  const next: Published = { ...mine, epoch };

  const before = await present(source, tenant, verify, base);
  check(next, before.current, base);
  if (await put(bytes, before.etag)) return next;
  const now = await present(source, tenant, verify, null);
  // A client may have tried twice, and have found its own.
  if (isSame(next, now.current)) return next;
  throw new ConflictError("another publisher was faster", now.current);
}

/** @throws {ConflictError} unless `next` follows what is there, or is the same */
function check(next: Published, current: Published | undefined, base: number | null | undefined): void {
  if (isSame(next, current)) return;
  const there = current === undefined ? "nothing that can be read" : `revision ${current.revision}`;
  if (base !== undefined && base !== (current?.revision ?? null))
    throw new ConflictError(`${there} is there, not revision ${base}`, current);
  if (current !== undefined && (next.epoch - current.epoch || next.revision - current.revision) <= 0)
    throw new ConflictError(`${there} is there, and revision ${next.revision} does not follow it`, current);
}

function isSame(one: Published, other: Published | undefined): boolean {
  return other?.epoch === one.epoch && isEqual(other.json, one.json);
}

/**
 * What is there. What cannot be read may be newer, of a later format or signed with a key that is not known here: it
 * is replaced only where nothing is said to be there.
 */
async function present(
  source: Source,
  tenant: string,
  verify: Verify | undefined,
  base: number | null | undefined,
): Promise<There> {
  const found = await source.get();
  if (found === "same" || found == null) return {};
  const { bytes, etag } = await tagged(found);
  try {
    return { etag, current: await read(bytes, tenant, verify) };
  } catch (cause) {
    const { code, message } = errorOf(cause);
    if (!("issues" in Object(cause) || code === "not-json" || code === "bad-signature")) throw cause;
    if (base === null) return { etag };
    const hint = "it may be newer, or signed with a key that is not known here; `base: null` replaces it";
    throw new RolegateError(code, `what is there cannot be read (${message}): ${hint}`, { cause });
  }
}

/** Loads it, as every reader will. */
async function read(bytes: Uint8Array, tenant: string, verify?: Verify): Promise<Published> {
  const { bytes: json, epoch = 0 } = verify ? await verify(bytes, tenant) : { bytes };
  const snapshot = await load(json, { tenant });
  const { revision } = snapshot;
  snapshot.free();
  return { revision, epoch, json };
}

function bytesFrom(snapshot: Content | object): Uint8Array {
  const isContent =
    typeof snapshot === "string" || snapshot instanceof ArrayBuffer || ArrayBuffer.isView(snapshot);
  return bytesOf(isContent ? (snapshot as Content) : JSON.stringify(snapshot));
}
