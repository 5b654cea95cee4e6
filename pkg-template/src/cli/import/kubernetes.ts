// Kubernetes: roles and their bindings. Namespaces are teams, and a binding in one is an assignment there.

import type { Condition } from "../../types/types.js";
import { Draft, type Imported, type Settings } from "./draft.js";
import type { Formula } from "./formula.js";
import { Item, type Source } from "./item.js";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const GROUP = "rbac.authorization.k8s.io";

/** Each source is an object, or a list of objects. What is about something else than access is passed over. */
export function importKubernetes(sources: readonly Source[], settings: Settings): Imported {
  const objects = sources.flatMap((source) => objectsIn(new Item(source)));
  const kubernetes = new Kubernetes(objects, settings);
  return kubernetes.imported();
}

function objectsIn(top: Item): Item[] {
  const found: Item[] = [];
  const waiting = top.isList ? [...top.list()] : [top];
  for (const item of waiting) {
    const kind = item.need("kind").text();
    if (kind.endsWith("List") && item.get("items") !== undefined)
      for (const one of item.listOf("items")) waiting.push(one);
    else found.push(item);
  }
  return found;
}

/** A rule about resources, with its role. */
interface Rule {
  readonly role: string;
  readonly item: Item;
  readonly verbs: readonly Item[];
  readonly groups: readonly Item[];
  readonly resources: readonly Item[];
  readonly names: readonly Item[];
  readonly addresses: readonly Item[];
}

/** A kind of resource: `deployments.apps`, `pods/log`. */
interface Kind {
  readonly resource: string;
  readonly group: string;
}

const isNamespace = ({ resource, group }: Kind): boolean =>
  group === "" && resource.split("/")[0] === "namespaces";
/** Requests for namespaces that are in none of them: no binding in a namespace allows these. */
const isAboutAll = (kind: Kind, verb: string): boolean =>
  isNamespace(kind) && kind.resource === "namespaces" && WITHOUT_NAME.includes(verb);
const WITHOUT_NAME = ["create", "deletecollection", "list", "watch"];

const kindKey = ({ resource, group }: Kind): string => JSON.stringify([resource, group]);
const kindName = ({ resource, group }: Kind): string => (group === "" ? resource : `${resource}.${group}`);

class Kubernetes {
  readonly #draft = new Draft();
  readonly #settings: Settings;
  readonly #objects: readonly Item[];
  readonly #kinds = new Map<string, Kind>();
  readonly #verbs = new Set<string>();
  readonly #addresses = new Map<string, string>();
  /** Ids of roles. */
  readonly #roles = new Map<string, string>();
  /** Roles that have every verb of a category; of everything. */
  readonly #wild: (readonly [role: string, category: string])[] = [];
  readonly #all = new Set<string>();
  #steps = 0;
  /** All service accounts, and groups, once they are asked for. */
  #known: readonly string[] | undefined;
  #groups: ReadonlyMap<string, Item> | undefined;

  constructor(objects: readonly Item[], settings: Settings) {
    this.#settings = settings;
    this.#objects = objects;
  }

  imported(): Imported {
    for (const item of this.#objects)
      if (isRoleOfOthers(item))
        this.#draft.losses.lost(item, "this object", `only roles and bindings of ${GROUP} are read`);
    const clusterRoles = this.#ofKind("ClusterRole");
    const roles = this.#ofKind("Role");
    const bindings = [...this.#ofKind("ClusterRoleBinding"), ...this.#ofKind("RoleBinding")];
    if (clusterRoles.length + roles.length + bindings.length === 0)
      this.#objects[0]?.fail("there are no roles and no bindings in it");
    for (const item of clusterRoles) this.#addRole(nameOf(item), item);
    for (const item of roles) this.#addRole(`${this.#namespaceOf(item)}/${nameOf(item)}`, item);
    for (const item of this.#ofKind("Namespace")) this.#draft.team(nameOf(item), item, { kind: "namespace" });
    const rules = [...clusterRoles, ...roles].flatMap((item) => this.#rulesOf(item));
    for (const rule of rules) this.#name(rule);
    for (const rule of rules) this.#grant(rule);
    for (const role of this.#all) this.#draft.collapse(role);
    for (const [role, category] of this.#wild) this.#draft.collapse(role, category);
    for (const item of clusterRoles) this.#aggregate(item, clusterRoles);
    for (const item of bindings) this.#bind(item);
    return this.#draft.finished(this.#settings);
  }

  #ofKind(kind: string): Item[] {
    return this.#objects.filter((item) => item.need("kind").text() === kind && isOfGroup(item, kind));
  }

  #addRole(name: string, item: Item): void {
    if (this.#roles.has(name)) item.fail(`the role ${name} is there twice`);
    this.#roles.set(name, this.#draft.role(name, item.need("metadata")));
  }

  /** Where an object is; `default`, where it does not say so. */
  #namespaceOf(item: Item): string {
    const named = item.need("metadata").get("namespace")?.text();
    if (named !== undefined) return named;
    const { namespace } = this.#settings;
    if (namespace === undefined)
      this.#draft.losses.changed(item, "no namespace", "it is read as default; --namespace names another");
    return namespace ?? "default";
  }

  #rulesOf(item: Item): Rule[] {
    const isCluster = item.need("kind").text() === "ClusterRole";
    const role = this.#roles.get(
      isCluster ? nameOf(item) : `${this.#namespaceOf(item)}/${nameOf(item)}`,
    ) as string;
    // The rules of such a role are those of others.
    if (item.get("aggregationRule") !== undefined) return [];
    return item.listOf("rules").map((rule) => ({
      role,
      item: rule,
      verbs: rule.textsOf("verbs"),
      groups: rule.textsOf("apiGroups"),
      resources: rule.textsOf("resources"),
      names: rule.textsOf("resourceNames"),
      addresses: isCluster ? rule.textsOf("nonResourceURLs") : [],
    }));
  }

  /** What has a name in a rule, for the wildcards of all. */
  #name({ verbs, groups, resources, addresses }: Rule): void {
    for (const verb of verbs) {
      if (verb.text() !== "*") this.#verbs.add(verb.text());
      else for (const usual of this.#settings.actions ?? VERBS) this.#verbs.add(usual);
    }
    for (const verb of this.#settings.actions ?? []) this.#verbs.add(verb);
    for (const name of this.#settings.resources ?? []) {
      const [resource = "", ...group] = name.split(".");
      this.#addKind({ resource, group: group.join(".") });
    }
    for (const resource of resources)
      for (const group of groups)
        if (!resource.text().includes("*") && group.text() !== "*")
          this.#addKind({ resource: resource.text(), group: group.text() });
    for (const address of addresses)
      if (!address.text().includes("*")) this.#addresses.set(address.text(), address.text());
  }

  #addKind(kind: Kind): void {
    this.#kinds.set(kindKey(kind), kind);
    if (this.#kinds.size * this.#verbs.size > MOST)
      this.#objects[0]?.fail("there are too many kinds and verbs");
  }

  #grant(rule: Rule): void {
    const { role, names, item, verbs, groups, resources } = rule;
    const isAny = (list: readonly Item[]): boolean => list.some((word) => word.text() === "*");
    const isAll = isAny(verbs);
    if (isAll && names.length === 0 && isAny(groups) && isAny(resources)) this.#all.add(role);
    const meant = this.#verbsOf(rule);
    const kinds = this.#kindsOf(rule);
    this.#steps += kinds.length * meant.length;
    if (this.#steps > MOST_STEPS) item.fail("this comes to too many permissions");
    for (const kind of kinds) {
      const isTop = !kind.resource.includes("/");
      for (const [verb, at] of meant) {
        // These requests have no name, so that no name allows them.
        if (names.length > 0 && isTop && (verb === "create" || verb === "deletecollection")) continue;
        if (names.length > 0 && isAboutAll(kind, verb)) {
          this.#draft.losses.lost(item, `${verb} of namespaces by name`, "it is asked of all of them here");
          continue;
        }
        const permission = this.#permission(kind, verb, at);
        this.#draft.grant(role, permission, [nameIn(names)]);
      }
      if (isAll && names.length === 0) this.#wild.push([role, this.#category(kind, item)]);
    }
    for (const address of this.#addressesOf(rule))
      for (const [verb, at] of meant) this.#draft.grant(role, this.#draft.permission(address, verb, at));
  }

  #permission(kind: Kind, verb: string, at: Item): string {
    this.#category(kind, at);
    if (!isAboutAll(kind, verb)) return this.#draft.permission(kindName(kind), verb, at, { isScoped: true });
    const type = this.#draft.type("all-namespaces", { team: "metadata.namespace" });
    return this.#draft.permission(kindName(kind), verb, at, { type });
  }

  #category(kind: Kind, at: Item): string {
    // A request for a namespace is one in it.
    const team = isNamespace(kind) ? "metadata.name" : "metadata.namespace";
    return this.#draft.category(kindName(kind), at, { mapping: { team } });
  }

  #verbsOf({ verbs, item }: Rule): (readonly [verb: string, at: Item])[] {
    const star = verbs.find((verb) => verb.text() === "*");
    if (star === undefined) return verbs.map((verb) => [verb.text(), verb]);
    this.#open(star, "every verb", "--actions", this.#settings.actions);
    return [...this.#verbs].map((verb) => [verb, item]);
  }

  #kindsOf({ resources, groups }: Rule): Kind[] {
    const found = new Map<string, Kind>();
    for (const resource of resources)
      for (const group of groups) {
        const isOpen = resource.text().includes("*") || group.text() === "*";
        if (!isOpen)
          found.set(kindKey({ resource: resource.text(), group: group.text() }), {
            resource: resource.text(),
            group: group.text(),
          });
        else {
          this.#open(
            resource,
            `every resource: ${resource.text()} of ${group.text() === "" ? "the core group" : group.text()}`,
            "--resources",
            this.#settings.resources,
          );
          for (const kind of this.#kinds.values())
            if (isMeant(resource.text(), kind.resource) && isMeant(group.text(), kind.group))
              found.set(kindKey(kind), kind);
        }
      }
    return [...found.values()];
  }

  #addressesOf({ addresses }: Rule): string[] {
    const found = new Set<string>();
    for (const address of addresses) {
      const text = address.text();
      if (!text.includes("*")) found.add(text);
      else {
        this.#open(address, `every address: ${text}`, "other rules", undefined);
        for (const known of this.#addresses.keys())
          if (text.endsWith("*") && known.startsWith(text.slice(0, -1))) found.add(known);
      }
    }
    return [...found];
  }

  #open(item: Item, what: string, where: string, given: readonly string[] | undefined): void {
    if (given === undefined)
      this.#draft.losses.changed(
        item,
        what,
        `only what has a name can be asked here; name the rest with ${where}`,
      );
  }

  /** A role that has the rules of those with certain labels. */
  #aggregate(item: Item, clusterRoles: readonly Item[]): void {
    const rule = item.get("aggregationRule");
    if (rule === undefined) return;
    const selectors = rule.listOf("clusterRoleSelectors");
    const role = this.#roles.get(nameOf(item)) as string;
    const chosen = clusterRoles.filter(
      (one) => one !== item && selectors.some((selector) => isSelected(one, selector)),
    );
    for (const one of chosen) {
      // They can be made of others themselves, in a circle.
      if (one.get("aggregationRule") === undefined)
        this.#draft.inherit(role, this.#roles.get(nameOf(one)) as string);
      else
        this.#draft.losses.lost(
          one,
          `that ${nameOf(item)} has its rules`,
          "it is made of other roles itself",
        );
    }
    if (chosen.length === 0)
      this.#draft.losses.lost(rule, "the rules of other roles", "none in the files has such labels");
  }

  #bind(item: Item): void {
    const isCluster = item.need("kind").text() === "ClusterRoleBinding";
    const namespace = isCluster ? undefined : this.#namespaceOf(item);
    const reference = item.need("roleRef");
    const name = reference.need("name").text();
    const isRole = reference.need("kind").text() === "Role";
    const role = this.#roles.get(isRole ? `${namespace}/${name}` : name);
    const team =
      namespace === undefined ? undefined : this.#draft.team(namespace, item, { kind: "namespace" });
    if (role === undefined || (isCluster && isRole)) {
      this.#draft.losses.lost(reference, `the role ${name}`, "it is not in the files");
      return;
    }
    for (const subject of item.listOf("subjects")) this.#assign(subject, role, team, namespace);
  }

  #assign(subject: Item, role: string, team: string | undefined, namespace: string | undefined): void {
    const kind = subject.need("kind").text();
    const name = subject.need("name").text();
    if (kind === "User") {
      this.#draft.assign(this.#draft.user(name, subject), role, team);
      return;
    }
    if (kind === "ServiceAccount") {
      const home = subject.get("namespace")?.text() ?? namespace;
      if (home === undefined) subject.fail('"namespace" is missing');
      this.#draft.assign(this.#draft.user(`${ACCOUNT}${home}:${name}`, subject), role, team);
      return;
    }
    if (kind !== "Group") subject.fail(`a subject is a User, a Group or a ServiceAccount, not "${kind}"`);
    if (name === "system:authenticated") this.#draft.assignEveryone(role, team);
    else this.#assignGroup(subject, name, role, team);
  }

  #assignGroup(subject: Item, name: string, role: string, team: string | undefined): void {
    const members = this.#membersOf(name);
    if (members === undefined)
      this.#draft.losses.lost(subject, `the group ${name}`, "who is in it is not in the files");
    this.#steps += members?.length ?? 0;
    if (this.#steps > MOST_STEPS) subject.fail("this comes to too many assignments");
    for (const member of members ?? []) this.#draft.assign(this.#draft.user(member, subject), role, team);
  }

  /** The service accounts of a namespace, or of all; and groups that are objects, as OpenShift has them. */
  #membersOf(name: string): readonly string[] | undefined {
    if (name === ACCOUNTS || name.startsWith(`${ACCOUNTS}:`)) {
      const prefix = name === ACCOUNTS ? ACCOUNT : `${ACCOUNT}${name.slice(ACCOUNTS.length + 1)}:`;
      this.#known ??= this.#accounts();
      return this.#known.filter((account) => account.startsWith(prefix));
    }
    this.#groups ??= new Map(
      this.#objects
        .filter((item) => item.need("kind").text() === "Group")
        .map((item) => [nameOf(item), item]),
    );
    return this.#groups
      .get(name)
      ?.textsOf("users")
      .map((user) => user.text());
  }

  /** All service accounts that the files name. */
  #accounts(): string[] {
    const objects = this.#objects
      .filter((item) => item.need("kind").text() === "ServiceAccount")
      .map((item) => `${ACCOUNT}${this.#namespaceOf(item)}:${nameOf(item)}`);
    const subjects = [...this.#ofKind("ClusterRoleBinding"), ...this.#ofKind("RoleBinding")].flatMap(
      (binding) =>
        binding
          .listOf("subjects")
          .filter((subject) => subject.need("kind").text() === "ServiceAccount")
          .map((subject) => {
            const home =
              subject.get("namespace")?.text() ??
              binding.need("metadata").get("namespace")?.text() ??
              this.#settings.namespace ??
              "default";
            return `${ACCOUNT}${home}:${subject.need("name").text()}`;
          }),
    );
    return [...new Set([...objects, ...subjects])];
  }
}

/** As many permissions are declared, and grants and assignments looked at. */
const MOST = 100_000;
const MOST_STEPS = 500_000;
const ACCOUNT = "system:serviceaccount:";
const ACCOUNTS = "system:serviceaccounts";

function isOfGroup(item: Item, kind: string): boolean {
  const version = item.get("apiVersion")?.text() ?? "";
  return kind === "Namespace" ? version === "v1" : version.startsWith(`${GROUP}/`);
}

function isRoleOfOthers(item: Item): boolean {
  const kind = item.need("kind").text();
  return /^(?:Cluster)?Role(?:Binding)?$/.test(kind) && !isOfGroup(item, kind);
}

function nameOf(item: Item): string {
  return item.need("metadata").need("name").text();
}

/** Whether a word of a rule means a name: `*`, and for what is below resources a star and a slash. */
function isMeant(word: string, name: string): boolean {
  if (word === "*" || word === name) return true;
  return (
    word.startsWith("*/") &&
    name.endsWith(word.slice(1)) &&
    name.indexOf("/") === name.length - word.length + 1
  );
}

function nameIn(names: readonly Item[]): Formula {
  if (names.length === 0) return true;
  const list = [...new Set(names.map((name) => name.text()))].sort();
  const [only = ""] = list;
  const when: Condition = { "resource.metadata.name": list.length === 1 ? only : { $in: list } };
  return when;
}

/** Whether a role has the labels that a selector asks for. */
function isSelected(role: Item, selector: Item): boolean {
  const labels = role.need("metadata").get("labels");
  const label = (key: string): unknown => labels?.get(key)?.value;
  const exact = selector.get("matchLabels")?.entries() ?? [];
  return (
    exact.every(([key, value]) => label(key) === value.value) &&
    selector.listOf("matchExpressions").every((one) => {
      const value = label(one.need("key").text());
      const values = one.listOf("values").map((item) => item.value);
      switch (one.need("operator").text()) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          return one.fail("the operator is In, NotIn, Exists or DoesNotExist");
      }
    })
  );
}
