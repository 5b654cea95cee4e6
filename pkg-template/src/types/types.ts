// Every public type of the package except those of snapshot documents (snapshot-document.ts). Types only:
// nothing here exists at run time.

import type { Assignment, Condition, Level, MaskKind } from "./snapshot-document.js";

export type * from "./snapshot-document.js";

/**
 * Declares the names of an application. Augment it once:
 *
 * ```ts
 * // This makes the file a module, so that the declaration extends the package and does not replace it.
 * import type {} from "rolegate";
 *
 * declare module "rolegate" {
 *   interface Register {
 *     permission: "conversations.view" | "conversations.reply";
 *     resources: { conversations: { assigneeId: string | null; teamId: string } };
 *     tenantLevel: never;
 *   }
 * }
 * ```
 *
 * After that, a misspelt permission is a compile error everywhere. Without it, permissions are strings and
 * resources are objects. `tenantLevel` has the permissions that are about no record, so that guards of
 * servers need none for them.
 */
export interface Register {}

/** The id of a permission, such as `conversations.reply`. */
export type Permission = Register extends { permission: infer P extends string } ? P : string;

/** A permission that is about no record. */
export type TenantPermission = Register extends { tenantLevel: infer P extends string } ? P : never;

/**
 * An entry of {@link GateOptions.limit}: a permission, `<category>.*` or `*`. For a list that is only known
 * at run time, such as the scopes of a token, write `scopes as Limit[]`: unknown names allow nothing.
 */
export type Limit = Register extends { permission: infer P extends string }
  ? P | `${string}.*` | "*"
  : string;

/** Rejects what is not a single record: a promise (is an `await` missing?), a list, a function. */
export interface OneRecord {
  readonly then?: undefined;
  readonly [Symbol.iterator]?: undefined;
  readonly [Symbol.hasInstance]?: undefined;
}

/** The record that a question is about: any object with attributes, also a class instance. */
// `any`: with `unknown`, no interface would be assignable
export type Resource = object &
  OneRecord &
  (Register extends { resources: infer R } ? R[keyof R] : { readonly [key: string]: any });

/** The id of a user. Safe integers and bigints count as their decimal digits, as in records. */
export type UserId = string | number | bigint;

/**
 * A person whom the snapshot need not list, described like an entry of `users`: from a session, a token or a
 * database row. Plain data; it is copied by the call.
 */
export interface Subject {
  readonly id: UserId;
  readonly teams?: readonly string[] | undefined;
  readonly roles?: readonly Assignment[] | undefined;
  /** What conditions see as `user.*`. */
  readonly attributes?: object | undefined;
  readonly disabled?: boolean | undefined;
  readonly name?: string | undefined;
}

/** The names in a {@link Subject} that the snapshot does not have, each once. They grant nothing. */
export interface UnknownNames {
  readonly roles: readonly string[];
  readonly teams: readonly string[];
}

/**
 * Everything that a snapshot can be loaded from. A string is JSON text, not an address: pass
 * `await fetch(url)` for that.
 */
export type SnapshotSource = string | Uint8Array | ArrayBuffer | ResponseLike | object;

/** The part of a `Response` that is used. */
export interface ResponseLike {
  readonly ok: boolean;
  readonly status: number;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
  /** Read if present, so that reading can stop at `maxBytes`. */
  readonly body?: { getReader(): BodyReader } | null;
  readonly bodyUsed?: boolean;
}

/** The part of a stream's reader that loading needs. */
export interface BodyReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<unknown>;
}

/** Options of `load`. */
export interface LoadOptions {
  /** Rejects longer documents. Default: 64 MiB. */
  readonly maxBytes?: number | undefined;
  /** Rejects snapshots with a lower `revision`. If present but not a number, every snapshot is rejected. */
  readonly minRevision?: number;
  /** Rejects snapshots of another tenant, or of none. If present but not a string, all are rejected. */
  readonly tenant?: string;
  /**
   * In browsers: also fetch the second module, which answers `whoCan`, `remedies` and `narrow`. Everywhere
   * else it is already available.
   */
  readonly full?: boolean | undefined;
}

/** A compiled WebAssembly module, where the runtime has such a thing. */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer M } } }
  ? M
  : object;

/** The wasm: a compiled module, bytes, a response, or the address of the file. */
export type WasmSource =
  | WasmModule
  | ArrayBuffer
  | ArrayBufferView
  | ResponseLike
  | { readonly href: string }
  | string;

/** Options of a gate made from gate data. */
export interface LiteOptions {
  /** What conditions see as `context.*`. Each attribute is read when it is first needed, once per gate. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /**
   * The time, in milliseconds since the epoch, or a function that returns it for each question. Default: the
   * clock, read at most once per task; a reading is valid until the end of the current task.
   */
  readonly now?: number | (() => number) | undefined;
  /**
   * Called with every decision of `can`, including those made for `canAll`, `canAny` and `filter`. Anything
   * it throws is ignored.
   */
  readonly onDecision?: ((decision: Decision) => void) | undefined;
}

/** Options of a gate. */
export interface GateOptions extends LiteOptions {
  /** `"required"`: a scoped permission that is checked without a record is denied. Default: `"optional"`. */
  readonly records?: "optional" | "required" | undefined;
  /**
   * Session roles: only assignments of these roles grant. Denials of all roles still count. Anything but a
   * list of strings, even an explicit `undefined`, denies everything.
   */
  readonly roles?: readonly string[] | undefined;
  /**
   * Upper bound, such as the scopes of an API token: permission ids, `<category>.*`, `*`. Anything but a list
   * of strings, even an explicit `undefined`, denies everything.
   */
  readonly limit?: readonly Limit[] | undefined;
  /**
   * The end, in milliseconds since the epoch, such as the `exp` of a token: from then on everything is denied
   * (`expired`). An explicit `undefined` denies everything.
   */
  readonly until?: number | undefined;
  /**
   * What to do, besides denying, when a permission is checked that the catalog does not have. Default:
   * `"deny"`, nothing else.
   */
  readonly onUnknown?: "deny" | "throw" | ((permission: string) => void) | undefined;
}

/** Options of a question about users: those of a gate, and a record if the key `resource` is present. */
export interface AskOptions extends GateOptions {
  /** `undefined` and `null` stand for a record about which nothing is known. */
  readonly resource?: Resource | null | undefined;
}

/** One decision, for monitoring. */
export interface Decision {
  readonly permission: string;
  readonly user: string;
  readonly tenant: string | undefined;
  readonly revision: number;
  readonly allowed: boolean;
}

/** Why a permission is allowed or denied, in order of precedence. */
export type Reason =
  | "granted"
  | "clock"
  | "expired"
  | "unknown-user"
  | "user-disabled"
  | "unknown-permission"
  | "not-in-plan"
  | "limited"
  | "denied"
  | "not-granted"
  | "not-active"
  | "out-of-scope"
  | "condition-failed"
  | "prerequisite";

/** A decision with its reason. Plain data. */
export interface Explanation {
  /** The permission that was checked. */
  readonly permission: string;
  readonly allowed: boolean;
  readonly reason: Reason;
  /** The role that decided, or came nearest to granting. */
  readonly role?: string;
  /** The index of its assignment in the user's roles followed by those of everyone. */
  readonly assignment?: number;
  /** The roles and permissions from which it came, by inheritance and implication. */
  readonly via?: readonly string[];
  /** How far that grant reaches; `"all"` for a permission without levels. */
  readonly level?: Level;
  /** The team to which the assignment is limited. */
  readonly team?: string;
  /** For `not-active`: when the assignment begins and ends (ms). For `expired`: when the snapshot ended. */
  readonly from?: number;
  readonly until?: number;
  /**
   * The condition that failed, was unknown or did not lift a denial, as written in the snapshot: that of the
   * assignment, that of the grant or denial, or both under `$and`.
   */
  readonly condition?: Condition;
  /** The prerequisite that failed. Absent if each one is allowed somewhere, but not all on one record. */
  readonly requires?: Explanation;
  /**
   * The paths of unknown attributes: absent, unreadable, or of a type that the comparison (or owner, or team)
   * cannot use.
   */
  readonly missing?: readonly string[];
  /**
   * `"unknown"`: the record of the question was not there yet. `"required"`: the question had no record, and
   * the permission can only be allowed on one.
   */
  readonly record?: "unknown" | "required";
  /** The names in the snapshot. */
  readonly names?: { readonly role?: string; readonly permission?: string; readonly team?: string };
  /**
   * One neutral sentence in English, for responses of an API: it names no role, team or condition.
   */
  readonly publicText: string;
  /** One or two sentences in plain English, for the person who asked. */
  readonly text: string;
}

/** A value that `mask` would replace: its path in the record, and what replaces it. */
export interface MaskedField {
  readonly field: string;
  readonly as: MaskKind;
}

/**
 * A change that helps to get a permission allowed. If roles or plans are listed, each of them is enough.
 *
 * - `grant`: the user is assigned one of `roles`, without limits; they grant `permission` at `level` at most,
 *   and the one that grants least comes first.
 * - `team`: the user joins `team`.
 * - `wait`: the user waits until `until` (ms since the epoch).
 * - `plan`: the tenant has one of `plans`.
 * - `condition`: attributes of the record, the context or the user become such that `condition` holds.
 * - `lift-denial`: `role` no longer denies the permission or what it requires.
 * - `enable-user`: the user is no longer disabled.
 * - `requires`: `permission`, a prerequisite, is allowed as well, by `remedies`.
 */
export type Remedy =
  | {
      readonly kind: "grant";
      readonly permission: string;
      readonly level: Level;
      readonly roles: readonly string[];
    }
  | { readonly kind: "team"; readonly team: string }
  | { readonly kind: "wait"; readonly until: number }
  | { readonly kind: "plan"; readonly plans: readonly string[] }
  | { readonly kind: "condition"; readonly condition: Condition }
  | { readonly kind: "lift-denial"; readonly role: string }
  | { readonly kind: "enable-user" }
  | { readonly kind: "requires"; readonly permission: string; readonly remedies: readonly Remedy[] };

/**
 * The result of `remedies`: changes to be made together. If it is `complete`, fewer of them would not be
 * enough, and an empty list means that the permission is already allowed or that no change in the snapshot
 * would allow it. Otherwise the search was stopped.
 */
export type Remedies = Remedy[] & { readonly complete: boolean };

/**
 * One alternative or exclusion of a {@link Scope}; all its members must hold. In `none`, `teams` means that a
 * team of the record is among them or that the record has no team, and `unless` lifts the exclusion.
 */
export interface Clause {
  /** The record is owned by the user. */
  readonly own?: true;
  /** A team of the record is one of these. All covered teams are listed. */
  readonly teams?: readonly string[];
  /** This condition is true of the record. Only in `any`. */
  readonly where?: Condition;
  /** The exclusion does not apply if this is true of the record. Only in `none`. */
  readonly unless?: Condition;
}

/** A record matches a part if at least one alternative and no exclusion holds. */
export interface ScopePart {
  readonly any: readonly Clause[];
  readonly none: readonly Clause[];
}

/**
 * The records on which a permission is allowed: until {@link Scope.validUntil}, exactly those for which
 * `can(permission, record)` is true.
 */
export interface Scope {
  readonly kind: "all" | "some" | "none";
  /** The widest level, for labels. `"all"` only if no team limits it. */
  readonly level: Level | "none";
  /** Whether a condition on the record remains. */
  readonly conditional: boolean;
  /**
   * From then on (ms) nothing matches, because time alone may have changed the answer. `$since` and `$before`
   * on times of a record do not count: for these, `matches` reads the clock. `Infinity` if there is no such
   * moment.
   */
  readonly validUntil: number;
  /**
   * A record must match every part. Empty for `"all"`.
   * @throws {RolegateError} `too-complex` if the result would be too long
   */
  readonly parts: readonly ScopePart[];
  /** Whether the record is in the scope. Never throws. */
  matches(resource: Resource | null | undefined): boolean;
  /**
   * Plain data for another machine: `Scope.from` reads it.
   * @throws {RolegateError} `too-complex` if the result would be too long
   */
  toJSON(): ScopeData;
}

/** A {@link Scope} as plain data. */
export interface ScopeData {
  readonly user: string;
  /** Owner paths and team paths. */
  readonly map: MapData;
  readonly kind: Scope["kind"];
  readonly parts: readonly ScopePart[];
  /** Absent: `Infinity`. */
  readonly validUntil?: number;
}

/** Owner paths and team paths of a resource type. */
export type MapData = readonly [owner: readonly string[], team: readonly string[]];

/** An alternative or exclusion in gate data; `teams` is an index into {@link GateData.teams}. */
export interface ClauseData {
  readonly own?: true;
  readonly teams?: number;
  readonly where?: Condition;
  readonly unless?: Condition;
}

/** What gate data say about one or more permissions. */
export interface RuleData {
  /** Whether the permission has levels. */
  readonly scoped?: boolean;
  /** Index into {@link GateData.maps}; if absent, `owner` and `team`. */
  readonly map?: number;
  readonly any: readonly ClauseData[];
  readonly none?: readonly ClauseData[];
  /** Prerequisites checked on the same record, as positions in {@link GateData.ids}. */
  readonly same?: readonly number[];
  /** Prerequisites checked without a record. */
  readonly other?: readonly number[];
  /** The rule is valid from then on (ms)… */
  readonly since?: number;
  /** …and until then. At any other time the permission is denied. */
  readonly until?: number;
}

/** A mask. `permission`, which shows the value, is a position in {@link GateData.ids}; -1 hides it always. */
export type MaskData = readonly [type: number, field: string, permission: number, as: MaskKind];

/** A grant or a denial in explanations; it counts within `since <= now < until`. */
export interface WayData {
  /** Index into {@link ExplainData.by}. */
  readonly by: number;
  /** How far a grant reaches. */
  readonly level?: Level;
  /** The conditions of the assignment and its own, as written in the snapshot. */
  readonly condition?: Condition;
  readonly own?: true;
  /** Index into {@link GateData.teams}. */
  readonly teams?: number;
  /** For a grant: this must be true. */
  readonly where?: Condition;
  /** For a denial: it does not apply if this is true. */
  readonly unless?: Condition;
  /** It never holds, or is always lifted, for any record and context. */
  readonly never?: true;
  readonly since?: number;
  readonly until?: number;
  /** Attributes of the user that were not found. */
  readonly missing?: readonly string[];
}

/** The grants and denials of one or more permissions. */
export interface WhyData {
  /** Why it is denied, whatever roles grant. */
  readonly reason?: Reason;
  readonly scoped?: true;
  /** Index into {@link GateData.maps}; if absent, `owner` and `team`. */
  readonly map?: number;
  /** Its grants. */
  readonly any: readonly WayData[];
  /** Its denials. */
  readonly none?: readonly WayData[];
  /**
   * Its prerequisites: twice the position in {@link ExplainData.ids}, plus one if it is checked on the same
   * record.
   */
  readonly requires?: readonly number[];
}

/** The data of explanations. */
export interface ExplainData {
  /** Why everything is denied. */
  readonly reason?: Reason;
  /** All permissions of the catalog. */
  readonly ids: readonly string[];
  /** For each id an index into `table`. */
  readonly rules: readonly number[];
  readonly table: readonly WhyData[];
  /** The titles of `ids`; empty if there is none. */
  readonly titles: readonly string[];
  /**
   * Assignments: the index, id and name of the role, id and name of the team, each empty if there is none;
   * then the roles and permissions from which the grant comes.
   */
  readonly by: readonly (readonly [
    assignment: number,
    role: string,
    roleName: string,
    team: string,
    teamName: string,
    ...via: string[],
  ])[];
}

/** Options of `toJSON`. */
export interface DataOptions {
  /** Whether a restored gate can explain, too. If so, the data contain names of roles. */
  readonly explain?: boolean | undefined;
}

/**
 * The answers of one gate as plain data, for `restore` of `rolegate/lite`: those of one user, and nothing
 * about anyone else.
 */
export interface GateData {
  readonly format: "rolegate-gate/1";
  readonly user: string;
  readonly tenant?: string;
  readonly revision: number;
  /** When the data were made (ms), so that a server and a hydrating page can agree on the first render. */
  readonly at: number;
  /** Before this time everything is denied. */
  readonly since?: number;
  /**
   * From this time on everything is denied: the end of the snapshot, or the gate's `until` if that is
   * earlier.
   */
  readonly expires?: number;
  /** The data have been the same since this time. */
  readonly validSince?: number;
  /** The next time at which time alone may change an answer. */
  readonly validUntil?: number;
  /** The permissions that are or may become allowed, in the order of the catalog. */
  readonly ids: readonly string[];
  /** For each id an index into `table`. */
  readonly rules: readonly number[];
  readonly table: readonly RuleData[];
  readonly maps?: readonly MapData[];
  readonly teams?: readonly (readonly string[])[];
  /** Positions in `ids` of permissions that are denied without a record (`records: "required"`). */
  readonly recordsOnly?: readonly number[];
  /** The resource types of all permissions of the catalog. */
  readonly types?: readonly string[];
  /** The masks of these types, in the order of the catalog. */
  readonly masks?: readonly MaskData[];
  /** Made by `toJSON({ explain: true })`. */
  readonly explain?: ExplainData;
}
