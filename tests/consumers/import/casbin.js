// Models with roles, domains, groups of objects and denials, asked by Casbin itself.

import { equal, ok } from "node:assert/strict";
import { newEnforcer, newModelFromString, StringAdapter } from "casbin";
import { imported } from "./imported.js";
import { sampler } from "./sampled.js";

const NAMES = ["ana", "bo", "cy", "r1", "r2", "r3", "r4"];
const OBJECTS = ["o1", "o2", "o3"];
const GROUPS = ["og1", "og2"];
const ACTIONS = ["read", "write"];
const DOMAINS = ["d1", "d2"];
const { one, maybe, times, below } = sampler(Number(process.argv[2] ?? 1));
const ALLOW = "some(where (p.eft == allow))";

function sample(round) {
  const [hasDomain, hasDenials, hasGroups] = [round % 2 === 0, round % 3 === 0, round % 5 === 1];
  const inPolicies = hasDomain && maybe(70);
  const hasStar = !hasGroups && maybe(40);
  const columns = ["sub", ...(inPolicies ? ["dom"] : []), "obj", "act", ...(hasDenials ? ["eft"] : [])].join(", ");
  const model = `[request_definition]
r = sub, ${hasDomain ? "dom, " : ""}obj, act
[policy_definition]
p = ${columns}
[role_definition]
g = _, _${hasDomain ? ", _" : ""}
${hasGroups ? "g2 = _, _" : ""}
[policy_effect]
e = ${hasDenials ? `${ALLOW} && !some(where (p.eft == deny))` : ALLOW}
[matchers]
m = g(r.sub, p.sub${hasDomain ? ", r.dom" : ""}) && ${inPolicies ? "r.dom == p.dom && " : ""}${
    hasGroups ? "g2(r.obj, p.obj)" : hasStar ? '(r.obj == p.obj || p.obj == "*")' : "r.obj == p.obj"
  } && r.act == p.act
`;
  const policy = () => [
    "p",
    one(NAMES),
    ...(inPolicies ? [one(DOMAINS)] : []),
    hasGroups ? one([...OBJECTS, ...GROUPS]) : hasStar && maybe(25) ? "*" : one(OBJECTS),
    one(ACTIONS),
    ...(hasDenials ? [maybe(30) ? "deny" : "allow"] : []),
  ];
  const link = () => {
    const child = below(NAMES.length - 1);
    const parent = Math.max(child + 1, 3) + below(NAMES.length - Math.max(child + 1, 3));
    return ["g", NAMES[child], NAMES[parent], ...(hasDomain ? [one(DOMAINS)] : [])];
  };
  const group = () => ["g2", one(OBJECTS), one(GROUPS)];
  const lines = [...times(4 + below(9), policy), ...times(2 + below(6), link), ...(hasGroups ? [...times(3, group), ["g2", "og1", "og2"]] : [])];
  return { model, policies: lines.map((line) => line.join(", ")).join("\n"), hasDomain };
}

const counts = { yes: 0, no: 0 };
for (let round = 0; round < 15; round += 1) {
  const { model, policies, hasDomain } = sample(round);
  const names = ["--resources", [...OBJECTS, ...GROUPS].join(), "--actions", ACTIONS.join()];
  const { snapshot, lost } = await imported("casbin", { "model.conf": model, "policy.csv": policies }, ...names);
  equal(lost.length, 0, JSON.stringify(lost));
  const enforcer = await newEnforcer(newModelFromString(model), new StringAdapter(policies));
  for (const user of snapshot.users())
    for (const object of [...OBJECTS, ...GROUPS])
      for (const action of ACTIONS)
        for (const domain of hasDomain ? DOMAINS : [undefined]) {
          const wanted = await enforcer.enforce(user, ...(hasDomain ? [domain] : []), object, action);
          const got = snapshot.for(user).can(`${object}.${action}`, hasDomain ? { team: domain } : {});
          equal(got, wanted, `${model}\n${policies}\n${user} ${domain} ${object} ${action}`);
          counts[got ? "yes" : "no"] += 1;
        }
}
ok(counts.yes > 100 && counts.no > 100, JSON.stringify(counts));
console.log("casbin", counts);
