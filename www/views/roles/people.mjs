// Everybody at a glance: who has which role, and the form that puts somebody on the list.

import { el, folded, table } from "../../dom.mjs";
import { clear, field, form, textInput } from "./controls.mjs";
import { idFor } from "./ids.mjs";
import { personView } from "./person.mjs";
import { asObject, limitsOf } from "./phrases.mjs";

/** @param it see roles.mjs */
export function peopleView(it) {
  return el("div", { class: "parts" }, personView(it), everybody(it));
}

function everybody(it) {
  const { session, user: shown, linkHere } = it;
  const { names, json } = session;
  const lines = json.users.map((user, index) => {
    const roles = (user.roles ?? []).map(asObject).map((one) => [names.role(one.role), ...limitsOf(one, names)].join(", "));
    const link = el("a", { id: `member-${index}`, "aria-current": user === shown && "true", ...linkHere("member-title", { person: user.id }) }, names.user(user.id));
    const state = user.disabled ? [" ", el("span", { class: "tag no" }, "disabled")] : [];
    return el("tr", { "data-user": user.id }, el("th", { scope: "row" }, link, ...state), el("td", {}, roles.join("; ") || el("span", { class: "soft" }, "no role")));
  });
  return el(
    "section",
    { class: "card", "aria-labelledby": "everybody-title" },
    el("h3", { id: "everybody-title" }, `${lines.length} people`),
    table("Who has which roles", ["Person", "Roles"], lines),
    folded("person-new", "New person", newPerson(it)),
  );
}

function newPerson({ session, change }) {
  const { names } = session;
  const typed = (id) => (session.typed.get(id) ?? "").trim();
  const run = () => {
    const [id, name] = [typed("person-id"), typed("person-name")];
    if (name === "") return change.refuse("person-add", "A person needs a name: write one, such as “Ada Moreno”.", "person-name");
    if (id === "") return change.refuse("person-add", "A person needs the id that they sign in as, such as “ada” or an address.", "person-id");
    return change("person-add", `${names.shown(name)} is on the list now, without a role.`, ["addUser", { id, name }], { go: { person: id }, focus: "member-title", done: () => clear(session, "person-id", "person-name") });
  };
  return form(
    session,
    // Whoever it will be: what everyone is assigned may be more than can be given.
    { id: "person-add", label: "New person", send: "Add", run, possible: () => session.can("addUser", { id: freeId(session) }) },
    field(session, "person-name", "Name", textInput()),
    field(session, "person-id", "Id: exactly what they sign in as", textInput({ autocapitalize: "none", spellcheck: "false" })),
  );
}

const freeId = ({ json }) => idFor("person", json.users.map(({ id }) => id));
