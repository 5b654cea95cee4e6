import { load } from "rolegate";
import { answer } from "./service.js";

const KEPT = 60_000; // milliseconds for which an isolate answers from what it has loaded
let tenant;
let until = 0;

export default {
  async fetch(request, env) {
    if (Date.now() >= until) {
      tenant = await load(await env.ROLES.get("acme", "arrayBuffer"));
      until = Date.now() + KEPT;
    }
    return answer(tenant, request);
  },
};
