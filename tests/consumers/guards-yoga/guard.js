import { GraphQLError } from "graphql";
import { checkerOf } from "rolegate/guard";
import { gateOf } from "./desk.js";

const checkOf = checkerOf({
  gate: (parent, args, { user }) => gateOf(user), // `user` is of Yoga's `context`, once for all fields of a request
  onError: console.error,
});

/** A resolver of a field that is asked before. What finds the record is given what the resolver is given. */
export function requireCan(...asked) {
  const check = checkOf(...asked);
  return (resolve) => async (parent, args, context, info) => {
    const { refusal, headers, gate, record } = await check(parent, args, context, info);
    if (refusal === undefined) return resolve(parent, args, { ...context, gate, record }, info);
    const { status, title, publicText = title, reason } = refusal;
    // Yoga says itself that it answers JSON.
    const { "content-type": _, ...others } = headers;
    const http = { status, headers: others };
    throw new GraphQLError(publicText, { extensions: { reason, http } });
  };
}
