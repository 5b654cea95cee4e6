// rolegate/fastify: guards as hooks of Fastify 5.

import type { FastifyRequest, preHandlerAsyncHookHandler } from "fastify";
import { type Asked, checkerOf, type Guarded, type GuardOptions } from "../guard/index.js";

export {
  ANY,
  type Found,
  type Guarded,
  type GuardOptions,
  type Problem,
  type Resolver,
} from "../guard/index.js";

/** A `preHandler` that goes on where a permission is given, and answers 401, 403 (404 with `hide`) or 503. */
export type RequireCan = (...asked: Asked<[FastifyRequest]>) => preHandlerAsyncHookHandler;

/**
 * Guards for routes: `{ preHandler: requireCan("tickets.reply", findTicket) }`; `guarded(request)` is what a
 * handler behind one finds.
 * @throws {RolegateError} `bad-options`
 */
export function createGuard(options: GuardOptions<[FastifyRequest]>): {
  readonly requireCan: RequireCan;
  /** Of a request that no guard let through: an error. */
  guarded(request: FastifyRequest): Guarded;
} {
  const checkOf = checkerOf(options);
  const found = new WeakMap<FastifyRequest, Guarded>();
  return {
    requireCan(...asked) {
      const check = checkOf(...asked);
      return async (request, reply) => {
        const verdict = await check(request);
        if (verdict.refusal === undefined) found.set(request, verdict);
        else
          return reply
            .code(verdict.refusal.status)
            .headers({ ...verdict.headers })
            .send(JSON.stringify(verdict.refusal));
      };
    },
    guarded(request) {
      const verdict = found.get(request);
      if (verdict === undefined) throw new Error("no guard let this request through");
      return verdict;
    },
  };
}
