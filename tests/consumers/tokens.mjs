// An issuer of tokens for tests: one key, its public half served where Keycloak serves it.

import { deepEqual, match } from "node:assert/strict";
import { spawn } from "node:child_process";
import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, join } from "node:path";

const base64url = (value) =>
  Buffer.from(typeof value === "string" || Buffer.isBuffer(value) ? value : JSON.stringify(value)).toString(
    "base64url",
  );

/** Serves the public key of an issuer. `token(claims, key)` signs, with its own key if no other is given. */
export async function serveIssuer() {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const kid = randomUUID();
  const jwks = JSON.stringify({
    keys: [{ ...publicKey.export({ format: "jwk" }), kid, alg: "ES256", use: "sig" }],
  });
  const server = createServer((_, response) =>
    response.setHeader("content-type", "application/json").end(jwks),
  );
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${server.address().port}/realms/acme`;
  const token = (claims, key = privateKey) => {
    const exp = Math.floor(Date.now() / 1000) + 300;
    const text = `${base64url({ alg: "ES256", kid, typ: "JWT" })}.${base64url({ iss: issuer, aud: "inbox", exp, ...claims })}`;
    return `${text}.${base64url(sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }))}`;
  };
  return { issuer, token, stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) };
}

/** The same, and has the project in `folder` believe this issuer. */
export async function startIssuer(folder, file) {
  const { issuer, token, stop } = await serveIssuer();
  await writeFile(join(folder, file), `export const ISSUER = ${JSON.stringify(issuer)};\n`);
  return { token, stop };
}

/** Starts `try.js`, beside the file of the issuer, on a free port; gives the token that it prints. */
export async function tryIssuer(folder, file) {
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address();
  await new Promise((resolve) => free.close(resolve));
  await writeFile(join(folder, file), `export const ISSUER = "http://localhost:${port}/realms/acme";\n`);
  const child = spawn(process.execPath, [join(folder, dirname(file), "try.js")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const [token] = await Promise.race([once(child.stdout, "data"), ended.then(() => ["no token"])]);
  return { token: String(token).trim(), stop: () => (child.kill(), ended) };
}

/** What the page says that a service answers to the token of `try.js`. */
export async function answersAsTried(origin, { token }) {
  const headers = { authorization: `Bearer ${token}` };
  const ask = async (id, init) => (await fetch(`${origin}/reply/${id}`, init)).text();
  deepEqual(
    [await ask("invoice", { headers }), await ask("nothing", { headers }), await ask("invoice")],
    ["sent", "Not found", "Who are you?"],
  );
  match(await ask("delivery", { headers }), /\.$/);
}

/** Asks a service of `shared/people.js` as people whom its roles do not list. */
export async function answersToTokens(origin, { token }) {
  const ask = async (path, bearer) => {
    const response = await fetch(`${origin}${path}`, {
      headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
    });
    return [response.status, await response.text()];
  };
  const agent = {
    sub: "eve",
    realm_access: { roles: ["default-roles-acme", "offline_access", "agent"] },
    groups: ["/sales"],
  };
  deepEqual(await ask("/reply/invoice", token(agent)), [200, "sent"]);
  deepEqual((await ask("/reply/delivery", token(agent)))[0], 403);
  // What is not there is not found, also by those who may reply to everything.
  for (const role of ["agent", "reader"])
    deepEqual(await ask("/reply/nothing", token({ ...agent, realm_access: { roles: [role] } })), [
      404,
      "Not found",
    ]);
  for (const less of [
    { realm_access: {} },
    { realm_access: { roles: "agent" } },
    { groups: "/sales" },
    { hasgroups: true },
    { realm_access: { roles: ["reader"] } },
  ])
    deepEqual((await ask("/reply/invoice", token({ ...agent, ...less })))[0], 403, JSON.stringify(less));
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const [header, payload] = token(agent).split(".");
  const unsigned = `${base64url({ alg: "none" })}.${payload}.`;
  const refused = [
    undefined,
    "",
    "x",
    `${header}.${payload}.`,
    unsigned,
    token(agent, privateKey),
    token({ ...agent, exp: 1 }),
    token({ ...agent, exp: undefined }),
    token({ ...agent, aud: "other" }),
    token({ ...agent, iss: "https://other.example.com" }),
  ];
  for (const bearer of refused) deepEqual((await ask("/reply/invoice", bearer))[0], 401, bearer);
}
