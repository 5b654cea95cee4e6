// Guards whose application is wrong, or whose request is answered by somebody else: none of it gives access.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { load } from "../../../pkg/entries/node.js";
import * as forExpress from "../../../pkg/express/index.js";
import * as forFastify from "../../../pkg/fastify/index.js";
import { ANY, checkerOf, createGuard } from "../../../pkg/guard/index.js";
import * as forHono from "../../../pkg/hono/index.js";
import { restore } from "../../../pkg/lite/index.js";

const snapshot = await load({
  format: "rolegate/1",
  revision: 1,
  catalog: {
    categories: [
      { id: "notes", permissions: [{ id: "notes.edit", scopes: ["own", "all"] }, { id: "notes.tidy" }] },
    ],
  },
  roles: [
    { id: "author", name: "Author", grants: { "notes.edit": "own", "notes.tidy": true } },
    { id: "editor", name: "Editor", grants: { "notes.*": "all" } },
  ],
  users: [
    { id: "ana", roles: ["author"] },
    { id: "bo", roles: ["editor"] },
  ],
});
const gateOf = (user) => () => snapshot.for(user);

/** The status, 200 for whoever goes on. */
async function statusOf(options, permission, ...asked) {
  const { refusal, headers } = await checkerOf(options)(permission, ...asked)({});
  if (refusal !== undefined) assert.equal(headers["cache-control"], "no-store");
  return refusal?.status ?? 200;
}

test("what a resolver gives that is not a record is an unknown one", async () => {
  const odd = [
    null,
    undefined,
    "ana",
    7,
    7n,
    true,
    Symbol("ana"),
    [],
    [{ owner: "ana" }],
    () => ({ owner: "ana" }),
  ];
  odd.push(
    new Map([["owner", "ana"]]),
    new Response("{}"),
    new Error("none"),
    new Date(),
    Object.create(null),
  );
  for (const value of odd)
    for (const given of [value, Promise.resolve(value)])
      assert.equal(
        await statusOf({ gate: gateOf("ana") }, "notes.edit", () => given),
        403,
        String(typeof value),
      );
  class Note {
    get owner() {
      return "ana";
    }
  }
  assert.equal(await statusOf({ gate: gateOf("ana") }, "notes.edit", () => new Note()), 200);
  const unreadable = new Proxy(
    {},
    { get: () => assert.fail(), getOwnPropertyDescriptor: () => assert.fail() },
  );
  assert.equal(await statusOf({ gate: gateOf("ana") }, "notes.edit", () => unreadable), 403);
});

test("what a resolver throws is refused, whoever asks and whatever for", async () => {
  for (const [user, permission] of [
    ["ana", "notes.edit"],
    ["ana", "notes.tidy"],
    ["bo", "notes.edit"],
  ])
    for (const find of [() => Promise.reject(new Error("no database")), () => assert.fail("no database")]) {
      const heard = [];
      const options = { gate: gateOf(user), onError: ({ message }) => heard.push(message) };
      assert.equal(await statusOf(options, permission, find), 403);
      assert.equal(await statusOf(options, permission, find, { hide: true }), 404);
      assert.deepEqual(heard, ["no database", "no database"]);
    }
});

test("what is not a gate is no access, and heard", async () => {
  const odd = [
    false,
    "",
    0,
    "bo",
    {},
    [],
    snapshot,
    snapshot.for("bo").toJSON(),
    restore(snapshot.for("bo").toJSON()),
  ];
  for (const value of odd) {
    const heard = [];
    const options = { gate: () => value, onError: (error) => heard.push(error) };
    assert.equal(await statusOf(options, "notes.tidy"), 503, String(value));
    assert.deepEqual(
      heard.map(({ code, message }) => [code, message]),
      [["bad-options", "`gate` must give `snapshot.for(user)`"]],
    );
  }
  for (const nobody of [null, undefined])
    assert.equal(await statusOf({ gate: () => nobody }, "notes.tidy"), 401);
});

test("a gate that throws at a misspelt name refuses, and is heard", async () => {
  const heard = [];
  const options = {
    gate: () => snapshot.for("bo", { onUnknown: "throw" }),
    onError: ({ code }) => heard.push(code),
  };
  assert.equal(await statusOf(options, "notes.edti", ANY), 403);
  assert.deepEqual(heard, ["unknown-permission"]);
});

test("a misspelt permission, or one that lacks its resolver, is heard, and the refusal says no more", async () => {
  for (const [asked, told] of [
    [["notes.edti", ANY], /^`notes\.edti`: There is no permission `notes\.edti`\. Correct its name/],
    [["notes.edti", () => ({ owner: "bo" })], /^`notes\.edti`: There is no permission/],
    [["notes.tdy"], /^`notes\.tdy`: There is no permission/],
    [["notes.edit"], /^`notes\.edit`: A record is needed for `notes\.edit`\. .* add a resolver$/],
    [[undefined, ANY], /^`undefined`: There is no permission/],
  ])
    for (const hide of [false, true]) {
      const heard = [];
      const options = { gate: gateOf("bo"), hide, onError: (error) => heard.push(error) };
      const { refusal } = await checkerOf(options)(...asked)({});
      const [status, title] = hide ? [404, "Not Found"] : [403, "Forbidden"];
      assert.deepEqual(JSON.parse(JSON.stringify(refusal)), { type: "about:blank", title, status });
      assert.equal(heard.length, 1);
      assert.deepEqual([heard[0].name, heard[0].code], ["RolegateError", "bad-options"]);
      assert.match(heard[0].message, told);
    }
});

test("a refusal that is right is not heard", async () => {
  const options = { gate: gateOf("ana"), onError: assert.fail };
  const asks = (more, ...asked) => checkerOf({ ...options, ...more })(...asked)({});
  const reasonOf = async (...asked) => (await asks(...asked)).refusal.reason;
  assert.equal(await reasonOf({}, "notes.edit", () => null), "out-of-scope");
  assert.equal(await reasonOf({ gate: gateOf("stranger") }, "notes.edit"), "unknown-user");
  const limited = () => snapshot.for("bo", { limit: [] });
  assert.equal(await reasonOf({ gate: limited }, "notes.edit"), "limited");
  assert.equal(await reasonOf({ gate: limited }, "notes.edit", () => null), "limited");
});

test("a record that says something else the second time is refused without a reason", async () => {
  let times = 0;
  const moody = {
    get owner() {
      times += 1;
      return times % 2 === 1 ? "bo" : "ana";
    },
  };
  const options = { gate: gateOf("ana"), onError: assert.fail };
  const { refusal } = await checkerOf(options)("notes.edit", () => moody)({});
  assert.equal(times, 2);
  assert.deepEqual([refusal.status, refusal.reason, refusal.publicText], [403, undefined, undefined]);
});

test("a listener of errors that fails itself changes no answer", async (t) => {
  const unhandled = [];
  const listen = (error) => unhandled.push(error);
  process.on("unhandledRejection", listen);
  t.after(() => process.off("unhandledRejection", listen));
  const failing = [
    () => assert.fail("no log"),
    () => Promise.reject(new Error("no log")),
    () => new Promise(() => {}),
  ];
  for (const onError of failing) {
    assert.equal(await statusOf({ gate: () => assert.fail("no sessions"), onError }, "notes.tidy"), 503);
    assert.equal(
      await statusOf({ gate: gateOf("bo"), onError }, "notes.edit", () => assert.fail("no database")),
      403,
    );
  }
  await later(5);
  assert.deepEqual(unhandled, []);
});

test("options that are wrong are errors when a guard is made, not when it is asked", () => {
  const gate = gateOf("bo");
  for (const wrong of [
    {},
    { gate: undefined },
    { gate: "bo" },
    { gate, hidden: true },
    { gate, onError: "console" },
    { gate, hide: null },
    { gate, hide: "no" },
    { gate, hide: 0 },
    { gate, challenge: null },
    { gate, challenge: 5 },
    { gate, challenge: "" },
    { gate, challenge: " " },
  ])
    assert.throws(() => checkerOf(wrong), { code: "bad-options" });
  for (const challenge of [
    "Bearer\r\nset-cookie: user=bo",
    "Bearer\n",
    "Bearer realm=\u0000",
    "Bearer realm=é",
  ])
    assert.throws(() => checkerOf({ gate, challenge }), { code: "bad-options" });
  const named = { gate, challenge: 'Bearer realm="notes", error="invalid_token"' };
  for (const { createGuard: make } of [{ createGuard }, forHono, forExpress, forFastify]) {
    const { requireCan } = make(named);
    assert.throws(() => requireCan("notes.edit", ANY, { hidden: true }), { code: "bad-options" });
    for (const hide of [null, "no", 1])
      assert.throws(() => requireCan("notes.edit", ANY, { hide }), { code: "bad-options" });
    assert.throws(() => requireCan("notes.tidy", { hide: true }), { code: "bad-options" });
    assert.throws(() => requireCan("notes.edit", { owner: "bo" }), { code: "bad-options" });
    assert.throws(() => requireCan("notes.edit", Symbol("rolegate.any")), { code: "bad-options" });
  }
});

test("an `undefined` of a route leaves its refusals hidden", async () => {
  const options = { gate: gateOf("ana"), hide: true };
  assert.equal(await statusOf(options, "notes.edit", () => null, { hide: undefined }), 404);
  assert.equal(await statusOf({ ...options, hide: undefined }, "notes.edit", () => null), 403);
  assert.equal(await statusOf(options, "notes.edit", () => null, { hide: false }), 403);
});

test("one refusal cannot change the next one", async () => {
  const check = checkerOf({ gate: () => null })("notes.tidy");
  const first = await check({});
  first.headers["content-type"] = "text/html";
  first.refusal.status = 200;
  const { headers, refusal } = await check({});
  assert.deepEqual([headers["content-type"], refusal.status], ["application/problem+json", 401]);
});

test("what else handlers are given reaches gate and resolver", async () => {
  const env = { user: "ana", notes: { 1: { owner: "ana" } } };
  const { requireCan } = createGuard({ gate: (_, { user }) => snapshot.for(user) });
  const handler = requireCan(
    "notes.edit",
    (request, { notes }, { id }) => request.ok && notes[id],
  )((request, { record }, ...more) => Response.json([request.ok, record, ...more]));
  assert.equal((await handler({ ok: true }, env, { id: 2 })).status, 403);
  assert.deepEqual(await (await handler({ ok: true }, env, { id: 1 })).json(), [
    true,
    { owner: "ana" },
    env,
    { id: 1 },
  ]);
});

/** Whoever asks is known after a while; in the meantime somebody else answers. */
const slow = (user) => ({ gate: () => later(30, snapshot.for(user)), onError: assert.fail });
const find = () => ({ owner: "ana" });

test("Fastify: a request that was answered meanwhile does not reach its handler, and harms nothing", async () => {
  for (const user of ["ana", "nobody"]) {
    const app = fastify();
    const { requireCan } = forFastify.createGuard(slow(user));
    let handled = 0;
    app.addHook("onRequest", async (_, reply) => {
      setTimeout(() => reply.code(503).send("too late"), 5);
    });
    app.get("/", { preHandler: requireCan("notes.edit", find) }, async () => {
      handled += 1;
      return "edited";
    });
    const response = await app.inject("/");
    await later(60);
    assert.deepEqual([response.statusCode, response.body, handled], [503, "too late", 0]);
    await app.close();
  }
});

test("Fastify: the first of several guards that refuses is the answer", async () => {
  const app = fastify();
  const { requireCan, guarded } = forFastify.createGuard({ gate: gateOf("ana"), onError: assert.fail });
  const refusing = requireCan("notes.edit", () => ({ owner: "bo" }));
  const open = requireCan("notes.tidy");
  for (const [path, preHandler] of Object.entries({
    "/1": [open, refusing],
    "/2": [refusing, open],
    "/3": [refusing, refusing],
  }))
    app.get(path, { preHandler }, async (request) => guarded(request).record);
  for (const path of ["/1", "/2", "/3"]) {
    const response = await app.inject(path);
    assert.deepEqual([response.statusCode, response.json().reason], [403, "out-of-scope"], path);
    await assert.rejects(async () => JSON.parse((await app.inject({ url: path, method: "HEAD" })).body));
  }
  await app.close();
});

test("Express: errors of handlers are those of Express, and a refusal after an answer closes the connection", async () => {
  const app = express().set("env", "test"); // which prints no errors
  const { requireCan } = forExpress.createGuard(slow("nobody"));
  const open = forExpress.createGuard({ gate: gateOf("ana"), onError: assert.fail });
  let handled = 0;
  app.get("/answered", (_, response, next) => (response.send("too late"), next()));
  app.get("/answered", requireCan("notes.edit", find), () => (handled += 1));
  app.get("/sync", open.requireCan("notes.tidy"), () => assert.fail("sync"));
  app.get("/async", open.requireCan("notes.tidy"), () => Promise.reject(new Error("async")));
  app.use((error, _, response, next) =>
    response.headersSent ? next(error) : response.status(500).send(error.message),
  );
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const ask = async (path) => {
    const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`);
    return [response.status, await response.text()];
  };
  assert.deepEqual(await ask("/sync"), [500, "sync"]);
  assert.deepEqual(await ask("/async"), [500, "async"]);
  assert.deepEqual(await ask("/answered"), [200, "too late"]);
  await later(60);
  assert.equal(handled, 0);
  server.closeAllConnections();
  server.close();
});

test("behind several guards, a handler finds the record of the last one, if that looked for one", async () => {
  const options = { gate: gateOf("bo"), onError: assert.fail };
  const [first, last] = [() => ({ owner: "ana" }), () => ({ owner: "bo" })];
  for (const [more, record] of [
    [["notes.edit", last], { owner: "bo" }],
    [["notes.tidy"], null],
  ]) {
    const inHono = forHono.createGuard(options).requireCan;
    const hono = new Hono();
    hono.get("/", inHono("notes.edit", first), inHono(...more), (c) => c.json(c.var.record ?? null));
    assert.deepEqual(await (await hono.request("/")).json(), record);

    const { requireCan: inFastify, guarded } = forFastify.createGuard(options);
    const app = fastify();
    const preHandler = [inFastify("notes.edit", first), inFastify(...more)];
    app.get("/", { preHandler }, async (request) => ({ record: guarded(request).record ?? null }));
    assert.deepEqual((await app.inject("/")).json(), { record });
    await app.close();

    const inExpress = forExpress.createGuard(options).requireCan;
    const server = express()
      .get("/", inExpress("notes.edit", first), inExpress(...more), (_, response) =>
        response.json(response.locals.record ?? null),
      )
      .listen(0, "127.0.0.1");
    await once(server, "listening");
    assert.deepEqual(await (await fetch(`http://127.0.0.1:${server.address().port}/`)).json(), record);
    server.closeAllConnections();
    server.close();
  }
});

test("a resolver that reads a copy of the body leaves it to the handler", async () => {
  const { requireCan } = createGuard({ gate: gateOf("ana"), onError: assert.fail });
  const find = async (request) => await request.clone().json();
  const handler = requireCan("notes.edit", find)((request) => request.text());
  const send = (owner) =>
    handler(new Request("https://a.example", { method: "POST", body: JSON.stringify({ owner }) }));
  assert.equal(await send("ana"), '{"owner":"ana"}');
  assert.equal((await send("bo")).status, 403);
});

test("Hono: guards of a path hold for everything below it, whatever the method", async () => {
  const { requireCan } = forHono.createGuard({
    gate: (c) => (c.req.header("x-user") ? snapshot.for("ana") : null),
  });
  const app = new Hono();
  app.use(
    "/admin/*",
    requireCan("notes.edit", () => ({ owner: "bo" })),
  );
  app.all("/admin/*", (c) => c.text("in"));
  for (const path of ["/admin", "/admin/", "/admin/x", "/admin/../admin/x", "/admin//x"])
    for (const method of ["GET", "HEAD", "POST", "OPTIONS", "DELETE"]) {
      assert.equal((await app.request(path, { method })).status, 401, `${method} ${path}`);
      const headers = { "x-user": "ana" };
      assert.equal((await app.request(path, { method, headers })).status, 403, `${method} ${path}`);
    }
});
