/// <reference lib="esnext.disposable" preserve="true" />
// Snapshots: loading them, and what they tell.

import { RolegateError, SnapshotError } from "../core/errors.js";
import { type Checked, LOAD_OPTIONS, LOAD_RULES, optionsOf } from "../core/options.js";
import { EngineSnapshot, problemsOf } from "../engine/engine-snapshot.js";
import type { FullAccess, FullEngine } from "../engine/full.js";
import * as at from "../engine/layout.js";
import { arrive, toBytes } from "../engine/source.js";
import type {
  AskOptions,
  Category,
  GateOptions,
  Level,
  LoadOptions,
  Permission,
  Remedies,
  Role,
  SnapshotDocument,
  SnapshotSource,
  Subject,
  Team,
  User,
  UserId,
} from "../types/types.js";
import {
  type FullSource,
  type Gate,
  gateOf,
  outsiderOf,
  type ReadPaths,
  remediesFor,
  wellFormed,
  whoCan,
} from "./gate.js";
import { Tenant } from "./holdings.js";
import { isSubject } from "./subject.js";

/** Every user's roles in one tenant at one time, checked and compiled. */
export class Snapshot {
  /** Whose roles these are. */
  readonly tenant?: string;
  /** Grows with every change of the tenant's roles. */
  readonly revision: number;
  private readonly source: FullSource;

  /** @internal */
  constructor(engine: EngineSnapshot) {
    const tenant = new Tenant(engine.tables);
    if (tenant.tenant !== undefined) this.tenant = tenant.tenant;
    this.revision = tenant.revision;
    const ask = (subject: string): ReadPaths =>
      JSON.parse(engine.useFull((full, handle) => full.paths(handle, subject))) as ReadPaths;
    let paths: ReadPaths | undefined;
    // Only who may have a condition adds paths.
    this.source = {
      engine,
      tenant,
      paths: (outsider) => (outsider?.flags ? ask(outsider.text) : (paths ??= ask(""))),
    };
    if (Symbol.dispose !== undefined)
      Object.defineProperty(this, Symbol.dispose, {
        __proto__: null,
        value: this.free,
      } as PropertyDescriptor);
  }

  get issuedAt(): Date | undefined {
    return dateOf(this.source.tenant.issuedAt);
  }

  /** From then on every answer is "no". */
  get expiresAt(): Date | undefined {
    return dateOf(this.source.tenant.expiresAt);
  }

  /**
   * A user's gate. It costs some microseconds, or some hundreds for the first of those who hold the same
   * hundreds of roles; the checks that it answers cost next to nothing. Make one per request or per page, and
   * keep it.
   * @param user the id of anyone: the gate of a user whom the snapshot does not know says no; or all there
   *   is to say of somebody whom the snapshot need not list, as an entry of `users` says it. Then roles and
   *   teams that the snapshot does not have give nothing: `gate.unknown` lists them. Whoever the snapshot
   *   lists as disabled stays so.
   * @throws {RolegateError} `freed`, `bad-options`
   * @throws {SubjectError} `bad-subject`, if anything else is wrong with a subject
   */
  for(user: UserId | Subject, options?: GateOptions): Gate {
    return gateOf(this.source, user, options);
  }

  /** The ids of all users, in the order of the document. */
  users(): string[] {
    return this.tables().names(at.USER);
  }

  /**
   * A user as the snapshot declares them; `undefined` if it does not. It parses the list of users: with
   * 100,000 that takes as long as `JSON.parse` of them.
   */
  user(id: UserId): User | undefined {
    const row = this.source.engine.findUser(wellFormed(id));
    return row < 0 ? undefined : (this.tables().written(at.USER)[row] as User);
  }

  /** The ids of all permissions, in the order of the catalog. */
  permissions(): Permission[] {
    this.source.engine.check();
    return [...this.source.tenant.ids] as Permission[];
  }

  /** The categories of the catalog, with their permissions. */
  categories(): Category<Permission>[] {
    return this.tables().written(at.CATEGORY) as Category<Permission>[];
  }

  roles(): Role[] {
    return this.tables().written(at.ROLE) as Role[];
  }

  teams(): Team[] {
    return this.tables().written(at.TEAM) as Team[];
  }

  /** What the levels are called: the catalog's words, else "Own", "Team" and "All". */
  levelTitles(): Record<Level, string> {
    return { own: "Own", team: "Team", all: "All", ...this.source.tenant.levelTitles() };
  }

  /**
   * The ids of all users who hold a permission, in the order of the document: on the record of
   * `options.resource` (`undefined` and `null` are a record of which nothing is known), or on anything at all
   * where `options` has no such key. It asks for every user: a snapshot of 100,000 takes some tens of
   * milliseconds. It has a budget of steps, about a second, which no real tenant comes near; beyond it
   * nothing is answered, since a part of the list would be wrong.
   * @throws {RolegateError} `freed`, `needs-full`, `bad-options`, `too-complex`
   */
  whoCan(permission: Permission, options?: AskOptions): string[] {
    return whoCan(this.source, permission, options);
  }

  /**
   * What would have to change so that a user may do this, on the record of `options.resource` or on anything
   * at all, as in {@link whoCan}: with the whole list of changes the answer is "yes". If the list is
   * `complete`, no part of it would do, and it is empty only if the answer is "yes" already, or if nothing in
   * this snapshot could make it so. For servers and admins: a narrowed snapshot knows only its user's roles.
   *
   * Every list is found by trying: a question takes some tens of microseconds, with hundreds of roles some
   * milliseconds. The search has a fixed budget of steps, some tens of milliseconds; the list of one that
   * gave up is not `complete`.
   * @param user as in {@link for}
   * @throws {RolegateError} `freed`, `needs-full`, `bad-options`, `unknown-permission` (with
   *   `onUnknown: "throw"`)
   * @throws {SubjectError} `bad-subject`
   */
  remedies(user: UserId | Subject, permission: Permission, options?: AskOptions): Remedies {
    return remediesFor(this.source, user, permission, options);
  }

  /**
   * The part of the snapshot that matters to one user, as JSON text for that user's browser: all decisions
   * and reasons for that user are the same in it, and everything else is gone: other users, roles and teams
   * that cannot matter, what only people read. For a user whom the snapshot does not know, a snapshot without
   * users. Of a subject, a snapshot that lists it as its user.
   * @param user as in {@link for}
   * @throws {RolegateError} `freed`, `needs-full`
   * @throws {SubjectError} `bad-subject`
   */
  narrow(user: UserId | Subject): string {
    const { engine } = this.source;
    if (!isSubject(user)) return engine.useFull((full, handle) => full.narrow(handle, wellFormed(user)));
    const text = outsiderOf(this.source, user).text;
    return engine.useFull((full, handle) => full.narrowSubject(handle, text));
  }

  /**
   * The document as it was loaded: everybody's roles. What one person may have of it is {@link narrow}.
   * @throws {RolegateError} `freed`
   */
  toJSON(): SnapshotDocument {
    return JSON.parse(this.source.engine.text()) as SnapshotDocument;
  }

  /**
   * Gives the memory back. Gates that were made go on answering. Also happens by itself when neither it nor a
   * gate is in use.
   */
  free(): void {
    this.source.engine.free();
  }

  /** `using snapshot = …` frees it at the end of the block. */
  declare [Symbol.dispose]: () => void;

  /** @throws {RolegateError} `freed` */
  private tables(): Tenant["tables"] {
    this.source.engine.check();
    return this.source.tenant.tables;
  }
}

function dateOf(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}

/**
 * Loads a snapshot. It is refused whole if anything in it is wrong.
 * @param source JSON text, bytes, a `Response`, or an object; or a promise of one
 * @throws {SnapshotError} with every problem found
 * @throws {RolegateError} `fetch-failed`, `not-json`, `old-revision`, `wrong-tenant`, `bad-options`, or why
 *   the engine does not start
 */
export type Load = (
  source: SnapshotSource | Promise<SnapshotSource>,
  options?: LoadOptions,
) => Promise<Snapshot>;

/**
 * @internal {@link Load} with an engine that `init` starts. The wasm and the snapshot are fetched side by
 * side.
 */
export function loader(init: () => Promise<void>, full: FullAccess): Load {
  return async (source, options) => {
    const checked = optionsOf(options, LOAD_OPTIONS, LOAD_RULES);
    const [bytes] = await Promise.all([
      arrive(source, checked.maxBytes),
      init(),
      checked.full && full.arrive(),
    ]);
    try {
      return open(bytes, full, checked);
    } catch (error) {
      throw await reported(error, bytes, () => full.arrive());
    }
  };
}

/**
 * Loads a snapshot at once, when the engine has started. Where the second module is not there, a snapshot
 * that is refused is reported with its first problem only.
 * @throws {SnapshotError} with every problem found
 * @throws {RolegateError} `not-initialised`, `not-json`, `old-revision`, `wrong-tenant`, `bad-options`
 */
export type LoadSync = (
  source: string | Uint8Array | ArrayBuffer | object,
  options?: LoadOptions,
) => Snapshot;

/** @internal */
export function syncLoader(full: FullAccess): LoadSync {
  return (source, options) => {
    const checked = optionsOf(options, LOAD_OPTIONS, LOAD_RULES);
    const bytes = toBytes(source, checked.maxBytes);
    try {
      return open(bytes, full, checked);
    } catch (error) {
      throw error instanceof SnapshotError ? (reportBy(() => full.now(), bytes) ?? error) : error;
    }
  };
}

/** The full report in place of the first problem, if it can be had. */
async function reported(
  error: unknown,
  bytes: Uint8Array,
  arrive: () => Promise<FullEngine>,
): Promise<unknown> {
  if (!(error instanceof SnapshotError)) return error;
  const engine = await arrive().catch(() => undefined);
  return reportBy(() => engine, bytes) ?? error;
}

function reportBy(engine: () => FullEngine | undefined, bytes: Uint8Array): SnapshotError | undefined {
  try {
    const full = engine();
    return full && problemsOf(full, bytes);
  } catch {
    return undefined;
  }
}

function open(bytes: Uint8Array, full: FullAccess, { minRevision, tenant }: Checked<LoadOptions>): Snapshot {
  const snapshot = new Snapshot(new EngineSnapshot(bytes, full));
  const isOld =
    minRevision !== undefined && !(typeof minRevision === "number" && snapshot.revision >= minRevision);
  if (!isOld && (tenant === undefined || snapshot.tenant === tenant)) return snapshot;
  snapshot.free();
  if (isOld)
    throw new RolegateError(
      "old-revision",
      `the snapshot has revision ${snapshot.revision}, and at least ${minRevision} is wanted`,
    );
  const whose = snapshot.tenant === undefined ? "names no tenant" : `is of tenant \`${snapshot.tenant}\``;
  throw new RolegateError("wrong-tenant", `the snapshot ${whose}, and \`${tenant}\`'s is wanted`);
}
