/**
 * The snapshot of an organization of Better Auth: `project: ["share"]` becomes the permission `project.share`.
 *
 * - `statements`: the permissions that exist, `access.statements`
 * - `roles`: the roles in code
 * - `rows`: those of the table `organizationRole`; one with the name of a role in code adds to it
 *
 * `problems` has the rows that are not as they should be. Whatever cannot be read in a row gives nothing.
 */
export function documentOf({ organization, revision, statements, roles, rows }) {
  const exist = new Set(idsIn(statements));
  const inCode = Object.entries(roles).map(([role, { statements }]) => [role, idsIn(statements)]);
  const granted = new Map(inCode);
  const problems = [];
  for (const { role, permission } of rows) {
    const ids = idsIn(parsed(permission));
    const known = ids.filter((id) => exist.has(id));
    if (isId(role)) granted.set(role, [...(granted.get(role) ?? []), ...known]);
    if (!isId(role) || known.length < ids.length) problems.push({ role, permission });
  }
  const document = {
    format: "rolegate/1",
    tenant: organization,
    revision,
    catalog: { categories: Object.entries(statements).map(categoryOf) },
    roles: Array.from(granted, roleOf),
  };
  return { document, problems };
}

function roleOf([id, ids]) {
  return { id, name: id, grants: Object.fromEntries(ids.map((permission) => [permission, true])) };
}

function categoryOf([id, actions]) {
  return { id, permissions: actions.map((action) => ({ id: `${id}.${action}` })) };
}

/** `project.view` for `{ project: ["view"] }`. Anything but a list of names gives `project.?`, which does not exist. */
function idsIn(statements) {
  const namesIn = (actions) => (Array.isArray(actions) ? actions : [undefined]);
  const idOf = (resource, action) => `${resource}.${typeof action === "string" ? action : "?"}`;
  const idsOf = ([resource, actions]) => namesIn(actions).map((action) => idOf(resource, action));
  return Object.entries(statements).flatMap(idsOf);
}

/** Better Auth stores JSON in a text column. */
function parsed(text) {
  try {
    const permission = JSON.parse(text);
    if (typeof permission === "object" && permission !== null) return permission;
  } catch {
    // not JSON
  }
  return { unreadable: null };
}

/** What a snapshot takes as an id. */
function isId(name) {
  if (typeof name !== "string" || !name.isWellFormed()) return false;
  return /^\P{Cc}+$/u.test(name) && new TextEncoder().encode(name).length <= 256;
}
