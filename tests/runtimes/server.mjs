// A loopback server with the data of the suite, the answers it needs to go wrong, and the pages of a browser.

import { createServer } from "node:http";
import { fileAt, TYPES } from "../../www/static.mjs";
import { acme } from "../package/acme.mjs";
import { TESTS } from "./installed.mjs";

/**
 * Serves until `close()`. `folders` maps an address prefix to a folder's URL; `pages` maps a path to
 * `{ type, body, headers? }`, and may still be filled while the server runs. `faults` of the server maps a
 * path to what goes wrong there as long as it is in it: `{ status?, type?, body?, half?, isCut? }`.
 * `handlers` maps a path to a function that answers by itself.
 */
export async function serve({ folders = {}, pages = new Map() } = {}) {
  const roots = {
    "/data/samples/": new URL("../www/samples/", TESTS),
    "/data/": TESTS,
    "/tests/": TESTS,
    ...folders,
  };
  const fixed = new Map([
    ["/page", { type: TYPES[".html"], body: "<!doctype html><title>A page</title>" }],
    ["/acme.json", { type: TYPES[".json"], body: JSON.stringify(acme()) }],
  ]);
  const faults = new Map();
  const handlers = new Map();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const handler = handlers.get(pathname);
    if (handler !== undefined) return handler(request, response);
    const page = fixed.get(pathname) ?? pages.get(pathname) ?? (await fileAt(roots, pathname));
    answer(response, {
      ...(page ?? { status: 404, type: "text/plain", body: "not found" }),
      ...faults.get(pathname),
    });
  });
  // The suite keeps a runtime busy for seconds. A connection that is closed meanwhile would be used once more
  // before that is noticed.
  server.keepAliveTimeout = 0;
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    pages,
    faults,
    handlers,
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}

function answer(response, { status = 200, type, body, headers, half = false, isCut = false }) {
  const length = Buffer.byteLength(body);
  const described = { ...(type !== "" && { "content-type": type }), "cache-control": "no-store", ...headers };
  if (!isCut)
    return response.writeHead(status, described).end(half ? Buffer.from(body).subarray(0, length / 2) : body);
  response
    .writeHead(status, { ...described, "content-length": length })
    .write(Buffer.from(body).subarray(0, length / 2));
  setTimeout(() => response.destroy(), 20);
}
