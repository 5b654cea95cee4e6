// What a front-end team writes by itself: the floor. `Set.has` for names, a Map from names to levels for
// records.

import { CONDITIONS } from "../tenant/helpdesk.mjs";

const OWN = 1;
const TEAM = 2;
const ALL = 3;
const LEVELS = { own: OWN, team: TEAM, all: ALL };

/** The tenant's conditions, written as code. */
const AS_CODE = [
  (record) => record.status === "open" || record.status === "pending",
  (record) => record.priority < 3,
  (record) => !record.vip,
  (record) => record.channel === "email" && record.status !== "closed",
];

export function codeOf(when) {
  return when && AS_CODE[CONDITIONS.indexOf(when)];
}

/** All of it: two structures and two functions. */
export function build(grants, { id, teams }) {
  const covered = new Set(teams);
  const levels = new Map(grants.map(({ permission, level }) => [permission, LEVELS[level]]));
  const conditions = new Map(
    grants.flatMap(({ permission, when }) => (when ? [[permission, codeOf(when)]] : [])),
  );
  const isInLevel = (permission, record) => {
    const level = levels.get(permission);
    return (
      level === ALL ||
      (level >= OWN && record.assigneeId === id) ||
      (level === TEAM && covered.has(record.teamId))
    );
  };
  const isMet = (permission, record) => isInLevel(permission, record) && conditions.get(permission)(record);
  return { levels, isInLevel, isMet };
}

export function byHand({ grants, me, records }) {
  const MINE = {
    permission: grants.find(({ level }) => level === "own").permission,
    record: { assigneeId: me.id },
  };
  const names = new Set(grants.map(({ permission }) => permission));
  const { levels, isInLevel, isMet } = build(grants, me);
  const name = (permission, _record, copy) => copy(permission);
  const pair = (permission, record, copy) => ({ permission: copy(permission), record });
  return {
    name: "by hand",
    rows: {
      name: { question: name, ask: (permission) => names.has(permission) },
      record: { question: pair, ask: ({ permission, record }) => isInLevel(permission, record) },
      condition: { question: pair, ask: ({ permission, record }) => isMet(permission, record) },
      list: { ask: () => [...levels.keys()] },
      filter: {
        question: (permission) => permission,
        ask: (permission) => records.filter((record) => isInLevel(permission, record)),
      },
      build: {
        question: pair,
        ask: ({ permission, record }) => build(grants, me).isInLevel(permission, record),
      },
      first: {
        question: pair,
        ask: ({ permission, record }) => build(grants, me).isInLevel(permission, record),
      },
      // The help desk's: what the large tenants cost is told in terms of it.
      permissions: { ask: () => build(grants, me).isInLevel(MINE.permission, MINE.record) },
      roles: { ask: () => build(grants, me).isInLevel(MINE.permission, MINE.record) },
      people: { ask: () => build(grants, me).isInLevel(MINE.permission, MINE.record) },
      // Nothing here corresponds to these; the unit is a check.
      scope: { question: name, ask: (permission) => names.has(permission) },
      with: { question: name, ask: (permission) => names.has(permission) },
      explain: { question: pair, ask: ({ permission, record }) => isInLevel(permission, record) },
      travel: {
        question: pair,
        ask: ({ permission, record }) =>
          build(JSON.parse(JSON.stringify(grants)), me).isInLevel(permission, record),
      },
    },
  };
}
