// What a page goes through: hidden, frozen, put aside for the back button, without a network. Where there is
// no page, it is always in use.

const EVENTS = "visibilitychange freeze resume pagehide pageshow online".split(" ");

interface Page {
  /** Somebody can see it. */
  isSeen(): boolean;
  /** It is frozen or put aside, or about to be. */
  isAside(): boolean;
  close(): void;
}

/** @param hear is told of every event, and whether the page has come back from where it was put aside */
export function watchPage(hear: (isBack: boolean) => void): Page {
  let isAside = false;
  const listen = ({ type }: { readonly type: string }): void => {
    const was = isAside;
    if (type === "pagehide" || type === "freeze") isAside = true;
    if (type === "pageshow" || type === "resume") isAside = false;
    hear(was && !isAside);
  };
  // On the way down: some of them go to the document, and do not come up.
  for (const type of EVENTS) globalThis.addEventListener?.(type, listen, true);
  return {
    isSeen: () => !isAside && globalThis.document?.visibilityState !== "hidden",
    isAside: () => isAside,
    close() {
      for (const type of EVENTS) globalThis.removeEventListener?.(type, listen, true);
    },
  };
}
