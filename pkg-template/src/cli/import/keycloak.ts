// Keycloak: the export of a realm. Every role is a role here, and a permission, which it grants: applications
// ask for roles.

import { withoutCircles } from "./circles.js";
import { Draft, type Imported, type Settings } from "./draft.js";
import { Item, type Source } from "./item.js";

const REALM = "realm";

/** A role of the realm, or of a client. */
interface Name {
  readonly client: string | undefined;
  readonly name: string;
}

const keyOf = ({ client, name }: Name): string => JSON.stringify([client ?? null, name]);

/** One source is the realm; others are parts of its export, such as users. */
export function importKeycloak(sources: readonly Source[], settings: Settings): Imported {
  const realms = sources
    .map((source) => new Item(source))
    .flatMap((item) => (item.isList ? item.list() : [item]));
  const names = new Set(realms.flatMap((realm) => realm.get("realm")?.text() ?? []));
  const [first] = realms;
  if (names.size > 1) first?.fail(`there are ${names.size} realms in it, and one snapshot is of one`);
  const [name] = names;
  const keycloak = new Keycloak();
  for (const realm of realms) keycloak.addRoles(realm);
  if (keycloak.isEmpty) first?.fail("there are no roles in it");
  for (const realm of realms) keycloak.addComposites(realm);
  for (const realm of realms) for (const group of realm.listOf("groups")) keycloak.addGroups(group);
  for (const realm of realms) keycloak.addUsers(realm);
  for (const realm of realms) keycloak.reportRest(realm);
  return keycloak.finished({ ...settings, tenant: settings.tenant ?? name });
}

class Keycloak {
  readonly #draft = new Draft();
  /** Ids of roles. */
  readonly #roles = new Map<string, string>();
  /** Of each group, the role that its members have; `undefined` if it gives none. */
  readonly #groups = new Map<string, { readonly team: string; readonly role: string | undefined }>();

  get isEmpty(): boolean {
    return this.#roles.size === 0;
  }

  addRoles(realm: Item): void {
    for (const [client, role] of rolesIn(realm)) {
      const item = role.need("name");
      const name = item.text();
      const description = role.get("description")?.text();
      const category = client === undefined ? REALM : client === REALM ? `${REALM} client` : client;
      const more = description === undefined || description.startsWith("${") ? {} : { description };
      const id = this.#draft.role(client === undefined ? name : `${client}.${name}`, item, {
        key: keyOf({ client, name }),
        title: name,
        ...more,
      });
      this.#roles.set(keyOf({ client, name }), id);
      this.#draft.grant(id, this.#draft.permission(category, name, item, more));
    }
  }

  /** A composite role has all that its parts have. */
  addComposites(realm: Item): void {
    const graph = new Map<string, Set<string>>();
    const places = new Map<string, Item>();
    for (const [client, role] of rolesIn(realm)) {
      const from = keyOf({ client, name: role.need("name").text() });
      const composites = role.get("composites");
      if (composites === undefined) continue;
      const parts = graph.get(from) ?? new Set();
      graph.set(from, parts);
      for (const [part, item] of this.#known(composites, "realm", "client")) {
        parts.add(part);
        places.set(JSON.stringify([from, part]), item);
      }
    }
    const { kept, closing } = withoutCircles(graph);
    for (const [from, part] of kept) this.#draft.inherit(this.#id(from), this.#id(part));
    for (const pair of closing)
      this.#draft.losses.lost(
        places.get(JSON.stringify(pair)) as Item,
        "a part of a role that is a part of it",
        "a role cannot inherit from itself",
      );
  }

  /** Members of a group have the roles of the groups above it, too. */
  addGroups(top: Item): void {
    type Above = { readonly path: string; readonly team?: string; readonly role?: string | undefined };
    const waiting: [group: Item, above: Above][] = [[top, { path: "" }]];
    for (const [group, above] of waiting) {
      const title = group.need("name").text();
      const path = group.get("path")?.text() ?? `${above.path}/${title}`;
      const team = this.#draft.team(path, group, {
        kind: "group",
        title,
        ...(above.team !== undefined && { parent: above.team }),
      });
      const mapped = this.#known(group, "realmRoles", "clientRoles");
      let { role } = above;
      if (mapped.length > 0) {
        role = this.#draft.role(`group ${path}`, group, { title: path });
        for (const [key] of mapped) this.#draft.inherit(role, this.#id(key));
        if (above.role !== undefined) this.#draft.inherit(role, above.role);
      }
      this.#groups.set(path, { team, role });
      for (const inner of group.listOf("subGroups")) waiting.push([inner, { path, team, role }]);
    }
  }

  addUsers(realm: Item): void {
    for (const item of realm.listOf("users")) {
      const name = item.get("username")?.text();
      const attributes = item.get("attributes");
      const user = this.#draft.user(item.get("id")?.text() ?? name ?? item.fail("a user needs an id"), item, {
        name,
        // As Keycloak reads it: who is not said to be enabled is not.
        disabled: item.get("enabled")?.value !== true,
        ...(attributes?.isObject &&
          attributes.entries().length > 0 && { attributes: attributes.value as Record<string, unknown> }),
      });
      for (const [key] of this.#known(item, "realmRoles", "clientRoles"))
        this.#draft.assign(user, this.#id(key));
      for (const path of item.textsOf("groups")) {
        const group = this.#groups.get(path.text());
        if (group === undefined) {
          this.#draft.losses.lost(path, `the group ${path.text()}`, "it is not in the files");
          continue;
        }
        this.#draft.join(user, group.team);
        if (group.role !== undefined) this.#draft.assign(user, group.role);
      }
    }
  }

  /** What else decides in Keycloak who may do what. */
  reportRest(realm: Item): void {
    const { losses } = this.#draft;
    const enabled = realm.get("enabled");
    if (enabled?.value === false)
      losses.lost(
        enabled,
        "that the realm is disabled",
        "nobody can log in to it; here everybody has their roles",
      );
    for (const client of realm.listOf("clients")) {
      const id = client.get("clientId")?.text() ?? "";
      const settings = client.get("authorizationSettings");
      if ((settings?.listOf("policies").length ?? 0) > 0)
        losses.lost(settings as Item, `the policies of ${id}`, "authorization services are not read");
      const scope = client.get("fullScopeAllowed");
      if (scope?.value === false && !BUILT_IN.has(id))
        losses.changed(
          scope,
          `the scope of ${id}`,
          "its tokens have only some roles of a user: give the gate a `limit` with these",
        );
    }
    for (const mapper of realm.listOf("identityProviderMappers")) {
      const kind = mapper.get("identityProviderMapper")?.text() ?? "";
      if (/role|group/i.test(kind))
        losses.lost(mapper, `the mapper "${kind}"`, "it gives roles only at a login");
    }
    for (const provider of realm.get("components")?.get(USERS)?.list() ?? [])
      losses.lost(provider, "users of another directory", "they are not in the files");
  }

  finished(settings: Settings): Imported {
    return this.#draft.finished(settings);
  }

  /** The roles that are named, of the realm and of clients; what is not in the files is reported. */
  #known(item: Item, ofRealm: string, ofClients: string): (readonly [key: string, item: Item])[] {
    const named: (readonly [Name, Item])[] = [
      ...item.textsOf(ofRealm).map((name) => [{ client: undefined, name: name.text() }, name] as const),
      ...(item.get(ofClients)?.entries() ?? []).flatMap(([client, list]) =>
        list.list().map((name) => [{ client, name: name.text() }, name] as const),
      ),
    ];
    return named.flatMap(([name, at]) => {
      const key = keyOf(name);
      if (this.#roles.has(key)) return [[key, at] as const];
      const title = name.client === undefined ? name.name : `${name.name} of ${name.client}`;
      this.#draft.losses.lost(at, `the role ${title}`, "it is not in the files");
      return [];
    });
  }

  #id(key: string): string {
    return this.#roles.get(key) as string;
  }
}

const USERS = "org.keycloak.storage.UserStorageProvider";
/** Every realm has these. */
const BUILT_IN = new Set([
  "account",
  "account-console",
  "admin-cli",
  "broker",
  "realm-management",
  "security-admin-console",
]);

function rolesIn(realm: Item): (readonly [client: string | undefined, role: Item])[] {
  const roles = realm.get("roles");
  if (roles === undefined) return [];
  return [
    ...roles.listOf("realm").map((role) => [undefined, role] as const),
    ...(roles.get("client")?.entries() ?? []).flatMap(([client, list]) =>
      list.list().map((role) => [client, role] as const),
    ),
  ];
}
