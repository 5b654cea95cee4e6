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
        {
          id: "settings",
          title: "Settings",
          permissions: [{ id: "settings.labels", title: "Manage labels" }, { id: "settings.inboxes" }],
        },
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
      {
        id: "supervisor",
        name: "Sales Supervisor",
        grants: { "conversations.*": "team", "settings.labels": true },
      },
      {
        id: "agent",
        name: "Agent",
        standard: true,
        grants: { "conversations.view": "own", "conversations.reply": true },
      },
      {
        id: "vip-desk",
        name: "VIP Desk",
        grants: { "conversations.view": { when: { "resource.vip": true } } },
      },
      {
        id: "exporter",
        name: "Exporter",
        grants: { "reports.export": { when: { "context.format": { $in: ["csv", "pdf"] } } } },
      },
      { id: "closer", name: "Closer", grants: { "conversations.close": "team" } },
      { id: "no-close", name: "May Not Close", deny: ["conversations.close"] },
    ],
    users: [
      { id: "ana", name: "Ana", teams: ["sales"], roles: ["supervisor"] },
      { id: "bo", teams: ["support"], roles: ["agent"] },
      { id: "cy", roles: ["admin"] },
      { id: "dee", roles: ["admin"], disabled: true },
      {
        id: "eve",
        teams: ["sales"],
        roles: ["agent", { role: "closer", from: "2026-11-20T09:00:00Z", until: "2026-11-20T17:00:00Z" }],
      },
      { id: "flo", roles: ["vip-desk"] },
      { id: "gil", roles: ["exporter"] },
      { id: "hal", teams: ["sales"], roles: ["supervisor", "no-close"] },
      { id: "ivy", roles: [{ role: "admin", team: "support" }] },
      { id: "7", roles: ["agent"] },
    ],
  };
}

/**
 * The tenant's gates at noon, made in both ways: `gate(user, options)` by the engine,
 * `lite(user, options, later)` from its gate data, with `later` as options of `restore`. `both` tests the
 * same of the two: its body gets one of them.
 */
export async function acmeGates(report, lib) {
  const snapshot = await lib.load(acme());
  const gate = (user, options) => snapshot.for(user, { now: NOW, ...options });
  const lite = (user, options, later) =>
    lib.restore(travel(gate(user, options).toJSON()), { now: NOW, ...later });
  const both = async (name, body) => {
    await report.test(name, () => body(gate));
    await report.test(`lite: ${name}`, () => body(lite));
  };
  return { snapshot, gate, lite, both };
}

/** Records that meet every level and condition of the tenant, and miss it. */
export function acmeRecords() {
  return [
    {},
    null,
    { teamId: "sales" },
    { teamId: "emea" },
    { teamId: ["support", "sales"] },
    { teamId: null, vip: true },
    ...["ana", "bo", "eve", 7, ["hal", "7"]].map((assigneeId) => ({ assigneeId, teamId: "support" })),
  ];
}

/** Plain data as they arrive on another machine. */
export const travel = (data) => JSON.parse(JSON.stringify(data));
