// What `lint` finds in the draft, beside what it is about; what it suggests is a button, and a change like any other. And separations that are
// broken.

import { el } from "../../dom.mjs";
import { capital, listWords } from "../../words.mjs";
import { action, refusalAt } from "./controls.mjs";
import { count, denialWords, limitsOf, someWords } from "./phrases.mjs";

/** In the order of how much they matter. */
const SEVERITIES = {
  error: { word: "error", class: "tag no" },
  warning: { word: "warning", class: "tag asks" },
  info: { word: "note", class: "tag" },
};

/** What was found at a place of the document and below it. `focus` is what has the keyboard once a suggestion is followed. */
export function findingsAt(it, place, focus) {
  return list(it, findingsBelow(it.session, place), "finding", focus);
}

/** What was found elsewhere than at a role, a person or a team. */
export function findingsOfTenant(it) {
  return list(it, it.session.findings().filter(({ path }) => !/^\/(roles|users|teams)\//.test(path)), "tenant-finding", "role-list-title");
}

/** For a list: that there is something to look at, notes apart. */
export function findingMark(session, place) {
  const found = groupsOf(findingsBelow(session, place).filter(({ severity }) => severity !== "info"));
  return found.length === 0 ? [] : [" ", el("span", { class: "tag asks" }, count(found.length, "warning"))];
}

function findingsBelow(session, place) {
  return session.findings().filter(({ path }) => `${path}/`.startsWith(`${place}/`));
}

/** Those that say the same of several things, and suggest the same, are one. */
function groupsOf(findings) {
  const order = Object.keys(SEVERITIES);
  const sorted = findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  return [...Map.groupBy(sorted, ({ code, severity, suggestion }) => JSON.stringify([code, severity, suggestion])).values()];
}

function list(it, findings, id, focus) {
  if (findings.length === 0) return undefined;
  const items = groupsOf(findings).map((group, index) => item(it, group, `${id}-${index}`, focus));
  return el("ul", { class: "findings", "aria-label": "What to look at" }, ...items);
}

function item({ session, change }, [finding, ...more], id, focus) {
  const { names } = session;
  const { severity, suggestion } = finding;
  const said = (one) => findingWords(one, names);
  return el(
    "li",
    {},
    el("p", { id: `${id}-said` }, el("span", { class: SEVERITIES[severity].class }, SEVERITIES[severity].word), " ", said(finding)),
    more.length === 0 ? undefined : el("details", { id: `${id}-more` }, el("summary", { id: `${id}-more-summary` }, `${more.length} more like this`), el("ul", { class: "reached" }, ...more.map((one) => el("li", {}, said(one))))),
    ...(suggestion === undefined ? [] : follow({ session, change }, suggestion, id, focus)),
  );
}

function follow({ session, change }, suggestion, id, focus) {
  const label = suggestionWords(suggestion, session.names);
  const isDeleted = suggestion.some(([operation]) => operation === "deleteRole");
  const after = isDeleted ? { go: { role: "" }, focus: "role-list-title" } : { focus };
  return [
    ...action({ id, label, class: "quiet small", possible: session.canAll(suggestion), run: () => change.all(id, `Done: ${label}.`, suggestion, after) }),
    refusalAt(session, id),
  ];
}

/** The sentence of a finding, with names in place of the ids that it quotes. */
export function findingWords({ path, message }, names) {
  const isPerson = (id) => path.startsWith("/users/") && names.user(id) !== names.shown(id);
  const isWide = (id) => id === "*" || id.endsWith(".*");
  const quoted = (_, id) => (isPerson(id) ? names.user(id) : `“${isWide(id) ? names.key(id) : names.any(id)}”`);
  return `${capital(names.shown(message.replace(" with `false`", "").replace(/`([^`]*)`/g, quoted)))}.`;
}

/** What its button does: `Take away “Admin” and “Team Lead”`. */
export function suggestionWords(operations, names) {
  return operations.length > 1 && operations.every(([name]) => name === "unassign")
    ? `Take away ${listWords(operations.map(([, , assignment]) => assignmentWords(assignment, names)))}`
    : operations.map((operation) => operationWords(operation, names)).join("; ");
}

function operationWords([name, ...args], names) {
  return SUGGESTED[name]?.(names, ...args) ?? names.shown(name);
}

const SUGGESTED = {
  stampReview: () => "Mark as reviewed",
  deleteRole: (names, role) => `Delete “${names.role(role)}”`,
  unassign: (names, _, assignment) => `Take away ${assignmentWords(assignment, names)}`,
  setEveryone: () => "Take it away from everyone",
  updateRole: (names, _, { grants, deny }) => (deny === undefined ? grantsWords(grants, names) : denyWords(deny, names)),
};

function assignmentWords({ role, ...limits }, names) {
  return [`“${names.role(role)}”`, ...limitsOf(limits, names)].join(", ");
}

/** `Refuse “Export”; Grant “View”: Team` */
function grantsWords(grants, names) {
  const verb = (value) => (value === false ? "Refuse" : value === null ? "Take out" : "Grant");
  const level = (key, value) => (typeof value === "string" && names.hasLevels(key) ? `: ${names.level(value)}` : "");
  const said = Object.entries(grants).map(([key, value]) => ({ key: `“${names.key(key)}”`, verb: verb(value), level: level(key, value) }));
  const isLike = (one) => (other) => one.verb === other.verb && one.level === other.level;
  const groups = said.filter((one, index) => said.findIndex(isLike(one)) === index).map((first) => said.filter(isLike(first)));
  return groups.map((group) => `${group[0].verb} ${someWords(group.map(({ key }) => key))}${group[0].level}`).join("; ");
}

function denyWords(deny, names) {
  return deny.length === 0 ? "Deny nothing" : `Deny only ${listWords(deny.map((denial) => denialWords(denial, names)))}`;
}

/** Separations that are broken, of some people. */
export function broken(session, isAsked) {
  const { names, draft } = session;
  const found = draft.violations().filter(isAsked);
  return found.map((violation) =>
    el(
      "p",
      { class: "warning" },
      `${names.user(violation.user)} holds duties that are kept apart by “${names.separation(violation.separation)}”: ${listWords(violation.holds.map((id) => names.any(id)))}. ${violation.found ? "It was so before." : "These changes make it so."}`,
    ),
  );
}
