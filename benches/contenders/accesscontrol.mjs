// accesscontrol: grants with conditions on a context that holds the user and the record.

import { AccessControl } from "accesscontrol";
import { PERMISSIONS, partsOf } from "../tenant/helpdesk.mjs";

const OPERATORS = { $in: "in", $lt: "<", $ne: "!=" };

function conditionOf({ level, when }) {
  const mine = ["$.record.assigneeId", "==", "$.user.id"];
  const inTeam = ["$.record.teamId", "in", "$.user.teams"];
  const reach = { own: [mine], team: [{ or: [mine, inTeam] }], all: [] }[level];
  const and = [...reach, ...Object.entries(when ?? {}).map(testOf)];
  return and.length > 1 ? { and } : and[0];
}

function testOf([field, test]) {
  const [[operator, operand]] = typeof test === "object" ? Object.entries(test) : [["$eq", test]];
  return [`$.record.${field}`, OPERATORS[operator] ?? "==", operand];
}

function made(roles, withConditions) {
  const control = new AccessControl();
  for (const { id, grants } of roles) {
    for (const grant of grants) {
      const condition = withConditions ? conditionOf(grant) : undefined;
      const access = control.grant(id);
      (condition ? access.where(condition) : access).action(`${grant.action}:any`, grant.subject, ["*"]);
    }
  }
  return control;
}

export function accessControl({ roles, me, records }) {
  const [names, scoped] = [made(roles, false), made(roles, true)];
  const onName = ({ action, subject }) => names.can(me.roles).action(action, subject).granted;
  const onRecord = (control, { action, subject, record }) =>
    control.can(me.roles, { user: me, record }).action(action, subject).granted;
  const question = (permission, record) => {
    const { action, subject } = partsOf(permission);
    return { action: `${action}:any`, subject, record };
  };
  const list = PERMISSIONS.map((permission) => question(permission));
  return {
    name: "accesscontrol",
    rows: {
      name: { question, ask: onName },
      record: { question, ask: (asked) => onRecord(scoped, asked) },
      condition: { question, ask: (asked) => onRecord(scoped, asked) },
      list: { ask: () => list.filter(onName) },
      filter: {
        question,
        ask: ({ action, subject }) =>
          records.filter((record) => onRecord(scoped, { action, subject, record })),
      },
      build: { question, ask: (asked) => onRecord(made(roles, true), asked) },
    },
  };
}
