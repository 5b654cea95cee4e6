// What administration takes and gives.

import type {
  AssignmentObject,
  Condition,
  Denial,
  Grant,
  Level,
  Permission,
  Subject,
  Team,
  UserId,
} from "../types/types.js";

/** Options of `edit`. All are required. */
export interface EditOptions {
  /** Who makes the changes: the id of a user in the snapshot, or somebody whom it does not list. */
  readonly actor: UserId | Subject;
  /** The clock, in milliseconds since the epoch. */
  readonly now: number;
  /** What the actor must hold, for the tenant as a whole; `null` leaves that unchecked. */
  readonly permission: Permission | null;
  /** The revision that the snapshot must have: the one that the actor has seen. */
  readonly revision: number;
}

/** A role to create. Keys that begin with `x-` are kept. */
export interface NewRole {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** Required where the catalog declares role types. It cannot be changed later. */
  readonly type?: string;
  readonly inherits?: readonly string[];
  readonly grants?: Readonly<Record<string, Grant>>;
  readonly deny?: readonly Denial[];
  readonly [extension: `x-${string}`]: unknown;
}

/** What is otherwise in a copy of a role. */
export interface RoleCopy {
  readonly id: string;
  readonly name: string;
  readonly description?: string | null;
  readonly type?: string;
  readonly inherits?: readonly string[] | null;
  /** Merged with those of the role; `null` takes an entry away. */
  readonly grants?: Readonly<Record<string, Grant | null>>;
  readonly deny?: readonly Denial[] | null;
  readonly [extension: `x-${string}`]: unknown;
}

/** What changes in a role. `null` takes a key away. */
export interface RoleChanges {
  readonly name?: string;
  readonly description?: string | null;
  readonly inherits?: readonly string[] | null;
  /** Merged with those of the role; `null` takes an entry away, any other value replaces the entry. */
  readonly grants?: Readonly<Record<string, Grant | null>>;
  readonly deny?: readonly Denial[] | null;
  readonly [extension: `x-${string}`]: unknown;
}

/** When an assignment begins and ends. */
export interface NewWindow {
  readonly from?: string | Date;
  readonly until?: string | Date;
}

/** A role that is assigned, until when and under which condition. */
export type NewAssignment = string | (Omit<AssignmentObject, keyof NewWindow> & NewWindow);

/** A user to list. */
export interface NewUser {
  readonly id: string;
  readonly name?: string;
  readonly teams?: readonly string[];
  readonly roles?: readonly NewAssignment[];
  readonly attributes?: object;
  readonly disabled?: boolean;
  readonly [extension: `x-${string}`]: unknown;
}

export type NewTeam = Team & { readonly [extension: `x-${string}`]: unknown };

/** A permission that is not held, or not as far as it would have to be. */
export interface Missing {
  readonly permission: Permission;
  readonly level: Level;
  /** On which team, and what it covers; without one, wherever. */
  readonly team?: string;
  /** The condition under which it would be given. */
  readonly condition?: Condition;
  /** Until when it would be given, in milliseconds since the epoch; without it, for good. */
  readonly until?: number;
}

/** Who and what uses a role: all that stands against deleting it. */
export interface Usage {
  /** How many listed users are assigned it. */
  readonly users: number;
  /** How many of the assignments that everyone has are of it. */
  readonly everyone: number;
  /** The roles that inherit from it directly. */
  readonly inheritedBy: readonly string[];
  /** The separations that name it. */
  readonly separations: readonly string[];
}

/** Somebody who holds duties that are separated. */
export interface Violation {
  readonly separation: string;
  readonly user: string;
  /** The roles, or permissions, of the separation that the user holds. */
  readonly holds: readonly string[];
  /** Whether it was so in the snapshot that is edited. */
  readonly found: boolean;
}

/** Something that was done: a row of an audit trail. */
export interface AuditEvent {
  /** When, as RFC 3339. */
  readonly at: string;
  readonly actor: string;
  /** The operation; of a review, what was decided. */
  readonly action: keyof Operations | "keep" | "revoke";
  readonly kind: "role" | "user" | "team" | "everyone" | "separations" | "assignment";
  /** The id of the role, user or team; of an assignment, that of the user. */
  readonly target?: string;
  /** How it was, as the snapshot has it; absent where it was not there. */
  readonly before?: unknown;
  /** How it is now; absent where it is gone. */
  readonly after?: unknown;
  /** Who approved it, once it was committed. */
  readonly approvedBy?: string;
}

/** What each operation takes. Each does all that it says, or throws `AdminError` and changes nothing. */
export interface Operations {
  /** Adds a role. */
  createRole(role: NewRole): void;
  /** Adds a copy of a role, which is neither `standard` nor `locked`. The role stays as it is. */
  duplicateRole(role: string, copy: RoleCopy): void;
  /** Changes keys of a role. */
  updateRole(role: string, changes: RoleChanges): void;
  /**
   * Grants all permissions of a category that the role may hold and does not grant yet, each by its own entry;
   * or takes them away. With `live`, by one entry for the category, which counts for later permissions, too.
   */
  selectCategory(
    role: string,
    category: string,
    selected: boolean,
    options?: { readonly live?: boolean },
  ): void;
  /** Deletes a role that nobody and nothing uses. */
  deleteRole(role: string): void;
  /** Assigns another role to all listed users who are assigned this one; windows, teams and conditions stay. */
  moveUsers(from: string, to: string): void;
  /** Notes that a role was reviewed now. */
  stampReview(role: string): void;
  /**
   * Notes what was decided about assignments that were reviewed: `keep` or `revoke`. A role of which all
   * assignments to enabled users were decided about is stamped as reviewed. Actors do not decide about what
   * is assigned to themselves: `self-approval`.
   */
  recordReview(decisions: readonly ReviewDecision[]): void;
  /** Lists a user. */
  addUser(user: NewUser): void;
  /** Takes a user off the list. */
  removeUser(user: UserId): void;
  /** From now on every answer for the user is "no". */
  disableUser(user: UserId): void;
  /** Takes that back. */
  enableUser(user: UserId): void;
  /** Says which teams a user is in. */
  setUserTeams(user: UserId, teams: readonly string[]): void;
  /** Says what conditions see as `user.*`; `null` takes all attributes away. */
  setAttributes(user: UserId, attributes: object | null): void;
  /** Assigns a role to a user. */
  assign(user: UserId, assignment: NewAssignment): void;
  /**
   * Takes assignments away: those of the role and the team that are named (without a team, those that have
   * none), and that agree in whatever else is given.
   */
  unassign(user: UserId, assignment: NewAssignment): void;
  /** Adds a team. */
  addTeam(team: NewTeam): void;
  /** Puts a team, and all that it covers, below another one; `null` makes it a team of its own. */
  moveTeam(team: string, parent: string | null): void;
  /** Deletes a team that nobody and nothing uses. */
  removeTeam(team: string): void;
  /** Says what everyone is assigned. */
  setEveryone(assignments: readonly NewAssignment[]): void;
  /** Says which separations of duties there are. */
  setSeparations(separations: readonly NewSeparation[]): void;
}

/** A separation of duties: of these roles, or permissions, nobody should hold more than `max`. */
export interface NewSeparation {
  readonly id: string;
  readonly title?: string;
  readonly roles?: readonly string[];
  readonly permissions?: readonly Permission[];
  readonly max?: number;
}

/** Options of `commit`. */
export interface CommitOptions {
  /** Who approved the changes; somebody else than the actor. */
  readonly approvedBy?: UserId | undefined;
  /** How many people whom the snapshot does not list hold a role. */
  readonly usage?: Readonly<Record<string, number>> | undefined;
}

/** What was decided about what a user is assigned. */
export interface ReviewDecision {
  readonly user: string;
  readonly role: string;
  /** The team of the assignment; without one, those without team are meant. */
  readonly team?: string;
  readonly decision: "keep" | "revoke";
  /** Why: it stands in the audit trail. */
  readonly note?: string;
}

/** Options of `impact`. */
export interface ImpactOptions {
  /** How many rows to give; 100 unless told otherwise. */
  readonly limit?: number | undefined;
}

/** Options of `diff`. */
export interface DiffOptions extends ImpactOptions {
  /** From when on, in milliseconds since the epoch; the clock unless told otherwise. */
  readonly now?: number | undefined;
}

/** One permission of one user, and how it changes. */
export interface ImpactChange {
  readonly user: string;
  readonly permission: Permission;
  /** How far it reaches without the change. */
  readonly from: Level | "none";
  /** How far it reaches with it. */
  readonly to: Level | "none";
  /** `different`: it reaches elsewhere, or it cannot be told whether further. */
  readonly change: "wider" | "narrower" | "different";
  /** Whether it depends on conditions: with the change, or, where that takes it away, without. */
  readonly conditional: boolean;
  /** From when on, in milliseconds since the epoch; without it, from now on. */
  readonly at?: number;
  /** Until when; without it, for good. */
  readonly until?: number;
}

/** What changes for whom. */
export interface Impact {
  /** The first rows, by user in the order of the snapshot, then by permission in that of the catalog. */
  readonly changes: readonly ImpactChange[];
  /** The number of all rows. */
  readonly total: number;
}
