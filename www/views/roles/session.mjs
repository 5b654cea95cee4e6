// What one administrator is changing in one tenant: a draft, the operations that made it, and what of it is shown. What is saved lies in this
// browser; saving is what a server would do: it does the operations once more, on the snapshot that is stored by then.

import { printable } from "../../columns.mjs";
import { nameIn } from "../../describe.mjs";
import { obstaclesOf, refusalWords } from "./obstacles.mjs";

/** How many rows of an impact are shown. */
const ROWS = 300;
/** An administrator's page lists everybody; and it tells of separations by itself. */
const NOT_SHOWN = ["whole-tenant-in-browser", "separation"];

/** Whatever others have named is shown as text that does not steer its surroundings. */
const shown = (text) => printable(String(text));

export class Session {
  /** Of this tenant, by the ids of their actors. */
  static #open = new Map();

  /** @param {{ admin: object, tenant: object, actor: string, permission: string | null }} parts `admin` is the module `rolegate/admin` */
  static of(parts) {
    const key = JSON.stringify([parts.tenant.id, parts.actor]);
    if (!Session.#open.has(key)) Session.#open.set(key, new Session(parts));
    return Session.#open.get(key);
  }

  /** What was changed: each a list of operations that are done, or taken back, together. */
  changes = [];
  /** What was asked of the draft as it is. */
  #known = new Map();
  /** What was typed and not used yet, by the id of its field. */
  typed = new Map();
  /** What was refused last: `{ place, words }`. */
  refusal;
  /** Another window has saved meanwhile. */
  isStale = false;
  /** Which element gets the keyboard once the view is shown again. */
  focus;

  constructor({ admin, tenant, actor, permission }) {
    Object.assign(this, { admin, tenant, actor, permission });
    this.#begin();
  }

  /** Without anything of one's own to lose, the newest is shown. Resolves once there is something to show. */
  async ready() {
    const isOld = storedOf(this.tenant).text !== this.stored.text;
    if (isOld && this.changes.length === 0) {
      this.#begin();
      this.refusal = undefined;
    }
    this.isStale = isOld && this.changes.length > 0;
    await this.#settle();
  }

  get isReady() {
    return this.snapshot !== undefined && (this.isStale || storedOf(this.tenant).text === this.stored.text);
  }

  #begin() {
    this.stored = storedOf(this.tenant);
    this.base = JSON.parse(this.stored.text);
    this.draft?.free();
    this.draft = openDraft(this, this.stored.text, this.base.revision);
    this.changes = [];
    this.json = undefined;
  }

  /** The draft as a snapshot, in which the other views answer, too. */
  async #settle() {
    if (this.json !== undefined && this.snapshot !== undefined) return;
    const text = this.draft.commit();
    const snapshot = await this.tenant.load(text, { full: true });
    this.#known.clear();
    Object.assign(this, { text, snapshot, json: JSON.parse(text) });
    const { categories } = this.json.catalog;
    this.declared = new Map(categories.flatMap(({ permissions }) => permissions).map((permission) => [permission.id, permission]));
    this.names = namesIn(this.json, [...this.stored.events, ...this.draft.events]);
    this.blocked = this.#blocked();
  }

  /** Whether an operation could be done, and if not, the reason in words: `{ allowed, why, saidBy? }`, where `saidBy` is what says it already. */
  can(operation, ...args) {
    return this.#once([operation, ...args], () => this.#can(operation, ...args));
  }

  /** The same of several operations, one after the other. */
  canAll(operations) {
    if (operations.length === 1) return this.can(...operations[0]);
    return this.blocked ?? this.#once(operations, () => this.#canAll(operations));
  }

  /** What is probably not meant in the draft as it is. */
  findings() {
    return this.#once("findings", () => this.admin.lint(this.text).filter(({ code }) => !NOT_SHOWN.includes(code)));
  }

  /** What a page for a role shows, and which permissions the role holds. */
  form(role) {
    return this.#once(role, () => {
      const form = this.admin.roleForm(this.text, role, { actor: this.actor });
      const permissions = form.categories.flatMap((category) => category.permissions);
      return { ...form, held: new Set(permissions.filter(({ granted }) => granted).map(({ id }) => id)) };
    });
  }

  /** Who gains and who loses by the draft. */
  impact() {
    return this.#once("impact", () => this.draft.impact({ limit: ROWS }));
  }

  #once(question, answer) {
    const asked = JSON.stringify(question);
    if (!this.#known.has(asked)) this.#known.set(asked, answer());
    return this.#known.get(asked);
  }

  #can(operation, ...args) {
    const possible = this.draft.can(operation, ...args);
    if (possible.obstacles?.some(({ code }) => code === "not-permitted")) return this.blocked;
    return possible.allowed ? possible : { ...possible, why: refusalWords(possible.obstacles, this) };
  }

  /** Found by trying them in a draft of the draft. */
  #canAll(operations) {
    const trial = openDraft(this, this.draft.commit(), this.base.revision + 1);
    try {
      doAll(trial, operations);
      return { allowed: true };
    } catch (error) {
      return { allowed: false, obstacles: obstaclesOf(error), why: refusalWords(obstaclesOf(error), this) };
    } finally {
      trial.free();
    }
  }

  /** What stands against everything that this actor could try: that they may not change anything. It is said once, at the top. */
  #blocked() {
    const { obstacles = [] } = this.draft.can("stampReview", this.json.roles[0].id);
    const found = obstacles.filter(({ code }) => code === "not-permitted");
    return found.length === 0 ? undefined : { allowed: false, obstacles: found, why: refusalWords(found, this), saidBy: "blocked" };
  }

  /** Does operations, all or none. @returns whether they were done; if not, `refusal` says why, at that place */
  async do(place, operations) {
    const isDone = this.#do(place, operations);
    if (isDone) this.json = undefined;
    await this.#settle();
    return isDone;
  }

  #do(place, operations) {
    // Of several, a later one must not be refused when the first ones are done.
    const possible = operations.length === 1 ? { allowed: true } : this.#canAll(operations);
    if (!possible.allowed) this.refusal = { place, words: possible.why };
    const isDone = possible.allowed && this.try(place, () => doAll(this.draft, operations));
    if (isDone) this.changes.push(operations);
    return isDone;
  }

  /** Does what may be refused. */
  try(place, action) {
    try {
      action();
      this.refusal = undefined;
      return true;
    } catch (error) {
      this.refusal = { place, words: refusalWords(obstaclesOf(error), this) };
      return false;
    }
  }

  /** Takes back the last change: the others are done again on the snapshot that it began with. */
  async undo() {
    const kept = this.changes.slice(0, -1);
    this.#begin();
    this.#redo(kept);
    this.refusal = undefined;
    await this.#settle();
  }

  async discard() {
    this.refusal = undefined;
    this.isStale = false;
    this.#begin();
    await this.#settle();
  }

  /** Begins again with what is stored now, and does the same there. @returns how many changes were refused */
  async rebase() {
    const mine = this.changes;
    this.#begin();
    const refused = this.#redo(mine);
    this.isStale = false;
    this.refusal = refused.length === 0 ? undefined : { place: "draft", words: refused };
    await this.#settle();
    return refused.length;
  }

  /** @returns what was refused, in words */
  #redo(changes) {
    const refused = [];
    for (const operations of changes) if (!this.#do("draft", operations)) refused.push(...this.refusal.words);
    return refused;
  }

  /** @returns whether it was saved */
  async save(approvedBy) {
    const isSaved = this.try("save", () => publish(this, approvedBy));
    if (isSaved) this.#begin();
    else this.isStale = storedOf(this.tenant).text !== this.stored.text;
    await this.#settle();
    return isSaved;
  }

  /** Forgets everything that was saved. */
  async restore() {
    localStorage.removeItem(placeOf(this.tenant));
    await this.discard();
  }
}

function openDraft({ admin, actor, permission }, text, revision) {
  return admin.edit(text, { actor, now: Date.now(), permission, revision });
}

function doAll(draft, operations) {
  for (const [operation, ...args] of operations) draft[operation](...args);
}

/** What people call the things of a document; also those that are gone, by what was done to them. */
function namesIn(json, events) {
  const permissions = json.catalog.categories.flatMap((category) => category.permissions);
  const byId = new Map(permissions.map((permission) => [permission.id, permission]));
  const { levelTitles = {} } = json.catalog;
  const named = (list) => {
    const nameOf = nameIn(list);
    return (id) => shown(nameOf(id));
  };
  const everNamed = (kind, list = []) => {
    const earlier = events.filter((event) => event.kind === kind).flatMap(({ before, after }) => [before, after]);
    return named([...earlier.filter((entry) => entry?.id !== undefined), ...list]);
  };
  const names = {
    shown,
    user: everNamed("user", json.users),
    team: everNamed("team", json.teams),
    role: everNamed("role", json.roles),
    permission: named(permissions),
    category: named(json.catalog.categories),
    separation: named(json.separations),
    hasLevels: (id) => (byId.get(id)?.scopes ?? []).length > 1,
    level: (level) => shown(levelTitles[level] ?? { own: "own", team: "team", all: "all" }[level] ?? level),
  };
  const kinds = ["role", "permission", "user", "team", "separation", "level"];
  return {
    ...names,
    /** Of an id of which the kind is not known. */
    any: (id) => kinds.map((kind) => names[kind](id)).find((name) => name !== shown(id)) ?? shown(id),
    /** Of a key of `grants` or `deny`. */
    key: (key) => (key === "*" ? "everything" : key.endsWith(".*") ? `all of ${names.category(key.slice(0, -2))}` : names.permission(key)),
  };
}

// -- the server

export const placeOf = ({ id }) => `rolegate demo roles: ${id}`;

/** What is stored: the snapshot as text, and its audit trail. */
export function storedOf(tenant) {
  const kept = localStorage.getItem(placeOf(tenant));
  return kept === null ? { text: tenant.text, events: [] } : JSON.parse(kept);
}

/** Does the operations on what is stored, unless somebody has changed that since; then `conflict` is thrown. */
function publish(session, approvedBy) {
  const { text, events } = storedOf(session.tenant);
  const draft = openDraft(session, text, session.base.revision);
  try {
    doAll(draft, session.changes.flat());
    const next = draft.commit(approvedBy === undefined ? {} : { approvedBy });
    const { revision } = JSON.parse(next);
    const trail = [...events, ...draft.events.map((event) => ({ ...event, revision }))];
    localStorage.setItem(placeOf(session.tenant), JSON.stringify({ text: next, events: trail }));
  } finally {
    draft.free();
  }
}
