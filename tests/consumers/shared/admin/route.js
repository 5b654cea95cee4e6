import { choices } from "../editor";

export const dynamic = "force-dynamic";

export const GET = async () => Response.json(await choices());
