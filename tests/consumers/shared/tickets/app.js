import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createHandler } from "rolegate/authzen";
import { ANY, createGuard } from "rolegate/hono";
import { tablesIn } from "./tables.js";

/**
 * The application, wherever it runs.
 * - `baseUrl`: its public address
 * - `personOf(authorization)`: who that is, in which tenant
 * - `snapshots`: the current one of each tenant
 * - `publish(tenant, jws)`: stores a signed snapshot
 * - `db`: asks the database
 */
export function createApp({ baseUrl, personOf, snapshots, publish, db }) {
  const { tickets, people } = tablesIn(db);
  const { requireCan } = createGuard({
    async gate(c) {
      const person = await personOf(c.req.header("authorization"));
      if (person === null) return null;
      c.set("tenant", person.tenant);
      return (await snapshots.current(person.tenant)).for(person.subject, person.options);
    },
    onError: console.error,
  });
  /** Only of the tenant of whoever asks. */
  const find = (c) => tickets.find(c.var.tenant, c.req.param("id"));

  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.header("cache-control", "private, no-store");
  });

  app.get("/tickets", requireCan("tickets.view", ANY), async (c) =>
    c.json(await tickets.page(c.var.tenant, c.var.gate, c.req.query("after"))),
  );
  app.get("/tickets/:id", requireCan("tickets.view", find, { hide: true }), (c) => {
    const { gate, record } = c.var;
    return record ? c.json(gate.mask("tickets", record)) : c.notFound();
  });
  app.post("/tickets/:id/close", requireCan("tickets.close", find), async (c) => {
    const { tenant, gate, record } = c.var;
    if (record === undefined) return c.notFound();
    const isClosed = await tickets.close(tenant, gate, c.req.param("id"));
    return isClosed ? c.json({ closed: true }) : c.json({ closed: false }, 409); // somebody was faster
  });
  /** What a page asks with `restore` of `rolegate/lite`. */
  app.get("/me", requireCan("tickets.view", ANY), (c) => c.json(c.var.gate));

  /** The signature says who may publish. */
  app.put("/roles/:tenant", bodyLimit({ maxSize: 1 << 20 }), async (c) => {
    const { status, ...body } = await publish(c.req.param("tenant"), await c.req.text());
    return c.json(body, status);
  });

  const authzen = createHandler({
    baseUrl,
    authenticate: (request) => personOf(request.headers.get("authorization")),
    async snapshot(tenant, caller) {
      if (tenant !== caller.tenant) return null;
      const snapshot = await snapshots.current(tenant);
      return snapshot.for(caller.subject, caller.options).can("decisions.ask") ? snapshot : null;
    },
    subject: (_, id, { tenant }) => (id === undefined ? people.all(tenant) : people.find(tenant, id)),
    resources(type, id, { tenant, gate, permission }) {
      if (type !== "tickets") return undefined;
      return id === undefined ? tickets.all(tenant, gate, permission) : tickets.find(tenant, id);
    },
    onError: console.error,
  });
  app.all("/:tenant/access/v1/*", (c) => authzen(c.req.raw));
  app.get("/.well-known/authzen-configuration/:tenant", (c) => authzen(c.req.raw));
  return app;
}
