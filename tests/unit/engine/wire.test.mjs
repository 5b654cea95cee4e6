// What crosses to the whole engine: the paths that conditions read, and questions with what was read there.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as full from "../../../pkg/glue/rolegate-full.js";

const NOW = 1_795_000_000_000;

const module = new WebAssembly.Module(
  readFileSync(new URL("../../../pkg/rolegate-full.wasm", import.meta.url)),
);
full.__wbg_finalize_init(new WebAssembly.Instance(module, full.__wbg_get_imports()), module);

/** A snapshot in which user u has permission c.x under a condition, and c.not unless it is false. */
function load(when) {
  const json = {
    format: "rolegate/1",
    revision: 1,
    catalog: {
      categories: [
        {
          id: "c",
          permissions: [
            { id: "c.x", scopes: ["all"] },
            { id: "c.not", scopes: ["all"] },
          ],
        },
      ],
    },
    roles: [{ id: "r", name: "R", grants: { "c.x": { when }, "c.not": { when: { $not: when } } } }],
    users: [{ id: "u", roles: ["r"] }],
  };
  return full.load(new TextEncoder().encode(JSON.stringify(json)));
}

/** The truth of a condition on a record that was read: true, false, or `undefined` for unknown. */
function truth(when, resource, context = {}) {
  const handle = load(when);
  const asks = (permission) =>
    JSON.parse(
      full.whoCan(
        handle,
        JSON.stringify({ user: "", permission, now: NOW, context, owner: [], team: [], resource }),
      ),
    ).length > 0;
  const [yes, no] = [asks("c.x"), asks("c.not")];
  full.free(handle);
  return yes ? true : no ? false : undefined;
}

test("paths are told once, with what is read of elements", () => {
  const handle = load({
    $and: [
      { "resource.s": 1, "resource.m": { $hasAny: ["a"] }, "context.at": { $since: "now" } },
      {
        "resource.m": {
          $elem: {
            "element.id": { $ref: "user.id" },
            "element.parts": { $elem: { "element.n": 1, "context.n": 1 } },
          },
        },
      },
      { "resource.m": { $elem: { "element.role": "a", "element.parts": { $has: 1 } } } },
      {
        "resource.l": { $elem: { "user.x": 1 } },
        "context.l": { $elem: { "element.y": { $ref: "context.z" } } },
      },
    ],
  });
  assert.deepEqual(JSON.parse(full.paths(handle, "")), {
    resource: ["l", { path: "m", element: ["id", { path: "parts", element: ["n"] }, "role"] }, "s"],
    context: ["at", { path: "l", element: ["y"] }, "n", "z"],
  });
  full.free(handle);
});

test("values", () => {
  for (const [expected, operators, value] of [
    [true, { $exists: false }, null],
    [true, { $exists: true }, {}],
    [undefined, { $exists: true }, { unknown: true }],
    [undefined, { $exists: false }, { unknown: true }],
    [true, { $eq: "a" }, "a"],
    [undefined, { $eq: "a" }, {}],
    [undefined, { $has: "a" }, { object: { a: 1 } }],
    [undefined, { $lte: 5 }, { id: "9007199254740993" }],
    [true, { $has: "a" }, ["a", {}]],
    ...[null, {}, { unknown: true }, { id: "9007199254740993" }, { object: {} }].map((element) => [
      undefined,
      { $has: "a" },
      ["b", element],
    ]),
    [true, { $since: "now" }, { time: NOW }],
    [false, { $since: "now+1s" }, { time: NOW }],
    [undefined, { $since: "now" }, {}],
  ]) {
    assert.equal(
      truth({ "resource.v": operators }, { v: value }),
      expected,
      JSON.stringify([operators, value]),
    );
  }
  assert.equal(truth({ "resource.v": { $ref: "user.id" } }, { v: { id: "9007199254740993" } }), false);
  assert.equal(truth({ "resource.v": { $exists: false } }, null), undefined);
});

test("elements", () => {
  const when = { "resource.m": { $elem: { "element.a.id": 1, "element.b": { $exists: false } } } };
  const one = (element) => truth(when, { m: [element] });
  assert.equal(one({ object: { "a.id": 1, b: null } }), true);
  assert.equal(one({ object: { "a.id": 1 } }), true);
  assert.equal(one({ object: { "a.id": 1, b: {} } }), false);
  assert.equal(one({ object: { "a.id": 1, b: { unknown: true } } }), undefined);
  for (const element of [{}, null, "x", { unknown: true }]) assert.equal(one(element), undefined);
  assert.equal(truth(when, { m: [] }), false);
  assert.equal(truth(when, { m: {} }), undefined);
  const nested = { "context.m": { $elem: { "element.parts": { $elem: { "element.n": 1 } } } } };
  assert.equal(
    truth(nested, {}, { m: [{ object: { parts: [{ object: { n: 2 } }, { object: { n: 1 } }] } }] }),
    true,
  );
});
