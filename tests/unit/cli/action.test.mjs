// The action for GitHub: its steps, in a real shell, with what a workflow gives.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../../pkg/cli/main.js", import.meta.url));
const ACTION = readFileSync(new URL("../../../.github/actions/rolegate/action.yml", import.meta.url), "utf8");
const { version } = JSON.parse(readFileSync(new URL("../../../pkg/package.json", import.meta.url), "utf8"));

const folder = mkdtempSync(join(tmpdir(), "rolegate-action-"));
after(() => rmSync(folder, { recursive: true, force: true }));
// As npx would, of the version that is named.
const NPX = `#!/bin/sh\n[ "$2" = "rolegate@${version}" ] || exit 9\nshift 2\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`;
writeFileSync(join(folder, "npx"), NPX);
chmodSync(join(folder, "npx"), 0o755);

const ROLES = {
  format: "rolegate/1",
  revision: 1,
  catalog: { categories: [{ id: "a", permissions: [{ id: "a.b" }] }] },
  roles: [{ id: "r", name: "R", grants: { "a.b": true } }],
  users: [{ id: "ana", roles: ["r"] }],
};
const write = (name, value) => writeFileSync(join(folder, name), JSON.stringify(value));

/** Runs each step whose inputs are given; stops at the first that fails. */
function runAction(inputs) {
  const given = { version: /default: "(.+)"/.exec(ACTION)[1], ...inputs };
  let output = "";
  for (const step of ACTION.split("    - name: ").slice(1)) {
    const [, needed] = /if: inputs\.(\w+) != ''/.exec(step) ?? [];
    if (needed !== undefined && !given[needed]) continue;
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    for (const [, name, input] of step.matchAll(/^ {8}(\w+): \$\{\{ inputs\.(\w+) \}\}$/gm))
      env[name] = given[input];
    const [, command] = /^ {6}run: (.*)$/m.exec(step);
    const { status, stdout, stderr } = spawnSync("bash", ["-e", "-c", command], {
      cwd: folder,
      env,
      encoding: "utf8",
    });
    output += stdout + stderr;
    if (status !== 0) return { status, output };
  }
  return { status: 0, output };
}

test("the action passes what is right, and marks what is not", () => {
  write("roles.json", ROLES);
  write("expected.json", [{ user: "ana", permission: "a.b", can: true }]);
  spawnSync(process.execPath, [PROGRAM, "types", "roles.json", "-o", "names.d.ts"], { cwd: folder });
  const all = { snapshot: "roles.json", expectations: "expected.json", types: "names.d.ts" };
  assert.deepEqual(runAction(all), { status: 0, output: "" });
  assert.equal(runAction({ snapshot: "roles.json" }).status, 0);

  write("wrong.json", [{ user: "ana", permission: "a.b", can: false }]);
  const wrong = runAction({ ...all, expectations: "wrong.json" });
  assert.equal(wrong.status, 1);
  assert.match(wrong.output, /^::error file=wrong\.json,line=1,col=2/);
  write("invalid.json", { ...ROLES, users: [{ id: "ana", roles: ["q"] }] });
  assert.match(runAction({ ...all, snapshot: "invalid.json" }).output, /^::error file=invalid\.json/);
  writeFileSync(join(folder, "names.d.ts"), "old");
  assert.equal(runAction(all).status, 1);
  assert.equal(runAction({ ...all, snapshot: "$(echo roles.json)" }).status, 2, "inputs are never run");
});
