// examples/ has the applications of docs/quick-start.md as whole projects, and larger ones with a README of their
// own. They are the projects in tests/consumers, each with the files that it shares with others:
// `ROLEGATE_WRITE=1 node --test tests/unit/examples.test.mjs` writes them.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
