// Gates: checks, settings, and which rules are valid now. Masks are in lite-gate.ts, what needs a snapshot in
// snapshot/gate.ts.

import { ALWAYS } from "../condition/during.js";
import { type Attributes, attributesOf } from "../condition/facts.js";
import { attributesOfRecord, NOTHING_KNOWN, unread } from "../core/attributes.js";
import { readNow, running, taskNow } from "../core/clock.js";
import { type Checked, LITE_OPTIONS, optionsOf } from "../core/options.js";
import { copyOf } from "../core/read.js";
import type { GateData, LiteOptions, Permission, Resource, Scope } from "../types/types.js";
import type { May } from "./mask.js";
import { isRight, NEVER, type Reach, whyOff } from "./moment.js";
import { personOf } from "./parts.js";
import { type DataRules, momentOf } from "./rules.js";
import {
  allowedIn,
  allowsAny,
  isOn,
  makeView,
  reachAt,
  reaches,
  scopeOf,
  steadyUntil,
  untilOf,
  type View,
} from "./view.js";

/** @internal The settings of a gate, besides its rules and the context. */
export interface Settings {
  /** `undefined`: the clock. */
  readonly now: unknown;
  readonly onDecision: Checked<LiteOptions>["onDecision"];
}

/** @internal The settings in `options`; others keep their values. */
export function settingsOf(options: Checked<LiteOptions>, before?: Settings): Settings {
  const { now = before?.now, onDecision = before?.onDecision } = options;
  return { now, onDecision };
}

/** @internal The attributes of a context. If it is not an object, they are all unknown. */
export function contextOf(context: unknown): Attributes {
  if (context === undefined) return attributesOf({});
  try {
    // What `isRecord` tells of most; asked here for the sake of what engines remember of a place.
    const isPlain =
      typeof context === "object" &&
      context !== null &&
      !("then" in context) &&
      Object.getPrototypeOf(context) === Object.prototype &&
      !Array.isArray(context);
    return isPlain ? attributesOfRecord(context) : attributesOf(context);
  } catch {
    return unread(NOTHING_KNOWN);
  }
}

/**
 * What all gates share: everything that only needs rules, wherever they come from.
 */
export class CoreGate {
  /** @internal */
  view: View;
  /** @internal */
  readonly settings: Settings;
  /**
   * @internal True if there is no `onDecision` and no permission requires a record, so that `can` may use
   * what is kept directly.
   */
  readonly isPlain: boolean;
  private readonly isRecordsOptional: boolean;
  /** @internal The task in which the view was last found to be valid. */
  private task = 0;
  // Of the view, for the shortest way to an answer; empty where an answer is not all.
  private any: ReadonlyMap<string, boolean>;
  private reaches: ReadonlyMap<string, Reach>;

  /** @internal */
  constructor(view: View, settings: Settings, isRecordsOptional: boolean) {
    this.view = view;
    this.settings = settings;
    this.isRecordsOptional = isRecordsOptional;
    this.isPlain = isRecordsOptional && settings.onDecision === undefined;
    this.any = this.isPlain ? view.answers.any : NO_ANSWERS;
    this.reaches = this.isPlain ? view.moment.reaches : NO_ANSWERS;
  }

  /** The id of the user. */
  get user(): string {
    return this.view.person.user;
  }

  get tenant(): string | undefined {
    return this.view.rules.tenant;
  }

  /** The revision of the snapshot. */
  get revision(): number {
    return this.view.rules.revision;
  }

  /** Whether the user may do this on any record at all. */
  can(permission: Permission): boolean;
  /**
   * Whether the user may do this on this record. `null` and `undefined` stand for a record that is not there
   * yet: nothing is known about it, so this is only allowed if it is allowed on every record.
   */
  can(permission: Permission, resource: Resource | null | undefined): boolean;
  can(permission: Permission, resource?: Resource | null): boolean {
    if (this.task !== running.task) this.settle();
    if (arguments.length > 1) {
      const reach = this.reaches.get(permission);
      if (reach !== undefined) return reaches(reach, this.view, resource);
    } else {
      const known = this.any.get(permission);
      if (known !== undefined) return known;
    }
    return decide(
      this,
      this.view,
      permission,
      indexOf(this.view, permission),
      arguments.length > 1,
      resource,
    );
  }

  /**
   * Whether {@link can} is true for every permission in the list. False for an empty list and for anything
   * but a list.
   */
  canAll(permissions: readonly Permission[]): boolean;
  canAll(permissions: readonly Permission[], resource: Resource | null | undefined): boolean;
  canAll(permissions: readonly Permission[], resource?: Resource | null): boolean {
    const list = listOf(permissions);
    return list.length > 0 && list.every(decider(this, arguments.length > 1, resource));
  }

  /**
   * Whether {@link can} is true for some permission in the list. False for an empty list and for anything but
   * a list.
   */
  canAny(permissions: readonly Permission[]): boolean;
  canAny(permissions: readonly Permission[], resource: Resource | null | undefined): boolean;
  canAny(permissions: readonly Permission[], resource?: Resource | null): boolean {
    return listOf(permissions).some(decider(this, arguments.length > 1, resource));
  }

  /** The records on which the user may do this, in their order. The clock is read once. */
  filter<T extends Resource>(permission: Permission, items: Iterable<T>): T[] {
    const view = this.settle();
    const index = indexOf(view, permission);
    const reach = this.isPlain && index !== undefined ? reachAt(view, index) : undefined;
    const kept: T[] = [];
    for (const item of itemsOf(items)) {
      if (
        reach === undefined ? decide(this, view, permission, index, true, item) : reaches(reach, view, item)
      )
        kept.push(item);
    }
    return kept;
  }

  /**
   * The records on which the user may do this. `kind` says whether these are all, some or none.
   */
  scope(permission: Permission): Scope {
    const view = this.settle();
    const index = indexOf(view, permission);
    if (index === undefined) this.miss(permission);
    return scopeOf(view, index, this);
  }

  /** Every permission for which `can(permission)` is true, in the order of the catalog. */
  permissions(): Permission[] {
    const view = this.settle();
    const allowed = allowedIn(view) as readonly Permission[];
    return this.isPlain
      ? allowed.slice()
      : allowed.filter((id) => this.anywhere(view, id, indexOf(view, id) as number));
  }

  /** The next time (ms) at which time alone may change an answer; `Infinity` if there is none. */
  get validUntil(): number {
    const view = this.settle();
    return this.bounded(view, steadyUntil(view));
  }

  /**
   * The next time (ms) at which time alone may change the answer for this record as it is now: `validUntil`,
   * or earlier because of times in the record (`$since`, `$before`). It may be too early but never too late;
   * `Infinity` if there is none.
   */
  until(permission: Permission, resource: Resource | null | undefined): number {
    const view = this.settle();
    const index = indexOf(view, permission);
    // A permission without a rule may have one in newer data.
    return this.bounded(view, index === undefined ? steadyUntil(view) : untilOf(view, index, resource));
  }

  /**
   * A short reason, if there is one: `"clock"` and `"expired"` say why everything is denied, `"depends"` that
   * it depends on the record.
   */
  reason(permission: Permission): "clock" | "expired" | "depends" | undefined {
    const now = this.now();
    const view = this.settle(now);
    return (
      whyOff(view.rules, now) ??
      (scopeOf(view, indexOf(view, permission), this).kind === "some" ? "depends" : undefined)
    );
  }

  /**
   * The current answers as plain data, about this user and no one else: `restore` of `rolegate/lite` reads
   * them.
   */
  toJSON(): GateData {
    return copyOf((this.view.rules as DataRules).data);
  }

  /**
   * A gate of the same user with other options; options that are not named keep their values.
   * @throws {RolegateError} `bad-options` for any but those of `restore`: others need a gate over a snapshot
   */
  with(options: LiteOptions): CoreGate {
    const checked = optionsOf(options, LITE_OPTIONS);
    return new (this.constructor as DataGate<CoreGate>)(
      inContext(this.view, checked),
      settingsOf(checked, this.settings),
      this.isRecordsOptional,
    );
  }

  /** @internal */
  now(): number {
    const { now } = this.settings;
    return now === undefined ? taskNow() : readNow(now);
  }

  /** @internal The view that is valid now. */
  settle(now: number = this.now()): View {
    const { steady } = this.view;
    const view = this.renew(
      steady === ALWAYS || (now >= steady[0] && now < steady[1]) ? this.view : inContext(this.view),
      now,
    );
    view.now = now;
    if (view !== this.view) {
      this.view = view;
      if (this.isPlain) {
        this.any = view.answers.any;
        this.reaches = view.moment.reaches;
      }
    }
    // A function may return another time for the next question.
    if (typeof this.settings.now !== "function") this.task = running.task;
    return view;
  }

  /** @internal A view that is valid at `now`. */
  renew(view: View, now: number): View {
    return isRight(view.moment, now)
      ? view
      : makeView(view.rules, momentOf(view.rules as DataRules, now), view.person, view.context);
  }

  /** @internal How long answers that are valid until `until` are valid in this gate. */
  bounded(_view: View, until: number): number {
    return until;
  }

  /** @internal The answer without a record. */
  anywhere(view: View, permission: string, index: number): boolean {
    return !(view.rules as DataRules).recordsOnly.has(permission) && allowsAny(view, index);
  }

  /** @internal Called for a permission without a rule. */
  miss(_permission: string): void {}
}

/**
 * @internal Makes methods work when they are detached from their gate: `const { can } = gate`. Reading a
 *   method binds it; JavaScript engines optimise that away where it is called immediately.
 */
export function detachable(prototype: object, names: string): void {
  for (const name of names.split(" ")) {
    const method = (prototype as Record<string, unknown>)[name] as () => unknown;
    Object.defineProperty(prototype, name, {
      __proto__: null,
      get(this: object) {
        return method.bind(this);
      },
      // A test of an application may replace it.
      set(this: object, value) {
        Object.defineProperty(this, name, {
          __proto__: null,
          value,
          writable: true,
          configurable: true,
        } as PropertyDescriptor);
      },
    } as PropertyDescriptor);
  }
}

detachable(CoreGate.prototype, "can canAll canAny filter scope permissions until");

const NOTHING: readonly never[] = [];
const NO_ANSWERS: ReadonlyMap<string, never> = new Map<string, never>();

/** The position of a permission in the catalog. */
function indexOf(view: View, permission: string): number | undefined {
  return view.rules.byId.get(permission);
}

/**
 * A copy without holes, which `every` and `some` would skip. Empty for anything that is not a list or throws
 * when it is read.
 */
function listOf(permissions: readonly Permission[]): readonly Permission[] {
  try {
    return Array.isArray(permissions) ? Array.from(permissions) : NOTHING;
  } catch {
    return NOTHING;
  }
}

/** The items of an iterable; none if it cannot be iterated. */
function itemsOf<T>(items: Iterable<T>): readonly T[] {
  try {
    return typeof (Object(items) as Iterable<T>)[Symbol.iterator] === "function"
      ? Array.from(items)
      : NOTHING;
  } catch {
    return NOTHING;
  }
}

/** Decides several permissions at the same time. */
function decider(gate: CoreGate, about: boolean, resource: unknown): (permission: Permission) => boolean {
  const view = gate.settle();
  return (permission) => decide(gate, view, permission, indexOf(view, permission), about, resource);
}

/** Checks several permissions at the same time, without calling `onDecision`. */
export function asker(gate: CoreGate, about: boolean, resource: unknown, view: View = gate.settle()): May {
  return (permission) =>
    permission !== undefined && answer(gate, view, permission, indexOf(view, permission), about, resource);
}

/**
 * @param index the position of the permission in the catalog, `undefined` if it is not there
 * @param about whether a record was given, even one that is not there yet
 */
function answer(
  gate: CoreGate,
  view: View,
  permission: string,
  index: number | undefined,
  about: boolean,
  resource: unknown,
): boolean {
  if (index === undefined) return false;
  return about ? isOn(view, index, resource) : gate.anywhere(view, permission, index);
}

/** Decides, and calls `onDecision`. */
function decide(
  gate: CoreGate,
  view: View,
  permission: Permission,
  index: number | undefined,
  about: boolean,
  resource: unknown,
): boolean {
  const allowed = answer(gate, view, permission, index, about, resource);
  if (index === undefined) gate.miss(permission);
  if (gate.settings.onDecision !== undefined) tell(gate, permission, allowed);
  return allowed;
}

/** `onDecision` must not change the answer, nor end the process where it is asynchronous and fails. */
async function tell(
  { user, tenant, revision, settings }: CoreGate,
  permission: string,
  allowed: boolean,
): Promise<void> {
  try {
    await settings.onDecision?.({ permission, user, tenant, revision, allowed });
  } catch {}
}

/** @internal A class of gates over data. */
type DataGate<G> = new (view: View, settings: Settings, isRecordsOptional: boolean) => G;

/** @internal A gate over data alone. */
export function dataGate<G extends CoreGate>(
  Class: DataGate<G>,
  rules: DataRules,
  options: LiteOptions | undefined,
): G {
  const checked = optionsOf(options, LITE_OPTIONS);
  const view = makeView(rules, NEVER, personOf(rules.user), contextOf(checked.context));
  return new Class(view, settingsOf(checked), rules.recordsOnly.size === 0);
}

/**
 * @internal A view in another context, if `options` name one. It keeps what does not depend on the context.
 */
export function inContext({ rules, moment, person, context }: View, options?: Checked<LiteOptions>): View {
  return makeView(
    rules,
    moment,
    person,
    options?.context === undefined ? context : contextOf(options.context),
  );
}
