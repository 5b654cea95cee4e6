// One person: roles, teams, and whether they are there at all.

import { el } from "../../dom.mjs";
import { action, actions, choice, clear, field, form, refusalAt, sayingOnce } from "./controls.mjs";
import { broken, findingsAt } from "./findings.mjs";
import { asObject, limitsOf } from "./phrases.mjs";

const EVERYWHERE = "";

/** @param it see roles.mjs */
export function personView(it) {
  const { session, user, person } = it;
  const { names, json } = session;
  const name = names.user(person.id);
  const card = (...content) => el("section", { class: "card member", "aria-labelledby": "member-title" }, ...content);
  const title = (...more) => el("h3", { id: "member-title", tabindex: "-1" }, name, ...more);
  if (user === undefined) return card(title(), el("p", {}, "Is not on the list any more. Choose another person there."));
  const of = { ...it, name };
  return card(
    title(...(user.disabled ? [" ", el("span", { class: "tag no" }, "disabled: may do nothing")] : [])),
    el("p", { class: "soft" }, `Signs in as “${names.shown(user.id)}”.`),
    user.id === session.actor ? el("p", { class: "warning" }, `You act as ${name}: what you take away here, you cannot give back.`) : undefined,
    ...broken(session, (violation) => violation.user === user.id),
    findingsAt(it, `/users/${json.users.indexOf(user)}`, "member-title"),
    ...rolesOf(of),
    ...teamsOf(of),
    ...presence(of),
  );
}

function rolesOf(of) {
  const { session, user } = of;
  const once = sayingOnce();
  const items = (user.roles ?? []).map(asObject).map((assignment, index) => assignmentItem(of, assignment, index, once));
  return [el("h4", {}, "Roles"), items.length === 0 ? el("p", {}, "Has no role.") : el("ul", { class: "roles", id: "member-roles" }, ...items), refusalAt(session, "member"), assign(of)];
}

/** Something that a person has, and the button that takes it away. */
function held(content, once, button) {
  const [control, reason] = action({ class: "quiet small", ...button, possible: once(button.id, button.possible) });
  return el("li", {}, el("div", { class: "grant" }, el("span", {}, ...content), control), reason);
}

function assignmentItem({ session, change, user, name }, assignment, index, once) {
  const { names } = session;
  const role = names.role(assignment.role);
  const limits = limitsOf(assignment, names);
  return held([el("strong", {}, role), ...limits.flatMap((limit) => [" ", el("span", { class: "tag" }, limit)])], once, {
    ...{ id: `member-role-${index}`, label: "Take away", "aria-label": `Take away ${[role, ...limits].join(", ")}` },
    possible: session.can("unassign", user.id, assignment),
    run: () => change("member", `${name} does not have ${role} any more.`, ["unassign", user.id, assignment], { focus: "member-title" }),
  });
}

function assign({ session, change, user, name }) {
  const { names, json } = session;
  const ids = json.roles.map(({ id }) => id);
  // Nobody becomes an administrator because nothing was chosen.
  const first = (json.roles.find(({ locked }) => !locked) ?? json.roles[0]).id;
  const typed = (id, otherwise = "") => session.typed.get(id) ?? otherwise;
  const isTime = () => typed("assign-until") === "" || !Number.isNaN(Date.parse(typed("assign-until")));
  const assignment = () => {
    const [team, until] = [typed("assign-team"), typed("assign-until")];
    return { role: typed("assign-role", first), ...(team === EVERYWHERE ? {} : { team }), ...(until === "" ? {} : { until: new Date(until).toISOString() }) };
  };
  const run = () => {
    if (!isTime()) return change.refuse("member-assign", "The end is no day and hour.", "assign-until");
    const { role, ...limits } = assignment();
    const words = [`${name} has ${names.role(role)} now`, ...limitsOf(limits, names)].join(", ");
    return change("member-assign", `${words}.`, ["assign", user.id, assignment()], { done: () => clear(session, "assign-role", "assign-team", "assign-until") });
  };
  const teams = (json.teams ?? []).map(({ id }) => [id, names.team(id)]);
  return form(
    session,
    { id: "member-assign", label: `Another role for ${name}`, send: "Assign", run, possible: () => (isTime() ? session.can("assign", user.id, assignment()) : { allowed: true }) },
    field(session, "assign-role", "Another role", choice(ids.map((id) => [id, names.role(id)])), first),
    el(
      "div",
      { class: "side" },
      field(session, "assign-team", "Where", choice([[EVERYWHERE, "In all teams"], ...teams]), EVERYWHERE),
      field(session, "assign-until", "Until, in your time zone", el("input", { type: "datetime-local" })),
    ),
  );
}

function teamsOf(of) {
  const { session, user } = of;
  const teams = user.teams ?? [];
  const once = sayingOnce();
  const items = teams.map((team, index) => teamItem(of, teams, index, once));
  return [el("h4", {}, "Teams"), items.length === 0 ? el("p", {}, "Is in no team.") : el("ul", { class: "roles", id: "member-teams" }, ...items), refusalAt(session, "member-team"), join(of, teams)];
}

function teamItem({ session, change, user, name }, teams, index, once) {
  const team = teams[index];
  const title = session.names.team(team);
  const operation = ["setUserTeams", user.id, teams.filter((other) => other !== team)];
  return held([el("strong", {}, title)], once, {
    ...{ id: `member-team-${index}`, label: "Take out", "aria-label": `Take out of ${title}` },
    possible: session.can(...operation),
    run: () => change("member-team", `${name} is not in ${title} any more.`, operation, { focus: "member-title" }),
  });
}

function join({ session, change, user, name }, teams) {
  const { names, json } = session;
  const others = (json.teams ?? []).filter(({ id }) => !teams.includes(id));
  if (others.length === 0) return undefined;
  const team = () => session.typed.get("join-team") ?? others[0].id;
  const operation = () => ["setUserTeams", user.id, [...teams, team()]];
  return form(
    session,
    {
      ...{ id: "member-join", label: `Another team for ${name}`, send: "Put in", possible: () => session.can(...operation()) },
      run: () => change("member-join", `${name} is in ${names.team(team())} now.`, operation(), { done: () => clear(session, "join-team") }),
    },
    field(session, "join-team", "Another team", choice(others.map(({ id }) => [id, names.team(id)])), others[0].id),
  );
}

function presence({ session, change, user, name }) {
  const operation = user.disabled ? "enableUser" : "disableUser";
  const words = user.disabled ? `${name} is enabled again.` : `${name} is disabled, and may do nothing.`;
  return [
    el("h4", {}, "Account"),
    ...actions(
      "Of the person",
      {
        ...{ id: "member-ability", label: user.disabled ? "Enable" : "Disable", class: "quiet", possible: session.can(operation, user.id) },
        run: () => change("member-presence", words, [operation, user.id], { focus: "member-ability" }),
      },
      {
        ...{ id: "member-remove", label: "Remove", class: "quiet", possible: session.can("removeUser", user.id) },
        run: () => change("member-presence", `${name} is not on the list any more.`, ["removeUser", user.id], { focus: "member-title" }),
      },
    ),
    refusalAt(session, "member-presence"),
    el("p", { class: "soft" }, "Disable somebody who could still sign in; remove somebody who is gone there, too."),
  ];
}
