// The scenario of searches: people of three roles in four departments, and records that belong to people and
// departments. No imports: workerd runs it, too.

const level = ["own", "all"];
const inOwnDepartment = { scope: "all", when: { "resource.department": { $ref: "user.department" } } };

export const USERS = [
  ["ines", "manager", "Sales"],
  ["tom", "employee", "Legal"],
  ["uma", "contractor", "Legal"],
  ["vic", "manager", "Finance"],
  ["wes", "employee", "Finance"],
  ["xia", "contractor", "Accounting"],
].map(([id, role, department]) => ({ id, role, department }));

const DEPARTMENTS = ["Legal", "Accounting", "Sales", "Finance"];

/** Twenty, whose owners and departments meet in many ways. */
export const RECORDS = Array.from({ length: 20 }, (_, at) => ({
  id: 201 + at,
  title: `Play ${at + 1}`,
  owner: USERS[at % 6].id,
  department: DEPARTMENTS[(at * at + (at >> 1)) % 4],
}));

export const document = {
  format: "rolegate/1",
  revision: 12,
  catalog: {
    categories: [
      {
        id: "records",
        permissions: ["view", "edit", "delete"].map((action) => ({ id: `record.${action}`, scopes: level })),
      },
    ],
  },
  roles: [
    {
      id: "user",
      name: "User",
      grants: {
        "record.view": ["own", inOwnDepartment],
        "record.edit": "own",
        "record.delete": "own",
      },
    },
    {
      id: "manager",
      name: "Manager",
      grants: { "record.view": "all", "record.edit": inOwnDepartment },
    },
  ],
  everyone: ["user"],
  users: USERS.map(({ id, role, department }) => ({
    id,
    roles: role === "manager" ? ["manager"] : [],
    attributes: { department },
  })),
};

export function resources(type, id) {
  if (type !== "record") return undefined;
  return id === undefined ? RECORDS : RECORDS.find((record) => String(record.id) === id);
}

/** What the rules of the scenario say, apart from any snapshot. */
export function isAllowed(user, action, record) {
  const isManager = user.role === "manager";
  const isNear = user.department === record.department;
  if (record.owner === user.id) return true;
  return action === "view" ? isNear || isManager : action === "edit" && isManager && isNear;
}
