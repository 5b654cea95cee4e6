// What a server makes of a user's roles before it hands them to a package that knows one list of rules.

export const LEVELS = ["own", "team", "all"];

/**
 * Of each permission the widest level that the named roles grant. No permission has a condition in one role
 * and none in another.
 */
export function widest(roles, ids) {
  const widest = new Map();
  for (const grant of roles.filter(({ id }) => ids.includes(id)).flatMap(({ grants }) => grants)) {
    const before = widest.get(grant.permission);
    if (before === undefined || LEVELS.indexOf(before.level) < LEVELS.indexOf(grant.level))
      widest.set(grant.permission, grant);
  }
  return [...widest.values()];
}
