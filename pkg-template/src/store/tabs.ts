// `rolegate/store/tabs`: the tabs of one origin share one that asks.

import type { StoreTabs, TabMessage } from "./types.js";

export type { StoreTabs } from "./types.js";

/**
 * One tab at a time asks: the one that has the lock of the store's name. The browser hands it on when that tab goes away. Where there
 * are no locks, each tab asks.
 */
export function shareTabs(): StoreTabs {
  return (name, { lead, message }) => {
    const locks = globalThis.navigator?.locks;
    if (!locks || typeof BroadcastChannel !== "function") return { want: lead, post() {}, close() {} };
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }: MessageEvent<TabMessage>) => message(data);
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
      want(isWanted) {
        if (isWanted === (asking !== undefined)) return;
        if (isWanted) ask();
        else leave();
      },
      post: (message) => channel.postMessage(message),
      close() {
        if (asking !== undefined) leave();
        channel.close();
      },
    };
  };
}
