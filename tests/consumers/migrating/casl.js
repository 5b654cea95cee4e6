import { deepEqual, equal } from "node:assert/strict";
import { createMongoAbility, subject } from "@casl/ability";
import { rulesToCondition } from "@casl/ability/extra";
import { load, loadSync } from "rolegate";
import { restore } from "rolegate/lite";

const me = { id: "ana", teams: ["sales"] };

// CASL: one user's rules, which your server computes from roles.
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

// On any record at all?
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
const [part] = gate.scope("conversations.view").parts;
deepEqual(new Set(part.any), new Set([{ own: true }, { teams: ["sales"] }]));

// Why not?
equal(ability.relevantRuleFor("reply", conversation(closed)).inverted, true);
equal(gate.explain("conversations.reply", closed).reason, "denied");

// From the server to the page
const ofRules = createMongoAbility(JSON.parse(JSON.stringify(ability.rules)));
equal(ofRules.can("reply", conversation(mine)), true);
const ofData = restore(JSON.parse(JSON.stringify(gate.toJSON())));
equal(ofData.can("conversations.reply", mine), true);

// A record that is still loading: CASL checks the type, and allows it.
const loading = undefined;
equal(ability.can("reply", loading ?? "Conversation"), true);
equal(gate.can("conversations.reply", loading), false);

// The order of rules: in CASL the last matching rule decides, so the denial is lost.
const denial = { action: "reply", subject: "Conversation", conditions: { status: "closed" }, inverted: true };
const reordered = createMongoAbility([denial, { action: "reply", subject: "Conversation", conditions: { assigneeId: me.id } }]);
equal(reordered.can("reply", conversation(closed)), true);
equal(gate.can("conversations.reply", closed), false);

// Fields: without one, CASL allows if any field is allowed. Use a separate permission, or a mask.
const onFields = createMongoAbility([{ action: "edit", subject: "Conversation", fields: ["notes"] }]);
equal(onFields.can("edit", conversation(mine)), true);
equal(onFields.can("edit", conversation(mine), "assigneeId"), false);

// Conditions: one rule with a condition, one grant with a condition, each checked on a record.
function casl(conditions, record) {
  return createMongoAbility([{ action: "view", subject: "Conversation", conditions }]).can("view", conversation(record));
}
function rolegate(when, record) {
  const catalog = { categories: [{ id: "conversations", permissions: [{ id: "conversations.view" }] }] };
  const roles = [{ id: "agent", name: "Agent", grants: { "conversations.view": { when } } }];
  const one = loadSync({ format: "rolegate/1", revision: 1, catalog, roles, users: [{ id: "ana", roles: ["agent"] }] });
  return one.for("ana").can("conversations.view", record);
}

// An attribute that is missing or null is not known to be something else.
equal(casl({ status: { $ne: "closed" } }, {}), true);
equal(rolegate({ "resource.status": { $ne: "closed" } }, {}), false);
equal(casl({ status: { $nin: ["closed"] } }, { status: null }), true);
equal(rolegate({ "resource.status": { $nin: ["closed"] } }, { status: null }), false);

// `$exists`: `null` does not exist.
equal(casl({ assigneeId: { $exists: false } }, { assigneeId: null }), false);
equal(rolegate({ "resource.assigneeId": { $exists: false } }, { assigneeId: null }), true);

// Lists: CASL compares each element. Here `$eq` and `$in` compare one value; `$has` and `$hasAny` are for lists.
const tagged = { tags: ["new", "vip"] };
equal(casl({ tags: { $in: ["vip"] } }, tagged), true);
equal(rolegate({ "resource.tags": { $in: ["vip"] } }, tagged), false);
equal(rolegate({ "resource.tags": { $hasAny: ["vip"] } }, tagged), true);
equal(casl({ tags: "vip" }, tagged), true);
equal(rolegate({ "resource.tags": { $has: "vip" } }, tagged), true);

// `$elemMatch` is `$elem`. Nothing is known about an element that is only an id, so a denial applies.
const members = [{ id: "ana", role: "reader" }, { id: "bo", role: "author" }];
equal(casl({ members: { $elemMatch: { id: "ana", role: "author" } } }, { members }), false);
equal(rolegate({ "resource.members": { $elem: { "element.id": "ana", "element.role": "author" } } }, { members }), false);
const secret = { labels: { $elemMatch: { name: "secret" } } };
const noSecrets = createMongoAbility([{ action: "view", subject: "Conversation" }, { action: "view", subject: "Conversation", conditions: secret, inverted: true }]);
equal(noSecrets.can("view", conversation({ labels: ["65f0"] })), true);
equal(rolegate({ $not: { "resource.labels": { $elem: { "element.name": "secret" } } } }, { labels: ["65f0"] }), false);

// ObjectIds: CASL compares the result of `toJSON`. Here an object equals nothing: convert it.
class ObjectId {
  toJSON() {
    return "65f0";
  }
}
const written = { by: new ObjectId() };
equal(casl({ by: "65f0" }, written), true);
equal(rolegate({ "resource.by": "65f0" }, written), false);
equal(rolegate({ "resource.by": "65f0" }, { by: written.by.toJSON() }), true);

// Big integers are numbers; as ids they are their digits.
equal(casl({ number: 7 }, { number: 7n }), false);
equal(rolegate({ "resource.number": 7 }, { number: 7n }), true);

// Dates: `$since` and `$before`, which also read text and milliseconds.
const noon = new Date("2026-11-20T12:00:00Z");
equal(casl({ at: { $gte: noon } }, { at: noon }), true);
equal(casl({ at: { $gte: noon } }, { at: "2026-11-20T13:00:00+01:00" }), false);
equal(rolegate({ "resource.at": { $since: "2026-11-20T12:00:00Z" } }, { at: noon }), true);
equal(rolegate({ "resource.at": { $since: "2026-11-20T12:00:00Z" } }, { at: "2026-11-20T13:00:00+01:00" }), true);
