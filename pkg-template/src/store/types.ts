// What a store takes and has.

import type { RolegateError } from "../core/errors.js";
import type { Checked } from "../core/options.js";
import type { LiteGate } from "../gate/lite-gate.js";
import type { Load, Snapshot } from "../snapshot/snapshot.js";
import type { GateOptions, Level, Permission, UserId } from "../types/types.js";

/** An `AbortSignal`, where the runtime has such a thing. */
export type StoreSignal = typeof globalThis extends { AbortSignal: { prototype: infer S } } ? S : object;

/** What is asked of `fetch`. Pass all of it on. */
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
 * Where the last good answer is kept for the next start. The values are structured data: text, numbers and
 * bytes.
 */
export interface StoreStorage {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  /** @internal What `indexedDb()` brings along, and others load. */
  readonly keep?: Keep;
}

/** `shareTabs()` makes one. */
export type StoreTabs = (core: Core) => TabLink;

/** What vouched for bytes. */
export interface Verified {
  /** The JSON. */
  readonly bytes: Uint8Array;
  /** Higher than before, it starts the count of revisions anew; lower, the bytes are refused. Default: 0. */
  readonly epoch?: number | undefined;
}

/** Options of `createStore`. */
export interface StoreOptions {
  /** Where to fetch. */
  readonly url?: string | { readonly href: string } | undefined;
  /** In place of the global `fetch`; without `url` it is called with `""`. */
  readonly fetch?: ((url: string, request: StoreRequest) => Promise<StoreResponse>) | undefined;
  /** Whose answers: gate data of others are refused. A snapshot of several people needs it. */
  readonly user?: UserId;
  /** Data of another tenant, or of none, are refused. `null`: of any. */
  readonly tenant?: string | null;
  /** Of the gate. Gate data take `context`, `now` and `onDecision` only. */
  readonly options?: GateOptions | undefined;
  /** How often to look (ms). Default: a minute; at least five seconds. */
  readonly interval?: number | undefined;
  /** How long the last good answer goes on without another (ms). Default: a day. */
  readonly maxStale?: number | undefined;
  /** It needs `user` and `tenant`. */
  readonly storage?: StoreStorage | undefined;
  readonly tabs?: StoreTabs | undefined;
  /** Gives the JSON for bytes that were fetched or stored, or throws. */
  readonly verify?: ((bytes: Uint8Array) => Promise<Verified>) | undefined;
  /** Calls `look` when something has changed. */
  readonly push?: ((look: () => void) => () => void) | undefined;
  /** `"manual"`: what widens or moves waits for `activate()`. Default: `"now"`. */
  readonly activate?: "now" | "manual" | undefined;
  /** In place of `load` of `rolegate`, which is imported when the first snapshot arrives. */
  readonly load?: Load | undefined;
  readonly onError?: ((error: RolegateError) => void) | undefined;
}

/**
 * - `empty`: nothing is known yet.
 * - `ready`: the last look was answered.
 * - `stale`: it was not, and the last good answer goes on.
 * - `expired`: the data have ended, or `maxStale` has.
 * - `closed`: the server said no, somebody signed out, or the store was closed.
 */
export type StoreStatus = "empty" | "ready" | "stale" | "expired" | "closed";

/** What has become of one permission. */
export interface Change {
  readonly permission: Permission;
  readonly from: Level | "none";
  readonly to: Level | "none";
  readonly change: "wider" | "narrower" | "different";
}

/** What has become of the answers. */
export interface StoreEvent {
  readonly revision: number;
  readonly reason: "data" | "time" | "closed" | "status";
  readonly status: StoreStatus;
  /** In the order of the catalog. What another `context` changes is not listed. */
  readonly changes: readonly Change[];
}

/** One person's answers, kept up to date. */
export interface Store {
  /**
   * The answers at this moment. It is a new object whenever an answer may have changed, and the same as long
   * as none has. Until something is known, and when it is no more, it says no.
   */
  readonly gate: LiteGate;
  /** What was loaded, where it is a snapshot. */
  readonly snapshot: Snapshot | undefined;
  readonly status: StoreStatus;
  /** Something is known: the same promise always, which never fails. */
  readonly ready: Promise<Store>;
  /** @returns what ends it */
  readonly subscribe: (listener: (event: StoreEvent) => void) => () => void;
  /** Looks now, also when closed. @returns whether an answer that is in order came */
  readonly refresh: () => Promise<boolean>;
  /** Other options of the gate; those that are not named stay. @throws {RolegateError} `bad-options` */
  readonly configure: (options: GateOptions) => void;
  /** Takes what `activate: "manual"` holds back. */
  readonly activate: () => void;
  /** Signs out: closes, in all tabs, and deletes what is stored. */
  readonly clear: () => Promise<void>;
  /** Forgets the highest revision, and looks. */
  readonly reset: () => Promise<boolean>;
  /** Ends it. Nothing stays behind. */
  readonly close: () => void;
}

// What storage and tabs see of a store. They come by imports of their own, and bring what they need of it
// along.

/** What a store goes by. */
export interface Settings extends Omit<Checked<StoreOptions>, "url" | "user" | "interval" | "maxStale"> {
  /** `""`: only `fetch` knows. */
  readonly url: string;
  readonly user: UserId | undefined;
  readonly interval: number;
  readonly maxStale: number;
}

/** How far the count of revisions has got. It stays when all else is deleted. */
export interface Mark {
  readonly epoch: number;
  readonly revision: number;
  /** When somebody last signed out, or the server said no (ms). */
  readonly cleared: number;
}

/** What changes while a store lives, besides what it shows. */
export interface State {
  mark: Mark;
  /**
   * Of the last good answer: what the server calls it, its bytes, and when it was last in order, by the date
   * and by the clock that nobody sets.
   */
  etag: string | undefined;
  bytes: Uint8Array | undefined;
  good: number;
  goodElapsed: number;
  /** Rises when whatever is under way does not count any more. */
  turn: number;
  /** When it was made, or last began again (ms): who has signed out before does not matter. */
  begun: number;
  isStarted: boolean;
  isClosed: boolean;
}

export interface Core {
  readonly settings: Settings;
  readonly state: State;
  readonly report: (cause: unknown) => void;
  /**
   * Takes bytes that count in this turn, or throws why not. `at` is when they were in order, of those that
   * were stored.
   */
  readonly take: (bytes: Uint8Array, turn: number, at?: number) => Promise<boolean>;
  /** The last good answer was still the one at a time (ms). */
  readonly confirm: (at: number) => void;
  /** Closes, as another tab did at a time, and deletes what is stored. */
  readonly clear: (at: number) => Promise<void>;
  /** Closes, and leaves the storage to who has it. */
  readonly shut: () => void;
  /** Takes what is stored by now. */
  readonly restore: () => Promise<boolean>;
  /** Looks at a random moment soon, unless nobody sees the page. */
  readonly nudge: () => void;
  /** Waits for the tab that asks. */
  readonly rest: () => void;
  readonly lead: (isLeading: boolean) => void;
}

/** Keeps what a store has for the next start. */
export interface Keeper {
  /** Takes what is stored, if it is later than what there is. */
  restore(): Promise<boolean>;
  /** Stores what there is. */
  put(): Promise<void>;
}

type Keep = (storage: StoreStorage, core: Core) => Keeper;

/** One tab among others. */
interface TabLink {
  /**
   * @param isWanted whether this tab wants to be the one that asks
   * @param isAside whether it is frozen or put aside, and hears nothing
   */
  want(isWanted: boolean, isAside: boolean): void;
  tell(kind: "look" | "clear" | "reset"): void;
  close(): void;
}
