// Makes the scripts of the package in the folder that is named as small as they are published: each file by
// itself, and for pages without a bundler a few files in `script/` that hold everything. Their source maps
// show debuggers the TypeScript.
//
// Terser, since it keeps the marks by which bundlers know what can be left out, and makes scripts that no
// bundler touches again 4 to 6 % smaller than esbuild does. Names that others can see stay.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { argv } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { minify } from "terser";

const folder = resolve(argv[2]);
const template = fileURLToPath(new URL("../pkg-template", import.meta.url));

/**
 * What pages import, by the name of its file in `script/`; each group shares code. The smallest entry is for
 * pages that have nothing else. Stores and bindings import gates from the scripts that have them: code that is
 * shared by more entries makes more files, which costs pages without them.
 */
const PAGES = [
  { rolegate: "entries/browser.js", lite: "lite/index.js", testing: "testing/index.js" },
  { "lite-core": "lite/core.js" },
  { store: "store/index.js", storage: "store/storage.js", tabs: "store/tabs.js" },
  { dom: "dom/index.js" },
];
/** The groups that have gates of their own. */
const [WHOLE, CORE] = PAGES;
const GATES = {
  rolegate: "./rolegate.js",
  "../lite/index.js": "./lite.js",
  "../core/errors.js": "./lite.js",
};

/** Which of them were imported: one that was not has moved, and its code would be there twice. */
const met = new Set();
/** What gates export stays where it is, in the same folder. */
const GATES_OUTSIDE = {
  name: "gates outside",
  setup: ({ onResolve }) =>
    onResolve({ filter: /./ }, ({ path }) => {
      if (!Object.hasOwn(GATES, path)) return undefined;
      met.add(path);
      return { path: GATES[path], external: true };
    }),
};

/**
 * For what a bundler minifies once more: that does better if code has not been moved to where it is used
 * before. Directives are for bundlers: "use client".
 */
const FOR_BUNDLERS = { inline: 0, reduce_vars: false, collapse_vars: false, directives: false };
const FOR_PAGES = { passes: 3 };

const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
const pages = (await Promise.all(PAGES.map(bundled))).flat();
const moved = Object.keys(GATES).filter((path) => !met.has(path));
if (moved.length > 0) throw new Error(`no store or binding imports ${moved.join(", ")}: see GATES`);
mkdirSync(join(folder, "script"));
for (const file of files.filter(isScript))
  await write(file, readFileSync(file, "utf8"), mapOf(file), FOR_BUNDLERS);
for (const { path, text, map } of pages) await write(path, text, map, FOR_PAGES);
const { CLOSED_CSS } = await import(pathToFileURL(join(folder, "dom/index.js")).href);
writeFileSync(join(folder, "script/dom.css"), `${CLOSED_CSS}\n`);

/** Wasm as text stays as it is. */
function isScript(file) {
  return file.endsWith(".js") && !file.endsWith(".wasm.js");
}

/** The map that the compiler wrote; the glue has none. */
function mapOf(file) {
  return existsSync(`${file}.map`) ? JSON.parse(readFileSync(`${file}.map`, "utf8")) : undefined;
}

/**
 * What pages load, in a folder as deep as that of the entries, since the addresses of wasm files are relative
 * to them.
 */
async function bundled(group) {
  const entries = Object.entries(group);
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries(entries.map(([name, file]) => [name, join(folder, file)])),
    outdir: join(folder, "script"),
    chunkNames: "part-[hash]",
    bundle: true,
    splitting: true,
    plugins: group === WHOLE || group === CORE ? [] : [GATES_OUTSIDE],
    format: "esm",
    platform: "browser",
    target: "es2022",
    sourcemap: "external",
    write: false,
    logLevel: "warning",
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [path, text]));
  return [...texts]
    .filter(([path]) => isScript(path))
    .map(([path, text]) => ({ path, text, map: JSON.parse(texts.get(`${path}.map`)) }));
}

async function write(file, text, map, compress) {
  const url = `${basename(file)}.map`;
  const format = { comments: false, preserve_annotations: compress === FOR_BUNDLERS };
  const found = await minify(text, {
    module: true,
    ecma: 2022,
    compress,
    format,
    ...(map && { sourceMap: { content: map, url } }),
  });
  writeFileSync(file, `${found.code}\n`);
  if (map !== undefined)
    writeFileSync(join(dirname(file), url), withSources(JSON.parse(found.map), map, file));
}

/** The map with the text of its sources, which are named as if they lay in `src/` of the package. */
function withSources(map, { sources, sourcesContent }, file) {
  const contents = new Map(sources.map((source, index) => [source, sourcesContent[index]]));
  const named = map.sources.map((source) => {
    const inside = relative(template, resolve(dirname(file), source));
    return inside.startsWith("..") ? source : relative(dirname(file), join(folder, inside));
  });
  return JSON.stringify({
    ...map,
    sources: named,
    sourcesContent: map.sources.map((source) => contents.get(source) ?? null),
  });
}
