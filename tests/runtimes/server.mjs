// A loopback server with the data of the suite, the answers it needs to go wrong, and the pages of a browser.

import { createServer } from "node:http";
import { fileAt, TYPES } from "../../www/static.mjs";
import { acme } from "../package/acme.mjs";
import { TESTS } from "./installed.mjs";

/**
 * Serves until `close()`. `folders` maps an address prefix to a folder's URL; `pages` maps a path to
 * `{ type, body, headers? }`, and may still be filled while the server runs.
 */
export async function serve({ folders = {}, pages = new Map() } = {}) {
  const roots = { "/data/samples/": new URL("../www/samples/", TESTS), "/data/": TESTS, "/tests/": TESTS, ...folders };
  const fixed = new Map([
    ["/page", { type: TYPES[".html"], body: "<!doctype html><title>A page</title>" }],
    ["/acme.json", { type: TYPES[".json"], body: JSON.stringify(acme()) }],
  ]);
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const page = fixed.get(pathname) ?? pages.get(pathname) ?? (await fileAt(roots, pathname));
    if (page === undefined) response.writeHead(404, { "content-type": "text/plain" }).end("not found");
    else response.writeHead(200, { "content-type": page.type, "cache-control": "no-store", ...page.headers }).end(page.body);
  });
  // The suite keeps a runtime busy for seconds. A connection that is closed meanwhile would be used once more before that is noticed.
  server.keepAliveTimeout = 0;
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    pages,
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}
