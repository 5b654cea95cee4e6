// A quick part of the law of filters; `cargo xtask test databases` asks all of it, and more libraries.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

async function passes(file) {
  const law = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), "quick"]);
  let said = "";
  for (const stream of [law.stdout, law.stderr]) stream.on("data", (data) => (said += data));
  const [code] = await once(law, "close");
  assert.equal(code, 0, said);
  console.log(said);
}

test("databases find the rows that scopes admit", () => passes("law.mjs"));

test("MongoDB's filters match the documents that scopes admit", () => passes("mongo.mjs"));
