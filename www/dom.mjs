// Elements from data. Text is only ever text: nothing here reads markup.

/**
 * `el("p", { class: "soft" }, "Hello ", name)`. Attributes that are false or undefined are left out, true is an empty one; `onclick` and
 * the like are listeners. Children that are undefined are left out.
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().flatMap((child) => (child === undefined ? [] : [typeof child === "string" ? steady(child) : child])));
  return element;
}

/** Names come from other people: what would turn the direction of the text around them is shown as a replacement character. */
function steady(text) {
  return text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

export const byId = (id) => document.getElementById(id);

/** A list of terms with what is said of each; a description that is undefined drops its term. */
export function facts(entries, attributes = {}) {
  const known = entries.filter(([, description]) => description !== undefined);
  return el("dl", attributes, ...known.map(([term, description]) => el("div", {}, el("dt", {}, term), el("dd", {}, description))));
}

/** A table with a hidden caption; each row is a heading and its cells. */
export function table(caption, headings, rows) {
  return el(
    "table",
    {},
    el("caption", { class: "unseen" }, caption),
    el("thead", {}, el("tr", {}, ...headings.map((heading) => el("th", { scope: "col" }, heading)))),
    el("tbody", {}, ...rows),
  );
}

/** A table that is a card by itself. */
export function tableCard(title, headings, rows) {
  return el("section", { class: "card" }, el("h3", {}, title), table(title, headings, rows));
}

/** What is mostly of interest to a programmer, closed until it is asked for. */
export function folded(id, summary, ...content) {
  return el("details", { id }, el("summary", { id: `${id}-summary` }, summary), ...content);
}

export function json(value) {
  return el("pre", {}, el("code", {}, JSON.stringify(value, null, 2)));
}

/** A mark that an eye finds before it reads the word beside it. */
export function mark(answer) {
  return el("span", { class: "mark", "aria-hidden": "true" }, { yes: "✓", no: "–", asks: "?" }[answer]);
}

/** The text of an error in the place where it matters. */
export function problem(message, ...more) {
  return el("div", { class: "problem" }, el("p", {}, message), ...more);
}

/** Replaces what a place shows, and keeps the keyboard where it was: on the element of the same id, else on the title of the view. */
export function replace(place, ...content) {
  const focused = document.activeElement;
  const hadFocus = place.contains(focused);
  const open = new Set([...place.querySelectorAll("details[open]")].map(({ id }) => id));
  place.replaceChildren(...content.filter((child) => child !== undefined));
  for (const details of place.querySelectorAll("details")) details.open = open.has(details.id);
  if (hadFocus) (byId(focused.id) ?? byId("view-title")).focus();
}

/** Tells those who do not see the page what has changed on it. */
export function announce(text) {
  byId("status").textContent = text;
}
