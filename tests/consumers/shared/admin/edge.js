import { choices } from "../editor";

export const runtime = "edge";

export const GET = async () => Response.json(await choices());
