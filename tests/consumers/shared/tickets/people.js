import { createRemoteJWKSet, jwtVerify } from "jose";
import { keycloak, subjectFrom } from "rolegate/claims";

/** Codes of `jose` for a token that is not valid. All others are failures, of the issuer or on the way. */
const INVALID = /^ERR_(JWT_|JWS_|JOSE_ALG_|JOSE_NOT_|JWKS_NO_|JWKS_MULTIPLE_)/;

/**
 * Knows people by the tokens of an issuer, here a realm of Keycloak: a function that gives who sent the header
 * `Authorization`, and in which tenant; `null` where there is no valid token.
 */
export function peopleOf(issuer) {
  const keys = createRemoteJWKSet(new URL(`${issuer}/protocol/openid-connect/certs`));
  const required = { issuer, audience: "tickets", algorithms: ["ES256", "RS256"], requiredClaims: ["sub", "exp"] };
  const verified = async (token) => {
    try {
      return (await jwtVerify(token, keys, required)).payload;
    } catch (error) {
      if (INVALID.test(error.code)) return undefined;
      throw error;
    }
  };

  return async (authorization) => {
    const token = /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];
    const claims = token && (await verified(token));
    if (typeof claims?.organization !== "string") return null;
    const { organization: tenant } = claims;
    const map = (name, of) => (of === "teams" ? name.replace("/", "") : name); // groups are paths
    const { subject, options, problems } = subjectFrom(claims, { ...keycloak, tenant, map });
    if (problems.length > 0) console.warn(subject.id, problems);
    return { tenant, subject, options };
  };
}
