// The first sample tenant (www/samples/aifocus.json): every permission and every worked example of the page
// it was made from, row by row.
//
// PA rows are the catalog's 31 permissions, each asked of somebody who holds it and of somebody who does not.
// XA rows are the worked roles: a row with a cross is asked without a record, so the answer means "on nothing
// at all".

import { each, no, numbered, on, tenant, yes } from "./tenants.mjs";

const SALES = { id: 1, assigneeId: null, teamId: "sales" };
const INBOUND = { id: 2, assigneeId: "ben", teamId: "sales-inbound" };
const SUPPORT = { id: 3, assigneeId: null, teamId: "support" };
const TECHNICAL = { id: 4, assigneeId: "gus", teamId: "support-technical" };
const NO_TEAM = { id: 5, assigneeId: null, teamId: null };
const BENS_REPORT = { id: 6, agentId: "ben", teamId: "sales-inbound" };
const SALES_REPORT = { id: 7, teamId: "sales" };
const SUPPORT_REPORT = { id: 8, teamId: "support" };
const COMPANY_REPORT = { id: 9 };
const SALES_CONTACT = { id: 10, teamId: "sales-outbound" };
const SUPPORT_CONTACT = { id: 11, teamId: "support" };
const SALES_AGENT = { id: "ben", teamIds: ["sales-inbound"] };
const SUPPORT_AGENT = { id: "gus", teamIds: ["finance", "support-technical"] };

const ROWS = [
  // The catalog
  yes("PA1", "ben", "View own conversations", "conversation.view", on(INBOUND, "assigned to the agent")),
  no("PA1", "ben", "View own conversations", "conversation.view", on(SALES, "assigned to nobody")),
  yes("PA2", "tess", "View team conversations", "conversation.view", on(TECHNICAL, "in a team below")),
  no("PA2", "tess", "View team conversations", "conversation.view", on(SALES, "in another team")),
  yes("PA3", "cara", "View all conversations", "conversation.view", on(NO_TEAM, "in no team")),
  no("PA3", "finn", "View all conversations", "conversation.view"),
  yes("PA4", "ben", "Respond to conversations", "conversation.respond", on(INBOUND, "own")),
  no("PA4", "ben", "Respond to conversations", "conversation.respond", on(TECHNICAL, "of somebody else")),
  yes("PA5", "cara", "Assign conversations", "conversation.assign", on(SALES)),
  no("PA5", "ben", "Assign conversations", "conversation.assign"),
  yes("PA6", "sam", "Reassign conversations", "conversation.reassign", on(INBOUND)),
  no("PA6", "tess", "Reassign conversations", "conversation.reassign"),
  yes("PA7", "ben", "Change status", "conversation.setStatus", on(INBOUND)),
  no("PA7", "nora", "Change status", "conversation.setStatus"),
  yes("PA8", "ada", "Change priority", "conversation.setPriority", on(SUPPORT)),
  no("PA8", "ben", "Change priority", "conversation.setPriority"),
  yes("PA9", "sam", "Apply labels", "conversation.label", on(SALES)),
  no("PA9", "sam", "Apply labels", "conversation.label", on(SUPPORT, "in another team")),
  yes("PA10", "ben", "Close conversations", "conversation.close", on(INBOUND)),
  no("PA10", "sam", "Close conversations", "conversation.close"),
  yes("PA11", "ada", "Delete conversations", "conversation.delete", on(NO_TEAM)),
  no("PA11", "cara", "Delete conversations", "conversation.delete"),
  yes("PA12", "nora", "View contacts", "contact.view", on(SUPPORT_CONTACT)),
  no("PA12", "finn", "View contacts", "contact.view"),
  yes("PA13", "ben", "Create contacts", "contact.create"),
  no("PA13", "nora", "Create contacts", "contact.create"),
  yes("PA14", "cara", "Edit contacts", "contact.edit", on(SUPPORT_CONTACT)),
  no("PA14", "tess", "Edit contacts", "contact.edit"),
  yes("PA15", "ada", "Delete contacts", "contact.delete", on(SALES_CONTACT)),
  no("PA15", "ben", "Delete contacts", "contact.delete"),
  yes("PA16", "ada", "Export contacts", "contact.export"),
  no("PA16", "sam", "Export contacts", "contact.export"),
  yes("PA17", "ada", "Import contacts", "contact.import"),
  no("PA17", "ben", "Import contacts", "contact.import"),
  yes("PA18", "ada", "Merge contacts", "contact.merge"),
  no("PA18", "cara", "Merge contacts", "contact.merge"),
  yes("PA19", "ben", "View own reports", "report.view", on(BENS_REPORT, "about the agent")),
  no("PA19", "ben", "View own reports", "report.view", on(SALES_REPORT, "about the team")),
  yes("PA20", "cara", "View team reports", "report.view", on(BENS_REPORT, "about a member of the team")),
  no("PA20", "cara", "View team reports", "report.view", on(SUPPORT_REPORT, "about another team")),
  yes("PA21", "finn", "View all reports", "report.view", on(COMPANY_REPORT, "about no team")),
  no("PA21", "nora", "View all reports", "report.view"),
  yes("PA22", "cara", "Export reports", "report.export", on(SALES_REPORT)),
  no("PA22", "cara", "Export reports", "report.export", on(SUPPORT_REPORT, "that cannot be viewed")),
  yes("PA23", "finn", "Access audit logs", "auditLog.view"),
  no("PA23", "sam", "Access audit logs", "auditLog.view"),
  yes("PA24", "ada", "Manage inboxes", "inbox.manage"),
  no("PA24", "tess", "Manage inboxes", "inbox.manage"),
  yes("PA25", "ada", "Manage agents", "agent.manage", on(SALES_AGENT)),
  no("PA25", "sam", "Manage agents", "agent.manage"),
  yes("PA26", "ada", "Configure integrations", "integration.configure"),
  no("PA26", "tess", "Configure integrations", "integration.configure"),
  yes("PA27", "tess", "Configure automations", "automation.configure"),
  no("PA27", "cara", "Configure automations", "automation.configure"),
  yes("PA28", "ada", "Configure SLA", "sla.configure"),
  no("PA28", "tess", "Configure SLA", "sla.configure"),
  yes("PA29", "ada", "Manage labels", "label.manage"),
  no("PA29", "sam", "Manage labels", "label.manage"),
  yes("PA30", "ada", "Manage teams", "team.manage"),
  no("PA30", "tess", "Manage teams", "team.manage"),
  yes("PA31", "ada", "System settings", "system.settings"),
  no("PA31", "finn", "System settings", "system.settings"),

  // The form that creates a role
  yes(
    "XA1",
    "cara",
    "View all conversations",
    "conversation.view",
    on(SUPPORT, "of a team that is not the supervisor's"),
  ),
  yes("XA2", "cara", "Assign conversations", "conversation.assign", on(SUPPORT)),
  yes("XA3", "cara", "Reassign conversations", "conversation.reassign", on(INBOUND)),
  yes("XA4", "cara", "Close conversations", "conversation.close", on(SUPPORT)),
  no("XA5", "cara", "Delete conversations", "conversation.delete"),
  yes("XA6", "cara", "View contacts", "contact.view", on(SALES_CONTACT)),
  yes("XA7", "cara", "Edit contacts", "contact.edit", on(SALES_CONTACT)),
  yes("XA8", "cara", "Create contacts", "contact.create"),
  no("XA9", "cara", "Delete contacts", "contact.delete"),
  no("XA10", "cara", "Export contacts", "contact.export"),
  yes("XA11", "cara", "View team reports", "report.view", on(SALES_REPORT, "about the team")),
  no("XA11", "cara", "View team reports", "report.view", on(COMPANY_REPORT, "about no team")),
  yes("XA12", "cara", "View individual reports", "report.individual", on(BENS_REPORT)),
  yes("XA13", "cara", "Export reports", "report.export", on(SALES_REPORT)),
  no("XA14", "cara", "View financial reports", "report.financial"),
  no("XA15", "cara", "Modify inboxes", "inbox.manage"),
  no("XA16", "cara", "Add/remove agents", "agent.manage"),
  no("XA17", "cara", "Change integrations", "integration.configure"),
  no("XA18", "cara", "Access audit logs", "auditLog.view"),

  // Sales Supervisor
  yes("XA19", "sam", "View all sales team conversations", "conversation.view", on(SALES, "in sales")),
  yes(
    "XA19",
    "sam",
    "View all sales team conversations",
    "conversation.view",
    on(INBOUND, "in a team below sales"),
  ),
  no("XA19", "sam", "View all sales team conversations", "conversation.view", on(SUPPORT, "in support")),
  no("XA19", "sam", "View all sales team conversations", "conversation.view", on(NO_TEAM, "in no team")),
  yes("XA20", "sam", "Reassign conversations to other agents", "conversation.reassign", on(INBOUND)),
  yes("XA21", "sam", "Access team performance reports", "report.view", on(SALES_REPORT, "about sales")),
  no("XA21", "sam", "Access team performance reports", "report.view", on(SUPPORT_REPORT, "about support")),
  yes("XA22", "sam", "Create/edit contacts", ["contact.create", "contact.edit"]),
  yes(
    "XA22",
    "sam",
    "Create/edit contacts",
    ["contact.create", "contact.edit"],
    on(SALES_CONTACT, "of the sales team"),
  ),
  yes("XA23", "sam", "Apply labels and tags", ["conversation.label", "conversation.tag"], on(SALES)),
  no("XA24", "sam", "Delete data", (id) => id.endsWith(".delete")),
  no("XA25", "sam", "Change system settings", (id, category) => category === "settings"),
  no("XA26", "sam", "Export customer data", (id) => id.endsWith(".export")),

  // Technical Lead
  yes("XA27", "tess", "View all support conversations", "conversation.view", on(SUPPORT, "in support")),
  yes(
    "XA27",
    "tess",
    "View all support conversations",
    "conversation.view",
    on(TECHNICAL, "in a team below support"),
  ),
  no("XA27", "tess", "View all support conversations", "conversation.view", on(SALES, "in sales")),
  yes("XA28", "tess", "Escalate complex issues", "conversation.escalate", on(TECHNICAL)),
  yes("XA29", "tess", "Access technical integrations", "integration.technical"),
  yes("XA30", "tess", "Configure bots and automations", ["bot.configure", "automation.configure"]),
  yes("XA31", "tess", "View SLA metrics", "sla.view"),
  no("XA32", "tess", "Access financial reports", "report.financial"),
  no("XA33", "tess", "Modify billing settings", "billing.manage"),
  no("XA34", "tess", "Manage users", "agent.manage", on(SALES_AGENT, "outside the own team")),
  no("XA34", "tess", "Manage users", "agent.manage", on({ id: "ada", teamIds: [] }, "in no team")),
  yes("XA35", "tess", "Manage users", "agent.manage", on(SUPPORT_AGENT, "of the own team")),

  // Financial Analyst
  yes(
    "XA36",
    "finn",
    "View all reports",
    ["report.view", "report.individual", "report.financial"],
    on(COMPANY_REPORT),
  ),
  yes("XA37", "finn", "Export reports as CSV", "report.export", {
    resource: SALES_REPORT,
    context: { format: "csv" },
  }),
  yes("XA38", "finn", "Export reports as PDF", "report.export", {
    resource: SALES_REPORT,
    context: { format: "pdf" },
  }),
  no("XA38", "finn", "Export reports as PDF", "report.export", {
    resource: SALES_REPORT,
    context: { format: "xlsx" },
    where: "but not in another format",
  }),
  no("XA38", "finn", "Export reports as PDF", "report.export", {
    resource: SALES_REPORT,
    where: "and not without naming the format",
  }),
  yes("XA39", "finn", "Access audit logs", "auditLog.view"),
  yes("XA40", "finn", "View conversation history", "conversation.history", on(SUPPORT)),
  no("XA40", "finn", "View conversation history", ["conversation.view", "conversation.respond"], {
    where: "and nothing more of conversations",
  }),
  no("XA41", "finn", "Respond to conversations", "conversation.respond"),
  no("XA42", "finn", "Edit contacts", (id) => id.startsWith("contact.")),
  no("XA43", "finn", "Change any settings", (id, category) => category === "settings", {
    context: { format: "csv" },
  }),
  no("XA44", "finn", "Access integrations", (id) => id.startsWith("integration.")),

  // Read-Only Agent
  yes("XA45", "nora", "View conversations", "conversation.view", on(SUPPORT)),
  yes("XA46", "nora", "View contacts", "contact.view", on(SUPPORT_CONTACT)),
  yes("XA47", "nora", "View knowledge base", "knowledgeBase.view"),
  no("XA48", "nora", "Respond to conversations", "conversation.respond"),
  no("XA49", "nora", "Edit anything", (id) => !id.endsWith(".view") && id !== "conversation.history"),
  no("XA50", "nora", "Export data", (id) => id.endsWith(".export")),
  no("XA51", "nora", "Access settings", (id, category) => category === "settings"),
];

const HELD = {
  ben: [
    ...each("conversation", "view respond setStatus label tag close history"),
    ...each("contact", "view create edit"),
    "report.view",
    "knowledgeBase.view",
  ],
  cara: [
    ...each("conversation", "view assign reassign close history"),
    ...each("contact", "view create edit"),
    ...each("report", "view individual export"),
  ],
  sam: [
    ...each("conversation", "view reassign label tag history"),
    ...each("contact", "view create edit"),
    "report.view",
  ],
  tess: [
    ...each("conversation", "view escalate history"),
    "integration.technical",
    "bot.configure",
    "automation.configure",
    "sla.view",
    "agent.manage",
  ],
  finn: [...each("report", "view individual financial"), "conversation.history", "sla.view", "auditLog.view"],
  nora: [...each("conversation", "view history"), "contact.view", "knowledgeBase.view"],
};

export async function aifocus(report, lib, env) {
  await tenant(report, lib, env, {
    name: "aifocus",
    permissions: numbered("PA", 31),
    examples: numbered("XA", 51),
    rows: ROWS,
    held: HELD,
    administrator: "ada",
    left: "leo",
  });
}
