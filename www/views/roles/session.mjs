// What one administrator is changing in one tenant: a draft, the operations that made it, and what of it is shown. What is saved lies in this
// browser; saving is what a server would do: it does the operations once more, on the snapshot that is stored by then.

import { printable } from "../../columns.mjs";
import { nameIn } from "../../describe.mjs";
import { obstaclesOf, refusalWords } from "./obstacles.mjs";

/** How many rows of an impact are shown. */
const ROWS = 300;

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

  operations = [];
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
    if (isOld && this.operations.length === 0) {
      this.#begin();
      this.refusal = undefined;
    }
    this.isStale = isOld && this.operations.length > 0;
    await this.#settle();
  }

  get isReady() {
    return this.snapshot !== undefined && (this.isStale || storedOf(this.tenant).text === this.stored.text);
  }

  #begin() {
    this.stored = storedOf(this.tenant);
    this.base = JSON.parse(this.stored.text);
    this.draft = this.#opened();
    this.operations = [];
    this.json = undefined;
  }

  #opened() {
    this.draft?.free();
    return openDraft(this, this.stored.text, this.base.revision);
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
    this.names = namesIn(this.json);
    this.blocked = this.#blocked();
  }

  /** Whether an operation could be done, and if not, the reason in words: `{ allowed, why, saidBy? }`, where `saidBy` is what says it already. */
  can(operation, ...args) {
    return this.#once([operation, ...args], () => this.#can(operation, ...args));
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

  /** What stands against everything that this actor could try: that they may not change anything. It is said once, at the top. */
  #blocked() {
    const { obstacles = [] } = this.draft.can("stampReview", this.json.roles[0].id);
    const found = obstacles.filter(({ code }) => code === "not-permitted");
    return found.length === 0 ? undefined : { allowed: false, obstacles: found, why: refusalWords(found, this), saidBy: "blocked" };
  }

  /** Does an operation. @returns whether it was done; if not, `refusal` says why, at that place */
  async do(place, operation, ...args) {
    const isDone = this.try(place, () => this.draft[operation](...args));
    if (isDone) {
      this.operations.push([operation, ...args]);
      this.json = undefined;
    }
    await this.#settle();
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

  /** Takes back the last operation: the others are done again on the snapshot that it began with. */
  async undo() {
    const kept = this.operations.slice(0, -1);
    this.#begin();
    this.#redo(kept);
    this.refusal = undefined;
    await this.#settle();
  }

  async discard() {
    this.operations = [];
    this.refusal = undefined;
    this.isStale = false;
    this.#begin();
    await this.#settle();
  }

  /** Begins again with what is stored now, and does the same there. @returns how many operations were refused */
  async rebase() {
    const mine = this.operations;
    this.#begin();
    const refused = this.#redo(mine);
    this.isStale = false;
    this.refusal = refused.length === 0 ? undefined : { place: "draft", words: refused };
    await this.#settle();
    return refused.length;
  }

  /** @returns what was refused, in words */
  #redo(operations) {
    const refused = [];
    for (const [operation, ...args] of operations) {
      if (this.try("draft", () => this.draft[operation](...args))) this.operations.push([operation, ...args]);
      else refused.push(...this.refusal.words);
    }
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

/** What people call the things of a document. */
function namesIn(json) {
  const permissions = json.catalog.categories.flatMap((category) => category.permissions);
  const byId = new Map(permissions.map((permission) => [permission.id, permission]));
  const { levelTitles = {} } = json.catalog;
  const named = (list) => {
    const nameOf = nameIn(list);
    return (id) => shown(nameOf(id));
  };
  return {
    shown,
    user: named(json.users),
    team: named(json.teams),
    role: named(json.roles),
    permission: named(permissions),
    category: named(json.catalog.categories),
    separation: named(json.separations),
    hasLevels: (id) => (byId.get(id)?.scopes ?? []).length > 1,
    level: (level) => shown(levelTitles[level] ?? { own: "own", team: "team", all: "all" }[level] ?? level),
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
    for (const [operation, ...args] of session.operations) draft[operation](...args);
    const next = draft.commit(approvedBy === undefined ? {} : { approvedBy });
    const { revision } = JSON.parse(next);
    const trail = [...events, ...draft.events.map((event) => ({ ...event, revision }))];
    localStorage.setItem(placeOf(session.tenant), JSON.stringify({ text: next, events: trail }));
  } finally {
    draft.free();
  }
}
