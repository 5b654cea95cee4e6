// The tenant that every contender is asked about: a help desk with 60 permissions, 12 roles, and a user with
// 2 roles and 3 teams.

import { LEVELS, widest } from "./grants.mjs";

const ACTIONS = {
  conversations: "view reply assign close merge export delete tag",
  contacts: "view edit merge export delete import block note",
  tickets: "view create edit close escalate link delete split",
  reports: "view create schedule export share delete pin",
  campaigns: "view create send pause archive approve test",
  articles: "view write review publish unpublish translate feature",
  calls: "place listen record transfer annotate score erase",
  // The last category is about the tenant as a whole: its permissions have no levels.
  settings: "inboxes labels billing members roles webhooks security audit-log",
};
const TENANT_LEVEL = "settings";
const ROLES = 12;
const GRANTS = 20;
/** How many of the first grants of every other role have a condition. */
const CONDITIONAL = 8;

/** What such a grant wants of the record, by turns. Any contender can say the same in its own way. */
export const CONDITIONS = [
  { status: { $in: ["open", "pending"] } },
  { priority: { $lt: 3 } },
  { vip: false },
  { channel: "email", status: { $ne: "closed" } },
];

export const ME = "ana";
const MY_ROLES = ["role-0", "role-1"];
const MY_TEAMS = ["sales", "support", "night-shift"];
/** What these teams cover: two have teams below them. */
const COVERED = ["sales", "iberia", "nordics", "support", "night-shift"];
const TEAMS = [
  ...["emea", "support", "night-shift", "billing", "apac", "legal"].map((id) => ({ id })),
  { id: "sales", parent: "emea" },
  { id: "iberia", parent: "sales" },
  { id: "nordics", parent: "sales" },
];

/**
 * The one string object of this text that literals in code and keys of objects share, as names in an
 * application's code are.
 */
export function intern(text) {
  return Object.keys({ [text]: 0 })[0];
}

/** `conversations.reply` as its category and its action. */
export function partsOf(permission) {
  const dot = permission.indexOf(".");
  return { subject: intern(permission.slice(0, dot)), action: intern(permission.slice(dot + 1)) };
}

export const PERMISSIONS = Object.entries(ACTIONS).flatMap(([category, actions]) =>
  actions.split(" ").map((action) => intern(`${category}.${action}`)),
);

export const isTenantLevel = (permission) => permission.startsWith(`${TENANT_LEVEL}.`);

/**
 * A role has twenty permissions from a tenth to the next but one of the catalog, which is taken in steps so
 * that all categories occur.
 */
function grantsOf(role) {
  return Array.from({ length: GRANTS }, (_, n) => {
    const at = (role * (GRANTS / 2) + n) % PERMISSIONS.length;
    const permission = PERMISSIONS[(at * 7) % PERMISSIONS.length];
    const level = isTenantLevel(permission)
      ? "all"
      : LEVELS[(at + (n >= GRANTS / 2 ? role : 0)) % LEVELS.length];
    const isConditional = role % 2 === 0 && n < CONDITIONAL && !isTenantLevel(permission);
    const when = isConditional ? CONDITIONS[n % CONDITIONS.length] : undefined;
    return { permission, ...partsOf(permission), level, when };
  });
}

/** The roles as each contender is given them, in its own form. */
export const roles = Array.from({ length: ROLES }, (_, role) => ({
  id: `role-${role}`,
  grants: grantsOf(role),
}));

export const myGrants = () => widest(roles, MY_ROLES);

export const me = { id: ME, roles: MY_ROLES, teams: COVERED };

/** The snapshot. It expires, and one of the user's assignments is for a time, so that the clock counts. */
export function snapshot() {
  const grant = ({ permission, level, when }) => {
    if (isTenantLevel(permission)) return true;
    return when === undefined ? level : { scope: level, when: inFormat(when) };
  };
  return {
    format: "rolegate/1",
    revision: 7,
    tenant: "helpdesk",
    issuedAt: "2026-01-01T00:00:00Z",
    expiresAt: "2099-01-01T00:00:00Z",
    catalog: {
      categories: Object.entries(ACTIONS).map(([id, actions]) => ({
        id,
        permissions: actions
          .split(" ")
          .map((action) => ({ id: `${id}.${action}`, ...(id !== TENANT_LEVEL && { scopes: LEVELS }) })),
      })),
      resources: Object.fromEntries(
        Object.keys(ACTIONS).map((id) => [id, { owner: "assigneeId", team: "teamId" }]),
      ),
    },
    teams: TEAMS,
    roles: roles.map(({ id, grants }) => ({
      id,
      name: id,
      grants: Object.fromEntries(grants.map((one) => [one.permission, grant(one)])),
    })),
    users: [
      {
        id: ME,
        teams: MY_TEAMS,
        roles: [
          MY_ROLES[0],
          { role: MY_ROLES[1], from: "2026-02-01T00:00:00Z", until: "2098-01-01T00:00:00Z" },
        ],
      },
      ...Array.from({ length: 6 }, (_, n) => ({
        id: `user-${n}`,
        teams: [TEAMS[n % TEAMS.length].id],
        roles: [`role-${n % ROLES}`],
      })),
    ],
  };
}

function inFormat(when) {
  return Object.fromEntries(Object.entries(when).map(([field, test]) => [`resource.${field}`, test]));
}

/** Numbers that look random and are the same each time. */
export function random(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function recordOf(type, next) {
  const pick = (list) => list[next(list.length)];
  return {
    id: `record-${next(100_000)}`,
    type,
    subject: "Where is my order?",
    assigneeId: intern(pick([ME, "bo", "cy", "dee"])),
    teamId: intern(pick(TEAMS).id),
    status: intern(pick(["open", "pending", "snoozed", "closed"])),
    priority: next(5),
    vip: next(2) === 0,
    channel: intern(pick(["email", "chat", "phone"])),
  };
}

/** `count` records of a type. */
export function recordsOf(type, count, seed) {
  const next = random(seed);
  return Array.from({ length: count }, () => recordOf(type, next));
}

/** The right answer, read off the grants as slowly and plainly as can be. */
export function answer(permission, record) {
  return myGrants().some(({ permission: granted, level, when }) => {
    if (granted !== permission) return false;
    if (record === undefined || (level === "all" && when === undefined)) return true;
    const isMine = record.assigneeId === ME;
    const isInTeam = COVERED.includes(record.teamId);
    return (level === "all" || isMine || (level === "team" && isInTeam)) && meets(record, when ?? {});
  });
}

export function meets(record, when) {
  return Object.entries(when).every(([field, test]) => {
    const value = record[field];
    if (typeof test !== "object") return value === test;
    const [[operator, operand]] = Object.entries(test);
    return { $in: () => operand.includes(value), $lt: () => value < operand, $ne: () => value !== operand }[
      operator
    ]();
  });
}

const RING = 1024;

/** 1,024 questions about `permissions`, of which half are answered with "yes", in no order. */
export function ring(permissions, withRecord, seed) {
  const next = random(seed);
  const questions = [];
  const left = { true: RING / 2, false: RING / 2 };
  while (questions.length < RING) {
    const permission = permissions[next(permissions.length)];
    const record = withRecord ? recordOf(partsOf(permission).subject, next) : undefined;
    const expected = answer(permission, record);
    if (left[expected]-- > 0) questions.push({ permission, record, answer: expected });
  }
  return questions;
}
