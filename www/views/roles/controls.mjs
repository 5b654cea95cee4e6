// The controls of the roles page. One that would be refused says so beside it, stays where the keyboard finds it, and says it again when it is
// pressed.

import { announce, el } from "../../dom.mjs";
import { listWords } from "../../words.mjs";

/** What was refused at a place, there. */
export function refusalAt({ refusal }, place) {
  if (refusal?.place !== place) return undefined;
  return el("div", { class: "invalid", id: `${place}-refusal` }, ...refusal.words.map((words) => el("p", {}, words)));
}

/**
 * A button, and why it does nothing where that is so: `[button, reason?]`. `possible` is an answer of `Session.can`; one that sends a form has
 * nothing to `run`.
 */
export function action({ id, label, possible = { allowed: true }, run, ...attributes }) {
  const press = (event) => {
    if (possible.allowed) return run?.();
    event.preventDefault();
    announce(`${label}: no. ${possible.why.join(" ")}`);
  };
  const closed = possible.allowed ? {} : { "aria-disabled": "true", "aria-describedby": possible.saidBy ?? `${id}-why` };
  const button = el("button", { type: "button", id, ...closed, onclick: press, ...attributes }, label);
  return possible.allowed || possible.saidBy !== undefined ? [button] : [button, el("p", { class: "said soft", id: `${id}-why` }, possible.why.join(" "))];
}

/** Of several controls that stand together, a reason is said at the first one that has it: `once(id, possible)`. */
export function sayingOnce() {
  const said = new Map();
  return (id, possible = { allowed: true }) => {
    if (possible.allowed || possible.saidBy !== undefined) return possible;
    const words = possible.why.join(" ");
    const saidBy = said.get(words);
    if (saidBy === undefined) said.set(words, `${id}-why`);
    return { ...possible, saidBy };
  };
}

/** Buttons in a line, and below it why some of them do nothing. */
export function actions(label, ...entries) {
  const once = sayingOnce();
  const found = entries.filter(Boolean).map((entry) => action({ ...entry, possible: once(entry.id, entry.possible) }));
  const reasons = found.map(([, reason]) => reason).filter(Boolean);
  return [el("div", { class: "actions", role: "group", "aria-label": label }, ...found.map(([button]) => button)), ...reasons];
}

/** A field of a form that keeps what is typed into it, whatever is shown again meanwhile. */
export function field(session, id, label, control, value = "") {
  control.id = id;
  control.value = session.typed.get(id) ?? value;
  // What was chosen may be gone by now.
  if (control.selectedIndex === -1) {
    session.typed.delete(id);
    control.value = value;
  }
  control.addEventListener("input", () => session.typed.set(id, control.value));
  return el("p", { class: "field" }, el("label", { for: id }, label), control);
}

export const textInput = (attributes = {}) => el("input", { type: "text", autocomplete: "off", dir: "auto", ...attributes });

/** A choice of `[value, label]`. */
export const choice = (options) => el("select", {}, ...options.map(([value, label]) => new Option(label, value)));

/** A form that is sent by a button or by Enter. `possible` tells whether what is chosen in it by now could be done. */
export function form(session, { id, label, send, run, possible = () => session.blocked ?? { allowed: true } }, ...fields) {
  const submit = (event) => {
    event.preventDefault();
    run();
  };
  const end = el("div", { class: "end" });
  const adapt = () => end.replaceChildren(...action({ id: `${id}-send`, label: send, type: "submit", possible: possible() }));
  adapt();
  return el("form", { id, "aria-label": label, novalidate: true, onsubmit: submit, oninput: adapt }, ...fields, refusalAt(session, id), end);
}

/** Forgets what was typed into these fields. */
export function clear(session, ...ids) {
  for (const id of ids) session.typed.delete(id);
}

/** A box with three states that does nothing by itself: `change` is told what was asked for. */
export function box({ id, label, state, possible, change, describedBy }) {
  const input = el("input", {
    type: "checkbox",
    id,
    "aria-label": label,
    "aria-disabled": possible.allowed ? undefined : "true",
    "aria-describedby": describedBy,
    onclick: (event) => {
      event.preventDefault();
      if (possible.allowed) change(state !== "all");
      else announce(`${label}: no. ${possible.why.join(" ")}`);
    },
  });
  input.checked = state === "all";
  input.indeterminate = state === "some";
  return input;
}

/**
 * A choice that does at once what is chosen, of `{ value, word, possible, run }`. Those that would be refused are closed, and their reasons told:
 * `{ control, isClosed, saidBy?, why }`.
 */
export function choiceOfWhatToDo({ id, title, current, options }) {
  const closed = options.filter(({ value, possible }) => value !== current && !possible.allowed);
  const isClosed = closed.length === options.length - 1;
  const control = choice(options.map(({ value, word }) => [value, word]));
  Object.assign(control, { id, value: current });
  if (isClosed) control.setAttribute("aria-disabled", "true");
  control.addEventListener("change", () => {
    const { word, possible, run } = options[control.selectedIndex];
    if (possible.allowed) return run();
    control.value = current;
    return announce(`${title}: ${word} is not possible. ${possible.why.join(" ")}`);
  });
  const saidBy = closed[0]?.possible.saidBy;
  return { control, isClosed, saidBy, why: saidBy === undefined ? closedWords(closed, isClosed) : [] };
}

/** `All: Una Walsh does not hold it.`, for several at once where the reason is one. Where nothing else can be chosen, the first is enough. */
function closedWords(closed, isClosed) {
  if (isClosed) return closed[0]?.possible.why ?? [];
  const byReason = Map.groupBy(closed, ({ possible }) => possible.why.join(" "));
  return [...byReason].map(([reason, options]) => `${listWords(options.map(({ word }) => word))}: ${reason}`);
}
