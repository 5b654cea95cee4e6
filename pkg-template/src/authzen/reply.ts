// Answers: JSON, or a sentence with the status that it is about. None may be kept by a cache.

import { textOf } from "../core/read.js";
import type { Refusal } from "./refusal.js";

const ALWAYS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

/** @param body a JSON object */
export function reply(request: Request, status: number, body: object): Response {
  return respond(request, status, textOf(body), { "content-type": "application/json" });
}

export function replyOf(request: Request, { status, message, headers }: Refusal): Response {
  return respond(request, status, message, { "content-type": "text/plain; charset=utf-8", ...headers });
}

function respond(request: Request, status: number, text: string, headers: Record<string, string>): Response {
  const { method } = request;
  return new Response(method === "HEAD" ? null : text, {
    status,
    headers: { ...ALWAYS, ...requestId(request), ...headers },
  });
}

const MAX_REQUEST_ID = 1024;
const [FIRST, LAST, DELETE] = [0x20, 0xff, 0x7f];

/** The name that a client gave to its request. */
function requestId(request: Request): { "x-request-id"?: string } {
  const id = request.headers.get("x-request-id");
  return id !== null && isOneLine(id) ? { "x-request-id": id } : {};
}

/** Control characters could be headers of their own. */
function isOneLine(text: string): boolean {
  if (text.length > MAX_REQUEST_ID) return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < FIRST || code > LAST || code === DELETE) return false;
  }
  return true;
}
