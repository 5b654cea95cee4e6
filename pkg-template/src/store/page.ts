// The states of a page: hidden, frozen, in the back/forward cache, without a network. Outside of pages, it
// always counts as visible.

const EVENTS = "visibilitychange freeze resume pagehide pageshow online".split(" ");

interface Page {
  /** It is visible. */
  isSeen(): boolean;
  /** It is frozen or in the back/forward cache, or about to be. */
  isAside(): boolean;
  close(): void;
}

/** @param hear is called for each event, with whether the page has come back from the cache */
export function watchPage(hear: (isBack: boolean) => void): Page {
  let isAside = false;
  const listen = ({ type }: { readonly type: string }): void => {
    const was = isAside;
    if (type === "pagehide" || type === "freeze") isAside = true;
    if (type === "pageshow" || type === "resume") isAside = false;
    hear(was && !isAside);
  };
  // In the capture phase: some are sent to the document and do not bubble.
  for (const type of EVENTS) globalThis.addEventListener?.(type, listen, true);
  return {
    isSeen: () => !isAside && globalThis.document?.visibilityState !== "hidden",
    isAside: () => isAside,
    close() {
      for (const type of EVENTS) globalThis.removeEventListener?.(type, listen, true);
    },
  };
}
