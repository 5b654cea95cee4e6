// The teams of a tenant: who is in them, and which lies below which.

import { el, folded, table } from "../../dom.mjs";
import { listWords } from "../../words.mjs";
import { actions, choice, clear, field, form, refusalAt, textInput } from "./controls.mjs";
import { findingsAt } from "./findings.mjs";
import { idFor } from "./ids.mjs";
import { asObject, count } from "./phrases.mjs";

const TOP = "";

/** @param it see roles.mjs */
export function teamsView(it) {
  const { session, state } = it;
  const teams = inOrder(session.json.teams ?? []);
  const kinds = new Set(teams.map(({ kind }) => kind));
  // Where all are of one kind, it tells nothing.
  const kindOf = ({ kind }) => (kind === undefined || kinds.size < 2 ? [] : [" ", el("span", { class: "tag" }, session.names.shown(kind))]);
  const team = teams.find(({ id }) => id === state.team) ?? teams[0];
  return el("div", { class: "parts" }, team === undefined ? undefined : teamView({ ...it, kindOf }, teams, team), teamList({ ...it, kindOf }, teams, team));
}

/** Each team after the one that it lies below, with its `depth`. */
function inOrder(teams) {
  const below = Map.groupBy(teams, ({ parent }) => parent);
  const next = (parent, depth) => (below.get(parent) ?? []).toReversed().map((team) => ({ ...team, depth }));
  const open = next(undefined, 0);
  const found = [];
  while (open.length > 0) {
    const team = open.pop();
    found.push(team);
    open.push(...next(team.id, team.depth + 1));
  }
  return found;
}

/** A team and all that lie below it. */
function covered(teams, team) {
  const start = teams.indexOf(team);
  const end = teams.findIndex(({ depth }, index) => index > start && depth <= team.depth);
  return teams.slice(start, end === -1 ? undefined : end);
}

const peopleIn = ({ json }, { id }) => json.users.filter(({ teams = [] }) => teams.includes(id));

function teamList(it, teams, shown) {
  const { session, linkHere, kindOf } = it;
  const { names } = session;
  const lines = teams.map((team, index) => {
    const link = el("a", { id: `team-${index}`, "aria-current": team === shown && "true", ...linkHere("team-title", { team: team.id }) }, names.team(team.id));
    const below = team.parent === undefined ? [] : [el("span", { class: "unseen" }, `, below ${names.team(team.parent)}`)];
    return el(
      "tr",
      { "data-team": team.id },
      el("th", { scope: "row", class: "team", style: `--depth: ${team.depth}` }, link, ...below, ...kindOf(team)),
      el("td", {}, count(peopleIn(session, team).length, "person", "people") ?? el("span", { class: "soft" }, "nobody")),
    );
  });
  return el(
    "section",
    { class: "card", "aria-labelledby": "team-list-title" },
    el("h3", { id: "team-list-title", tabindex: "-1" }, count(teams.length, "team") ?? "No teams yet"),
    teams.length === 0 ? undefined : table("The teams of the tenant", ["Team", "In it"], lines),
    folded("team-new", "New team", newTeam(it, teams)),
  );
}

function teamView(it, teams, team) {
  const { session, change, linkHere, kindOf } = it;
  const { names, json } = session;
  const name = names.team(team.id);
  const rolesFor = ({ roles = [] }) => roles.map(asObject).filter((assignment) => assignment.team === team.id);
  const holders = json.users.filter((user) => rolesFor(user).length > 0);
  const peopleList = (id, users, about = () => "") =>
    el("ul", { class: "reached" }, ...users.map((user, index) => el("li", {}, el("a", { id: `${id}-${index}`, ...linkHere("member-title", { part: "people", person: user.id }) }, names.user(user.id)), about(user))));
  const inside = peopleIn(session, team);
  const below = covered(teams, team).filter(({ parent }) => parent === team.id);
  return el(
    "section",
    { class: "card member", "aria-labelledby": "team-title" },
    el("h3", { id: "team-title", tabindex: "-1" }, name, ...kindOf(team)),
    el("p", { class: "soft" }, placeWords(team, names), below.length === 0 ? "" : ` Covers ${listWords(below.map(({ id }) => names.team(id)))}.`),
    findingsAt(it, `/teams/${json.teams.findIndex(({ id }) => id === team.id)}`, "team-title"),
    el("h4", {}, "Who is in it"),
    inside.length === 0 ? el("p", {}, "Nobody.") : peopleList("team-person", inside),
    ...(holders.length === 0 ? [] : [el("h4", {}, "Who has a role for it"), peopleList("team-holder", holders, (user) => `: ${listWords(rolesFor(user).map(({ role }) => names.role(role)))}`)]),
    el("h4", {}, "The team itself"),
    move(it, teams, team),
    ...actions("Of the team", {
      ...{ id: "team-remove", label: "Remove", class: "quiet", possible: session.can("removeTeam", team.id) },
      run: () => change("team-remove", `The team ${name} is removed.`, ["removeTeam", team.id], { go: { team: "" }, focus: "team-list-title" }),
    }),
    refusalAt(session, "team-remove"),
  );
}

function placeWords({ parent }, names) {
  return parent === undefined ? "At the top." : `Below ${names.team(parent)}.`;
}

/** What is assigned for a team counts in those below it, too: moving one gives and takes. */
function move({ session, change }, teams, team) {
  const { names } = session;
  const isBelow = new Set(covered(teams, team));
  const now = team.parent ?? TOP;
  const to = () => session.typed.get("move-team") ?? now;
  const operation = () => ["moveTeam", team.id, to() === TOP ? null : to()];
  const here = { allowed: false, why: ["That is where it is: choose another place."] };
  return form(
    session,
    {
      ...{ id: "team-move", label: `Move ${names.team(team.id)}`, send: "Move", possible: () => (session.blocked ?? (to() === now ? here : session.can(...operation()))) },
      run: () => {
        const words = to() === TOP ? "is at the top now" : `is below ${names.team(to())} now`;
        return change("team-move", `${names.team(team.id)} ${words}.`, operation(), { focus: "team-title", done: () => clear(session, "move-team") });
      },
    },
    field(session, "move-team", "Place", parents(teams.filter((other) => !isBelow.has(other)), names), now),
  );
}

function parents(teams, names) {
  return choice([[TOP, "At the top"], ...teams.map(({ id }) => [id, `Below ${names.team(id)}`])]);
}

function newTeam({ session, change }, teams) {
  const { names } = session;
  const kinds = [...new Set(teams.map(({ kind }) => kind).filter((kind) => kind !== undefined))];
  const typed = (id) => (session.typed.get(id) ?? "").trim();
  const team = (name) => {
    const id = idFor(name, teams.map((other) => other.id), "team");
    const kind = session.typed.get("team-kind") ?? kinds[0];
    const parent = session.typed.get("team-parent") ?? TOP;
    return { id, ...(name === "" ? {} : { name }), ...(kind === undefined ? {} : { kind }), ...(parent === TOP ? {} : { parent }) };
  };
  const run = () => {
    const added = team(typed("team-name"));
    if (added.name === undefined) return change.refuse("team-add", "A team needs a name: write one, such as “Night Shift”.", "team-name");
    return change("team-add", `The team ${names.shown(added.name)} is made.`, ["addTeam", added], { go: { team: added.id }, focus: "team-title", done: () => clear(session, "team-name", "team-kind", "team-parent") });
  };
  return form(
    session,
    // Below another team it may be covered by what the actor cannot give.
    { id: "team-add", label: "New team", send: "Create", run, possible: () => session.can("addTeam", team("")) },
    field(session, "team-name", "Name", textInput()),
    kinds.length < 2 ? undefined : field(session, "team-kind", "Kind", choice(kinds.map((kind) => [kind, names.shown(kind)])), kinds[0]),
    field(session, "team-parent", "Place", parents(teams, names), TOP),
  );
}
