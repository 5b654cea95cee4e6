// The second sample tenant (www/samples/engage.json): the preset roles, the ten roles to clone from, the
// three levels, the plans.

import { equal, ok } from "./report.mjs";
import { each, no, numbered, on, tenant, yes } from "./tenants.mjs";

const FREE_EMEA = { id: 1, agentId: null, groupId: "emea-support" };
const SUES = { id: 2, agentId: "sue", groupId: "emea-support" };
const SIDS = { id: 3, agentId: "sid", groupId: "amer-sales" };
const FREE_AMER = { id: 4, agentId: null, groupId: "amer-support" };
const NO_GROUP = { id: 5, agentId: null, groupId: null };
const takenUpBy = (agentId, groupId = "engineering") => ({ id: 6, agentId, groupId });
const EMEA_FIGURES = { groupId: "emea-sales", groupIds: ["emea-sales"] };
const AMER_FIGURES = { groupId: "amer-sales", groupIds: ["amer-support", "amer-sales"] };
const COMPANY_FIGURES = {};

const ROLES = ["role.create", "role.update"];
const FIGURES = ["dashboard.view", "report.view"];
const ENGAGE = ["conversation.view", "conversation.takeUp", "conversation.reply", "conversation.note"];
const AGENT = [...ENGAGE, "people.access", "profile.edit"];
const MANAGER = [...AGENT, "campaign.create", "campaign.edit", "faq.create", "faq.edit"];
const isRole = (id) => ROLES.includes(id);
const otherThan = (ids) => (id) => !ids.includes(id);

/** The ten roles that the page offers for cloning; the last stands for any custom role. */
const SOURCES = {
  XB1: "account-admin",
  XB2: "administrator",
  XB3: "support-agent",
  XB4: "support-manager",
  XB5: "marketing-user",
  XB6: "marketing-manager",
  XB7: "restricted-user",
  XB8: "sales-user",
  XB9: "sales-manager",
  XB10: "faq-editor",
};

const ROWS = [
  // The preset roles
  yes("XB1", "ann", "everything", () => true),
  yes("XB1", "ann", "manage roles", ROLES),
  yes("XB2", "abe", "everything but custom roles", (id) => !isRole(id)),
  no("XB2", "abe", "custom roles", ROLES),
  yes("XB3", "sue", "engage in conversations", ENGAGE, on(FREE_EMEA, "that nobody has taken up")),
  yes("XB3", "sue", "access the People section", "people.access"),
  yes("XB3", "sue", "edit a profile", "profile.edit", on({ id: "sue" }, "the own")),
  no("XB3", "sue", "edit a profile", "profile.edit", on({ id: "sol" }, "somebody else's")),
  no("XB3", "sue", "anything else", otherThan(AGENT)),
  yes("XB4", "sol", "all that a Support Agent may", AGENT),
  yes("XB4", "sol", "engage in conversations", ENGAGE, on(SUES, "of somebody else")),
  yes("XB4", "sol", "create and edit campaigns and FAQs", MANAGER.slice(AGENT.length)),
  no("XB4", "sol", "anything else", otherThan(MANAGER)),
  yes("XB5", "mia", "prepare campaigns", ["campaign.create", "campaign.edit"]),
  no("XB5", "mia", "launch campaigns", "campaign.launch"),
  yes("XB6", "max", "launch campaigns", "campaign.launch"),
  no("XB6", "max", "conversations", ENGAGE),
  yes(
    "XB7",
    "rex",
    "view and answer",
    ["conversation.view", "conversation.reply"],
    on(takenUpBy("rex"), "what the user took up"),
  ),
  no(
    "XB7",
    "rex",
    "view and answer",
    ["conversation.view", "conversation.reply"],
    on(FREE_AMER, "what nobody has taken up in the own group"),
  ),
  yes(
    "XB8",
    "sid",
    "engage in conversations",
    ENGAGE,
    on(takenUpBy("sky", "amer-sales"), "of the own group"),
  ),
  no("XB8", "sid", "engage in conversations", ENGAGE, on(SUES, "of another group")),
  yes("XB9", "sky", "view Dashboard and Reports", FIGURES, on(AMER_FIGURES, "of the own group")),
  no("XB9", "sky", "view Dashboard and Reports", FIGURES, on(EMEA_FIGURES, "of another group")),
  yes("XB10", "pia", "all that the cloned FAQ Editor may", [...AGENT, "faq.create", "faq.edit"]),
  no("XB10", "pia", "anything else", otherThan([...AGENT, "faq.create", "faq.edit"])),

  // The three levels, of private notes
  yes("XB11", "glo", "private notes", "conversation.note", on(SIDS, "in another group")),
  yes("XB11", "glo", "private notes", "conversation.note", on(NO_GROUP, "in no group")),
  yes("XB12", "gil", "private notes", "conversation.note", on(SUES, "in one of the agent's groups")),
  yes("XB12", "gil", "private notes", "conversation.note", on(SIDS, "in the other of the agent's groups")),
  no("XB12", "gil", "private notes", "conversation.note", on(FREE_AMER, "in another group")),
  no("XB12", "gil", "private notes", "conversation.note", on(NO_GROUP, "in no group")),
  yes(
    "XB12",
    "gil",
    "private notes",
    "conversation.note",
    on(takenUpBy("gil"), "in another group, but taken up by the agent"),
  ),
  yes("XB13", "ray", "private notes", "conversation.note", on(takenUpBy("ray"), "taken up by the agent")),
  no("XB13", "ray", "private notes", "conversation.note", on(FREE_EMEA, "taken up by nobody")),
  no("XB13", "ray", "private notes", "conversation.note", on(SUES, "taken up by somebody else")),
  yes(
    "B24",
    "quin",
    "view and take up",
    ["conversation.view", "conversation.takeUp"],
    on(FREE_AMER, "what is free in the own group"),
  ),
  no(
    "B24",
    "quin",
    "view and take up",
    ["conversation.view", "conversation.takeUp"],
    on(FREE_EMEA, "what is free in another group"),
  ),
  no(
    "B24",
    "quin",
    "view",
    "conversation.view",
    on(takenUpBy("rex", "amer-support"), "what somebody took up in the own group"),
  ),
  no("B24", "quin", "view", "conversation.view", on(null, "what is still loading")),
  no("B24", "quin", "reply", "conversation.reply", on(FREE_AMER, "before taking up")),
  yes("B24", "quin", "reply", "conversation.reply", on(takenUpBy("quin", "amer-support"), "after taking up")),

  // The worked custom roles
  yes("XB14", "fay", "create FAQ articles", "faq.create"),
  no("XB14", "fay", "launch campaigns", "campaign.launch"),
  yes("XB15", "ina", "view conversations", "conversation.view", on(SIDS, "of any group")),
  no("XB15", "ina", "reply to conversations", "conversation.reply"),
  no("XB15", "ina", "anything else", otherThan(["conversation.view"])),
  yes("XB16", "reg", "engage in conversations", ENGAGE, on(SUES, "of the own region")),
  no("XB16", "reg", "engage in conversations", ENGAGE, on(SIDS, "of another region")),
  no("XB16", "reg", "engage in conversations", ENGAGE, on(takenUpBy("ann"), "of another department")),
  no("XB16", "reg", "engage in conversations", ENGAGE, on(NO_GROUP, "of no group")),
  yes("XB17", "tam", "manage settings", ["settings.manage", "teammate.add", "teammate.setRole"]),
  yes("XB17", "tam", "view Dashboard and Reports", FIGURES, on(AMER_FIGURES, "of the own teams")),
  no("XB17", "tam", "view Dashboard and Reports", FIGURES, on(EMEA_FIGURES, "of other teams")),
  no("XB17", "tam", "view Dashboard and Reports", FIGURES, on(COMPANY_FIGURES, "of the whole account")),
  yes("XB17", "abe", "view Dashboard and Reports", FIGURES, on(COMPANY_FIGURES, "of the whole account")),

  // Plans
  ...["free", "growth", null].map((plan) =>
    no("XB18", "ann", "create and update roles", ROLES, {
      plan,
      where: `on ${plan ?? "no"} plan`,
      reason: "not-in-plan",
    }),
  ),
  yes("XB18", "ann", "everything else", (id) => !isRole(id), { plan: "free", where: "on free plan" }),
  ...["pro", "enterprise"].flatMap((plan) => [
    yes("XB19", "ann", "create and update roles", ROLES, { plan, where: `on ${plan} plan` }),
    no("XB19", "abe", "create and update roles", ROLES, {
      plan,
      where: `on ${plan} plan`,
      reason: "not-granted",
    }),
    no("XB19", "dee", "create and update roles", ROLES, {
      plan,
      where: `on ${plan} plan`,
      reason: "not-granted",
    }),
  ]),
  yes("B9", "dee", "everything but roles, by a clone of Account Admin", (id) => !isRole(id)),
  no("B9", "tam", "create and update roles, by what an Administrator's copy inherits", ROLES),
];

const NOTES = [...each("conversation", "view reply note"), "profile.edit"];
const HELD = {
  mia: ["people.access", "profile.edit", ...each("campaign", "create edit")],
  max: ["people.access", "profile.edit", ...each("campaign", "create edit launch"), ...FIGURES],
  rex: NOTES,
  sid: AGENT,
  sky: [...AGENT, "campaign.create", ...FIGURES],
  glo: NOTES,
  gil: NOTES,
  ray: [...NOTES, "conversation.takeUp"],
  quin: [...NOTES, "conversation.takeUp"],
  fay: [...AGENT, "faq.create", "faq.edit"],
  reg: AGENT,
};

export async function engage(report, lib, env) {
  const { json, snapshot } = await tenant(report, lib, env, {
    name: "engage",
    permissions: [],
    examples: numbered("XB", 19),
    also: numbered("B", 24),
    rows: ROWS,
    held: HELD,
    administrator: "ann",
    left: "oli",
  });
  const cloned = await lib.load(JSON.stringify(withClones(json)));
  const nameOf = new Map(json.roles.map((role) => [role.id, role.name]));
  for (const [row, role] of Object.entries(SOURCES)) {
    await report.test(`${row} ${nameOf.get(role)}: a clone may do the same, but for making roles`, () => {
      const [source, clone] = [cloned.for(role), cloned.for(cloneIdOf(role))];
      equal(clone.permissions(), source.permissions().filter(otherThan(ROLES)));
      for (const permission of clone.permissions())
        equal(clone.scope(permission).level, source.scope(permission).level, permission);
    });
  }
  await report.test("B17 the first nine sources are preset roles, all others are custom", () => {
    equal(
      json.roles.filter((role) => role.standard).map((role) => role.id),
      Object.values(SOURCES).slice(0, 9),
    );
  });
  await report.test("B9 no custom role can grant what makes roles", () => {
    const permissions = json.catalog.categories.flatMap((category) => category.permissions);
    equal(
      permissions.filter((permission) => permission.standardOnly).map((permission) => permission.id),
      ROLES,
    );
    for (const user of json.users.filter(({ id }) => id !== "ann"))
      ok(!snapshot.for(user.id).canAny(ROLES), `${user.id} makes roles`);
  });
  await report.test("B2 others' profiles are for those who administer", () => {
    equal(snapshot.whoCan("profile.edit", { resource: { id: "oli" } }), ["ann", "abe", "tam", "dee"]);
  });
  await report.test("B18-B20 levels have the page's names", () => {
    equal(snapshot.levelTitles(), { own: "Restricted", team: "Group", all: "Global" });
  });
}

const cloneIdOf = (role) => `clone-of-${role}`;

/** Each source and a clone of it, with one holder each of the same name. */
function withClones(json) {
  const sources = Object.values(SOURCES);
  const clones = json.roles.filter(({ id }) => sources.includes(id)).map(clone);
  const users = [...sources, ...sources.map(cloneIdOf)].map((id) => ({ id, teams: ["emea"], roles: [id] }));
  return { ...json, roles: [...json.roles, ...clones], users };
}

/** What cloning keeps: all that a role says of permissions. */
function clone({ id, name, description, inherits, grants }) {
  return { id: cloneIdOf(id), name: `${name} (clone)`, description, ...(inherits && { inherits }), grants };
}
