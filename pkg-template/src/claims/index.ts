// `rolegate/claims`: people from the claims of a token or from a database row, without wasm or a snapshot.
// Nothing here decodes a token: pass the payload of a token that was verified.

import { toId } from "../core/attributes.js";
import { type ErrorCode, printable, RolegateError } from "../core/errors.js";
import type { Limit, Subject, UserId } from "../types/types.js";
import type { Claim, ClaimMapping, ClaimText, Names, TenantClaim } from "./mapping.js";

export type { Claim, ClaimMapping, ClaimText, Names, TenantClaim } from "./mapping.js";
export { auth0, betterAuth, clerk, cognito, entra, firebase, keycloak, supabase, workos } from "./presets.js";

/** Options of {@link subjectFrom}. */
export interface ClaimOptions extends ClaimMapping {
  /**
   * The expected tenant, compared with {@link ClaimMapping.tenantClaim} or with `claim`. `null`: explicitly
   * not checked.
   */
  readonly tenant: UserId | TenantClaim | null;
}

/** Options of {@link subjectFromRow}: columns instead of claims. */
export interface RowColumns extends ClaimMapping {
  /** The column of the id, such as `user_id`. */
  readonly id: Claim;
  /** The expected tenant of the row. Default: not checked, because the query has selected it. */
  readonly tenant?: UserId | TenantClaim | null;
}

/** A problem with a claim, for a log. */
export interface ClaimProblem {
  readonly claim: string;
  readonly problem: string;
}

/** For `snapshot.for(subject, options)`. */
export interface FromClaims {
  readonly subject: Subject;
  readonly options: { readonly limit?: readonly Limit[]; readonly until?: number };
  /** At most a hundred. */
  readonly problems: readonly ClaimProblem[];
}

const OPTIONS = "tenant tenantClaim id roles teams attributes limit expires map onOverflow";

/**
 * The own keys of options. This does not use options.ts, which would add a fifth to the size of this entry.
 * An explicit `undefined` does not count as absent, because it may have been meant to name a claim. `tenant`
 * is checked separately.
 */
function ownOptions<T extends object>(given: T, names: string): Partial<T> {
  const refuseOf = (what: unknown): never => refuse(`${what} is not one of ${names}`);
  for (const [key, value] of Object.entries(given ?? refuseOf(given))) {
    if (
      !names.split(" ").includes(key) ||
      (value == null && !"is tenant".includes(key)) ||
      (key === "onOverflow" && value !== "ignore")
    )
      refuseOf(`\`${key}: ${shown(value)}\``);
  }
  return { __proto__: null, ...given };
}

function refuse(message: string, code: ErrorCode = "bad-options"): never {
  throw new RolegateError(code, message);
}

/**
 * Makes a subject from the claims of a token, such as the payload that `jwtVerify` of `jose` returns:
 *
 * ```ts
 * const { subject, options, problems } = subjectFrom(payload, { ...keycloak, tenant: null });
 * const gate = snapshot.for(subject, options);
 * ```
 *
 * Missing or malformed claims never give more access, only less. Nobody gets a role that no claim names.
 * @param claims the payload of a verified token
 * @param options a preset and what differs from it
 * @throws {RolegateError} `wrong-tenant` for another tenant, for none and for `tenant: undefined`;
 *   `bad-subject` if there is no id; `bad-options`
 */
export function subjectFrom(claims: object, options: ClaimOptions): FromClaims {
  if (typeof claims === "string") refuse("verify the token first");
  return personFrom(claims, options, false);
}

/**
 * Makes a subject from a database row, or from the rows that a join returns for one person. `null` counts as
 * absent, and a text as one name.
 * @throws {RolegateError} as {@link subjectFrom}; `bad-subject` also for rows of several people
 */
export function subjectFromRow(row: object | readonly object[], columns: RowColumns): FromClaims {
  return personFrom(row, { tenant: null, expires: false, ...columns }, true);
}

function personFrom(source: object, options: ClaimOptions, isRow: boolean): FromClaims {
  const {
    tenant,
    tenantClaim,
    id = "sub",
    roles = [],
    teams = [],
    attributes,
    limit = false,
    expires = "exp",
    map,
    onOverflow,
  } = ownOptions(options, OPTIONS);
  const problems: ClaimProblem[] = [];
  const subject = {} as Writable<Subject>;
  const bounds: Writable<FromClaims["options"]> = {};

  const tell = (claim: Claim, option: string, value: unknown, wanted: string): void => {
    if (problems.length < MAX_PROBLEMS)
      problems.push({
        claim: typeof claim === "string" ? claim : option,
        problem: `invalid ${wanted}: ${shown(value)}`,
      });
  };

  /** A single value: the only element of a list, or the value that all rows of a join have. */
  const oneAt = (claim: unknown, option: string): unknown => {
    const value = valueOf(source, claim, option);
    return Array.isArray(value) && (isRow || option === "tenant") && new Set(value).size < 2
      ? value[0]
      : value;
  };

  const namesAt = (places: Names, option: "roles" | "teams" | "limit"): string[] => {
    const names = new Set<string>();
    for (const place of [places].flat() as (Claim | ClaimText)[]) {
      const { claim, one, split } = (
        typeof place === "object" ? ownOptions(place, "claim one split") : { claim: place }
      ) as ClaimText;
      let value = valueOf(source, claim, option) ?? [];
      if (typeof value === "string" && split) value = value.split(split).flatMap((name) => name.trim() || []);
      else if ((isRow || one) && toId(value)) value = [value];
      if (!Array.isArray(value)) {
        tell(claim, option, value, "list");
        if ((value === UNKNOWN || option === "teams") && !onOverflow) subject.disabled = true;
        continue;
      }
      for (const each of value) {
        const known = toId(each);
        const name: unknown = known && map && option !== "limit" ? map(known, option) : each;
        if (toId(name)) names.add(toId(name) as string);
        else if (name != null || !(isRow || known)) tell(claim, option, name, "id");
      }
    }
    return [...names];
  };

  const checkTenant = (): void => {
    const { claim = tenantClaim, is } =
      typeof tenant === "object" ? ownOptions(tenant as TenantClaim, "claim is") : { is: tenant };
    const wanted = toId(is);
    const value = wanted && oneAt(claim, "tenant");
    if (!wanted || toId(value) !== wanted)
      refuse(`the tenant is ${shown(value)}, not ${shown(is)}`, "wrong-tenant");
  };

  const idOf = (who: unknown): string => toId(who) ?? refuse(`the id is ${shown(who)}`, "bad-subject");

  const attributesAt = (places: object): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(places)
        .map(([name, claim]) => [name, oneAt(claim, "attributes")] as const)
        .filter(([, value]) => value !== undefined && value !== UNKNOWN),
    );

  const endAt = (claim: Claim): void => {
    const end = oneAt(claim, "expires");
    if (end === undefined) return;
    bounds.until = Number.isFinite(end) ? (end as number) * 1000 : 0;
    if (!Number.isFinite(end)) tell(claim, "expires", end, "time");
  };

  if (tenant !== null) checkTenant();
  subject.id = idOf(oneAt(id, "id"));
  subject.roles = namesAt(roles, "roles");
  subject.teams = namesAt(teams, "teams");
  if (attributes) subject.attributes = attributesAt(attributes);
  if (limit !== false) bounds.limit = namesAt(limit, "limit") as Limit[];
  if (expires !== false) endAt(expires);
  return { subject, options: bounds, problems };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Claims that users can write themselves, by their names in Auth0, Clerk and Supabase; and all custom
 * attributes at once, some of which are such.
 */
const USER_EDITABLE = /(user|unsafe)_?meta_?data|custom:\*/i;

/** Stands for a value that exists and cannot be read. */
const UNKNOWN: unique symbol = Symbol("left out or unreadable");
const MAX_PROBLEMS = 100;
const MAX_SHOWN = 40;

/**
 * The value of a claim; `undefined` if it is absent or null. A list is copied, so that reading it later runs
 * no getters.
 */
function valueOf(source: object, claim: unknown, option: string): unknown {
  if (typeof claim !== "function" && (typeof claim !== "string" || USER_EDITABLE.test(claim)))
    refuse(`\`${option}\`: ${shown(claim)} is not a safe claim`);
  const at = (path: string): unknown => valueAt(source, path);
  try {
    if (isLeftOut(at, claim)) return UNKNOWN;
    const value = typeof claim === "function" ? claim(source, at) : at(claim as string);
    if (option === "expires" && value instanceof Date) return Number(value) / 1000;
    return Array.isArray(value) ? Array.from(value) : (value ?? undefined);
  } catch {
    return UNKNOWN;
  }
}

/**
 * Takes the longest own key with which the path begins, then looks up the rest in its value. Inherited
 * properties do not count.
 */
function valueAt(value: unknown, path: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  for (let end = path.length; end > 0; end = path.lastIndexOf(".", end - 1)) {
    const key = path.slice(0, end);
    if (!Object.hasOwn(value, key)) continue;
    const held = (value as Record<string, unknown>)[key];
    return end === path.length ? held : valueAt(held, path.slice(end + 1));
  }
  return Array.isArray(value)
    ? value.map((element: unknown) => (Array.isArray(element) ? undefined : valueAt(element, path)))
    : undefined;
}

/**
 * Whether the claims say that a list was left out because it is too long: in the form of OpenID Connect, or
 * in that of Entra ID for tokens in a URL.
 */
function isLeftOut(at: (path: string) => unknown, claim: unknown): boolean {
  return (
    Object.hasOwn(Object(at("_claim_names")) as object, claim as string) ||
    (claim === "groups" && Boolean(at("hasgroups")))
  );
}

/** A value in a sentence: short, and without what controls a terminal. */
function shown(value: unknown): string {
  if (typeof value === "string") return printable(`"${value.slice(0, MAX_SHOWN)}"`);
  return Object(value) === value ? "an object" : String((value as symbol | undefined)?.description ?? value);
}
