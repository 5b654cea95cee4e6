import { load } from "rolegate";
import { answer } from "./service.js";

const tenant = await load(await Bun.file("roles.json").bytes());

Bun.serve({ port: process.env.PORT ?? 3000, fetch: (request) => answer(tenant, request) });
