// Prints what a user downloads from the package in the folder that is named, and fails if it is over budget or holds what belongs elsewhere.
// Scripts are measured as an application gets them: bundled and minified, without the wasm.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { argv, exit } from "node:process";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { buildSync } from "esbuild";

/** Error codes of role administration, which no check needs. */
const ADMINISTRATION = ["last-admin", "self-approval", "team-in-use"];
/** Of the engine, its loading, and the format of snapshots: gate data need none of it. */
const ENGINE = ["WebAssembly", ".wasm", "fetch-failed", "rolegate/1", "maxBytes", "remedies"];

/**
 * Bytes after brotli that each download may have; they may only shrink. A row counts all its files together, and `absent` are words that
 * none of them may hold: they stand for code that does not belong there.
 */
const BUDGETS = [
  { name: "rolegate.wasm", files: ["rolegate.wasm"], brotli: 71_420, absent: ADMINISTRATION },
  { name: "rolegate, script and wasm", files: ["index.js", "rolegate.wasm"], brotli: 85_050, absent: ADMINISTRATION },
  { name: "rolegate/inline", files: ["entries/inline.js"], brotli: 106_900, absent: ADMINISTRATION },
  { name: "rolegate/lite", files: ["lite.js"], brotli: 7_930, absent: [...ADMINISTRATION, ...ENGINE] },
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
for (const { name, files, brotli: budget, absent } of BUDGETS) {
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
  const found = absent.filter((word) => contents.some((bytes) => Buffer.from(bytes).includes(word)));
  if (found.length > 0) console.log(`  holds what belongs elsewhere: ${found.join(", ")}`);
  over += found.length;
}
if (over > 0) {
  console.error(`${over} over budget, missing or misplaced; the budgets and the words stand in xtask/sizes.mjs`);
  exit(1);
}
