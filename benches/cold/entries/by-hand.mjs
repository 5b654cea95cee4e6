import { widest } from "../../tenant/grants.mjs";

export const first = async (source, { permission, record }) => {
  const { roles, me } = JSON.parse(await source);
  const levels = new Map(widest(roles, me.roles).map((grant) => [grant.permission, grant.level]));
  return levels.get(permission) === "all" || record.assigneeId === me.id;
};
