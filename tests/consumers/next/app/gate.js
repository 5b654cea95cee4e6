import { cookies } from "next/headers";
import { forRequests } from "rolegate/react/server";
import { tenant } from "../tenant";

const HOUR = 3_600_000;

export const { getGate, Can, RolegateServerProvider } = forRequests(async () => {
  const user = (await cookies()).get("user")?.value ?? ""; // stands in for your session
  return (await tenant).for(user, { until: Date.now() + HOUR });
});
