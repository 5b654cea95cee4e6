import { tenant } from "../lib/server/tenant.js";

export async function load() {
  return { gateData: (await tenant).for("ana").toJSON() }; // whoever the session says
}
