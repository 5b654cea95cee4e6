// Where the parts of a subject are in claims: what callers pass, and what each preset is.

import type { UserId } from "../types/types.js";

/**
 * Where a value is: the name of a claim, or a path to it (`realm_access.roles`). An own key that equals the
 * rest of the path wins, so names with dots can be used as they are (`https://example.com/roles`). In lists,
 * the path continues in each element (`groups.value`). A function returns the value itself: it receives the
 * claims and a function that looks up a path in them. If it throws, the claim counts as unreadable.
 */
// `any`: with `unknown`, every function would need a cast
export type Claim = string | ((claims: any, at: (path: string) => unknown) => unknown);

/** Names that are a text instead of a list: one name (`one`), or several (`split`). */
export interface ClaimText {
  readonly claim: Claim;
  /** The text is one name. */
  readonly one?: boolean;
  /** The separator: `","`, `" "`. White space around a name is removed. */
  readonly split?: string;
}

/**
 * Where names are: a list of texts, unless {@link ClaimText} says otherwise. With several claims, the names
 * of all of them.
 */
export type Names = Claim | ClaimText | readonly (Claim | ClaimText)[];

/** The claim with the tenant, and which tenant it must be. */
export interface TenantClaim {
  readonly claim: Claim;
  /** The expected tenant: `snapshot.tenant`. `undefined` is always rejected. */
  readonly is: UserId | undefined;
}

/** Where the parts of a subject are in claims. Presets are such objects. */
export interface ClaimMapping {
  /** The id of the subject. Default: `sub`. */
  readonly id?: Claim;
  /** The subject's roles. Default: none. */
  readonly roles?: Names;
  /** The subject's teams. Default: none. */
  readonly teams?: Names;
  /** The subject's attributes, by the name that conditions use (`user.region`). */
  readonly attributes?: Readonly<Record<string, Claim>>;
  /**
   * Permissions that limit the gate. They never grant anything; if they are missing, nothing is allowed.
   * `false`: no limit. Default: that of the preset, or else `false`.
   */
  readonly limit?: Names | false;
  /**
   * When the token expires, in seconds since the epoch or as a `Date`: the gate's `until`. `false`: never.
   * Default: the `exp` of a token, if present.
   */
  readonly expires?: Claim | false;
  /** The claim with the tenant, if `tenant` only says which one it must be. */
  readonly tenantClaim?: Claim;
  /**
   * Translates the name of a role or team; `undefined` drops it. Default: names are passed on unchanged, and
   * those that the snapshot does not have grant nothing.
   */
  readonly map?: (name: string, of: "roles" | "teams") => string | undefined;
  /**
   * What to do if there are too many groups for the token, or they are not a list. `"ignore"`: the subject
   * has no teams. Default: the subject is disabled.
   */
  readonly onOverflow?: "ignore";
}
