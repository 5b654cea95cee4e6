// Records as they are stored, and as a mask shows them to the person.

import { el, facts, folded, json, table } from "../dom.mjs";
import { listWords } from "../words.mjs";

const KINDS = { omit: "left out", null: "emptied", redact: "replaced by dots", pseudonym: "replaced by a pseudonym" };

export function report(tenant, person) {
  const types = new Set((tenant.json.catalog.masks ?? []).map(({ resource }) => resource));
  const entries = tenant.inbox.records.filter(({ type, loading }) => types.has(type) && !loading);
  const gate = tenant.snapshot.for(person.id);
  const content =
    entries.length === 0 ? nothingHidden(tenant) : [intro(), ...[...types].flatMap((type) => ofType(type, entries, gate, person))];
  return { title: `Reports, as ${person.name} reads them`, content };
}

function intro() {
  return el(
    "p",
    { class: "lede" },
    el("code", {}, "gate.mask(type, records)"),
    " makes a copy without what is not for this person: that copy is what a server sends.",
  );
}

function nothingHidden({ name, linkTo }) {
  return [
    el("p", { class: "lede" }, `The catalog of ${name} hides no fields.`),
    el("p", {}, el("a", { href: linkTo({ tenant: "iadvize", view: "report" }) }, "See the reports of iAdvize, which does"), "."),
  ];
}

function ofType(type, entries, gate, person) {
  const asked = entries.filter((entry) => entry.type === type);
  const shown = gate.mask(
    type,
    asked.map(({ data }) => data),
  );
  return asked.map((entry, index) => pair(entry, shown[index], gate.fields(type, entry.data), { person, id: `report-${type}-${index}` }));
}

function pair({ title, data }, shown, fields, { person, id }) {
  const hidden = fields.map(({ field, as }) => `${field} (${KINDS[as]})`);
  return el(
    "section",
    { class: "card", "aria-labelledby": `${id}-title` },
    el("h3", { id: `${id}-title` }, title),
    el("p", { class: "soft" }, hidden.length === 0 ? `${person.name} sees it as it is stored.` : `Hidden: ${listWords(hidden)}.`),
    el(
      "div",
      { class: "pair" },
      hidden.length === 0 ? undefined : side("As it is stored", data, data),
      side(`As ${person.name} sees it`, data, shown),
    ),
    folded(`${id}-json`, "The masked record as JSON", json(shown)),
  );
}

function side(title, stored, shown) {
  return el("div", { class: stored === shown ? "stored" : "shown" }, el("h4", {}, title), valueView(stored, shown, title));
}

/** A value as it is shown, beside what is stored: what is not the same is marked. */
function valueView(stored, shown, name) {
  if (Array.isArray(stored) && stored.every(isObject)) return rowsView(stored, shown, name);
  if (isObject(stored)) return facts(Object.keys(stored).map((key) => [key, valueView(stored[key], shown?.[key], `${name}: ${key}`)]));
  return plainView(stored, shown);
}

function plainView(stored, shown) {
  if (shown === undefined) return el("em", { class: "masked" }, "left out");
  return shown === stored ? String(stored) : el("mark", { class: "masked" }, String(shown));
}

function rowsView(stored, shown, name) {
  const keys = [...new Set(stored.flatMap(Object.keys))];
  const lines = stored.map((row, index) => el("tr", {}, ...keys.map((key) => el("td", {}, plainView(row[key], shown[index][key])))));
  // On a phone the table scrolls by itself, so the keyboard must get to it.
  return el("div", { class: "scrolling", role: "group", "aria-label": name, tabindex: "0" }, table(name, keys, lines));
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
