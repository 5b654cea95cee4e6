// rolegate/admin where it is not a page: in workerd, in a bundle of a development server, and in Node the same is
// changed, refused, compared, found and reported.
//
//   node --test tests/servers/admin.test.mjs      (after `cargo xtask build`)

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import * as admin from "../../pkg/admin/node.js";
import { bundleWorker, config, resultOfWorker, serveWorker } from "../runtimes/workerd.mjs";

const PACKAGE = fileURLToPath(new URL("../../pkg/", import.meta.url));
const NOW = Date.parse("2026-11-01T00:00:00Z");
const SNAPSHOT = {
  format: "rolegate/1",
  revision: 3,
  catalog: {
    categories: [{ id: "t", permissions: [{ id: "t.view", scopes: ["own", "all"] }, { id: "t.roles" }] }],
  },
  roles: [
    { id: "admin", name: "Administrator", locked: true, grants: { "*": true } },
    { id: "office", name: "Office", grants: { "t.roles": true } },
  ],
  users: [
    { id: "ana", roles: ["admin"] },
    { id: "bo", roles: ["office"] },
  ],
};

/** Also runs in workers, from its text. */
async function asked({ init, edit, diff, lint, roleForm, accessReport }, snapshot, now) {
  await init();
  const text = JSON.stringify(snapshot);
  const options = { now, permission: "t.roles", revision: 3 };
  const draft = edit(text, { actor: "ana", ...options });
  draft.createRole({ id: "reader", name: "Reader", grants: { "t.view": "all" } });
  draft.assign("bo", { role: "reader", until: "2027-01-01T00:00:00Z" });
  const next = draft.commit();
  return {
    next,
    events: draft.events,
    impact: draft.impact(),
    refused: edit(text, { actor: "bo", ...options }).can("assign", "bo", "admin"),
    // Names are folded by the host.
    twin: draft.can("createRole", { id: "x", name: " ＲＥＡＤＥＲ ", grants: { "t.roles": true } }).code,
    diff: diff(text, next, { now }),
    lint: lint(next, { now }).map(({ code, path }) => [code, path]),
    form: roleForm(text, "office", { actor: "bo", now }),
    csv: accessReport(next, { at: now }).csv(),
  };
}

let folder;
let expected;
before(async () => {
  expected = await asked(admin, SNAPSHOT, NOW);
  folder = await mkdtemp(join(tmpdir(), "rolegate-admin-"));
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  await mkdir(join(folder, "node_modules"));
  await symlink(PACKAGE, join(folder, "node_modules", "rolegate"), "junction");
});
after(() => rm(folder, { recursive: true, force: true }));

const script = (end) => `
  import * as admin from "rolegate/admin";
  const answer = () => (${asked})(admin, ${JSON.stringify(SNAPSHOT)}, ${NOW});
  ${end}`;

test("in Node", () => {
  const { next, twin, refused, impact, csv, lint } = expected;
  assert.deepEqual([JSON.parse(next).revision, twin, refused.code], [4, "duplicate-name", "escalation"]);
  assert.deepEqual([impact.total, impact.changes[0].user], [1, "bo"]);
  assert.match(csv, /^bo,reader,,,,2027-01-01T00:00:00(?:\.000)?Z,t\.view,all/m);
  assert.ok(lint.some(([code]) => code === "no-description"));
});

test("in workerd", async () => {
  const out = join(folder, "worker");
  await mkdir(out);
  await bundleWorker(
    folder,
    out,
    script("export default { fetch: async () => Response.json(await answer()) };"),
  );
  await writeFile(join(out, "config.capnp"), config(await readdir(out)));
  const { port, stop } = await serveWorker(out);
  try {
    const got = await resultOfWorker(`http://127.0.0.1:${port}/`);
    assert.deepEqual(got, JSON.parse(JSON.stringify(expected)));
  } finally {
    await stop();
  }
});

test("in a bundle of a development server, which has the wasm in its script", async () => {
  const outfile = join(folder, "development.mjs");
  await build({
    stdin: { contents: script("export { answer };"), resolveDir: folder },
    bundle: true,
    format: "esm",
    platform: "neutral",
    conditions: ["development", "browser", "import"],
    outfile,
    logLevel: "error",
  });
  const { answer } = await import(pathToFileURL(outfile));
  assert.deepEqual(await answer(), expected);
});
