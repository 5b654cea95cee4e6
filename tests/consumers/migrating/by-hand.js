import { deepEqual, equal } from "node:assert/strict";
import { load } from "rolegate";

// By hand: a function, and a similar one wherever a button or a route needs it.
function mayReply(user, conversation) {
  if (user.role === "admin") return true;
  if (user.role !== "agent" || conversation.status === "closed") return false;
  return conversation.assigneeId === user.id || user.teams.includes(conversation.teamId);
}

// The same as roles: `team` also covers the user's own records.
const snapshot = await load({
  format: "rolegate/1",
  revision: 1,
  catalog: {
    categories: [{ id: "conversations", permissions: [{ id: "conversations.reply", scopes: ["own", "team", "all"] }] }],
    resources: { conversations: { owner: "assigneeId", team: "teamId" } },
  },
  teams: [{ id: "sales" }, { id: "support" }],
  roles: [
    { id: "admin", name: "Admin", grants: { "*": true } },
    {
      id: "agent",
      name: "Agent",
      grants: { "conversations.reply": { scope: "team", when: { "resource.status": { $ne: "closed" } } } },
    },
  ],
  users: [
    { id: "ana", teams: ["sales"], roles: ["agent"] },
    { id: "bo", roles: ["admin"] },
  ],
});

// For a while, run both, use the old answer, and record the differences.
const differing = [];
function mayReplyComparing(user, conversation) {
  const before = mayReply(user, conversation);
  const now = snapshot.for(user.id).can("conversations.reply", conversation);
  if (before !== now) differing.push({ user: user.id, conversation, before, now });
  return before;
}

const users = [
  { id: "ana", role: "agent", teams: ["sales"] },
  { id: "bo", role: "admin", teams: [] },
];
for (const user of users) {
  for (const assigneeId of ["ana", "bo"]) {
    for (const teamId of ["sales", "support"]) {
      for (const status of ["open", "closed"]) mayReplyComparing(user, { assigneeId, teamId, status });
    }
  }
}
deepEqual(differing, []);

// A permanent difference: a conversation without a status is not known to be open.
const unfinished = { assigneeId: "ana", teamId: "sales" };
equal(mayReply(users[0], unfinished), true);
equal(snapshot.for("ana").can("conversations.reply", unfinished), false);
