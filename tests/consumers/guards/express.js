import express from "express";
import { ANY, createGuard } from "rolegate/express";
import { conversations, gateOf } from "./desk.js";

const { requireCan } = createGuard({
  gate: (request) => gateOf(request.get("x-user")),
  onError: console.error,
});
const find = (request) => conversations.find(request.params.id);

const app = express();
app.get("/conversations", requireCan("conversations.view", ANY), async (_, response) =>
  response.json(response.locals.gate.filter("conversations.view", await conversations.all())),
);
app.post("/conversations/:id/reply", requireCan("conversations.reply", find), (_, response) =>
  response.json({ replied: response.locals.record, by: response.locals.gate.user }),
);
app.get("/hidden/:id", requireCan("conversations.view", find, { hide: true }), (_, response) =>
  response.json(response.locals.record),
);

app.listen(process.env.PORT ?? 3000);
