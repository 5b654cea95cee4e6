// `rolegate/store/tabs`: the tabs of one origin share one that asks.

import type { StoreTabs } from "./types.js";

export type { StoreTabs } from "./types.js";

/**
 * What tabs tell each other: to look again, and what the teller has by now; that somebody signed out; that
 * the highest revision is forgotten.
 */
interface Message {
  readonly kind: "look" | "clear" | "reset";
  readonly etag: string | undefined;
  /** When that was last in order, and when somebody last signed out (ms): a message may come late. */
  readonly good: number;
  readonly cleared: number;
}

/**
 * One tab at a time asks: the one that has the lock of the store's name. The browser hands it on when that
 * tab goes away. Where there are no locks, each tab asks.
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
      // Until a tab has read what is stored, nothing else is news to it.
      if (state.isClosed || (!state.isStarted && kind !== "clear")) return;
      if (kind === "clear") void clear(cleared);
      else if (kind === "reset") [state.mark, state.etag] = [{ ...state.mark, revision: 0 }, undefined];
      else if (etag !== undefined && etag === state.etag) confirm(good);
      else void follow(etag);
    };
    /** Takes what another tab has found: from the storage, else by a look of its own. */
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
      // A page without an origin of its own has no locks.
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
        // The browser throws a page away that is told something while it is put aside.
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
          cleared: state.mark.cleared,
        } satisfies Message),
      close() {
        if (asking !== undefined) leave();
        channel?.close();
      },
    };
  };
}
