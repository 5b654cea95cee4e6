// A snapshot while it is put together. It comes out in an order that does not depend on that of the source.

import type {
  AssignmentObject,
  CatalogPermission,
  Category,
  Denial,
  Grant,
  GrantObject,
  ResourceMapping,
  Role,
  SnapshotDocument,
  Team,
  User,
} from "../../types/types.js";
import type { Formula } from "./formula.js";
import type { Item } from "./item.js";
import { type Loss, Losses } from "./losses.js";
import { Names } from "./names.js";

/** What an importer makes. */
export interface Imported {
  readonly snapshot: SnapshotDocument;
  readonly lost: readonly Loss[];
}

/** What is not in the files. */
export interface Settings {
  readonly tenant?: string | undefined;
  readonly revision: number;
  /** Names besides those in the files. Where they are given, nothing else exists. */
  readonly resources?: readonly string[] | undefined;
  readonly actions?: readonly string[] | undefined;
  /** Of what has none. */
  readonly namespace?: string | undefined;
  /** Attributes have the types with which they are compared. */
  readonly typed: boolean;
  /** Rules may have `$and`, `$or`, `$nor` and `$not`. */
  readonly extended: boolean;
}

/** Conditions under which something holds, each enough. */
type Alternatives = readonly Formula[];

interface CategoryDraft {
  readonly id: string;
  title?: string | undefined;
  mapping?: ResourceMapping | undefined;
  readonly permissions: Map<string, { -readonly [K in keyof CatalogPermission]: CatalogPermission[K] }>;
}

interface RoleDraft {
  readonly id: string;
  readonly name: string;
  description?: string | undefined;
  readonly inherits: Set<string>;
  readonly grants: Map<string, Grant>;
  readonly deny: Map<string, Denial[]>;
}

interface UserDraft {
  readonly id: string;
  name?: string | undefined;
  attributes?: Readonly<Record<string, unknown>> | undefined;
  disabled?: boolean | undefined;
  readonly teams: Set<string>;
  readonly roles: Map<string, AssignmentObject>;
}

export class Draft {
  readonly losses: Losses = new Losses();
  readonly #categories = new Map<string, CategoryDraft>();
  /** Kinds of resources that are no categories. */
  readonly #types = new Map<string, ResourceMapping>();
  readonly #roles = new Map<string, RoleDraft>();
  readonly #users = new Map<string, UserDraft>();
  readonly #teams = new Map<string, Team>();
  readonly #everyone = new Map<string, AssignmentObject>();
  readonly #categoryNames = new Names("resource", true, this.losses);
  readonly #permissionNames = new Names("permission", true, this.losses);
  readonly #roleNames = new Names("role", false, this.losses);
  readonly #userNames = new Names("user", false, this.losses);
  readonly #teamNames = new Names("team", false, this.losses);

  category(name: string, at: Item, more: { title?: string; mapping?: ResourceMapping } = {}): string {
    const id = this.#categoryNames.id(name, at);
    const found = this.#categories.get(id);
    if (found === undefined) this.#categories.set(id, { id, ...more, permissions: new Map() });
    return id;
  }

  /** Declares an action on a kind of resource, once. @returns its id */
  permission(
    resource: string,
    action: string,
    at: Item,
    more: { isScoped?: boolean; description?: string | undefined; type?: string } = {},
  ): string {
    const category = this.#categories.get(this.category(resource, at)) as CategoryDraft;
    const name = `${category.id}.${action}`;
    const id = this.#permissionNames.id(name, at, JSON.stringify([resource, action]));
    const known = category.permissions.get(id);
    const { isScoped = known?.scopes !== undefined, description, type } = more;
    category.permissions.set(id, {
      ...known,
      id,
      ...(description !== undefined && { description }),
      ...(isScoped && { scopes: ["all"] }),
      ...(type !== undefined && { resource: type }),
    });
    return id;
  }

  /** A kind of resources, for permissions that are not about that of their category. */
  type(name: string, mapping: ResourceMapping): string {
    this.#types.set(name, mapping);
    return name;
  }

  /** @param key what tells it from others; its name, if that is enough */
  role(
    name: string,
    at: Item,
    { key = name, title = name, description }: { key?: string; title?: string; description?: string } = {},
  ): string {
    const id = this.#roleNames.id(name, at, key);
    if (!this.#roles.has(id))
      this.#roles.set(id, {
        id,
        name: title,
        description,
        inherits: new Set(),
        grants: new Map(),
        deny: new Map(),
      });
    return id;
  }

  inherit(role: string, parent: string): void {
    this.#role(role).inherits.add(parent);
  }

  /** @param key a permission, `<category>.*` or `*` */
  grant(role: string, key: string, alternatives: Alternatives = [true]): void {
    const { grants } = this.#role(role);
    const before = grants.get(key);
    if (before === true || alternatives.length === 0) return;
    if (alternatives.includes(true)) {
      grants.set(key, true);
      return;
    }
    const objects = [
      ...(before === undefined ? [] : Array.isArray(before) ? before : [before]),
      ...alternatives.filter((one) => one !== false).map((when) => ({ when })),
    ];
    if (objects.length === 0) return;
    const distinct = [...new Map(objects.map((one) => [JSON.stringify(one), one])).values()];
    const [only] = distinct;
    grants.set(
      key,
      distinct.length === 1 && only !== undefined ? (only as Grant) : (distinct as GrantObject[]),
    );
  }

  /** Writes `*`, or `<category>.*`, where a role has all permissions of the catalog, or of a category. */
  collapse(role: string, category?: string): void {
    const { grants } = this.#role(role);
    const drafts = [...this.#categories.values()].filter(
      ({ id }) => category === undefined || id === category,
    );
    const ids = drafts.flatMap(({ permissions }) => [...permissions.keys()]);
    if (ids.length === 0 || !ids.every((id) => grants.get(id) === true)) return;
    for (const id of ids) grants.delete(id);
    grants.set(category === undefined ? "*" : `${category}.*`, true);
  }

  deny(role: string, key: string, when: Formula = true): void {
    if (when === false) return;
    const { deny } = this.#role(role);
    const before = deny.get(key) ?? [];
    if (before.includes(key)) return;
    deny.set(key, when === true ? [key] : [...before, { key, when }]);
  }

  team(name: string, at: Item, more: { parent?: string; kind?: string; title?: string } = {}): string {
    const id = this.#teamNames.id(name, at);
    const { parent, kind, title } = more;
    if (!this.#teams.has(id))
      this.#teams.set(id, {
        id,
        ...(title !== undefined && title !== id && { name: title }),
        ...(kind !== undefined && { kind }),
        ...(parent !== undefined && { parent }),
      });
    return id;
  }

  user(
    name: string,
    at: Item,
    more: Partial<Pick<UserDraft, "name" | "attributes" | "disabled">> = {},
  ): string {
    const id = this.#userNames.id(name, at);
    const known = this.#users.get(id);
    if (known === undefined) this.#users.set(id, { id, ...more, teams: new Set(), roles: new Map() });
    else Object.assign(known, more);
    return id;
  }

  /** @param team limits the role to what the team covers */
  assign(user: string, role: string, team?: string): void {
    this.#user(user).roles.set(JSON.stringify([role, team]), { role, ...(team !== undefined && { team }) });
  }

  assignEveryone(role: string, team?: string): void {
    this.#everyone.set(JSON.stringify([role, team]), { role, ...(team !== undefined && { team }) });
  }

  join(user: string, team: string): void {
    this.#user(user).teams.add(team);
  }

  finished({ tenant, revision }: Settings): Imported {
    const resources = [...this.#categories.values()].flatMap(({ id, mapping, permissions }) =>
      mapping === undefined || permissions.size === 0 ? [] : [[id, mapping] as const],
    );
    const mapped = new Set(resources.map(([id]) => id));
    for (const type of this.#types) resources.push(type);
    const categories = [...this.#categories.values()].map((one) => categoryOf(one, mapped));
    const teams = [...this.#teams.values()];
    const users = [...this.#users.values()].map(userOf);
    const everyone = assignmentsOf(this.#everyone);
    const snapshot: SnapshotDocument = {
      format: "rolegate/1",
      revision,
      ...(tenant !== undefined && { tenant }),
      catalog: {
        categories: sorted(categories),
        ...(resources.length > 0 && { resources: Object.fromEntries(resources.sort(byKey)) }),
      },
      ...(teams.length > 0 && { teams: sorted(teams) }),
      roles: sorted([...this.#roles.values()].map(roleOf)),
      ...(users.length > 0 && { users: sorted(users) }),
      ...(everyone.length > 0 && { everyone }),
    };
    return { snapshot, lost: this.losses.all };
  }

  #role(id: string): RoleDraft {
    return this.#roles.get(id) as RoleDraft;
  }

  #user(id: string): UserDraft {
    return this.#users.get(id) as UserDraft;
  }
}

function categoryOf({ id, title, permissions }: CategoryDraft, mapped: ReadonlySet<string>): Category {
  return {
    id,
    ...(title !== undefined && { title }),
    permissions: sorted(
      [...permissions.values()].map((permission) =>
        permission.resource !== undefined || usualResource(permission.id, mapped) === id
          ? permission
          : { ...permission, resource: id },
      ),
    ),
  };
}

/** The type of resource that a permission has without saying so. */
function usualResource(permission: string, mapped: ReadonlySet<string>): string | undefined {
  for (let end = permission.lastIndexOf("."); end > 0; end = permission.lastIndexOf(".", end - 1))
    if (mapped.has(permission.slice(0, end))) return permission.slice(0, end);
  return permission.slice(0, permission.lastIndexOf("."));
}

function roleOf({ id, name, description, inherits, grants, deny }: RoleDraft): Role {
  const denials = [...deny].sort(byKey).flatMap(([, list]) => list);
  return {
    id,
    name,
    ...(description !== undefined && { description }),
    ...(inherits.size > 0 && { inherits: [...inherits].sort(byText) }),
    ...(grants.size > 0 && { grants: Object.fromEntries([...grants].sort(byKey)) }),
    ...(denials.length > 0 && { deny: denials }),
  };
}

function userOf({ id, name, attributes, disabled, teams, roles }: UserDraft): User {
  return {
    id,
    ...(name !== undefined && name !== id && { name }),
    ...(teams.size > 0 && { teams: [...teams].sort(byText) }),
    ...(roles.size > 0 && { roles: assignmentsOf(roles) }),
    ...(attributes !== undefined && { attributes }),
    ...(disabled === true && { disabled }),
  };
}

function assignmentsOf(assignments: ReadonlyMap<string, AssignmentObject>) {
  return [...assignments].sort(byKey).map(([, one]) => (one.team === undefined ? one.role : one));
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byKey = ([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number =>
  byText(a, b);

function sorted<T extends { readonly id: string }>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => byText(a.id, b.id));
}
