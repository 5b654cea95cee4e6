// rolegate/express: guards as middleware of Express 5.

import type { Request, RequestHandler } from "express";
import { type Asked, checkerOf, type Found, type GuardOptions } from "../guard/index.js";
import type { Gate } from "../snapshot/gate.js";

export { ANY, type Found, type GuardOptions, type Problem, type Resolver } from "../guard/index.js";

/** What handlers behind a guard find in `res.locals`. */
export interface Guarded extends Record<string, unknown> {
  /** The gate as it was made. */
  gate: Gate;
  /** What the resolver gave. */
  record: Found;
}

/** Middleware that goes on where a permission is given, and answers 401, 403 (404 with `hide`) or 503. */
export type RequireCan = (...asked: Asked<Request>) => RequestHandler<any, any, any, any, Guarded>;

/**
 * Guards for routes: `app.post("/tickets/:id/reply", requireCan("tickets.reply", findTicket), …)`.
 * @throws {RolegateError} `bad-options`
 */
export function createGuard(options: GuardOptions<Request>): { readonly requireCan: RequireCan } {
  const check = checkerOf(options);
  return {
    requireCan:
      (...asked) =>
      async (request, response, next) => {
        const verdict = await check(request, asked);
        if (verdict.refusal !== undefined) {
          response.status(verdict.refusal.status).set(verdict.headers).send(JSON.stringify(verdict.refusal));
          return;
        }
        response.locals.gate = verdict.gate;
        response.locals.record = verdict.record;
        next();
      },
  };
}
