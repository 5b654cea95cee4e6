// Cedar as wasm, in its fastest way: policies are parsed once; each call hands over request and entities.

import { PERMISSIONS } from "../tenant/helpdesk.mjs";

const literal = (value) => JSON.stringify(value);
const TESTS = {
  $in: (path, operand) => `${literal(operand)}.contains(${path})`,
  $lt: (path, operand) => `${path} < ${operand}`,
  $ne: (path, operand) => `${path} != ${literal(operand)}`,
};

/** Policies of the same level and condition are one, so that there are as few as can be. */
function policiesOf(roles, withLevels) {
  const groups = new Map();
  for (const { id, grants } of roles) {
    for (const grant of grants) {
      const when = withLevels ? whenOf(grant) : "";
      const key = `permit(principal in Role::${literal(id)}, action in [ACTIONS], resource)${when};`;
      groups.set(key, [...(groups.get(key) ?? []), `Action::${literal(grant.permission)}`]);
    }
  }
  return [...groups].map(([key, actions]) => key.replace("ACTIONS", () => actions.join(", "))).join("\n");
}

function whenOf({ level, when }) {
  const mine = "resource.assigneeId == principal.id";
  const reach = { own: [mine], team: [`(${mine} || principal.teams.contains(resource.teamId))`], all: [] }[
    level
  ];
  const tests = Object.entries(when ?? {}).map(([field, test]) => testOf(`resource.${field}`, test));
  const all = [...reach, ...tests];
  return all.length > 0 ? ` when { ${all.join(" && ")} }` : "";
}

function testOf(path, test) {
  if (typeof test !== "object") return `${path} == ${literal(test)}`;
  const [[operator, operand]] = Object.entries(test);
  return TESTS[operator](path, operand);
}

const NO_RECORD = { uid: { type: "Record", id: "none" }, attrs: {}, parents: [] };

function entityOf({ id, assigneeId, teamId, status, priority, vip, channel }) {
  return {
    uid: { type: "Record", id },
    attrs: { assigneeId, teamId, status, priority, vip, channel },
    parents: [],
  };
}

export function cedar({ cedarLibrary, roles, me, records }) {
  const parse = (id, withLevels) => {
    const answer = cedarLibrary.preparsePolicySet(id, { staticPolicies: policiesOf(roles, withLevels) });
    if (answer.type !== "success")
      throw new Error(`Cedar refuses the policies: ${JSON.stringify(answer.errors)}`);
  };
  parse("names", false);
  parse("levels", true);
  const principal = { type: "User", id: me.id };
  const user = {
    uid: principal,
    attrs: { id: me.id, teams: me.teams },
    parents: me.roles.map((id) => ({ type: "Role", id })),
  };
  const isAllowed = (preparsedPolicySetId, permission, record) => {
    const resource = record ? entityOf(record) : NO_RECORD;
    const request = {
      principal,
      action: { type: "Action", id: permission },
      resource: resource.uid,
      context: {},
      entities: [user, resource],
    };
    const answer = cedarLibrary.statefulIsAuthorized({ ...request, preparsedPolicySetId });
    return answer.type === "success" && answer.response.decision === "allow";
  };
  const pair = (permission, record) => ({ permission, record });
  return {
    name: "Cedar",
    rows: {
      name: { question: (permission) => permission, ask: (permission) => isAllowed("names", permission) },
      record: { question: pair, ask: ({ permission, record }) => isAllowed("levels", permission, record) },
      condition: { question: pair, ask: ({ permission, record }) => isAllowed("levels", permission, record) },
      list: { ask: () => PERMISSIONS.filter((permission) => isAllowed("names", permission)) },
      filter: {
        question: (permission) => permission,
        ask: (permission) => records.filter((record) => isAllowed("levels", permission, record)),
      },
      build: {
        question: pair,
        ask: ({ permission, record }) => (parse("built", true), isAllowed("built", permission, record)),
      },
    },
  };
}
