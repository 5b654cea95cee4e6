// Hooks of an application that are asynchronous and fail: none of them ends the process, wherever it is told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import { Hono } from "hono";
import { createHandler } from "../../../pkg/authzen/index.js";
import { keep } from "../../../pkg/edge/index.js";
import { load } from "../../../pkg/entries/node.js";
import * as forHono from "../../../pkg/hono/index.js";

const DOCUMENT = {
  format: "rolegate/1",
  revision: 1,
  tenant: "acme",
  catalog: { categories: [{ id: "c", permissions: [{ id: "c.view" }] }] },
  roles: [{ id: "r", name: "R", grants: { "c.view": true } }],
  users: [{ id: "ana", roles: ["r"] }],
};
const fails = async () => {
  throw new Error("the log is down");
};
const BODY = {
  subject: { type: "user", id: "ana" },
  action: { name: "view" },
  resource: { type: "c", id: "1", properties: {} },
};
const post = (url) =>
  new Request(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(BODY),
  });

/** What nobody has caught while `action` ran, and soon after. */
async function uncaught(action) {
  const found = [];
  const hear = (error) => found.push(error.message);
  process.on("unhandledRejection", hear);
  try {
    await action();
    await later(20);
  } finally {
    process.off("unhandledRejection", hear);
  }
  return found;
}

test("onDecision, onError, and a source that is found later", async () => {
  const snapshot = await load(DOCUMENT);
  const found = await uncaught(async () => {
    assert.equal(snapshot.for("ana", { onDecision: fails }).can("c.view"), true);
    const handler = createHandler({
      baseUrl: "https://pdp.example.com",
      authenticate: fails,
      snapshot,
      onError: fails,
    });
    assert.equal((await handler(post("https://pdp.example.com/access/v1/evaluation"))).status, 503);
    const options = { every: 1_000, maxStale: 1_000, onError: fails, waitUntil: fails };
    await assert.rejects(keep(fails, options).current("acme"), /the log is down/);
    const bytes = JSON.stringify(DOCUMENT);
    const kept = keep(async () => ({ get: async () => ({ bytes }) }), options);
    assert.equal((await kept.current("acme")).revision, 1);
    await assert.rejects(keep(() => undefined, options).current("acme"), { code: "bad-options" });
  });
  assert.deepEqual(found, []);
});

test("a tenant that is forgotten, and cannot be unwatched, concerns no other", async () => {
  const found = await uncaught(async () => {
    const stop = () => {
      throw new Error("cannot be closed");
    };
    const source = (tenant) => ({
      get: async () => ({ bytes: JSON.stringify({ ...DOCUMENT, tenant }) }),
      watch: () => stop,
    });
    const kept = keep(source, { every: 1_000, maxStale: 1_000, max: 1 });
    await kept.current("acme");
    assert.equal((await kept.current("globex")).tenant, "globex");
  });
  assert.deepEqual(found, []);
});

test("a path that names a tenant gets nothing from the snapshot of another one", async () => {
  const snapshot = await load(DOCUMENT);
  const heard = [];
  const handler = createHandler({
    baseUrl: "https://pdp.example.com",
    authenticate: () => "gateway",
    snapshot: () => snapshot,
    onError: (error) => heard.push(error.code),
  });
  const statusOf = async (path) =>
    (await handler(post(`https://pdp.example.com${path}/access/v1/evaluation`))).status;
  assert.equal(await statusOf("/acme"), 200);
  assert.equal(await statusOf("/globex"), 503);
  assert.deepEqual(heard, ["wrong-tenant"]);
});

test("what was said before of a response in Hono makes no refusal public", async () => {
  const { requireCan } = forHono.createGuard({ gate: () => null });
  const app = new Hono();
  app.use(async (c, next) => {
    c.res.headers.set("access-control-allow-origin", "*");
    c.header("cache-control", "public, max-age=60");
    await next();
  });
  app.get("/", requireCan("c.view", forHono.ANY), (c) => c.text("in"));
  const response = await app.request("/");
  assert.deepEqual(
    [response.status, response.headers.get("cache-control"), response.headers.get("content-type")],
    [401, "no-store", "application/problem+json"],
  );
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
});
