import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { ISSUER } from "./issuer.js";

const { publicKey, privateKey } = await generateKeyPair("ES256");
const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: "ES256" }] });
createServer((_, response) => response.end(keys)).listen(new URL(ISSUER).port);

const claims = { sub: "eve", realm_access: { roles: ["offline_access", "agent"] }, groups: ["/sales"] };
const token = new SignJWT(claims).setProtectedHeader({ alg: "ES256" });
token.setIssuer(ISSUER).setAudience("inbox").setExpirationTime("1h");
console.log(await token.sign(privateKey));
