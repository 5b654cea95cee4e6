import { DurableObject, env, waitUntil } from "cloudflare:workers";
import { fromKV, inDurableObject, keep } from "rolegate/edge";
import { createApp } from "./app.js";
import { peopleOf } from "./people.js";
import { publishTo, verifierOf } from "./publishing.js";

const missing = ["BASE_URL", "ISSUER", "SIGNING_KEYS"].filter((name) => !env[name]);
if (missing.length > 0)
  throw new Error(`These variables are missing: ${missing.join(", ")}. README.md says what they are.`);

const verify = verifierOf(JSON.parse(env.SIGNING_KEYS));

/** The one that writes the snapshot of its tenant: Workers KV cannot compare before it writes. */
export class Publisher extends DurableObject {
  get(tenant) {
    return inDurableObject(this.ctx, this.env.ROLES, tenant).get();
  }
  put(tenant, bytes, etag) {
    return inDurableObject(this.ctx, this.env.ROLES, tenant).put(bytes, etag);
  }
}

/** What is published is verified here, before there is such an object. */
function publishing(tenant) {
  const publisher = env.PUBLISHER.getByName(tenant);
  return { get: () => publisher.get(tenant), put: (bytes, etag) => publisher.put(tenant, bytes, etag) };
}

export default createApp({
  baseUrl: env.BASE_URL,
  personOf: peopleOf(env.ISSUER),
  snapshots: keep((tenant) => fromKV(env.ROLES, tenant, { cacheTtl: 30 }), {
    every: 5_000,
    maxStale: 3_600_000,
    verify,
    waitUntil,
    onError: (error, tenant) => console.error(tenant, error.message),
  }),
  publish: (tenant, jws) => publishTo(publishing(tenant), tenant, jws, verify),
  db: {
    dialect: "sqlite",
    query: async (text, values) => (await env.DB.prepare(text).bind(...values).all()).results,
  },
});
