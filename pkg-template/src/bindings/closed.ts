// Closing an element that a framework or a page renders.

const IMPORTANT = "important";
const FLAGS = ["disabled", "inert"];
/** What labels, keys and forms make an element do that nobody sees. */
const ACTS = ["click", "submit"];

/** How an owner wants an element to be shown. */
export type Display = readonly [value: string, priority: string];

/**
 * Hides an element, whatever style sheets say.
 * @returns what its owner wants; `undefined` if it is hidden already
 */
export function hide({ style }: HTMLElement): Display | undefined {
  const wanted = [style.display, style.getPropertyPriority("display")] as const;
  if (wanted.join() === `none,${IMPORTANT}`) return undefined;
  style.setProperty("display", "none", IMPORTANT);
  return wanted;
}

/**
 * Hides an element, or makes it unusable: a control is disabled, anything else is inert. It stays so, whatever
 * its owner changes.
 * @returns a function that opens it (it is then as its owner last wanted it) or closes it again
 */
export function closed(element: HTMLElement, isDisabled: boolean): (allowed: boolean) => void {
  const flag = "disabled" in element ? "disabled" : "inert";
  let wanted: Display = ["", ""];
  let isFlagged = false;
  let isClosed = false;
  // What it tells of is the owner's doing.
  const observer = new MutationObserver(close);

  function close(): void {
    if (isDisabled) {
      isFlagged = element.hasAttribute(flag);
      element.setAttribute(flag, "");
    } else wanted = hide(element) ?? wanted;
    observer.takeRecords();
  }

  function set(allowed: boolean): void {
    if (allowed !== isClosed) return;
    isClosed = !allowed;
    for (const act of ACTS)
      if (isClosed) element.addEventListener(act, stop, true);
      else element.removeEventListener(act, stop, true);
    if (isClosed) {
      observer.observe(element, { attributeFilter: [isDisabled ? flag : "style"] });
      close();
    } else {
      if (observer.takeRecords().length > 0) close();
      observer.disconnect();
      if (isDisabled) element.toggleAttribute(flag, isFlagged);
      else element.style.setProperty("display", wanted[0], wanted[1]);
    }
  }

  set(false);
  return set;
}

function stop(event: Event): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

type Props = Record<string, any>;

/** What a server gives an element that is closed: it does not know what element it is. */
export function closedProps(isDisabled: boolean): Props {
  return isDisabled ? { disabled: "", inert: "" } : { style: { display: "none !important" } };
}

/** Takes that away from an element that a page takes over; `props` are those that it has otherwise. */
export function reclaim(element: HTMLElement, isDisabled: boolean, props: Props | null): void {
  if (!isDisabled) element.style.setProperty("display", displayOf(props?.style));
  else
    for (const flag of FLAGS) element.toggleAttribute(flag, props?.[flag] === "" || Boolean(props?.[flag]));
}

/** Of a style as text or as an object. */
function displayOf(style: Props | string | null | undefined): string {
  if (typeof style !== "string") return style?.display ?? "";
  const { style: parsed } = document.createElement("i");
  parsed.cssText = style;
  return parsed.display;
}
