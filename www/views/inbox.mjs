// The inbox of a tenant, by the DOM binding: each button names the permission that it needs, and nothing here asks for it.

import { announce, el, facts } from "../dom.mjs";
import { listWords } from "../words.mjs";

/** The record that arrives on a button press, once it has; by tenant. */
const arrived = new Set();

export function inbox(tenant, person, state, refresh) {
  const gate = tenant.snapshot.for(person.id);
  const entries = tenant.inbox.records.map((entry, index) => {
    const isKnown = !entry.loading || arrived.has(tenant.id);
    // Nothing is known about a record that is still loading; that is not the same as a check without a record.
    return { ...entry, index, record: isKnown ? entry.data : null, gate, refresh };
  });
  const cards = el("div", { class: "cards" }, ...entries.map((entry) => card(tenant, person, state, entry)));
  cards.addEventListener("rolegate-denied", ({ target, detail }) => say(target, `${target.textContent}: no. ${detail}`));
  return {
    title: `The inbox, as ${person.name} finds it`,
    content: [
      el("p", { class: "lede" }, "A button is enabled exactly if ", el("code", {}, "gate.can(permission, record)"), " allows it."),
      closedChoice(tenant, state),
      cards,
    ],
    shown: () => bound(tenant, cards, gate, entries),
  };
}

/** Binds the cards. @returns what ends it */
function bound({ bind }, cards, gate, entries) {
  const options = {
    resource: (element) => entries[element.closest(".record").dataset.index].record,
    reason: (_, { text }) => text,
  };
  // What a button says of itself, such as the format of an export, is part of its question.
  const own = [...cards.querySelectorAll("[data-context]")].map((button) =>
    bind(button, gate.with({ context: JSON.parse(button.dataset.context) }), options),
  );
  const all = bind(cards, gate, options);
  for (const record of cards.children) explain(record);
  return () => {
    for (const unbind of [...own, all]) unbind();
  };
}

/** Says of one button of a card why it is closed, so that there is something to read before anything is pressed. */
function explain(record) {
  const closed = record.querySelector('[data-can-state="disabled"]');
  if (closed !== null) {
    const reason = document.getElementById(closed.getAttribute("aria-describedby")).textContent;
    record.querySelector(".said").replaceChildren(el("strong", {}, `Why not “${closed.textContent}”?`), ` ${reason}`);
  }
  record.querySelector(".nothing").hidden = record.querySelector('[data-can]:not([data-can-state="hidden"])') !== null;
}

function say(button, text) {
  button.closest(".record").querySelector(".said").textContent = text;
  announce(text);
}

/** The switch between buttons that are disabled and buttons that are not there. */
function closedChoice({ go }, { closed }) {
  const option = (value, label) =>
    el(
      "label",
      {},
      el("input", {
        type: "radio",
        name: "closed",
        id: `closed-${value}`,
        value,
        checked: closed === value,
        onchange: () => go({ closed: value }),
      }),
      label,
    );
  return el("fieldset", { class: "choice" }, el("legend", {}, "A denied button is"), option("disable", "disabled"), option("hide", "hidden"));
}

function card(tenant, person, { closed }, entry) {
  const id = `record-${entry.index}`;
  const isLoading = entry.record === null;
  return el(
    "article",
    { class: isLoading ? "card record loading" : "card record", "aria-labelledby": `${id}-title`, id, "data-index": entry.index },
    el("p", { class: "kind" }, words(entry.type)),
    el("h3", { id: `${id}-title` }, isLoading ? "Still loading…" : entry.title),
    isLoading ? stillLoading() : relations(tenant, entry),
    !isLoading && !sees(tenant, entry) ? el("p", { class: "unseen-by tag" }, `${person.name} would not see this one`) : undefined,
    el(
      "div",
      { class: "actions", role: "group", "aria-labelledby": `${id}-title` },
      ...actionsFor(tenant, entry).map((action, at) => button(action, `${id}-action-${at}`, closed)),
    ),
    el("p", { class: "soft nothing", hidden: true }, "No button is enabled."),
    el("p", { class: "said soft", id: `${id}-said` }),
    entry.loading ? loadingButton(tenant, entry) : undefined,
  );
}

function stillLoading() {
  return el(
    "p",
    { class: "soft" },
    "Nothing is known about it yet: its buttons check ",
    el("code", {}, "null"),
    ", and open only what is open on every record.",
  );
}

/** The actions on a record of that type. */
function actionsFor({ inbox: { actions }, typeOf }, { type }) {
  return actions.filter(({ permission }) => typeOf(permission) === type);
}

function button({ permission, label, context }, id, closed) {
  return el(
    "button",
    {
      ...{ type: "button", id, "data-permission": permission },
      "data-can": permission,
      "data-can-mode": closed,
      "data-context": context !== undefined && JSON.stringify(context),
      onclick: ({ target }) => say(target, `${label}: yes, a real application would do it now.`),
    },
    label,
  );
}

function sees({ inbox }, { type, record, gate }) {
  const permission = inbox.sees[type];
  return permission === undefined || gate.can(permission, record);
}

/** Whose a record is: the attributes that decide, with the names of what they hold. */
function relations({ relationsOf }, { type, data }) {
  return facts(
    relationsOf(type, data).map(([path, names]) => [el("code", {}, path), names.length === 0 ? "nobody" : listWords(names)]),
    { class: "relations" },
  );
}

function loadingButton({ id }, { index, title, refresh }) {
  const isThere = arrived.has(id);
  const press = () => {
    if (isThere) arrived.delete(id);
    else arrived.add(id);
    refresh();
    announce(isThere ? "The record is loading again: nothing is known about it." : `The record has arrived: ${title}.`);
  };
  const label = isThere ? "Make it unknown again" : "Let it arrive";
  return el("p", {}, el("button", { type: "button", class: "quiet", id: `record-${index}-load`, onclick: press }, label));
}

/** `livechatExport` is “livechat export”. */
function words(type) {
  return type.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
