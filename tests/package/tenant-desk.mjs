// The fourth sample tenant (www/samples/desk.json): the Quality Reviewer switch by switch, a duplicated role,
// and the three limits of the page beaten: a role for one team, a role that ends, a permission for certain
// hours.

import { equal, ok } from "./report.mjs";
import { each, no, numbered, on, tenant, yes } from "./tenants.mjs";

const OWN = { id: 1, assigneeId: "quy", teamId: "team-b" };
const TEAM_A = { id: 2, assigneeId: "jo", teamId: "team-a" };
const NIGHT = { id: 3, assigneeId: null, teamId: "team-a-night" };
const TEAM_B = { id: 4, assigneeId: "bob", teamId: "team-b" };
const NO_TEAM = { id: 5, assigneeId: null, teamId: null };
const NOTE = { id: 6, authorId: "jo", teamId: "team-a" };

const EDIT_NOTES = ["note.edit", "note.delete"];

/** All that a Quality Reviewer may do, with a record of either team. */
const CHECKS = [
  ["read conversations", "conversation.view", (teamId) => ({ assigneeId: "jo", teamId })],
  ["add notes", "note.add", (teamId) => ({ assigneeId: "jo", teamId })],
  ["edit and delete notes", EDIT_NOTES, (teamId) => ({ authorId: "jo", teamId })],
  ["view contacts", "contact.view", (teamId) => ({ teamIds: [teamId] })],
  ["view the team", "team.view", (id) => ({ id })],
  ["view dashboards", "dashboard.view", (teamId) => ({ teamId })],
];

const at = (time, where, more) => ({ now: Date.parse(time), where, ...more });
const editing = (answer, time, where) =>
  answer("XD19", "hal", "edit conversations", "conversation.edit", at(time, where, { resource: TEAM_A }));
const reviewing = (answer, time, where, more) =>
  answer(
    "XD18",
    "vic",
    "read conversations",
    "conversation.view",
    at(time, where, { resource: TEAM_B, ...more }),
  );
const answering = (answer, record, time, where) =>
  answer("D25", "rio", "reply", "conversation.reply", at(time, where, { resource: record }));

const ROWS = [
  // Quality Reviewer, by category
  yes("XD1", "quy", "view conversations", "conversation.view", on(OWN, "the own")),
  yes("XD1", "quy", "view conversations", "conversation.view", on(TEAM_A, "of Team A")),
  yes("XD1", "quy", "view conversations", "conversation.view", on(NO_TEAM, "of no team")),
  no("XD2", "quy", "reply", "conversation.reply"),
  no("XD3", "quy", "assign", "conversation.assign"),
  no("XD4", "quy", "close and reopen", "conversation.close"),
  no("XD5", "quy", "tag", "conversation.tag"),
  no("XD6", "quy", "bulk actions", "conversation.bulk"),
  yes("XD7", "quy", "all of notes", (id, category) => category === "notes"),
  yes("XD7", "quy", "add notes", "note.add", on(TEAM_A, "to any conversation")),
  yes("XD7", "quy", "edit and delete notes", EDIT_NOTES, on(NOTE, "of somebody else")),
  yes("XD8", "quy", "view contacts", "contact.view", on({ teamIds: [] })),
  no(
    "XD9",
    "quy",
    "anything else of contacts",
    (id, category) => category === "contacts" && id !== "contact.view",
  ),
  yes("XD10", "quy", "view teams", "team.view", on({ id: "team-b" })),
  no("XD11", "quy", "anything else of teams", (id, category) => category === "teams" && id !== "team.view"),
  no("XD12", "quy", "anything of users", (id, category) => category === "users"),
  yes("XD13", "quy", "view dashboards", "dashboard.view", on({})),
  no("XD14", "quy", "export analytics", "dashboard.export"),
  no("XD15", "quy", "any setting", (id, category) => category === "settings"),
  no("XD16", "quy", "anything of modules", (id, category) => category === "modules"),
  no("D16", "quy", "edit conversations", "conversation.edit"),

  // A role for one team
  ...CHECKS.flatMap(([what, permission, of]) => [
    yes("XD17", "kat", what, permission, on(of("team-a"), "in Team A")),
    yes("XD17", "kat", what, permission, on(of("team-a-night"), "in a team below Team A")),
    no("XD17", "kat", what, permission, on(of("team-b"), "in Team B", { reason: "out-of-scope" })),
  ]),
  no("XD17", "kat", "read conversations", "conversation.view", on(NO_TEAM, "in no team")),

  // A role that ends
  reviewing(no, "2026-11-02T08:59:59.999-05:00", "before it begins", { reason: "not-active" }),
  reviewing(yes, "2026-11-02T09:00:00-05:00", "from its beginning"),
  reviewing(yes, "2026-12-01T16:59:59.999-05:00", "to the last moment"),
  reviewing(no, "2026-12-01T17:00:00-05:00", "from its end", { reason: "not-active" }),
  no("XD18", "vic", "anything", () => true, at("2026-12-01T17:00:00-05:00", "from its end, at all")),
  answering(yes, TEAM_A, "2026-11-18T12:00:00-05:00", "in Team A in the first week"),
  answering(no, TEAM_B, "2026-11-18T12:00:00-05:00", "in Team B in the first week"),
  answering(no, TEAM_A, "2026-11-25T12:00:00-05:00", "in Team A in the second week"),
  answering(yes, TEAM_B, "2026-11-25T12:00:00-05:00", "in Team B in the second week"),

  // A permission for certain hours
  editing(no, "2026-11-17T08:59:59.999-05:00", "Tuesday before 09:00"),
  editing(yes, "2026-11-17T09:00:00-05:00", "Tuesday at 09:00"),
  editing(yes, "2026-11-17T16:59:59.999-05:00", "Tuesday before 17:00"),
  editing(no, "2026-11-17T17:00:00-05:00", "Tuesday at 17:00"),
  editing(no, "2026-11-15T12:00:00-05:00", "Sunday at noon"),
  editing(yes, "2027-07-06T09:00:00-04:00", "at 09:00 of summer time"),
  editing(no, "2027-07-06T17:00:00-04:00", "at 17:00 of summer time"),
  no(
    "XD19",
    "hal",
    "edit conversations",
    "conversation.edit",
    at("2026-11-17T12:00:00-05:00", "in another team", { resource: TEAM_B }),
  ),
  yes(
    "XD19",
    "hal",
    "reply",
    "conversation.reply",
    at("2026-11-15T12:00:00-05:00", "Sunday at noon", { resource: TEAM_A }),
  ),

  // A duplicated role, and the role that it was made from
  no("D13", "bob", "bulk actions", "conversation.bulk"),
  yes("D13", "bob", "reply", "conversation.reply", on(TEAM_B)),
  yes("D14", "jo", "bulk actions", "conversation.bulk", on(NIGHT)),
  no("D13", "bob", "view conversations", "conversation.view", on(TEAM_A, "of another team")),
  yes("D7", "jo", "edit and delete notes", EDIT_NOTES, on(NOTE, "of the own")),
  no("D7", "jo", "edit and delete notes", EDIT_NOTES, on({ ...NOTE, authorId: "ulf" }, "of a colleague")),
  yes("D7", "ulf", "edit and delete notes", EDIT_NOTES, on(NOTE, "of the own team")),
  no("D7", "ulf", "edit and delete notes", EDIT_NOTES, on({ ...NOTE, teamId: "team-b" }, "of another team")),
  yes("D1", "dot", "Roles & Permissions", "role.manage"),
  no("D1", "ulf", "Roles & Permissions", "role.manage"),
];

const AGENT = [
  ...each("conversation", "view reply close tag bulk"),
  ...each("note", "add edit delete"),
  ...each("contact", "view create edit"),
  "team.view",
];
const REVIEWER = [
  "conversation.view",
  ...each("note", "add edit delete"),
  "contact.view",
  "team.view",
  "dashboard.view",
];
const HELD = {
  ulf: [...AGENT, "conversation.assign", "conversation.edit", "team.manage", "user.view", "dashboard.view"],
  jo: AGENT,
  quy: REVIEWER,
  kat: REVIEWER,
  vic: REVIEWER,
  bob: AGENT.filter((id) => id !== "conversation.bulk"),
  hal: AGENT,
  rio: AGENT,
};

export async function desk(report, lib, env) {
  const { json, snapshot } = await tenant(report, lib, env, {
    name: "desk",
    permissions: [],
    examples: numbered("XD", 19),
    also: numbered("D", 29),
    rows: ROWS,
    held: HELD,
    administrator: "dot",
    left: "zed",
  });
  await report.test(
    "D18 a change of a role counts for everybody who has it, and for nobody else",
    async () => {
      const changed = await lib.load(JSON.stringify(withoutNotes(json)));
      const now = Date.parse("2026-11-18T12:00:00-05:00");
      for (const { id } of json.users) {
        const [before, after] = [
          snapshot.for(id, { now }).permissions(),
          changed.for(id, { now }).permissions(),
        ];
        const reviews = ["quy", "kat", "vic"].includes(id);
        equal(after, reviews ? before.filter((permission) => !permission.startsWith("note.")) : before, id);
      }
    },
  );
  await report.test("XD18 a gate that was made in time says no from the end on", () => {
    const until = Date.parse("2026-12-01T17:00:00-05:00");
    let now = until - 1;
    const gate = snapshot.for("vic", { now: () => now });
    equal(gate.validUntil, until, "validUntil");
    ok(gate.can("conversation.view", TEAM_B), "no before the end");
    now = until;
    ok(!gate.can("conversation.view", TEAM_B), "yes at the end");
  });
}

function withoutNotes(json) {
  const narrowed = ({ grants: { "notes.*": notes, ...grants }, ...role }) => ({ ...role, grants });
  return {
    ...json,
    revision: json.revision + 1,
    roles: json.roles.map((role) => (role.id === "quality-reviewer" ? narrowed(role) : role)),
  };
}
