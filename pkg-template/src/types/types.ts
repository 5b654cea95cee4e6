// Every public type of the package but those of documents, which are in format.ts. Types only: nothing here
// exists at run time.

import type { Assignment, Condition, Level, MaskKind } from "./snapshot-document.js";

export type * from "./snapshot-document.js";

/**
 * What an application tells the package about its own names. Augment it once:
 *
 * ```ts
 * // It makes the file a module: what follows adds to the package, and does not replace it.
 * import type {} from "rolegate";
 *
 * declare module "rolegate" {
 *   interface Register {
 *     permission: "conversations.view" | "conversations.reply";
 *     resources: { conversations: { assigneeId: string | null; teamId: string } };
 *   }
 * }
 * ```
 *
 * From then on a misspelt permission is a compile error everywhere. Without it permissions are strings and
 * resources objects.
 */
export interface Register {}

/** The id of a permission, such as `conversations.reply`. */
export type Permission = Register extends { permission: infer P extends string } ? P : string;

/**
 * What a {@link GateOptions.limit} names: a permission, `<category>.*` or `*`. A list that is only known at
 * run time, such as the scopes of a token, is `scopes as Limit[]`: what it names wrongly gives nothing.
 */
export type Limit = Register extends { permission: infer P extends string }
  ? P | `${string}.*` | "*"
  : string;

/** What a record is not: a promise of one (is an `await` missing?), a list, a function. */
export interface OneRecord {
  readonly then?: undefined;
  readonly [Symbol.iterator]?: undefined;
  readonly [Symbol.hasInstance]?: undefined;
}

/** A record that a question is about: any object with attributes; class instances fit. */
// `any`: with `unknown` no interface would fit
export type Resource = object &
  OneRecord &
  (Register extends { resources: infer R } ? R[keyof R] : { readonly [key: string]: any });

/** Who somebody is: safe integers and bigints are their decimal strings, as in records. */
export type UserId = string | number | bigint;

/**
 * Somebody whom the snapshot need not list, as an entry of `users` would say it: from a session, a token or a
 * row of a database. It is plain data, and copied when it is passed.
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

/** What a {@link Subject} names and the snapshot does not have, each name once. It gives nothing. */
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
  /** Read where it is there, so that reading ends when it is too much. */
  readonly body?: { getReader(): BodyReader } | null;
  readonly bodyUsed?: boolean;
}

/** The part of a stream's reader that loading needs. */
export interface BodyReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<unknown>;
}

/** What `load` checks besides the document itself. */
export interface LoadOptions {
  /** Refuse anything longer. Default: 64 MiB. */
  readonly maxBytes?: number | undefined;
  /** Refuse a snapshot with a lower `revision`; any, if it is there and no number (a look-up that failed). */
  readonly minRevision?: number;
  /** Refuse the snapshot of another tenant, or of none; any, if it is there and no text. */
  readonly tenant?: string;
  /**
   * Browsers: also fetch the second module, which answers `whoCan`, `remedies` and `narrow`. Everywhere else
   * it is there at once.
   */
  readonly full?: boolean | undefined;
}

/** A compiled WebAssembly module, where the runtime has such a thing. */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer M } } }
  ? M
  : object;

/** Where the wasm file comes from: compiled, as bytes, as a response, or the address of it. */
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
   * The time, in milliseconds since the epoch, or a function that tells it on every question. Default: the
   * clock, read at most once per task: a reading holds until the running task (and not longer) is done.
   */
  readonly now?: number | (() => number) | undefined;
  /**
   * Hears every answer of `can`, also those within `canAll`, `canAny` and `filter`. What it throws is
   * dropped.
   */
  readonly onDecision?: ((decision: Decision) => void) | undefined;
}

/** Options of a gate. */
export interface GateOptions extends LiteOptions {
  /** `"required"`: a scoped permission asked without a record is "no". Default: `"optional"`. */
  readonly records?: "optional" | "required" | undefined;
  /**
   * Session roles: only assignments of these roles grant. Denials of all roles still count. What is no list
   * of strings, also `undefined`, says no.
   */
  readonly roles?: readonly string[] | undefined;
  /**
   * Upper bound, such as the scopes of an API token: permission ids, `<category>.*`, `*`. What is no list of
   * strings, also `undefined`, says no.
   */
  readonly limit?: readonly Limit[] | undefined;
  /**
   * In milliseconds since the epoch: from then on every answer is "no", `expired`, such as the `exp` of a
   * token. An explicit `undefined` says no.
   */
  readonly until?: number | undefined;
  /**
   * What happens, besides "no", when a permission is asked that the catalog does not have. Default: `"deny"`,
   * nothing.
   */
  readonly onUnknown?: "deny" | "throw" | ((permission: string) => void) | undefined;
}

/** Options of a question about users: those of a gate, and a record if there is the key `resource`. */
export interface AskOptions extends GateOptions {
  /** `undefined` and `null` are a record of which nothing is known. */
  readonly resource?: Resource | null | undefined;
}

/** One answer, for monitoring. */
export interface Decision {
  readonly permission: string;
  readonly user: string;
  readonly tenant: string | undefined;
  readonly revision: number;
  readonly allowed: boolean;
}

/** Why a permission is or is not given, in order of precedence. */
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

/** An answer with its reason. Plain data. */
export interface Explanation {
  /** The permission that was asked. */
  readonly permission: string;
  readonly allowed: boolean;
  readonly reason: Reason;
  /** The role that decided, or came nearest to granting. */
  readonly role?: string;
  /** The index of its assignment, among the user's roles and then those of everyone. */
  readonly assignment?: number;
  /** The roles and permissions through which it came, by inheritance and implication. */
  readonly via?: readonly string[];
  /** How far that grant reaches; `"all"` of a permission without levels. */
  readonly level?: Level;
  /** The team to which the assignment is limited. */
  readonly team?: string;
  /** Of `not-active`: when the assignment begins and ends (ms). Of `expired`: when the snapshot ended. */
  readonly from?: number;
  readonly until?: number;
  /**
   * The condition that failed, was unknown or did not lift a denial, as the snapshot has it: of the
   * assignment, of the grant or denial, or both under `$and`.
   */
  readonly condition?: Condition;
  /** The prerequisite that failed. None if each by itself is held, and no record has all of them. */
  readonly requires?: Explanation;
  /**
   * Attribute paths that were unknown: nothing was found there, it cannot be read, or the comparison (or
   * owner, or team) cannot use it.
   */
  readonly missing?: readonly string[];
  /**
   * `"unknown"`: the question was about a record that is not there yet. `"required"`: it was about none, and
   * only about one could the answer be a yes.
   */
  readonly record?: "unknown" | "required";
  /** What the snapshot calls them. */
  readonly names?: { readonly role?: string; readonly permission?: string; readonly team?: string };
  /**
   * One neutral sentence in English, for whoever gets an answer of an API: it names no role, team or
   * condition.
   */
  readonly publicText: string;
  /** One or two sentences in plain English, for the person who asked. */
  readonly text: string;
}

/** A value that `mask` would replace: where it lies in the record, and what stands there instead. */
export interface MaskedField {
  readonly field: string;
  readonly as: MaskKind;
}

/**
 * A change that helps to turn a "no" into a "yes". Where roles or plans are listed, each of them would do.
 *
 * - `grant`: the user is assigned one of `roles`, without limits; they grant `permission` at `level` at the
 *   widest, and the one that grants least comes first.
 * - `team`: the user joins `team`.
 * - `wait`: the question is asked at `until` (ms since the epoch).
 * - `plan`: the tenant has one of `plans`.
 * - `condition`: attributes of the record, the context or the user become such that `condition` holds.
 * - `lift-denial`: `role` denies neither the permission nor what it requires any more.
 * - `enable-user`: the user is enabled.
 * - `requires`: `permission`, a prerequisite, is held too; `remedies` give it.
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
 * What `remedies` gives: changes to be applied whole. Where it is `complete`, no part of them would do, and
 * if there are none, the answer is "yes" or nothing in the snapshot could make it so; otherwise the search
 * gave up.
 */
export type Remedies = Remedy[] & { readonly complete: boolean };

/**
 * One alternative or exclusion of a {@link Scope}; all its members hold together. In `none`, `teams` means
 * that a team of the record is among them or that it has no team, and `unless` lifts the exclusion.
 */
export interface Clause {
  /** The record is owned by the user. */
  readonly own?: true;
  /** A team of the record is one of these. Every covered team is listed. */
  readonly teams?: readonly string[];
  /** This is true of the record. Only in `any`. */
  readonly where?: Condition;
  /** The exclusion does not count if this is true of the record. Only in `none`. */
  readonly unless?: Condition;
}

/** A record is in a part if some alternative holds and no exclusion does. */
export interface ScopePart {
  readonly any: readonly Clause[];
  readonly none: readonly Clause[];
}

/**
 * On which records a permission is given: until {@link Scope.validUntil}, exactly those for which
 * `can(permission, record)` is true.
 */
export interface Scope {
  readonly kind: "all" | "some" | "none";
  /** The widest level, for labels. `"all"` only where no team limits it. */
  readonly level: Level | "none";
  /** Whether a condition on the record remains. */
  readonly conditional: boolean;
  /**
   * From then on (ms) nothing matches, because time alone may have changed the answer. What `$since` and
   * `$before` say of a record's own times does not count: `matches` asks the clock. `Infinity` if there is no
   * such moment.
   */
  readonly validUntil: number;
  /**
   * A record must be in every part. Empty for `"all"`.
   * @throws {RolegateError} `too-complex` if it is too long to be written out
   */
  readonly parts: readonly ScopePart[];
  /** Whether the record is in the scope. Never throws. */
  matches(resource: Resource | null | undefined): boolean;
  /**
   * Plain data for another machine: `Scope.from` reads it.
   * @throws {RolegateError} `too-complex` if it is too long to be written out
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
  /** Index into {@link GateData.maps}; without it `owner` and `team`. */
  readonly map?: number;
  readonly any: readonly ClauseData[];
  readonly none?: readonly ClauseData[];
  /** Prerequisites asked on the same record, as positions in {@link GateData.ids}. */
  readonly same?: readonly number[];
  /** Prerequisites asked without a record. */
  readonly other?: readonly number[];
  /** The rule is right from then on (ms)… */
  readonly since?: number;
  /** …and until then. Outside the answer is "no". */
  readonly until?: number;
}

/** A mask in gate data. Who may see the value is a position in {@link GateData.ids}; -1 is nobody. */
export type MaskData = readonly [type: number, field: string, permission: number, as: MaskKind];

/** A grant or a denial in explanations; it counts within `since <= now < until`. */
export interface WayData {
  /** Index into {@link ExplainData.by}. */
  readonly by: number;
  /** How far a grant reaches. */
  readonly level?: Level;
  /** The conditions of the assignment and its own, as the snapshot has them. */
  readonly condition?: Condition;
  readonly own?: true;
  /** Index into {@link GateData.teams}. */
  readonly teams?: number;
  /** Of a grant: this must be true. */
  readonly where?: Condition;
  /** Of a denial: it does not count if this is true. */
  readonly unless?: Condition;
  /** It cannot hold, or is always lifted, whatever the record and the context are. */
  readonly never?: true;
  readonly since?: number;
  readonly until?: number;
  /** Attributes of the user that were not found. */
  readonly missing?: readonly string[];
}

/** What stands for and against one or more permissions. */
export interface WhyData {
  /** What refuses it whatever roles say. */
  readonly reason?: Reason;
  readonly scoped?: true;
  /** Index into {@link GateData.maps}; without it `owner` and `team`. */
  readonly map?: number;
  /** Its grants. */
  readonly any: readonly WayData[];
  /** Its denials. */
  readonly none?: readonly WayData[];
  /**
   * Twice the positions in {@link ExplainData.ids} of what it requires, and one more for what is asked on the
   * same record.
   */
  readonly requires?: readonly number[];
}

/** What explanations are made of. */
export interface ExplainData {
  /** What refuses everything. */
  readonly reason?: Reason;
  /** All permissions of the catalog. */
  readonly ids: readonly string[];
  /** For each id an index into `table`. */
  readonly rules: readonly number[];
  readonly table: readonly WhyData[];
  /** The titles of `ids`; an empty one is none. */
  readonly titles: readonly string[];
  /**
   * Assignments: the index, id and name of the role, id and name of the team, each empty where there is none;
   * and the way by which the role comes to the grant.
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

/** What gate data are to hold besides the answers. */
export interface DataOptions {
  /** Whether a restored gate can explain, too: then names of roles are in the data. */
  readonly explain?: boolean | undefined;
}

/**
 * The answers of one gate as plain data, for `restore` of `rolegate/lite`: one user's, and nothing about
 * anyone else.
 */
export interface GateData {
  readonly format: "rolegate-gate/1";
  readonly user: string;
  readonly tenant?: string;
  readonly revision: number;
  /** The maker's clock (ms), so that a server and a hydrating page can agree on the first render. */
  readonly at: number;
  /** Before it every answer is "no". */
  readonly since?: number;
  /**
   * From it on every answer is "no": where the snapshot expires, or the gate's `until` if that is earlier.
   */
  readonly expires?: number;
  /** The data were the same from here on. */
  readonly validSince?: number;
  /** The next moment at which an answer may change by time alone. */
  readonly validUntil?: number;
  /** The permissions that are yes or may be, in catalog order. */
  readonly ids: readonly string[];
  /** For each id an index into `table`. */
  readonly rules: readonly number[];
  readonly table: readonly RuleData[];
  readonly maps?: readonly MapData[];
  readonly teams?: readonly (readonly string[])[];
  /** Positions in `ids` of permissions that are "no" without a record (`records: "required"`). */
  readonly recordsOnly?: readonly number[];
  /** The resource types of all permissions of the catalog. */
  readonly types?: readonly string[];
  /** What records of these types hide, in the order of the catalog. */
  readonly masks?: readonly MaskData[];
  /** With `toJSON({ explain: true })`. */
  readonly explain?: ExplainData;
}
