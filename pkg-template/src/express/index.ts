// rolegate/express: guards as middleware of Express 5.

import type { Request, RequestHandler } from "express";
import { type Asked, checkerOf, type Found, type Guarded, type GuardOptions } from "../guard/index.js";

export {
  ANY,
  type Found,
  type Guarded,
  type GuardOptions,
  type Problem,
  type Resolver,
} from "../guard/index.js";

/**
 * Middleware that goes on where a permission is given, with {@link Guarded} in `res.locals`, and answers 401, 403
 * (404 with `hide`) or 503.
 */
export type RequireCan = <R extends Found = undefined>(
  ...asked: Asked<[Request], R>
) => RequestHandler<any, any, any, any, Guarded<R> & Record<string, unknown>>;

/**
 * Guards for routes: `app.post("/tickets/:id/reply", requireCan("tickets.reply", findTicket), …)`.
 * @throws {RolegateError} `bad-options`
 */
export function createGuard(options: GuardOptions<[Request]>): { readonly requireCan: RequireCan } {
  const checkOf = checkerOf(options);
  return {
    requireCan(...asked) {
      const check = checkOf(...asked);
      return async (request, response, next) => {
        const verdict = await check(request);
        if (verdict.refusal !== undefined) {
          response.status(verdict.refusal.status).set(verdict.headers).send(JSON.stringify(verdict.refusal));
          return;
        }
        const { gate, record } = verdict;
        Object.assign(response.locals, { gate, record });
        next();
      };
    },
  };
}
