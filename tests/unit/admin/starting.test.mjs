// Administration where the wasm is not at hand: in browsers.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { edit, init } from "../../../pkg/admin/index.js";

test("before init, the error names the init that is needed", async () => {
  const snapshot = { format: "rolegate/1", revision: 1, catalog: { categories: [] }, roles: [] };
  const begin = () => edit(snapshot, { actor: "ana", now: 0, permission: null, revision: 1 });
  assert.throws(begin, { code: "not-initialised", message: /first await `init` of `rolegate\/admin`/ });
  const bytes = await readFile(new URL("../../../pkg/rolegate-admin.wasm", import.meta.url));
  await Promise.all([init(bytes), init(bytes)]);
  assert.equal(JSON.parse(begin().commit()).revision, 2);
});
