import { answer } from "../service";
import { tenant } from "../tenant.server";

export const loader = async ({ request }) => answer(await tenant, request);
