// Serves the demo page, to this machine only, until it is stopped.
//
//   node www/serve.mjs [port]      (after `cargo xtask build`; `cargo xtask serve` does both)

import { createServer } from "node:http";
import { fileAt } from "./static.mjs";

const HOST = "127.0.0.1";
const ORIGIN = `http://${HOST}`;
const DEFAULT_PORT = 8080;
/** Nothing else of the project can be fetched. */
const FOLDERS = { "/www/": new URL("./", import.meta.url), "/pkg/": new URL("../pkg/", import.meta.url) };

const [wanted = String(DEFAULT_PORT)] = process.argv.slice(2);
const port = /^\d{1,5}$/.test(wanted) ? Number(wanted) : Number.NaN;
if (!(port <= 65535)) fail(`not a port: ${wanted}`);

const server = createServer(async (request, response) => {
  const pathname = URL.canParse(request.url, ORIGIN) ? new URL(request.url, ORIGIN).pathname : "";
  if (pathname === "/" || pathname === "/www") return response.writeHead(302, { location: "/www/" }).end();
  const file = await fileAt(FOLDERS, pathname === "/www/" ? "/www/index.html" : pathname);
  if (file === undefined) response.writeHead(404, { "content-type": "text/plain" }).end("not found");
  else response.writeHead(200, { "content-type": file.type, "cache-control": "no-store" }).end(file.body);
});
server.on("error", (error) => {
  fail(error.code === "EADDRINUSE" ? `port ${port} is taken: name another one, \`cargo xtask serve ${port + 1}\`` : error.message);
});
server.listen(port, HOST, () => console.log(`The demo page: ${ORIGIN}:${server.address().port}/www/   (Ctrl-C ends it)`));

function fail(message) {
  console.error(message);
  process.exit(1);
}
