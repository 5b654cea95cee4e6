// `rolegate/authzen`: the OpenID AuthZEN Authorization API 1.0 over a snapshot.

export { type CertifyOptions, type CertifyReport, certify, type FailedCase } from "./certify.js";
export { createHandler } from "./handler.js";
export type {
  AccessRequestOptions,
  Asking,
  Denial,
  Entity,
  HandlerOptions,
  Limits,
  Listing,
  Question,
} from "./types.js";
