// Where identity providers put roles, permissions and groups. Each is plain data:
// `{ ...keycloak, roles: "resource_access.web.roles" }` changes a part.

import type { ClaimMapping } from "./mapping.js";

/**
 * Auth0: permissions limit the gate. Roles are under a name that you choose:
 * `{ ...auth0, roles: "https://example.com/roles", tenant }`.
 */
export const auth0: ClaimMapping = { limit: "permissions", tenantClaim: "org_id" };

/** Keycloak: roles of the realm; those of a client are `resource_access.CLIENT.roles`. */
export const keycloak: ClaimMapping = {
  roles: "realm_access.roles",
  teams: "groups",
  tenantClaim: "organization",
};

/** Microsoft Entra ID: app roles, and groups by their object ids. */
export const entra: ClaimMapping = { id: "oid", roles: "roles", teams: "groups", tenantClaim: "tid" };

/** Amazon Cognito: groups are roles, in both kinds of token. Custom attributes (`custom:…`) must be named. */
export const cognito: ClaimMapping = { roles: "cognito:groups" };

type At = (path: string) => unknown;

/**
 * Clerk, session tokens of both versions: the role without `org:` (`admin`), permissions as Clerk writes them
 * (`org:invoices:read`). Version 2 has a bit mask for each feature of the organization; the lowest bit is the
 * first permission.
 */
export const clerk: ClaimMapping = {
  roles: {
    claim: (_: object, at: At) => at("o.rol") ?? (at("org_role") as string | undefined)?.replace(/^org:/, ""),
    one: true,
  },
  limit: (_: object, at: At) => {
    const masks = `${at("o.fpm") ?? ""}`.split(",");
    const granted = (feature: string, index: number) =>
      `${at("o.per")}`
        .split(",")
        .filter((_name, bit) => (BigInt(masks[index] ?? 0) >> BigInt(bit)) & 1n)
        .map((permission) => `${feature.replace("o", "org")}:${permission}`);
    return at("o") ? `${at("fea")}`.match(/o:[^,]+/g)?.flatMap(granted) : at("org_permissions");
  },
  tenantClaim: (_: object, at: At) => at("o.id") ?? at("org_id"),
};

/** WorkOS AuthKit: `roles`, and `role`, which is one of them. */
export const workos: ClaimMapping = {
  roles: ["roles", { claim: "role", one: true }],
  limit: "permissions",
  tenantClaim: "org_id",
};

/**
 * Better Auth: a member of an organization, as returned by `getActiveMember`. The names of its roles are one
 * text.
 */
export const betterAuth: ClaimMapping = {
  id: "userId",
  roles: { claim: "role", split: "," },
  tenantClaim: "organizationId",
};

/** Supabase: `app_metadata`, and `user_role` of a hook. `role` is a database role and never read. */
export const supabase: ClaimMapping = {
  roles: ["app_metadata.roles", { claim: "app_metadata.role", one: true }, { claim: "user_role", one: true }],
};

/** Firebase, Google Identity Platform: custom claims. */
export const firebase: ClaimMapping = {
  roles: ["roles", { claim: "role", one: true }],
  teams: "teams",
  tenantClaim: "firebase.tenant",
};
