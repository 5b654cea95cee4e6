// Policies with derived roles, variables and conditions, asked by Cerbos itself.

import { equal, ok } from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { stringify } from "yaml";
import { imported } from "./imported.js";
import { sampler } from "./sampled.js";

const ROLES = ["admin", "user", "guest"];
const ACTIONS = ["view", "edit", "edit:all", "delete"];
const { one, maybe, times, below } = sampler(Number(process.argv[2] ?? 1));

const COMPARISONS = [
  () => `R.attr.status ${one(["==", "!="])} ${one(['"a"', '"b"'])}`,
  () => `R.attr.count ${one(["<", "<=", ">", ">=", "==", "!="])} ${1 + below(3)}`,
  () => "R.attr.owner == P.id",
  () => 'R.attr.status in ["a", "c"]',
  () => `"x" in R.attr.tags`,
  () => "P.id in R.attr.members",
  () => "R.attr.status == P.attr.status",
  () => "R.attr.open",
  () => 'R.attr.status.startsWith("a")',
  () => `P.attr.level >= ${below(4)}`,
  () => "R.attr.status in P.attr.statuses",
  () => "V.isOpen",
  () => "has(R.attr.status)",
  () => 'R.id == "r1"',
  () => "R.attr.count == C.limit",
];
const comparison = () => one(COMPARISONS)();
const expression = (depth = 0) =>
  depth > 1 || maybe(55)
    ? comparison()
    : one([() => `!(${expression(depth + 1)})`, () => `(${expression(depth + 1)} && ${expression(depth + 1)})`, () => `(${expression(depth + 1)} || ${expression(depth + 1)})`])();
const condition = (depth = 0) =>
  depth > 1 || maybe(70) ? { expr: expression() } : { [one(["all", "any", "none"])]: { of: times(1 + below(2), () => condition(depth + 1)) } };

const rule = () => ({
  actions: maybe(20) ? ["*"] : maybe(15) ? ["edit:*"] : [...new Set([one(ACTIONS), one(ACTIONS)])],
  effect: maybe(30) ? "EFFECT_DENY" : "EFFECT_ALLOW",
  ...(maybe(30) ? { derivedRoles: ["owner"] } : { roles: [maybe(15) ? "*" : one(ROLES)] }),
  ...(maybe(65) && { condition: { match: condition() } }),
});
const policiesOf = (kind) => [
  {
    apiVersion: "api.cerbos.dev/v1",
    derivedRoles: { name: `of-${kind}`, definitions: [{ name: "owner", parentRoles: [one(["*", ...ROLES])], condition: { match: { expr: "R.attr.owner == P.id" } } }] },
  },
  {
    apiVersion: "api.cerbos.dev/v1",
    resourcePolicy: {
      resource: kind,
      version: "default",
      importDerivedRoles: [`of-${kind}`],
      variables: { local: { isOpen: 'R.attr.status == "a" || R.attr.count > 2' } },
      constants: { local: { limit: 2 } },
      rules: times(2 + below(4), rule),
    },
  },
];

const KINDS = times(25, (index) => `kind${index}`);
const files = Object.fromEntries(KINDS.flatMap((kind) => policiesOf(kind).map((policy, index) => [`${kind}-${index}.yaml`, stringify(policy)])));
const { snapshot, lost } = await imported("cerbos", files, "--actions", ACTIONS.join());

await mkdir("policies", { recursive: true });
for (const [name, text] of Object.entries(files)) await writeFile(`policies/${name}`, text);
const ADDRESS = "127.0.0.1:39592";
const settings = { server: { httpListenAddr: ADDRESS, grpcListenAddr: "127.0.0.1:39593" }, telemetry: { disabled: true }, storage: { driver: "disk", disk: { directory: "policies" } } };
await writeFile("cerbos.yaml", stringify(settings));
const [platform] = readdirSync("node_modules/@cerbos").filter((name) => name.startsWith("cerbos-"));
const server = spawn(`node_modules/@cerbos/${platform}/${platform}`, ["server", "--config", "cerbos.yaml"], { stdio: "ignore" });
try {
  for (let tries = 0; !(await fetch(`http://${ADDRESS}/_cerbos/health`).then((answer) => answer.ok, () => false)); tries += 1) {
    if (tries > 300 || server.exitCode !== null) throw new Error("Cerbos does not start");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await compare();
} finally {
  server.kill();
}

/** Where nothing is reported the answers are the same; elsewhere none is wider. */
async function compare() {
  const counts = { yes: 0, no: 0, narrower: 0 };
  for (const kind of KINDS)
    for (let round = 0; round < 15; round += 1) {
      const roles = [...new Set([one(ROLES), one(ROLES)])];
      const given = (path, values) => (maybe(85) ? { [path]: one(values) } : {});
      const attr = {
        ...given("status", ["a", "b", "c"]),
        ...given("count", [1, 2, 3]),
        ...given("owner", ["ana", "bo"]),
        ...given("tags", [["x"], ["y", "x"], []]),
        ...given("members", [["ana"], ["bo", "ana"], []]),
        ...given("open", [true, false]),
      };
      const attributes = { ...given("status", ["a", "b"]), ...given("level", [0, 1, 2, 3]), ...given("statuses", [["a"], ["b", "c"]]) };
      const id = one(["r1", "r2"]);
      const body = JSON.stringify({ principal: { id: "ana", roles, attr: attributes }, resources: [{ actions: ACTIONS, resource: { kind, id, attr } }] });
      const { results } = await (await fetch(`http://${ADDRESS}/api/check/resources`, { method: "POST", body })).json();
      const gate = snapshot.for({ id: "ana", roles, attributes });
      const isExact = !lost.some(({ file }) => file.includes(`/${kind}-`));
      for (const action of ACTIONS) {
        const wanted = results[0].actions[action] === "EFFECT_ALLOW";
        const got = gate.can(`${kind}.${action}`, { ...attr, id });
        const where = JSON.stringify({ kind, roles, attr, attributes, id, action });
        if (isExact) equal(got, wanted, where);
        else ok(!got || wanted, `wider: ${where}\n${files[`${kind}-1.yaml`]}`);
        counts[got === wanted ? (got ? "yes" : "no") : "narrower"] += 1;
      }
    }
  ok(counts.yes > 200 && counts.no > 200 && counts.narrower < 100, JSON.stringify(counts));
  console.log("cerbos", counts);
}
