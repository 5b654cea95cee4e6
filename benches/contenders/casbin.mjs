// casbin: a policy line for each grant of a role; levels are compared in the matcher. It has no conditions on
// other attributes.

import { newEnforcer, newModelFromString, StringAdapter } from "casbin";
import { PERMISSIONS, partsOf } from "../tenant/helpdesk.mjs";

const model = (policy, matcher) => `
[request_definition]
r = sub, obj, act
[policy_definition]
p = ${policy}
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = ${matcher}`;

const NAMES = model("sub, obj, act", "r.act == p.act && r.obj == p.obj && g(r.sub, p.sub)");
const LEVELS = model(
  "sub, obj, act, level",
  "r.act == p.act && r.obj.type == p.obj && g(r.sub.id, p.sub) && (p.level == 'all' || r.obj.assigneeId == r.sub.id || (p.level == 'team' && r.sub.covers(r.obj.teamId)))",
);

function linesOf(roles, me, columns) {
  const policy = roles.flatMap(({ id, grants }) => grants.map((grant) => ["p", id, ...columns(grant)]));
  return [...policy, ...me.roles.map((role) => ["g", me.id, role])].map((line) => line.join(", ")).join("\n");
}

export async function casbin({ roles, me, records }) {
  const names = await newEnforcer(
    newModelFromString(NAMES),
    new StringAdapter(linesOf(roles, me, ({ subject, action }) => [subject, action])),
  );
  const levels = linesOf(roles, me, ({ subject, action, level }) => [subject, action, level]);
  const scoped = () => newEnforcer(newModelFromString(LEVELS), new StringAdapter(levels));
  const enforcer = await scoped();
  const covered = new Set(me.teams);
  const user = { id: me.id, covers: (team) => covered.has(team) };
  const onName = ({ subject, action }) => names.enforceSync(me.id, subject, action);
  const onRecord = ({ action, record }) => enforcer.enforceSync(user, record, action);
  const on = (permission, record) => ({ action: partsOf(permission).action, record });
  const list = PERMISSIONS.map(partsOf);
  return {
    name: "casbin",
    rows: {
      name: { question: partsOf, ask: onName },
      record: { question: on, ask: onRecord },
      list: { ask: () => list.filter(onName) },
      filter: { question: on, ask: ({ action }) => records.filter((record) => onRecord({ action, record })) },
      build: {
        isAsync: true,
        question: on,
        ask: async ({ action, record }) => (await scoped()).enforceSync(user, record, action),
      },
    },
  };
}
