// One role: what it is called, who has looked at it, and what can be done with it; then what it grants (grants.mjs).

import { el, folded } from "../../dom.mjs";
import { capital, timeWords } from "../../words.mjs";
import { actions, choice, clear, field, form, refusalAt, textInput } from "./controls.mjs";
import { findingsAt } from "./findings.mjs";
import { categoryCard, LOCKED } from "./grants.mjs";
import { idFor } from "./ids.mjs";
import { marksOf, usageWords } from "./list.mjs";
import { denialWords, quotedWords } from "./phrases.mjs";

/** @param it see roles.mjs */
export function roleView(it) {
  const { session, role } = it;
  const { names } = session;
  const form = session.form(role.id);
  return el(
    "section",
    { class: "role", "aria-labelledby": "role-title" },
    el(
      "div",
      { class: "card" },
      el("h3", { id: "role-title", tabindex: "-1" }, names.shown(role.name), ...marksOf(role, names)),
      el("p", { class: "soft" }, names.shown(role.description ?? "It says nothing of what it is for.")),
      el("p", { class: "soft" }, `${form.granted} of ${form.total} permissions. Used by ${usageWords(session.draft.usage(role.id))}.`, role.inherits === undefined ? "" : ` Inherits from ${quotedWords(role.inherits, names.role)}.`),
      looks(role, names),
      role.locked ? el("p", { id: LOCKED.saidBy }, ...LOCKED.why) : undefined,
      ...denials(role, names),
      findingsAt(it, `/roles/${session.json.roles.indexOf(role)}`, "role-title"),
      ...whatToDo(it),
    ),
    el("div", { class: "columns" }, ...form.categories.map((category, index) => categoryCard(it, category, index))),
  );
}

/** Who has looked at it, and when. */
function looks({ reviewedAt, approvedBy }, names) {
  const said = [reviewedAt === undefined ? "Never reviewed." : `Reviewed ${timeWords(reviewedAt)}.`, approvedBy === undefined ? "" : ` Approved by ${names.user(approvedBy)}.`];
  return el("p", { class: "soft", id: "role-looks" }, ...said);
}

function denials({ deny = [] }, names) {
  if (deny.length === 0) return [];
  return [el("p", {}, "Whoever has it may not, whatever other roles give:"), el("ul", { class: "reached" }, ...deny.map((denial) => el("li", {}, capital(denialWords(denial, names)))))];
}

// -- what can be done with it as a whole

function whatToDo({ session, role, change }) {
  const { names, json } = session;
  const name = names.shown(role.name);
  const remove = session.can("deleteRole", role.id);
  const isInTheWay = !remove.allowed && remove.obstacles.some(({ code, users = [] }) => code === "role-in-use" && users.length > 0);
  const isGuarded = remove.allowed || remove.obstacles.every(({ code }) => code === "role-in-use");
  return [
    folded("role-copy-open", "Duplicate", duplicate({ session, role, change })),
    role.locked ? undefined : folded("role-rename-open", "Rename", rename({ session, role, change })),
    ...actions(
      "What can be done with the role",
      {
        ...{ id: "role-review", label: "Mark as reviewed", class: "quiet", possible: session.can("stampReview", role.id) },
        run: () => change("role-review", `The role ${name} is marked as reviewed.`, ["stampReview", role.id]),
      },
      {
        ...{ id: "role-delete", label: "Delete", possible: remove },
        run: () => change("role-delete", `The role ${name} is deleted.`, ["deleteRole", role.id], { go: { role: "" }, focus: "role-list-title" }),
      },
    ),
    refusalAt(session, "role-review"),
    refusalAt(session, "role-delete"),
    isInTheWay && isGuarded ? moveFirst({ session, role, change, users: session.draft.usage(role.id).users, others: json.roles.filter((other) => other !== role) }) : undefined,
  ];
}

function duplicate({ session, role, change }) {
  const { json, names } = session;
  const run = () => {
    const name = (session.typed.get("copy-name") ?? `Copy of ${role.name}`).trim();
    const id = idFor(name, json.roles.map((other) => other.id));
    const type = json.catalog.roleTypes !== undefined && role.type === undefined ? { type: session.typed.get("copy-type") ?? json.catalog.roleTypes[0] } : {};
    return change("role-copy", `The role ${names.shown(name)} is made; ${names.shown(role.name)} stays as it is.`, ["duplicateRole", role.id, { id, name, ...type }], {
      ...{ go: { role: id }, focus: "role-title" },
      done: () => clear(session, "copy-name", "copy-type"),
    });
  };
  // A standard role can do without a type, a copy of it cannot.
  const types = role.type === undefined ? (json.catalog.roleTypes ?? []) : [];
  return form(
    session,
    { id: "role-copy", label: "Duplicate the role", send: "Duplicate", run },
    field(session, "copy-name", "Name of the copy", textInput(), `Copy of ${role.name}`),
    types.length === 0 ? undefined : field(session, "copy-type", "Type of the copy", choice(types.map((type) => [type, names.shown(type)])), types[0]),
  );
}

function rename({ session, role, change }) {
  const { names } = session;
  const run = () => {
    const { typed } = session;
    const name = (typed.get("rename-name") ?? role.name).trim();
    const description = (typed.get("rename-description") ?? role.description ?? "").trim();
    const changes = { ...(name === role.name ? {} : { name }), ...(description === (role.description ?? "") ? {} : { description: description || null }) };
    if (name === "") return change.refuse("role-rename", "A role needs a name.", "rename-name");
    if (Object.keys(changes).length === 0) return change.refuse("role-rename", "Nothing has changed yet.", "rename-name");
    return change("role-rename", `The role is ${names.shown(name)} now.`, ["updateRole", role.id, changes], { done: () => clear(session, "rename-name", "rename-description") });
  };
  return form(
    session,
    { id: "role-rename", label: "Rename the role", send: "Rename", run },
    field(session, "rename-name", "Name", textInput(), role.name),
    field(session, "rename-description", "What it is for", textInput(), role.description ?? ""),
  );
}

/** A role that people have is deleted once they have another one. */
function moveFirst({ session, role, change, users, others }) {
  const { names } = session;
  // Nobody becomes an administrator because nothing was chosen.
  const first = (others.find(({ locked }) => !locked) ?? others[0])?.id;
  const people = users === 1 ? "the person" : `the ${users} people`;
  const run = () => {
    const to = session.typed.get("move-to") ?? first;
    return change("role-move", `They have ${names.role(to)} now.`, ["moveUsers", role.id, to], { focus: "role-delete", done: () => clear(session, "move-to") });
  };
  return form(
    session,
    { id: "role-move", label: `Move ${people} first`, send: "Move", run },
    field(session, "move-to", `Move ${people} first, to`, choice(others.map(({ id }) => [id, names.role(id)])), first),
  );
}
