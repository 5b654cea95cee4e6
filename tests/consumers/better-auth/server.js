import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { auth } from "./auth.js";
import { gateOf } from "./gates.js";

const app = new Hono();

app.on(["GET", "POST"], "/api/auth/*", (c) => auth.handler(c.req.raw));

app.use("/me/*", withGate);
app.use("/projects/*", withGate);

async function withGate(c, next) {
  const gate = await gateOf(c.req.raw.headers);
  if (gate === null) return c.text("Who are you?", 401);
  c.set("gate", gate);
  await next();
}

/** For the page: this user's answers, and nothing about anyone else. */
app.get("/me/gate", (c) => c.json(c.get("gate").toJSON()));

app.post("/projects/:action", (c) => {
  const gate = c.get("gate");
  const permission = `project.${c.req.param("action")}`;
  if (gate.can(permission)) return c.text("done");
  return c.text(gate.explain(permission).publicText, 403);
});

app.use("/*", serveStatic({ root: "public" }));

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) });
