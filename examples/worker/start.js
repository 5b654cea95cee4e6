// Starts everything on this machine: an issuer of tokens, tables, the Worker, and the first snapshots.

import { spawn, spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { startIssuer } from "./issuer.js";
import { publicKeys } from "./keys.js";
import { publishFile } from "./publish.js";

const port = process.env.PORT ?? "3000";
const url = `http://127.0.0.1:${port}`;
const issuer = process.env.ISSUER ?? (await startIssuer());

const variables = { BASE_URL: url, ISSUER: issuer, SIGNING_KEYS: await publicKeys() };
await writeFile(".dev.vars", Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`).join(""));

const inherit = { stdio: "inherit" };
const { status } = spawnSync("wrangler", ["d1", "execute", "DB", "--local", "--yes", "--file", "schema.sql"], inherit);
if (status !== 0) process.exit(1);

const server = spawn("wrangler", ["dev", "--ip", "127.0.0.1", "--port", port], inherit);
server.once("exit", (code) => process.exit(code ?? 1));
process.once("exit", () => server.kill());
while (!(await fetch(url).catch(() => false))) await new Promise((done) => setTimeout(done, 100));
for (const file of ["roles/acme.json", "roles/globex.json"]) {
  const { code, revision } = await publishFile(url, file);
  console.log(`${file}: ${code ?? "published"}, revision ${revision} is there`);
}
console.log(`Ready: ${url}/tickets`);
