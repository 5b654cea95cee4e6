// A gate over a snapshot. It answers like a gate from data; its rules are made from the user's assignments
// when they are first needed, and shared between users.

import { type Attributes, attributesOf, parsePath } from "../condition/facts.js";
import { isA, SCALAR } from "../condition/operators.js";
import {
  Element,
  Instant,
  isRecord,
  isWellFormed,
  MAX_ID_BYTES,
  toId,
  toIds,
  unread,
} from "../core/attributes.js";
import { readNow, taskNow } from "../core/clock.js";
import { RolegateError } from "../core/errors.js";
import {
  ASK_OPTIONS,
  type Checked,
  DATA_OPTIONS,
  GATE_OPTIONS,
  GATE_RULES,
  optionsOf,
} from "../core/options.js";
import { textOf } from "../core/read.js";
import type { EngineSnapshot } from "../engine/engine-snapshot.js";
import * as at from "../engine/layout.js";
import { contextOf, inContext, type Settings, settingsOf } from "../gate/core-gate.js";
import { LiteGate } from "../gate/lite-gate.js";
import { NEVER, type Rules } from "../gate/moment.js";
import { DEFAULT_MAP } from "../gate/parts.js";
import { allowsAny, makeView, type View } from "../gate/view.js";
import type { Explained } from "../gate/why.js";
import type {
  AskOptions,
  DataOptions,
  GateData,
  GateOptions,
  Permission,
  Remedies,
  Remedy,
  Subject,
  UnknownNames,
  UserId,
} from "../types/types.js";
import { toGateData } from "./gate-data.js";
import type { Known, Tenant } from "./holdings.js";
import { type Bounds, type LiveRules, momentAt, UNBOUNDED } from "./live-moment.js";
import { explainedBy } from "./live-why.js";
import { checkOutsider, meetOutsider, NOTHING_UNKNOWN } from "./outsider.js";
import { isSubject, type Outsider } from "./subject.js";

/** @internal Where a gate gets its rules: a snapshot, and the engine that loaded it. */
interface GateSource {
  readonly engine: EngineSnapshot;
  readonly tenant: Tenant;
}

/** Settings that only gates over a snapshot have. */
interface GateSettings extends Settings {
  readonly records: Checked<GateOptions>["records"];
  readonly onUnknown: Checked<GateOptions>["onUnknown"];
  /** From then on everything is denied. */
  readonly until: number;
}

/**
 * Answers for one user. A check is plain JavaScript and never enters the engine. A gate needs no `free` and
 * continues to answer after its snapshot was freed.
 *
 * Checks never throw because of a record: attributes that cannot be read count as unknown, and what is
 * unknown never gives access.
 */
export class Gate extends LiteGate {
  private readonly source: GateSource;
  private readonly known: Known;
  private readonly bounds: Bounds;
  /** @internal */
  declare readonly settings: GateSettings;

  /**
   * The names in a {@link Subject} that the snapshot does not have; empty for a listed user.
   */
  readonly unknown: UnknownNames;

  /** @internal */
  constructor(
    source: GateSource,
    known: Known,
    bounds: Bounds,
    settings: GateSettings,
    view: View,
    unknown: UnknownNames,
  ) {
    super(view, settings, settings.records !== "required");
    this.source = source;
    this.known = known;
    this.bounds = bounds;
    this.unknown = unknown;
  }

  /**
   * A gate of the same user with other options; options that are not named keep their values. `limit`,
   * `roles` and `until` can only narrow: the new gate never allows what they deny in this one. A new context
   * costs almost nothing.
   * @throws {RolegateError} `bad-options`
   */
  override with(options: GateOptions): Gate {
    const checked = optionsOf(options, GATE_OPTIONS, GATE_RULES);
    const { source, known, unknown } = this;
    const settings = gateSettingsOf(checked, this.settings);
    const bounds = boundsOf(source.tenant, checked, this.bounds);
    const view = inContext(this.view, checked);
    const isSame = bounds === this.bounds && settings.now === this.settings.now;
    return new Gate(
      source,
      known,
      bounds,
      settings,
      isSame ? view : makeView(view.rules, NEVER, known, view.context),
      unknown,
    );
  }

  /**
   * The current answers as plain data, about this user and no one else: `restore` of `rolegate/lite` reads
   * them.
   * @throws {RolegateError} `bad-options`; `too-complex` if the data would be too long
   */
  override toJSON(options?: DataOptions | string): GateData {
    // `JSON.stringify` passes the key of the property.
    const { explain } = optionsOf(typeof options === "string" ? undefined : options, DATA_OPTIONS);
    const now = this.now();
    const moment = this.settle(now).moment as LiveRules;
    const made = Number.isFinite(now) ? now : 0;
    const isClosed = (index: number): boolean => isRecordsOnly(this.source.tenant, this.settings, index);
    return toGateData(moment, this.user, made, this.settings.until, isClosed, explain === true);
  }

  /** @internal */
  override bounded(view: View, until: number): number {
    return boundsIn(view) === OVER ? Infinity : Math.min(until, this.settings.until);
  }

  override reason(permission: Permission): ReturnType<LiteGate["reason"]> {
    return super.reason(permission) ?? (boundsIn(this.view) === OVER ? "expired" : undefined);
  }

  /** @internal */
  override explained(view: View): Explained {
    const explained = explainedBy(view.moment as LiveRules);
    return boundsIn(view) !== OVER || explained.reason === "clock"
      ? explained
      : { ...explained, reason: "expired", expires: this.settings.until };
  }

  /** @internal */
  override renew(view: View, now: number): View {
    const { source, known, settings } = this;
    const { tenant } = source;
    const bounds = now >= settings.until ? OVER : this.bounds;
    const before = boundsIn(view) === bounds ? view.moment : NEVER;
    const moment = momentAt(tenant, known.holdings, bounds, settings.now, before, now);
    return moment === view.moment ? view : makeView(view.rules, moment, known, view.context);
  }

  /** @internal */
  override anywhere(view: View, _permission: string, index: number): boolean {
    return allowsAny(view, index) && !isRecordsOnly(this.source.tenant, this.settings, index);
  }

  /** @internal */
  override miss(permission: string): void {
    missIn(this.source.tenant, this.settings, permission);
  }
}

/** The bounds of a gate after its `until`. */
const OVER: Bounds = { roles: undefined, limits: [new Set()] };

function boundsIn({ moment }: View): Bounds {
  return (moment as LiveRules).bounds;
}

/** Applies `onUnknown` if the snapshot does not have the permission. */
function missIn({ byId }: Tenant, { onUnknown }: GateSettings, permission: string): void {
  if (byId.has(permission)) return;
  if (onUnknown === "throw")
    throw new RolegateError("unknown-permission", `no such permission: \`${String(permission)}\``);
  if (typeof onUnknown === "function") onUnknown(permission);
}

/** Whether a permission is denied without a record, because the gate requires one. */
function isRecordsOnly({ roleRows }: Tenant, { records }: GateSettings, index: number): boolean {
  return records === "required" && roleRows.isScoped(index);
}

function gateSettingsOf(options: Checked<GateOptions>, before: GateSettings = PLAIN): GateSettings {
  const { records, onUnknown, until = Infinity } = options;
  // The common case: only the context changes.
  if (
    records === undefined &&
    onUnknown === undefined &&
    until === Infinity &&
    options.now === undefined &&
    options.onDecision === undefined
  )
    return before;
  const { now, onDecision } = settingsOf(options, before);
  // An explicit `undefined` is an end that has passed. Gate data cannot express an end before 1970.
  return {
    now,
    onDecision,
    records: records ?? before.records,
    onUnknown: onUnknown ?? before.onUnknown,
    until: Math.min(before.until, Math.max(0, until ?? 0)),
  };
}

/**
 * The bounds in the options. If `limit` or `roles` is given but is not a list of strings, nothing is allowed.
 */
function namedBounds(options: Checked<GateOptions>): {
  roles: readonly string[] | undefined;
  limits: readonly (readonly string[])[];
} {
  const [limit, roles] = [options.limit, options.roles].map(stringsOf);
  const isRefused =
    (options.limit !== undefined && limit === undefined) ||
    (options.roles !== undefined && roles === undefined);
  return { roles, limits: isRefused ? [[]] : limit === undefined ? [] : [limit] };
}

/**
 * The bounds of options, in addition to earlier ones. Names that the snapshot does not have allow nothing.
 */
function boundsOf(tenant: Tenant, options: Checked<GateOptions>, before: Bounds): Bounds {
  if (options.limit === undefined && options.roles === undefined) return before;
  const { roles, limits } = namedBounds(options);
  const rows =
    roles &&
    new Set(
      roles.flatMap((name) => tenant.role(name) ?? []).filter((role) => before.roles?.has(role) ?? true),
    );
  const targets = limits.map((limit) => new Set(limit.flatMap((name) => tenant.target(name) ?? [])));
  return { ...before, ...(rows && { roles: rows }), limits: [...(before.limits ?? []), ...targets] };
}

function stringsOf(list: unknown): readonly string[] | undefined {
  try {
    const items: unknown[] | undefined = Array.isArray(list) ? Array.from(list) : undefined;
    return items?.every((item) => typeof item === "string") ? items : undefined;
  } catch {
    return unread(undefined); // a proxy that throws
  }
}

/**
 * The id as a string; the empty string, which is never an id, for anything but text and integers.
 */
function nameOf(user: unknown): string {
  return typeof user === "string" ? user : (toId(user) ?? "");
}

/** The id as it can occur in a snapshot; the empty string if it cannot. */
export function wellFormed(id: unknown): string {
  const name = nameOf(id);
  return name.length <= MAX_ID_BYTES && isWellFormed(name) ? name : "";
}

const PLAIN: GateSettings = {
  now: undefined,
  onDecision: undefined,
  records: undefined,
  onUnknown: undefined,
  until: Infinity,
};

/**
 * @internal
 * @throws {RolegateError} `freed`, `trap`, `bad-options`, `bad-subject`
 */
export function gateOf(source: GateSource, user: unknown, options: GateOptions | undefined): Gate {
  const { engine, tenant } = source;
  engine.check();
  if (isSubject(user)) {
    const { known, unknown } = meetOutsider(tenant, user, engine.checkPerson);
    return makeGate(
      source,
      known,
      options,
      known.holdings.readsContext ? tenant.readingContext : tenant,
      unknown,
    );
  }
  const given = nameOf(user);
  // Text longer than any id matches nobody: it is neither cached nor looked up.
  const name = given.length <= MAX_ID_BYTES ? given : "";
  const found = tenant.person(name, () => (wellFormed(name) === "" ? -1 : engine.findUser(name)));
  return makeGate(
    source,
    name === given ? found : { ...found, user: given },
    options,
    tenant,
    NOTHING_UNKNOWN,
  );
}

function makeGate(
  source: GateSource,
  known: Known,
  options: GateOptions | undefined,
  rules: Rules,
  unknown: UnknownNames,
): Gate {
  if (options === undefined)
    return new Gate(source, known, UNBOUNDED, PLAIN, makeView(rules, NEVER, known, NO_CONTEXT), unknown);
  const checked = optionsOf(options, GATE_OPTIONS, GATE_RULES);
  const view = makeView(rules, NEVER, known, contextOf(checked.context));
  return new Gate(
    source,
    known,
    boundsOf(source.tenant, checked, UNBOUNDED),
    gateSettingsOf(checked),
    view,
    unknown,
  );
}

/**
 * @internal A person whom the snapshot need not list, for the whole engine.
 * @throws {SubjectError}
 */
export function outsiderOf({ engine, tenant }: GateSource, subject: object): Outsider {
  return checkOutsider(tenant, subject, engine.checkPerson);
}

const NO_CONTEXT = contextOf(undefined);

/** A question for the whole engine; `undefined` if the permission is denied for everyone. */
function questionOf(
  { tenant, paths }: FullSource,
  user: string | Outsider,
  permission: string,
  options: Checked<AskOptions>,
): string | undefined {
  const settings = gateSettingsOf(options);
  const about = options.resource !== undefined;
  const index = tenant.byId.get(permission);
  missIn(tenant, settings, permission);
  const now = settings.now === undefined ? taskNow() : readNow(settings.now);
  if (now >= settings.until || (!about && index !== undefined && isRecordsOnly(tenant, settings, index)))
    return undefined;
  const { resource: reads, context: contextReads } = paths(typeof user === "string" ? undefined : user);
  return textOf({
    ...namedBounds(options),
    ...(typeof user === "string" ? { user } : { subject: user.entry }),
    permission: wellFormed(permission),
    now,
    context: writeAll(once(options.context === undefined ? {} : options.context), contextReads),
    ...(about && writeRecord(tenant, index, options.resource, reads)),
  });
}

/** @internal */
export interface ReadPaths {
  readonly resource: readonly Reads[];
  readonly context: readonly Reads[];
}

/**
 * @internal A snapshot with the paths that conditions read, which the whole engine finds; also those in the
 * conditions of a person whom it does not list.
 */
export interface FullSource extends GateSource {
  paths(outsider?: Outsider): ReadPaths;
}

/**
 * @internal The ids of all users who have the permission.
 * @throws {RolegateError} `freed`, `trap`, `needs-full`, `bad-options`, `unknown-permission`, `too-complex`
 */
export function whoCan(
  source: FullSource,
  permission: Permission,
  options: AskOptions | undefined,
): string[] {
  const question = questionOf(source, "", permission, optionsOf(options, ASK_OPTIONS, GATE_RULES));
  if (question === undefined) return [];
  const found = source.engine.useFull((full, handle) => full.whoCan(handle, question));
  // An incomplete list would be wrong.
  if (found === "") throw new RolegateError("too-complex", "finding all users takes too many steps");
  return JSON.parse(found) as string[];
}

/**
 * @internal The changes that would allow the permission.
 * @throws {RolegateError} `freed`, `trap`, `needs-full`, `bad-options`, `bad-subject`, `unknown-permission`
 */
export function remediesFor(
  source: FullSource,
  user: UserId | Subject,
  permission: Permission,
  options: AskOptions | undefined,
): Remedies {
  const checked = optionsOf(options, ASK_OPTIONS, GATE_RULES);
  const { until } = gateSettingsOf(checked);
  const question = questionOf(
    source,
    isSubject(user) ? outsiderOf(source, user) : wellFormed(user),
    permission,
    checked,
  );
  let isLate = false;
  // Waiting beyond the gate's end does not help.
  const note = (key: string, value: unknown): unknown => (
    (isLate ||= key === "until" && (value as number) >= until), value
  );
  const found: Found =
    question === undefined
      ? { complete: true, remedies: [] }
      : (JSON.parse(
          source.engine.useFull((full, handle) => full.remedies(handle, question)),
          note,
        ) as Found);
  // Not enumerable, like `length`, so that lists with the same entries are deeply equal.
  return Object.defineProperty(isLate ? [] : found.remedies, "complete", {
    __proto__: null,
    value: found.complete === true,
  } as PropertyDescriptor) as Remedies;
}

interface Found {
  readonly complete?: boolean;
  readonly remedies: Remedy[];
}

/** A record for the engine: the attributes that conditions read, and the ids of its owners and teams. */
function writeRecord(
  { tables, maps }: Tenant,
  index: number | undefined,
  resource: unknown,
  reads: readonly Reads[],
): object {
  const map =
    index === undefined
      ? DEFAULT_MAP
      : (maps[tables.get(at.PERMISSION, index, at.PERMISSION_TYPE) - 1] ?? DEFAULT_MAP);
  const read = once(resource);
  const [owner, team] = map.map((paths) => paths.flatMap((path) => toIds(read.read(path))));
  return { owner, team, resource: isRecord(resource) ? writeAll(read, reads) : null };
}

/**
 * The attributes of an object. Each path is read once, even if it is also the path of an owner or a team.
 */
function once(source: unknown): Attributes {
  const attributes = attributesOf(source, true);
  const known = new Map<string, unknown>();
  return {
    read(path) {
      if (!known.has(path.name)) known.set(path.name, attributes.read(path));
      return known.get(path.name);
    },
  };
}

/** A path that conditions read; `element` has the paths that they read in elements of a list. */
type Reads = string | { readonly path: string; readonly element: readonly Reads[] };

function writeAll(read: Attributes, reads: readonly Reads[]): object {
  const elements = new Map(
    reads.flatMap((it) => (typeof it === "string" ? [[it, []]] : []) as [string, readonly Reads[]][]),
  );
  for (const it of reads) if (typeof it !== "string") elements.set(it.path, it.element);
  return Object.fromEntries(
    Array.from(elements, ([path, of]) => [path, write(read.read(parsePath(path)), of)]),
  );
}

/**
 * Scalars and lists of scalars as they are; anything else as an object that describes it. `{}` is unusable.
 */
function write(value: unknown, of: readonly Reads[]): unknown {
  if (Array.isArray(value)) return value.map((item) => write(item ?? null, of));
  if (value === undefined || isA(SCALAR, value)) return value ?? null;
  if (value === null) return { unknown: true };
  if (typeof value === "bigint") return { id: String(value) };
  if (value instanceof Instant) return { time: value.ms };
  return value instanceof Element ? { object: writeAll(value, of) } : {};
}
