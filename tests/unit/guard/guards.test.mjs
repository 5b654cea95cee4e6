// Guards, in the servers that they are for: the same questions over HTTP to each.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { load } from "../../../pkg/entries/node.js";
import * as forExpress from "../../../pkg/express/index.js";
import * as forFastify from "../../../pkg/fastify/index.js";
import * as forFetch from "../../../pkg/guard/index.js";
import * as forHono from "../../../pkg/hono/index.js";

const levels = ["own", "team", "all"];
const snapshot = await load({
  format: "rolegate/1",
  revision: 1,
  catalog: {
    categories: [
      {
        id: "tickets",
        permissions: [
          { id: "tickets.view", scopes: levels },
          { id: "tickets.reply", scopes: levels },
          { id: "tickets.settings" },
        ],
      },
    ],
    resources: { tickets: { owner: "assigneeId", team: "teamId" } },
  },
  teams: [{ id: "sales" }],
  roles: [
    {
      id: "secret-agents",
      name: "Secret Agents",
      grants: { "tickets.view": "team", "tickets.reply": "own" },
    },
    { id: "bosses", name: "Bosses", grants: { "tickets.*": "all" } },
  ],
  users: [
    { id: "ana", teams: ["sales"], roles: ["secret-agents"] },
    { id: "bo", roles: ["bosses"] },
  ],
});
const TICKETS = {
  1: { id: 1, assigneeId: "ana", teamId: "sales" },
  2: { id: 2, assigneeId: "bo", teamId: "sales" },
};

/** What all of them are asked: a path, the permission, and what finds the record. */
const ROUTES = (ANY) => ({
  "/list": ["tickets.view", ANY],
  "/ticket/:id": ["tickets.reply", (id) => TICKETS[id]],
  "/later/:id": ["tickets.reply", async (id) => TICKETS[id]],
  "/hidden/:id": ["tickets.reply", (id) => TICKETS[id], { hide: true }],
  "/broken/:id": ["tickets.reply", () => Promise.reject(new Error("no database"))],
  "/text/:id": ["tickets.reply", (id) => id],
  "/unasked": ["tickets.view"],
  "/settings": ["tickets.settings"],
});

let errors;
const options = (nameOf) => ({
  gate: (request) => {
    const name = nameOf(request);
    if (name === "broken") throw new Error("no sessions");
    return name === undefined ? null : snapshot.for(name);
  },
  onError: (error) => errors.push(error.message),
});
/** What a handler behind a guard says: the record, and that the gate is as it was made. */
const told = ({ gate, record }) => ({
  record: record ?? null,
  user: gate.user,
  any: gate.can("tickets.view"),
});

const SERVERS = {
  async fetch() {
    const { requireCan } = forFetch.createGuard(
      options((request) => request.headers.get("x-user") ?? undefined),
    );
    const handlers = Object.entries(ROUTES(forFetch.ANY)).map(([path, [permission, find, ...more]]) => {
      const idOf = ({ url }) => decodeURIComponent(new URL(url).pathname.split("/")[2]);
      const resolver = typeof find === "function" ? (request) => find(idOf(request)) : find;
      const asked = find === undefined ? [permission] : [permission, resolver, ...more];
      return [path.split("/")[1], requireCan(...asked)((_, guarded) => Response.json(told(guarded)))];
    });
    const byName = Object.fromEntries(handlers);
    return listening(
      createServer(async (request, response) => {
        const url = new URL(`http://localhost${request.url}`);
        const { method, headers } = request;
        const handler = byName[url.pathname.split("/")[1]] ?? (() => new Response("", { status: 404 }));
        const answer = await handler(new Request(url, { method, headers }));
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        response.end(await answer.text());
      }),
    );
  },
  async hono() {
    const { requireCan } = forHono.createGuard(options((c) => c.req.header("x-user")));
    const app = new Hono();
    for (const [path, [permission, find, ...more]] of Object.entries(ROUTES(forHono.ANY))) {
      const resolver = typeof find === "function" ? (c) => find(c.req.param("id")) : find;
      const guard = find === undefined ? requireCan(permission) : requireCan(permission, resolver, ...more);
      app.get(path, guard, (c) => c.json(told(c.var)));
    }
    return listening(
      createServer(async (request, response) => {
        const url = new URL(`http://localhost${request.url}`);
        const { method, headers } = request;
        const answer = await app.fetch(new Request(url, { method, headers }));
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        response.end(await answer.text());
      }),
    );
  },
  async express() {
    const { requireCan } = forExpress.createGuard(options((request) => request.get("x-user")));
    const app = express().set("env", "test"); // which prints no errors
    for (const [path, [permission, find, ...more]] of Object.entries(ROUTES(forExpress.ANY))) {
      const resolver = typeof find === "function" ? (request) => find(request.params.id) : find;
      const guard = find === undefined ? requireCan(permission) : requireCan(permission, resolver, ...more);
      app.get(path, guard, (_, response) => response.json(told(response.locals)));
    }
    return listening(createServer(app));
  },
  async fastify() {
    const { requireCan, guarded } = forFastify.createGuard(options((request) => request.headers["x-user"]));
    const app = fastify();
    for (const [path, [permission, find, ...more]] of Object.entries(ROUTES(forFastify.ANY))) {
      const resolver = typeof find === "function" ? (request) => find(request.params.id) : find;
      const guard = find === undefined ? requireCan(permission) : requireCan(permission, resolver, ...more);
      app.get(path, { preHandler: guard }, async (request) => told(guarded(request)));
    }
    app.get("/unguarded", async (request) => told(guarded(request)));
    await app.listen({ port: 0, host: "127.0.0.1" });
    return { port: app.server.address().port, close: () => app.close() };
  },
};

async function listening(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: server.address().port, close: () => new Promise((resolve) => server.close(resolve)) };
}

for (const [name, start] of Object.entries(SERVERS)) {
  let server;
  const ask = async (path, user) => {
    const headers = user === undefined ? {} : { "x-user": user };
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
  };
  const isProblem = ({ status, headers, body, text }, expected) => {
    assert.equal(status, expected);
    assert.match(headers.get("content-type"), /^application\/problem\+json/);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(body.status, expected);
    assert.doesNotMatch(text, /secret|agent|database|sessions|sales|ana/i);
  };
  before(async () => {
    server = await start();
  });
  after(() => server.close());

  test(`${name}: whoever may goes on, with the record and the gate as it was made`, async () => {
    errors = [];
    assert.deepEqual((await ask("/ticket/1", "ana")).body, { record: TICKETS[1], user: "ana", any: true });
    assert.deepEqual((await ask("/later/2", "bo")).body, { record: TICKETS[2], user: "bo", any: true });
    assert.deepEqual((await ask("/list", "ana")).body, { record: null, user: "ana", any: true });
    assert.equal((await ask("/settings", "bo")).status, 200);
    assert.deepEqual(errors, []);
  });

  test(`${name}: whoever may not is told why, and nothing about roles`, async () => {
    const refused = await ask("/ticket/2", "ana");
    isProblem(refused, 403);
    assert.equal(refused.body.reason, "out-of-scope");
    assert.equal(typeof refused.body.publicText, "string");
    isProblem(await ask("/settings", "ana"), 403);
    isProblem(await ask("/list", "stranger"), 403);
  });

  test(`${name}: what is hidden is not found, and no reason says that it is there`, async () => {
    const there = await ask("/hidden/2", "ana");
    isProblem(there, 404);
    const nowhere = await ask("/hidden/9", "ana");
    assert.equal(there.text, nowhere.text);
    assert.equal((await ask("/hidden/1", "ana")).status, 200);
  });

  test(`${name}: nobody is 401, and sessions that fail are 503`, async () => {
    errors = [];
    const nobody = await ask("/ticket/1");
    isProblem(nobody, 401);
    assert.equal(nobody.headers.get("www-authenticate"), "Bearer");
    isProblem(await ask("/ticket/1", "broken"), 503);
    assert.deepEqual(errors, ["no sessions"]);
  });

  test(`${name}: a record that is not found, not known or not readable is refused`, async () => {
    errors = [];
    isProblem(await ask("/ticket/9", "ana"), 403);
    isProblem(await ask("/text/1", "ana"), 403);
    for (const user of ["ana", "bo"]) {
      const { body } = await ask("/broken/1", user);
      assert.deepEqual(body, { type: "about:blank", title: "Forbidden", status: 403 });
    }
    assert.deepEqual(errors, ["no database", "no database"]);
    // Those who may do it with all of them go on, and find nothing.
    assert.deepEqual((await ask("/ticket/9", "bo")).body.record, null);
  });

  test(`${name}: however it is asked for, it is the same record, or none`, async () => {
    const status = async (path, method) =>
      (
        await fetch(`http://127.0.0.1:${server.port}${path}`, {
          method,
          headers: { "x-user": "ana" },
          redirect: "manual",
        })
      ).status;
    assert.equal(await status("/ticket/%31"), 200);
    assert.equal(await status("/ticket/1", "HEAD"), 200);
    assert.equal(await status("/ticket/2", "HEAD"), 403);
    for (const path of [
      "%32",
      "2?id=1",
      "2#1",
      "2%00",
      "1%2f..%2f2",
      "..%2fticket%2f2",
      "__proto__",
      "constructor",
    ])
      assert.ok([400, 403, 404].includes(await status(`/ticket/${path}`)), path);
    for (const path of ["//ticket/2", "/./ticket/2", "/ticket//2", "/TICKET/2", "/ticket/2/", "/ticket/%zz"])
      for (const method of ["GET", "HEAD"])
        assert.ok([400, 403, 404].includes(await status(path, method)), path);
  });

  test(`${name}: a scoped permission without a record is refused`, async () => {
    isProblem(await ask("/unasked", "bo"), 403);
  });
}

test("a misspelt option is an error when the guard is made", () => {
  for (const { createGuard } of [forFetch, forHono, forExpress, forFastify]) {
    assert.throws(() => createGuard({}), { code: "bad-options" });
    assert.throws(() => createGuard({ gate: () => null, hidden: true }), { code: "bad-options" });
  }
});
