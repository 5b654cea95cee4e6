// The third sample tenant (www/samples/proto.json): a matrix of 51 permissions for Company and for Team
// roles.
//
// PC rows are the matrix in its order, each asked of somebody who holds the permission and of somebody who
// does not.

import { equal, ok, rejectsSnapshot } from "./report.mjs";
import { each, no, numbered, on, tenant, yes } from "./tenants.mjs";

const ASIA = { id: 1, subCompanyId: "asia" };
const AFRICA = { id: 2, subCompanyId: "africa" };

/** The rows with one tick. All others have two. */
const COMPANY_ONLY = [
  "workspace.manage",
  "org.manage",
  "role.manage",
  "user.manage",
  "team.manage",
  "billing.manage",
  "billing.view",
  "ipAllowlist.manage",
  "ipAllowlist.view",
];

/** A livechat or ticket of a user, or an export that the user started. */
const handled = (assigneeId, teamId) => ({ assigneeId, teamId, initiatorId: "pat" });
const initiated = (initiatorId, ...initiatorTeamIds) => ({
  initiatorId,
  initiatorTeamIds,
  assigneeId: "lee",
  teamId: "asia-chat",
});

/** What the company has as a whole: `holders` may, `other` may not. */
const plain = (id, what, permission, holders, other) => [
  ...holders.map((user) => yes(id, user, what, permission)),
  no(id, other, what, permission),
];

/** What each sub-company has: a Company role of one sub-company, a Team role of all, and somebody without. */
const ofSubCompany = (id, what, permission, other) => [
  yes(id, "suki", what, permission, on(ASIA, "in the own sub-company")),
  no(id, "suki", what, permission, on(AFRICA, "in another sub-company")),
  yes(id, "eda", what, permission, on(AFRICA)),
  no(id, other, what, permission),
];

/** Three checkboxes of one verb, widest first; `first` is the number of their first row. */
function threeLevels(first, verb, permission, record) {
  const row = (answer, offset, user, of, where) =>
    answer(`PC${first + offset}`, user, verb, permission, on(of, where));
  return [
    row(yes, 0, "dora", record(null), "of nobody"),
    row(yes, 0, "dora", record("eda", "africa-care"), "of any team"),
    row(no, 0, "tom", record("eda", "africa-care"), "of a team that is not theirs"),
    row(yes, 1, "tom", record("lee", "asia-chat"), "of their teams"),
    row(yes, 1, "tom", record(null, "asia-tickets"), "of their other team"),
    row(no, 1, "tom", record(null), "of nobody"),
    row(no, 1, "tom", record(null, "asia"), "of the team above theirs"),
    row(yes, 2, "lee", record("lee", "africa-care"), "of their own"),
    row(no, 2, "lee", record("rui", "asia-chat"), "of a colleague"),
    row(no, 2, "lee", record(null, "asia-chat"), "of nobody"),
  ];
}

/** The thirteen rows that livechats and tickets have alike. */
function thirteen(first, kind, things) {
  const transfer = [`PC${first + 12}`, "transfer and takeover", `${kind}.transfer`];
  const ask = (answer, user, record, where) =>
    answer(transfer[0], user, `${transfer[1]} ${things}`, transfer[2], on(record, where));
  return [
    ...threeLevels(first, `view ${things}`, `${kind}.view`, handled),
    ...threeLevels(first + 3, `manage ${things}`, `${kind}.manage`, handled),
    ...threeLevels(first + 6, `export ${things}`, `${kind}.export`, handled),
    ...threeLevels(first + 9, `download ${kind} exports`, `${kind}Export.download`, initiated),
    yes(`PC${first}`, "aud", `view ${things}`, `${kind}.view`, on(handled(null), "of nobody")),
    yes(
      `PC${first + 1}`,
      "rui",
      `view ${things}`,
      `${kind}.view`,
      on(handled("lee", "asia-chat"), "of their teams"),
    ),
    no(
      `PC${first + 1}`,
      "rui",
      `view ${things}`,
      `${kind}.view`,
      on(handled("eda", "africa-care"), "of another team"),
    ),
    ask(yes, "dora", handled("eda", "africa-care"), "where all are managed"),
    ask(yes, "tom", handled("lee", "asia-chat"), "of their teams"),
    ask(no, "tom", handled("eda", "africa-care"), "of another team"),
    ask(yes, "rui", handled("rui", "asia-chat"), "that are managed"),
    ask(no, "rui", handled("lee", "asia-chat"), "that are viewed and not managed"),
    no(transfer[0], "aud", `${transfer[1]} ${things}`, transfer[2]),
  ];
}

const ROWS = [
  // Company, Billing
  ...plain("PC1", "manage workspace", "workspace.manage", ["pat", "wes"], "tom"),
  ...plain("PC2", "manage sub-companies", "org.manage", ["pat", "wes"], "suki"),
  ...plain("PC3", "manage user roles & permissions", "role.manage", ["pat", "una"], "wes"),
  ...plain("PC4", "manage users", "user.manage", ["una"], "wes"),
  ...plain("PC5", "manage teams", "team.manage", ["wes", "una"], "tom"),
  ...plain("PC6", "manage billing", "billing.manage", ["bea"], "aud"),
  ...plain("PC7", "view billing", "billing.view", ["bea", "aud"], "una"),

  // Sub-Company
  ...ofSubCompany("PC8", "manage ban rules & reasons", "banRule.manage", "aud"),
  ...ofSubCompany("PC9", "view ban rules & reasons", "banRule.view", "lee"),
  ...ofSubCompany("PC10", "manage tags & tag groups", "tag.manage", "aud"),
  ...ofSubCompany("PC11", "view tags & tag groups", "tag.view", "lee"),
  ...ofSubCompany("PC12", "manage email template alerts & domains", "emailTemplate.manage", "aud"),
  ...ofSubCompany("PC13", "view email template alerts & domains", "emailTemplate.view", "lee"),
  ...ofSubCompany("PC14", "manage canned replies", "cannedReply.manage", "aud"),
  ...ofSubCompany("PC15", "view canned replies", "cannedReply.view", "lee"),
  ...ofSubCompany("PC16", "manage profile iFrame", "profileIframe.manage", "aud"),
  ...ofSubCompany("PC17", "view all exports", "export.view", "dora"),

  // AI Assistants
  ...plain("PC18", "manage AI assistants", "aiAssistant.manage", ["des", "eda"], "tom"),
  ...plain("PC19", "view AI assistants", "aiAssistant.view", ["des", "tom"], "lee"),

  // Livechats, Tickets
  ...thirteen(20, "livechat", "livechats"),
  ...thirteen(33, "ticket", "tickets"),

  // People, Analytics, Add-Ons
  ...plain("PC46", "manage all people", "person.manage", ["des", "eda"], "lee"),
  ...plain("PC47", "view all people", "person.view", ["aud", "lee"], "rui"),
  ...plain("PC48", "manage Winnow iFrame", "winnowIframe.manage", ["des", "eda"], "tom"),
  ...plain("PC49", "view Winnow iFrame", "winnowIframe.view", ["aud", "tom"], "lee"),
  ...plain("PC50", "manage IP allowlist", "ipAllowlist.manage", ["ivo"], "aud"),
  ...plain("PC51", "view IP allowlist", "ipAllowlist.view", ["ivo", "aud"], "eda"),

  // What the text around the matrix says
  yes("C5", "pat", "every permission", () => true),
  yes("C7", "ola", "every permission", () => true),
  yes("C29", "rui", "view livechats", "livechat.view", on(handled("lee", "asia-chat"), "of their teams")),
  no("C29", "rui", "manage livechats", "livechat.manage", on(handled("lee", "asia-chat"), "of their teams")),
  no(
    "C30",
    "lee",
    "download livechat exports",
    "livechatExport.download",
    on(initiated("tom", "asia-tickets"), "of their own chats, initiated by another"),
  ),
  yes(
    "C30",
    "tom",
    "download livechat exports",
    "livechatExport.download",
    on(initiated("lee", "asia-chat"), "initiated by a member of their team"),
  ),
  no(
    "C33",
    "lee",
    "download ticket exports",
    "ticketExport.download",
    on(initiated("rui", "asia-tickets"), "of tickets that they could export"),
  ),
  yes("C34", "suki", "view all exports", "export.view", on(ASIA, "in the own sub-company")),
  no("C34", "suki", "download them", ["livechatExport.download", "ticketExport.download"]),
  yes(
    "C34",
    "dora",
    "download exports",
    ["livechatExport.download", "ticketExport.download"],
    on(initiated("lee", "asia-chat")),
  ),
  no("C34", "dora", "view the list of all exports", "export.view"),
  yes("C38", "kim", "manage billing", "billing.manage", { where: "by the Company role" }),
  yes(
    "C38",
    "kim",
    "manage livechats",
    "livechat.manage",
    on(handled("eda", "africa-care"), "of the team that they lead"),
  ),
  yes(
    "C38",
    "kim",
    "manage livechats",
    "livechat.manage",
    on(handled("kim", "asia-chat"), "their own in the team that they work in"),
  ),
  no(
    "C38",
    "kim",
    "manage livechats",
    "livechat.manage",
    on(handled("lee", "asia-chat"), "of others in the team that they work in"),
  ),
  no(
    "C38",
    "kim",
    "manage livechats",
    "livechat.manage",
    on(handled("kim", "asia-tickets"), "in a team where they have no role"),
  ),
];

const PAIRS = ["banRule", "tag", "emailTemplate", "cannedReply"].flatMap((kind) => each(kind, "manage view"));
const SUB_COMPANY = [...PAIRS, "profileIframe.manage", "export.view"];
const DESIGN = ["aiAssistant", "person", "winnowIframe"].flatMap((kind) => each(kind, "manage view"));
const HANDLED = ["livechat", "ticket"].flatMap((kind) => [
  ...each(kind, "view manage export transfer"),
  `${kind}Export.download`,
]);
const VIEWED = [
  "banRule",
  "tag",
  "emailTemplate",
  "cannedReply",
  "export",
  "aiAssistant",
  "livechat",
  "ticket",
  "person",
  "winnowIframe",
];

const HELD = {
  wes: ["workspace.manage", "org.manage", "team.manage"],
  una: ["role.manage", "user.manage", "team.manage"],
  bea: each("billing", "manage view"),
  aud: [...VIEWED, "billing", "ipAllowlist"].map((kind) => `${kind}.view`),
  suki: SUB_COMPANY,
  ivo: each("ipAllowlist", "manage view"),
  des: DESIGN,
  dora: HANDLED,
  tom: [...HANDLED, "aiAssistant.view", "person.view", "winnowIframe.view"],
  lee: [...HANDLED, "person.view"],
  rui: ["livechat", "ticket"].flatMap((kind) => each(kind, "view manage transfer")),
  eda: [...SUB_COMPANY, ...DESIGN],
  kim: [...each("billing", "manage view"), ...HANDLED],
};

export async function proto(report, lib, env) {
  const { json } = await tenant(report, lib, env, {
    name: "proto",
    permissions: numbered("PC", 51),
    examples: [],
    also: numbered("C", 38),
    rows: ROWS,
    held: HELD,
    administrator: "pat",
    left: "bro",
  });
  const permissions = json.catalog.categories.flatMap((category) => category.permissions);
  await report.test("PC1-PC51 the matrix: 51 checkboxes, 9 of them for Company roles only", () => {
    const boxes = permissions.map(({ scopes = ["all"], roleTypes }) => ({
      count: scopes.length,
      both: roleTypes.length === 2,
    }));
    const count = (wanted) => boxes.filter(wanted).reduce((sum, box) => sum + box.count, 0);
    equal([count((box) => !box.both), count((box) => box.both)], [9, 42]);
  });
  await report.test("C13 a Company role may hold every permission", () =>
    lib.load(JSON.stringify(withRoleOfAll(json, "company"))),
  );
  await report.test("C13 a Team role may hold those with two ticks", async () => {
    const issues = await rejectsSnapshot(lib, () => lib.load(JSON.stringify(withRoleOfAll(json, "team"))));
    equal(
      issues.map(({ code, path }) => `${code} ${path}`),
      COMPANY_ONLY.map((id) => `role-type-mismatch /roles/${json.roles.length}/grants/${id}`),
    );
  });
  await report.test("C4 C12 one preset role; every other has a type and a permission", () => {
    const [admin, ...custom] = json.roles;
    equal([admin.id, admin.standard, admin.locked, admin.type], ["admin", true, true, undefined]);
    for (const role of custom) {
      equal(
        [role.standard, role.locked, ["company", "team"].includes(role.type)],
        [undefined, undefined, true],
        role.id,
      );
      ok(Object.keys(role.grants).length > 0, `${role.id} grants nothing`);
    }
  });
}

/** The tenant with one more role, which is granted each permission by its name. */
function withRoleOfAll(json, type) {
  const ids = json.catalog.categories.flatMap((category) => category.permissions.map(({ id }) => id));
  const role = {
    id: "all-of-a-type",
    name: "All of a type",
    type,
    grants: Object.fromEntries(ids.map((id) => [id, true])),
  };
  return { ...json, roles: [...json.roles, role] };
}
