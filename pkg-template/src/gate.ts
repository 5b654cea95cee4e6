// A gate over a snapshot: what the one over data answers, and why. What a user holds is worked out as it is asked for, and shared.

import { Element, Instant, isRecord, isWellFormed, toIds } from "./attributes.js";
import { readNow, taskNow } from "./clock.js";
import { type Attributes, attributesOf, parsePath } from "./facts.js";
import type { EngineSnapshot } from "./engine-snapshot.js";
import { RolegateError } from "./errors.js";
import { toGateData } from "./gate-data.js";
import type { Known, Tenant } from "./holdings.js";
import * as at from "./layout.js";
import { contextOf, inContext, optionsOf, type Settings, settingsOf } from "./core-gate.js";
import { LiteGate } from "./lite-gate.js";
import { type Bounds, type LiveMoment, momentAt, UNBOUNDED } from "./live-moment.js";
import { NEVER } from "./moment.js";
import { isA, SCALAR } from "./operators.js";
import { DEFAULT_MAP } from "./parts.js";
import type { DataOptions, GateData, GateOptions, Remedy } from "./types.js";
import { isOpen, makeView, type View } from "./view.js";
import { explainedBy } from "./live-why.js";
import type { Explained } from "./why.js";

/** @internal A snapshot: what its gates see, and where it is. */
export interface Source {
  readonly engine: EngineSnapshot;
  readonly tenant: Tenant;
}

/** What a gate goes by that only one over a snapshot can. */
interface GateSettings extends Settings {
  readonly records: GateOptions["records"];
  readonly onUnknown: GateOptions["onUnknown"];
}

/**
 * One user's answers. A check is plain JavaScript and never enters the engine; a gate needs no `free`, and goes on answering
 * when its snapshot is freed.
 *
 * No answer is ever an exception, whatever the record: attributes that cannot be read are absent, and what is unknown is "no".
 */
export class Gate extends LiteGate {
  private readonly source: Source;
  private readonly known: Known;
  private readonly bounds: Bounds;
  /** @internal */
  declare readonly settings: GateSettings;

  /** @internal */
  constructor(source: Source, known: Known, bounds: Bounds, settings: GateSettings, view: View) {
    super(view, settings, settings.records !== "required");
    this.source = source;
    this.known = known;
    this.bounds = bounds;
  }

  /**
   * The same user with other options; those that are not named stay. `limit` and `roles` only ever narrow: the new gate never says
   * "yes" where this one says "no" because of them. A new context costs next to nothing.
   */
  override with(options: GateOptions): Gate {
    options = optionsOf(options);
    const { source, known } = this;
    const settings = gateSettingsOf(options, this.settings);
    const bounds = boundsOf(source.tenant, options, this.bounds);
    const view = inContext(this.view, options);
    const isSame = bounds === this.bounds && settings.now === this.settings.now;
    return new Gate(source, known, bounds, settings, isSame ? view : makeView(source.tenant, NEVER, known, view.context));
  }

  override toJSON(options?: DataOptions | string): GateData {
    const now = this.now();
    const moment = this.settle(now).moment as LiveMoment;
    const made = Number.isFinite(now) ? now : 0;
    const isClosed = (place: number): boolean => isRecordsOnly(this.source.tenant, this.settings, place);
    // `JSON.stringify` gives the key at which the gate stands.
    return toGateData(moment, this.user, made, isClosed, isRecord(options) && options.explain === true);
  }

  /** @internal */
  override explained(view: View): Explained {
    return explainedBy(view.moment as LiveMoment);
  }

  /** @internal */
  override renew(view: View, now: number): View {
    const { source, known, bounds, settings } = this;
    const moment = momentAt(source.tenant, known.holdings, bounds, settings.now, view.moment, now);
    return moment === view.moment ? view : makeView(source.tenant, moment, known, view.context);
  }

  /** @internal */
  override anywhere(view: View, _permission: string, place: number): boolean {
    return isOpen(view, place) && !isRecordsOnly(this.source.tenant, this.settings, place);
  }

  /** @internal */
  override miss(permission: string): void {
    const { onUnknown = "deny" } = this.settings;
    if (this.source.tenant.places.has(permission)) return;
    if (onUnknown === "throw") throw new RolegateError("unknown-permission", `no such permission: \`${String(permission)}\``);
    if (typeof onUnknown === "function") onUnknown(permission);
  }
}

/** Whether a permission is "no" without a record, because the gate asks for one. */
function isRecordsOnly({ roleRows }: Tenant, { records }: GateSettings, place: number): boolean {
  return records === "required" && roleRows.isScoped(place);
}

function gateSettingsOf(options: GateOptions, before?: GateSettings): GateSettings {
  const { records = before?.records, onUnknown = before?.onUnknown } = options;
  const { now, onDecision } = settingsOf(options, before);
  return { now, onDecision, records, onUnknown };
}

/** The bounds that options name. What is given for `limit` or `roles` but is no list of strings allows nothing. */
function namedBounds(options: GateOptions): { roles: readonly string[] | undefined; limits: readonly (readonly string[])[] } {
  const [limit, roles] = [options.limit, options.roles].map(stringsOf);
  const isRefused = ("limit" in options && limit === undefined) || ("roles" in options && roles === undefined);
  return { roles, limits: isRefused ? [[]] : limit === undefined ? [] : [limit] };
}

/** The bounds that options add to others. Names that the snapshot does not know bound nothing in. */
function boundsOf(tenant: Tenant, options: GateOptions, before: Bounds): Bounds {
  const { roles, limits } = namedBounds(options);
  if (roles === undefined && limits.length === 0) return before;
  const rows = roles && new Set(roles.flatMap((name) => tenant.role(name) ?? []).filter((role) => before.roles?.has(role) ?? true));
  const targets = limits.map((limit) => limit.flatMap((name) => tenant.target(name) ?? []));
  return { ...before, ...(rows && { roles: rows }), limits: [...(before.limits ?? []), ...targets] };
}

function stringsOf(list: unknown): readonly string[] | undefined {
  try {
    const items: unknown[] | undefined = Array.isArray(list) ? Array.from(list) : undefined;
    return items?.every((item) => typeof item === "string") ? items : undefined;
  } catch {
    return undefined; // a proxy that throws
  }
}

/** What an id is in a snapshot: whatever is no Unicode text is the empty string, which is no id. */
export function wellFormed(id: unknown): string {
  return typeof id === "string" && isWellFormed(id) ? id : "";
}

const NO_OPTIONS: GateOptions = {};
const PLAIN: GateSettings = { now: undefined, onDecision: undefined, records: undefined, onUnknown: undefined };

/**
 * @internal
 * @throws {RolegateError} `freed`, `trap`
 */
export function gateOf(source: Source, user: unknown, options: GateOptions = NO_OPTIONS): Gate {
  const { engine, tenant } = source;
  engine.check();
  const name = typeof user === "string" ? user : "";
  const known = tenant.person(name, () => (wellFormed(name) === "" ? -1 : engine.findUser(name)));
  if (options === NO_OPTIONS) return new Gate(source, known, UNBOUNDED, PLAIN, makeView(tenant, NEVER, known, NO_CONTEXT));
  options = optionsOf(options);
  return new Gate(source, known, boundsOf(tenant, options, UNBOUNDED), gateSettingsOf(options), makeView(tenant, NEVER, known, contextOf(options.context)));
}

const NO_CONTEXT = contextOf(undefined);

/** What {@link whoCan} and {@link remediesFor} take: options of a gate, and a record if they have the key `resource`. */
type AskOptions = GateOptions & { readonly resource?: unknown };

/** A question about a user as the whole engine takes it; `undefined` where a record is required and there is none. */
function questionOf({ tenant, paths }: FullSource, user: string, permission: string, options: AskOptions): string | undefined {
  const settings = gateSettingsOf(options);
  const about = "resource" in options;
  const place = tenant.places.get(permission);
  if (!about && place !== undefined && isRecordsOnly(tenant, settings, place)) return undefined;
  const { resource: reads, context: contextReads } = paths();
  const now = settings.now === undefined ? taskNow() : readNow(settings.now);
  return JSON.stringify({
    ...namedBounds(options),
    user: wellFormed(user),
    permission: wellFormed(permission),
    now,
    context: writeAll(contextOf(options.context), contextReads),
    ...(about && writeRecord(tenant, place, options.resource, reads)),
  });
}

/** @internal A snapshot, of which the whole engine tells the paths that conditions read. */
export interface FullSource extends Source {
  paths(): { readonly resource: readonly Reads[]; readonly context: readonly Reads[] };
}

/**
 * @internal The ids of all users for whom the answer is "yes".
 * @throws {RolegateError} `freed`, `trap`, `needs-full`
 */
export function whoCan(source: FullSource, permission: string, options: AskOptions): string[] {
  const question = questionOf(source, "", permission, optionsOf(options));
  return question === undefined ? [] : (JSON.parse(source.engine.useFull((full, handle) => full.whoCan(handle, question))) as string[]);
}

/**
 * @internal The changes that would make the answer "yes".
 * @throws {RolegateError} `freed`, `trap`, `needs-full`
 */
export function remediesFor(source: FullSource, user: unknown, permission: string, options: AskOptions): Remedy[] {
  const question = questionOf(source, typeof user === "string" ? user : "", permission, optionsOf(options));
  return question === undefined ? [] : (JSON.parse(source.engine.useFull((full, handle) => full.remedies(handle, question))) as Remedy[]);
}

/** A record as the engine takes it: what conditions may read of it, and the ids of its owners and teams. */
function writeRecord({ tables, maps }: Tenant, place: number | undefined, resource: unknown, reads: readonly Reads[]): object {
  const map = place === undefined ? DEFAULT_MAP : (maps[tables.get(at.PERMISSION, place, at.PERMISSION_TYPE) - 1] ?? DEFAULT_MAP);
  const read = attributesOf(resource);
  const [owner, team] = map.map((paths) => paths.flatMap((path) => toIds(read.read(path))));
  return { owner, team, resource: isRecord(resource) ? writeAll(read, reads) : null };
}

/** A path that conditions read; with `element` the paths that they read of the elements of the list there. */
type Reads = string | { readonly path: string; readonly element: readonly Reads[] };

function writeAll(read: Attributes, reads: readonly Reads[]): object {
  const elements = new Map(reads.flatMap((it) => (typeof it === "string" ? [[it, []]] : []) as [string, readonly Reads[]][]));
  for (const it of reads) if (typeof it !== "string") elements.set(it.path, it.element);
  return Object.fromEntries(Array.from(elements, ([path, of]) => [path, write(read.read(parsePath(path)), of)]));
}

/** Scalars as they are, lists of such; else an object that says what it is. `{}` is of no use. */
function write(value: unknown, of: readonly Reads[]): unknown {
  if (Array.isArray(value)) return value.map((item) => write(item ?? null, of));
  if (value === undefined || isA(SCALAR, value)) return value ?? null;
  if (value === null) return { unknown: true };
  if (typeof value === "bigint") return { id: String(value) };
  if (value instanceof Instant) return { time: value.ms };
  return value instanceof Element ? { object: writeAll(value, of) } : {};
}
