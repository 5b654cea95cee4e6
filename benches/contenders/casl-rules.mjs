// A user's grants as rules of @casl/ability.

export const OPTIONS = { detectSubjectType: ({ type }) => type };

/** The user's rules as a server sends them. */
export function rulesOf(grants, { id, teams }) {
  return grants.flatMap(({ action, subject, level, when }) => {
    const rule = (conditions) => ({
      action,
      subject,
      ...(conditions && { conditions: { ...conditions, ...when } }),
    });
    if (level === "all") return [rule(when && {})];
    const own = rule({ assigneeId: id });
    return level === "own" ? [own] : [own, rule({ teamId: { $in: teams } })];
  });
}
