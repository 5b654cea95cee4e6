import { readFile } from "node:fs/promises";
import express from "express";
import { load } from "rolegate";
import { conversation } from "./conversations.js";
import { gateOf } from "./people.js";

const tenant = await load(await readFile("roles.json"));
const app = express();

app.use(async (request, response, next) => {
  const gate = await gateOf(tenant, request.headers.authorization);
  if (gate === null) return response.status(401).send("Who are you?");
  response.locals.gate = gate;
  next();
});

app.get("/reply/:id", (request, response) => {
  const { gate } = response.locals;
  const record = conversation(request.params.id);
  if (record === undefined) return response.status(404).send("Not found");
  if (gate.can("conversations.reply", record)) return response.send("sent");
  response.status(403).send(gate.explain("conversations.reply", record).publicText);
});

app.listen(process.env.PORT ?? 3000);
