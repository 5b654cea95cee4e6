// Vercel's edge runtime, as Next.js runs it: a script in a context without a compiler, and the wasm file as a
// module that is handed in.

import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { EdgeVM } from "@edge-runtime/vm";
import { build } from "esbuild";
import { installed, startExpression, TESTS } from "./installed.mjs";
import { serve } from "./server.mjs";

const CONDITIONS = ["edge-light", "import"];
/** The global names under which the script finds the modules, each by its file. */
const MODULES = { "rolegate.wasm": "wasm_rolegate", "rolegate-full.wasm": "wasm_rolegate_full" };

export async function edgeLight(consumer) {
  const library = installed(consumer);
  const server = await serve();
  try {
    const compiled = Object.entries(MODULES).map(async ([file, name]) => [
      name,
      await WebAssembly.compile(await readFile(join(library.folder, file))),
    ]);
    const modules = Object.fromEntries(await Promise.all(compiled));
    const machine = new EdgeVM({
      codeGeneration: { strings: false, wasm: false },
      extend: (context) => Object.assign(context, modules, { result: undefined }),
    });
    machine.evaluate(await bundle(consumer, server.origin));
    return [{ name: "edge-light", ...JSON.parse(await machine.context.result) }];
  } finally {
    await server.close();
  }
}

async function bundle(consumer, origin) {
  const variant = { runtime: "edge-light", entry: "rolegate", embedded: false };
  const contents = `
    import { start } from ${JSON.stringify(fileURLToPath(new URL("package/start.mjs", TESTS)))};
    globalThis.result = ${startExpression(variant, JSON.stringify(origin))}.then(JSON.stringify);`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: consumer, sourcefile: "edge.mjs" },
    bundle: true,
    format: "iife",
    platform: "neutral",
    conditions: CONDITIONS,
    write: false,
    logLevel: "error",
    plugins: [handedIn],
  });
  return outputFiles[0].text;
}

/** `import wasm from "….wasm?module"`, as Next.js has it. */
const handedIn = {
  name: "handed in",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path, namespace: "handed-in" }));
    onLoad({ filter: /.*/, namespace: "handed-in" }, ({ path }) => ({
      contents: `export default globalThis.${MODULES[basename(path, "?module")]};`,
    }));
  },
};
