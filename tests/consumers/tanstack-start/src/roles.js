import { createServerFn } from "@tanstack/react-start";
import { getCookie } from "@tanstack/react-start/server";
import { load } from "rolegate";
import roles from "../roles.json";

const HOUR = 3_600_000;
const tenant = load(roles);

/** The answers of who asks: runs on the server, wherever it is called. */
export const rolesOfUser = createServerFn().handler(async () => {
  const user = getCookie("user") ?? ""; // stands in for your session
  return (await tenant).for(user, { until: Date.now() + HOUR }).toJSON();
});
