// The inbox of a tenant: its records with the buttons that a real check leaves to the person.

import { announce, el, facts } from "../dom.mjs";
import { listWords } from "../words.mjs";

/** The record that arrives on a button press, once it has; by tenant. */
const arrived = new Set();

export function inbox(tenant, person, state, refresh) {
  const gate = tenant.snapshot.for(person.id);
  const cards = tenant.inbox.records.map((entry, index) => {
    const isKnown = !entry.loading || arrived.has(tenant.id);
    // Nothing is known about a record that is still loading; that is not the same as a check without a record.
    return card(tenant, person, state, { ...entry, index, record: isKnown ? entry.data : null, gate, refresh });
  });
  return {
    title: `The inbox, as ${person.name} finds it`,
    content: [
      el("p", { class: "lede" }, "A button is enabled exactly if ", el("code", {}, "gate.can(permission, record)"), " allows it."),
      closedChoice(tenant, state),
      el("div", { class: "cards" }, ...cards),
    ],
  };
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
  return el(
    "fieldset",
    { class: "choice" },
    el("legend", {}, "A denied button is"),
    option("disable", "disabled, with the reason"),
    option("hide", "hidden"),
  );
}

function card(tenant, person, { closed }, entry) {
  const id = `record-${entry.index}`;
  const asked = actionsFor(tenant, entry);
  const shut = asked.filter(({ allowed }) => !allowed);
  const reasons = closed === "disable" ? reasonsFor(shut, id) : [];
  const said = el("p", { class: "said soft", id: `${id}-said` });
  const say = (text) => {
    said.textContent = text;
    announce(text);
  };
  const shown = closed === "disable" ? asked : asked.filter(({ allowed }) => allowed);
  return el(
    "article",
    { class: entry.record === null ? "card record loading" : "card record", "aria-labelledby": `${id}-title`, id },
    el("p", { class: "kind" }, words(entry.type)),
    el("h3", { id: `${id}-title` }, entry.record === null ? "Still loading…" : entry.title),
    entry.record === null ? stillLoading() : relations(tenant, entry),
    entry.record !== null && !sees(tenant, entry)
      ? el("p", { class: "unseen-by tag" }, `${person.name} would not see this one`)
      : undefined,
    shown.length === 0
      ? el("p", { class: "soft" }, "No button is enabled.")
      : el(
          "div",
          { class: "actions", role: "group", "aria-labelledby": `${id}-title` },
          ...shown.map((action) => button(action, reasons, say)),
        ),
    reasons.length === 0 ? undefined : el("ul", { class: "reasons" }, ...reasons.map(reasonLine)),
    said,
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

/** The actions on a record of that type, each with its answer. */
function actionsFor({ inbox: { actions }, typeOf }, { type, record, gate, index }) {
  return actions
    .filter(({ permission }) => typeOf(permission) === type)
    .map((action, position) => {
      const asked = action.context === undefined ? gate : gate.with({ context: action.context });
      const allowed = asked.can(action.permission, record);
      const reason = allowed ? undefined : asked.explain(action.permission, record).text;
      return { ...action, id: `record-${index}-action-${position}`, allowed, reason };
    });
}

function button({ id, permission, label, allowed, reason }, reasons, say) {
  // Not `disabled`, which would take it out of reach of the keyboard and keep its reason from those who cannot see it.
  return el(
    "button",
    {
      ...{ type: "button", id, "data-permission": permission },
      "aria-disabled": !allowed && "true",
      "aria-describedby": reasons.find(({ text }) => text === reason)?.id,
      onclick: () => say(allowed ? `${label}: yes, a real application would do it now.` : `${label}: no. ${reason}`),
    },
    label,
  );
}

/** The reasons of closed buttons, each said once. */
function reasonsFor(shut, id) {
  const texts = [...new Set(shut.map(({ reason }) => reason))];
  return texts.map((text, index) => ({
    text,
    id: `${id}-reason-${index}`,
    labels: shut.filter(({ reason }) => reason === text).map(({ label }) => label),
  }));
}

function reasonLine({ id, text, labels }) {
  return el("li", {}, el("span", { class: "soft" }, `${listWords(labels)}: `), el("span", { id }, text));
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
