// The roles of a tenant, edited by somebody who may: everything is an operation of a draft of `rolegate/admin`, which is loaded when this view
// is opened. What it refuses is said in words, where it was tried.

import { announce, byId, el, problem } from "../dom.mjs";
import { EDITING } from "../samples.mjs";
import { changesView, impactWords } from "./roles/changes.mjs";
import { action, choice, refusalAt } from "./roles/controls.mjs";
import { broken } from "./roles/findings.mjs";
import { roleList } from "./roles/list.mjs";
import { peopleView } from "./roles/people.mjs";
import { roleView } from "./roles/role.mjs";
import { placeOf, Session, storedOf } from "./roles/session.mjs";
import { teamsView } from "./roles/teams.mjs";
import { viewAs } from "./roles/view-as.mjs";

const PARTS = {
  roles: { label: "Roles", show: (it) => ({ content: [el("div", { class: "parts roles-parts" }, roleList(it), roleView(it))] }) },
  people: { label: "People", show: (it) => ({ content: [peopleView(it)] }) },
  teams: { label: "Teams", show: (it) => ({ content: [teamsView(it)] }) },
  changes: { label: "Changes", show: (it) => ({ content: [changesView(it)] }) },
  as: { label: "View as", show: viewAs },
};

/** The module of administration, once it is there; what went wrong, where it did not come. */
let admin;
let failure;
let loading;

function loadAdmin() {
  loading ??= import("../../pkg/admin/index.js")
    .then(async (module) => {
      await module.init();
      admin = module;
    })
    .catch((error) => {
      failure = error;
    });
  return loading;
}

export function roles(tenant, person, state, refresh) {
  const again = () => byId("roles") !== null && refresh();
  const title = `Roles of ${tenant.name}`;
  if (failure !== undefined) return { title, content: [missing()] };
  if (admin === undefined) {
    loadAdmin().then(() => {
      again();
      if (failure !== undefined) announce(byId("content").textContent);
    });
    return { title, content: [moment()] };
  }
  const actor = actorOf(tenant, state);
  const session = Session.of({ admin, tenant, ...actor });
  if (!session.isReady) {
    session.ready().then(again, (error) => {
      announce(error.message);
      byId("roles")?.replaceWith(problem(error.message));
    });
    return { title, content: [moment()] };
  }
  return { title, ...page({ tenant, person, state, refresh: again, session, actor }) };
}

const moment = () => el("p", { id: "roles", class: "soft" }, "One moment: administration is being loaded.");

function missing() {
  return el("div", { id: "roles" }, problem("Administration could not be loaded, so nothing can be changed here: see that `cargo xtask serve` still runs, then reload this page. The other views work without it."));
}

// -- who acts

/** Who acts, and what is asked of them; see `EDITING`. */
function actorOf(tenant, { actor }) {
  const { admin: first, weaker, permission, weakerPermission = permission } = EDITING[tenant.id];
  const { users } = JSON.parse(storedOf(tenant).text);
  const known = users.some(({ id }) => id === actor) ? actor : first;
  return { actor: known, permission: known === weaker ? weakerPermission : permission };
}

function actorChoice({ tenant, session, actor: { actor, permission } }) {
  const { names } = session;
  const { admin: first, weaker } = EDITING[tenant.id];
  const labels = { [first]: "an administrator", [weaker]: "who holds less" };
  const ids = [first, weaker, ...session.base.users.map(({ id }) => id).filter((id) => id !== first && id !== weaker)];
  const select = choice(ids.map((id) => [id, labels[id] === undefined ? names.user(id) : `${names.user(id)}, ${labels[id]}`]));
  select.id = "actor";
  select.value = actor;
  select.addEventListener("change", () => tenant.go({ actor: select.value }));
  const asked = permission === null ? "No permission is asked for here" : `To change anything takes “${names.permission(permission)}”`;
  return el(
    "div",
    { class: "acting" },
    el("p", { class: "field" }, el("label", { for: "actor" }, "Acting as"), select),
    session.blocked === undefined
      ? el("p", { class: "soft" }, `${asked}; and nobody can give more than they hold themselves.`)
      : el("p", { class: "warning", id: session.blocked.saidBy }, ...session.blocked.why, " Everything here can be looked at, and nothing changed."),
  );
}

// -- the page

function page(base) {
  const { tenant, state, session, person } = base;
  const part = Object.hasOwn(PARTS, state.part) ? state.part : "roles";
  const role = session.json.roles.find(({ id }) => id === state.role) ?? session.json.roles.find(({ locked }) => !locked) ?? session.json.roles[0];
  // Whom these changes add is listed here only; whom they remove, everywhere else only.
  const user = userOf(session, state.person) ?? userOf(session, person.id);
  const it = { ...base, role, user, person: { id: user?.id ?? person.id }, change: changer(base), linkTo: tenant.linkTo, go: tenant.go };
  it.linkHere = (focus, changes) => ({ href: tenant.linkTo(changes), onclick: (event) => chosen(event, session, focus, () => tenant.go(changes)) });
  const { content, shown } = PARTS[part].show(it);
  return {
    content: [el("div", { id: "roles", class: "bar card" }, actorChoice(it), draftBar(it), ...broken(session, () => part !== "people")), parts(it, part), ...content],
    shown: () => {
      const leave = shown?.();
      const stop = listen(base);
      if (session.focus !== undefined) byId(session.focus)?.focus();
      session.focus = undefined;
      return () => {
        leave?.();
        stop();
      };
    },
  };
}

const userOf = ({ json }, wanted) => json.users.find(({ id }) => id === wanted);

/** What is chosen in a list gets the keyboard, and with it the view of whoever is on a phone. */
function chosen(event, session, focus, show) {
  event.preventDefault();
  session.focus = focus;
  session.typed.clear();
  session.refusal = undefined;
  show();
  // What was chosen already is not shown again.
  if (session.focus !== undefined) byId(focus)?.focus();
}

function parts({ session, linkTo }, part) {
  const links = Object.entries(PARTS).map(([id, { label }]) => {
    const count = id === "changes" && session.changes.length > 0 ? ` (${session.changes.length})` : "";
    return el("li", {}, el("a", { id: `part-${id}`, href: linkTo({ part: id }), "aria-current": id === part && "true" }, label, count));
  });
  return el("nav", { "aria-label": "Parts of the roles page" }, el("ul", { class: "inner-nav" }, ...links));
}

/**
 * `change(place, words, operation, { go, focus, done })` does an operation and shows the view again, with `go` in its address: what was done is
 * announced, what was refused is said at that place. `change.all` does several operations as one change.
 */
function changer({ tenant, session, refresh }) {
  const change = (place, words, operation, options) => change.all(place, words, [operation], options);
  change.all = async (place, words, operations, { go, focus, done } = {}) => {
    const isDone = await session.do(place, operations);
    if (isDone) {
      done?.();
      session.focus = focus;
    }
    const before = location.hash;
    if (isDone && go !== undefined) tenant.go(go);
    // Where the address has changed, the view is shown again already.
    if (location.hash === before) refresh();
    announce(isDone ? words : session.refusal.words.join(" "));
  };
  change.refuse = (place, words, focus) => {
    session.refusal = { place, words: [words] };
    session.focus = focus;
    refresh();
    announce(words);
  };
  return change;
}

// -- the draft as a whole

function draftBar({ session, refresh }) {
  const { changes, stored, base, isStale } = session;
  const count = changes.length;
  const isSaved = stored.events.length > 0;
  const then = async (doing, words) => {
    const result = await doing;
    refresh();
    announce(words(result));
  };
  const nothing = { allowed: count > 0, why: ["There is nothing that is not saved."], saidBy: "draft-state" };
  const buttons = [
    { id: "draft-save", label: "Save", possible: nothing, run: () => then(session.save(session.typed.get("approver") || undefined), (it) => (it ? `Saved: revision ${session.base.revision}.` : session.refusal.words.join(" "))) },
    { id: "draft-undo", label: "Undo", class: "quiet", possible: nothing, run: () => then(session.undo(), () => `Undone. ${session.changes.length} left.`) },
    isStale && { id: "draft-rebase", label: "Do mine again on the newest", run: () => then(session.rebase(), (refused) => (refused === 0 ? "Your changes are on the newest revision now." : session.refusal.words.join(" "))) },
    count > 0 && { id: "draft-discard", label: "Discard", class: "quiet", run: () => then(session.discard(), () => "Your changes are gone.") },
    count === 0 && isSaved && { id: "draft-restore", label: "Back to the sample", class: "quiet", run: () => then(session.restore(), () => "The sample is as it was.") },
  ];
  return el(
    "div",
    { class: "draft" },
    el("p", { id: "draft-state" }, count === 0 ? `Revision ${base.revision}, nothing to save.` : `${count === 1 ? "1 change" : `${count} changes`} to revision ${base.revision}, not saved.`),
    el("p", { class: "warning", id: "draft-stale", hidden: !isStale }, "Another window has saved meanwhile. Yours cannot be saved on top of what it has not seen: do them again on the newest, or discard them."),
    refusalAt(session, "save"),
    refusalAt(session, "draft"),
    count === 0 ? undefined : el("p", { id: "draft-impact" }, impactWords(session)),
    count === 0 ? undefined : approver(session),
    el("div", { class: "actions", role: "group", "aria-label": "Changes" }, ...buttons.filter(Boolean).map((button) => action(button)[0])),
  );
}

function approver(session) {
  const { names, json } = session;
  const select = choice([["", "Nobody"], ...json.users.filter(({ disabled }) => !disabled).map(({ id }) => [id, names.user(id)])]);
  select.id = "approver";
  select.value = session.typed.get("approver") ?? "";
  select.addEventListener("change", () => session.typed.set("approver", select.value));
  return el("p", { class: "field approver" }, el("label", { for: "approver" }, "Approved by"), select);
}

/** Hears of what other windows save. */
function listen({ tenant, session, refresh }) {
  const hear = async ({ key }) => {
    if (key !== placeOf(tenant) || storedOf(tenant).text === session.stored.text) return;
    await session.ready();
    refresh();
    announce(session.isStale ? "Another window has saved meanwhile." : `Another window has saved revision ${session.base.revision}.`);
  };
  addEventListener("storage", hear);
  return () => removeEventListener("storage", hear);
}
