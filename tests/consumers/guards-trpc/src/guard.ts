import { initTRPC, TRPCError } from "@trpc/server";
import { type Asked, checkerOf, type Found, type Problem } from "rolegate/guard";
import { gateOf } from "./desk.js";

type Call<Input> = { ctx: { user: string | undefined }; input: Input };
const CODES = { 401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 503: "SERVICE_UNAVAILABLE" } as const;

class Refused extends TRPCError {
  constructor({ status, title, publicText, reason }: Problem, readonly more = { reason }) {
    super({ code: CODES[status], message: publicText ?? title });
  }
}

export const { middleware, procedure, router } = initTRPC.context<Call<unknown>["ctx"]>().create({
  errorFormatter: ({ shape, error }) => ({ ...shape, data: { ...shape.data, ...(error instanceof Refused && error.more) } }),
});

/** Stands after the `input` that its resolver reads. */
export function requireCan<Input = unknown, R extends Found = undefined>(...asked: Asked<[Call<Input>], R>) {
  const check = checkerOf<[Call<Input>]>({ gate: ({ ctx }) => gateOf(ctx.user), onError: console.error })(...asked);
  return middleware(async (call) => {
    const verdict = await check(call as Call<Input>);
    if (verdict.refusal !== undefined) throw new Refused(verdict.refusal);
    return call.next({ ctx: verdict });
  });
}
