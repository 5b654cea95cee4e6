// `no-unknown-permission` by itself: where it gets the names, and what it reports. tests/consumers/eslint asks it
// in ESLint, with the parsers of the templates.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import plugin from "../../../pkg/eslint/index.js";

const folder = mkdtempSync(join(tmpdir(), "rolegate-eslint-"));
after(() => rmSync(folder, { recursive: true }));
const rule = plugin.rules["no-unknown-permission"];

/** What it reports of `can("…")`. */
function reported(
  options,
  name,
  call = (value) => ({ callee: { name: "can" }, arguments: [literal(value)] }),
) {
  const found = [];
  const text = `can("${name}")`;
  const context = {
    cwd: folder,
    options: options === undefined ? [] : [options],
    sourceCode: { text, getLocFromIndex: (column) => ({ line: 1, column }) },
    report: (problem) => found.push(problem),
  };
  rule.create(context).CallExpression({ type: "CallExpression", ...call(name) });
  return found;
}

const literal = (value) => ({ type: "Literal", value, range: [4, 6 + value.length] });
const written = (name, content) => {
  writeFileSync(join(folder, name), content);
  return name;
};
const document = (...ids) =>
  JSON.stringify({ catalog: { categories: [{ id: "inbox", permissions: ids.map((id) => ({ id })) }] } });

test("names come from a list, a snapshot or a file of types", () => {
  const snapshot = written("roles.json", document("inbox.read", "inbox.write"));
  const types = written(
    "rolegate.d.ts",
    'declare module "rolegate" { interface Register { permission: "inbox.read" | \'inbox.write\' } }',
  );
  for (const options of [{ snapshot }, { types }, { permissions: ["inbox.read", "inbox.write"] }]) {
    assert.deepEqual(reported(options, "inbox.read"), []);
    const [{ messageId, data, suggest }] = reported(options, "inbox.wirte");
    assert.deepEqual([messageId, data.hint], ["unknown", " Did you mean `inbox.write`?"]);
    const replaced = suggest[0].fix({ replaceTextRange: (range, text) => [range, text] });
    assert.deepEqual(replaced, [[5, 16], "inbox.write"]);
  }
});

test("a file is read again when it has changed", () => {
  const snapshot = written("changing.json", document("inbox.read"));
  assert.equal(reported({ snapshot }, "inbox.close").length, 1);
  written("changing.json", document("inbox.close"));
  utimesSync(join(folder, snapshot), 1, 1);
  assert.equal(reported({ snapshot }, "inbox.close").length, 0);
});

test("without names nothing is checked in silence", () => {
  assert.throws(() => reported(undefined, "x"), /say where permissions are/);
  assert.throws(() => reported({ snapshot: "absent.json" }, "x"), /ENOENT/);
  assert.throws(
    () => reported({ snapshot: written("empty.json", "{}") }, "x"),
    /there are no permissions in empty.json/,
  );
  assert.throws(
    () => reported({ types: written("empty.d.ts", "export {};") }, "x"),
    /no permissions in empty.d.ts/,
  );
});

test("the names of an object's own methods are no permissions, and other functions can be added", () => {
  const options = { permissions: ["inbox.read"], functions: { allowed: 0 } };
  const of = (name, value) => () => ({ callee: { name }, arguments: [literal(value)] });
  assert.equal(reported(options, "constructor").length, 1);
  assert.equal(reported(options, "x", of("toString", "inbox.raed")).length, 0);
  assert.equal(reported(options, "x", of("allowed", "inbox.raed")).length, 1);
});

test("patterns are names in `limit` alone", () => {
  const options = { permissions: ["inbox.read"] };
  const limit = (value) => () => ({
    callee: { property: { name: "for" } },
    arguments: [
      literal("ana"),
      {
        type: "ObjectExpression",
        properties: [
          { key: { name: "limit" }, value: { type: "ArrayExpression", elements: [literal(value), null] } },
        ],
      },
    ],
  });
  for (const name of ["*", "inbox.*", "inbox.read"])
    assert.equal(reported(options, "", limit(name)).length, 0, name);
  for (const name of ["inbox", "inbx.*", ".*"])
    assert.equal(reported(options, "", limit(name)).length, 1, name);
  assert.equal(reported(options, "inbox.*").length, 1);
});
