import { load } from "rolegate";
import { answer } from "./service.js";

const KEPT = 60_000; // milliseconds for which an isolate keeps using a loaded snapshot
let tenant;
let until = 0;

export default {
  async fetch(request, env) {
    if (tenant === undefined || Date.now() >= until) await renew(env);
    return tenant === undefined ? new Response("No roles", { status: 503 }) : answer(tenant, request);
  },
};

/** Loads the snapshot in KV. If it is broken or older, the loaded one stays in use, at most until it expires. */
async function renew(env) {
  try {
    const roles = await env.ROLES.get("acme", "arrayBuffer");
    tenant = await load(roles, { minRevision: tenant?.revision ?? 0 });
  } catch (error) {
    console.error(error);
  }
  until = Date.now() + KEPT;
}
