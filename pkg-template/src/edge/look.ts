// One look at a source: what is there, checked and loaded.

import { load } from "rolegate";
import { takeOut } from "../engine/take-out.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import { refuse } from "../store/failures.js";
import type { StoreSignal } from "../store/types.js";
import { tagged } from "./bytes.js";
import type { Settings } from "./settings.js";
import type { Source } from "./types.js";

/** A loaded snapshot, and where it stands among others of its tenant. */
export interface Loaded {
  readonly snapshot: Snapshot;
  readonly etag: string;
  readonly epoch: number;
  /** Of the document. */
  readonly bytes: number;
}

/** What a newer one is compared with: the last good snapshot, or what is remembered of it. */
export interface Last {
  /** The tenant. */
  readonly name: string;
  readonly epoch: number;
  readonly revision: number;
  readonly loaded?: Loaded | undefined;
}

/**
 * @returns `undefined` if the last one is still there
 * @throws {RolegateError} if nothing is there, or what is there may not take its place
 */
export async function look(
  source: Source,
  last: Last,
  { verify, maxBytes }: Pick<Settings, "verify" | "maxBytes">,
  signal: StoreSignal,
): Promise<Loaded | undefined> {
  const { name: tenant, loaded } = last;
  const known = loaded?.etag;
  const found = await source.get(known, signal);
  if (found === "same") return known === undefined ? missing(tenant) : undefined;
  if (found == null) return missing(tenant);
  const { bytes, etag } = await tagged(found);
  if (etag === known) return undefined;
  const { bytes: json, epoch = 0 } = verify ? await verify(bytes, tenant) : { bytes };
  if (epoch < last.epoch) refuse("old-revision", `epoch ${epoch} is older than ${last.epoch}`);
  const minRevision = epoch === last.epoch ? last.revision : 0;
  const snapshot = await load(json, { tenant, minRevision, maxBytes });
  checkEnd(snapshot, epoch, last);
  // biome-ignore lint/complexity/useLiteralKeys: it is private, so that `Snapshot` is a type of its own
  takeOut(snapshot["source"].engine);
  return { snapshot, etag, epoch, bytes: json.length };
}

function missing(tenant: string): never {
  return refuse("fetch-failed", `there is no snapshot of \`${tenant}\``);
}

/** A copy of the same revision that ended earlier, as caches have, does not take the place of a valid one. */
function checkEnd(snapshot: Snapshot, epoch: number, { loaded }: Last): void {
  const isSame = loaded?.epoch === epoch && loaded.snapshot.revision === snapshot.revision;
  if (isSame && isOver(snapshot) && !isOver(loaded.snapshot))
    refuse("old-revision", `this copy of revision ${snapshot.revision} has expired`);
}

/** Whether a snapshot has expired. */
export function isOver({ expiresAt }: Snapshot, at: number = Date.now()): boolean {
  return expiresAt !== undefined && at >= expiresAt.getTime();
}
