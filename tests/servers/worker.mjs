// The Worker of workers.mjs: it keeps snapshots of KV, R2 and an address, and publishes.

import { DurableObject, env, waitUntil } from "cloudflare:workers";
import { fromKV, fromR2, fromUrl, inDurableObject, isRolegateError, keep, publish } from "rolegate/edge";
import { remoteKeys, verifier } from "rolegate/signed";

const from = {
  kv: (tenant) => fromKV(env.KV, tenant),
  r2: (tenant) => fromR2(env.R2, tenant),
  url: (tenant) => fromUrl(`https://store.example/${tenant}`),
};
const errors = [];
const onError = ({ code }, tenant) => errors.push(`${tenant} ${code}`);
const often = { every: 0, maxStale: 600_000, onError };
const forAll = { tenant: null, subject: null };
/** Each kept for as long as the isolate lives. */
const kept = {
  kv: keep(from.kv, often),
  r2: keep(from.r2, often),
  url: keep(from.url, { ...often, every: 60_000 }),
  waiting: keep(from.url, { ...often, every: 60_000, waitUntil }),
  often: keep(from.url, often),
  signed: keep(from.kv, { ...often, verify: verifier(JSON.parse(env.KEYS), forAll) }),
  remote: keep(from.kv, { ...often, verify: verifier(remoteKeys("https://store.example/keys"), forAll) }),
};

/** What an error says across a call of a Durable Object. */
const said = async (work) => {
  try {
    const { revision } = await work();
    return { revision };
  } catch (error) {
    const { code, message, current } = error;
    return { code, message, mine: isRolegateError(error), current: current?.revision };
  }
};

export class Publisher extends DurableObject {
  publish(tenant, json) {
    return said(() => publish(inDurableObject(this.ctx, this.env.KV, tenant), json, { tenant }));
  }
}

export default {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const [, action, store, tenant] = pathname.split("/").map(decodeURIComponent);
    if (action === "current") return Response.json(await said(() => kept[store].current(tenant)));
    if (action === "leave") {
      // Asks, and does not wait for what it gets.
      void kept[store].current(tenant).catch(() => undefined);
      await new Promise((done) => setTimeout(done, 20));
      return Response.json("left");
    }
    if (action === "many") {
      const all = await Promise.all(searchParams.getAll("tenant").map((name) => kept[store].current(name)));
      return Response.json(all.map(({ tenant, revision }) => [tenant, revision]));
    }
    if (action === "put") {
      const source = from[store](tenant);
      const more = new URL(request.url).searchParams.has("anew") ? { base: null } : {};
      return Response.json(
        await said(async () => publish(source, await request.text(), { tenant, ...more })),
      );
    }
    if (action === "through")
      return Response.json(await env.PUBLISHER.getByName(tenant).publish(tenant, await request.text()));
    return Response.json(errors.splice(0));
  },
};
