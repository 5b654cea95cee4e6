// Starts everything on this machine: an issuer of tokens, tables, the server, and the first snapshots.

import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import pg from "pg";
import { startIssuer } from "./issuer.js";
import { publicKeys } from "./keys.js";
import { publishFile } from "./publish.js";
import { TABLE } from "./src/snapshots.js";

const port = process.env.PORT ?? "3000";
const url = `http://127.0.0.1:${port}`;
const issuer = process.env.ISSUER ?? (await startIssuer());

const variables = { BASE_URL: url, ISSUER: issuer, PORT: port, SIGNING_KEYS: await publicKeys() };

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query(TABLE);
await client.query(await readFile("schema.sql", "utf8"));
await client.end();

const options = { env: { ...process.env, ...variables }, stdio: "inherit" };
const server = spawn(process.execPath, ["src/server.js"], options);
server.once("exit", (code) => process.exit(code ?? 1));
process.once("exit", () => server.kill());
while (!(await fetch(url).catch(() => false))) await new Promise((done) => setTimeout(done, 100));
for (const file of ["roles/acme.json", "roles/globex.json"]) {
  const { code, revision } = await publishFile(url, file);
  console.log(`${file}: ${code ?? "published"}, revision ${revision} is there`);
}
console.log(`Ready: ${url}/tickets`);
