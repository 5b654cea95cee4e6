import { build } from "esbuild";

for (const format of ["esm", "cjs"]) {
  const outfile = format === "esm" ? "dist/server.mjs" : "dist/server.cjs";
  await build({ entryPoints: ["src/server.js"], outfile, bundle: true, platform: "node", format });
}
