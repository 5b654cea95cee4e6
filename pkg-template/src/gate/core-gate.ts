// Gates: a check, the settings, and the moment that is right. Masks are in lite-gate.ts, what needs a
// snapshot in gate.ts.

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
  isOn,
  isOpen,
  makeView,
  reachAt,
  reaches,
  scopeOf,
  steadyUntil,
  untilOf,
  type View,
} from "./view.js";

/** @internal What a gate goes by besides its rules and the context. */
export interface Settings {
  /** `undefined`: the clock. */
  readonly now: unknown;
  readonly onDecision: Checked<LiteOptions>["onDecision"];
}

/** @internal The settings that `options` name, the others as they were. */
export function settingsOf(options: Checked<LiteOptions>, before?: Settings): Settings {
  const { now = before?.now, onDecision = before?.onDecision } = options;
  return { now, onDecision };
}

/** @internal Of a context that is no object nothing is known. */
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
 * What all gates share: whatever is asked of rules, wherever these come from. Those of gate data are enough
 * for it.
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
  /** @internal The task in which the view was last seen to be right. */
  private task = 0;
  // Of the view, for the shortest way to an answer; empty where an answer is not all.
  private open: ReadonlyMap<string, boolean>;
  private reaches: ReadonlyMap<string, Reach>;

  /** @internal */
  constructor(view: View, settings: Settings, isRecordsOptional: boolean) {
    this.view = view;
    this.settings = settings;
    this.isRecordsOptional = isRecordsOptional;
    this.isPlain = isRecordsOptional && settings.onDecision === undefined;
    this.open = this.isPlain ? view.answers.open : NO_ANSWERS;
    this.reaches = this.isPlain ? view.moment.reaches : NO_ANSWERS;
  }

  /** Whose answers these are. */
  get user(): string {
    return this.view.person.user;
  }

  get tenant(): string | undefined {
    return this.view.rules.tenant;
  }

  /** Of the snapshot that they come from. */
  get revision(): number {
    return this.view.rules.revision;
  }

  /** Whether the user may do this on anything at all. */
  can(permission: Permission): boolean;
  /**
   * Whether the user may do this on this record. `null` and `undefined` are a record that is not there yet:
   * nothing is known about it, so only who may do it on every record gets a "yes".
   */
  can(permission: Permission, resource: Resource | null | undefined): boolean;
  can(permission: Permission, resource?: Resource | null): boolean {
    if (this.task !== running.task) this.settle();
    if (arguments.length > 1) {
      const reach = this.reaches.get(permission);
      if (reach !== undefined) return reaches(reach, this.view, resource);
    } else {
      const known = this.open.get(permission);
      if (known !== undefined) return known;
    }
    return decide(
      this,
      this.view,
      permission,
      placeOf(this.view, permission),
      arguments.length > 1,
      resource,
    );
  }

  /**
   * Whether {@link can} is true of every permission in the list. An empty list, and what is no list, is "no".
   */
  canAll(permissions: readonly Permission[]): boolean;
  canAll(permissions: readonly Permission[], resource: Resource | null | undefined): boolean;
  canAll(permissions: readonly Permission[], resource?: Resource | null): boolean {
    const list = listOf(permissions);
    return list.length > 0 && list.every(decider(this, arguments.length > 1, resource));
  }

  /**
   * Whether {@link can} is true of some permission in the list. An empty list, and what is no list, is "no".
   */
  canAny(permissions: readonly Permission[]): boolean;
  canAny(permissions: readonly Permission[], resource: Resource | null | undefined): boolean;
  canAny(permissions: readonly Permission[], resource?: Resource | null): boolean {
    return listOf(permissions).some(decider(this, arguments.length > 1, resource));
  }

  /** The records on which the user may do this, in their order. The clock is read once. */
  filter<T extends Resource>(permission: Permission, items: Iterable<T>): T[] {
    const view = this.settle();
    const place = placeOf(view, permission);
    const reach = this.isPlain && place !== undefined ? reachAt(view, place) : undefined;
    const kept: T[] = [];
    for (const item of itemsOf(items)) {
      if (
        reach === undefined ? decide(this, view, permission, place, true, item) : reaches(reach, view, item)
      )
        kept.push(item);
    }
    return kept;
  }

  /**
   * On which records the user may do this: `kind` is the three-way answer yes, no, or depends on the record.
   */
  scope(permission: Permission): Scope {
    const view = this.settle();
    const place = placeOf(view, permission);
    if (place === undefined) this.miss(permission);
    return scopeOf(view, place, this);
  }

  /** Every permission for which `can(permission)` is true, in the order of the catalog. */
  permissions(): Permission[] {
    const view = this.settle();
    const allowed = allowedIn(view) as readonly Permission[];
    return this.isPlain
      ? allowed.slice()
      : allowed.filter((id) => this.anywhere(view, id, placeOf(view, id) as number));
  }

  /** The next moment (ms) at which an answer may change by time alone; `Infinity` if there is none. */
  get validUntil(): number {
    const view = this.settle();
    return this.bounded(view, steadyUntil(view));
  }

  /**
   * The next moment (ms) at which time alone may change the answer about this record as it is now:
   * `validUntil`, and what the clock says of the record's own times (`$since`, `$before`). It may be early,
   * never late; `Infinity` if there is none.
   */
  until(permission: Permission, resource: Resource | null | undefined): number {
    const view = this.settle();
    const place = placeOf(view, permission);
    // What has no rule now may have one in newer data.
    return this.bounded(view, place === undefined ? steadyUntil(view) : untilOf(view, place, resource));
  }

  /**
   * The reason of an answer where one is enough to know it by: `"clock"` and `"expired"` say why everything
   * is "no", `"depends"` that the record decides.
   */
  reason(permission: Permission): "clock" | "expired" | "depends" | undefined {
    const now = this.now();
    const view = this.settle(now);
    return (
      whyOff(view.rules, now) ??
      (scopeOf(view, placeOf(view, permission), this).kind === "some" ? "depends" : undefined)
    );
  }

  /**
   * The answers of this moment as plain data, about this user and no one else: `restore` of `rolegate/lite`
   * reads them.
   */
  toJSON(): GateData {
    return copyOf((this.view.rules as DataRules).data);
  }

  /**
   * The same answers with other options; those that are not named stay.
   * @throws {RolegateError} `bad-options` for others than `restore` takes: only a gate over a snapshot can
   *   honour them
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

  /** @internal The view that is right at this moment. */
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
        this.open = view.answers.open;
        this.reaches = view.moment.reaches;
      }
    }
    // A function may tell another time on the next question.
    if (typeof this.settings.now !== "function") this.task = running.task;
    return view;
  }

  /** @internal A view that is right at `now`. */
  renew(view: View, now: number): View {
    return isRight(view.moment, now)
      ? view
      : makeView(view.rules, momentOf(view.rules as DataRules, now), view.person, view.context);
  }

  /** @internal Until when answers that are right until then by themselves are right here. */
  bounded(_view: View, until: number): number {
    return until;
  }

  /** @internal The answer without a record. */
  anywhere(view: View, permission: string, place: number): boolean {
    return !(view.rules as DataRules).recordsOnly.has(permission) && isOpen(view, place);
  }

  /** @internal Meets a permission that has no rule. */
  miss(_permission: string): void {}
}

/**
 * @internal Makes methods go on working when they are taken from their gate: `const { can } = gate`.
 *   Reading one binds it; where it is called at once, engines leave that out.
 */
export function detachable(prototype: object, names: string): void {
  for (const name of names.split(" ")) {
    const method = (prototype as Record<string, unknown>)[name] as () => unknown;
    Object.defineProperty(prototype, name, {
      __proto__: null,
      get(this: object) {
        return method.bind(this);
      },
      // A test of an application may put another in its place.
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

/** The place of a permission in the catalog. */
function placeOf(view: View, permission: string): number | undefined {
  return view.rules.places.get(permission);
}

/**
 * Without holes, which `every` and `some` would pass over. What is no list, or throws when it is read, is an
 * empty one.
 */
function listOf(permissions: readonly Permission[]): readonly Permission[] {
  try {
    return Array.isArray(permissions) ? Array.from(permissions) : NOTHING;
  } catch {
    return NOTHING;
  }
}

/** What there is to go through; nothing if it cannot be gone through. */
function itemsOf<T>(items: Iterable<T>): readonly T[] {
  try {
    return typeof (Object(items) as Iterable<T>)[Symbol.iterator] === "function"
      ? Array.from(items)
      : NOTHING;
  } catch {
    return NOTHING;
  }
}

/** Decides about several permissions at one moment. */
function decider(gate: CoreGate, about: boolean, resource: unknown): (permission: Permission) => boolean {
  const view = gate.settle();
  return (permission) => decide(gate, view, permission, placeOf(view, permission), about, resource);
}

/** Asks about several permissions at one moment, without anyone hearing of it. */
export function asker(gate: CoreGate, about: boolean, resource: unknown, view: View = gate.settle()): May {
  return (permission) =>
    permission !== undefined && answer(gate, view, permission, placeOf(view, permission), about, resource);
}

/**
 * @param place of the permission in the catalog, `undefined` if it has none
 * @param about whether a record was given, be it one that is not there yet
 */
function answer(
  gate: CoreGate,
  view: View,
  permission: string,
  place: number | undefined,
  about: boolean,
  resource: unknown,
): boolean {
  if (place === undefined) return false;
  return about ? isOn(view, place, resource) : gate.anywhere(view, permission, place);
}

/** Answers, and tells who wants to hear of it. */
function decide(
  gate: CoreGate,
  view: View,
  permission: Permission,
  place: number | undefined,
  about: boolean,
  resource: unknown,
): boolean {
  const allowed = answer(gate, view, permission, place, about, resource);
  if (place === undefined) gate.miss(permission);
  if (gate.settings.onDecision !== undefined) tell(gate, permission, allowed);
  return allowed;
}

function tell({ user, tenant, revision, settings }: CoreGate, permission: string, allowed: boolean): void {
  try {
    settings.onDecision?.({ permission, user, tenant, revision, allowed });
  } catch {
    // Whoever watches must not change an answer.
  }
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

/** @internal A view in another context, if `options` name one. What does not depend on it stays known. */
export function inContext({ rules, moment, person, context }: View, options?: Checked<LiteOptions>): View {
  return makeView(
    rules,
    moment,
    person,
    options?.context === undefined ? context : contextOf(options.context),
  );
}
