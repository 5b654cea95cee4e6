import { load } from "rolegate";

export const first = async (source, { user, permission, record }) =>
  (await load(source)).for(user).can(permission, record);
