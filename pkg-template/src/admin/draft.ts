// Drafts: a snapshot that is being changed inside the engine. When a draft is opened again, everything that was
// done is done again.

import { toId } from "../core/attributes.js";
import { RolegateError } from "../core/errors.js";
import { type Checked, optionsOf } from "../core/options.js";
import type { Place } from "../engine/create-engine.js";
import { toBytes } from "../engine/source.js";
import type { SnapshotSource, WasmSource } from "../types/types.js";
import { actorOf, bad, canBeRole, clock, countsOf, written } from "./arguments.js";
import { AdminError, impossible, type Obstacles, type Possibility } from "./errors.js";
import { type Bindings, engine, Opened, type Problem, refused } from "./opened.js";
import type {
  AuditEvent,
  CommitOptions,
  DiffOptions,
  EditOptions,
  Impact,
  ImpactOptions,
  Operations,
  Usage,
  Violation,
} from "./types.js";

/**
 * Starts the engine of administration. Pass the wasm if it is not found automatically: a compiled
 * `WebAssembly.Module`, bytes, a `Response`, the address of `rolegate-admin.wasm`, or a promise of one of
 * these.
 *
 * Several calls start it only once. If a call fails, the next one tries again.
 * @throws {RolegateError} `wasm-missing`, `wasm-blocked`, `fetch-failed`
 */
export type Init = (wasm?: WasmSource | Promise<WasmSource>) => Promise<void>;

/** Begins to change a snapshot; see {@link EditOptions}. */
export type Edit = (snapshot: SnapshotSource, options: EditOptions) => Draft;

/** @internal */
export function initOn(place: Place): Init {
  return (wasm) => engine.start(wasm, place);
}

/**
 * @internal
 * @param atHand gives the wasm at once, in a place that has it
 */
export function editOn(atHand?: () => WasmSource): Edit {
  return (snapshot, options) => {
    const written = writtenOptions(options);
    const bytes = toBytes(snapshot);
    if (atHand !== undefined) engine.startNow(atHand);
    return new Draft(bytes, written);
  };
}

const NONE = undefined;
const EDIT_OPTIONS = (): Checked<EditOptions> => ({
  actor: NONE,
  now: NONE,
  permission: NONE,
  revision: NONE,
});
const IMPACT_OPTIONS = (): Checked<ImpactOptions> => ({ limit: NONE });
const DIFF_OPTIONS = (): Checked<DiffOptions> => ({ now: NONE, limit: NONE });
const COMMIT_OPTIONS = (): Checked<CommitOptions> => ({ approvedBy: NONE, usage: NONE });

/** Options as the engine reads them. A key that is missing must not switch a check off. */
function writtenOptions(options: EditOptions): string {
  const { actor, now, permission, revision } = optionsOf(options, EDIT_OPTIONS);
  if (typeof permission !== "string" && permission !== null)
    throw wrong("permission", "the id of a permission, or `null` to leave it unchecked");
  if (!Number.isSafeInteger(revision) || (revision as number) < 0)
    throw wrong("revision", "the revision that the snapshot must have");
  return `{"actor":${actorOf(actor)},"now":${clock(now)},"permission":${JSON.stringify(permission)},"revision":${String(revision)}}`;
}

function wrong(key: string, takes: string): RolegateError {
  return bad(`\`${key}\` is required: ${takes}`);
}

/** How many rows `impact` and `diff` give. */
function rowsOf(limit: number | null | undefined): number {
  if (limit === undefined || limit === null) return 100;
  if (!Number.isSafeInteger(limit) || limit < 0) throw bad("`limit` is a number of rows");
  return Math.min(limit, 0xffffffff);
}

function impactIn(json: string): Impact {
  if (json !== "") return JSON.parse(json) as Impact;
  throw new RolegateError("too-complex", "finding what changes for whom takes too many steps");
}

/** What lies between two snapshots of a tenant; see {@link DiffOptions}. */
export type Diff = (old: SnapshotSource, now: SnapshotSource, options?: DiffOptions) => Impact;

/** @internal */
export function diffOn(atHand?: () => WasmSource): Diff {
  return (before, after, options) => {
    const { now = Date.now(), limit } = optionsOf(options, DIFF_OPTIONS);
    const [at, rows] = [clock(now), rowsOf(limit)];
    const [old, next] = [toBytes(before), toBytes(after)];
    if (atHand !== undefined) engine.startNow(atHand);
    const [json, problem] = engine.call((wasm) => {
      const json = wasm.diff(old, next, at, rows);
      return [json, json === "" ? wasm.draftProblem() : ""] as const;
    });
    if (problem !== "") throw refused(JSON.parse(problem) as Problem);
    return impactIn(json);
  };
}

/** What was done, to be done again. */
type Step = (wasm: Bindings, handle: number) => string;

/** A snapshot that is being changed. Nothing is stored anywhere: `commit` gives the changed snapshot. */
export class Draft implements Operations {
  readonly #done: Step[] = [];
  readonly #opened: Opened;
  #isApproved = false;

  /** @internal */
  constructor(bytes: Uint8Array, options: string) {
    const done = this.#done;
    const open = (wasm: Bindings): number | Problem => {
      const handle = wasm.openDraft(bytes, options);
      if (handle === 0) return JSON.parse(wasm.draftProblem()) as Problem;
      for (const step of done) step(wasm, handle);
      return handle;
    };
    this.#opened = new Opened("draft", open, (wasm, handle) => wasm.freeDraft(handle));
    this.#opened.ask(() => undefined);
  }

  createRole(...role: Parameters<Operations["createRole"]>): void {
    this.#do("createRole", role);
  }

  duplicateRole(...copy: Parameters<Operations["duplicateRole"]>): void {
    this.#do("duplicateRole", copy);
  }

  updateRole(...changes: Parameters<Operations["updateRole"]>): void {
    this.#do("updateRole", changes);
  }

  selectCategory(...selection: Parameters<Operations["selectCategory"]>): void {
    this.#do("selectCategory", selection);
  }

  deleteRole(...role: Parameters<Operations["deleteRole"]>): void {
    this.#do("deleteRole", role);
  }

  moveUsers(...roles: Parameters<Operations["moveUsers"]>): void {
    this.#do("moveUsers", roles);
  }

  stampReview(...role: Parameters<Operations["stampReview"]>): void {
    this.#do("stampReview", role);
  }

  recordReview(...decisions: Parameters<Operations["recordReview"]>): void {
    this.#do("recordReview", decisions);
  }

  addUser(...user: Parameters<Operations["addUser"]>): void {
    this.#do("addUser", user);
  }

  removeUser(...user: Parameters<Operations["removeUser"]>): void {
    this.#do("removeUser", user);
  }

  disableUser(...user: Parameters<Operations["disableUser"]>): void {
    this.#do("disableUser", user);
  }

  enableUser(...user: Parameters<Operations["enableUser"]>): void {
    this.#do("enableUser", user);
  }

  setUserTeams(...teams: Parameters<Operations["setUserTeams"]>): void {
    this.#do("setUserTeams", teams);
  }

  setAttributes(...attributes: Parameters<Operations["setAttributes"]>): void {
    this.#do("setAttributes", attributes);
  }

  assign(...assignment: Parameters<Operations["assign"]>): void {
    this.#do("assign", assignment);
  }

  unassign(...assignment: Parameters<Operations["unassign"]>): void {
    this.#do("unassign", assignment);
  }

  addTeam(...team: Parameters<Operations["addTeam"]>): void {
    this.#do("addTeam", team);
  }

  moveTeam(...teams: Parameters<Operations["moveTeam"]>): void {
    this.#do("moveTeam", teams);
  }

  removeTeam(...team: Parameters<Operations["removeTeam"]>): void {
    this.#do("removeTeam", team);
  }

  setEveryone(...assignments: Parameters<Operations["setEveryone"]>): void {
    this.#do("setEveryone", assignments);
  }

  setSeparations(...separations: Parameters<Operations["setSeparations"]>): void {
    this.#do("setSeparations", separations);
  }

  /**
   * Whether an operation could be done now, and if not, why: what it would throw. Nothing is changed.
   *
   * It does not throw because of the operation; only where the engine fails.
   */
  can<K extends keyof Operations>(operation: K, ...args: Parameters<Operations[K]>): Possibility {
    const text = written(operation, args);
    const against = typeof text === "string" ? this.#change(text, true) : text;
    return against === undefined ? { allowed: true } : impossible(against);
  }

  /**
   * Who and what uses a role; `undefined` if there is no such role.
   * @throws {RolegateError} `bad-options` if it is not the id of one
   */
  usage(role: string): Usage | undefined {
    if (!canBeRole(role)) return NONE;
    const text = this.#opened.ask((wasm, handle) => wasm.draftUsage(handle, role));
    return text === "" ? undefined : (JSON.parse(text) as Usage);
  }

  /**
   * What the draft does to people so far, now and later: the first `limit` rows (100), and how many there are.
   * @throws {RolegateError} `bad-options`; `too-complex` where that takes too many steps
   */
  impact(options?: ImpactOptions): Impact {
    const { limit } = optionsOf(options, IMPACT_OPTIONS);
    const rows = rowsOf(limit);
    return impactIn(this.#opened.ask((wasm, handle) => wasm.draftImpact(handle, rows)));
  }

  /** All separations of duties that are broken, and whether they were found so. */
  violations(): readonly Violation[] {
    return JSON.parse(this.#opened.ask((wasm, handle) => wasm.draftViolations(handle))) as Violation[];
  }

  /** Everything that was done so far. */
  get events(): readonly AuditEvent[] {
    return JSON.parse(this.#opened.ask((wasm, handle) => wasm.draftEvents(handle))) as AuditEvent[];
  }

  /**
   * The changed snapshot as JSON, at the next revision. With `approvedBy`, the roles that changed are noted as
   * approved by that one. `issuedAt` and `expiresAt` stay as they are.
   * @throws {AdminError} `self-approval`, `role-in-use`, `invalid`
   * @throws {RolegateError} `bad-options`
   */
  commit(options?: CommitOptions): string {
    const { approvedBy, usage } = optionsOf(options, COMMIT_OPTIONS);
    const approver = approvedBy === undefined ? undefined : toId(approvedBy);
    if (approver === undefined && approvedBy !== undefined)
      throw bad("`approvedBy` is the id of whoever approved");
    const text = JSON.stringify({
      approvedBy: approver,
      usage: usage === undefined ? NONE : countsOf(usage),
    });
    const commit: Step = (wasm, handle) => wasm.commitDraft(handle, text);
    const [json, problem] = this.#opened.ask((wasm, handle) => {
      const json = commit(wasm, handle);
      return [json, json === "" ? wasm.draftProblem() : ""] as const;
    });
    if (problem !== "") throw new AdminError(JSON.parse(problem) as Obstacles);
    // Events say who approved.
    this.#isApproved ||= approver !== undefined;
    if (this.#isApproved) this.#done.push(commit);
    return json;
  }

  /** Frees it at once. It is also freed when nobody refers to it any more. */
  free(): void {
    this.#opened.free();
  }

  #do(operation: keyof Operations, args: readonly unknown[]): void {
    const text = written(operation, args);
    const against = typeof text === "string" ? this.#change(text, false) : text;
    if (against !== undefined) throw new AdminError(against);
    this.#done.push((wasm, handle) => wasm.changeDraft(handle, text as string, false));
  }

  #change(operation: string, onlyTry: boolean): Obstacles | undefined {
    const text = this.#opened.ask((wasm, handle) => wasm.changeDraft(handle, operation, onlyTry));
    return text === "" ? undefined : (JSON.parse(text) as Obstacles);
  }
}
