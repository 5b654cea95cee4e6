import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { AngularNodeAppEngine, createNodeRequestHandler, isMainModule, writeResponseToNodeResponse } from "@angular/ssr/node";
import { load } from "rolegate";

const tenant = await load(await readFile("roles.json"));
const browser = new URL("../browser/", import.meta.url);
const engine = new AngularNodeAppEngine();

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (/^\/[\w-]+\.js$/.test(request.url ?? "")) {
    response.setHeader("content-type", "text/javascript").end(await readFile(new URL(`.${request.url}`, browser)));
    return;
  }
  const roles = tenant.for("ana").toJSON(); // the user comes from the session
  const page = await engine.handle(request, { roles });
  if (page) await writeResponseToNodeResponse(page, response);
  else response.writeHead(404).end();
}

export const reqHandler = createNodeRequestHandler(answer);

if (isMainModule(import.meta.url)) createServer(answer).listen(process.env["PORT"] ?? 3000);
