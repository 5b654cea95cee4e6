// @casl/ability, in its fastest way: plain records whose type a field tells.

import { createMongoAbility } from "@casl/ability";
import { PERMISSIONS, partsOf } from "../tenant/helpdesk.mjs";
import { OPTIONS, rulesOf } from "./casl-rules.mjs";

export function casl({ grants, me, records }) {
  const rules = rulesOf(grants, me);
  const ability = createMongoAbility(rules, OPTIONS);
  const names = PERMISSIONS.map((permission) => ({ permission, ...partsOf(permission) }));
  const on = (permission, record, copy) => ({ action: copy(partsOf(permission).action), record });
  const about = (permission, _record, copy) => {
    const { action, subject } = partsOf(permission);
    return { action: copy(action), subject: copy(subject) };
  };
  return {
    name: "CASL",
    rows: {
      name: { question: about, ask: ({ action, subject }) => ability.can(action, subject) },
      record: { question: on, ask: ({ action, record }) => ability.can(action, record) },
      condition: { question: on, ask: ({ action, record }) => ability.can(action, record) },
      list: { ask: () => names.filter(({ action, subject }) => ability.can(action, subject)) },
      filter: {
        question: (permission) => partsOf(permission).action,
        ask: (action) => records.filter((record) => ability.can(action, record)),
      },
      build: {
        question: on,
        ask: ({ action, record }) => createMongoAbility(rules, OPTIONS).can(action, record),
      },
      first: {
        question: on,
        ask: ({ action, record }) => createMongoAbility(rules, OPTIONS).can(action, record),
      },
      explain: {
        question: on,
        ask: ({ action, record }) => ability.relevantRuleFor(action, record) !== null,
      },
      travel: { question: on, ask: ({ action, record }) => travelled(ability).can(action, record) },
    },
  };
}

function travelled({ rules }) {
  return createMongoAbility(JSON.parse(JSON.stringify(rules)), OPTIONS);
}
