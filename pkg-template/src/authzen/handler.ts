// The handler: requests in, answers out. It never rejects, and no answer tells what failed inside.

import { RolegateError } from "../core/errors.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import { Asker } from "./asker.js";
import { bodyOf } from "./body.js";
import { evaluation, evaluations } from "./evaluate.js";
import { objectIn } from "./json.js";
import { metadataOf } from "./metadata.js";
import { ask, Refusal, refuse, Unavailable } from "./refusal.js";
import { reply, replyOf } from "./reply.js";
import { type Route, routeOf } from "./routes.js";
import { searchAction, searchResource, searchSubject } from "./search.js";
import { type Settings, settingsOf } from "./settings.js";
import type { Asking, HandlerOptions } from "./types.js";

/** What each endpoint answers to a body. */
const ANSWERS: {
  readonly [E in Exclude<Route["endpoint"], "metadata">]: (asker: Asker, body: object) => Promise<object>;
} = {
  evaluation,
  evaluations,
  subject: searchSubject,
  resource: searchResource,
  action: searchAction,
};

/**
 * A `fetch` handler for the OpenID AuthZEN Authorization API 1.0: evaluations, searches, metadata.
 * @throws {RolegateError} `bad-options`
 */
export function createHandler<Caller>(
  options: HandlerOptions<Caller>,
): (request: Request) => Promise<Response> {
  const settings = settingsOf(options);
  return async (request) => {
    try {
      return reply(request, 200, await answer(settings, request));
    } catch (error) {
      return replyOf(request, refusalFor(error, settings));
    }
  };
}

/** @throws {Refusal} */
async function answer(settings: Settings, request: Request): Promise<object> {
  const route = routeOf(settings, request.url) ?? refuse(404, "Not Found");
  if (route.endpoint === "metadata") {
    allow(request, ["GET", "HEAD"]);
    return metadataOf(settings, route.written);
  }
  allow(request, ["POST"]);
  // Nothing is read, looked up or told before it is known who asks.
  const caller = await authenticated(settings, request, route.tenant);
  const { bytes, milliseconds } = settings.limits;
  const body = objectIn(await bodyOf(request, bytes, milliseconds));
  const snapshot = await snapshotFor(settings, route.tenant, caller);
  return ANSWERS[route.endpoint](new Asker(settings, { caller, tenant: route.tenant, snapshot }), body);
}

function allow({ method }: Request, methods: readonly string[]): void {
  if (!methods.includes(method)) throw new Refusal(405, "Method Not Allowed", { allow: methods.join(", ") });
}

async function authenticated(
  settings: Settings,
  request: Request,
  tenant: string,
): Promise<Asking["caller"]> {
  const caller = await ask(() => settings.authenticate(request, tenant));
  // The answer of an issuer, whatever it says, is nobody: it was forgotten to look into it.
  if (caller instanceof Response) throw new Unavailable(new TypeError("`authenticate` returned a response"));
  if (!caller) throw new Refusal(401, "Unauthorized", { "www-authenticate": settings.challenge });
  return caller;
}

async function snapshotFor({ snapshot }: Settings, tenant: string, caller: unknown): Promise<Snapshot> {
  const found = typeof snapshot === "function" ? await ask(() => snapshot(tenant, caller)) : snapshot;
  if (found == null) return refuse(403, "Forbidden");
  // Whoever asks about one tenant gets no answer from another.
  if (tenant !== "" && found.tenant !== undefined && found.tenant !== tenant)
    throw new Unavailable(
      new RolegateError(
        "wrong-tenant",
        `\`snapshot\` gave one of another tenant than \`${tenant}\`; \`null\` if there is none`,
      ),
    );
  return found;
}

/** Whatever else was thrown is nobody's business. */
function refusalFor(error: unknown, { onError }: Settings): Refusal {
  const refusal = error instanceof Refusal ? error : new Refusal(500, "Internal Server Error");
  if (refusal.status >= 500) onError?.(error instanceof Refusal ? error.cause : error);
  return refusal;
}
