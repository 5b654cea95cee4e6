import { createAuthClient } from "better-auth/client";
import { organizationClient } from "better-auth/client/plugins";
import { access, roles } from "./access.js";

/** The service: for every check, Better Auth reads the session, the member and the roles of the organization. */
export async function may(auth, headers, resource, action) {
  const { success } = await auth.api.hasPermission({ headers, body: { permissions: { [resource]: [action] } } });
  return success;
}

const client = createAuthClient({ baseURL: "http://localhost", plugins: [organizationClient({ ac: access, roles })] });

/** The page: without a request, only the roles in code are known. */
export function mayAtOnce(member, resource, action) {
  return client.organization.checkRolePermission({ role: member.role, permissions: { [resource]: [action] } });
}
