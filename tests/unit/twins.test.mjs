// Twins: files that implement one rule in two languages. Each names the other, and what holds them equal, in
// its first comment; docs/architecture.md lists them. Functions may be twins, too: their comments name the
// file of the other.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const RUST = "src";
const SCRIPT = "pkg-template/src";

const filesIn = (folder, extension) =>
  readdirSync(root + folder, { recursive: true })
    .map((name) => `${folder}/${name}`.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(extension) && statSync(root + path).isFile());

/** Text of comments, without their marks. */
const plain = (lines) =>
  lines.map((line) => line.trim().replace(/^(\/\/[!/]?|\/\*\*|\*\/?)\s?/, "")).join(" ");
const pathsIn = (text) => text.match(/\b(?:src|pkg-template|tests|docs)\/[\w./-]*\w/g) ?? [];

/** What a file says of its twins: in its first comment, and anywhere. */
function read(path) {
  const lines = readFileSync(root + path, "utf8").split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  const of = /Twin of (.+?)[;.](?=\s|$)(?: ([^;.]+(?:\.\w+[^;.]*)*?) (?:holds|hold) them equal\.)?/g;
  const said = (text) =>
    [...text.matchAll(of)].map(([, twins, holders]) => ({
      twins: pathsIn(twins),
      holders: holders && pathsIn(holders),
    }));
  return { first: said(plain(lines.slice(0, end))), all: said(plain(lines)) };
}

const files = new Map([...filesIn(RUST, ".rs"), ...filesIn(SCRIPT, ".ts")].map((path) => [path, read(path)]));

test("every twin exists, is in the other language, and names back", () => {
  let count = 0;
  for (const [path, { all }] of files) {
    for (const twin of all.flatMap(({ twins }) => twins)) {
      count += 1;
      assert.ok(files.has(twin), `${path} is a twin of ${twin}, which does not exist`);
      assert.notEqual(twin.endsWith(".rs"), path.endsWith(".rs"), `${path} and ${twin} are in one language`);
      assert.ok(
        files.get(twin).all.some(({ twins }) => twins.includes(path)),
        `${path} is a twin of ${twin}, which does not name it`,
      );
    }
  }
  assert.ok(count > 50, "twins are not found");
});

test("whoever says `Twin of` names a file", () => {
  for (const [path, { all }] of files) {
    const lines = readFileSync(root + path, "utf8").match(/Twin of/g) ?? [];
    assert.equal(all.filter(({ twins }) => twins.length > 0).length, lines.length, path);
  }
});

test("twin files say what holds them equal", () => {
  for (const [path, { first }] of files) {
    for (const { twins, holders } of first) {
      assert.ok(
        holders?.length > 0,
        `${path} is a twin of ${twins.join(" and ")}: nothing is said of what holds them equal`,
      );
      for (const holder of holders) assert.ok(existsSync(root + holder), `${path}: ${holder} does not exist`);
    }
  }
});

test("docs/architecture.md lists the same twins", () => {
  const [, table] = readFileSync(`${root}docs/architecture.md`, "utf8").split(
    "| rule | Rust, `src/` | TypeScript, `pkg-template/src/` |\n",
  );
  const rows = table.slice(0, table.indexOf("\n\n")).split("\n").slice(1);
  const named = (cell, folder) =>
    [...cell.matchAll(/`([\w/-]+\.(?:rs|ts))`/g)].map(([, name]) => `${folder}/${name}`);
  const listed = new Set();
  for (const row of rows) {
    const [, , rust, script] = row.split("|");
    for (const a of named(rust, RUST)) for (const b of named(script, SCRIPT)) listed.add(`${a} ${b}`);
  }
  const said = new Set();
  for (const [path, { first }] of files)
    if (path.endsWith(".rs"))
      for (const twin of first.flatMap(({ twins }) => twins)) said.add(`${path} ${twin}`);
  for (const pair of said) assert.ok(listed.has(pair), `docs/architecture.md lacks ${pair}`);
  for (const pair of listed) assert.ok(said.has(pair), `${pair}: only docs/architecture.md says so`);
});
