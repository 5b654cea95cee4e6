import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { load } from "rolegate";
import { answer } from "./service.js";

const tenant = await load(await readFile("roles.json"));

createServer(async (incoming, outgoing) => {
  const request = new Request(new URL(incoming.url, "http://localhost"), { headers: incoming.headers });
  const response = answer(tenant, request);
  outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
}).listen(process.env.PORT ?? 3000);
