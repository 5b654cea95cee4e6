// rolegate/hono: guards as middleware of Hono.

import type { Context, MiddlewareHandler } from "hono";
import { type Asked, checkerOf, type Guarded, type GuardOptions, responseOf } from "../guard/index.js";

export {
  ANY,
  type Found,
  type Guarded,
  type GuardOptions,
  type Problem,
  type Resolver,
} from "../guard/index.js";

/** Middleware that goes on where a permission is given, and answers 401, 403 (404 with `hide`) or 503. */
export type RequireCan = (...asked: Asked<Context>) => MiddlewareHandler<{ Variables: Guarded }>;

/**
 * Guards for routes: `app.post("/tickets/:id/reply", requireCan("tickets.reply", findTicket), …)`.
 * @throws {RolegateError} `bad-options`
 */
export function createGuard(options: GuardOptions<Context>): { readonly requireCan: RequireCan } {
  const check = checkerOf(options);
  return {
    requireCan:
      (...asked) =>
      async (c, next) => {
        const verdict = await check(c, asked);
        if (verdict.refusal !== undefined) return responseOf(verdict);
        c.set("gate", verdict.gate);
        c.set("record", verdict.record);
        return next();
      },
  };
}
