// Snapshots that were taken out of the engine's memory.

import assert from "node:assert/strict";
import { test } from "node:test";
import { core } from "../../../pkg/engine/core-engine.js";
import { takeOut } from "../../../pkg/engine/take-out.js";
import { load } from "../../../pkg/entries/node.js";

const document = (revision) => ({
  format: "rolegate/1",
  tenant: "acme",
  revision,
  catalog: { categories: [{ id: "c", permissions: [{ id: "c.view", scopes: ["own", "all"] }] }] },
  roles: [{ id: "r", name: "Reader", grants: { "c.view": "own" } }],
  users: Array.from({ length: 500 }, (_, i) => ({ id: `user-${i}`, roles: ["r"] })),
});
const out = async (revision) => {
  const snapshot = await load(document(revision));
  takeOut(snapshot.source.engine);
  return snapshot;
};
const bytes = () => core.call((engine) => engine.ownMemory().buffer.byteLength);

/** Everything that a snapshot can be asked. */
function answers(snapshot) {
  const gate = snapshot.for("user-499");
  return [
    snapshot.users().length,
    snapshot.user("user-7"),
    snapshot.roles(),
    [{ owner: "user-499" }, { owner: "user-1" }].map((record) => gate.can("c.view", record)),
    snapshot.for({ id: "guest", roles: ["r"] }).can("c.view", { owner: "guest" }),
    snapshot.for("nobody").can("c.view"),
    snapshot.whoCan("c.view").length,
    snapshot.narrow("user-3"),
    snapshot.remedies("nobody", "c.view"),
    snapshot.toJSON(),
    gate.explain("c.view", {}).text,
  ];
}

test("they answer as before, and when others were loaded and freed where they had been", async () => {
  const [inside, outside] = [await load(document(1)), await out(1)];
  const expected = answers(inside);
  for (let i = 0; i < 20; i += 1) (await load(document(i))).free();
  const others = await Promise.all([2, 3, 4].map(out));
  assert.deepEqual(answers(outside), expected);
  for (const [i, other] of others.entries()) assert.equal(other.toJSON().revision, i + 2);
  inside.free();
  assert.deepEqual(answers(outside), expected);
});

test("the engine's memory does not grow with them, whether they are in use or forgotten", async () => {
  const held = [await out(1)];
  const before = bytes();
  for (let i = 0; i < 300; i += 1) held.push(await out(i));
  assert.equal(bytes(), before);
  assert.equal(held[300].for("user-9").can("c.view"), true);
});

test("they can be freed, once or more often, and nobody else's memory with them", async () => {
  const snapshot = await out(1);
  const gate = snapshot.for("user-1");
  const other = await load(document(2));
  snapshot.free();
  snapshot.free();
  const last = await load(document(3));
  assert.throws(() => snapshot.for("user-1"), { code: "freed" });
  assert.equal(gate.can("c.view", { owner: "user-1" }), true);
  assert.deepEqual([other.toJSON().revision, last.toJSON().revision], [2, 3]);
  assert.equal(other.for("user-400").can("c.view", { owner: "user-400" }), true);
});
