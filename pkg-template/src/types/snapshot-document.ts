// The types of a snapshot document: conditions, the catalog, teams, roles, users. Types only: nothing here
// exists at run time.

/** How far a grant reaches: the user's own records, those of the user's teams, or all. */
export type Level = "own" | "team" | "all";

/** A scalar of JSON. */
export type Scalar = string | number | boolean;

/** Stands for the value of another attribute: `{ "$ref": "user.region" }`. */
export interface Ref {
  readonly $ref: string;
}

/**
 * A list of scalars; `null` stands for an unknown element and only occurs in residual conditions.
 */
export type ScalarList = readonly (Scalar | null)[];

/** Comparisons of one attribute; all of them must hold. */
export interface Operators {
  /** Equal, and of the same type. */
  readonly $eq?: Scalar | Ref;
  /** Of the same type and not equal. */
  readonly $ne?: Scalar | Ref;
  /** Less than: two numbers, or two strings by code point. */
  readonly $lt?: number | string | Ref;
  /** Less than or equal. */
  readonly $lte?: number | string | Ref;
  /** Greater than. */
  readonly $gt?: number | string | Ref;
  /** Greater than or equal. */
  readonly $gte?: number | string | Ref;
  /** The scalar attribute is one of the list. */
  readonly $in?: ScalarList | Ref;
  /** The scalar attribute is none of the list. */
  readonly $nin?: ScalarList | Ref;
  /** The attribute is a list that contains this, or a scalar equal to it. */
  readonly $has?: Scalar | Ref;
  /** The attribute is a list that shares an element with this one. */
  readonly $hasAny?: ScalarList | Ref;
  /** The attribute is a list all of whose elements are in this one. */
  readonly $subset?: ScalarList | Ref;
  /** The attribute is a list, and this holds for one of its elements, read as `element.`. */
  readonly $elem?: Condition;
  /** The attribute is a string that begins with this. */
  readonly $startsWith?: string | Ref;
  /** The attribute is a string that ends with this. */
  readonly $endsWith?: string | Ref;
  /**
   * The attribute is a time at or after this one: RFC 3339 text, or `now` with an offset, such as `now-15m`.
   * A number of milliseconds only occurs in residual conditions, for years that such text cannot express.
   */
  readonly $since?: string | number | Ref;
  /** The attribute is a time before this one, written in the same way. */
  readonly $before?: string | number | Ref;
  /** The attribute is an IP address in this block, or in one of these. */
  readonly $cidr?: string | readonly string[];
  /** Whether the attribute is present and not null. */
  readonly $exists?: boolean;
}

/**
 * A comparison whose left side is a value instead of an attribute. It only occurs in residual conditions,
 * never in a snapshot.
 */
export interface ValueOperators extends Operators {
  readonly of: Scalar | ScalarList;
}

/** Local time of day on some days of the week. */
export interface During {
  /** The name of a time zone, such as `Europe/Lisbon`. */
  readonly tz: string;
  readonly days?: readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
  /** `HH:MM`, included. */
  readonly from?: string;
  /** `HH:MM`, excluded; `24:00` is the end of the day. */
  readonly to?: string;
}

/**
 * A condition: all entries must hold. Keys are attribute paths (`resource.status`) or one of the four words.
 */
export interface Condition {
  readonly $and?: readonly Condition[];
  readonly $or?: readonly Condition[];
  readonly $not?: Condition;
  readonly $during?: During;
  readonly $value?: ValueOperators;
  readonly [path: string]:
    | Scalar
    | Ref
    | Operators
    | readonly Condition[]
    | Condition
    | During
    | ValueOperators
    | undefined;
}

/** The attribute paths of owner and team in records of one type. */
export interface ResourceMapping {
  readonly owner?: string | readonly string[];
  readonly team?: string | readonly string[];
}

/**
 * What replaces a masked value: nothing, `null`, `"•••"`, or `"#1"`, `"#2"`… for each different value.
 */
export type MaskKind = "omit" | "null" | "redact" | "pseudonym";

/** Hides a value in records of a type from users without a permission on the record. */
export interface Mask {
  readonly resource: string;
  /** The path of the value; lists on the way are entered. */
  readonly field: string;
  /** The permission that shows it; of the same resource type. */
  readonly permission: string;
  /** Default: `"redact"`. */
  readonly as?: MaskKind;
}

/** A permission as the catalog declares it. */
export interface CatalogPermission<P extends string = string> {
  readonly id: P;
  readonly title?: string;
  readonly description?: string;
  readonly resource?: string;
  readonly scopes?: readonly Level[];
  readonly requires?: readonly string[];
  readonly implies?: readonly string[];
  readonly roleTypes?: readonly string[];
  readonly plans?: readonly string[];
  readonly standardOnly?: boolean;
  readonly sensitive?: boolean;
}

/** A group of permissions in the catalog. */
export interface Category<P extends string = string> {
  readonly id: string;
  readonly title?: string;
  readonly description?: string;
  readonly permissions: readonly CatalogPermission<P>[];
}

/** A team or sub-company. */
export interface Team {
  readonly id: string;
  readonly name?: string;
  /** For display only: `team`, `sub-company`, `region`… */
  readonly kind?: string;
  readonly parent?: string;
}

/** One way in which a role grants a permission. */
export type Grant = boolean | Level | GrantObject | readonly (Level | GrantObject)[];

/** A grant with a level, a condition, or both. */
export interface GrantObject {
  readonly scope?: Level;
  readonly when?: Condition;
}

/** What a role denies: a permission, `<category>.*` or `*`; under a condition, or always. */
export type Denial = string | { readonly key: string; readonly when: Condition };

/** A role as the snapshot declares it. */
export interface Role {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly type?: string;
  readonly standard?: boolean;
  readonly locked?: boolean;
  readonly inherits?: readonly string[];
  readonly grants?: Readonly<Record<string, Grant>>;
  readonly deny?: readonly Denial[];
  readonly approvedBy?: string;
  readonly reviewedAt?: string;
}

/** The permissions, and how records are read. */
export interface Catalog {
  readonly categories: readonly Category[];
  readonly roleTypes?: readonly string[];
  readonly plans?: readonly string[];
  /** For each resource type, where its records have owner and team. */
  readonly resources?: Readonly<Record<string, ResourceMapping>>;
  /** Names of the levels, for display. */
  readonly levelTitles?: { readonly [L in Level]?: string };
  readonly masks?: readonly Mask[];
}

/** A role of a user, perhaps limited to a team, to a time or by a condition. */
export interface AssignmentObject {
  readonly role: string;
  /** Limits the role to records that this team covers. */
  readonly team?: string;
  /** RFC 3339, included. */
  readonly from?: string;
  /** RFC 3339, excluded. */
  readonly until?: string;
  readonly when?: Condition;
}

/** A role of a user: a role id is the role without limits. */
export type Assignment = string | AssignmentObject;

/** A user as the snapshot declares them. */
export interface User {
  readonly id: string;
  readonly name?: string;
  readonly teams?: readonly string[];
  readonly roles?: readonly Assignment[];
  /** What conditions see as `user.*`. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly disabled?: boolean;
}

/** Roles or permissions of which no user should have more than `max`. */
export type Separation = {
  readonly id: string;
  readonly title?: string;
  /** Default: 1. */
  readonly max?: number;
} & (
  | { readonly roles: readonly string[]; readonly permissions?: never }
  | { readonly permissions: readonly string[]; readonly roles?: never }
);

/** A snapshot as JSON (`docs/format.md`). Keys that begin with `x-` may be added anywhere but in maps. */
export interface SnapshotDocument {
  readonly $schema?: string;
  readonly format: "rolegate/1";
  readonly revision: number;
  readonly tenant?: string;
  /** RFC 3339. */
  readonly issuedAt?: string;
  /** RFC 3339: from then on everything is denied. */
  readonly expiresAt?: string;
  readonly plan?: string;
  readonly catalog: Catalog;
  readonly teams?: readonly Team[];
  readonly roles: readonly Role[];
  readonly users?: readonly User[];
  /** Assignments that every user has in addition to their own. */
  readonly everyone?: readonly Assignment[];
  readonly separations?: readonly Separation[];
}
