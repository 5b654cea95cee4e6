// Prints what a user downloads from the package in the folder that is named, and fails if it is over budget
// or holds what belongs elsewhere. Scripts are measured as an application gets them: bundled and minified.
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { argv, exit } from "node:process";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { buildSync } from "esbuild";

const [folder = "pkg"] = argv.slice(2);

/** Error codes of role administration, which no check needs. */
const ADMINISTRATION = ["last-admin", "self-approval", "team-in-use"];
/** Of the engine, its loading, and the format of snapshots: gate data need none of it. */
const ENGINE = ["WebAssembly", ".wasm", "fetch-failed", "rolegate/1", "maxBytes", "remedies"];
/** The whole engine as text in a script: pages fetch it when they ask for it. */
const EMBEDDED = ["AGFzbQ"];

/** What a page that has gates has already; the whole package is imported by its name. */
const GATES = ["rolegate", "*/lite/index.js", "*/errors.js", "*/options.js", "*/clock.js", "*/walk.js"];

/** What gates of snapshots have besides. */
const ENGINE_OF_GATES = ["*/engine-snapshot.js", "*/core-engine.js", "*/kept.js"];

/** What every binding follows and asks, and by which it compares answers. */
const BINDINGS = [...GATES, "*/read.js", "../bindings/*"];

/** Words of the engine that signatures name themselves. */
const NAMED = ["fetch-failed", "rolegate/1", "maxBytes"];

const VERIFYING = 'export { remoteKeys, restoreSigned, verifier } from "./signed/index.js"';

/**
 * Bytes after brotli that each download may have; they may only shrink. A row counts its script (of an
 * application that says this, or as a page without a bundler gets it) and its wasm file together. `outside`
 * is not counted. `absent` are words that they may not hold: they stand for code that does not belong there.
 */
const BUDGETS = [
  {
    name: "rolegate, script and wasm",
    script: 'export * from "./entries/browser.js"',
    wasm: "rolegate.wasm",
    brotli: 51_900,
    absent: [...ADMINISTRATION, ...EMBEDDED],
  },
  {
    name: "  load alone",
    script: 'export { load } from "./entries/browser.js"',
    wasm: "rolegate.wasm",
    brotli: 51_200,
    absent: [...ADMINISTRATION, ...EMBEDDED],
  },
  {
    name: "  without a bundler",
    page: "script/rolegate.js",
    wasm: "rolegate.wasm",
    brotli: 53_450,
    absent: [...ADMINISTRATION, ...EMBEDDED],
  },
  { name: "  of it rolegate.wasm", wasm: "rolegate.wasm", brotli: 16_700, absent: ADMINISTRATION },
  { name: "rolegate-full.wasm", wasm: "rolegate-full.wasm", brotli: 91_400, absent: ADMINISTRATION },
  {
    name: "rolegate/inline",
    script: 'export * from "./entries/inline.js"',
    brotli: 168_050,
    absent: ADMINISTRATION,
  },
  {
    name: "rolegate/lite",
    script: 'export * from "./lite/index.js"',
    brotli: 16_550,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  {
    name: "rolegate/lite/core",
    script: 'export * from "./lite/core.js"',
    brotli: 8_450,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  {
    name: "rolegate/admin",
    script: 'export * from "./admin/index.js"',
    wasm: "rolegate-admin.wasm",
    brotli: 230_000,
    absent: EMBEDDED,
  },
  { name: "  of it the wasm file", wasm: "rolegate-admin.wasm", brotli: 221_000, absent: [] },
  {
    name: "rolegate/claims",
    script: 'export * from "./claims/index.js"',
    brotli: 2_048,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  {
    name: "  one preset of it",
    script: 'export { subjectFrom, auth0 } from "./claims/index.js"',
    brotli: 1_750,
    absent: [...ENGINE, "realm_access", "o.per", "user_role", "firebase"],
  },
  // What it adds to a page that has gates already. It imports the engine, what a snapshot says, and what has
  // become of the answers, when these are wanted.
  {
    name: "rolegate/store",
    script: 'export * from "./store/index.js"',
    outside: [...GATES, "*/changes.js", "*/both.js", "*/kept.js", "*/whole.js"],
    brotli: 3_584,
    absent: [...ADMINISTRATION, "WebAssembly", ".wasm", "maxBytes"],
  },
  {
    name: "  a snapshot, when it comes",
    script: 'export * from "./store/whole.js"',
    outside: [...GATES, "*/failures.js"],
    brotli: 450,
    absent: [...ADMINISTRATION, "WebAssembly"],
  },
  {
    name: "  changes, when heard",
    script: 'export * from "./store/changes.js"',
    outside: GATES,
    brotli: 1_350,
    absent: ENGINE,
  },
  {
    name: '  activate: "manual"',
    script: 'export * from "./store/both.js"',
    outside: [...GATES, "*/changes.js", "*/body.js"],
    brotli: 1_200,
    absent: ENGINE,
  },
  {
    name: "rolegate/store/storage",
    script: 'export * from "./store/storage.js"',
    outside: GATES,
    brotli: 1_400,
    absent: ENGINE,
  },
  {
    name: "rolegate/store/tabs",
    script: 'export * from "./store/tabs.js"',
    outside: GATES,
    brotli: 600,
    absent: ENGINE,
  },
  // What all bindings share, what each adds to that and to its framework, and what routes and menus are.
  {
    name: "bindings: the core",
    script: 'export { follow, identityOf } from "./bindings/live.js"; export * from "./bindings/answers.js"',
    outside: [...GATES, "*/read.js"],
    brotli: 1_024,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  {
    name: "  routes and menus",
    script: 'export { guard, menu } from "./bindings/routes.js"',
    outside: [...GATES, "*/read.js", "*/live.js", "*/answers.js"],
    brotli: 600,
    absent: ENGINE,
  },
  {
    name: "rolegate/react",
    script: 'export * from "./react/index.js"',
    outside: [...BINDINGS, "react"],
    brotli: 700,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  {
    name: "rolegate/react/server",
    script: 'export { forRequests } from "./react/server.js"',
    outside: [...BINDINGS, "*/index.js", "react"],
    brotli: 400,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  // As the difference of two pages 834: the names of what it imports count here.
  {
    name: "rolegate/vue",
    script: 'export * from "./vue/index.js"',
    outside: [...BINDINGS, "vue"],
    brotli: 1_210,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  {
    name: "rolegate/svelte",
    script: 'export * from "./svelte/index.js"',
    outside: [...BINDINGS, "svelte/*"],
    brotli: 600,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  {
    name: "rolegate/solid",
    script: 'export * from "./solid/index.js"',
    outside: [...BINDINGS, "solid-js"],
    brotli: 800,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  {
    name: "rolegate/angular",
    script: 'export * from "./angular/index.js"',
    outside: [...BINDINGS, "@angular/core"],
    brotli: 1_024,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  {
    name: "rolegate/dom",
    script: 'export * from "./dom/index.js"',
    outside: BINDINGS,
    brotli: 2_590,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  {
    name: "  bind alone",
    script: 'export { bind } from "./dom/index.js"',
    outside: BINDINGS,
    brotli: 2_150,
    absent: ["customElements", ...ENGINE],
  },
  {
    name: "  without a bundler",
    page: "script/dom.js",
    brotli: 21_720,
    absent: [...ADMINISTRATION, "WebAssembly", ".wasm"],
  },
  // Filters: each with the reading of scopes that it needs.
  {
    name: "rolegate/sql",
    script: 'export * from "./sql/index.js"',
    brotli: 15_550,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  // What it adds to a server that has gates already.
  {
    name: "rolegate/guard",
    script: 'export * from "./guard/index.js"',
    outside: GATES,
    brotli: 925,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  {
    name: "rolegate/authzen",
    script: 'export { createHandler } from "./authzen/index.js"',
    outside: GATES,
    brotli: 6_960,
    absent: [...ADMINISTRATION, "WebAssembly", ".wasm", "record-1"],
  },
  {
    name: "  certify",
    script: 'export { certify } from "./authzen/index.js"',
    brotli: 4_800,
    absent: [...ADMINISTRATION, "WebAssembly", ".wasm"],
  },
  {
    name: "rolegate/hono",
    script: 'export * from "./hono/index.js"',
    outside: [...GATES, "hono"],
    brotli: 950,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  // What it adds to a Worker that has gates already.
  {
    name: "rolegate/edge: one source",
    script: 'export { fromKV, keep } from "./edge/index.js"',
    outside: [...GATES, ...ENGINE_OF_GATES],
    brotli: 2_660,
    absent: [...ADMINISTRATION, "WebAssembly", ".wasm", "node:fs", "EVAL"],
  },
  {
    name: "  all of it",
    script: 'export * from "./edge/index.js"',
    outside: [...GATES, ...ENGINE_OF_GATES],
    brotli: 5_340,
    absent: [...ADMINISTRATION, "WebAssembly", ".wasm"],
  },
  {
    name: "rolegate/kysely",
    script: 'export * from "./kysely/index.js"',
    outside: ["kysely"],
    brotli: 15_450,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  {
    name: "rolegate/drizzle",
    script: 'export * from "./drizzle/index.js"',
    outside: ["drizzle-orm"],
    brotli: 15_900,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  {
    name: "rolegate/mongo",
    script: 'export * from "./mongo/index.js"',
    brotli: 12_000,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  {
    name: "rolegate/prisma",
    script: 'export * from "./prisma/index.js"',
    brotli: 10_850,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  {
    name: "rolegate/rls",
    script: 'export * from "./rls/index.js"',
    brotli: 12_700,
    absent: [...ADMINISTRATION, ...ENGINE],
  },
  // What it adds to such a page besides `jose`; in a page that only verifies; and that with what it takes of
  // `jose`.
  {
    name: "rolegate/signed",
    script: 'export * from "./signed/index.js"',
    outside: [...GATES, "jose"],
    brotli: 3_400,
    absent: [...ADMINISTRATION, ...ENGINE.filter((word) => !NAMED.includes(word))],
  },
  {
    name: "  to verify",
    script: VERIFYING,
    outside: [...GATES, "jose"],
    brotli: 2_800,
    absent: [...ADMINISTRATION, "generateKeyPair"],
  },
  { name: "  with jose", script: VERIFYING, outside: GATES, brotli: 6_900, absent: ADMINISTRATION },
];

function bundled(script, outside = []) {
  const options = {
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    logLevel: "error",
    external: outside,
  };
  return buildSync({ ...options, stdin: { contents: script, resolveDir: resolve(folder) } }).outputFiles[0]
    .contents;
}

/** A script and those that it imports, as they are. */
function filesFrom(name, found = new Map()) {
  const text = readFileSync(join(folder, name), "utf8");
  found.set(name, Buffer.from(text));
  for (const [, path] of text.matchAll(/\b(?:from|import)"(\.[^"]+\.js)"/g)) {
    const next = join(dirname(name), path);
    if (!found.has(next)) filesFrom(next, found);
  }
  return [...found.values()];
}

function contentsOf({ script, page, wasm, outside }) {
  const scripts = [
    ...(script === undefined ? [] : [bundled(script, outside)]),
    ...(page === undefined ? [] : filesFrom(page)),
  ];
  return wasm === undefined ? scripts : [...scripts, readFileSync(join(folder, wasm))];
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
for (const row of BUDGETS) {
  const { name, brotli: budget, absent } = row;
  const contents = contentsOf(row);
  const brotli = sum(contents, brotliCompressSync);
  line(
    name,
    sum(contents, (bytes) => bytes),
    sum(contents, (bytes) => gzipSync(bytes, { level: 9 })),
    brotli,
    budget,
  );
  if (brotli > budget) over += 1;
  const found = absent.filter((word) => contents.some((bytes) => Buffer.from(bytes).includes(word)));
  if (found.length > 0) console.log(`  holds what belongs elsewhere: ${found.join(", ")}`);
  over += found.length;
}
if (over > 0) {
  console.error(`${over} over budget or misplaced; the budgets and the words stand in xtask/sizes.mjs`);
  exit(1);
}
