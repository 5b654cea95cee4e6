import { load } from "rolegate";
import { answer } from "./service.js";

const tenant = await load(await Deno.readFile("roles.json"));

Deno.serve({ port: Number(Deno.env.get("PORT") ?? 3000) }, (request) => answer(tenant, request));
