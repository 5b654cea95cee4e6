// What closing does to an element, and how it is undone.

import { type Display, hide } from "../bindings/closed.js";

/** What became of an element. */
export type State = "open" | "hidden" | "disabled";

/** Where that stands: the line of CSS reads it. */
const STATE = "data-can-state";
const DISABLED = "aria-disabled";
const DESCRIBED = "aria-describedby";

/** The attributes that marks are made of: a page's own scripts may take them away again. */
export const MARKS: readonly string[] = [STATE, DISABLED, DESCRIBED, "style"];

/**
 * The line of CSS for the head of a page: it hides gated elements until it is known that they are allowed.
 * `bind` brings it along; without it in the page they are seen until the script has run.
 */
export const CLOSED_CSS: string = `[data-can]:not([${STATE}=open],[${STATE}=disabled]),rolegate-can:not(:defined){display:none!important}`;

/** A sentence, which any number of elements are described by. */
interface Note {
  readonly text: string;
  readonly element: HTMLElement;
  uses: number;
}

interface Mark {
  state?: State;
  note?: Note | undefined;
  /** What the page itself said. */
  ariaDisabled?: string | null | undefined;
  display?: Display | undefined;
}

/** An element belongs to the binding that has found it first: two answers would take turns. */
const owners = new WeakMap<Element, Marks>();

/** The elements of one root that are marked. */
export class Marks {
  readonly #marks = new Map<Element, Mark>();
  readonly #notes = new Map<string, Note>();
  /** Holds the notes, where no eye sees them. */
  readonly #place: HTMLElement;
  readonly #root: Node;

  constructor(root: Node, document: Document) {
    this.#root = root;
    this.#place = document.createElement("div");
    this.#place.hidden = true;
    adopt(root.getRootNode(), document);
  }

  elements(): IterableIterator<Element> {
    return this.#marks.keys();
  }

  has(element: EventTarget): boolean {
    return this.#marks.has(element as Element);
  }

  isOpen(element: Element): boolean {
    return this.#marks.get(element)?.state === "open";
  }

  /** The sentence that an element is described by. */
  textOf(element: Element): string | undefined {
    return this.#marks.get(element)?.note?.text;
  }

  /** @param text why it is closed, for who cannot see it */
  mark(element: Element, state: State, text?: string): void {
    if ((owners.get(element) ?? this) !== this) return;
    owners.set(element, this);
    const mark = this.#marks.get(element) ?? {};
    this.#marks.set(element, mark);
    if (state !== mark.state) {
      this.#enable(element, mark);
      mark.state = state;
    }
    if (text !== mark.note?.text) {
      this.#drop(element, mark);
      mark.note = text === undefined ? undefined : this.#take(text);
    }
    this.keep(element);
  }

  /** Puts back what was taken away, also the notes. */
  keep(element?: Element): void {
    const mark = element && this.#marks.get(element);
    if (element && mark?.state !== undefined) {
      write(element, STATE, mark.state);
      const said = element.getAttribute(DISABLED);
      if (mark.state === "disabled" && (said !== "true" || mark.ariaDisabled === undefined)) {
        mark.ariaDisabled = said;
        write(element, DISABLED, "true");
      }
      // Also without the line of CSS: a page may replace its style sheets, and move the root.
      if (mark.state === "hidden" && "style" in element)
        mark.display = hide(element as HTMLElement) ?? mark.display;
      if (mark.note !== undefined) describe(element, mark.note.element.id, true);
    }
    const tree = this.#root.getRootNode() as Document;
    if (this.#notes.size > 0 && !tree.contains(this.#place)) (tree.body ?? tree).append(this.#place);
  }

  /** Leaves an element as it was found: closed, by the line of CSS. */
  clear(element: Element): void {
    const mark = this.#marks.get(element);
    if (mark === undefined) return;
    this.#marks.delete(element);
    owners.delete(element);
    this.#enable(element, mark);
    this.#drop(element, mark);
    element.removeAttribute(STATE);
  }

  clearAll(): void {
    for (const element of this.#marks.keys()) this.clear(element);
    this.#place.remove();
    adopt(this.#root.getRootNode(), this.#place.ownerDocument);
  }

  #enable(element: Element, mark: Mark): void {
    if (mark.state === "disabled") write(element, DISABLED, mark.ariaDisabled ?? null);
    if (mark.display) {
      const page = element as HTMLElement;
      const [value, priority] = hide(page) ?? mark.display;
      page.style.setProperty("display", value, priority);
      write(element, "style", element.getAttribute("style") || null);
    }
    mark.ariaDisabled = mark.display = undefined;
  }

  #take(text: string): Note {
    let note = this.#notes.get(text);
    if (note === undefined) {
      note = { text, element: this.#place.ownerDocument.createElement("span"), uses: 0 };
      note.element.id = `rolegate-${Math.random()}`;
      note.element.textContent = text;
      this.#place.append(note.element);
      this.#notes.set(text, note);
    }
    note.uses += 1;
    return note;
  }

  #drop(element: Element, { note }: Mark): void {
    if (note === undefined) return;
    describe(element, note.element.id, false);
    note.uses -= 1;
    if (note.uses > 0) return;
    note.element.remove();
    this.#notes.delete(note.text);
  }
}

/** Adds an id to those that describe an element, or takes it away. */
function describe(element: Element, id: string, wanted: boolean): void {
  const ids = (element.getAttribute(DESCRIBED) ?? "").split(/\s+/).filter((it) => it && it !== id);
  if (wanted) ids.push(id);
  write(element, DESCRIBED, ids.join(" ") || null);
}

/** What is there already is not written: that would be a change for who watches. */
function write(element: Element, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/** The line of CSS of each document and shadow root. */
const sheets = new WeakMap<object, CSSStyleSheet>();

/** What is in no document yet gets it from its own. A policy for styles does not forbid such sheets. */
function adopt(tree: Node, document: Document): void {
  const place = "adoptedStyleSheets" in tree ? (tree as ShadowRoot) : document;
  const view = document.defaultView as { CSSStyleSheet?: typeof CSSStyleSheet } | null;
  if (!view?.CSSStyleSheet || !place.adoptedStyleSheets) return;
  const sheet = sheets.get(place) ?? new view.CSSStyleSheet();
  sheets.set(place, sheet);
  sheet.replaceSync(CLOSED_CSS);
  if (!place.adoptedStyleSheets.includes(sheet))
    place.adoptedStyleSheets = [...place.adoptedStyleSheets, sheet];
}
