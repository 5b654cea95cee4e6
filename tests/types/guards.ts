// An application that says which of its permissions are about no record: a guard of any other one needs a resolver.

import { Router } from "express";
import { Hono } from "hono";
import { type Gate, type Permission, type Snapshot } from "rolegate";
import * as express from "rolegate/express";
import * as fastify from "rolegate/fastify";
import { ANY, checkerOf, createGuard, type Guarded, responseOf } from "rolegate/guard";
import * as hono from "rolegate/hono";

declare module "rolegate" {
  interface Register {
    permission: "tickets.view" | "tickets.reply" | "billing.manage";
    tenantLevel: "billing.manage";
  }
}

interface Ticket {
  readonly assigneeId: string | null;
}
declare const snapshot: Snapshot;
declare function find(id: string | null | undefined): Promise<Ticket | undefined>;
declare const permission: Permission;
const gate = (): Gate | null => snapshot.for("ana");

export function ofFetch(): unknown[] {
  const { requireCan } = createGuard({ gate: (request) => (request.headers.has("x-user") ? gate() : null) });
  // @ts-expect-error -- scoped, and about no record
  requireCan("tickets.reply");
  // @ts-expect-error -- perhaps scoped
  requireCan(permission);
  // @ts-expect-error -- misspelt
  requireCan("tickets.replay", ANY);
  // @ts-expect-error -- a misspelt option
  requireCan("tickets.reply", ANY, { hidden: true });
  // @ts-expect-error -- no resolver
  requireCan("tickets.reply", { hide: true });
  // @ts-expect-error -- another symbol
  requireCan("tickets.reply", Symbol("rolegate.any"));
  // @ts-expect-error -- a list is not a record
  requireCan("tickets.reply", async () => [await find("1")]);
  // @ts-expect-error -- a number is not a record
  requireCan("tickets.reply", () => 7);
  // @ts-expect-error -- nobody is known by `null`
  createGuard({ gate: () => false });
  // @ts-expect-error -- misspelt
  createGuard({ gate, hidden: true });
  return [
    requireCan("billing.manage")(() => new Response()),
    requireCan("billing.manage", ANY, { hide: true }),
    requireCan("tickets.view", ANY)((request, guarded: Guarded) => Response.json(guarded.gate.can("tickets.view", null))),
    requireCan("tickets.reply", (request) => find(new URL(request.url).searchParams.get("id"))),
    requireCan("tickets.reply", () => undefined),
    requireCan("tickets.reply", () => find("1"))((_, { record }) => Response.json(record?.assigneeId)),
    // @ts-expect-error -- no attribute of what the resolver gives
    requireCan("tickets.reply", () => find("1"))((_, { record }) => Response.json(record?.assignee)),
    requireCan("tickets.reply", () => "7"),
  ];
}

interface Env {
  readonly tickets: { find(id: string): Promise<Ticket> };
}

export function ofWorkers(): (request: Request, env: Env) => Promise<Response> {
  const { requireCan } = createGuard<[env: Env]>({ gate });
  // @ts-expect-error -- scoped, and about no record
  requireCan("tickets.view");
  return requireCan("tickets.reply", (_, env) => env.tickets.find("1"))((_, { record }, env) =>
    Response.json([record, env.tickets]),
  );
}

export async function ofOthers(input: { id: string }): Promise<Response | Guarded> {
  const requireCan = checkerOf<[{ id: string }]>({ gate });
  // @ts-expect-error -- scoped, and about no record
  requireCan("tickets.view");
  const verdict = await requireCan("tickets.reply", ({ id }) => find(id))(input);
  // @ts-expect-error -- perhaps refused
  console.log(verdict.gate);
  return verdict.refusal === undefined ? verdict : responseOf(verdict);
}

export function ofHono(): unknown[] {
  const { requireCan } = hono.createGuard({ gate: (c) => (c.req.header("x-user") ? gate() : null) });
  // @ts-expect-error -- scoped, and about no record
  requireCan("tickets.reply");
  // @ts-expect-error -- misspelt
  requireCan("tickets.replay", hono.ANY);
  return [
    requireCan("billing.manage"),
    requireCan("tickets.view", hono.ANY),
    requireCan("tickets.reply", (c) => find(c.req.param("id")), { hide: true }),
    new Hono().get("/:id", requireCan("tickets.reply", (c) => find(c.req.param("id"))), (c) =>
      c.json([c.var.gate.user, c.var.record?.assigneeId]),
    ),
    new Hono().get("/:id", requireCan("tickets.reply", (c) => find(c.req.param("id"))), (c) =>
      // @ts-expect-error -- no attribute of what the resolver gives
      c.json(c.var.record?.assignee),
    ),
    new Hono().get("/", requireCan("tickets.view", hono.ANY), (c) => c.json(c.var.record satisfies undefined)),
  ];
}

export function ofExpress(): unknown[] {
  const { requireCan } = express.createGuard({ gate: (request) => (request.get("x-user") ? gate() : null) });
  // @ts-expect-error -- scoped, and about no record
  requireCan("tickets.reply");
  // @ts-expect-error -- misspelt
  requireCan("tickets.replay", express.ANY);
  return [
    requireCan("billing.manage"),
    requireCan("tickets.view", express.ANY),
    requireCan("tickets.reply", (request) => find(String(request.params["id"])), { hide: true }),
    Router().get("/:id", requireCan("tickets.reply", () => find("1")), (_, { locals }) => {
      const owner: string | null | undefined = locals.record?.assigneeId;
      console.log(owner, locals.gate.user);
    }),
  ];
}

export function ofFastify(): unknown[] {
  const { requireCan, guarded } = fastify.createGuard({ gate: (request) => (request.headers["x-user"] ? gate() : null) });
  // @ts-expect-error -- scoped, and about no record
  requireCan("tickets.reply");
  // @ts-expect-error -- misspelt
  requireCan("tickets.replay", fastify.ANY);
  return [
    guarded,
    requireCan("billing.manage"),
    requireCan("tickets.view", fastify.ANY),
    requireCan("tickets.reply", (request) => find((request.params as { id: string }).id), { hide: true }),
  ];
}
