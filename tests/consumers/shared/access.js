import { createAccessControl } from "better-auth/plugins/access";
import { adminAc, defaultStatements, memberAc, ownerAc } from "better-auth/plugins/organization/access";

const project = ["view", "create", "share", "delete"];

export const access = createAccessControl({ ...defaultStatements, project });

/** The roles in code. Organizations make others at run time. */
export const roles = {
  owner: access.newRole({ ...ownerAc.statements, project }),
  admin: access.newRole({ ...adminAc.statements, project: ["view", "create", "share"] }),
  member: access.newRole({ ...memberAc.statements, project: ["view"] }),
};
