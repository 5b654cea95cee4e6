// Files of some folders, by address, for a server.

import { readFile } from "node:fs/promises";
import { extname } from "node:path";

export const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/**
 * What lies at an address: `{ type, body }`, or undefined.
 * @param {Record<string, URL>} folders address prefix to folder, each with a slash at its end
 * @param {string} pathname of a URL that was parsed, so that it has no dot segments
 */
export async function fileAt(folders, pathname) {
  const prefix = Object.keys(folders).find((candidate) => pathname.startsWith(candidate));
  if (prefix === undefined) return undefined;
  // The dot keeps the rest of the address relative, whatever it begins with.
  const file = new URL(`./${pathname.slice(prefix.length)}`, folders[prefix]);
  if (!file.href.startsWith(folders[prefix].href)) return undefined;
  try {
    return { type: TYPES[extname(file.pathname)] ?? "application/octet-stream", body: await readFile(file) };
  } catch {
    return undefined;
  }
}
