// Where values stand in the text of a document.

import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOf } from "../../../pkg/cli/place.js";

const TEXT = `{
  "a": [1, {"b": "x", "c/d": [true]}, "two"],
\t"e~": {"a": {"b": -1.5e3}},  "ü": "é", "after": null
}`;

const at = (pointer) => {
  const { line, column, length } = placeOf(TEXT, pointer);
  return TEXT.split("\n")
    [line - 1].slice(column - 1)
    .slice(0, length);
};

test("a pointer finds its value", () => {
  const found = {
    "": "{",
    "/a": "[",
    "/a/0": "1",
    "/a/1": "{",
    "/a/1/b": '"x"',
    "/a/1/c~1d": "[",
    "/a/1/c~1d/0": "true",
    "/a/2": '"two"',
    "/e~0/a/b": "-1.5e3",
    "/ü": '"é"',
    "/after": "null",
  };
  for (const [pointer, text] of Object.entries(found)) assert.equal(at(pointer), text, pointer);
});

test("what is not there is where its parent begins", () => {
  for (const pointer of ["/x", "/a/3", "/a/0/deeper", "/a/1/e", "/e~0/b"]) {
    const parent = pointer.slice(0, pointer.lastIndexOf("/"));
    assert.deepEqual(placeOf(TEXT, pointer), placeOf(TEXT, parent), pointer);
  }
});

test("columns count letters, not units of text", () => {
  assert.deepEqual(placeOf('{"🙂": 1}', "/🙂"), { line: 1, column: 7, length: 1, offset: 7 });
});

test("text that ends early, or is none, has a place", () => {
  for (const text of ["", " ", "{", '{"a"', '{"a":', "[1,", '"unfinished', "}{", "[[[[", "nul"])
    for (const pointer of ["", "/a", "/0/0"]) {
      const { line, column, length } = placeOf(text, pointer);
      assert.ok(line === 1 && column >= 1 && length >= 1, `${text} ${pointer}`);
    }
});

test("a long document takes time in proportion", () => {
  const text = JSON.stringify({
    users: Array.from({ length: 100_000 }, (_, i) => ({ id: `u${i}`, roles: ["r"] })),
  });
  const { line, column } = placeOf(text, "/users/99999/roles/0");
  assert.equal(text.slice(column - 1, column + 2), '"r"');
  assert.equal(line, 1);
});
