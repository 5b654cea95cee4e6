// One script per runtime, with everything in it.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const ROOT = new URL("../../", import.meta.url);
const BENCHES = fileURLToPath(new URL("../", import.meta.url));
/** More than there are contenders times rows. */
const COPIES = 192;

export const pathOf = (path) => fileURLToPath(new URL(path, ROOT));

/** @param {object} options those of esbuild that differ */
export function bundle({ entry, outfile, conditions, platform = "neutral", ...options }) {
  return build({
    entryPoints: [pathOf(`benches/${entry}`)],
    outfile,
    conditions: [...conditions, "import"],
    platform,
    bundle: true,
    format: "esm",
    mainFields: ["module", "main"],
    absWorkingDir: BENCHES,
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    logLevel: "error",
    plugins: [copies, alone(conditions)],
    ...options,
  });
}

/** `copies:loops` has the loops many times over; see measure/loops.mjs. */
const copies = {
  name: "copies",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^copies:/ }, ({ path }) => ({
      path: path.slice("copies:".length),
      namespace: "copies",
    }));
    onLoad({ filter: /.*/, namespace: "copies" }, ({ path }) => {
      const numbers = Array.from({ length: COPIES }, (_, n) => n);
      const imports = numbers.map((n) => `import * as c${n} from "./measure/${path}.mjs?${n}";`);
      return {
        contents: `${imports.join("\n")}\nexport const copies = [${numbers.map((n) => `c${n}`)}];`,
        resolveDir: BENCHES,
      };
    });
  },
};

/**
 * `alone:rolegate/lite` is a copy that shares no code with `rolegate`, as in an application that has nothing
 * else.
 */
function alone(conditions) {
  return {
    name: "alone",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^alone:/ }, ({ path }) => ({
        path: path.slice("alone:".length),
        namespace: "alone",
      }));
      onLoad({ filter: /.*/, namespace: "alone" }, async ({ path }) => {
        const stdin = { contents: `export * from ${JSON.stringify(path)};`, resolveDir: BENCHES };
        const { outputFiles } = await build({
          stdin,
          conditions: [...conditions, "import"],
          bundle: true,
          format: "esm",
          platform: "neutral",
          write: false,
        });
        return { contents: outputFiles[0].text };
      });
    },
  };
}
