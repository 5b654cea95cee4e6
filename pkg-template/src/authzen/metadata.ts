// What a client learns of the PDP before it asks: `/.well-known/authzen-configuration`.

import type { Settings } from "./settings.js";

export const WELL_KNOWN = "/.well-known/authzen-configuration";

export const PATHS = {
  evaluation: "/access/v1/evaluation",
  evaluations: "/access/v1/evaluations",
  subject: "/access/v1/search/subject",
  resource: "/access/v1/search/resource",
  action: "/access/v1/search/action",
} as const;

/** @param tenant the part of the path that names it, as it was asked for; with its slash */
export function metadataOf({ base, resources, accessRequest }: Settings, tenant: string): object {
  const identifier = `${base.origin}${base.path}${tenant}`;
  return {
    policy_decision_point: identifier,
    access_evaluation_endpoint: identifier + PATHS.evaluation,
    access_evaluations_endpoint: identifier + PATHS.evaluations,
    search_subject_endpoint: identifier + PATHS.subject,
    // Without `resources` nobody knows which there are: that search is not offered.
    search_resource_endpoint: resources && identifier + PATHS.resource,
    search_action_endpoint: identifier + PATHS.action,
    access_request_endpoint: accessRequest?.endpoint,
    jwks_uri: accessRequest?.jwks,
    capabilities: accessRequest && ["urn:openid:authzen:capability:access-request"],
  };
}
