// The user's rules, as a server sends them.
import { createMongoAbility } from "@casl/ability";
import { OPTIONS } from "../../contenders/casl-rules.mjs";

export const first = async (source, { action, record }) =>
  createMongoAbility(JSON.parse(await source), OPTIONS).can(action, record);
