import { serve } from "@hono/node-server";
import pg from "pg";
import { keep } from "rolegate/edge";
import { createApp } from "./app.js";
import { peopleOf } from "./people.js";
import { publishTo, verifierOf } from "./publishing.js";
import { snapshotsIn } from "./snapshots.js";

const { BASE_URL, DATABASE_URL, ISSUER, PORT = "3000", SIGNING_KEYS } = process.env;
const needed = { BASE_URL, DATABASE_URL, ISSUER, SIGNING_KEYS };
const missing = Object.keys(needed).filter((name) => !needed[name]);
if (missing.length > 0) {
  console.error(`These variables are missing: ${missing.join(", ")}. README.md says what they are.`);
  process.exit(1);
}

const verify = verifierOf(JSON.parse(SIGNING_KEYS));
const pool = new pg.Pool({ connectionString: DATABASE_URL });
pool.on("error", (error) => console.error(error.message));
const sourceOf = snapshotsIn(pool);

const app = createApp({
  baseUrl: BASE_URL,
  personOf: peopleOf(ISSUER),
  snapshots: keep(sourceOf, {
    every: 60_000,
    maxStale: 3_600_000,
    verify,
    onError: (error, tenant) => console.error(tenant, error.message),
  }),
  publish: (tenant, jws) => publishTo(sourceOf(tenant), tenant, jws, verify),
  db: { dialect: "postgres", query: async (text, values) => (await pool.query(text, values)).rows },
});

serve({ fetch: app.fetch, port: Number(PORT) });
