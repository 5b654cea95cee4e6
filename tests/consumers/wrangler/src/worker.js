import { env, waitUntil } from "cloudflare:workers";
import { fromKV, keep } from "rolegate/edge";
import { answer } from "./service.js";

const roles = keep((tenant) => fromKV(env.ROLES, tenant), {
  every: 60_000, // for a minute from memory, then KV is asked again
  maxStale: 3_600_000, // KV may be out of reach, or have something broken, for an hour
  waitUntil,
  onError: (error) => console.error(error.message),
});

export default {
  async fetch(request) {
    const tenant = await roles.current("acme").catch(() => undefined);
    return tenant === undefined ? new Response("No roles", { status: 503 }) : answer(tenant, request);
  },
};
