// What may not happen to an element that is closed.

/** By which elements act, and fields change. */
export const EVENTS: readonly string[] =
  "click auxclick dblclick mousedown keydown keyup beforeinput drop submit".split(" ");

/** Whether an event makes an element act: keys that only move on do not, and a button may be pressed for focus. */
export function acts(event: Event): boolean {
  const target = event.composedPath()[0] as Element;
  if (event.type === "mousedown") return target.matches("select,option,[type=range]");
  const { key } = event as Partial<KeyboardEvent>;
  if (key === undefined || key === "Enter" || key === " ") return true;
  return key !== "Tab" && target.matches("input,select,textarea");
}

/** Whether it is the one event of its kind of which a page is told. */
export function tells({ type }: Event): boolean {
  return ["click", "submit", "keydown"].includes(type);
}

/**
 * The button that submits a form; where a script does, without one, the form's default button. It is sought in
 * the tree, since fields of a form may have the names of its properties.
 */
export function buttonOf(event: Event, tree: ParentNode): Element | undefined {
  if (event.type !== "submit") return undefined;
  const { submitter } = event as SubmitEvent;
  if (submitter !== null) return submitter;
  const [form] = event.composedPath();
  for (const button of tree.querySelectorAll<HTMLButtonElement | HTMLInputElement>("button,input"))
    if (button.form === form && (button.type === "submit" || button.type === "image")) return button;
  return undefined;
}

/** Whether a node is in an element, or is it: of forms, fields may have the names of methods. */
export function isInside(node: Node, element: Element): boolean {
  return Node.prototype.contains.call(element, node);
}
