// Questions about sampled roles and bindings, answered by the rules of Kubernetes as its reference states
// them, and by the snapshot that is made of them.

import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../../pkg/entries/node.js";
import { imported } from "./imported.mjs";

const VERBS = ["get", "list", "create", "delete"];
const RESOURCES = ["pods", "pods/log", "deployments"];
const GROUPS = ["", "apps"];
const NAMESPACES = ["a", "b"];
const NAMES = ["x", "y"];
const USERS = ["ana", "bo"];

function sampler(seed) {
  let state = seed;
  const below = (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
  const one = (list) => list[below(list.length)];
  const some = (list) => list.filter(() => below(2) === 0);
  return { below, one, some, times: (count, make) => Array.from({ length: count }, (_, at) => make(at)) };
}

function sampled({ below, one, some, times }) {
  const orStar = (list) => (below(4) === 0 ? ["*"] : [one(list), ...some(list)]);
  const rule = () => ({
    apiGroups: orStar(GROUPS),
    resources: below(6) === 0 ? ["*/log"] : orStar(RESOURCES),
    verbs: orStar(VERBS),
    ...(below(3) === 0 && { resourceNames: [one(NAMES)] }),
  });
  const object = (kind, metadata, more) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind,
    metadata,
    ...more,
  });
  const labels = { group: "1" };
  const clusterRoles = times(3, (at) =>
    object(
      "ClusterRole",
      { name: `c${at}`, ...(at < 2 && { labels }) },
      { rules: times(1 + below(2), rule) },
    ),
  );
  const aggregated = object(
    "ClusterRole",
    { name: "c3" },
    {
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] },
    },
  );
  const roles = NAMESPACES.map((namespace) =>
    object("Role", { name: "r", namespace }, { rules: times(1 + below(2), rule) }),
  );
  const subjects = () => [
    one([...USERS.map((name) => ({ kind: "User", name })), { kind: "Group", name: "system:authenticated" }]),
  ];
  const clusterRef = () => ({ kind: "ClusterRole", name: `c${below(4)}` });
  const bindings = [
    ...times(below(3), (at) =>
      object("ClusterRoleBinding", { name: `cb${at}` }, { roleRef: clusterRef(), subjects: subjects() }),
    ),
    ...times(3, (at) =>
      object(
        "RoleBinding",
        { name: `b${at}`, namespace: one(NAMESPACES) },
        {
          roleRef: below(2) === 0 ? clusterRef() : { kind: "Role", name: "r" },
          subjects: subjects(),
        },
      ),
    ),
  ];
  return [...clusterRoles, aggregated, ...roles, ...bindings];
}

/** What Kubernetes answers. */
function allows(objects, { user, verb, group, resource, namespace, name }) {
  const rulesOf = (role) =>
    role.aggregationRule === undefined
      ? role.rules
      : objects
          .filter((one) => one.kind === "ClusterRole" && one.metadata.labels?.group === "1")
          .flatMap((one) => one.rules);
  const has = (list, value) => list.includes("*") || list.includes(value);
  const hasResource = (list) =>
    has(list, resource) || (resource.includes("/") && list.includes(`*/${resource.split("/")[1]}`));
  // A request to create or to list has no name.
  const isNamed = !(verb === "create" || verb === "list") || resource.includes("/");
  const fits = (rule) =>
    has(rule.verbs, verb) &&
    has(rule.apiGroups, group) &&
    hasResource(rule.resources) &&
    (rule.resourceNames === undefined || (isNamed && rule.resourceNames.includes(name)));
  return objects.some((binding) => {
    const isHere =
      binding.kind === "ClusterRoleBinding" ||
      (binding.kind === "RoleBinding" && binding.metadata.namespace === namespace);
    if (!isHere || !binding.subjects.some((subject) => subject.kind === "Group" || subject.name === user))
      return false;
    const role = objects.find(
      ({ kind, metadata }) =>
        kind === binding.roleRef.kind &&
        metadata.name === binding.roleRef.name &&
        (kind === "ClusterRole" || metadata.namespace === binding.metadata.namespace),
    );
    return rulesOf(role).some(fits);
  });
}

test("the snapshot answers as Kubernetes does", async () => {
  const counts = { yes: 0, no: 0 };
  for (let seed = 1; seed <= 25; seed += 1) {
    const dice = sampler(seed);
    const objects = sampled(dice);
    const resources = RESOURCES.flatMap((resource) =>
      GROUPS.map((group) => (group === "" ? resource : `${resource}.${group}`)),
    );
    const names = ["--resources", resources.join(), "--actions", VERBS.join()];
    const { code, snapshot, losses } = await imported("kubernetes", { "list.json": objects }, ...names);
    deepEqual([code, losses], [0, []]);
    const loaded = await load(JSON.stringify(snapshot));
    const known = new Set(snapshot.users?.map(({ id }) => id));
    for (const user of USERS.filter((id) => known.has(id)))
      for (const resource of RESOURCES)
        for (const group of GROUPS)
          for (const verb of VERBS) {
            const [namespace, name] = [dice.one(NAMESPACES), dice.one(NAMES)];
            const isNamed = resource.includes("/") || (verb !== "create" && verb !== "list");
            const record = { metadata: { namespace, ...(isNamed && { name }) } };
            const id = `${group === "" ? resource : `${resource}.${group}`}.${verb}`;
            const wanted = allows(objects, { user, verb, group, resource, namespace, name });
            equal(loaded.for(user).can(id, record), wanted, JSON.stringify({ seed, user, id, record }));
            counts[wanted ? "yes" : "no"] += 1;
          }
  }
  ok(counts.yes > 200 && counts.no > 200, JSON.stringify(counts));
});
