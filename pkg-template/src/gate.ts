// A gate over the engine: what the one over data answers, and why; it renews itself when time changes its answers.

import { isRecord, isWellFormed, toIds } from "./attributes.js";
import { readNow, taskNow } from "./clock.js";
import { type Attributes, attributesOf, parsePath } from "./condition.js";
import { RolegateError } from "./errors.js";
import { type Finding, withText } from "./explain.js";
import { toGateData } from "./gate-data.js";
import type { Held } from "./held.js";
import { isA, SCALAR } from "./operators.js";
import { contextOf, inContext, LiteGate, optionsOf, type Settings, settingsOf } from "./lite-gate.js";
import { personOf } from "./parts.js";
import { type Body, type Catalog, compile } from "./rules.js";
import type { Explanation, GateData, GateOptions, MapData, Permission, Remedy, Resource } from "./types.js";
import { freshMoment, makeView, type Moment, momentOf, type View } from "./view.js";

/** @internal What the engine tells of a snapshot as a whole. Its masks name permissions by their positions in `ids`. */
export interface Description extends Required<Pick<GateData, "ids" | "types" | "masks">> {
  readonly tenant?: string;
  readonly revision: number;
  readonly issuedAt?: number;
  readonly expiresAt?: number;
  /** For each permission 1 if it has levels, else 0. */
  readonly scoped: readonly number[];
  readonly levelTitles: { readonly own?: string; readonly team?: string; readonly all?: string };
  /** Paths that conditions read, without their root. */
  readonly reads: readonly string[];
  readonly contextReads: readonly string[];
  readonly maps: readonly MapData[];
  /** For each permission an index into `maps`; -1 for the default. */
  readonly mapOf: readonly number[];
}

/** @internal Where a gate gets its data. */
export interface Source {
  readonly held: Held;
  readonly catalog: Catalog;
  readonly description: Description;
  /** By what users hold. */
  readonly moments: Map<string, Moment>;
}

/** What a gate goes by that only one with the engine can. */
interface GateSettings extends Settings {
  readonly records: GateOptions["records"];
  readonly onUnknown: GateOptions["onUnknown"];
}

/** Whose gate, and what bounds it besides the snapshot. */
interface Bounds {
  readonly user: string;
  readonly roles?: readonly string[];
  /** Each must allow a permission. */
  readonly limits?: readonly (readonly string[])[];
}

const DEFAULT_MAP: MapData = [["owner"], ["team"]];

/** Moments that are kept of one snapshot. */
const KEPT = 256;

/** The year 10000: what is true until then need not be true of it. */
const END = 253_402_300_800_000;

/** A user's rules at a moment. Users who hold the same share them. */
function fill(source: Source, { user, ...bounds }: Bounds, now: number): Moment {
  const { held, catalog, moments, description } = source;
  const name = wellFormed(user);
  const key = bounds.roles || bounds.limits ? undefined : held.use((engine, handle) => engine.holdings(handle, name));
  const kept = key === undefined ? undefined : moments.get(key);
  if (kept && now >= kept.from && now < Math.min(kept.to, END)) return kept;
  const json = held.use((engine, handle) => engine.gate(handle, name, now >= 0 && now < Infinity ? now : 0, JSON.stringify(bounds)));
  const { types, masks } = description;
  const moment = freshMoment(compile(Object.assign(JSON.parse(json) as Body, { types, masks }), catalog));
  if (moments.size >= KEPT) moments.clear();
  if (key !== undefined && now < END) moments.set(key, moment);
  return moment;
}

/**
 * One user's answers. A check is plain JavaScript and never enters the engine; a gate needs no `free`, and goes on answering
 * when its snapshot is freed, as long as its data are right.
 *
 * No answer is ever an exception, whatever the record: attributes that cannot be read are absent, and what is unknown is "no".
 */
export class Gate extends LiteGate {
  /** @internal */
  readonly source: Source;
  /** @internal */
  readonly bounds: Bounds;
  /** @internal */
  declare readonly settings: GateSettings;

  /** @internal */
  constructor(source: Source, bounds: Bounds, settings: GateSettings, view: View) {
    super(view, settings, settings.records !== "required");
    this.source = source;
    this.bounds = bounds;
  }

  /** Why the answer is what it is. The same two forms as {@link can}. */
  explain(permission: Permission): Explanation;
  explain(permission: Permission, resource: Resource | null | undefined): Explanation;
  explain(permission: Permission, resource?: Resource | null): Explanation {
    const { source, bounds, settings } = this;
    const about = arguments.length > 1;
    const question = writeQuestion(source, bounds, this.now(), this.view.context, permission, about && [resource]);
    const finding = JSON.parse(source.held.use((engine, handle) => engine.explain(handle, question))) as Finding;
    const isRefused = finding.allowed && !about && settings.records === "required" && isScoped(source, permission);
    return isRefused ? { allowed: false, reason: "limited", text: "This gate answers about records only." } : withText(finding);
  }

  /**
   * The same user with other options; those that are not named stay. `limit` and `roles` only ever narrow: the new gate never says
   * "yes" where this one says "no" because of them. A new context costs next to nothing.
   * @throws {RolegateError} `freed`, for other `limit` or `roles` when the snapshot was freed
   */
  override with(options: GateOptions): Gate {
    options = optionsOf(options);
    const settings = gateSettingsOf(options, this.settings);
    const view = inContext(this.view, options);
    if (!("limit" in options || "roles" in options)) return new Gate(this.source, this.bounds, settings, view);
    return makeGate(this.source, boundsOf(options, this.bounds), settings, view.context);
  }

  override toJSON(): GateData {
    const now = this.now();
    const { rules } = this.settle(now);
    const isRequired = this.settings.records === "required";
    return toGateData(rules, this.user, Number.isFinite(now) ? now : rules.data.at, (position) => isRequired && this.source.description.scoped[position] === 1);
  }

  /** @internal Asks the engine again, unless the snapshot was freed: then what is not right any more is "no". */
  override turn({ rules, person, context }: View, now: number): View {
    const isRight = ({ from, to }: Moment): boolean => now >= from && now < to;
    let moment = freshMoment(rules);
    if (now >= 0 && now < Infinity && !isRight(moment)) {
      try {
        moment = fill(this.source, this.bounds, now);
      } catch {
        // Freed, or the engine failed.
      }
    }
    return makeView(isRight(moment) ? moment : momentOf(moment.rules, now), person, context);
  }

  /** @internal */
  override anywhere(view: View, permission: string, place: number): boolean {
    return super.anywhere(view, permission, place) && (this.settings.records !== "required" || !isScoped(this.source, permission));
  }

  /** @internal */
  override miss(permission: string): void {
    const { onUnknown = "deny" } = this.settings;
    if (this.source.catalog.places.has(permission)) return;
    if (onUnknown === "throw") throw new RolegateError("unknown-permission", `no such permission: \`${String(permission)}\``);
    if (typeof onUnknown === "function") onUnknown(permission);
  }
}

function gateSettingsOf(options: GateOptions, before?: GateSettings): GateSettings {
  const { records = before?.records, onUnknown = before?.onUnknown } = options;
  const { now, onDecision } = settingsOf(options, before);
  return { now, onDecision, records, onUnknown };
}

function isScoped({ description, catalog }: Source, permission: string): boolean {
  return description.scoped[catalog.places.get(permission) ?? -1] === 1;
}

/**
 * @internal
 * @throws {RolegateError} `freed`, `trap`
 */
export function gateOf(source: Source, user: unknown, options: GateOptions): Gate {
  options = optionsOf(options);
  return makeGate(source, boundsOf(options, { user: typeof user === "string" ? user : "" }), gateSettingsOf(options), contextOf(options.context));
}

function makeGate(source: Source, bounds: Bounds, settings: GateSettings, context: Attributes): Gate {
  return new Gate(source, bounds, settings, makeView(fill(source, bounds, timeOf(settings)), personOf(bounds.user), context));
}

function timeOf({ now }: Settings): number {
  return now === undefined ? taskNow() : readNow(now);
}

/** What is given for `limit` or `roles` but is no list of strings allows nothing. */
function boundsOf(options: GateOptions, { user, roles, limits = [] }: Bounds): Bounds {
  const narrowed = { user, roles, limits: [...limits] };
  if ("limit" in options) narrowed.limits.push(stringsOf(options.limit) ?? []);
  if ("roles" in options) {
    const given = stringsOf(options.roles);
    if (given === undefined) narrowed.limits.push([]);
    else narrowed.roles = given.filter((role) => roles === undefined || roles.includes(role));
  }
  return { user, ...(narrowed.roles && { roles: narrowed.roles }), ...(narrowed.limits.length > 0 && { limits: narrowed.limits }) };
}

function stringsOf(list: unknown): readonly string[] | undefined {
  const items: unknown[] | undefined = Array.isArray(list) ? Array.from(list) : undefined;
  return items?.every((item) => typeof item === "string") ? items : undefined;
}

/** What an id is to the engine: whatever is no Unicode text is the empty string, which is no id. */
export function wellFormed(id: unknown): string {
  return typeof id === "string" && isWellFormed(id) ? id : "";
}

/** A question as the engine takes it; `about` has the record, where one is asked about. */
function writeQuestion(source: Source, bounds: Bounds, now: number, context: Attributes, permission: string, about: [unknown] | false): string {
  return JSON.stringify({
    ...bounds,
    user: wellFormed(bounds.user),
    permission: wellFormed(permission),
    now,
    context: writeAll(context, source.description.contextReads),
    ...(about && writeRecord(source, permission, about[0])),
  });
}

/** What {@link whoCan} and {@link remediesFor} take: options of a gate, and a record if they have the key `resource`. */
type AskOptions = GateOptions & { readonly resource?: unknown };

/** A question about a user with the options of a gate; `undefined` where a record is required and there is none. */
function questionOf(source: Source, user: string, permission: string, options: AskOptions): string | undefined {
  const settings = gateSettingsOf(options);
  const about = "resource" in options;
  if (!about && settings.records === "required" && isScoped(source, permission)) return undefined;
  return writeQuestion(source, boundsOf(options, { user }), timeOf(settings), contextOf(options.context), permission, about && [options.resource]);
}

/**
 * @internal The ids of all users for whom the answer is "yes".
 * @throws {RolegateError} `freed`, `trap`
 */
export function whoCan(source: Source, permission: string, options: AskOptions): string[] {
  const question = questionOf(source, "", permission, optionsOf(options));
  return question === undefined ? [] : (JSON.parse(source.held.ask((engine, handle) => engine.whoCan(handle, question))) as string[]);
}

/**
 * @internal The changes that would make the answer "yes".
 * @throws {RolegateError} `freed`, `trap`
 */
export function remediesFor(source: Source, user: unknown, permission: string, options: AskOptions): Remedy[] {
  const question = questionOf(source, typeof user === "string" ? user : "", permission, optionsOf(options));
  return question === undefined ? [] : (JSON.parse(source.held.ask((engine, handle) => engine.remedies(handle, question))) as Remedy[]);
}

/** A record as the engine takes it: what conditions may read of it, and the ids of its owners and teams. */
function writeRecord({ description: { reads, maps, mapOf }, catalog }: Source, permission: string, resource: unknown): object {
  const position = catalog.places.get(permission) ?? -1;
  const read = attributesOf(resource);
  const [owner, team] = (maps[mapOf[position] ?? -1] ?? DEFAULT_MAP).map((paths) => paths.flatMap((path) => toIds(read.read(parsePath(path)))));
  return { owner, team, resource: isRecord(resource) ? writeAll(read, reads) : null };
}

function writeAll(read: Attributes, paths: readonly string[]): object {
  return Object.fromEntries(paths.map((path) => [path, write(read.read(parsePath(path)))]));
}

/** Scalars as they are, lists of such; `{ id }` for an integer beyond the numbers of JSON, `{}` for what is of no use. */
function write(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(write);
  if (typeof value === "bigint") return { id: String(value) };
  return value === undefined || value === null || isA(SCALAR, value) ? value : {};
}
