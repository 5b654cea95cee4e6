// The commands in documents print what the pages say.

import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { hasCommands, runCommands } from "../../commands.mjs";

const DOCS = new URL("../../../docs/", import.meta.url);
const PROGRAM = fileURLToPath(new URL("../../../pkg/cli/main.js", import.meta.url));

const pages = readdirSync(DOCS)
  .filter((name) => name.endsWith(".md"))
  .map((name) => ({ name, text: readFileSync(new URL(name, DOCS), "utf8") }))
  .filter(({ text }) => hasCommands(text));

test("pages with commands are found", () => assert.ok(pages.some(({ name }) => name === "command-line.md")));

for (const { name, text } of pages) {
  test(`docs/${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "rolegate-cli-"));
    try {
      writeFileSync(join(folder, "rolegate"), `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`);
      chmodSync(join(folder, "rolegate"), 0o755);
      runCommands(text, folder, [folder]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
