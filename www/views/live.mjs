// One window edits what roles a person has, and every other one that shows that person changes. The server is made of this browser's own
// storage here: what is published lies in it, and other windows are told of it.

import { announce, el, tableCard } from "../dom.mjs";

/** The store of the person that is shown, one at a time. */
let shown;
/** How much of what was heard is listed, the newest first. */
const HEARD = 5;

export function live(tenant, person, state, refresh) {
  const it = shownOf(tenant, person);
  it.refresh = refresh;
  const { gate, status } = it.store;
  const { json, names, snapshot } = tenant;
  const held = rolesOf(tenant, person);
  const roles = json.roles.map(({ id, name }) => {
    const box = el("input", { type: "checkbox", id: `role-${id}`, checked: held.includes(id), onchange: (event) => edit(tenant, person, id, event.target.checked) });
    return el("li", {}, el("label", {}, box, ` ${name}`));
  });
  const rows = snapshot.categories().flatMap(({ permissions }) => permissions).filter(({ id }) => gate.scope(id).kind !== "none");
  const line = ({ id, title = id }) => el("tr", { "data-permission": id }, el("th", { scope: "row" }, title), el("td", {}, names.hasLevels(id) ? names.level(gate.scope(id).level) : "yes"));
  return {
    title: `${person.name}, live`,
    content: [
      el("p", { class: "lede" }, "Open this page in a ", el("a", { href: location.href, target: "_blank", id: "live-window" }, "second window"), ", and change roles in either: both show it, without a reload."),
      el(
        "div",
        { class: "columns" },
        el("fieldset", { class: "card" }, el("legend", {}, `Roles of ${person.name}`), el("ul", { class: "roles" }, ...roles)),
        el("section", { class: "card" }, el("h3", {}, "What this window has heard"), el("p", { id: "live-status" }, `${status}, revision ${gate.revision}`), el("ul", { id: "live-heard" }, ...it.heard.map((text) => el("li", {}, text)))),
        tableCard(`${rows.length} permissions`, ["Permission", "How far"], rows.map(line)),
      ),
    ],
  };
}

function shownOf(tenant, person) {
  const key = `${tenant.id} ${person.id}`;
  if (shown?.key === key) return shown;
  shown?.store.close();
  const it = { key, heard: [], store: tenant.liveStore(settingsFor(tenant, person)) };
  it.store.subscribe((event) => {
    // What comes first is not a change.
    const said = it.isKnown ? wordsOf(event, tenant) : undefined;
    it.isKnown = true;
    if (said !== undefined) it.heard = [said, ...it.heard].slice(0, HEARD);
    // Nobody looks at it any more, once another view is shown.
    if (document.getElementById("live-status") === null || shown !== it) return;
    if (said !== undefined) announce(said);
    it.refresh();
  });
  return (shown = it);
}

/** A list of what has changed, not of what was edited. */
function wordsOf({ revision, changes }, { names }) {
  if (changes.length === 0) return undefined;
  const one = ({ permission, from, to }) => `${names.permission(permission)}: ${names.level(from)} → ${names.level(to)}`;
  const more = changes.length > 3 ? `, and ${changes.length - 3} more` : "";
  return `Revision ${revision}. ${changes.slice(0, 3).map(one).join(", ")}${more}`;
}

// -- the server

const placeOf = ({ id }) => `rolegate demo: ${id}`;

/** What was edited: `{ revision, roles: { person: ids } }`. */
function editsOf(tenant) {
  const { revision = tenant.json.revision, roles = {} } = JSON.parse(localStorage.getItem(placeOf(tenant)) ?? "{}");
  return { revision, roles };
}

const roleOf = (assignment) => assignment.role ?? assignment;
const assignmentsOf = ({ json }, { id }) => json.users.find((user) => user.id === id)?.roles ?? [];

function rolesOf(tenant, person) {
  return editsOf(tenant).roles[person.id] ?? assignmentsOf(tenant, person).map(roleOf);
}

/** Publishes the next revision. */
function edit(tenant, person, role, isHeld) {
  const { revision, roles } = editsOf(tenant);
  const others = rolesOf(tenant, person).filter((id) => id !== role);
  localStorage.setItem(placeOf(tenant), JSON.stringify({ revision: revision + 1, roles: { ...roles, [person.id]: isHeld ? [...others, role] : others } }));
  void shown.store.refresh();
}

/** The options of a store of one person's gate data. */
function settingsFor(tenant, person) {
  const { json } = tenant;
  const publish = async () => {
    const ids = rolesOf(tenant, person);
    const roles = [...assignmentsOf(tenant, person).filter((assignment) => ids.includes(roleOf(assignment))), ...ids.filter((id) => !assignmentsOf(tenant, person).some((assignment) => roleOf(assignment) === id))];
    const users = json.users.map((user) => (user.id === person.id ? { ...user, roles } : user));
    const snapshot = await tenant.load({ ...json, revision: editsOf(tenant).revision, users });
    const body = JSON.stringify(snapshot.for(person.id));
    snapshot.free();
    return body;
  };
  return {
    user: person.id,
    fetch: async (_, { headers }) => {
      const etag = `"${editsOf(tenant).revision}"`;
      return headers["if-none-match"] === etag ? new Response(null, { status: 304 }) : new Response(await publish(), { headers: { etag } });
    },
    push: (look) => {
      const hear = ({ key }) => key === placeOf(tenant) && look();
      addEventListener("storage", hear);
      return () => removeEventListener("storage", hear);
    },
  };
}
