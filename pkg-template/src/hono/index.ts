// rolegate/hono: guards as middleware of Hono.

import type { Context, MiddlewareHandler } from "hono";
import {
  type Asked,
  checkerOf,
  type Found,
  type Guarded,
  type GuardOptions,
  responseOf,
} from "../guard/index.js";

export {
  ANY,
  type Found,
  type Guarded,
  type GuardOptions,
  type Problem,
  type Resolver,
} from "../guard/index.js";

/** Middleware that goes on where a permission is given, and answers 401, 403 (404 with `hide`) or 503. */
export type RequireCan = <R extends Found = undefined>(
  ...asked: Asked<[Context], R>
) => MiddlewareHandler<{ Variables: Guarded<R> }>;

/**
 * Guards for routes: `app.post("/tickets/:id/reply", requireCan("tickets.reply", findTicket), …)`.
 * @throws {RolegateError} `bad-options`
 */
export function createGuard(options: GuardOptions<[Context]>): { readonly requireCan: RequireCan } {
  const checkOf = checkerOf(options);
  return {
    requireCan(...asked) {
      const check = checkOf(...asked);
      return async (c, next) => {
        const verdict = await check(c);
        if (verdict.refusal !== undefined) {
          // Hono would put what was set before over what a refusal has.
          for (const name of Object.keys(verdict.headers)) c.header(name, undefined);
          return responseOf(verdict);
        }
        c.set("gate", verdict.gate);
        c.set("record", verdict.record);
        return next();
      };
    },
  };
}
