// `rolegate/store/tabs`: one tab of an origin makes the requests for all.

import type { StoreTabs } from "./types.js";

export type { StoreTabs } from "./types.js";

/**
 * Messages between tabs: to look again, with what the sender has; that the user signed out; that the highest
 * revision is to be forgotten.
 */
interface Message {
  readonly kind: "look" | "clear" | "reset";
  readonly etag: string | undefined;
  /** When the server last confirmed it, and when the user last signed out (ms): messages may come late. */
  readonly good: number;
  readonly cleared: number;
}

/**
 * Shares requests between tabs: the tab that has the lock with the store's name makes them. When that tab is
 * closed, the browser gives the lock to another one. Without locks, each tab makes its own requests.
 */
export function shareTabs(): StoreTabs {
  return ({ settings, state, lead, clear, confirm, restore, nudge, rest }) => {
    const { url, tenant, user } = settings;
    const name = `rolegate ${JSON.stringify([url, tenant, String(user)])}`;
    const locks = globalThis.navigator?.locks;
    if (!locks || typeof BroadcastChannel !== "function") return { want: lead, tell() {}, close() {} };
    let channel: BroadcastChannel | undefined;
    const join = (): BroadcastChannel => {
      const joined = new BroadcastChannel(name);
      joined.onmessage = hear;
      return joined;
    };
    const hear = ({ data: { kind, etag, good, cleared } }: MessageEvent<Message>): void => {
      // A tab that has not yet read what is stored will find it there.
      if (state.isClosed || (!state.isStarted && kind !== "clear")) return;
      if (kind === "clear") void clear(cleared);
      else if (kind === "reset") [state.revision, state.etag] = [0, undefined];
      else if (etag !== undefined && etag === state.etag) {
        confirm(good);
        rest();
      } else void follow(etag);
    };
    /** Accepts what another tab has found: from the storage, or else by its own look. */
    const follow = async (etag: string | undefined): Promise<void> => {
      const isTaken = await restore();
      const isThere = etag === undefined ? isTaken : etag === state.etag;
      if (isThere) rest();
      else nudge();
    };
    let asking: AbortController | undefined;
    let letGo: (() => void) | undefined;

    const ask = (): void => {
      const mine = new AbortController();
      asking = mine;
      const hold = (): Promise<void> | undefined => {
        if (mine.signal.aborted) return undefined;
        const held = new Promise<void>((done) => (letGo = done));
        lead(true);
        return held;
      };
      // A page with an opaque origin has no locks.
      locks.request(name, { signal: mine.signal }, hold).catch(() => mine.signal.aborted || lead(true));
    };
    const leave = (): void => {
      asking?.abort();
      letGo?.();
      asking = letGo = undefined;
      lead(false);
    };
    return {
      want(isWanted, isAside) {
        // A browser discards a page that receives a message while it is in the back/forward cache.
        if (!isAside) channel ??= join();
        else channel = void channel?.close();
        if (isWanted === (asking !== undefined)) return;
        if (isWanted) ask();
        else leave();
      },
      tell: (kind) =>
        channel?.postMessage({
          kind,
          etag: state.etag,
          good: state.good,
          cleared: state.cleared,
        } satisfies Message),
      close() {
        if (asking !== undefined) leave();
        channel?.close();
      },
    };
  };
}
