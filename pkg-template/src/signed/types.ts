// The arguments, options and results of signing and verifying.

import type { Load } from "../snapshot/snapshot.js";
import type { StoreOptions, StoreStorage } from "../store/types.js";
import type { LiteOptions, UserId } from "../types/types.js";

/** A JSON Web Key: public, or private if it has `d`. Only these members are read. */
export interface Jwk {
  readonly kty: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly d?: string;
  /** The name of the key, which signatures refer to. */
  readonly kid?: string;
  readonly alg?: string;
  readonly use?: string;
  readonly key_ops?: readonly string[];
}

/** A JSON Web Key Set: the keys that verify. */
export interface Jwks {
  readonly keys: readonly Jwk[];
}

/** A key pair, made by `generateKeys`. */
export interface Keys {
  /** Only the signing server may have it. */
  readonly privateKey: Jwk;
  readonly publicKey: Jwk;
}

/** A key set that is fetched, made by {@link remoteKeys}. Reuse it: it caches what it has fetched. */
export interface RemoteKeys {
  /**
   * @internal The keys, fetched at most `maxAge` (ms) ago. They are fetched again if none is named `kid`.
   */
  readonly keysFor: (kid: string, maxAge: number) => Promise<readonly Jwk[]>;
}

/** Options of {@link remoteKeys}. */
export interface RemoteKeyOptions {
  /** Where to store the set for a start without a network, such as `indexedDb()`. */
  readonly storage?: Pick<StoreStorage, "get" | "set"> | undefined;
  /** Replaces the global `fetch`. */
  readonly fetch?: StoreOptions["fetch"];
}

/** Options of `sign` and `signGate`. */
export interface SignOptions {
  /**
   * The person whose data these are; required for gate data and narrowed snapshots. `null`: the snapshot is
   * meant for everyone, although it lists only one person. Never say so of a narrowed one: it lacks what other
   * people are denied. It is only valid for readers who say `subject: null`, too, and for nobody's own data.
   */
  readonly subject?: UserId | null;
  /** A higher epoch than before restarts the count of revisions. Default: 0. */
  readonly epoch?: number;
}

/** What a signature is checked against. */
export interface VerifyOptions {
  /** The expected tenant. `null`: any. */
  readonly tenant: string | null;
  /**
   * The person whose data are expected. Without it, data of one person are rejected. `null`: a snapshot for
   * everyone that may list only one person, if it was signed with `subject: null`, too.
   */
  readonly subject?: UserId | null;
  /** Longer data are rejected unread. Default: 64 MiB. */
  readonly maxBytes?: number | undefined;
  /** How long (ms) a fetched set stays valid if it cannot be fetched again. Default: a day. */
  readonly maxKeyAge?: number | undefined;
  /** The highest epoch seen so far: a lower one is rejected. Default: 0. */
  readonly minEpoch?: number;
  /**
   * The highest revision seen so far: a lower one is rejected, unless its epoch is higher than `minEpoch`.
   */
  readonly minRevision?: number;
}

/** Options of `loadSigned`. */
export interface LoadSignedOptions extends VerifyOptions {
  /** Replaces the `load` of `rolegate`, for example by that of `rolegate/inline`, as in service workers. */
  readonly load?: Load | undefined;
}

/** Options of `restoreSigned`, including those of `restore`. */
export interface RestoreSignedOptions extends VerifyOptions, LiteOptions {}
