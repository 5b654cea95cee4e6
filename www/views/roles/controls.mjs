// The controls of the roles page. One that would be refused says so beside it, stays where the keyboard finds it, and says it again when it is
// pressed.

import { announce, el } from "../../dom.mjs";

/** What was refused at a place, there. */
export function refusalAt({ refusal }, place) {
  if (refusal?.place !== place) return undefined;
  return el("div", { class: "invalid", id: `${place}-refusal` }, ...refusal.words.map((words) => el("p", {}, words)));
}

/** A button, and why it does nothing where that is so: `[button, reason?]`. `possible` is an answer of `Session.can`. */
export function action({ id, label, possible = { allowed: true }, run, ...attributes }) {
  const press = () => (possible.allowed ? run() : announce(`${label}: no. ${possible.why.join(" ")}`));
  const closed = possible.allowed ? {} : { "aria-disabled": "true", "aria-describedby": possible.saidBy ?? `${id}-why` };
  const button = el("button", { type: "button", id, ...closed, onclick: press, ...attributes }, label);
  return possible.allowed || possible.saidBy !== undefined ? [button] : [button, el("p", { class: "said soft", id: `${id}-why` }, possible.why.join(" "))];
}

/** Buttons in a line, and below it why some of them do nothing. */
export function actions(label, ...entries) {
  const found = entries.filter(Boolean).map(action);
  const reasons = found.map(([, reason]) => reason).filter(Boolean);
  return [el("div", { class: "actions", role: "group", "aria-label": label }, ...found.map(([button]) => button)), ...reasons];
}

/** A field of a form that keeps what is typed into it, whatever is shown again meanwhile. */
export function field(session, id, label, control, value = "") {
  control.id = id;
  control.value = session.typed.get(id) ?? value;
  control.addEventListener("input", () => session.typed.set(id, control.value));
  return el("p", { class: "field" }, el("label", { for: id }, label), control);
}

export const textInput = (attributes = {}) => el("input", { type: "text", autocomplete: "off", dir: "auto", ...attributes });

/** A choice of `[value, label]`. */
export const choice = (options) => el("select", {}, ...options.map(([value, label]) => new Option(label, value)));

/** A form that is sent by a button or by Enter. */
export function form(session, { id, label, send, run }, ...fields) {
  const submit = (event) => {
    event.preventDefault();
    run();
  };
  return el(
    "form",
    { id, "aria-label": label, novalidate: true, onsubmit: submit },
    ...fields,
    refusalAt(session, id),
    el("p", {}, el("button", { type: "submit", id: `${id}-send` }, send)),
  );
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
