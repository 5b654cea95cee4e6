// One role: what it is called, what it grants and where that comes from, and what can be done with it.

import { announce, el } from "../../dom.mjs";
import { conditionWords, listWords, timeWords } from "../../words.mjs";
import { actions, box, choice, clear, field, form, refusalAt, textInput } from "./controls.mjs";
import { idFor } from "./ids.mjs";
import { marksOf, usageWords } from "./list.mjs";
import { quotedWords, refusalBeside } from "./obstacles.mjs";

const NOTHING = "none";
const LOCKED = { allowed: false, why: ["This role is locked: it can be looked at and duplicated, not changed."], saidBy: "role-locked" };

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
  const one = (denial) => {
    const { key, when } = typeof denial === "string" ? { key: denial } : denial;
    const what = key === "*" ? "Everything" : key.endsWith(".*") ? `All of ${names.category(key.slice(0, -2))}` : names.permission(key);
    return el("li", {}, when === undefined ? what : `${what}, if ${names.shown(conditionWords(when))}`);
  };
  return [el("p", {}, "Whoever has it may not, whatever other roles give:"), el("ul", { class: "reached" }, ...deny.map(one))];
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
        run: () => change("role-delete", `The role ${name} is deleted.`, ["deleteRole", role.id], { role: "", focus: "role-list-title" }),
      },
    ),
    refusalAt(session, "role-review"),
    refusalAt(session, "role-delete"),
    isInTheWay && isGuarded ? moveFirst({ session, role, change, users: session.draft.usage(role.id).users, others: json.roles.filter((other) => other !== role) }) : undefined,
  ];
}

function folded(id, summary, content) {
  return el("details", { id }, el("summary", { id: `${id}-summary` }, summary), content);
}

function duplicate({ session, role, change }) {
  const { json, names } = session;
  const run = () => {
    const name = (session.typed.get("copy-name") ?? `Copy of ${role.name}`).trim();
    const id = idFor(name, json.roles.map((other) => other.id));
    const type = json.catalog.roleTypes !== undefined && role.type === undefined ? { type: session.typed.get("copy-type") ?? json.catalog.roleTypes[0] } : {};
    return change("role-copy", `The role ${names.shown(name)} is made; ${names.shown(role.name)} stays as it is.`, ["duplicateRole", role.id, { id, name, ...type }], {
      ...{ role: id, focus: "role-title" },
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

// -- what it grants

/** Whether something of a form can be changed, and why not: `{ allowed, why, saidBy? }`. */
function possibleOf({ session }, { allowed, why, obstacles }, permission) {
  if (session.blocked !== undefined) return session.blocked;
  if (allowed) return { allowed };
  if (why === "locked") return LOCKED;
  return { allowed, why: CLOSED[why]?.(permission, session) ?? refusalBeside(permission?.id, obstacles ?? [], session) };
}

/** Why nobody can grant something by this role, whoever asks. */
const CLOSED = {
  standardOnly: () => ["Only standard roles can have it."],
  type: ({ roleTypes = [] } = {}, { names }) => [roleTypes.length === 0 ? "No role of this type can have it." : `Only roles of the type ${listWords(roleTypes.map(names.shown), "or")} can have it.`],
  plan: ({ plans = [] } = {}, { names, json: { plan } }) => {
    const has = plan === undefined ? "no plan" : `the plan ${names.shown(plan)}`;
    if (plans.length === 0) return [`Nothing of it is in ${has === "no plan" ? "a plan that this tenant has" : has}.`];
    return [`Part of the ${plans.length === 1 ? "plan" : "plans"} ${listWords(plans.map(names.shown))}; this tenant has ${has}.`];
  },
};

function categoryCard(it, category, index) {
  const { session, role, change } = it;
  const id = `category-${index}`;
  const { toggle, selected, granted, total } = category;
  const possible = possibleOf(it, total === 0 ? { allowed: false, obstacles: [] } : toggle);
  const why = total === 0 ? ["There is nothing in it that this role may hold."] : (possible.why ?? []);
  const says = !possible.allowed && possible.saidBy === undefined;
  const title = session.names.category(category.id);
  const all = box({
    ...{ id: `${id}-all`, label: `All of ${title}`, state: selected, possible: { ...possible, why } },
    describedBy: says ? `${id}-why` : possible.saidBy,
    change: () => change(id, `${title}: ${toggle.value ? "all" : "nothing"} selected.`, ["selectCategory", role.id, category.id, toggle.value]),
  });
  return el(
    "section",
    { class: "card category", "aria-labelledby": `${id}-title`, "data-category": category.id, "data-state": selected },
    el("h4", { id: `${id}-title` }, el("label", { class: "all" }, all, ` ${title}`), el("span", { class: "soft" }, ` ${granted} of ${total}`)),
    refusalAt(session, id),
    says ? el("p", { class: "said soft", id: `${id}-why` }, `Select all: ${why.join(" ")}`) : undefined,
    el("ul", { class: "grants" }, ...category.permissions.map((permission, at) => permissionItem(it, category, permission, `${id}-${at}`))),
  );
}

function permissionItem(it, category, permission, id) {
  const { session, role } = it;
  const declared = session.declared.get(permission.id);
  const title = session.names.permission(permission.id);
  const entry = entryOf(role, category, permission);
  const { isClosed, saidBy, why, control } = permission.levels.length > 1 ? levelChoice(it, permission, declared, id) : tick(it, permission, declared, id);
  const notes = [...notesOf(it, category, permission, entry), ...why];
  const describedBy = [saidBy, notes.length > 0 && `${id}-notes`].filter(Boolean).join(" ");
  if (describedBy !== "") control.setAttribute("aria-describedby", describedBy);
  const label = [title, ...(permission.sensitive ? [" ", el("span", { class: "tag asks" }, "sensitive")] : [])];
  return el(
    "li",
    { "data-permission": permission.id, "data-closed": isClosed && "true", "data-level": permission.level ?? NOTHING },
    permission.levels.length > 1
      ? el("div", { class: "grant" }, el("label", { for: id }, ...label), control)
      : el("label", { class: "grant tick" }, control, el("span", {}, ...label)),
    notes.length === 0 ? undefined : el("p", { class: "said soft", id: `${id}-notes` }, notes.join(" ")),
    refusalAt(session, id),
    ...backToInherited(it, permission, entry, id),
  );
}

function tick(it, permission, declared, id) {
  const { session, role, change } = it;
  const title = session.names.permission(permission.id);
  const possible = possibleOf(it, permission.toggle, declared);
  const control = box({
    ...{ id, label: title, possible, state: permission.granted ? "all" : NOTHING },
    change: () => change(id, `${title}: ${permission.granted ? "no" : "yes"}.`, ["updateRole", role.id, { grants: { [permission.id]: permission.toggle.value } }]),
  });
  return { control, isClosed: !possible.allowed, saidBy: possible.saidBy, why: possible.saidBy === undefined ? (possible.why ?? []) : [] };
}

/** Levels as choices: those that would be refused are closed, and their reasons told. */
function levelChoice(it, permission, declared, id) {
  const { session, role, change } = it;
  const { names } = session;
  const title = names.permission(permission.id);
  const none = permission.granted ? permission.toggle : { allowed: true, value: false };
  const options = [{ level: NOTHING, word: "No", toggle: none }, ...permission.levels.map(({ level, toggle }) => ({ level, word: names.level(level), toggle }))];
  const possible = new Map(options.map(({ level, toggle }) => [level, possibleOf(it, toggle, declared)]));
  const current = permission.level ?? NOTHING;
  const closed = options.filter(({ level }) => level !== current && !possible.get(level).allowed);
  const isClosed = closed.length === options.length - 1;
  const select = choice(options.map(({ level, word }) => [level, word]));
  Object.assign(select, { id, value: current });
  if (isClosed) select.setAttribute("aria-disabled", "true");
  const { saidBy } = possible.get(closed[0]?.level) ?? {};
  const why = saidBy === undefined ? closedWords(closed, possible, isClosed) : [];
  select.addEventListener("change", () => {
    const { word, level, toggle } = options[select.selectedIndex];
    if (possible.get(level).allowed) return change(id, `${title}: ${word}.`, ["updateRole", role.id, { grants: { [permission.id]: toggle.value } }]);
    select.value = current;
    return announce(`${title}: ${word} is not possible. ${possible.get(level).why.join(" ")}`);
  });
  return { control: select, isClosed, saidBy, why };
}

/** `All: Una Walsh does not hold it.`, for several levels at once where the reason is one. Where nothing else can be chosen, the first is enough. */
function closedWords(closed, possible, isClosed) {
  if (isClosed) return possible.get(closed[0].level).why;
  const byReason = Map.groupBy(closed, ({ level }) => possible.get(level).why.join(" "));
  return [...byReason].map(([reason, options]) => `${listWords(options.map(({ word }) => word))}: ${reason}`);
}

/** The entry of a role that decides a permission: its key and its grant. */
function entryOf({ grants = {} }, category, { id }) {
  const key = [id, `${category.id}.*`, "*"].find((candidate) => Object.hasOwn(grants, candidate));
  return key === undefined ? undefined : { key, grant: grants[key] };
}

/** Where a grant comes from, under which conditions, and what belongs to it. */
function notesOf({ session, role }, category, { id, granted, source, from, denied, conditional, requires, implies }, entry) {
  const { names } = session;
  const holds = session.form(role.id).held;
  const lacking = granted ? requires.filter((required) => !holds.has(required)) : [];
  const conditions = granted && entry !== undefined ? conditionsOf(entry, id, names) : [];
  const sources = {
    inherited: () => `From “${names.role(from)}”.`,
    implied: () => `Comes with “${names.permission(from)}”.`,
    "*": () => "By “everything”, also what will be added.",
    category: () => `By “all of ${names.category(category.id)}”, also what will be added.`,
  };
  return [
    granted && sources[source]?.(),
    !granted && entry?.key === id && role.inherits !== undefined && "Taken away here, whatever is inherited.",
    denied !== undefined && (denied === "always" ? "The role denies it." : "The role denies it under a condition."),
    ...conditions,
    conditional && conditions.length === 0 && "Only under a condition.",
    lacking.length > 0 && `Of no use without ${quotedWords(lacking, names.permission)}.`,
    lacking.length === 0 && requires.length > 0 && `Needs ${quotedWords(requires, names.permission)}.`,
    implies.length > 0 && `Includes ${quotedWords(implies, names.permission)}.`,
  ].filter(Boolean);
}

/** The conditions of an entry, which are shown and not edited. */
function conditionsOf({ grant }, permission, names) {
  const alternatives = [grant].flat().map((one) => (typeof one === "object" && one !== null ? one : { scope: one }));
  if (alternatives.every(({ when }) => when === undefined)) return [];
  const words = alternatives.map(({ scope, when }) => {
    const level = names.hasLevels(permission) && typeof scope === "string" ? `${names.level(scope)} ` : "";
    return when === undefined ? `${level}in any case` : `${level}only if ${names.shown(conditionWords(when))}`;
  });
  const [first, ...rest] = words.join("; ");
  return [`${first.toUpperCase()}${rest.join("")}; a change here replaces this.`];
}

/** An entry of the role's own hides what it would inherit, until it is taken away. */
function backToInherited({ session, role, change }, { id: permission }, entry, id) {
  if (entry?.key !== permission || role.inherits === undefined || role.locked) return [];
  const title = session.names.permission(permission);
  return actions(`${title}, as inherited`, {
    ...{ id: `${id}-inherit`, label: "As inherited", class: "quiet small", "aria-label": `${title}: as inherited` },
    possible: session.can("updateRole", role.id, { grants: { [permission]: null } }),
    run: () => change(id, `${title}: as inherited.`, ["updateRole", role.id, { grants: { [permission]: null } }], { focus: id }),
  });
}
