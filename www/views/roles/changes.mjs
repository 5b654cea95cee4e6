// What saving would do, and what was done so far.

import { el, folded, json as code, table } from "../../dom.mjs";
import { listWords, timeWords } from "../../words.mjs";
import { asObject, limitsOf, peopleWords, quotedWords } from "./phrases.mjs";

/** @param it see roles.mjs */
export function changesView(it) {
  const { session } = it;
  const pending = session.draft.events;
  return el("div", { class: "parts" }, pending.length === 0 ? undefined : impactCard(session), trail(session, "pending", pending.length === 0 ? "Nothing is changed yet" : "Not saved yet", pending), trail(session, "saved", "Saved in this browser", session.stored.events));
}

// -- who gains, who loses

const KINDS = { wider: "Gains", narrower: "Loses", different: "Reaches elsewhere" };

/** `Gains: Ulf Berg. Loses: Ulf Berg and Jo Silva.`, or that nothing changes for anybody. */
export function impactWords(session) {
  const { changes, total } = session.impact();
  if (total === 0) return "Nobody gains or loses anything by it.";
  const parts = Object.entries(KINDS).map(([kind, word]) => {
    const users = [...new Set(changes.filter(({ change }) => change === kind).map(({ user }) => user))];
    return users.length === 0 ? undefined : `${word}: ${peopleWords(users, session.names)}.`;
  });
  return [...parts, total > changes.length ? "These are not all." : undefined].filter(Boolean).join(" ");
}

function impactCard(session) {
  const { changes, total } = session.impact();
  const { names } = session;
  const groups = Map.groupBy(changes, ({ user }) => user);
  const lines = [...groups].map(([user, rows]) => el("tr", { "data-user": user }, el("th", { scope: "row" }, names.user(user)), el("td", {}, ...Object.keys(KINDS).flatMap((kind) => rowsOf(kind, rows, names)))));
  return el(
    "section",
    { class: "card", id: "impact", "aria-labelledby": "impact-title" },
    el("h3", { id: "impact-title" }, "Who gains, who loses"),
    total === 0 ? el("p", {}, impactWords(session)) : table("What saving changes for whom", ["Person", "What changes"], lines),
    total > changes.length ? el("p", { class: "soft" }, `And ${total - changes.length} more.`) : undefined,
  );
}

function rowsOf(kind, rows, names) {
  const found = rows.filter(({ change }) => change === kind);
  if (found.length === 0) return [];
  return [el("p", { class: "kind" }, KINDS[kind]), el("ul", { class: "reached", "data-change": kind }, ...found.map((row) => el("li", {}, rowWords(row, names))))];
}

/** `Reply`, `View reports: Team → Own, from 1 December 2026 at 10:00` */
function rowWords({ permission, from, to, conditional, at, until }, names) {
  const [before, after] = [from, to].map((level) => (level === "none" ? "no" : names.level(level)));
  const reach = names.hasLevels(permission) ? `: ${before === after ? after : `${before} → ${after}`}` : "";
  const limits = [conditional && "under a condition", at !== undefined && `from ${timeWords(at)}`, until !== undefined && `until ${timeWords(until)}`];
  return [`${names.permission(permission)}${reach}`, ...limits.filter(Boolean)].join(", ");
}

// -- what was done

function trail(session, id, title, events) {
  const items = events.toReversed().map((event, index) => eventItem(session, event, `${id}-${index}`));
  return el(
    "section",
    { class: "card", "aria-labelledby": `${id}-title` },
    el("h3", { id: `${id}-title` }, title),
    items.length === 0 ? el("p", { class: "soft" }, id === "saved" ? "Nothing was saved yet." : "Change a role or what somebody has, and see here what becomes of it.") : el("ul", { class: "trail" }, ...items),
  );
}

function eventItem({ names }, event, id) {
  const { at, actor, approvedBy, revision, before, after } = event;
  const said = [timeWords(at), names.user(actor), approvedBy === undefined ? undefined : `approved by ${names.user(approvedBy)}`, revision === undefined ? undefined : `revision ${revision}`];
  return el("li", {}, el("span", { class: "line" }, eventWords(event, names)), el("span", { class: "soft line" }, said.filter(Boolean).join(" · ")), folded(`${id}-detail`, "Before and after", code({ before, after })));
}

const nameOf = ({ before, after, target }, names) => names.shown((after ?? before)?.name ?? target);
const quoted = (event, names) => `“${nameOf(event, names)}”`;

const WORDS = {
  createRole: (event, names) => `The role ${quoted(event, names)} was made.`,
  duplicateRole: (event, names) => `The role ${quoted(event, names)} was made as a copy.`,
  updateRole: (event, names) => `The role ${quoted(event, names)} was changed${changedGrants(event, names)}.`,
  selectCategory: (event, names) => `The role ${quoted(event, names)} was changed${changedGrants(event, names)}.`,
  stampReview: (event, names) => `The role ${quoted(event, names)} was reviewed.`,
  deleteRole: (event, names) => `The role ${quoted(event, names)} was deleted.`,
  moveUsers: ({ target, after }, names) => `Those who had “${names.role(target)}” were moved${after?.role === undefined ? "" : ` to “${names.role(after.role)}”`}.`,
  assign: (event, names) => `${nameOf(event, names)} was assigned ${listWords(gained(event.after, event.before, names)) || "a role"}.`,
  unassign: (event, names) => `${nameOf(event, names)} lost ${listWords(gained(event.before, event.after, names)) || "a role"}.`,
  disableUser: (event, names) => `${nameOf(event, names)} was disabled.`,
  enableUser: (event, names) => `${nameOf(event, names)} was enabled.`,
  addUser: (event, names) => `${nameOf(event, names)} was put on the list.`,
  removeUser: (event, names) => `${nameOf(event, names)} was taken off the list.`,
  setUserTeams: (event, names) => `${nameOf(event, names)} ${teamsWords(event, names)}.`,
  addTeam: (event, names) => `The team ${quoted(event, names)} was made${placeOf(event.after, names)}.`,
  moveTeam: (event, names) => `The team ${quoted(event, names)} was moved${placeOf(event.after, names) || " to the top"}.`,
  removeTeam: (event, names) => `The team ${quoted(event, names)} was removed.`,
  setEveryone: () => "What everyone has was changed.",
};

/** An event in one sentence. */
export function eventWords(event, names) {
  return WORDS[event.action]?.(event, names) ?? `${names.shown(event.action)}: ${nameOf(event, names)}.`;
}

const placeOf = ({ parent }, names) => (parent === undefined ? "" : ` below “${names.team(parent)}”`);

/** `was put in “Sales” and taken out of “Support”` */
function teamsWords({ before, after }, names) {
  const changed = (one, other) => quotedWords((one.teams ?? []).filter((team) => !(other.teams ?? []).includes(team)), names.team);
  const [added, left] = [changed(after, before), changed(before, after)];
  return `was ${listWords([added && `put in ${added}`, left && `taken out of ${left}`].filter(Boolean)) || "left in the same teams"}`;
}

/** The assignments that one has and the other has not. */
function gained(one, other, names) {
  const known = new Set((other?.roles ?? []).map((assignment) => JSON.stringify(assignment)));
  const added = (one?.roles ?? []).filter((assignment) => !known.has(JSON.stringify(assignment)));
  return added.map((assignment) => {
    const { role, ...limits } = asObject(assignment);
    return [`“${names.role(role)}”`, ...limitsOf(limits, names)].join(", ");
  });
}

/** `: View conversations, Edit contacts and 3 more` */
function changedGrants({ before = {}, after = {} }, names) {
  const keys = Object.keys({ ...before.grants, ...after.grants }).filter((key) => JSON.stringify(before.grants?.[key]) !== JSON.stringify(after.grants?.[key]));
  if (keys.length === 0) return before.name === after.name ? "" : ` from “${names.shown(before.name)}”`;
  const shown = keys.slice(0, 3).map(names.key);
  return `: ${listWords(keys.length > 3 ? [...shown, `${keys.length - 3} more`] : shown)}`;
}
