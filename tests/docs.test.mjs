// Runs the examples in the documents against the built package.
//
//   node --test tests/docs.test.mjs      (after `cargo xtask build`)
//
// - A block ```json snapshot must load. In the blocks after it `json` is its text and `snapshot` what was
//   loaded.
// - A block ```json refused must not load. In the blocks after it `json` is its text.
// - A block ```json NAME is called NAME in the blocks after it; if NAME is that of a file, commands find it.
// - A block ```js is run, by itself. Where an expression is followed by a comment that ends with JSON (or
//   with `undefined`, `Infinity`), it must have that value; where by `// throws "code"` or
//   `// throws "code" at "path"`, it must throw that.
// - A block ```ts is compiled, by itself. What it does not declare stands in a comment before it:
//   `<!-- given: declare const row: object -->`.
// - A block ```LANGUAGE FOLDER/FILE is a file below tests/consumers, which runs there; one with `part` behind
//   it is a part of that file.
// - A block ```sh NAME has the commands of the consumer of that name; one without a name has commands of this
//   repository, or installs the package.
// - A block ```console has commands with what they print, which tests/unit/cli/docs.test.mjs runs.
// - A block ```sql has the statements of a guide, which tests/databases/guides.test.mjs runs.
// - A block ```yaml is a workflow that uses the action of this repository, which has such inputs.
// - A block ```rust stands in README.md, and is a documentation test of the crate.
// - A block ```text is a drawing.
// There are no others.

import { deepEqual, equal, fail, match, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { isRolegateError, load } from "../pkg/entries/node.js";

const root = new URL("../", import.meta.url);
const consumers = new URL("tests/consumers/", root);
const COMPILED = new URL("target/docs/", root);
const guides = readdirSync(new URL("docs", root)).filter((name) => name.endsWith(".md"));
const atTop = readdirSync(root).filter((name) => name.endsWith(".md"));
const documents = [...atTop, "pkg-template/README.md", ...guides.map((name) => `docs/${name}`)];

const AsyncFunction = (async () => {}).constructor;
const { exports } = JSON.parse(readFileSync(new URL("pkg/package.json", root), "utf8"));

for (const document of documents) {
  const source = readFileSync(new URL(document, root), "utf8");
  test(document, async (t) => {
    const names = {};
    const found = [...blocks(source)];
    const fences = source.split("\n").filter((line) => /^\s*(```|~~~)/.test(line));
    equal(fences.length, 2 * found.length, "a block that is not found as such");
    for (const block of found) {
      const where = (at) => `${document}:${block.line + 1 + at}`;
      await t.test(`${document}:${block.line}`, () => run({ ...block, document }, names, where));
    }
  });
}

/** The pages that show whole applications. */
const APPLICATIONS = [
  "quick-start",
  "claims",
  "people-in-postgres",
  "edge",
  "databases",
  "row-level-security",
  "better-auth",
  "dom",
  "svelte",
  "vue",
];

test("every file of a consumer stands in its page, or is generated", () => {
  const source = APPLICATIONS.map((page) => readFileSync(new URL(`docs/${page}.md`, root), "utf8")).join(
    "\n",
  );
  const shown = [...blocks(source)].map(({ info }) => info.split(" ")[1]);
  for (const name of shown
    .flatMap((file) => /^[\w-]+$/.exec(file)?.[0] ?? [])
    .filter((name) => existsSync(new URL(name, consumers)))) {
    for (const file of readdirSync(new URL(name, consumers), { recursive: true, withFileTypes: true })) {
      const path = `${file.parentPath ?? file.path}/${file.name}`.slice(fileURLToPath(consumers).length);
      if (file.isFile() && !/package(-lock)?\.json$/.test(path)) ok(shown.includes(path), path);
    }
  }
});

test("the README names the versions that the projects have", () => {
  const folders = [
    ...readdirSync(consumers, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `consumers/${name}`),
    "types",
  ];
  const manifests = [
    ".",
    "tests/runtimes",
    "tests/servers",
    ...folders.map((folder) => `tests/${folder}`),
  ].map((folder) => new URL(`${folder}/package.json`, root));
  const pinned = manifests
    .filter((file) => existsSync(file))
    .flatMap((file) => {
      const { dependencies, devDependencies, optionalDependencies } = JSON.parse(readFileSync(file, "utf8"));
      return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).map(
        ([name, version]) => `\`${name}\` ${version.split("@").at(-1)}`,
      );
    });
  const named = readFileSync(new URL("README.md", root), "utf8").match(/`[\w@/-]+` \d+\.\d+\.\d+/g);
  deepEqual(
    named.filter((version) => !pinned.includes(version)),
    [],
  );
});

test("links lead to files and headings that exist", () => {
  const decisions = readdirSync(new URL("docs/decisions/", root)).map((name) => `docs/decisions/${name}`);
  for (const document of [...documents, ...decisions]) {
    // The fenced blocks are examples, and have brackets of their own.
    const prose = readFileSync(new URL(document, root), "utf8").replaceAll(/^```.*\n(?:.*\n)*?```$/gm, "");
    for (const [, link] of prose.matchAll(/\]\(([^)\s]+)\)/g))
      if (!/^https?:/.test(link)) leads(new URL(link, new URL(document, root)), `${document}: ${link}`);
  }
});

test("lines of Markdown have at most 120 columns", () => {
  const { stdout } = spawnSync("git", ["ls-files", "*.md"], { cwd: fileURLToPath(root), encoding: "utf8" });
  const pages = new Set([...documents, ...stdout.split("\n").filter(Boolean)]);
  pages.delete("tests/vectors/README.md"); // comes with the vectors, and stays as they are published
  const tooLong = [...pages].flatMap((page) => {
    const lines = readFileSync(new URL(page, root), "utf8").split("\n");
    return lines.flatMap((line, at) =>
      line.length > 120 && !cannotBeWrapped(lines, at) ? [`${page}:${at + 1}`] : [],
    );
  });
  deepEqual(tooLong, []);
});

/**
 * A row of a table, what is given to a block, code that is a file of a consumer, and a value in a comment,
 * which stands in the line of its expression.
 */
function cannotBeWrapped(lines, at) {
  const line = lines[at];
  if (/^(\||<!-- given: )/.test(line)) return true;
  const fences = lines.slice(0, at).filter((before) => before.startsWith("```"));
  if (fences.length % 2 === 0) return false;
  return /^```\w+ .*\//.test(fences.at(-1)) || line.replace(/;\s*\/\/.*$/, ";").length <= 120 - 10;
}

test("the package's README links to pages that exist", () => {
  const links = readFileSync(new URL("pkg-template/README.md", root), "utf8").matchAll(
    /\]\(https:\/\/github\.com\/rolegate\/rolegate\/blob\/main\/([^)\s]+)\)/g,
  );
  const paths = Array.from(links, ([, path]) => path);
  ok(paths.length > 0);
  for (const path of paths) leads(new URL(path, root), `pkg-template/README.md: ${path}`);
});

test("comments cite headings that exist", () => {
  for (const folder of ["pkg-template/src/", "src/", "tests/"]) {
    for (const file of readdirSync(new URL(folder, root), { recursive: true }).filter(
      (name) => /\.(ts|rs)$/.test(name) && !name.includes("node_modules"),
    )) {
      const source = readFileSync(new URL(folder + file, root), "utf8");
      for (const [link] of source.matchAll(/docs\/[\w-]+\.md(#[\w-]+)?/g))
        leads(new URL(link, root), `${folder}${file}: ${link}`);
    }
  }
});

test("the architecture names files that exist", () => {
  const [scripts, rust] = ["pkg-template/src", "src"].map((folder) =>
    readdirSync(new URL(folder, root), { recursive: true }).map((path) => `/${path}`),
  );
  const pages = [
    "docs/architecture.md",
    ...readdirSync(new URL("docs/decisions/", root)).map((name) => `docs/decisions/${name}`),
  ];
  for (const page of pages) {
    for (const [name] of readFileSync(new URL(page, root), "utf8").matchAll(
      /(?<![\w/.-])[\w/-]+\.(ts|rs)\b/g,
    )) {
      ok(
        existsSync(new URL(name, root)) || [...scripts, ...rust].some((path) => path.endsWith(`/${name}`)),
        `${page} names ${name}`,
      );
    }
  }
});

test("the crate, the package and the list of changes are of one version", () => {
  const read = (file) => readFileSync(new URL(file, root), "utf8");
  const [, crate] = /^version = "(.*)"/m.exec(read("Cargo.toml"));
  const [, latest] = /^## (\S+)/m.exec(read("CHANGELOG.md"));
  deepEqual([JSON.parse(read("pkg-template/package.json")).version, latest], [crate, crate]);
});

test("what pages get is one person's part of the roles", async () => {
  const [roles, mine] = ["roles.json", "me.json"].map((name) =>
    readFileSync(new URL(`shared/${name}`, consumers), "utf8"),
  );
  deepEqual(JSON.parse((await load(roles)).narrow("ana")), JSON.parse(mine));
});

test("the server of open pages sends what begins by time, whatever the user's id", async () => {
  const page = readFileSync(new URL("docs/reaching-pages.md", root), "utf8");
  const [, code] = /```ts\nexport (function mine[\s\S]*?)```/.exec(page);
  const script = code.replace("(request: Request): Response", "(request)");
  const user = '名 "ana"';
  const begins = Date.now() + 300;
  const roles = JSON.parse(readFileSync(new URL("shared/roles.json", consumers), "utf8"));
  const assigned = [{ role: "agent", from: new Date(begins).toISOString() }];
  const tenant = await load({ ...roles, users: [{ id: user, roles: assigned }] });
  const mine = new Function("tenant", "userOf", `${script} return mine;`)(tenant, () => user);
  const ask = async (etag) => {
    const headers = etag === undefined ? {} : { "if-none-match": etag };
    const response = mine(new Request("http://localhost/me/roles", { headers }));
    return { status: response.status, etag: response.headers.get("etag"), text: await response.text() };
  };
  const first = await ask();
  deepEqual([first.status, JSON.parse(first.text).ids.length, (await ask(first.etag)).status], [200, 0, 304]);
  while (Date.now() <= begins) await new Promise((done) => setTimeout(done, 50));
  const later = await ask(first.etag);
  deepEqual([later.status, JSON.parse(later.text).ids.length, (await ask(later.etag)).status], [200, 2, 304]);
});

/** A heading is cited as GitHub does: in lower case, without punctuation, hyphens for spaces. */
function leads(address, where) {
  const { hash } = address;
  address.hash = "";
  ok(existsSync(address), `${where}: no such file`);
  if (hash === "") return;
  const headings = readFileSync(address, "utf8").matchAll(/^#+ (.*)$/gm);
  const cited = Array.from(headings, ([, heading]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
  ok(cited.includes(hash.slice(1)), `${where}: no such heading`);
}

/** The fenced blocks of a Markdown text, each with the line that opens it and what is given to it. */
function* blocks(source) {
  for (const match of source.matchAll(/(?:^<!-- given: (.*) -->\n\n?)?^```(.*)\n((?:.*\n)*?)```$/gm)) {
    const [whole, given = "", info, text] = match;
    const opening = match.index + whole.indexOf("```");
    yield { given, info: info.trim(), text, line: source.slice(0, opening).split("\n").length };
  }
}

function run({ info, text, line, document }, names, where) {
  const [language, name, extent] = info.split(" ");
  if (name?.includes("/")) return isFile(name, text, extent === "part");
  if (info === "js") return runScript(text, names, where);
  if (info === "ts") return compiles(fileOf(document, line));
  if (language === "json" && name?.endsWith(".json")) return void JSON.parse(text);
  if (language === "json" && name) return named(name, text, names, where);
  if (language === "sh") return name ? consumerHas(name, text) : isOfRepository(text);
  if (info === "text" || info === "console") return;
  if (info === "sql" && document === "docs/roles-page.md") return;
  if (info === "yaml") return usesAction(text);
  ok(info === "rust" && document === "README.md", `${where(0)}: a block \`${info}\`, which nothing runs`);
}

function usesAction(text) {
  const action = readFileSync(new URL(".github/actions/rolegate/action.yml", root), "utf8");
  const given = [...text.slice(text.indexOf("with:")).matchAll(/^ {10}(\w+):/gm)];
  ok(given.length > 0, "no input is given");
  for (const [, input] of given) match(action, new RegExp(`^ {2}${input}:$`, "m"));
}

function isFile(name, text, isPart) {
  const content = readFileSync(new URL(name, consumers), "utf8");
  if (isPart) ok(content.includes(text), `tests/consumers/${name} has no such part`);
  else equal(text, content, `tests/consumers/${name} is another text`);
}

/** A block for the compiler, as a file. */
const sourceOf = ({ given, text }) => `${given}\n${text}\nexport {};\n`;
const fileOf = (document, line) => `${`${document}-${line}`.replaceAll(/\W/g, "-")}.ts`;

/** What the compiler says, by file: of all blocks at once, but for those that declare names for a whole program. */
let compiled;
function compileAll() {
  const installed = new URL("node_modules/rolegate", COMPILED);
  rmSync(COMPILED, { recursive: true, force: true });
  mkdirSync(new URL("node_modules/", COMPILED), { recursive: true });
  symlinkSync(fileURLToPath(new URL("pkg", root)), installed, "junction");
  writeFileSync(new URL("package.json", COMPILED), '{ "type": "module" }\n');
  const [together, apart] = [[], []];
  for (const document of documents)
    for (const block of blocks(readFileSync(new URL(document, root), "utf8"))) {
      if (block.info !== "ts") continue;
      const [file, source] = [fileOf(document, block.line), sourceOf(block)];
      writeFileSync(new URL(file, COMPILED), source);
      (/declare module/.test(source) ? apart : together).push(file);
    }
  const said = [together, ...apart.map((file) => [file])].map(compile).join("\n");
  return (file) => said.split("\n").filter((line) => line.startsWith(file));
}

function compile(files) {
  if (files.length === 0) return "";
  const options =
    "--noEmit --strict --target ES2022 --lib ES2022,DOM --module NodeNext --ignoreConfig --pretty false".split(
      " ",
    );
  const tsc = fileURLToPath(new URL("node_modules/typescript/bin/tsc", root));
  const { status, stdout } = spawnSync(process.execPath, [tsc, ...options, ...files], {
    cwd: fileURLToPath(COMPILED),
    encoding: "utf8",
  });
  // What is said of other files than the blocks is nobody's.
  equal(status === 0, stdout === "", stdout);
  for (const line of stdout.split("\n"))
    ok(/^\s|^$/.test(line) || files.some((file) => line.startsWith(file)), line);
  return stdout;
}

function compiles(file) {
  compiled ??= compileAll();
  deepEqual(compiled(file), []);
}

/** What is installed is what the project has; what is run is one of its scripts. */
function consumerHas(name, text) {
  if (name === "curl")
    return match(
      text,
      /^(curl (-\w \w+ |(-H|--json) ("[^"]*"|'[^']*'|@\w+\.json) )*http:\/\/localhost:3000\/\S+\n)+$/,
    );
  const { scripts, dependencies, devDependencies } = JSON.parse(
    readFileSync(new URL(`${name}/package.json`, consumers), "utf8"),
  );
  const commands = text.trim().split("\n");
  const packages = commands.flatMap(
    (command) => /^npm install (?:--save-dev )?(.*)$/.exec(command)?.[1].split(" ") ?? [],
  );
  // Of several blocks, the first one installs.
  const isFirst = commands.some((command) => command.startsWith("npm install ")) || name !== "importing";
  deepEqual(
    packages.sort(),
    Object.keys({ ...dependencies, ...devDependencies })
      .filter(isInstalledByHand(name))
      .filter(() => isFirst)
      .sort(),
  );
  for (const command of commands.filter((line) => !/^(npm install |export [A-Z_]+=)/.test(line))) {
    const isOne = (script) => `${command} `.startsWith(`${script} `) || command === `npx ${script}`;
    ok(
      Object.values(scripts).some(isOne),
      `tests/consumers/${name}/package.json has no script \`${command}\``,
    );
  }
}

/** Deno and Bun are programs, which only tests install from npm. */
function isInstalledByHand(name) {
  return (dependency) => dependency !== name || !["deno", "bun"].includes(name);
}

function isOfRepository(text) {
  const usage = readFileSync(new URL("xtask/src/main.rs", root), "utf8");
  for (const line of text.trim().split("\n")) {
    if (["npm install rolegate", "npm install rolegate jose"].includes(line)) continue;
    const [, command] =
      /^cargo xtask (\w+( consumers)?)/.exec(line) ?? fail(`not a command of this repository: ${line}`);
    ok(usage.includes(`cargo xtask ${command}`), line);
  }
}

async function named(name, text, names, where) {
  if (name === "snapshot") Object.assign(names, { json: text, snapshot: await load(text) });
  else if (name === "refused") {
    Object.assign(names, { json: text, snapshot: undefined });
    ok((await thrownBy(() => load(text)))?.issues, `${where(0)} loads`);
  } else names[name] = JSON.parse(text);
}

async function runScript(text, names, where) {
  const $ = {
    from,
    is: (value, ...rest) => is(value, where, ...rest),
    throws: (value, ...rest) => throws(value, where, ...rest),
  };
  const code = [...statements(text)].map(({ source, at }) => instrumented(source, at)).join("\n");
  await new AsyncFunction("$", ...Object.keys(names), code)($, ...Object.values(names));
}

/** The statements of a script, each with the number of its last line, counted from 0. */
function* statements(text) {
  let source = "";
  for (const [at, line] of text.split("\n").entries()) {
    source += `${line}\n`;
    if (!/(^|[;}])\s*(\/\/.*)?$/.test(line) || !isComplete(source)) continue;
    yield { source, at };
    source = "";
  }
  equal(source.trim(), "", "a statement without an end");
}

/** Imports from the package that was built; values that comments tell are compared. */
function instrumented(source, at) {
  const imports = /^\s*import (\{.*\}) from ("[^"]+");/s.exec(source);
  if (imports !== null) return `const ${imports[1].replaceAll(" as ", ": ")} = await $.from(${imports[2]});`;
  const [, expression, comment] = /^(.*);\s*\/\/(.*)$/s.exec(source.trimEnd()) ?? [];
  if (comment === undefined || !isComplete(`return (${expression}\n);`)) return source;
  const value = `async () => (${expression}\n)`;
  const thrown = /throws ("[^"]+")(?: at ("[^"]*"))?$/.exec(comment);
  if (thrown !== null) return `await $.throws(${value}, ${at}, ${thrown[1]}, ${thrown[2]});`;
  const expected = valueAtEnd(comment);
  return expected === undefined ? source : `await $.is(${value}, ${at}, ${expected});`;
}

function isComplete(source) {
  try {
    new AsyncFunction(source.replace(/^\s*import .* from .*;$/gms, ""));
    return true;
  } catch {
    return false;
  }
}

/** The longest end of a comment that is a value. */
function valueAtEnd(comment) {
  const words = comment.trim().split(" ");
  return words
    .map((_, i) => words.slice(i).join(" "))
    .find((end) => end === "undefined" || end === "Infinity" || isJson(end));
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What `specifier` means in Node to whoever has installed the package. */
function from(specifier) {
  if (!/^rolegate(\/|$)/.test(specifier)) return import(specifier);
  const entry = exports[specifier.replace("rolegate", ".")];
  return import(new URL(`pkg/${entry.node ?? entry.default}`, root).href);
}

async function is(value, where, at, expected) {
  const actual = await value();
  const asJson = actual !== null && typeof actual === "object" ? JSON.parse(JSON.stringify(actual)) : actual;
  deepEqual(asJson, expected, `${where(at)}: ${JSON.stringify(asJson)}, not ${JSON.stringify(expected)}`);
}

async function throws(value, where, at, code, path) {
  const error = await thrownBy(value);
  if (!isRolegateError(error)) fail(`${where(at)}: not an error of the package: ${error}`);
  const problems = error.issues ?? [error];
  const isFound = problems.some(
    (issue) => issue.code === code && (path === undefined || issue.path === path),
  );
  ok(isFound, `${where(at)}: ${JSON.stringify(problems.map((issue) => [issue.code, issue.path]))}`);
}

async function thrownBy(action) {
  try {
    await action();
  } catch (error) {
    return error;
  }
}

test("the tests that SECURITY.md names are there", () => {
  const [, table] = readFileSync(new URL("SECURITY.md", root), "utf8").split("## Who may try what");
  const rows = table
    .split("\n## ")[0]
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(2);
  ok(rows.length >= 9);
  for (const row of rows) {
    const named = [
      ...row
        .split(" | ")
        .at(-1)
        .matchAll(/`(tests\/[^`]+)` ("[^"]+"(?:, "[^"]+")*)/g),
    ];
    ok(named.length > 0, row);
    for (const [, file, titles] of named) {
      const source = readFileSync(new URL(file, root), "utf8");
      for (const [, title] of titles.matchAll(/"([^"]+)"/g))
        ok(
          new RegExp(`\\(\\s*${JSON.stringify(title).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`).test(source),
          `${file}: ${title}`,
        );
    }
  }
});
