import { copyFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

await build({ entryPoints: ["src/main.js"], outdir: "public", bundle: true, minify: true, format: "esm" });
await copyFile(fileURLToPath(import.meta.resolve("rolegate/wasm")), "public/rolegate.wasm");
