// Where the values are in the tables of a loaded snapshot. Written by src/format/layout.rs.

import type { IssueCode } from "../core/errors.js";

export const SNAPSHOT = 0;
export const TYPE = 1;
export const CATEGORY = 2;
export const PERMISSION = 3;
export const MASK = 4;
export const TITLES = 5;
export const TEAM = 6;
export const ROLE = 7;
export const GRANT = 8;
export const ALTERNATIVE = 9;
export const DENIAL = 10;
export const USER = 11;
export const ASSIGNMENT = 12;
export const POOL = 13;
export const SPANS = 14;
export const NUMBERS = 15;
export const SOURCE = 16;
export const ARENA = 17;
export const LISTS = 18;
export const NAMES = 19;
export const TABLES = 20;

export const WIDTHS: readonly number[] = [10, 3, 3, 11, 5, 3, 5, 11, 3, 2, 2, 6, 5];

/** What names a row, where anything does, is in this slot. */
export const ID = 0;
export const SNAPSHOT_REVISION = 0;
export const SNAPSHOT_TENANT = 1;
export const SNAPSHOT_ISSUED_AT = 2;
export const SNAPSHOT_EXPIRES_AT = 3;
export const SNAPSHOT_PLAN = 4;
export const SNAPSHOT_EVERYONE_FROM = 5;
export const SNAPSHOT_EVERYONE_TO = 6;
export const SNAPSHOT_ASKS_WHO = 7;
export const SNAPSHOT_READS_CONTEXT = 8;
export const SNAPSHOT_EVERYONE_WEIGHT = 9;
export const TYPE_NAME = 0;
export const TYPE_OWNER = 1;
export const TYPE_TEAM = 2;
export const CATEGORY_ID = 0;
export const CATEGORY_PERMISSIONS_FROM = 1;
export const CATEGORY_PERMISSIONS_TO = 2;
export const PERMISSION_ID = 0;
export const PERMISSION_TYPE = 1;
export const PERMISSION_CATEGORY = 2;
export const PERMISSION_LEVELS = 3;
export const PERMISSION_REQUIRES = 4;
export const PERMISSION_IMPLIES = 5;
export const PERMISSION_ROLE_TYPES = 6;
export const PERMISSION_STANDARD_ONLY = 7;
export const PERMISSION_IN_PLAN = 8;
export const PERMISSION_PLANS = 9;
export const PERMISSION_TITLE = 10;
export const MASK_TYPE = 0;
export const MASK_FIELD = 1;
export const MASK_PERMISSION = 2;
export const MASK_AS = 3;
export const MASK_AT = 4;
export const TITLES_OWN = 0;
export const TITLES_TEAM = 1;
export const TITLES_ALL = 2;
export const TEAM_ID = 0;
export const TEAM_PARENT = 1;
export const TEAM_ENTER = 2;
export const TEAM_LEAVE = 3;
export const TEAM_NAME = 4;
export const ROLE_ID = 0;
export const ROLE_TYPE_OF = 1;
export const ROLE_STANDARD = 2;
export const ROLE_INHERITS = 3;
export const ROLE_GRANTS_FROM = 4;
export const ROLE_GRANTS_TO = 5;
export const ROLE_DENY_FROM = 6;
export const ROLE_DENY_TO = 7;
export const ROLE_UNTYPED = 8;
export const ROLE_NAME = 9;
export const ROLE_WEIGHT = 10;
export const GRANT_TARGET = 0;
export const GRANT_ALTERNATIVES_FROM = 1;
export const GRANT_ALTERNATIVES_TO = 2;
export const ALTERNATIVE_LEVEL = 0;
export const ALTERNATIVE_WHEN = 1;
export const DENIAL_TARGET = 0;
export const DENIAL_WHEN = 1;
export const USER_ID = 0;
export const USER_TEAMS = 1;
export const USER_ROLES_FROM = 2;
export const USER_ROLES_TO = 3;
export const USER_ATTRIBUTES = 4;
export const USER_DISABLED = 5;
export const ASSIGNMENT_ROLE = 0;
export const ASSIGNMENT_TEAM = 1;
export const ASSIGNMENT_FROM = 2;
export const ASSIGNMENT_UNTIL = 3;
export const ASSIGNMENT_WHEN = 4;

/** The kinds whose lists in the document have their spans in `LISTS`. */
export const WRITTEN: readonly number[] = [CATEGORY, TEAM, ROLE, USER];

/** The codes of problems, by their numbers. */
export const CODES: readonly IssueCode[] = [
  "syntax",
  "too-deep",
  "too-large",
  "too-complex",
  "duplicate-key",
  "unknown-format",
  "missing-key",
  "unknown-key",
  "type",
  "invalid-value",
  "invalid-id",
  "duplicate-id",
  "unknown-permission",
  "unknown-role",
  "unknown-team",
  "unknown-category",
  "unknown-role-type",
  "unknown-plan",
  "unknown-resource",
  "cycle",
  "invalid-scope",
  "role-type-mismatch",
  "invalid-time",
  "invalid-window",
  "invalid-condition",
];
