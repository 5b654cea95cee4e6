import { load } from "rolegate";
import { conversation } from "./conversations.js";
import { gateOf } from "./people.js";
import roles from "./roles.json";

let tenant; // nothing waits outside of requests

export default {
  async fetch(request) {
    tenant ??= load(roles);
    const gate = await gateOf(await tenant, request.headers.get("authorization"));
    if (gate === null) return new Response("Who are you?", { status: 401 });

    const record = conversation(new URL(request.url).pathname.replace("/reply/", ""));
    if (record === undefined) return new Response("Not found", { status: 404 });
    if (gate.can("conversations.reply", record)) return new Response("sent");
    return new Response(gate.explain("conversations.reply", record).publicText, { status: 403 });
  },
};
