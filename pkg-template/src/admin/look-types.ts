// What lint, forms of roles and access reports take and give.

import type { Level, Permission, Role, Subject, UserId } from "../types/types.js";
import type { Obstacle } from "./errors.js";
import type { Operations } from "./types.js";

/** Options of `lint`. */
export interface LintOptions {
  /** The clock, in milliseconds since the epoch; without it, the clock of the machine. */
  readonly now?: number | undefined;
}

/** An operation and its arguments: `draft[name](...args)` does it. */
export type SuggestedOperation = readonly [keyof Operations, ...unknown[]];

/** Something that lint found. */
export interface Finding {
  /** Where: a JSON Pointer (RFC 6901). */
  readonly path: string;
  readonly code: FindingCode;
  readonly severity: "error" | "warning" | "info";
  /** What it is, and what to do about it. */
  readonly message: string;
  /** Operations that take it away, one after the other. They may be refused like any other. */
  readonly suggestion?: readonly SuggestedOperation[];
}

export type FindingCode =
  | "generic-name"
  | "duplicate-name"
  | "no-description"
  | "case-twins"
  | "unused-role"
  | "empty-role"
  | "broad-grant"
  | "sensitive-grant"
  | "prerequisite"
  | "unreachable-grant"
  | "shadowed-deny"
  | "type-drops-inherited"
  | "stale-review"
  | "unscoped-sibling"
  | "manage-without-view"
  | "deny-on-optional"
  | "grant-by-absence"
  | "template-literal"
  | "unread-attribute"
  | "unknown-zone"
  | "separation"
  | "disabled-holder"
  | "expired-assignment"
  | "single-admin"
  | "whole-tenant-in-browser"
  | "unfinished";

/** Options of `roleForm`. */
export interface RoleFormOptions {
  /** Who would make the changes; without one, what depends on it (`escalation`, `outranked`) is left out. */
  readonly actor?: UserId | Subject | undefined;
  /** The clock, in milliseconds since the epoch; without it, the clock of the machine. */
  readonly now?: number | undefined;
  /** Of a role that is not there yet: its type, where there are types; else the first one. */
  readonly type?: string | undefined;
}

/** What a page for a role shows. */
export interface RoleForm {
  /** The role as the snapshot has it; `null` of one that is not there yet. */
  readonly role: Role | null;
  readonly type?: string;
  /** All types of roles. */
  readonly types: readonly string[];
  /** How many listed users are assigned the role. */
  readonly users: number;
  /** How many permissions it grants, of how many that it may hold and the plan has. */
  readonly granted: number;
  readonly total: number;
  /** In the order of the catalog. */
  readonly categories: readonly FormCategory[];
}

export interface FormCategory {
  readonly id: string;
  readonly title?: string;
  readonly description?: string;
  /** The state of "select all". */
  readonly selected: "all" | "some" | "none";
  readonly granted: number;
  readonly total: number;
  /** For `selectCategory(role, id, toggle.value)`; absent of a role that is not there yet. */
  readonly toggle?: Toggle;
  readonly permissions: readonly FormPermission[];
}

export interface FormPermission {
  readonly id: Permission;
  readonly title?: string;
  readonly description?: string;
  readonly sensitive: boolean;
  /** Whether the role grants it, at `level`: the widest; a tenant-level permission at `all`. */
  readonly granted: boolean;
  readonly level?: Level;
  /** Whether every grant at that level has a condition. */
  readonly conditional: boolean;
  /** Where that grant comes from: an entry for the permission, its category or `*`, a role or a permission. */
  readonly source?: "own" | "category" | "*" | "inherited" | "implied";
  /** The role that it is inherited from, or the permission that implies it. */
  readonly from?: string;
  /** Whether the role denies it. */
  readonly denied?: "always" | "sometimes";
  readonly requires: readonly Permission[];
  readonly implies: readonly Permission[];
  /** None of a tenant-level permission. */
  readonly levels: readonly FormLevel[];
  /** For `updateRole(role, { grants: { [id]: toggle.value } })`: grants it, as far as can be; or takes it away. */
  readonly toggle: Toggle;
}

export interface FormLevel {
  readonly level: Level;
  /** Whether it is the level of the permission. */
  readonly selected: boolean;
  /** Grants the permission at this level instead. */
  readonly toggle: Toggle;
}

/** Whether something can be changed. */
export interface Toggle {
  /** What the change gives. */
  readonly value: boolean | Level | null;
  readonly allowed: boolean;
  /** Why not: `locked`, `type`, `standardOnly`, `plan`, or the code of the first obstacle. */
  readonly why?: "locked" | "type" | "standardOnly" | "plan" | Obstacle["code"];
  /**
   * The first of what the operation is refused with, and the first people who are in the way: a draft's `can` tells
   * all. What the plan does not have could be granted, to no effect.
   */
  readonly obstacles?: readonly Obstacle[];
}

/** Options of `accessReport`. */
export interface AccessReportOptions {
  /** The moment of which the report is. */
  readonly at: number | Date;
  /**
   * When each user last used each permission, by user and permission: from `onDecision`, or a log. Rows of what
   * is not in it are flagged `unused`.
   */
  readonly usage?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
}

/** What a report is of. */
export interface AccessReportHeader {
  readonly tenant?: string;
  readonly revision: number;
  /** The SHA-256 of the bytes of the snapshot, in hexadecimal. */
  readonly sha256: string;
  /** The moment of which it is, as RFC 3339. */
  readonly at: string;
  /** How many users are listed. */
  readonly users: number;
  /** How many of them hold anything. */
  readonly holders: number;
  readonly rows: number;
}

/** A permission that a user holds by an assignment. */
export interface AccessRow {
  readonly user: string;
  readonly role: string;
  /** The team to which the assignment is limited. */
  readonly team?: string;
  /** The roles that the role inherits it from and the permissions that imply it, in turn. */
  readonly via: readonly string[];
  readonly from?: string;
  readonly until?: string;
  readonly permission: Permission;
  /** How far the assignment reaches; `all` only where no team limits it. */
  readonly level: Level;
  /** Whether a condition on records or on the context must hold besides. */
  readonly conditional: boolean;
  /**
   * What a reviewer should know: it is `sensitive`; assigned to `everyone`; `temporary`, as it ends; `limited` by
   * a denial, or by what it requires; `unused`.
   */
  readonly flags: readonly ("sensitive" | "everyone" | "temporary" | "limited" | "unused")[];
  /** When it was last used, as `usage` says. */
  readonly lastUsed?: string;
}
