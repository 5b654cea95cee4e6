// Guards of servers: who asks, whether they may, and what they are told if not. Adapters translate requests and
// answers, and decide nothing.

import { type About, asked as ask } from "../bindings/answers.js";
import { RolegateError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import type { Gate } from "../snapshot/gate.js";
import type { Permission, Reason, Resource, TenantPermission } from "../types/types.js";

/** Instead of a record: whether the permission is given on any at all. For lists, which are filtered. */
export const ANY: unique symbol = Symbol("rolegate.any");

/** What is or is not known of the record that a request is about. Text, and nothing, is an unknown record. */
export type Found = Resource | string | null | undefined;

/** Finds the record that a request is about. */
export type Resolver<Request> = typeof ANY | ((request: Request) => Found | Promise<Found>);

/** Permissions with what they are asked about: only those that are about no record need nothing. */
export type Asked<Request> =
  | [permission: TenantPermission]
  | [permission: Permission, resolver: Resolver<Request>, options?: { readonly hide?: boolean }];

/** Whose requests these are, and what those are told who may not. */
export interface GuardOptions<Request> {
  /** The gate of whoever asks; `null`: nobody is known (401). What it throws is 503. */
  gate(request: Request): Gate | null | Promise<Gate | null>;
  /** Whether a refusal is a 404 without a reason, so that nobody learns what there is. Default: `false`. */
  readonly hide?: boolean;
  /** The `WWW-Authenticate` of a 401. Default: `"Bearer"`. */
  readonly challenge?: string;
  /** Hears what `gate` or a resolver threw. Nobody else does. */
  onError?(error: unknown): void;
}

/** `application/problem+json` (RFC 9457). No role, team or condition is in it. */
export interface Problem {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: 401 | 403 | 404 | 503;
  readonly reason?: Reason;
  readonly publicText?: string;
}

/** What handlers behind a guard find. */
export interface Guarded {
  /** The gate as it was made. */
  readonly gate: Gate;
  /** What the resolver gave. */
  readonly record: Found;
}

/** May go on; or is refused. */
export type Verdict =
  | (Guarded & { readonly refusal?: undefined })
  | { readonly refusal: Problem; readonly headers: Readonly<Record<string, string>> };

const TITLES = {
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  503: "Service Unavailable",
} as const;
const JSON_TYPE = { "content-type": "application/problem+json", "cache-control": "no-store" };

/** Decides about requests. */
export type Check<Request> = (request: Request, asked: Asked<Request>) => Promise<Verdict>;

/** @throws {RolegateError} `bad-options` */
export function checkerOf<Request>(options: GuardOptions<Request>): Check<Request> {
  const {
    gate: gateOf,
    hide,
    challenge = "Bearer",
    onError,
  } = optionsOf<Partial<GuardOptions<Request>>>(options, () => ({
    gate: undefined,
    hide: undefined,
    challenge: undefined,
    onError: undefined,
  }));
  if (typeof gateOf !== "function")
    throw new RolegateError(
      "bad-options",
      "a guard needs `gate`: a function that gives the gate of a request",
    );
  return async (request, asked) => {
    const [permission, resolver, more] = asked as [Permission, Resolver<Request>?, object?];
    let gate: Gate | null;
    try {
      gate = await gateOf(request);
    } catch (error) {
      onError?.(error);
      return refused(503);
    }
    if (gate == null) return refused(401, { "www-authenticate": challenge });
    const { hide: hidden = hide } = optionsOf<{ hide?: boolean }>(more, () => ({ hide: undefined }));
    const asking = gate.with({ records: resolver === ANY ? "optional" : "required" });
    let about: About = [];
    let record: Found;
    if (typeof resolver === "function") {
      try {
        record = await resolver(request);
      } catch (error) {
        onError?.(error);
        record = null;
      }
      about = [typeof record === "object" ? record : null];
    }
    if (ask(asking, "can", permission, about)) return { gate, record };
    if (hidden) return refused(404);
    const { reason, publicText } = ask(asking, "explain", permission, about);
    return refused(403, {}, { reason, publicText });
  };
}

function refused(
  status: Problem["status"],
  headers: Readonly<Record<string, string>> = {},
  why: Pick<Problem, "reason" | "publicText"> = {},
): Verdict {
  return {
    refusal: { type: "about:blank", title: TITLES[status], status, ...why },
    headers: { ...JSON_TYPE, ...headers },
  };
}

/** A guard of servers that are asked by `fetch`. */
export interface Guard {
  /**
   * Goes on with `next`, or answers for it: 401, 403 (404 with `hide`) or 503.
   */
  requireCan(
    ...asked: Asked<Request>
  ): (
    next: (request: Request, guarded: Guarded) => Response | Promise<Response>,
  ) => (request: Request) => Promise<Response>;
}

/** @throws {RolegateError} `bad-options` */
export function createGuard(options: GuardOptions<Request>): Guard {
  const check = checkerOf(options);
  return {
    requireCan:
      (...asked) =>
      (next) =>
      async (request) => {
        const verdict = await check(request, asked);
        return verdict.refusal === undefined ? next(request, verdict) : responseOf(verdict);
      },
  };
}

/** A refusal as a response. */
export function responseOf({ refusal, headers }: Extract<Verdict, { refusal: Problem }>): Response {
  return new Response(JSON.stringify(refusal), { status: refusal.status, headers });
}
