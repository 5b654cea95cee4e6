// The clock, which is read once in a task.

import assert from "node:assert/strict";
import { test } from "node:test";
import { taskNow } from "../../../pkg/core/clock.js";

const task = () => new Promise((done) => setTimeout(done, 2));

test("a reading holds until the task is done", async () => {
  const first = taskNow();
  const end = Date.now() + 3;
  while (Date.now() < end);
  assert.equal(taskNow(), first);
  await task();
  assert.ok(taskNow() > first);
});

test("zone.js is not told of the end of the task", async (t) => {
  await task();
  let [isRoot, told] = [false, 0];
  const { then } = Promise.prototype;
  t.mock.method(Promise.prototype, "then", function (...listeners) {
    if (!isRoot) told += 1;
    return Reflect.apply(then, this, listeners);
  });
  globalThis.Zone = { root: { run: (run) => ((isRoot = true), run(), (isRoot = false)) } };
  const first = taskNow();
  delete globalThis.Zone;
  assert.equal(told, 0);
  t.mock.restoreAll();
  await task();
  assert.ok(taskNow() > first);
});
