import { create } from "easy-rbac";

export const first = async (source, { permission, record }) => {
  const { roles, me } = JSON.parse(await source);
  const isMine = async () => record.assigneeId === me.id;
  const can = ({ grants }) => grants.map((grant) => ({ name: grant.permission, when: isMine }));
  return create(Object.fromEntries(roles.map((role) => [role.id, { can: can(role) }]))).can(
    me.roles,
    permission,
    {},
  );
};
