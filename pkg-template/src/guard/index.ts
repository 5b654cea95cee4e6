// Guards of servers: who asks, whether they may, and what they are told if not. Adapters translate requests and
// answers, and decide nothing.

import { RolegateError } from "../core/errors.js";
import { among, optionsOf } from "../core/options.js";
import type { Gate } from "../snapshot/gate.js";
import type { Explanation, Permission, Reason, Resource, TenantPermission } from "../types/types.js";

/** Instead of a record: whether the permission is given on any at all. For lists, which are filtered. */
export const ANY: unique symbol = Symbol("rolegate.any");

/** What is or is not known of the record that a request is about. Text, and nothing, is an unknown record. */
export type Found = Resource | string | null | undefined;

/** Finds the record that a request is about, from what a handler is given. */
export type Resolver<Given extends readonly unknown[], R extends Found = Found> = typeof ANY | Find<Given, R>;
type Find<Given extends readonly unknown[], R extends Found = Found> = (...given: Given) => R | Promise<R>;

/** Permissions with what they are asked about: only those that are about no record need nothing. */
export type Asked<Given extends readonly unknown[], R extends Found = Found> =
  | [permission: TenantPermission]
  | [permission: Permission, resolver: Resolver<Given, R>, options?: { readonly hide?: boolean }];

/** Whose requests these are, and what those are told who may not. */
export interface GuardOptions<Given extends readonly unknown[]> {
  /**
   * The gate of whoever asks, by `snapshot.for`; `null`: nobody is known (401). What it throws is 503, and what
   * is no such gate.
   */
  gate(...given: Given): Gate | null | Promise<Gate | null>;
  /** Whether a refusal is a 404 without a reason, so that nobody learns what there is. Default: `false`. */
  readonly hide?: boolean;
  /** The `WWW-Authenticate` of a 401. Default: `"Bearer"`. */
  readonly challenge?: string;
  /**
   * Hears what `gate` or a resolver threw, and which permission is misspelt or lacks its resolver. Nobody else
   * does, and nobody hears what this throws.
   */
  onError?(error: unknown): unknown;
}

/** `application/problem+json` (RFC 9457). No role, team or condition is in it. */
export interface Problem {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: 401 | 403 | 404 | 503;
  readonly reason?: Reason | undefined;
  readonly publicText?: string | undefined;
}
type Why = Partial<Pick<Problem, "reason" | "publicText">>;

/** What handlers behind a guard find. */
export interface Guarded<R extends Found = Found> {
  /** The gate as it was made. */
  readonly gate: Gate;
  /** What the resolver gave; `undefined` if there is none. */
  readonly record: R;
}

/** What those are told who may not. */
export interface Refusal {
  readonly refusal: Problem;
  readonly headers: Readonly<Record<string, string>>;
}

/** May go on; or is refused. */
export type Verdict<R extends Found = Found> = (Guarded<R> & { readonly refusal?: undefined }) | Refusal;

const TITLES = {
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  503: "Service Unavailable",
} as const;
const PROBLEM = { "content-type": "application/problem+json", "cache-control": "no-store" };

/** Decides about a request. */
export type Check<Given extends readonly unknown[], R extends Found = Found> = (
  ...given: Given
) => Promise<Verdict<R>>;

const NONE = undefined;
const wrong = (problem: string): RolegateError => new RolegateError("bad-options", problem);
const aFunction = among("function");
const RULES = { __proto__: null, onError: aFunction, hide: among("boolean") };

/**
 * Makes the checks of an adapter, each of a permission and what it is asked about.
 * @throws {RolegateError} `bad-options`; and so does what it gives
 */
export function checkerOf<Given extends readonly unknown[]>(
  options: GuardOptions<Given>,
): <R extends Found = undefined>(...asked: Asked<Given, R>) => Check<Given, R> {
  const all = optionsOf<Partial<GuardOptions<Given>>>(
    options,
    () => ({ gate: NONE, hide: NONE, challenge: NONE, onError: NONE }),
    RULES,
  );
  const gateOf = aFunction(all.gate, "gate") as GuardOptions<Given>["gate"];
  const { challenge = "Bearer" } = all;
  // A line break would end the header.
  if (typeof challenge !== "string" || !/^[!-~][ -~]*$/.test(challenge))
    throw wrong("`challenge` is not ASCII");
  const refused = (status: Problem["status"], { reason, publicText }: Why = {}): Refusal => ({
    refusal: { type: "about:blank", title: TITLES[status], status, reason, publicText },
    headers: { ...PROBLEM, ...(status === 401 && { "www-authenticate": challenge }) },
  });
  return <R extends Found = undefined>(...asked: Asked<Given, R>): Check<Given, R> => {
    const [permission, resolver, more] = asked as [Permission, Resolver<Given, R>?, object?];
    const hide = optionsOf<{ hide?: boolean }>(more, () => ({ hide: NONE }), RULES).hide ?? all.hide;
    const isAny = resolver === ANY;
    const find =
      isAny || resolver === undefined ? undefined : (aFunction(resolver, "resolver") as Find<Given, R>);
    return async (...given) => {
      let status: Problem["status"] = 503;
      try {
        const gate = await gateOf(...given);
        if (gate == null) return refused(401);
        // Only a gate of a snapshot has it.
        if (!Object(gate).unknown) throw wrong("`gate` must give `snapshot.for(user)`");
        const asking = gate.with({ records: isAny ? "optional" : "required" });
        status = hide ? 404 : 403;
        const record = (await find?.(...given)) as R;
        const about = typeof record === "object" ? record : null;
        const ask = (method: "can" | "explain"): boolean | Explanation =>
          find ? asking[method](permission, about) : asking[method](permission as TenantPermission);
        if (ask("can")) return { gate, record };
        const why = ask("explain") as Explanation;
        // Refused to everybody: whoever wrote the route must hear of it.
        if (why.reason === "unknown-permission" || (why.reason === "limited" && why.record === "required"))
          throw wrong(`\`${permission}\`: ${why.text} Correct its name, or add a resolver`);
        // A record that changes, or a clock, may allow it by now. A refusal never says so.
        return refused(status, hide || why.allowed ? {} : why);
      } catch (error) {
        // Nobody waits for whoever hears it, and whatever that throws changes nothing.
        (async () => all.onError?.(error))().catch(() => {});
        return refused(status);
      }
    };
  };
}

/** A guard of servers that are asked by `fetch`. */
export interface Guard<More extends readonly unknown[]> {
  /**
   * Goes on with `next`, or answers for it: 401, 403 (404 with `hide`) or 503.
   * @throws {RolegateError} `bad-options`
   */
  requireCan<R extends Found = undefined>(
    ...asked: Asked<[request: Request, ...more: More], R>
  ): (
    next: (request: Request, guarded: Guarded<R>, ...more: More) => Response | Promise<Response>,
  ) => (request: Request, ...more: More) => Promise<Response>;
}

/**
 * @typeParam More what handlers are given beside the request: the environment of a worker, the parameters of a
 * route
 * @throws {RolegateError} `bad-options`
 */
export function createGuard<More extends readonly unknown[] = []>(
  options: GuardOptions<[request: Request, ...more: More]>,
): Guard<More> {
  const checkOf = checkerOf(options);
  return {
    requireCan(...asked) {
      const check = checkOf(...asked);
      return (next) =>
        async (request, ...more) => {
          const verdict = await check(request, ...more);
          return verdict.refusal === undefined ? next(request, verdict, ...more) : responseOf(verdict);
        };
    },
  };
}

/** A refusal as a response. */
export function responseOf({ refusal, headers }: Refusal): Response {
  return new Response(JSON.stringify(refusal), { status: refusal.status, headers });
}
