// The fifth sample tenant (www/samples/iadvize.json): seven permissions that narrow a manager, two of them by
// what a report shows.

import { equal } from "./report.mjs";
import { each, no, numbered, on, tenant, yes } from "./tenants.mjs";

const AGENTS = ["rows.agentName", "rows.agentId", "rows.agentEmail"];
const SALES = ["site.turnover", "site.transactions", "site.averageOrderValue"];

const TOM = { agentId: "a-9", agentName: "Tom", agentEmail: "tom@example.com" };
const LEA = { agentId: "a-7", agentName: "Léa", agentEmail: "lea@example.com" };
const SITE = { visits: 900, turnover: 1250.5, transactions: 31, averageOrderValue: 40.34 };
const report = (siteId, rows, site) => ({ kind: "sales activity", siteId, rows, ...(site && { site }) });

const FRENCH = report(
  "shop-fr",
  [
    { ...TOM, chats: 4 },
    { ...LEA, chats: 9 },
    { ...TOM, chats: 2 },
  ],
  SITE,
);
const BRITISH = report("shop-uk", [{ ...LEA, chats: 1 }], SITE);
const NAMELESS = report("shop-uk", [{ agentName: null, chats: 3 }]);

/**
 * A row of a report as somebody sees it who may not know whose it is; names and ids are numbered as they
 * first appear.
 */
const hidden = (agentName, agentId, chats) => ({ agentId, agentName, chats });
const FRENCH_HIDDEN = {
  ...FRENCH,
  rows: [hidden("#1", "#3", 4), hidden("#2", "#4", 9), hidden("#1", "#3", 2)],
};
const FRENCH_NO_SALES = { ...FRENCH, site: { visits: 900 } };
const BRITISH_HIDDEN = { ...BRITISH, rows: [hidden("#2", "#4", 1)] };
const BRITISH_REDUCED = { ...BRITISH, rows: [hidden("#1", "#2", 1)], site: { visits: 900 } };

const REPORTS = each("report", "sales.view activity.view satisfaction.view manage statistics");
const DETAILS = each("report", "supervision production userPerformance sales.siteKpi");
const AUTOMATION = each("automation", "rule.manage bot.manage notification.manage");
const PEOPLE = each("people", "priority advisorChannel skill");
const MANAGER = ["report.access", ...REPORTS, ...DETAILS, ...AUTOMATION, ...PEOPLE];
const managerBut = (...ids) => MANAGER.filter((id) => !ids.includes(id));
const ACCESS_FIRST = { reason: "prerequisite", where: "without access to reports" };

const masked = (id, user, what, record, fields, shown, where) => ({
  ...{ id, user, what, where, type: "report", record, shown },
  fields: typeof fields === "function" ? fields : () => fields,
});

const ROWS = [
  yes("PE1", "marc", "user performance data", "report.userPerformance", on(FRENCH)),
  no("PE1", "nell", "user performance data", "report.userPerformance"),
  yes("PE1", "nell", "the report itself", ["report.access", "report.sales.view"], on(FRENCH)),
  masked("PE1", "marc", "agents' names", FRENCH, [], FRENCH, "shown"),
  masked("PE1", "nell", "agents' names", FRENCH, AGENTS, FRENCH_HIDDEN, "as pseudonyms"),
  masked(
    "PE1",
    "nell",
    "agents' names",
    [FRENCH, BRITISH],
    AGENTS,
    [FRENCH_HIDDEN, BRITISH_HIDDEN],
    "the same pseudonyms in two reports",
  ),
  masked("PE1", "nell", "agents' names", NAMELESS, AGENTS, NAMELESS, "nothing where there is no name"),
  yes("PE2", "marc", "website sales indicators", "report.sales.siteKpi", on(FRENCH)),
  no("PE2", "sara", "website sales indicators", "report.sales.siteKpi"),
  yes("PE2", "sara", "the sales activity report itself", "report.sales.view", on(FRENCH)),
  masked("PE2", "marc", "turnover, transactions and average order value", FRENCH, [], FRENCH, "shown"),
  masked(
    "PE2",
    "sara",
    "turnover, transactions and average order value",
    FRENCH,
    SALES,
    FRENCH_NO_SALES,
    "left out",
  ),
  masked("PE2", "fred", "one website's report", FRENCH, [], FRENCH, "complete for its reporter"),
  masked(
    "PE2",
    "fred",
    "two websites' reports",
    [FRENCH, BRITISH],
    (it) => (it === FRENCH ? [] : [...AGENTS, ...SALES]),
    [FRENCH, BRITISH_REDUCED],
    "each by itself",
  ),
  yes("PE3", "marc", "Supervision report", "report.supervision"),
  no("PE3", "theo", "Supervision report", "report.supervision", { reason: "not-granted" }),
  no("PE3", "remy", "Supervision report", "report.supervision", ACCESS_FIRST),
  yes("PE4", "marc", "Production report", "report.production"),
  no("PE4", "theo", "Production report", "report.production", { reason: "not-granted" }),
  no("PE4", "remy", "Production report", "report.production", ACCESS_FIRST),
  yes("PE5", "marc", "all resources of automation", (id, category) => category === "automation"),
  no("PE5", "alba", "all resources of automation", (id, category) => category === "automation"),
  yes(
    "PE5",
    "alba",
    "all else that a manager has",
    (id, category) => !["automation", "administration"].includes(category),
  ),
  yes("PE6", "rosa", "all resources of reporting", ["report.access", ...REPORTS]),
  no("PE6", "rosa", "particular reports and data", DETAILS),
  no("PE6", "remy", "any report", (id) => id.startsWith("report.")),
  yes("PE6", "theo", "reports", ["report.access", ...REPORTS], {
    where: "with particular ones switched off",
  }),
  yes("PE7", "marc", "priority, advisor channels and skills", PEOPLE),
  no("PE7", "hugo", "priority, advisor channels and skills", (id, category) => category === "people"),

  yes("E1", "iris", "manage roles and users", ["role.manage", "user.manage"]),
  no("E1", "marc", "manage roles and users", ["role.manage", "user.manage"]),
  no("E4", "fred", "reports", "report.access", on({ siteId: null }, "of no website")),
  no("E19", "remy", "statistics through the API", "report.statistics", ACCESS_FIRST),
  masked(
    "E18",
    "yves",
    "a website's report",
    BRITISH,
    AGENTS,
    { ...BRITISH, rows: [hidden("#1", "#2", 1)] },
    "with names hidden",
  ),
  masked(
    "E18",
    "sara",
    "a website's report",
    BRITISH,
    SALES,
    { ...BRITISH, site: { visits: 900 } },
    "without sales",
  ),
  masked(
    "E19",
    "remy",
    "a report that gets out all the same",
    BRITISH,
    [...AGENTS, ...SALES],
    BRITISH_REDUCED,
    "reduced",
  ),
];

const HELD = {
  marc: MANAGER,
  nell: managerBut("report.userPerformance"),
  yves: managerBut("report.userPerformance"),
  sara: managerBut("report.sales.siteKpi"),
  theo: managerBut("report.supervision", "report.production"),
  alba: managerBut(...AUTOMATION),
  remy: [...AUTOMATION, ...PEOPLE],
  hugo: managerBut(...PEOPLE),
  rosa: ["report.access", ...REPORTS],
  fred: ["report.access", ...REPORTS, ...DETAILS],
};

export async function iadvize(report, lib, env) {
  const { json, snapshot } = await tenant(report, lib, env, {
    name: "iadvize",
    permissions: numbered("PE", 7),
    examples: [],
    also: numbered("E", 23),
    rows: ROWS,
    held: HELD,
    administrator: "iris",
    left: "lou",
  });
  await report.test("E5 every custom role is based on Manager", () => {
    for (const role of json.roles.filter((it) => !it.standard)) equal(role.inherits, ["manager"], role.id);
  });
  await report.test(
    "E17 the interface, with one user's part, and the API, with the whole, say the same",
    async () => {
      for (const { id } of json.users) {
        const [api, ui] = [snapshot.for(id), (await lib.load(snapshot.narrow(id))).for(id)];
        equal(ui.permissions(), api.permissions(), id);
        for (const permission of snapshot.permissions()) {
          for (const record of [FRENCH, BRITISH])
            equal(ui.can(permission, record), api.can(permission, record), `${id} ${permission}`);
        }
      }
    },
  );
  await report.test(
    "E20 a change of a custom role, or of Manager below it, counts for all users of it",
    async () => {
      const changed = await lib.load(JSON.stringify(withoutAutomation(json)));
      for (const id of ["marc", "nell", "yves"]) {
        const kept = snapshot
          .for(id)
          .permissions()
          .filter((permission) => !permission.startsWith("automation."));
        equal(changed.for(id).permissions(), kept, id);
      }
    },
  );
}

function withoutAutomation(json) {
  const narrowed = ({ grants: { "automation.*": automation, ...grants }, ...role }) => ({ ...role, grants });
  return {
    ...json,
    revision: json.revision + 1,
    roles: json.roles.map((role) => (role.id === "manager" ? narrowed(role) : role)),
  };
}
