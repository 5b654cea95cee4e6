// Snapshots that are large in one way each, for what a gate costs there. Only this package is asked about
// them.

const ACTIONS = 20;
const LEVELS = ["own", "team", "all"];

function snapshot({ permissions, roles, grants, teams = 0, users }) {
  const categories = Array.from({ length: permissions / ACTIONS }, (_, category) => ({
    id: `c${category}`,
    permissions: Array.from({ length: ACTIONS }, (_, action) => ({
      id: `c${category}.a${action}`,
      scopes: LEVELS,
    })),
  }));
  const ids = categories.flatMap((category) => category.permissions.map(({ id }) => id));
  const grantsOf = (role) =>
    Array.from({ length: grants }, (_, n) => [
      ids[(role * 7 + n * 13) % ids.length],
      LEVELS[(role + n) % LEVELS.length],
    ]);
  return {
    format: "rolegate/1",
    revision: 1,
    catalog: { categories },
    teams: Array.from({ length: teams }, (_, n) => ({
      id: `t${n}`,
      ...(n > 0 && { parent: `t${(n - 1) >> 3}` }),
    })),
    roles: Array.from({ length: roles }, (_, role) => ({
      id: `r${role}`,
      name: `Role ${role}`,
      grants: Object.fromEntries(grantsOf(role)),
    })),
    users,
  };
}

/**
 * What the first grant of the first role is about; every user of these snapshots has that role, at level
 * `own`.
 */
export const PERMISSION = "c0.a0";

/** A catalog of 1,000 permissions, and a user with two roles of 50. */
export const manyPermissions = () =>
  snapshot({ permissions: 1000, roles: 10, grants: 50, users: [{ id: "u0", roles: ["r0", "r1"] }] });

/** A user with 50 roles of 300 permissions. */
export const manyRoles = () =>
  snapshot({
    permissions: 1000,
    roles: 50,
    grants: 300,
    users: [{ id: "u0", roles: Array.from({ length: 50 }, (_, role) => `r${role}`) }],
  });

export const PEOPLE = 1000;

/** 1,000 users in as many teams, with the same two roles. */
export const manyPeople = () =>
  snapshot({
    permissions: 1000,
    roles: 10,
    grants: 50,
    teams: PEOPLE,
    users: Array.from({ length: PEOPLE }, (_, n) => ({ id: `u${n}`, teams: [`t${n}`], roles: ["r0", "r1"] })),
  });
