import { createServer } from "node:http";
import { load } from "rolegate";
import roles from "../roles.json";
import { answer } from "./service.js";

const tenant = load(roles);

createServer(async (incoming, outgoing) => {
  const request = new Request(new URL(incoming.url, "http://localhost"), { headers: incoming.headers });
  const response = answer(await tenant, request);
  outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
}).listen(process.env.PORT ?? 3000);
