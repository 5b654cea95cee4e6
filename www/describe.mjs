// What a user may do, in words: the rows of the matrix, for the terminal and for the page.

/**
 * One user's permissions by category, as plain data:
 * `{ title, rows: [{ id, title, description?, answer, reach, teams, conditional }] }`, where `answer` is
 *
 * - `"yes"`: wherever `reach` says; `conditional` if a condition on the record remains besides,
 * - `"asks"`: not by itself, but perhaps for a request that says more about itself,
 * - `"no"`.
 *
 * @param snapshot a loaded snapshot
 * @param {string} user
 * @param {{ context?: object, now?: number }} [options] options of the gate
 */
export function describeUser(snapshot, user, options = {}) {
  const gate = snapshot.for(user, options);
  const words = { own: "own", team: "team", all: "all", ...snapshot.levelTitles() };
  const teams = new Map(snapshot.teams().map((team) => [team.id, team]));
  return snapshot.categories().map((category) => ({
    title: category.title ?? category.id,
    rows: category.permissions.map((permission) => ({
      id: permission.id,
      title: permission.title ?? permission.id,
      description: permission.description,
      ...describePermission(gate, permission, { words, teams }),
    })),
  }));
}

function describePermission(gate, permission, { words, teams }) {
  const scope = gate.scope(permission.id);
  if (scope.kind === "none" || (scope.kind === "all" && !gate.can(permission.id))) {
    // Without a word about the request a condition on it cannot hold.
    const asks = gate.explain(permission.id).reason === "condition-failed";
    return { answer: asks ? "asks" : "no", reach: "", teams: [], conditional: asks };
  }
  // For a permission without levels "all" is no more than yes.
  const reach = permission.scopes === undefined && scope.kind === "all" ? "yes" : words[scope.level];
  return { answer: "yes", reach, teams: reachedTeams(scope, teams), conditional: scope.conditional };
}

/** The names of the teams that limit a scope, without those that lie below another of them. */
function reachedTeams(scope, teams) {
  const limits = scope.parts.map(teamsOfPart).filter((limit) => limit !== undefined);
  if (limits.length === 0) return [];
  const reached = [...limits[0]].filter((id) => limits.every((limit) => limit.has(id)));
  const topmost = reached.filter((id) => !reached.includes(teams.get(id)?.parent));
  return topmost.map((id) => teams.get(id)?.name ?? id);
}

/** The teams that one part of a scope is limited to, or undefined where one of its alternatives has no such limit. */
function teamsOfPart({ any }) {
  const inTeams = any.filter((clause) => clause.own !== true || clause.teams !== undefined);
  if (inTeams.length === 0 || inTeams.some((clause) => clause.teams === undefined)) return undefined;
  return new Set(inTeams.flatMap((clause) => clause.teams));
}

/**
 * Who the users are, from the snapshot's own text (the library tells ids only):
 * `{ id, name, disabled, teams, roles: ["Sales Supervisor for Sales", …], assignments: [{ role, name, description?, team?, from?, until?,
 * when?, limits }] }`, where `role` is an id and `team` a name.
 */
export function describePeople(json) {
  const roles = new Map(json.roles.map((role) => [role.id, role]));
  const teamName = nameIn(json.teams);
  return (json.users ?? []).map((user) => {
    const assignments = [...(user.roles ?? []), ...(json.everyone ?? [])].map((entry) => describeAssignment(entry, roles, teamName));
    return {
      id: user.id,
      name: user.name ?? user.id,
      disabled: user.disabled === true,
      teams: (user.teams ?? []).map(teamName),
      roles: assignments.map(({ name, limits }) => [name, ...limits].join(" ")),
      assignments,
    };
  });
}

function describeAssignment(entry, roles, teamName) {
  const { role, team: teamId, from, until, when } = typeof entry === "string" ? { role: entry } : entry;
  const team = teamId === undefined ? undefined : teamName(teamId);
  const limits = [
    team === undefined ? "" : `for ${team}`,
    from === undefined ? "" : `from ${from}`,
    until === undefined ? "" : `until ${until}`,
    when === undefined ? "" : "under a condition",
  ];
  const { name, description } = roles.get(role);
  return { role, name, description, team, from, until, when, limits: limits.filter(Boolean) };
}

/** `nameIn(json.teams)("sales")` is what people call that team; an id that has no name is its own. */
export function nameIn(list = []) {
  const names = new Map(list.map((entry) => [entry.id, entry.name ?? entry.title]));
  return (id) => names.get(id) ?? id;
}

/** The resource type of a permission: as it says, else the longest mapped type that its id begins with, else its id without its end. */
export function resourceOf(permission, category, resources = {}) {
  if (permission.resource !== undefined) return permission.resource;
  const steps = permission.id.split(".");
  const prefixes = steps.slice(1).map((_, index) => steps.slice(0, steps.length - 1 - index).join("."));
  return prefixes.find((prefix) => Object.hasOwn(resources, prefix)) ?? prefixes[0] ?? category.id;
}

/** `Team: Sales, Support, with a condition`; nothing for a no. */
export function describeReach({ answer, reach, teams, conditional }) {
  if (answer === "no") return "";
  if (answer === "asks") return "depends on the request";
  const where = teams.length === 0 ? reach : `${reach}: ${teams.join(", ")}`;
  return conditional ? `${where}, with a condition` : where;
}
