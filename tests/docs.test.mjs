// Runs the examples in the documents against the built package.
//
//   node --test tests/docs.test.mjs      (after `cargo xtask build`)
//
// - A block ```json snapshot must load. In the blocks after it `json` is its text and `snapshot` what was loaded.
// - A block ```json refused must not load. In the blocks after it `json` is its text.
// - A block ```json NAME is called NAME in the blocks after it.
// - A block ```js is run, by itself. Where an expression is followed by a comment that ends with JSON (or with `undefined`,
//   `Infinity`), it must have that value; where by `// throws "code"` or `// throws "code" at "path"`, it must throw that.
// - Blocks with other words (```js no-run) are not run.

import { deepEqual, equal, fail, ok } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { isRolegateError, load } from "../pkg/entries/node.js";

const root = new URL("../", import.meta.url);
const guides = existsSync(new URL("docs", root)) ? readdirSync(new URL("docs", root)).filter((name) => name.endsWith(".md")) : [];
const documents = ["README.md", "pkg-template/README.md", ...guides.map((name) => `docs/${name}`)];

const AsyncFunction = (async () => {}).constructor;
const { exports } = JSON.parse(readFileSync(new URL("pkg/package.json", root), "utf8"));

for (const document of documents) {
  const source = readFileSync(new URL(document, root), "utf8");
  test(document, async (t) => {
    const names = {};
    for (const { info, text, line } of blocks(source)) {
      if (/^(json \w|js$)/.test(info)) await t.test(`${document}:${line}`, () => run(info, text, names, (at) => `${document}:${line + 1 + at}`));
    }
  });
}

/** The fenced blocks of a Markdown text, each with the line that opens it. */
function* blocks(source) {
  for (const match of source.matchAll(/^```(.+)\n((?:.*\n)*?)```$/gm)) {
    yield { info: match[1].trim(), text: match[2], line: source.slice(0, match.index).split("\n").length };
  }
}

async function run(info, text, names, where) {
  const [language, name] = info.split(" ");
  if (language === "js") return runScript(text, names, where);
  if (name === "snapshot") Object.assign(names, { json: text, snapshot: await load(text) });
  else if (name === "refused") {
    Object.assign(names, { json: text, snapshot: undefined });
    ok((await thrownBy(() => load(text)))?.issues, `${where(0)} loads`);
  } else names[name] = JSON.parse(text);
}

async function runScript(text, names, where) {
  const $ = { from, is: (value, ...rest) => is(value, where, ...rest), throws: (value, ...rest) => throws(value, where, ...rest) };
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
  return words.map((_, i) => words.slice(i).join(" ")).find((end) => end === "undefined" || end === "Infinity" || isJson(end));
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
  const isFound = problems.some((issue) => issue.code === code && (path === undefined || issue.path === path));
  ok(isFound, `${where(at)}: ${JSON.stringify(problems.map((issue) => [issue.code, issue.path]))}`);
}

async function thrownBy(action) {
  try {
    await action();
  } catch (error) {
    return error;
  }
}
