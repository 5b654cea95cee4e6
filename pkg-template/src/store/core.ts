// What storage and tabs see of a store. They come by imports of their own, and bring what they need of it along.

import type { Settings } from "./settings.js";
import type { StoreStorage } from "./types.js";

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
  /** Of the last good answer: what the server calls it, its bytes, and when it was last in order, by the date and by the clock that nobody sets. */
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
  /** Takes bytes that count in this turn, or throws why not. `at` is when they were in order, of those that were stored. */
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

export type Keep = (storage: StoreStorage, core: Core) => Keeper;

/** One tab among others. */
export interface TabLink {
  /**
   * @param isWanted whether this tab wants to be the one that asks
   * @param isAside whether it is frozen or put aside, and hears nothing
   */
  want(isWanted: boolean, isAside: boolean): void;
  tell(kind: "look" | "clear" | "reset"): void;
  close(): void;
}
