// The roles of the tenant, of which the server makes the user's rules.
import { createMongoAbility } from "@casl/ability";
import { OPTIONS, rulesOf } from "../../contenders/casl-rules.mjs";
import { widest } from "../../tenant/grants.mjs";

export const first = async (source, { action, record }) => {
  const { roles, me } = JSON.parse(await source);
  return createMongoAbility(rulesOf(widest(roles, me.roles), me), OPTIONS).can(action, record);
};
