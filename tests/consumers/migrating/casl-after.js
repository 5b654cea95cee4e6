import { load } from "rolegate";
import { restore } from "rolegate/lite";

function permission(action) {
  return { id: `conversations.${action}`, scopes: ["own", "team", "all"] };
}

const tenant = await load({
  format: "rolegate/1",
  revision: 1,
  catalog: {
    categories: [{ id: "conversations", permissions: ["view", "reply", "assign"].map(permission) }],
    resources: { conversations: { owner: "assigneeId", team: "teamId" } },
  },
  // Without `teams` any team id counts, as in CASL. With it, teams can be nested, and unknown ids are reported.
  roles: [
    { id: "agent", name: "Agent", grants: { "conversations.view": "team", "conversations.reply": "own" } },
    { id: "lead", name: "Lead", grants: { "conversations.*": "team" } },
    { id: "admin", name: "Admin", grants: { "*": true } },
    { id: "rules", name: "Rules", deny: [{ key: "conversations.reply", when: { "resource.status": "closed" } }] },
  ],
  everyone: [{ role: "rules" }],
});

/** The gate of one person: `{ id, roles, teams }`. */
export function gateOf(person) {
  return tenant.for(person);
}

/** The service. */
export function answer(person, conversations, { path, id }) {
  const gate = gateOf(person);
  if (path === "/me") return { status: 200, body: gate.toJSON() };
  if (path === "/conversations") return { status: 200, body: gate.filter("conversations.view", conversations) };
  const record = conversations.find((conversation) => conversation.id === id);
  if (record === undefined || !gate.can("conversations.view", record)) return { status: 404 };
  return { status: gate.can(`conversations.${path.slice(1)}`, record) ? 200 : 403 };
}

/** The page: which buttons of a conversation are enabled. */
export function buttons(data, record) {
  const gate = restore(data);
  return ["reply", "assign"].filter((action) => gate.can(`conversations.${action}`, record));
}
