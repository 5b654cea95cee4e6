// What a source of snapshots is, and the options and results of keeping and publishing.

import type { RolegateError } from "../core/errors.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import type { StoreSignal, Verified } from "../store/types.js";

/** What a store has under a key: bytes, or the same as text. */
export type Content = Uint8Array | ArrayBuffer | string;

/** What a source found. */
export interface Found {
  readonly bytes: Content;
  /** Changes whenever the bytes do. Without it, a digest of the bytes takes its place. */
  readonly etag?: string | undefined;
}

/** The place of one tenant's snapshot. */
export interface Source {
  /**
   * Reads. `"same"`: it is what had this etag. `undefined` or `null`: nothing is there.
   * @param signal aborts when it has taken too long
   */
  get(etag?: string, signal?: StoreSignal): Promise<Found | "same" | undefined | null>;
  /**
   * Writes if what is there has this etag; without one, if nothing is there.
   * @returns whether it has written
   */
  put?(bytes: Uint8Array, etag?: string): Promise<boolean>;
  /** Calls `changed` when something has been written. Returns what ends that. */
  watch?(changed: () => void): Stop | Promise<Stop>;
}

type Stop = () => unknown;

/** Checks bytes and returns the JSON in them: a `verifier` of `rolegate/signed`, for any tenant. */
export type Verify = (bytes: Uint8Array, tenant: string) => Promise<Verified>;

/** Where the snapshot of a tenant is, at once or later. */
export type SourceOf = (tenant: string) => Source | Promise<Source>;

/** Options of `keep`. */
export interface KeepOptions {
  /** How long a snapshot is used before its source is asked again (ms). */
  readonly every: number;
  /** How long the last good one is used while no other can be had (ms). After that, `current` rejects. */
  readonly maxStale: number;
  /** How many tenants are kept. Default: 1,000. */
  readonly max?: number | undefined;
  /** How many bytes of documents are kept, of all tenants together. Default: 16 MiB. */
  readonly maxBytes?: number | undefined;
  readonly verify?: Verify | undefined;
  /** In Workers, that of `cloudflare:workers`: a load goes on when its request has been answered. */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /** Hears of every load that failed, also where an older snapshot is used instead. */
  readonly onError?: ((error: RolegateError, tenant: string) => void) | undefined;
}

/** The snapshots of many tenants, kept up to date. */
export interface Keeper {
  /**
   * The snapshot of a tenant. It is never of another tenant, never older than one before, and at most
   * `maxStale` old.
   * @throws {RolegateError} why there is none: `fetch-failed`, `wrong-tenant`, and whatever `load` and
   *   `verify` throw
   */
  current(tenant: string): Promise<Snapshot>;
}

/** Options of `publish`. */
export interface PublishOptions {
  /** Whose snapshot it must be. */
  readonly tenant: string;
  /** The revision that it was made from; `null`: there was none. Anything else there is a conflict. */
  readonly base?: number | null;
  /** Makes what is stored, such as a signed snapshot. Requires `verify`. */
  readonly sign?: ((json: Uint8Array) => Promise<Content>) | undefined;
  /** As readers verify: what it refuses is neither published nor taken for a snapshot that is there. */
  readonly verify?: Verify | undefined;
}

/** A snapshot that is in a store. */
export interface Published {
  readonly revision: number;
  readonly epoch: number;
  /** Its JSON, without a signature. */
  readonly json: Uint8Array;
}
