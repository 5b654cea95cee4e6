// The roles of a tenant with who uses them, and the form that makes a new one.

import { el, folded, table } from "../../dom.mjs";
import { listWords } from "../../words.mjs";
import { choice, clear, field, form, textInput } from "./controls.mjs";
import { findingMark, findingsOfTenant } from "./findings.mjs";
import { idFor } from "./ids.mjs";
import { count } from "./phrases.mjs";

/** @param it see roles.mjs */
export function roleList(it) {
  const { session, role } = it;
  const { roles } = session.json;
  const lines = roles.map((one, index) => line(it, one, index, one === role));
  return el(
    "section",
    { class: "card role-list", "aria-labelledby": "role-list-title" },
    el("h3", { id: "role-list-title", tabindex: "-1" }, `${roles.length} roles`),
    table("The roles of the tenant", ["Role", "Used by"], lines),
    folded("role-new", "New role", newRole(it)),
    findingsOfTenant(it),
  );
}

function line({ session, linkHere }, role, index, isChosen) {
  const { names } = session;
  const link = el("a", { id: `role-${index}`, "aria-current": isChosen && "true", ...linkHere("role-title", { role: role.id }) }, names.shown(role.name));
  return el("tr", { "data-role": role.id }, el("th", { scope: "row" }, link, ...marksOf(role, names), ...findingMark(session, `/roles/${index}`)), el("td", {}, usageWords(session.draft.usage(role.id))));
}

export function marksOf({ standard, locked, type }, names) {
  const marks = [standard && "standard", locked && "locked", type !== undefined && names.shown(type)].filter(Boolean);
  return marks.flatMap((mark) => [" ", el("span", { class: "tag" }, mark)]);
}

/** `3 people and 1 role` */
export function usageWords({ users, everyone, inheritedBy, separations }) {
  const parts = [count(users, "person", "people"), everyone > 0 ? "everyone" : undefined, count(inheritedBy.length, "role"), count(separations.length, "separation")];
  return listWords(parts.filter(Boolean)) || "nobody";
}

function newRole({ session, change }) {
  const { catalog, roles } = session.json;
  const { names } = session;
  const types = catalog.roleTypes ?? [];
  const run = () => {
    const { typed } = session;
    const name = (typed.get("new-name") ?? "").trim();
    const first = typed.get("new-first") ?? catalog.categories[0].permissions[0].id;
    const type = types.length === 0 ? undefined : (typed.get("new-type") ?? types[0]);
    const id = idFor(name, roles.map((role) => role.id));
    const description = (typed.get("new-description") ?? "").trim();
    if (name === "") return change.refuse("role-create", "A role needs a name: write one, such as “Quality Reviewer”.", "new-name");
    const role = { id, name, grants: { [first]: true }, ...(type === undefined ? {} : { type }), ...(description === "" ? {} : { description }) };
    return change("role-create", `The role ${names.shown(name)} is made.`, ["createRole", role], { go: { role: id }, focus: "role-title", done: () => clear(session, "new-name", "new-description", "new-first", "new-type") });
  };
  const groups = catalog.categories.map((category) =>
    el("optgroup", { label: names.category(category.id) }, ...category.permissions.map(({ id }) => new Option(names.permission(id), id))),
  );
  return form(
    session,
    { id: "role-create", label: "New role", send: "Create", run },
    field(session, "new-name", "Name", textInput()),
    field(session, "new-description", "What it is for", textInput()),
    types.length === 0 ? undefined : field(session, "new-type", "Type, for good", choice(types.map((type) => [type, names.shown(type)])), types[0]),
    field(session, "new-first", "First permission: a role needs one", el("select", {}, ...groups), catalog.categories[0].permissions[0].id),
  );
}
