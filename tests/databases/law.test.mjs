// A quick part of the law of filters; `cargo xtask test databases` asks all of it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

test("databases find the rows that scopes admit", async () => {
  const law = spawn(process.execPath, [fileURLToPath(new URL("law.mjs", import.meta.url)), "quick"]);
  let said = "";
  for (const stream of [law.stdout, law.stderr]) stream.on("data", (data) => (said += data));
  const [code] = await once(law, "close");
  assert.equal(code, 0, said);
  console.log(said);
});
