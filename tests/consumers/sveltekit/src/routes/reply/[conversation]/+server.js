import { tenant } from "../../../lib/server/tenant.js";
import { answer } from "../../../lib/service.js";

export const GET = async ({ request }) => answer(await tenant, request);
