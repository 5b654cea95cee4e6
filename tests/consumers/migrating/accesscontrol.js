import { deepEqual, equal, throws } from "node:assert/strict";
import { AccessControl } from "accesscontrol";
import { load } from "rolegate";

// accesscontrol: roles in code.
const control = new AccessControl();
control.grant("agent").readAny("conversation", ["*", "!notes"]).updateOwn("conversation");
control.grant("lead").extend("agent").readAny("conversation").updateAny("conversation");

// rolegate: roles as data, with permissions of any name.
const snapshot = await load({
  format: "rolegate/1",
  revision: 1,
  catalog: {
    categories: [
      {
        id: "conversations",
        permissions: ["read", "update", "notes"].map((action) => ({ id: `conversations.${action}`, scopes: ["own", "all"] })),
      },
    ],
    resources: { conversations: { owner: "assigneeId" } },
    masks: [{ resource: "conversations", field: "notes", permission: "conversations.notes", as: "omit" }],
  },
  roles: [
    { id: "agent", name: "Agent", grants: { "conversations.read": "all", "conversations.update": "own" } },
    { id: "lead", name: "Lead", inherits: ["agent"], grants: { "conversations.update": "all", "conversations.notes": "all" } },
  ],
  users: [
    { id: "ana", roles: ["agent"] },
    { id: "bo", roles: ["lead"] },
  ],
});

const me = { id: "ana", roles: ["agent"] };
const gate = snapshot.for("ana");
const record = { subject: "Invoice", assigneeId: "cy", notes: "asks for Ann" };

// "Own" or "any"? With accesscontrol the caller finds out who owns the record, and checks one or the other.
const isMine = record.assigneeId === me.id;
equal(control.can(me.roles)[isMine ? "updateOwn" : "updateAny"]("conversation").granted, false);
equal(gate.can("conversations.update", record), false);
equal(gate.can("conversations.update", { ...record, assigneeId: "ana" }), true);

// Inherited roles
equal(control.can("lead").updateAny("conversation").granted, true);
equal(snapshot.for("bo").can("conversations.update", record), true);

// Attributes
deepEqual(control.can(me.roles).readAny("conversation").filter(record), { subject: "Invoice", assigneeId: "cy" });
deepEqual(gate.mask("conversations", record), { subject: "Invoice", assigneeId: "cy" });
deepEqual(snapshot.for("bo").mask("conversations", record), record);

// An unknown role or resource
throws(() => control.can("agnet").readAny("conversation").granted, { code: "ROLE_NOT_FOUND" });
equal(control.can("agent").readAny("conversatoin").granted, false);
equal(snapshot.for("nobody").can("conversations.read"), false);
equal(gate.can("conversations.raed"), false);
