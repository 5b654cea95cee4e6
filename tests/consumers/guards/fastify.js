import fastify from "fastify";
import { ANY, createGuard } from "rolegate/fastify";
import { conversations, gateOf } from "./desk.js";

const { requireCan, guarded } = createGuard({
  gate: (request) => gateOf(request.headers["x-user"]),
  onError: console.error,
});
const find = (request) => conversations.find(request.params.id);

const app = fastify();
app.get("/conversations", { preHandler: requireCan("conversations.view", ANY) }, async (request) =>
  guarded(request).gate.filter("conversations.view", await conversations.all()),
);
app.post("/conversations/:id/reply", { preHandler: requireCan("conversations.reply", find) }, async (request) => {
  const { gate, record } = guarded(request);
  return { replied: record, by: gate.user };
});
app.get("/hidden/:id", { preHandler: requireCan("conversations.view", find, { hide: true }) }, async (request) =>
  guarded(request).record,
);

await app.listen({ port: Number(process.env.PORT ?? 3000) });
