import { createRemoteJWKSet, jwtVerify } from "jose";
import { keycloak, subjectFrom } from "rolegate/claims";
import { ISSUER } from "./issuer.js";

const keys = createRemoteJWKSet(new URL(`${ISSUER}/protocol/openid-connect/certs`));
const REQUIRED = { issuer: ISSUER, audience: "inbox", algorithms: ["ES256", "RS256"], requiredClaims: ["exp"] };
const PEOPLE = { ...keycloak, tenant: { claim: "iss", is: ISSUER }, map: (name, of) => (of === "teams" ? name.replace("/", "") : name) };

/** The gate of whoever sent this header; `null` where there is no valid token. */
export async function gateOf(tenant, authorization) {
  const token = /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];
  const verified = token && (await jwtVerify(token, keys, REQUIRED).catch((error) => console.warn(error.message)));
  if (!verified) return null;
  const { subject, options, problems } = subjectFrom(verified.payload, PEOPLE);
  if (problems.length > 0) console.warn(subject.id, problems);
  return tenant.for(subject, options);
}
