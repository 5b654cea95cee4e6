// The demo page: which tenant, which person, which view. What it shows is in the address (state.mjs).

import { describePeople, nameIn, resourceOf } from "./describe.mjs";
import { announce, byId, el, problem, replace } from "./dom.mjs";
import { SAMPLES, sampleAddress } from "./samples.mjs";
import { addressOf, readState } from "./state.mjs";
import { ask } from "./views/ask.mjs";
import { inbox } from "./views/inbox.mjs";
import { live } from "./views/live.mjs";
import { people } from "./views/people.mjs";
import { permissions } from "./views/permissions.mjs";
import { report } from "./views/report.mjs";
import { roles } from "./views/roles.mjs";
import { who } from "./views/who.mjs";

const VIEWS = {
  inbox: { label: "Inbox", show: inbox },
  permissions: { label: "Permissions", show: permissions },
  people: { label: "People", show: people },
  ask: { label: "Ask a question", show: ask },
  report: { label: "Masked report", show: report },
  live: { label: "Live", show: live },
  roles: { label: "Roles", show: roles },
};

/** The tenants that were loaded, or are being loaded. */
const tenants = new Map();
/** Ends what the view that is shown has begun. */
let leave;

start();

async function start() {
  for (const { name, title } of SAMPLES) byId("tenant").append(new Option(title, name));
  byId("tenant").disabled = false;
  byId("tenant").addEventListener("change", (event) => go({ tenant: event.target.value }));
  byId("person").addEventListener("change", (event) => go({ person: event.target.value }));
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("view-title").focus();
  });
  addEventListener("hashchange", show);
  await show();
}

/** What the address asks for, with what it leaves open filled in. */
function currentState() {
  const state = readState(location.hash);
  const tenant = SAMPLES.some(({ name }) => name === state.tenant) ? state.tenant : SAMPLES[0].name;
  return { ...state, tenant, view: Object.hasOwn(VIEWS, state.view) ? state.view : "inbox" };
}

const linkTo = (changes) => addressOf(currentState(), changes);

/** Changes the address, and shows at once what it says. */
function go(changes) {
  const address = linkTo(changes);
  if (address === location.hash) return;
  history.pushState(null, "", address);
  show();
}

async function show() {
  const state = currentState();
  byId("tenant").value = state.tenant;
  try {
    const tenant = tenants.get(state.tenant)?.loaded ?? (await tenantOf(state.tenant));
    // Another one may have been chosen while this one was loading.
    if (currentState().tenant === state.tenant) showTenant(tenant, currentState());
  } catch (error) {
    tenants.delete(state.tenant);
    if (currentState().tenant === state.tenant) showProblem(error);
  }
}

function showTenant(tenant, state) {
  const personOf = (wanted) => tenant.people.find(({ id }) => id === wanted);
  const person = personOf(state.person) ?? personOf(tenant.person);
  showPeople(tenant, person);
  replace(byId("who"), who(tenant, person));
  const views = Object.entries(VIEWS).map(([view, { label }]) => viewLink(view, label, state));
  replace(byId("views"), ...views);
  const { title, content, shown } = VIEWS[state.view].show(tenant, person, state, show);
  const before = byId("view-title").textContent;
  byId("view-title").textContent = title;
  leave?.();
  replace(byId("content"), ...content);
  leave = shown?.();
  if (before !== title) showStart();
  document.title = `${title} · ${tenant.name} · rolegate`;
  if (before !== title) announce(title);
}

/** What is new is seen, however far down the last view was read. */
function showStart() {
  const { top, bottom } = byId("view-title").getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) byId("views").scrollIntoView();
}

function showPeople(tenant, person) {
  const select = byId("person");
  if (select.dataset.tenant !== tenant.id) {
    select.replaceChildren(...tenant.people.map(({ id, name, disabled }) => el("option", { value: id }, disabled ? `${name} (disabled)` : name)));
    select.dataset.tenant = tenant.id;
    select.disabled = false;
  }
  select.value = person.id;
}

function viewLink(view, label, state) {
  const isCurrent = view === state.view && "page";
  return el("li", {}, el("a", { id: `view-${view}`, href: addressOf(state, { view }), "aria-current": isCurrent }, label));
}

function showProblem(error) {
  byId("view-title").textContent = "This does not work yet";
  const issues = (error.issues ?? []).map(({ path, message }) => el("li", {}, el("code", {}, path || "the document"), ` ${message}`));
  announce(error.message);
  replace(byId("content"), problem(error.message, issues.length > 0 ? el("ul", {}, ...issues) : undefined));
}

/** Loads a tenant once. */
async function tenantOf(name) {
  if (!tenants.has(name)) tenants.set(name, { loading: loadTenant(name) });
  const entry = tenants.get(name);
  entry.loaded = await entry.loading;
  return entry.loaded;
}

async function loadTenant(id) {
  const [{ load, createStore, bind }, response, records] = await Promise.all([
    thePackage(),
    fetched(sampleAddress(id)),
    fetched(new URL("records.json", import.meta.url)),
  ]);
  const text = await response.text();
  const json = JSON.parse(text);
  const { title, about, person } = SAMPLES.find(({ name }) => name === id);
  const parts = { snapshot: await load(text, { full: true }), inbox: (await records.json())[id], people: describePeople(json), names: namesIn(json) };
  return { id, name: title, about, person, text, json, ...parts, ...relationsIn(json, parts.names), load, bind, liveStore: createStore, go, linkTo };
}

async function thePackage() {
  try {
    const [{ load }, { createStore }, { bind }] = await Promise.all([
      import("../pkg/entries/browser.js"),
      import("../pkg/store/index.js"),
      import("../pkg/dom/index.js"),
    ]);
    return { load, createStore, bind };
  } catch {
    throw new Error("The package is not there: run `cargo xtask serve` in the project’s folder, then reload this page.");
  }
}

async function fetched(address) {
  const name = address.pathname.split("/").at(-1);
  const response = await fetch(address).catch(() => undefined);
  if (response?.ok) return response;
  const what = response === undefined ? "the server does not answer" : `the server answers ${response.status}`;
  throw new Error(`${name} could not be loaded (${what}): see that \`cargo xtask serve\` still runs, then reload this page.`);
}

/** What people call the things that the snapshot has ids for. */
function namesIn(json) {
  const { categories, levelTitles = {} } = json.catalog;
  const permissions = categories.flatMap((category) => category.permissions);
  const withLevels = new Set(permissions.filter(({ scopes = [] }) => scopes.length > 1).map(({ id }) => id));
  const names = {
    user: nameIn(json.users),
    team: nameIn(json.teams),
    role: nameIn(json.roles),
    permission: nameIn(permissions),
    hasLevels: (permission) => withLevels.has(permission),
    level: (level) => levelTitles[level] ?? level,
  };
  return { ...names, any: (id) => [names.role(id), names.permission(id)].find((name) => name !== id) ?? id };
}

/** What the page needs to know about types of records: which one a permission is about, and whose a record is. */
function relationsIn({ catalog: { categories, resources = {} } }, names) {
  const types = new Map(
    categories.flatMap((category) =>
      category.permissions.map((permission) => [permission.id, resourceOf(permission, category, resources)]),
    ),
  );
  const namesAt = (record, path, nameOf) => [record[path] ?? []].flat().map((id) => nameOf(String(id)));
  return {
    typeOf: (permission) => types.get(permission),
    relationsOf: (type, record) => {
      const { owner = [], team = [] } = resources[type] ?? {};
      const owners = [owner].flat().map((path) => [path, namesAt(record, path, names.user)]);
      return [...owners, ...[team].flat().map((path) => [path, namesAt(record, path, names.team)])];
    },
  };
}
