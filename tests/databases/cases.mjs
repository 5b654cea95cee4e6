// Snapshots with one question: whose scope for which permission. The types of resource differ in where owner
// and team sit, so that every type of column is one or the other.

import { NOW } from "./rows.mjs";

/** Where owner and team sit. */
export const TYPES = {
  tickets: { owner: "assigneeId", team: "teamId" },
  "tickets.lines": { owner: "watchers", team: "teamIds" },
  notes: { owner: ["assigneeId", "watchers"], team: ["teamId", "teamIds"] },
  files: { owner: "ref", team: "serial" },
  calls: { owner: "id", team: "priority" },
  sales: { owner: "serial", team: "code" },
  chats: { owner: "meta.owner", team: "meta.team" },
  people: { owner: "participants.id", team: "meta.items.team" },
  things: { owner: "data", team: "data" },
  members: { owner: "members.id", team: "tags" },
  scores: { owner: "score", team: "amount" },
  flags: { owner: ["isOpen", "handle"], team: ["createdAt", "title"] },
  times: { owner: "sentAt", team: "seenAt" },
};

const LEVELS = ["own", "team", "all"];
/** Each type has permissions that stand on each other. */
const permissionsOf = (type) => [
  {
    id: `${type}.view`,
    resource: type,
    scopes: LEVELS,
    ...(type.includes(".") && { requires: ["tickets.view"] }),
  },
  { id: `${type}.edit`, resource: type, scopes: LEVELS, requires: [`${type}.view`] },
  { id: `${type}.reply`, resource: type, scopes: LEVELS, requires: [`${type}.edit`] },
];

const CATALOG = {
  categories: Object.keys(TYPES).map((type) => ({ id: type, permissions: permissionsOf(type) })),
  resources: TYPES,
};

const CROWD = Array.from({ length: 300 }, (_, at) => ({ id: `team-${at}`, parent: "crowd" }));
/** Teams in trees, and others that are only nearly the same. */
export const TEAMS = [
  ...[{ id: "emea" }, { id: "sales", parent: "emea" }, { id: "lisbon", parent: "sales" }],
  ...[{ id: "porto", parent: "sales" }, { id: "apac" }, { id: "tokyo", parent: "apac" }, { id: "SALES" }],
  ...[
    { id: "sales " },
    { id: "\u00dcn\u00eb" },
    { id: "U\u0308ne\u0308" },
    { id: "1" },
    { id: "01" },
    { id: "17" },
    { id: "0" },
  ],
  ...[
    { id: "50%" },
    { id: "a_b" },
    { id: "it's" },
    { id: "back\\slash" },
    { id: "🦊" },
    { id: "n".repeat(256) },
  ],
  ...[
    { id: "2026-06-15T12:00:00.000Z" },
    { id: String(NOW) },
    { id: "vip" },
    { id: "true" },
    { id: "9007199254740993" },
  ],
  ...[{ id: "crowd" }, ...CROWD],
];

export const ATTRIBUTES = {
  region: "north",
  word: "open",
  words: ["open", "OPEN", "50%", "it's", 1, null],
  nothing: [],
  unknowns: [null, { a: 1 }],
  numbers: [1, 2.5, 17, 2147483647],
  mixed: ["1", 1, true, null],
  flag: false,
  number: 17,
  fraction: 0.30000000000000004,
  at: "2026-06-15T11:45:00Z",
  since: NOW - 900_000,
  tags: ["vip", "gold"],
  prefix: "o",
  uuid: "6fa459ea-ee8a-3ca4-894e-db77e160355e",
  people: ["ana", 17, "17"],
};

/**
 * A snapshot with one role and one user.
 *
 * @param grants by the last part of the permission's id
 * @param denies the same, or a list of conditions under which nothing may be viewed
 * @returns `{ document, user, permission, options }`
 */
export function caseOf({
  type = "tickets",
  permission = "view",
  when,
  grants = { [permission]: when === undefined ? "all" : { scope: "all", when } },
  denies = [],
  roles = [],
  assigned = ["main"],
  everyone,
  teams = ["sales"],
  id = "ana",
  attributes = ATTRIBUTES,
  options = {},
}) {
  const key = (name) => (name.includes(".") ? name : `${type}.${name}`);
  const main = {
    id: "main",
    name: "Main",
    // What a permission requires is granted, unless something is said of it.
    grants: Object.fromEntries(
      Object.entries({ "tickets.*": "all", [`${type}.*`]: "all", ...grants }).map(([name, value]) => [
        key(name),
        value,
      ]),
    ),
    deny: denies.map((denial) =>
      typeof denial === "string"
        ? key(denial)
        : denial.key
          ? { ...denial, key: key(denial.key) }
          : { key: key("view"), when: denial },
    ),
  };
  return {
    document: {
      format: "rolegate/1",
      revision: 1,
      catalog: CATALOG,
      teams: TEAMS,
      roles: [main, ...roles],
      users: [{ id, teams, roles: assigned, attributes }],
      ...(everyone && { everyone }),
    },
    user: id,
    permission: key(permission),
    options: { now: NOW, ...options },
  };
}
