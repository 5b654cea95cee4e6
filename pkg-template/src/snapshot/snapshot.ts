/// <reference lib="esnext.disposable" preserve="true" />
// Snapshots: loading, and questions about a whole snapshot.

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

/** All roles and users of a tenant, checked and loaded. */
export class Snapshot {
  /** The id of the tenant. */
  readonly tenant?: string;
  /** Increases with every change of the tenant's roles. */
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
    // Only people whose assignments may have conditions add paths.
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

  /** From then on everything is denied. */
  get expiresAt(): Date | undefined {
    return dateOf(this.source.tenant.expiresAt);
  }

  /**
   * Returns the gate of a user. This takes some microseconds (some hundreds for the first user with the same
   * hundreds of roles); checks take almost no time. Make one gate per request or page, and keep it.
   * @param user an id: for a user whom the snapshot does not list, everything is denied. Or a person whom
   *   the snapshot need not list, described like an entry of `users`: roles and teams that the snapshot does
   *   not have grant nothing, and `gate.unknown` lists them. A user whom the snapshot lists as disabled stays
   *   disabled.
   * @throws {RolegateError} `freed`, `bad-options`
   * @throws {SubjectError} `bad-subject`, if anything else is wrong with the subject
   */
  for(user: UserId | Subject, options?: GateOptions): Gate {
    return gateOf(this.source, user, options);
  }

  /** The ids of all users, in the order of the document. */
  users(): string[] {
    return this.tables().names(at.USER);
  }

  /**
   * A user as declared in the snapshot, or `undefined`. This parses the whole list of users, which takes as
   * long as `JSON.parse`.
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

  /** The names of the levels: those of the catalog, or else "Own", "Team" and "All". */
  levelTitles(): Record<Level, string> {
    return { own: "Own", team: "Team", all: "All", ...this.source.tenant.levelTitles() };
  }

  /**
   * The ids of all users who have a permission, in the order of the document: on the record
   * `options.resource` (`undefined` and `null` stand for a record about which nothing is known), or, without
   * that key, on any record at all. This checks every user, which takes some tens of milliseconds for
   * 100,000. Beyond a budget of steps (about a second, far more than real tenants need) it throws
   * `too-complex`, because an incomplete list would be wrong.
   * @throws {RolegateError} `freed`, `needs-full`, `bad-options`, `too-complex`
   */
  whoCan(permission: Permission, options?: AskOptions): string[] {
    return whoCan(this.source, permission, options);
  }

  /**
   * The shortest list of changes that would allow a permission, on the record `options.resource` or on any
   * record at all, as in {@link whoCan}. All changes of the list together allow it. If the list is
   * `complete`, fewer would not be enough, and an empty list means that the permission is already allowed or
   * that no change in the snapshot would allow it. For servers and admins: a narrowed snapshot only has its
   * user's roles.
   *
   * The list is found by trying changes. This takes some tens of microseconds, or some milliseconds with
   * hundreds of roles. After a fixed budget of steps (some tens of milliseconds) the search stops, and its
   * list is not `complete`.
   * @param user as in {@link for}
   * @throws {RolegateError} `freed`, `needs-full`, `bad-options`, `unknown-permission` (with
   *   `onUnknown: "throw"`)
   * @throws {SubjectError} `bad-subject`
   */
  remedies(user: UserId | Subject, permission: Permission, options?: AskOptions): Remedies {
    return remediesFor(this.source, user, permission, options);
  }

  /**
   * The part of the snapshot that concerns one user, as JSON text for that user's browser. Decisions and
   * reasons for that user are the same in it. Everything else is left out: other users, roles and teams that
   * cannot matter, and texts for administrators. For a user whom the snapshot does not list, the result has
   * no users; for a subject, it lists the subject as its user.
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
   * The document as it was loaded, with everyone's roles. Use {@link narrow} for what one person may have.
   * @throws {RolegateError} `freed`
   */
  toJSON(): SnapshotDocument {
    return JSON.parse(this.source.engine.text()) as SnapshotDocument;
  }

  /**
   * Frees the memory. Existing gates continue to answer. This also happens automatically when neither the
   * snapshot nor a gate of it is referenced.
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
 * Loads a snapshot. A snapshot with any error is rejected as a whole.
 * @param source JSON text, bytes, a `Response`, or an object; or a promise of one of these
 * @throws {SnapshotError} with every problem found
 * @throws {RolegateError} `fetch-failed`, `not-json`, `old-revision`, `wrong-tenant`, `bad-options`, or the
 *   reason why the engine did not start
 */
export type Load = (
  source: SnapshotSource | Promise<SnapshotSource>,
  options?: LoadOptions,
) => Promise<Snapshot>;

/**
 * @internal {@link Load} with an engine that `init` starts. The wasm and the snapshot are fetched in
 * parallel.
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
 * Loads a snapshot synchronously, once the engine has started. Without the second module, a rejected
 * snapshot is reported with its first problem only.
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

/** The full report instead of the first problem, if the second module is available. */
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
      `the snapshot has revision ${snapshot.revision}, but at least ${minRevision} is required`,
    );
  const whose = snapshot.tenant === undefined ? "has no tenant" : `is of tenant \`${snapshot.tenant}\``;
  throw new RolegateError("wrong-tenant", `the snapshot ${whose}, and \`${tenant}\` is required`);
}
