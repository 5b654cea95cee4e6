import { answer } from "../../service.js";
import { tenant } from "../../tenant.js";

export const GET = async ({ request }) => answer(await tenant, request);
