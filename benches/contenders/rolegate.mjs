// The package itself: a gate over a snapshot, and one over data.

import { manyPeople, manyPermissions, manyRoles, PEOPLE, PERMISSION } from "../tenant/large.mjs";

const name = (permission, _record, copy) => copy(permission);
const pair = (permission, record, copy) => ({ permission: copy(permission), record });

// Both gates are asked in the same way, but in functions of their own: shared ones would meet two classes,
// which is slower and is not what an application with one of them has.

export function rolegate({ library, snapshot, me, records }) {
  const gate = snapshot.for(me.id);
  const other = { context: { ip: "203.0.113.7" } };
  const [permissions, roles, people] = [manyPermissions, manyRoles, manyPeople].map((make) =>
    library.loadSync(JSON.stringify(make())),
  );
  const unshared = { limit: ["*"] };
  const mine = { owner: "u0" };
  let turn = 0;
  const askNext = () => {
    turn = (turn + 1) % PEOPLE;
    const owner = `u${turn}`;
    return people.for(owner).can(PERMISSION, { owner });
  };
  // The first round is not what the row is about.
  for (let n = 0; n < PEOPLE; n += 1) askNext();
  return {
    name: "rolegate",
    rows: {
      name: { question: name, ask: (permission) => gate.can(permission) },
      record: { question: pair, ask: ({ permission, record }) => gate.can(permission, record) },
      condition: { question: pair, ask: ({ permission, record }) => gate.can(permission, record) },
      list: { ask: () => gate.permissions() },
      filter: { question: (permission) => permission, ask: (permission) => gate.filter(permission, records) },
      build: { question: pair, ask: ({ permission, record }) => snapshot.for(me.id).can(permission, record) },
      // A bound leaves nothing to share with users who hold the same.
      first: {
        question: pair,
        ask: ({ permission, record }) => snapshot.for(me.id, { limit: ["*"] }).can(permission, record),
      },
      permissions: { ask: () => permissions.for("u0", unshared).can(PERMISSION, mine) },
      roles: { ask: () => roles.for("u0", unshared).can(PERMISSION, mine) },
      people: { ask: askNext },
      with: { question: name, ask: (permission) => gate.with(other).can(permission) },
      scope: { question: name, ask: (permission) => gate.scope(permission).kind !== "none" },
      explain: { question: pair, ask: ({ permission, record }) => gate.explain(permission, record).allowed },
      travel: {
        question: pair,
        ask: ({ permission, record }) => travelled(library, gate).can(permission, record),
      },
    },
  };
}

function travelled({ restore }, gate) {
  return restore(JSON.parse(JSON.stringify(gate)));
}

export function lite({ library: { restore }, data, records }) {
  const gate = restore(data);
  const other = { context: { ip: "203.0.113.7" } };
  return {
    name: "rolegate/lite",
    rows: {
      name: { question: name, ask: (permission) => gate.can(permission) },
      record: { question: pair, ask: ({ permission, record }) => gate.can(permission, record) },
      condition: { question: pair, ask: ({ permission, record }) => gate.can(permission, record) },
      list: { ask: () => gate.permissions() },
      filter: { question: (permission) => permission, ask: (permission) => gate.filter(permission, records) },
      build: { question: pair, ask: ({ permission, record }) => restore(data).can(permission, record) },
      with: { question: name, ask: (permission) => gate.with(other).can(permission) },
    },
  };
}
