// What a role grants: by category, where each permission comes from, and why something cannot be changed.

import { el } from "../../dom.mjs";
import { capital, conditionWords, listWords } from "../../words.mjs";
import { actions, box, choiceOfWhatToDo, refusalAt } from "./controls.mjs";
import { refusalBeside } from "./obstacles.mjs";
import { quotedWords } from "./phrases.mjs";

const NOTHING = "none";
export const LOCKED = { allowed: false, why: ["This role is locked: it can be looked at and duplicated, not changed."], saidBy: "role-locked" };

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

export function categoryCard(it, category, index) {
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
    says ? el("p", { class: "said soft", id: `${id}-why` }, `Select all: ${why.join(" ")}`) : undefined,
    ...laterChoice(it, category, id, says && toggle?.value !== false),
    refusalAt(session, id),
    el("ul", { class: "grants" }, ...category.permissions.map((permission, at) => permissionItem(it, category, permission, `${id}-${at}`))),
  );
}

/**
 * Whether an entry for the category counts for permissions that are added to it later, too. `isTold`: it is told already why not all of it can
 * be granted.
 */
function laterChoice(it, category, id, isTold) {
  const { session, role, change } = it;
  const key = `${category.id}.*`;
  const entry = role.grants?.[key];
  if (category.total === 0 && entry === undefined) return [];
  const title = session.names.category(category.id);
  const otherwise = (role.grants?.["*"] ?? false) !== false ? "By “everything”" : role.inherits === undefined ? undefined : "As inherited";
  const select = (selected) => ["selectCategory", role.id, category.id, selected, { live: true }];
  const options = [
    { value: "yes", word: "Yes, with all", operation: select(true) },
    // Between the others, so that arrow keys do not pass one of them on the way to this one.
    { value: "unsaid", word: otherwise ?? "No", operation: ["updateRole", role.id, { grants: withoutEntry(category, key, entry) }] },
    ...(otherwise !== undefined || entry === false ? [{ value: "no", word: "No, with none", operation: select(false) }] : []),
  ];
  const what = `What is added to ${title} later`;
  const { control, isClosed, saidBy, why } = choiceOfWhatToDo({
    ...{ id: `${id}-later`, title: what, current: entry === undefined ? "unsaid" : entry === false ? "no" : "yes" },
    options: options.map(({ value, word, operation }) => ({
      ...{ value, word, possible: role.locked ? (session.blocked ?? LOCKED) : session.can(...operation) },
      run: () => change(id, `${what}: ${word}.`, operation, { focus: `${id}-later` }),
    })),
  });
  const isSaid = isTold && isClosed;
  const describedBy = saidBy ?? (isSaid ? `${id}-why` : why.length > 0 ? `${id}-later-why` : undefined);
  if (describedBy !== undefined) control.setAttribute("aria-describedby", describedBy);
  return [
    el("div", { class: "grant later", "data-closed": isClosed && "true" }, el("label", { for: `${id}-later` }, "What is added later", el("span", { class: "unseen" }, ` to ${title}`)), control),
    why.length === 0 || isSaid ? undefined : el("p", { class: "said soft", id: `${id}-later-why` }, why.join(" ")),
  ];
}

/** The entry for a category taken away; what it grants by now, each by an entry of its own. */
function withoutEntry({ permissions }, key, entry) {
  const own = permissions.filter(({ source }) => source === "category");
  const value = ({ level, levels }) => (typeof entry === "object" ? entry : levels.length > 0 ? level : true);
  return { [key]: null, ...Object.fromEntries(own.map((permission) => [permission.id, value(permission)])) };
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

/** Levels as choices. */
function levelChoice(it, permission, declared, id) {
  const { session, role, change } = it;
  const { names } = session;
  const title = names.permission(permission.id);
  const none = permission.granted ? permission.toggle : { allowed: true, value: false };
  const options = [{ level: NOTHING, word: "No", toggle: none }, ...permission.levels.map(({ level, toggle }) => ({ level, word: names.level(level), toggle }))];
  return choiceOfWhatToDo({
    ...{ id, title, current: permission.level ?? NOTHING },
    options: options.map(({ level, word, toggle }) => ({
      ...{ value: level, word, possible: possibleOf(it, toggle, declared) },
      run: () => change(id, `${title}: ${word}.`, ["updateRole", role.id, { grants: { [permission.id]: toggle.value } }]),
    })),
  });
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
    !granted && entry?.key === `${category.id}.*` && `Taken away with all of “${names.category(category.id)}”, also what will be added.`,
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
  return [capital(`${words.join("; ")}; a change here replaces this.`)];
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
