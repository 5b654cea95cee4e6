/// <reference lib="esnext.disposable" preserve="true" />
// Snapshots: loading them, and what they tell.

import { RolegateError } from "./errors.js";
import type { FullAccess } from "./full.js";
import { type Description, type Gate, gateOf, remediesFor, type Source, wellFormed, whoCan } from "./gate.js";
import { Held } from "./held.js";
import { catalogOf } from "./rules.js";
import { arrive, toBytes } from "./source.js";
import type { Category, GateOptions, Level, LoadOptions, Permission, Remedy, Resource, Role, SnapshotSource, Team } from "./types.js";

/** Every user's roles in one tenant at one time, checked and compiled. */
export class Snapshot {
  /** Whose roles these are. */
  readonly tenant?: string;
  /** Grows with every change of the tenant's roles. */
  readonly revision: number;
  readonly issuedAt?: Date;
  /** From then on every answer is "no". */
  readonly expiresAt?: Date;
  private readonly source: Source;

  /** @internal */
  constructor(held: Held) {
    const description = JSON.parse(held.use((engine, handle) => engine.describe(handle))) as Description;
    const { tenant, revision, issuedAt, expiresAt } = description;
    if (tenant !== undefined) this.tenant = tenant;
    this.revision = revision;
    if (issuedAt !== undefined) this.issuedAt = new Date(issuedAt);
    if (expiresAt !== undefined) this.expiresAt = new Date(expiresAt);
    this.source = { held, description, catalog: catalogOf(description), moments: new Map() };
    if (Symbol.dispose !== undefined) Object.defineProperty(this, Symbol.dispose, { value: this.free });
  }

  /**
   * A user's gate. It costs a few microseconds, and the checks that it answers cost next to nothing: make one per request or per
   * page, and keep it.
   * @param user anyone; the gate of a user whom the snapshot does not know says no
   * @throws {RolegateError} `freed`
   */
  for(user: string, options: GateOptions = {}): Gate {
    return gateOf(this.source, user, options);
  }

  /** The ids of all users, in the order of the document. */
  users(): string[] {
    return this.list("users") as string[];
  }

  /** The ids of all permissions, in the order of the catalog. */
  permissions(): string[] {
    return this.source.held.use(() => [...this.source.description.ids]);
  }

  /** The categories of the catalog, with their permissions. */
  categories(): Category[] {
    return this.list("categories") as Category[];
  }

  roles(): Role[] {
    return this.list("roles") as Role[];
  }

  teams(): Team[] {
    return this.list("teams") as Team[];
  }

  /** What the levels are called: the catalog's words, else "Own", "Team" and "All". */
  levelTitles(): Record<Level, string> {
    return { own: "Own", team: "Team", all: "All", ...this.source.description.levelTitles };
  }

  /**
   * The ids of all users who hold a permission, in the order of the document: on the record of `options.resource` (`undefined` and
   * `null` are a record of which nothing is known), or on anything at all where `options` has no such key.
   * It asks for every user: a snapshot of 100,000 takes some tens of milliseconds.
   * @throws {RolegateError} `freed`, `needs-full`
   */
  whoCan(permission: Permission, options: GateOptions & { readonly resource?: Resource | null | undefined } = {}): string[] {
    return whoCan(this.source, permission, options);
  }

  /**
   * What would have to change so that a user may do this, on the record of `options.resource` or on anything at all, as in
   * {@link whoCan}: with the whole list of changes the answer is "yes", and with no part of it. Empty if the answer is "yes" already, or
   * if nothing in this snapshot could make it so. For servers and admins: a narrowed snapshot knows only its user's roles.
   *
   * Every list is found by trying: a question takes some tens of microseconds, with hundreds of roles some milliseconds. The search is
   * bounded, so that for a hostile snapshot a list that would need many changes may not be found.
   * @throws {RolegateError} `freed`, `needs-full`
   */
  remedies(user: string, permission: Permission, options: GateOptions & { readonly resource?: Resource | null | undefined } = {}): Remedy[] {
    return remediesFor(this.source, user, permission, options);
  }

  /**
   * The part of the snapshot that matters to one user, as JSON text for that user's browser: all decisions and reasons for that user
   * are the same in it, and everything else is gone: other users, roles and teams that cannot matter, what only people read. For a
   * user whom the snapshot does not know, a snapshot without users.
   * @throws {RolegateError} `freed`, `needs-full`
   */
  narrow(user: string): string {
    return this.source.held.ask((engine, handle) => engine.narrow(handle, wellFormed(user)));
  }

  /** Gives the memory back. Gates that were made go on answering. Also happens by itself when neither it nor a gate is in use. */
  free(): void {
    this.source.held.free();
  }

  /** `using snapshot = …` frees it at the end of the block. */
  declare [Symbol.dispose]: () => void;

  private list(what: "users" | "roles" | "teams" | "categories"): unknown[] {
    return JSON.parse(this.source.held.use((engine, handle) => engine.list(handle, what))) as unknown[];
  }
}

/**
 * Loads a snapshot. It is refused whole if anything in it is wrong.
 * @param source JSON text, bytes, a `Response`, or an object; or a promise of one
 * @throws {SnapshotError} with every problem found
 * @throws {RolegateError} `fetch-failed`, `not-json`, `old-revision`, `wrong-tenant`, or why the engine does not start
 */
export type Load = (source: SnapshotSource | Promise<SnapshotSource>, options?: LoadOptions) => Promise<Snapshot>;

/** @internal {@link Load} with an engine that `init` starts. The wasm and the snapshot are fetched side by side. */
export function loader(init: () => Promise<void>, full: FullAccess): Load {
  return async (source, options = {}) => {
    const [bytes] = await Promise.all([arrive(source, options.maxBytes), init(), options.full && full.arrive()]);
    return open(bytes, options, full);
  };
}

/**
 * Loads a snapshot at once, when the engine has started.
 * @throws {SnapshotError} with every problem found
 * @throws {RolegateError} `not-initialised`, `not-json`, `old-revision`, `wrong-tenant`
 */
export type LoadSync = (source: string | Uint8Array | ArrayBuffer | object, options?: LoadOptions) => Snapshot;

/** @internal */
export function syncLoader(full: FullAccess): LoadSync {
  return (source, options = {}) => open(toBytes(source, options.maxBytes), options, full);
}

function open(bytes: Uint8Array, { minRevision, tenant }: LoadOptions, full: FullAccess): Snapshot {
  const snapshot = new Snapshot(new Held(bytes, full));
  const isOld = minRevision !== undefined && !(snapshot.revision >= minRevision);
  if (!isOld && (tenant === undefined || snapshot.tenant === tenant)) return snapshot;
  snapshot.free();
  if (isOld) throw new RolegateError("old-revision", `the snapshot has revision ${snapshot.revision}, and at least ${minRevision} is wanted`);
  const whose = snapshot.tenant === undefined ? "names no tenant" : `is of tenant \`${snapshot.tenant}\``;
  throw new RolegateError("wrong-tenant", `the snapshot ${whose}, and \`${tenant}\`'s is wanted`);
}
