// Who has which role: the assignments of one person, a form for another one, and everybody at a glance.

import { el, table } from "../../dom.mjs";
import { conditionWords, listWords, timeWords } from "../../words.mjs";
import { action, actions, choice, clear, field, form, refusalAt } from "./controls.mjs";

const EVERYWHERE = "";

/** @param it see roles.mjs */
export function peopleView(it) {
  return el("div", { class: "parts" }, onePerson(it), everybody(it));
}

function onePerson({ session, person, change }) {
  const { names, json } = session;
  const user = json.users.find(({ id }) => id === person.id);
  const name = names.user(person.id);
  const assignments = (user.roles ?? []).map(asObject);
  const items = assignments.map((assignment, index) => assignmentItem({ session, change, user, name }, assignment, index));
  return el(
    "section",
    { class: "card member", "aria-labelledby": "member-title" },
    el("h3", { id: "member-title", tabindex: "-1" }, name, user.disabled ? " " : undefined, user.disabled ? el("span", { class: "tag no" }, "disabled: may do nothing") : undefined),
    el("p", { class: "soft" }, teamsOf(user, names), " Choose another person at the top or in the list."),
    ...broken(session, ({ user: id }) => id === user.id),
    items.length === 0 ? el("p", {}, "Has no role.") : el("ul", { class: "roles" }, ...items),
    refusalAt(session, "member"),
    ...ability({ session, change, user, name }),
    assign({ session, change, user, name }),
  );
}

const asObject = (assignment) => (typeof assignment === "string" ? { role: assignment } : assignment);

function teamsOf({ teams = [] }, names) {
  return teams.length === 0 ? "In no team." : `In ${listWords(teams.map(names.team))}.`;
}

/** `for Sales`, `until 1 December 2026 at 22:00` */
export function limitsOf({ team, from, until, when }, names) {
  return [
    team === undefined ? undefined : `for ${names.team(team)}`,
    from === undefined ? undefined : `from ${timeWords(from)}`,
    until === undefined ? undefined : `until ${timeWords(until)}`,
    when === undefined ? undefined : `if ${names.shown(conditionWords(when))}`,
  ].filter(Boolean);
}

function assignmentItem({ session, change, user, name }, assignment, index) {
  const { names } = session;
  const role = names.role(assignment.role);
  const limits = limitsOf(assignment, names);
  const [button, reason] = action({
    ...{ id: `member-role-${index}`, label: "Take away", class: "quiet small", "aria-label": `Take away ${[role, ...limits].join(", ")}` },
    possible: session.can("unassign", user.id, assignment),
    run: () => change("member", `${name} does not have ${role} any more.`, ["unassign", user.id, assignment], { focus: "member-title" }),
  });
  const tags = limits.flatMap((limit) => [" ", el("span", { class: "tag" }, limit)]);
  return el("li", {}, el("div", { class: "grant" }, el("span", {}, el("strong", {}, role), ...tags), button), reason);
}

function ability({ session, change, user, name }) {
  const operation = user.disabled ? "enableUser" : "disableUser";
  const words = user.disabled ? `${name} is enabled again.` : `${name} is disabled, and may do nothing.`;
  return actions("Of the person", {
    ...{ id: "member-ability", label: user.disabled ? "Enable" : "Disable", class: "quiet" },
    possible: session.can(operation, user.id),
    run: () => change("member", words, [operation, user.id], { focus: "member-ability" }),
  });
}

function assign({ session, change, user, name }) {
  const { names, json } = session;
  const ids = json.roles.map(({ id }) => id);
  // Nobody becomes an administrator because nothing was chosen.
  const first = (json.roles.find(({ locked }) => !locked) ?? json.roles[0]).id;
  const run = () => {
    const typed = (id) => session.typed.get(id) ?? "";
    const role = session.typed.get("assign-role") ?? first;
    const team = typed("assign-team");
    const until = typed("assign-until");
    if (until !== "" && Number.isNaN(Date.parse(until))) return change.refuse("member-assign", "The end is no day and hour.", "assign-until");
    const assignment = { role, ...(team === EVERYWHERE ? {} : { team }), ...(until === "" ? {} : { until: new Date(until).toISOString() }) };
    const words = [`${name} has ${names.role(role)} now`, ...limitsOf(assignment, names)].join(", ");
    return change("member-assign", `${words}.`, ["assign", user.id, assignment], { done: () => clear(session, "assign-role", "assign-team", "assign-until") });
  };
  const teams = (json.teams ?? []).map(({ id }) => [id, names.team(id)]);
  return form(
    session,
    { id: "member-assign", label: `Another role for ${name}`, send: "Assign", run },
    el("h4", {}, `Another role for ${name}`),
    field(session, "assign-role", "Role", choice(ids.map((id) => [id, names.role(id)])), first),
    el(
      "div",
      { class: "side" },
      field(session, "assign-team", "Where", choice([[EVERYWHERE, "In all teams"], ...teams]), EVERYWHERE),
      field(session, "assign-until", "Until, in your time zone", el("input", { type: "datetime-local" })),
    ),
  );
}

/** Separations that are broken, of some people. */
export function broken(session, isAsked) {
  const { names, draft } = session;
  const found = draft.violations().filter(isAsked);
  return found.map((violation) =>
    el(
      "p",
      { class: "warning" },
      `${names.user(violation.user)} holds duties that are kept apart by “${names.separation(violation.separation)}”: ${listWords(violation.holds.map((id) => dutyName(names, id)))}. ${violation.found ? "It was so before." : "These changes make it so."}`,
    ),
  );
}

/** What a separation names is a role or a permission. */
function dutyName(names, id) {
  const role = names.role(id);
  return role === names.shown(id) ? names.permission(id) : role;
}

function everybody({ session, person, linkTo, showPerson }) {
  const { names, json } = session;
  const lines = json.users.map((user, index) => {
    const roles = (user.roles ?? []).map(asObject).map((one) => [names.role(one.role), ...limitsOf(one, names)].join(", "));
    const link = el("a", { id: `member-${index}`, href: linkTo({ person: user.id }), "aria-current": user.id === person.id && "true", onclick: (event) => showPerson(event, user.id) }, names.user(user.id));
    const state = user.disabled ? [" ", el("span", { class: "tag no" }, "disabled")] : [];
    return el("tr", { "data-user": user.id }, el("th", { scope: "row" }, link, ...state), el("td", {}, roles.join("; ") || el("span", { class: "soft" }, "no role")));
  });
  return el("section", { class: "card", "aria-labelledby": "everybody-title" }, el("h3", { id: "everybody-title" }, `${lines.length} people`), table("Who has which roles", ["Person", "Roles"], lines));
}
