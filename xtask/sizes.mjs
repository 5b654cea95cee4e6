// Prints what a user downloads from the package in the folder that is named, and fails if it is over budget or holds what belongs elsewhere.
// Scripts are measured as an application gets them: bundled and minified, in as many files as the bundler makes, each compressed by itself.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { argv, exit } from "node:process";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { buildSync } from "esbuild";

const [folder = "pkg"] = argv.slice(2);

/** Error codes of role administration, which no check needs. */
const ADMINISTRATION = ["last-admin", "self-approval", "team-in-use"];
/** Of the engine, its loading, and the format of snapshots: gate data need none of it. */
const ENGINE = ["WebAssembly", ".wasm", "fetch-failed", "rolegate/1", "maxBytes", "remedies"];
/** What the bindings of the whole engine are known by, and its text in a script. */
const FULL = ["rolegate-full_bg", "AGFzbQ"];

const ALL = 'export * from "./entries/browser.js";';
const LOAD = 'import { load } from "./entries/browser.js"; globalThis.load = load;';

/**
 * Bytes after brotli that each download may have; they may only shrink. A row counts all its files together: of a script that imports
 * what it says, `first` what comes with it and `later` what it imports when it is asked to; and wasm files. `absent` are words that
 * none of them may hold: they stand for code that does not belong there. Rows with `needs` wait for that file of the package.
 */
const BUDGETS = [
  { name: "rolegate, script and wasm", first: ALL, wasm: "rolegate.wasm", brotli: 85_050, absent: [...ADMINISTRATION, ...FULL] },
  { name: "  of it rolegate.wasm", wasm: "rolegate.wasm", brotli: 71_420, absent: ADMINISTRATION },
  { name: "  of it script: load alone", first: LOAD, brotli: 13_640, absent: [...ADMINISTRATION, ...FULL] },
  { name: "full, script and wasm", later: ALL, wasm: "rolegate-full.wasm", brotli: 67_000, absent: ADMINISTRATION },
  { name: "rolegate/inline", first: 'export * from "./entries/inline.js";', brotli: 180_000, absent: ADMINISTRATION },
  { name: "rolegate/lite", first: 'export * from "./lite.js";', brotli: 7_930, absent: [...ADMINISTRATION, ...ENGINE] },
  { name: "rolegate/lite/core", needs: "lite-core.js", first: 'export * from "./lite-core.js";', brotli: 4_000, absent: [...ADMINISTRATION, ...ENGINE] },
];

/** The files of a bundle: those that come with the first, and those that it imports later. */
function bundle(script) {
  const { outputFiles, metafile } = buildSync({
    stdin: { contents: script, resolveDir: resolve(folder) },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    outdir: "/bundle",
    write: false,
    metafile: true,
    logLevel: "error",
  });
  const contents = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [resolve(path), output]));
  const first = new Set();
  const visit = (path) => {
    first.add(path);
    for (const { path: next, kind } of outputs.get(path).imports) if (kind === "import-statement" && !first.has(resolve(next))) visit(resolve(next));
  };
  for (const [path, { entryPoint }] of outputs) if (entryPoint === "<stdin>") visit(path);
  const files = (isFirst) => [...contents].filter(([path]) => first.has(path) === isFirst).map(([, content]) => content);
  return { first: files(true), later: files(false) };
}

function contentsOf({ first, later, wasm }) {
  const scripts = [...(first === undefined ? [] : bundle(first).first), ...(later === undefined ? [] : bundle(later).later)];
  return wasm === undefined ? scripts : [...scripts, readFileSync(join(folder, wasm))];
}

function sum(contents, measure) {
  return contents.reduce((total, bytes) => total + measure(bytes).length, 0);
}

function line(...cells) {
  const [name, ...numbers] = cells;
  console.log(name.padEnd(28) + numbers.map((cell) => String(cell).padStart(9)).join(""));
}

line("bytes", "files", "raw", "gzip", "brotli", "budget");
let over = 0;
for (const row of BUDGETS) {
  const { name, needs, brotli: budget, absent } = row;
  if (needs !== undefined && !existsSync(join(folder, needs))) continue;
  const contents = contentsOf(row);
  const brotli = sum(contents, brotliCompressSync);
  line(name, contents.length, sum(contents, (bytes) => bytes), sum(contents, (bytes) => gzipSync(bytes, { level: 9 })), brotli, budget);
  if (brotli > budget) over += 1;
  const found = absent.filter((word) => contents.some((bytes) => Buffer.from(bytes).includes(word)));
  if (found.length > 0) console.log(`  holds what belongs elsewhere: ${found.join(", ")}`);
  over += found.length;
}
if (over > 0) {
  console.error(`${over} over budget or misplaced; the budgets and the words stand in xtask/sizes.mjs`);
  exit(1);
}
