import { deepEqual, equal } from "node:assert/strict";
import { createMongoAbility, subject } from "@casl/ability";
import { rulesToCondition } from "@casl/ability/extra";
import { load } from "rolegate";
import { restore } from "rolegate/lite";

const me = { id: "ana", teams: ["sales"] };

// CASL: one user's rules, which a server of yours computes from roles.
const ability = createMongoAbility([
  { action: "view", subject: "Conversation", conditions: { teamId: { $in: me.teams } } },
  { action: "reply", subject: "Conversation", conditions: { assigneeId: me.id } },
  { action: "reply", subject: "Conversation", conditions: { status: "closed" }, inverted: true },
  { action: "manage", subject: "Label" },
]);

// rolegate: the roles themselves, and who has them.
const snapshot = await load({
  format: "rolegate/1",
  revision: 1,
  catalog: {
    categories: [
      { id: "conversations", permissions: ["view", "reply"].map((action) => ({ id: `conversations.${action}`, scopes: ["own", "team", "all"] })) },
      { id: "labels", permissions: [{ id: "labels.view" }, { id: "labels.edit" }] },
    ],
    resources: { conversations: { owner: "assigneeId", team: "teamId" } },
  },
  teams: [{ id: "sales" }],
  roles: [
    {
      id: "agent",
      name: "Agent",
      grants: { "conversations.view": "team", "conversations.reply": "own", "labels.*": true },
      deny: [{ key: "conversations.reply", when: { "resource.status": "closed" } }],
    },
  ],
  users: [{ id: "ana", teams: ["sales"], roles: ["agent"] }],
});
const gate = snapshot.for("ana");

const mine = { assigneeId: "ana", teamId: "sales", status: "open" };
const closed = { ...mine, status: "closed" };
const others = { assigneeId: "bo", teamId: "sales", status: "open" };
const conversations = [mine, closed, others];
const conversation = (record) => subject("Conversation", { ...record });

// On anything at all?
equal(ability.can("reply", "Conversation"), true);
equal(gate.can("conversations.reply"), true);

// On this one?
equal(ability.can("reply", conversation(others)), false);
equal(gate.can("conversations.reply", others), false);

// On which of these?
deepEqual(conversations.filter((record) => ability.can("reply", conversation(record))), [mine]);
deepEqual(gate.filter("conversations.reply", conversations), [mine]);

// For a database
const mongo = { and: ($and) => ({ $and }), or: ($or) => ({ $or }), empty: () => ({}) };
const query = rulesToCondition(ability.rulesFor("view", "Conversation"), ({ conditions }) => conditions, mongo);
deepEqual(query, { $or: [{ teamId: { $in: ["sales"] } }] });
deepEqual(gate.scope("conversations.view").parts, [{ any: [{ teams: ["sales"] }, { own: true }], none: [] }]);

// Why not?
equal(ability.relevantRuleFor("reply", conversation(closed)).inverted, true);
equal(gate.explain("conversations.reply", closed).reason, "denied");

// From the server to the page
const ofRules = createMongoAbility(JSON.parse(JSON.stringify(ability.rules)));
equal(ofRules.can("reply", conversation(mine)), true);
const ofData = restore(JSON.parse(JSON.stringify(gate.toJSON())));
equal(ofData.can("conversations.reply", mine), true);

// What is not known. An attribute that is missing:
const cautious = createMongoAbility([{ action: "reply", subject: "Conversation", conditions: { status: { $ne: "closed" } } }]);
equal(cautious.can("reply", conversation({})), true);
equal(gate.can("conversations.reply", { assigneeId: "ana" }), false);

// What is not known. A record that is still loading: CASL is asked about the type, and says yes.
const loading = undefined;
equal(ability.can("reply", loading ?? "Conversation"), true);
equal(gate.can("conversations.reply", loading), false);
