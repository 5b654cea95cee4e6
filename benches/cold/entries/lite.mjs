import { restore } from "rolegate/lite";

export const first = async (source, { permission, record }) =>
  restore(JSON.parse(await source)).can(permission, record);
