// What stands against a change.

import { type AdminErrorCode, type Issue, printable, RolegateError } from "../core/errors.js";
import type { Missing } from "./types.js";

/** One thing that stands against a change. */
export interface Obstacle {
  readonly code: AdminErrorCode;
  readonly message: string;
  /**
   * Of `escalation` and `outranked`, what the actor does not hold; of `prerequisite`, what the role would have
   * to grant.
   */
  readonly missing?: readonly Missing[];
  /** The users who are in the way. */
  readonly users?: readonly string[];
  /** The roles that are in the way. */
  readonly roles?: readonly string[];
  /** The teams that are in the way. */
  readonly teams?: readonly string[];
  /** The separations that are in the way. */
  readonly separations?: readonly string[];
  /** What would be wrong with the snapshot. */
  readonly issues?: readonly Issue[];
}

/** Whether something can be done, and if not, why: what `AdminError` would say. */
export type Possibility =
  | { readonly allowed: true }
  | (Obstacle & { readonly allowed: false; readonly obstacles: readonly Obstacle[] });

/** Obstacles, of which there is at least one. */
export type Obstacles = readonly [Obstacle, ...Obstacle[]];

const LISTS = ["missing", "users", "roles", "teams", "separations", "issues"] as const;

/** The first obstacle, and what all of them name. */
function inOne(obstacles: Obstacles): Obstacle {
  const [{ code, message }] = obstacles;
  const more = obstacles.length > 1 ? ` (and ${obstacles.length - 1} more)` : "";
  const one: Record<string, unknown> = { code, message: printable(message + more) };
  for (const key of LISTS) {
    const all = obstacles.flatMap<unknown>((obstacle) => obstacle[key] ?? []);
    if (all.length > 0) one[key] = all;
  }
  return one as unknown as Obstacle;
}

export function impossible(obstacles: Obstacles): Possibility {
  return { allowed: false, ...inOne(obstacles), obstacles };
}

/**
 * A change was refused, and changed nothing. `code` and `message` are of the first obstacle; the lists have
 * what all obstacles name.
 */
export class AdminError extends RolegateError implements Obstacle {
  override readonly name: string = "AdminError";
  declare readonly code: AdminErrorCode;
  readonly missing?: readonly Missing[];
  readonly users?: readonly string[];
  readonly roles?: readonly string[];
  readonly teams?: readonly string[];
  readonly separations?: readonly string[];
  readonly issues?: readonly Issue[];
  /** Everything that stands against the change, at least one thing. */
  readonly obstacles: Obstacles;

  constructor(obstacles: Obstacles) {
    const { code, message, ...lists } = inOne(obstacles);
    super(code, message);
    Object.assign(this, lists);
    this.obstacles = obstacles;
  }
}
