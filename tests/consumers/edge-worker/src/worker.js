import { DurableObject, env, waitUntil } from "cloudflare:workers";
import { fromKV, inDurableObject, keep, publish } from "rolegate/edge";
import { ANY, createGuard } from "rolegate/guard";

const roles = keep((tenant) => fromKV(env.ROLES, tenant), {
  every: 60_000, // for a minute from memory, then KV is asked again
  maxStale: 3_600_000, // KV may be out of reach for an hour
  waitUntil,
  onError: (error, tenant) => console.error(tenant, error.message),
});

const tenantOf = (request) => new URL(request.url).pathname.split("/")[1];

const { requireCan } = createGuard({
  async gate(request) {
    const user = request.headers.get("x-user"); // yours: a session, or a verified token, of this tenant
    return user === null ? null : (await roles.current(tenantOf(request))).for(user);
  },
  onError: console.error,
});
const notes = requireCan("notes.view", ANY)(() => Response.json(["a note"]));

/** One object for each tenant: all who publish go through it. */
export class Publisher extends DurableObject {
  async publish(tenant, json) {
    try {
      const { revision } = await publish(inDurableObject(this.ctx, env.ROLES, tenant), json, { tenant });
      return { revision };
    } catch ({ code, message, current }) {
      return { code, message, revision: current?.revision }; // errors reach the caller without their code
    }
  }
}

export default {
  async fetch(request) {
    if (request.method !== "PUT") return notes(request);
    const tenant = tenantOf(request); // yours: whether this is somebody who may
    return Response.json(await env.PUBLISHER.getByName(tenant).publish(tenant, await request.text()));
  },
};
