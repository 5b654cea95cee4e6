// Prints what a user downloads from the package in the folder that is named, and fails if it is over budget.
// Scripts are measured as an application gets them: bundled and minified, without the wasm.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { argv, exit } from "node:process";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { buildSync } from "esbuild";

/** Bytes after brotli that each download may have; they may only shrink. A row counts all its files together. */
const BUDGETS = [
  { name: "rolegate.wasm", files: ["rolegate.wasm"], brotli: 74_000 },
  { name: "rolegate, script and wasm", files: ["index.js", "rolegate.wasm"], brotli: 87_500 },
  { name: "rolegate/lite", files: ["lite.js"], brotli: 7_900 },
];

const [folder] = argv.slice(2);

function content(file) {
  const path = join(folder, file);
  if (!file.endsWith(".js")) return readFileSync(path);
  const options = { bundle: true, minify: true, format: "esm", platform: "browser", write: false };
  return buildSync({ ...options, entryPoints: [path], external: ["*.wasm"] }).outputFiles[0].contents;
}

function sum(contents, measure) {
  return contents.reduce((total, bytes) => total + measure(bytes).length, 0);
}

function line(...cells) {
  const [name, ...numbers] = cells;
  console.log(name.padEnd(28) + numbers.map((cell) => String(cell).padStart(9)).join(""));
}

line("bytes", "raw", "gzip", "brotli", "budget");
let over = 0;
for (const { name, files, brotli: budget } of BUDGETS) {
  const missing = files.filter((file) => !existsSync(join(folder, file)));
  if (missing.length > 0) {
    console.log(`${name.padEnd(28)} missing: ${missing.join(", ")}`);
    over += 1;
    continue;
  }
  const contents = files.map(content);
  const brotli = sum(contents, brotliCompressSync);
  line(name, sum(contents, (bytes) => bytes), sum(contents, (bytes) => gzipSync(bytes, { level: 9 })), brotli, budget);
  if (brotli > budget) over += 1;
}
if (over > 0) {
  console.error(`${over} over budget or missing; the budgets stand in xtask/sizes.mjs`);
  exit(1);
}
