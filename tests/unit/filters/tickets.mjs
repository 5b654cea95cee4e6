// The scope that tests of printers ask for.

import { load } from "../../../pkg/entries/node.js";

/**
 * On which tickets somebody in the team `sales` may view, who owns some.
 * @param grant what their role grants of it
 * @param deny what is denied to them in that team
 */
export async function scopeOf(grant, deny = []) {
  const snapshot = await load({
    format: "rolegate/1",
    revision: 1,
    catalog: {
      categories: [{ id: "tickets", permissions: [{ id: "tickets.view", scopes: ["own", "team", "all"] }] }],
      resources: { tickets: { owner: "assigneeId", team: "teamId" } },
    },
    teams: [{ id: "sales" }],
    roles: [
      { id: "agent", name: "Agent", grants: grant === undefined ? {} : { "tickets.view": grant } },
      { id: "barred", name: "Barred", deny },
    ],
    users: [{ id: "ana", teams: ["sales"], roles: ["agent", { role: "barred", team: "sales" }] }],
  });
  return snapshot.for("ana").scope("tickets.view");
}
