// Where claims say what a subject is: what a caller names, and each preset is.

import type { UserId } from "../types/types.js";

/**
 * Where something stands: the name of a claim, or a path to it (`realm_access.roles`). An own key that is the
 * whole rest of the path wins, so names with dots are named as they are (`https://example.com/roles`). In a
 * list, what stands there in each of its elements (`groups.value`). A function gives what it finds: it gets
 * the claims, and a function that finds a path in them. If it throws, that is a claim which cannot be read.
 */
// `any`: with `unknown` every function would have to cast
export type Claim = string | ((claims: any, at: (path: string) => unknown) => unknown);

/** Where names stand that are no list: one name (`one`), or several in one text (`split`). */
export interface ClaimText {
  readonly claim: Claim;
  /** The text is one name. */
  readonly one?: boolean;
  /** What stands between the names: `","`, `" "`. White space around a name is no part of it. */
  readonly split?: string;
}

/**
 * Where names stand: a list of texts, unless {@link ClaimText} says otherwise. Of several places all names
 * together.
 */
export type Names = Claim | ClaimText | readonly (Claim | ClaimText)[];

/** Where it stands to which tenant somebody belongs, and which one it must be. */
export interface TenantClaim {
  readonly claim: Claim;
  /** What the snapshot says: `snapshot.tenant`. `undefined` is never right. */
  readonly is: UserId | undefined;
}

/** What presets and callers say of claims. */
export interface ClaimMapping {
  /** Who it is. Default: `sub`. */
  readonly id?: Claim;
  /** What becomes the subject's roles. Default: nothing. */
  readonly roles?: Names;
  /** What becomes the subject's teams. Default: nothing. */
  readonly teams?: Names;
  /** What becomes attributes of the subject, by the name that conditions use (`user.region`). */
  readonly attributes?: Readonly<Record<string, Claim>>;
  /**
   * Permissions: what becomes the gate's upper bound, never a grant; missing, nothing is allowed. `false`: no
   * bound. Default: what the preset says, else `false`.
   */
  readonly limit?: Names | false;
  /**
   * When the token ends, in seconds since the epoch or as a `Date`: what becomes the gate's `until`. `false`:
   * never. Default: `exp` of a token, where there is one.
   */
  readonly expires?: Claim | false;
  /** The tenant's claim, where `tenant` only says which one it must be. */
  readonly tenantClaim?: Claim;
  /**
   * A role or team by another name. Whatever gives `undefined` is dropped. Default: names as they are; the
   * snapshot decides what it knows.
   */
  readonly map?: (name: string, of: "roles" | "teams") => string | undefined;
  /**
   * `"ignore"`: groups that are too many to stand in the token, or are no list, are no teams. Default: the
   * subject is disabled then.
   */
  readonly onOverflow?: "ignore";
}
