// The options and members of a store.

import type { RolegateError } from "../core/errors.js";
import type { Checked } from "../core/options.js";
import type { LiteGate } from "../gate/lite-gate.js";
import type { Load, Snapshot } from "../snapshot/snapshot.js";
import type { GateOptions, Level, Permission, UserId } from "../types/types.js";

/** An `AbortSignal`, if the runtime has that type. */
export type StoreSignal = typeof globalThis extends { AbortSignal: { prototype: infer S } } ? S : object;

/** The options that a store passes to `fetch`. A custom `fetch` must pass all of them on. */
export interface StoreRequest {
  readonly headers: Record<string, string>;
  readonly signal: StoreSignal;
  readonly cache?: "no-store";
}

/** The part of a `Response` that a store needs. */
export interface StoreResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * Where the last good answer is stored for the next start. Values are structured data: text, numbers and
 * bytes.
 */
export interface StoreStorage {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  /** @internal The code that uses a storage: `indexedDb()` brings it along; for others the store loads it. */
  readonly keep?: Keep;
}

/** Shares one store's requests between tabs; made by `shareTabs()`. */
export type StoreTabs = (core: Core) => TabLink;

/** The result of `verify`. */
export interface Verified {
  /** The verified JSON. */
  readonly bytes: Uint8Array;
  /** A higher epoch restarts the count of revisions; with a lower one the bytes are rejected. Default: 0. */
  readonly epoch?: number | undefined;
}

/** Options of `createStore`. */
export interface StoreOptions {
  /** The address to fetch. */
  readonly url?: string | { readonly href: string } | undefined;
  /** Replaces the global `fetch`. Without `url`, it is called with `""`. */
  readonly fetch?: ((url: string, request: StoreRequest) => Promise<StoreResponse>) | undefined;
  /** The person: gate data of others are rejected. Required for a snapshot of several people. */
  readonly user?: UserId;
  /** The tenant: data of another one, or of none, are rejected. `null` accepts any. */
  readonly tenant?: string | null;
  /** Options of the gate. For gate data only `context`, `now` and `onDecision`. */
  readonly options?: GateOptions | undefined;
  /** How often to check for newer data (ms). Default: a minute; at least five seconds. */
  readonly interval?: number | undefined;
  /** How long the last good answer may be used without another one (ms). Default: a day. */
  readonly maxStale?: number | undefined;
  /** Where to store the last good answer. Requires `user` and `tenant`. */
  readonly storage?: StoreStorage | undefined;
  readonly tabs?: StoreTabs | undefined;
  /** Verifies fetched or stored bytes and returns the JSON in them; throws if they are not valid. */
  readonly verify?: ((bytes: Uint8Array) => Promise<Verified>) | undefined;
  /** Subscribes to changes: call `look` when something has changed. Returns a function that unsubscribes. */
  readonly push?: ((look: () => void) => () => void) | undefined;
  /** `"manual"`: permissions that become wider or different wait for `activate()`. Default: `"now"`. */
  readonly activate?: "now" | "manual" | undefined;
  /** Replaces the `load` of `rolegate`, which is imported when the first snapshot arrives. */
  readonly load?: Load | undefined;
  readonly onError?: ((error: RolegateError) => void) | undefined;
}

/**
 * - `empty`: there is no answer yet.
 * - `ready`: the last request succeeded.
 * - `stale`: the last request failed, and the last good answer is still in use.
 * - `expired`: the data have expired, or `maxStale` has passed.
 * - `closed`: the server denied access, the user signed out, or the store was closed.
 */
export type StoreStatus = "empty" | "ready" | "stale" | "expired" | "closed";

/** How one permission changed. */
export interface Change {
  readonly permission: Permission;
  readonly from: Level | "none";
  readonly to: Level | "none";
  readonly change: "wider" | "narrower" | "different";
}

/** How the answers changed. */
export interface StoreEvent {
  readonly revision: number;
  readonly reason: "data" | "time" | "closed" | "status";
  readonly status: StoreStatus;
  /**
   * First what is allowed now, then what no longer is, each in the order of the catalog. Changes caused by another
   * `context` are not listed.
   */
  readonly changes: readonly Change[];
}

/** One person's answers, kept up to date. */
export interface Store {
  /**
   * The current answers: a new object whenever an answer may have changed, and otherwise the same object. It
   * denies everything before the first answer, and after the answers have expired or the store was closed.
   */
  readonly gate: LiteGate;
  /** The loaded snapshot, if the server sends snapshots. */
  readonly snapshot: Snapshot | undefined;
  readonly status: StoreStatus;
  /** Fulfilled when the status is no longer `empty`. Always the same promise; it never rejects. */
  readonly ready: Promise<Store>;
  /** Calls `listener` with each event. @returns a function that unsubscribes */
  readonly subscribe: (listener: (event: StoreEvent) => void) => () => void;
  /** Checks for newer data now, also when closed. @returns whether a valid answer arrived */
  readonly refresh: () => Promise<boolean>;
  /** Changes options of the gate; others keep their values. @throws {RolegateError} `bad-options` */
  readonly configure: (options: GateOptions) => void;
  /** Applies what `activate: "manual"` holds back. */
  readonly activate: () => void;
  /** Signs out: closes the store in all tabs and deletes what is stored. */
  readonly clear: () => Promise<void>;
  /** Forgets the highest revision and checks for newer data. */
  readonly reset: () => Promise<boolean>;
  /** Ends the store and releases everything it uses. */
  readonly close: () => void;
}

// What storage and tabs see of a store. They are separate entries and bring the code that they need along.

/** The settings of a store. */
export interface Settings extends Omit<Checked<StoreOptions>, "url" | "user" | "interval" | "maxStale"> {
  /** `""`: only `fetch` knows the address. */
  readonly url: string;
  readonly user: UserId | undefined;
  readonly interval: number;
  readonly maxStale: number;
}

/** What is kept when everything else is deleted. */
export interface Mark {
  /** The highest revision seen, and its epoch. */
  epoch: number;
  revision: number;
  /** When the user last signed out, or the server last denied access (ms). */
  cleared: number;
}

/** The state of a store, besides what it shows. */
export interface State extends Mark {
  /**
   * The last good answer, if there is one: its `ETag`, its bytes, and when the server last confirmed it, by
   * the date and by the monotonic clock.
   */
  etag?: string | undefined;
  bytes?: Uint8Array | undefined;
  good: number;
  goodElapsed: number;
  /** Increases when requests in progress are to be ignored. */
  turn: number;
  /** When the store was made or last resumed (ms): earlier sign-outs do not matter. */
  begun: number;
  isStarted: boolean;
  isClosed: boolean;
}

/** The bytes of an answer, and its `ETag`. */
export interface GoodAnswer {
  readonly bytes: Uint8Array;
  readonly etag: string | undefined;
}

export interface Core {
  readonly settings: Settings;
  readonly state: State;
  readonly report: (cause: unknown) => void;
  /**
   * Accepts an answer of this turn, or throws the reason why not. For a stored one, `at` is when the server
   * last confirmed it.
   */
  readonly take: (answer: GoodAnswer, turn: number, at?: number) => Promise<boolean>;
  /** The server confirmed the last good answer at this time (ms). */
  readonly confirm: (at: number) => void;
  /** Closes, because another tab did at that time, and deletes what is stored. */
  readonly clear: (at: number) => Promise<void>;
  /** Closes, and does not touch the storage. */
  readonly shut: () => void;
  /** Accepts what is stored now. */
  readonly restore: () => Promise<boolean | undefined>;
  /** Looks soon, at a random moment, if the page is visible. */
  readonly nudge: () => void;
  /** Waits for the tab that makes the requests. */
  readonly rest: () => void;
  readonly lead: (isLeading: boolean) => void;
}

/** Stores the last good answer of a store for the next start. */
export interface Keeper {
  /** Accepts what is stored, if it is newer than what the store has. */
  restore(): Promise<boolean>;
  /** Stores what the store has. */
  put(): Promise<void>;
}

type Keep = (storage: StoreStorage, core: Core) => Keeper;

/** One tab among others. */
interface TabLink {
  /**
   * @param isWanted whether this tab wants to be the one that makes the requests
   * @param isAside whether it is frozen or in the back/forward cache, and receives nothing
   */
  want(isWanted: boolean, isAside: boolean): void;
  tell(kind: "look" | "clear" | "reset"): void;
  close(): void;
}
