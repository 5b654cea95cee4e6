// What signing and verifying take and give.

import type { Load } from "../snapshot/snapshot.js";
import type { StoreOptions, StoreStorage } from "../store/types.js";
import type { LiteOptions, UserId } from "../types/types.js";

/** A JSON Web Key: public, or with `d` private. Of other members only these are read. */
export interface Jwk {
  readonly kty: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly d?: string;
  /** By which a signature names its key. */
  readonly kid?: string;
  readonly alg?: string;
  readonly use?: string;
  readonly key_ops?: readonly string[];
}

/** A JSON Web Key Set: the keys that verify. */
export interface Jwks {
  readonly keys: readonly Jwk[];
}

/** What `generateKeys` gives. */
export interface Keys {
  /** For the server that signs, and nobody else. */
  readonly privateKey: Jwk;
  readonly publicKey: Jwk;
}

/** A set that is fetched: {@link remoteKeys} makes one. Keep it: what it has fetched is in it. */
export interface RemoteKeys {
  /**
   * @internal The keys as last fetched, which is no longer ago than `maxAge` (ms). They are fetched again if
   * none is called `kid`.
   */
  readonly keysFor: (kid: string, maxAge: number) => Promise<readonly Jwk[]>;
}

/** Options of {@link remoteKeys}. */
export interface RemoteKeyOptions {
  /** Where the set is kept for a start without a network, such as `indexedDb()`. */
  readonly storage?: Pick<StoreStorage, "get" | "set"> | undefined;
  /** In place of the global `fetch`. */
  readonly fetch?: StoreOptions["fetch"];
}

/** Options of `sign` and `signGate`. */
export interface SignOptions {
  /**
   * Whose it is: gate data and narrowed snapshots need it. `null`: everybody's, although it lists one person.
   */
  readonly subject?: UserId | null;
  /** A higher one than before starts the count of revisions anew. Default: 0. */
  readonly epoch?: number;
}

/** What a signature must be to count. */
export interface VerifyOptions {
  /** Whose roles are wanted. `null`: any tenant's. */
  readonly tenant: string | null;
  /** Whose gate data or narrowed snapshot is wanted. Without it, what is one person's is refused. */
  readonly subject?: UserId;
  /** Anything longer is refused unread. Default: 64 MiB. */
  readonly maxBytes?: number | undefined;
  /** How long (ms) a set that was fetched counts when it cannot be fetched again. Default: a day. */
  readonly maxKeyAge?: number | undefined;
  /** The highest epoch that was seen: a lower one is refused. Default: 0. */
  readonly minEpoch?: number;
  /**
   * The highest revision that was seen: a lower one is refused, unless it is of an epoch above `minEpoch`.
   */
  readonly minRevision?: number;
}

/** Options of `loadSigned`. */
export interface LoadSignedOptions extends VerifyOptions {
  /** In place of `load` of `rolegate`: that of `rolegate/inline`, or for service workers. */
  readonly load?: Load | undefined;
}

/** Options of `restoreSigned`: those of `restore` as well. */
export interface RestoreSignedOptions extends VerifyOptions, LiteOptions {}
