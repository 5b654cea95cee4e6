import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { load } from "rolegate";
import { page } from "./dist/server/server.js";

const tenant = await load(await readFile("roles.json"));
const script = await readFile("dist/client.js");

createServer(({ url }, response) => {
  if (url === "/client.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(script);
  const html = page(tenant.for("ana").toJSON()); // the user comes from the session
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(html);
}).listen(process.env.PORT ?? 3000);
