import { answer } from "../../../service";
import { tenant } from "../../../tenant";

export const GET = async (request) => answer(await tenant, request);
