// types.ts is compiled, with the types of real clients.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { rmSync, symlinkSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const TSC = at("../../node_modules/typescript/bin/tsc");
const SETTINGS = ["--noEmit", "--strict", "--skipLibCheck", "--target", "ES2022", "--module", "NodeNext"];

test("clients fit the sources", () => {
  const link = at("node_modules/rolegate");
  rmSync(link, { force: true });
  symlinkSync(at("../../pkg"), link, "dir");
  for (const more of [[], ["--exactOptionalPropertyTypes"]]) {
    const words = [TSC, ...SETTINGS, ...more, at("types.ts")];
    const { status, stdout } = spawnSync(process.execPath, words, { encoding: "utf8" });
    assert.equal(status, 0, stdout);
  }
});
