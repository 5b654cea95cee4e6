// The states of a page: hidden, frozen, in the back/forward cache, without a network. Outside of pages, it
// always counts as visible.

const LEAVING = ["freeze", "pagehide"];
const RETURNING = ["resume", "pageshow"];
const EVENTS = [...LEAVING, ...RETURNING, "visibilitychange", "online"];

interface Page {
  /** It is visible. */
  isSeen(): boolean;
  /** It is frozen or in the back/forward cache, or about to be. */
  readonly isAside: boolean;
  close(): void;
}

/** @param hear is called for each event, with whether the page has come back from the cache */
export function watchPage(hear: (isBack: boolean) => void): Page {
  const page = {
    isAside: false,
    isSeen: () => !page.isAside && globalThis.document?.visibilityState !== "hidden",
    close() {
      for (const type of EVENTS) globalThis.removeEventListener?.(type, listen, true);
    },
  };
  const listen = ({ type }: { readonly type: string }): void => {
    const was = page.isAside;
    page.isAside = LEAVING.includes(type) || (was && !RETURNING.includes(type));
    hear(was && !page.isAside);
  };
  // In the capture phase: some are sent to the document and do not bubble.
  for (const type of EVENTS) globalThis.addEventListener?.(type, listen, true);
  return page;
}
