// examples/ has the applications of docs/quick-start.md as whole projects, and larger ones with a README of their
// own. They are the projects in tests/consumers, each with the files that it shares with others:
// `ROLEGATE_WRITE=1 node --test tests/unit/examples.test.mjs` writes them.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { CONSUMERS } from "../consumers/consumers.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const consumers = join(root, "tests/consumers");
const examples = join(root, "examples");
const page = readFileSync(join(root, "docs/quick-start.md"), "utf8");
const NOT_COPIED = /(^|\/)(node_modules\/|package-lock\.json$)/;

/** The applications of the page: each has its commands in a block, below a heading. */
const APPLICATIONS = Array.from(
  page.matchAll(/^##+ ([^\n]+)\n(?:(?!^##|^```).*\n)*?```sh ([\w-]+)\n([^`]*)```$/gm),
  ([, heading, name, commands]) => ({ heading, name, commands }),
).filter(({ name }) => name in CONSUMERS);

/** Those that say themselves what they are. */
const LARGER = Object.keys(CONSUMERS)
  .filter((name) => existsSync(join(consumers, name, "README.md")))
  .map((name) => ({
    name,
    heading: readFileSync(join(consumers, name, "README.md"), "utf8").match(/^# (.*)/)[1],
  }));

/** All files below a folder, by their paths in it. */
function filesIn(folder) {
  const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1));
  return new Map(
    paths
      .filter((path) => !NOT_COPIED.test(path))
      .map((path) => [path, readFileSync(join(folder, path), "utf8")]),
  );
}

const anchorOf = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, "")
    .replaceAll(" ", "-");

/** What npm installs is in `package.json`; the other commands stay. */
function readmeOf({ heading, commands }) {
  const others = commands
    .trim()
    .split("\n")
    .filter((command) => !command.startsWith("npm install"));
  return `# ${heading}\n\n[The quick start](../../docs/quick-start.md#${anchorOf(heading)}) explains this application.\nCopy the folder, then:\n\n\`\`\`sh\nnpm install\n${others.join("\n")}\n\`\`\`\n`;
}

function exampleOf(application) {
  const files = filesIn(join(consumers, application.name));
  const readme = files.get("README.md") ?? readmeOf(application);
  for (const [file, place] of Object.entries(CONSUMERS[application.name].shared ?? {}))
    files.set(place, readFileSync(join(consumers, "shared", file), "utf8"));
  return files.set("README.md", readme);
}

const tableOf = (applications) =>
  `| folder | application |\n|---|---|\n${applications
    .map(({ heading, name }) => `| [${name}](${name}/) | ${heading} |`)
    .join("\n")}`;

const README = `# Examples

Projects that can be copied. A test compares them with the projects in \`tests/consumers/\`, which
\`cargo xtask test consumers\` installs and runs.

Two are whole: people by their tokens, guarded routes, lists from a database that have only what somebody may see,
masked values, decisions for other programs, signed roles that change without a restart. They are the same application,
and start with one command:

${tableOf(LARGER)}

The others are those of [the quick start](../docs/quick-start.md):

${tableOf(APPLICATIONS)}
`;

test("the examples are the projects of the consumers", () => {
  assert.ok(APPLICATIONS.length >= 12, APPLICATIONS.map(({ name }) => name).join());
  const wanted = new Map([["README.md", README]]);
  for (const application of [...LARGER, ...APPLICATIONS])
    for (const [path, text] of exampleOf(application)) wanted.set(`${application.name}/${path}`, text);
  if (process.env.ROLEGATE_WRITE !== undefined) write(wanted);
  const found = filesIn(examples);
  assert.deepEqual([...found.keys()].sort(), [...wanted.keys()].sort());
  for (const [path, text] of wanted)
    assert.equal(found.get(path), text, `examples/${path}: run this with ROLEGATE_WRITE=1`);
});

function write(files) {
  rmSync(examples, { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(examples, path)), { recursive: true });
    writeFileSync(join(examples, path), text);
  }
}

/** What a script of the application says, with the packages of this repository. */
async function said(t, script, files, variables) {
  const folder = mkdtempSync(join(tmpdir(), "rolegate-example-"));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(join(examples, "node-postgres"), folder, { recursive: true });
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@hono"), { recursive: true });
  for (const name of ["hono", "jose", "pg"])
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  symlinkSync(join(root, "pkg"), join(modules, "rolegate"));
  // It is here for its name only: nothing is served.
  mkdirSync(join(modules, "@hono/node-server"));
  writeFileSync(join(modules, "@hono/node-server/index.js"), "exports.serve = () => {};");
  const env = { PATH: process.env.PATH, ...variables };
  const child = spawn(process.execPath, [script, ...files], { cwd: folder, env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  const [code] = await once(child, "close");
  return { code, output };
}

test("whoever publishes to something else is told its status and what it said", async (t) => {
  let answer;
  const server = createServer((_, response) => response.writeHead(answer[0]).end(answer[1]));
  server.listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const URL = `http://127.0.0.1:${server.address().port}`;
  const published = () => said(t, "publish.js", ["roles/acme.json"], { URL });
  for (answer of [
    [502, "<html>Bad Gateway</html>"],
    [404, '{"error":"no such route"}'],
    [200, "null"],
  ]) {
    const { code, output } = await published();
    assert.ok(output.includes(`${URL}/roles/acme answered ${answer[0]}: ${answer[1]}`), output);
    assert.equal(code, 1);
  }
  answer = [200, '{"revision":1}'];
  assert.match((await published()).output, /revision: 1/);
});

test("a server without its variables says which are missing", async (t) => {
  const { code, output } = await said(t, "src/server.js", [], { ISSUER: "https://login.example.com" });
  assert.equal(
    output,
    "These variables are missing: BASE_URL, DATABASE_URL, SIGNING_KEYS. README.md says what they are.\n",
  );
  assert.equal(code, 1);
});
