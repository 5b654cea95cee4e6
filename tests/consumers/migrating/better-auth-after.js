import { load } from "rolegate";
import { betterAuth, subjectFrom } from "rolegate/claims";
import { restore } from "rolegate/lite";
import { access, roles } from "./access.js";
import { documentOf } from "./document.js";

/** The service: one gate per request answers every check. */
export async function gateOf(member, rows) {
  const { organizationId } = member;
  const { statements } = access;
  const { document } = documentOf({ organization: organizationId, revision: 1, statements, roles, rows });
  const snapshot = await load(document); // keep it until the rows change
  const { subject, options } = subjectFrom(member, { ...betterAuth, tenant: organizationId });
  return snapshot.for(subject, options);
}

export function may(gate, resource, action) {
  return gate.can(`${resource}.${action}`);
}

/** The page: the same answers, immediately. */
export function mayAtOnce(data, resource, action) {
  return restore(data).can(`${resource}.${action}`);
}
