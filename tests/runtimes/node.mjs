// Node, in a process of its own whose working folder is the consumer's, so that Node itself resolves the package.

import { spawn } from "node:child_process";
import { installed, startExpression, TESTS, variants } from "./installed.mjs";
import { serve } from "./server.mjs";

export async function node(consumer) {
  const server = await serve();
  try {
    const results = [];
    for (const variant of variants(installed(consumer), "node")) results.push({ name: variant.runtime, ...(await suite(consumer, variant, server.origin)) });
    return results;
  } finally {
    await server.close();
  }
}

function suite(consumer, variant, origin) {
  const script = `
    import { start } from ${JSON.stringify(new URL("package/start.mjs", TESTS).href)};
    process.send(await ${startExpression(variant, JSON.stringify(origin))});
    process.disconnect();`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], { cwd: consumer, stdio: ["ignore", "inherit", "inherit", "ipc"] });
  return new Promise((resolve, reject) => {
    let result;
    child.on("message", (message) => (result = message));
    child.on("error", reject);
    child.on("close", (code) => (result === undefined ? reject(new Error(`node ended with code ${code} and no result`)) : resolve(result)));
  });
}
