// A small tenant for the behaviour tests: each user is there for one way of holding a permission.

export const NOW = Date.parse("2026-11-20T12:00:00Z");
export const WINDOW = { from: Date.parse("2026-11-20T09:00:00Z"), until: Date.parse("2026-11-20T17:00:00Z") };

/** A fresh copy, which a test may change. */
export function acme() {
  return {
    format: "rolegate/1",
    revision: 7,
    tenant: "acme",
    issuedAt: "2026-11-19T08:00:00Z",
    expiresAt: "2027-01-01T00:00:00Z",
    catalog: {
      categories: [
        {
          id: "conversations",
          title: "Conversations",
          permissions: [
            { id: "conversations.view", title: "View conversations", scopes: ["own", "team", "all"] },
            { id: "conversations.reply", scopes: ["own", "team", "all"], requires: ["conversations.view"] },
            { id: "conversations.close", scopes: ["team", "all"] },
          ],
        },
        { id: "reports", permissions: [{ id: "reports.export", scopes: ["all"] }] },
        { id: "settings", title: "Settings", permissions: [{ id: "settings.labels", title: "Manage labels" }, { id: "settings.inboxes" }] },
      ],
      resources: { conversations: { owner: "assigneeId", team: "teamId" } },
      levelTitles: { own: "Restricted", team: "Group", all: "Global" },
    },
    teams: [
      { id: "emea", name: "EMEA", kind: "sub-company" },
      { id: "sales", name: "Sales", parent: "emea" },
      { id: "support", name: "Support" },
    ],
    roles: [
      { id: "admin", name: "Administrator", standard: true, locked: true, grants: { "*": true } },
      { id: "supervisor", name: "Sales Supervisor", grants: { "conversations.*": "team", "settings.labels": true } },
      { id: "agent", name: "Agent", standard: true, grants: { "conversations.view": "own", "conversations.reply": true } },
      { id: "vip-desk", name: "VIP Desk", grants: { "conversations.view": { when: { "resource.vip": true } } } },
      { id: "exporter", name: "Exporter", grants: { "reports.export": { when: { "context.format": { $in: ["csv", "pdf"] } } } } },
      { id: "closer", name: "Closer", grants: { "conversations.close": "team" } },
      { id: "no-close", name: "May Not Close", deny: ["conversations.close"] },
    ],
    users: [
      { id: "ana", name: "Ana", teams: ["sales"], roles: ["supervisor"] },
      { id: "bo", teams: ["support"], roles: ["agent"] },
      { id: "cy", roles: ["admin"] },
      { id: "dee", roles: ["admin"], disabled: true },
      { id: "eve", teams: ["sales"], roles: ["agent", { role: "closer", from: "2026-11-20T09:00:00Z", until: "2026-11-20T17:00:00Z" }] },
      { id: "flo", roles: ["vip-desk"] },
      { id: "gil", roles: ["exporter"] },
      { id: "hal", teams: ["sales"], roles: ["supervisor", "no-close"] },
      { id: "ivy", roles: [{ role: "admin", team: "support" }] },
      { id: "7", roles: ["agent"] },
    ],
  };
}
