// The Access Request profile (a draft): what is denied and could be granted tells where to ask for it.

import type { Permission, Reason, Resource, Subject, UserId } from "../types/types.js";
import type { Asker } from "./asker.js";
import type { Settings } from "./settings.js";
import type { Denial, Question } from "./types.js";

interface Denied {
  readonly question: Question;
  readonly permission: Permission;
  readonly who: UserId | Subject;
  readonly record: Resource | null;
  readonly reason: Reason;
}

/**
 * What is added to the context of a denial; nothing if it cannot be requested. A denial is one whatever fails
 * here: then it is told to `onError` alone.
 */
export async function contextOfDenial(asker: Asker, denied: Denied): Promise<object | undefined> {
  const { accessRequest, onError } = asker.settings;
  if (accessRequest === undefined || !asker.mayTell(accessRequest.denials)) return undefined;
  try {
    return await requestable(asker, denied, accessRequest);
  } catch (error) {
    onError?.(error);
    return undefined;
  }
}

async function requestable(
  asker: Asker,
  { question, permission, who, record, reason }: Denied,
  { endpoint, template, expiresIn, bind }: NonNullable<Settings["accessRequest"]>,
): Promise<object | undefined> {
  const options = { ...asker.options(question), resource: record };
  const remedies = asker.asking.snapshot.remedies(who, permission, options);
  if (remedies.length === 0) return undefined;
  const now = Date.now();
  const denial: Denial = {
    ...asker.asking,
    evaluation_id: crypto.randomUUID(),
    evaluated_at: new Date(now).toISOString(),
    expires_at: new Date(now + expiresIn).toISOString(),
    question,
    permission,
    reason,
    remedies,
  };
  const binding = await bind(denial);
  // Without something by which it can be verified, a denial must not offer a request.
  if (binding !== true && (typeof binding !== "string" || binding === "")) return undefined;
  const { evaluation_id, evaluated_at, expires_at } = denial;
  const token = binding === true ? undefined : binding;
  return {
    evaluation_id,
    evaluated_at,
    remedies,
    access_request: { endpoint, template, expires_at, binding_token: token },
  };
}
