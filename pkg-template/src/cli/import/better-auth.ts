// Better Auth: what access control declares (`ac.statements`), roles in code and in the table
// `organizationRole`, and members.

import { Draft, type Imported, type Settings } from "./draft.js";
import { Item, type Source } from "./item.js";

/**
 * Each source is an object with some of `statements`, `roles`, `organizationRole` and `member`, or a list of
 * rows of one of the two tables.
 */
export function importBetterAuth(sources: readonly Source[], settings: Settings): Imported {
  const draft = new Draft();
  const found: Found = { statements: [], roles: [], rows: [], members: [] };
  for (const source of sources) sort(new Item(source), found);
  const { statements, roles, members } = found;
  if (statements.length + roles.length + found.rows.length === 0)
    new Item(sources[0] as Source).fail("there are no statements, roles or rows of organizationRole in it");
  const [rows, tenant] = ofOneTenant(found, settings);
  const exist = statements.length === 0 ? undefined : declared(statements, draft);
  for (const all of roles)
    for (const [name, role] of all.entries())
      grantAll(draft.role(name, role), statementsOf(role), exist, draft);
  for (const row of rows) {
    const name = row.need("role");
    grantAll(draft.role(name.text(), name), parsed(row.need("permission"), draft), exist, draft);
  }
  const names = new Set([
    ...roles.flatMap((all) => all.entries().map(([name]) => name)),
    ...rows.map((row) => row.need("role").text()),
  ]);
  for (const member of members) addMember(member, names, tenant, draft);
  return draft.finished({ ...settings, tenant });
}

interface Found {
  readonly statements: Item[];
  readonly roles: Item[];
  readonly rows: Item[];
  readonly members: Item[];
}

const KEYS: Readonly<Record<string, keyof Found>> = {
  statements: "statements",
  roles: "roles",
  organizationRole: "rows",
  organizationRoles: "rows",
  member: "members",
  members: "members",
};

function sort(item: Item, found: Found): void {
  if (item.isList) {
    for (const row of item.list()) {
      if (row.get("permission") !== undefined) found.rows.push(row);
      else if (row.get("userId") !== undefined) found.members.push(row);
      else row.fail('it is a row of neither table: "permission" or "userId" is missing');
    }
    return;
  }
  for (const [key, value] of item.entries()) {
    const kind = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
    if (kind === undefined) value.fail(`"${key}" is not known: there may be ${Object.keys(KEYS).join(", ")}`);
    else if (kind === "statements" || kind === "roles") found[kind].push(value);
    else for (const row of value.list()) found[kind].push(row);
  }
}

/** The rows of the organization that is imported, and its id. */
function ofOneTenant(
  { rows, members }: Found,
  { tenant }: Settings,
): [rows: Item[], tenant: string | undefined] {
  const organizationOf = (row: Item): string | undefined => row.get("organizationId")?.id();
  const all = new Set([...rows, ...members].map(organizationOf).filter((id) => id !== undefined));
  const first = rows.at(-1) ?? members.at(-1);
  if (tenant === undefined && all.size > 1)
    first?.fail(`rows of ${all.size} organizations: choose one with --tenant ID`);
  const chosen = tenant ?? [...all][0];
  return [rows.filter((row) => (organizationOf(row) ?? chosen) === chosen), chosen];
}

function declared(statements: readonly Item[], draft: Draft): ReadonlySet<string> {
  const exist = new Set<string>();
  for (const [resource, actions] of statements.flatMap((item) => item.entries())) {
    draft.category(resource, actions);
    for (const action of actions.list()) {
      draft.permission(resource, action.text(), action);
      exist.add(keyOf(resource, action));
    }
  }
  return exist;
}

const keyOf = (resource: string, action: Item): string => JSON.stringify([resource, action.text()]);

/** A role as `newRole` makes it, or the statements alone; one of these may be about a resource `statements`. */
function statementsOf(role: Item): Item {
  const inner = role.get("statements");
  return inner?.isObject ? inner : role;
}

function grantAll(
  role: string,
  statements: Item | undefined,
  exist: ReadonlySet<string> | undefined,
  draft: Draft,
): void {
  for (const [resource, actions] of statements?.entries() ?? []) {
    for (const action of actions.list()) {
      if (exist === undefined || exist.has(keyOf(resource, action)))
        draft.grant(role, draft.permission(resource, action.text(), action));
      else draft.losses.lost(action, `"${action.text()}" of ${resource}`, "no statement declares it");
    }
  }
}

/** Better Auth keeps the statements of a row as text. What cannot be read there gives nothing. */
function parsed(permission: Item, draft: Draft): Item | undefined {
  if (permission.isObject) return permission;
  let value: unknown;
  try {
    value = JSON.parse(permission.text());
  } catch {
    // What it is stands below.
  }
  const inner = new Placed(permission, value);
  if (inner.isObject && inner.entries().every(([, actions]) => isListOfTexts(actions.value))) return inner;
  draft.losses.lost(permission, "the permissions of this role", "this is no JSON of lists of actions");
  return undefined;
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

/** What stands in the text of another item, whose place it has. */
class Placed extends Item {
  constructor({ source, path }: Item, value: unknown) {
    super(source, path, value);
  }

  override at(_key: string | number, value: unknown): Item {
    return new Placed(this, value);
  }
}

function addMember(member: Item, roles: ReadonlySet<string>, tenant: string | undefined, draft: Draft): void {
  if ((member.get("organizationId")?.id() ?? tenant) !== tenant) return;
  const user = draft.user(member.need("userId").id(), member);
  const held = member.need("role");
  for (const name of held
    .text()
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)) {
    if (roles.has(name)) draft.assign(user, draft.role(name, held));
    else draft.losses.lost(held, `the role "${name}"`, "it is in none of the files");
  }
}
