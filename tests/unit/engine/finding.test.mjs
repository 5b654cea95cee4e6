// People are found by name, in the index that Rust wrote: by a hash, and where names share one, by their
// bytes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { init, loadSync } from "../../../pkg/entries/node.js";

const base = {
  format: "rolegate/1",
  revision: 1,
  catalog: { categories: [{ id: "c", permissions: [{ id: "c.v" }] }] },
  roles: [{ id: "r", name: "R", grants: { "c.v": true } }],
};
const withUsers = (names) => loadSync({ ...base, users: names.map((id) => ({ id, roles: ["r"] })) });

/** The hash of src/collections/names.rs, written once more. */
function hash(name) {
  const bytes = new TextEncoder().encode(name);
  let hash = BigInt(bytes.length);
  for (let at = 0; at <= bytes.length; at += 8) {
    const word = [...bytes.subarray(at, at + 8)].reduceRight((word, byte) => (word << 8n) | BigInt(byte), 0n);
    hash = ((hash ^ word) * 0x9e3779b97f4a7c15n) & 0xffff_ffff_ffff_ffffn;
    hash ^= hash >> 32n;
  }
  return Number(hash & 0xffff_ffffn);
}

test("names of every length and script are found, and no others", async () => {
  await init();
  const names = [
    ...Array.from({ length: 40 }, (_, length) => "n".repeat(length + 1)),
    "ä",
    "日本",
    "😀",
    'a"b',
    "a\\b",
    "\u00a0",
    "nn nn",
    "x".repeat(256),
    "é".repeat(128),
  ];
  const snapshot = withUsers(names);
  for (const name of names)
    assert.deepEqual([snapshot.for(name).can("c.v"), snapshot.user(name)?.id], [true, name], name);
  for (const name of [
    "",
    "m",
    "N",
    "n".repeat(41),
    "a",
    "日",
    "\ud83d",
    "x".repeat(255),
    "é".repeat(129),
    "\u{1f600}\u{1f600}",
  ])
    assert.deepEqual([snapshot.for(name).can("c.v"), snapshot.user(name)], [false, undefined], name);
});

test("names with one hash are told apart", () => {
  const [known, twins] = [new Map(), []];
  for (let at = 0; twins.length < 4; at += 1) {
    const of = hash(`name-${at}`);
    if (known.has(of)) twins.push([known.get(of), `name-${at}`]);
    known.set(of, `name-${at}`);
  }
  for (const names of [twins.flat(), twins.flat().reverse()]) {
    const snapshot = withUsers(names);
    for (const name of names) assert.equal(snapshot.user(name)?.id, name);
  }
  for (const [present, absent] of [...twins, ...twins.map((pair) => pair.toReversed())]) {
    const snapshot = withUsers([present]);
    assert.deepEqual([snapshot.user(present)?.id, snapshot.user(absent)], [present, undefined]);
  }
});

test("nobody is looked up in a snapshot that was freed", () => {
  const snapshot = withUsers(["ana"]);
  const gate = snapshot.for("ana");
  snapshot.free();
  for (const ask of [() => snapshot.for("ana"), () => snapshot.user("ana"), () => snapshot.users()])
    assert.throws(ask, { code: "freed" });
  assert.equal(gate.can("c.v"), true);
});
