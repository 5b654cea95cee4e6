// easy-rbac: every answer is a promise; what depends on the record is a function of the application.

import { create } from "easy-rbac";
import { PERMISSIONS } from "../tenant/helpdesk.mjs";
import { codeOf } from "./by-hand.mjs";

/** A role's permissions by name alone. */
function byName({ grants }) {
  return grants.map(({ permission }) => permission);
}

function byRecord({ grants }) {
  return grants.map(({ permission, level, when }) => {
    const isMet = codeOf(when) ?? (() => true);
    const isMine = ({ record, me }) => record.assigneeId === me.id && isMet(record);
    if (level === "all")
      return when ? { name: permission, when: async ({ record }) => isMet(record) } : permission;
    if (level === "own") return { name: permission, when: async (params) => isMine(params) };
    return {
      name: permission,
      when: async (params) =>
        isMine(params) || (params.covered.has(params.record.teamId) && isMet(params.record)),
    };
  });
}

function made(roles, can) {
  return create(Object.fromEntries(roles.map((role) => [role.id, { can: can(role) }])));
}

export function easyRbac({ roles, me, records }) {
  const [names, scoped] = [made(roles, byName), made(roles, byRecord)];
  const covered = new Set(me.teams);
  const pair = (permission, record) => ({ permission, record });
  const ask = ({ permission, record }) => scoped.can(me.roles, permission, { record, me, covered });
  const chosen = async (items, isAllowed) => {
    const kept = [];
    for (const item of items) if (await isAllowed(item)) kept.push(item);
    return kept;
  };
  return {
    name: "easy-rbac",
    rows: {
      name: {
        isAsync: true,
        question: (permission) => permission,
        ask: (permission) => names.can(me.roles, permission),
      },
      record: { isAsync: true, question: pair, ask },
      condition: { isAsync: true, question: pair, ask: (question) => ask(question) },
      list: {
        isAsync: true,
        ask: () => chosen(PERMISSIONS, (permission) => names.can(me.roles, permission)),
      },
      filter: {
        isAsync: true,
        question: (permission) => permission,
        ask: (permission) => chosen(records, (record) => ask({ permission, record })),
      },
      build: {
        isAsync: true,
        question: pair,
        ask: ({ permission, record }) =>
          made(roles, byRecord).can(me.roles, permission, { record, me, covered }),
      },
    },
  };
}
