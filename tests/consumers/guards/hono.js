import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { ANY, createGuard } from "rolegate/hono";
import { conversations, gateOf } from "./desk.js";

const { requireCan } = createGuard({
  gate: (c) => gateOf(c.req.header("x-user")),
  onError: console.error,
});
const find = (c) => conversations.find(c.req.param("id"));

const app = new Hono();
app.get("/conversations", requireCan("conversations.view", ANY), async (c) =>
  c.json(c.var.gate.filter("conversations.view", await conversations.all())),
);
app.post("/conversations/:id/reply", requireCan("conversations.reply", find), (c) =>
  c.json({ replied: c.var.record, by: c.var.gate.user }),
);
app.get("/hidden/:id", requireCan("conversations.view", find, { hide: true }), (c) => c.json(c.var.record));

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) });
