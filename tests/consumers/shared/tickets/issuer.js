// Stands in for your identity provider, on this machine.

import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

const PEOPLE = {
  ana: { organization: "acme", realm_access: { roles: ["agent"] }, groups: ["/sales"] },
  cy: { organization: "acme", realm_access: { roles: ["lead"] } },
  gateway: { organization: "acme", realm_access: { roles: ["gateway"] } },
};

/** Serves its public key, and writes tokens to `tokens.env`. Gives its address. */
export async function startIssuer(port = 8080) {
  const issuer = `http://127.0.0.1:${port}/realms/desk`;
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: "ES256" }] });
  createServer((_, response) => response.end(keys)).listen(port, "127.0.0.1");
  let lines = "";
  for (const [sub, claims] of Object.entries(PEOPLE)) {
    const token = new SignJWT({ sub, ...claims }).setProtectedHeader({ alg: "ES256" });
    token.setIssuer(issuer).setAudience("tickets").setExpirationTime("8h");
    lines += `${sub.toUpperCase()}=${await token.sign(privateKey)}\n`;
  }
  await writeFile("tokens.env", lines);
  return issuer;
}
