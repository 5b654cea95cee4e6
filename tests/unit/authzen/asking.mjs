// Asks a handler without a server between.

import { createHandler, load } from "./package.mjs";

const BASE = "https://pdp.example.com";

/** A handler of a snapshot, and a function that asks it. */
export async function served(document, options = {}) {
  const snapshot = typeof document === "function" ? document : await load(document);
  const errors = [];
  const handler = createHandler({
    baseUrl: BASE,
    authenticate: () => "pep",
    snapshot,
    onError: (error) => errors.push(error),
    ...options,
  });
  return { ...askerOf(handler), handler, snapshot, errors };
}

/** Asks by the name of an endpoint; a body that is text or bytes is sent as it is. */
export function askerOf(handler) {
  const ask = async (endpoint, body, headers = {}, more = {}) => {
    const path = endpoint.startsWith("/") ? endpoint : `/access/v1/${endpoint}`;
    const isRaw = typeof body === "string" || ArrayBuffer.isView(body) || body instanceof ReadableStream;
    const request = new Request(`http://anywhere.example${path}`, {
      method: body === undefined ? "GET" : "POST",
      ...(body !== undefined && { body: isRaw ? body : JSON.stringify(body), duplex: "half" }),
      headers: { "content-type": "application/json", ...headers },
      ...more,
    });
    const response = await handler(request);
    const text = await response.text();
    const isJson = response.headers.get("content-type") === "application/json";
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text !== "" ? JSON.parse(text) : undefined,
    };
  };
  return { ask };
}
