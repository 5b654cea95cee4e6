import { readFile } from "node:fs/promises";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { load } from "rolegate";
import { conversation } from "./conversations.js";
import { gateOf } from "./people.js";

const tenant = await load(await readFile("roles.json"));
const app = new Hono();

app.use(async (c, next) => {
  const gate = await gateOf(tenant, c.req.header("authorization"));
  if (gate === null) return c.text("Who are you?", 401);
  c.set("gate", gate);
  await next();
});

app.get("/reply/:id", (c) => {
  const gate = c.get("gate");
  const record = conversation(c.req.param("id"));
  if (record === undefined) return c.text("Not found", 404);
  if (gate.can("conversations.reply", record)) return c.text("sent");
  return c.text(gate.explain("conversations.reply", record).publicText, 403);
});

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) });
