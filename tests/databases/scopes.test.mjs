// The law of filters has something to hold: each scope that was written by hand admits some rows of the seed
// table and not all, on every engine, and every operator meets every type of column that it can.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as rolegate from "../../pkg/entries/node.js";
import { randomCase } from "./random.mjs";
import { COLUMNS, isHeld, mappingOf, randomRows, recordOf, seedRows } from "./rows.mjs";
import { SCOPES } from "./scopes.mjs";

const DIALECTS = ["postgres", "mysql", "sqlite"];
const ROWS = seedRows().map((row) => ({
  record: recordOf(row),
  held: DIALECTS.filter((dialect) => isHeld(row, dialect)),
}));

async function scopeOf({ document, user, permission, options }) {
  return (await rolegate.load(JSON.stringify(document))).for(user, options).scope(permission);
}

test("each scope admits some rows and not all", async () => {
  assert.ok(SCOPES.length >= 150);
  assert.equal(new Set(SCOPES.map(([name]) => name)).size, SCOPES.length, "a name stands for two scopes");
  const useless = [];
  for (const [name, question] of SCOPES) {
    const scope = await scopeOf(question);
    for (const dialect of DIALECTS) {
      const rows = ROWS.filter(({ held }) => held.includes(dialect));
      const admitted = rows.filter(({ record }) => scope.matches(record)).length;
      if (admitted === 0 || admitted === rows.length)
        useless.push(`${name}: ${admitted} rows for ${dialect}`);
    }
  }
  assert.deepEqual(useless, []);
});

test("every operator is asked, and every column", async () => {
  const text = JSON.stringify(SCOPES);
  const operators =
    "eq ne lt lte gt gte in nin has hasAny subset startsWith endsWith before since cidr exists elem and or not ref during";
  for (const operator of operators.split(" ")) assert.ok(text.includes(`"$${operator}"`), operator);
  for (const { path } of COLUMNS) assert.ok(text.includes(`"resource.${path}`), path);
  const scopes = await Promise.all(
    SCOPES.map(async ([, question]) => JSON.stringify(await scopeOf(question))),
  );
  assert.ok(scopes.some((scope) => scope.includes('"$value"')));
});

test("rows hold every value of every column, and filters know every column", () => {
  const rows = seedRows();
  assert.ok(rows.length >= 120);
  for (const { path, values } of COLUMNS)
    for (const value of values) assert.ok(rows.some(({ cells }) => Object.is(cells[path], value)));
  for (const dialect of DIALECTS) for (const { path } of COLUMNS) assert.ok(path in mappingOf(dialect), path);
});

test("random snapshots are in order, and most scopes are not decided beforehand", async () => {
  const records = randomRows(1, 100).map(recordOf);
  let telling = 0;
  for (let number = 0; number < 200; number++) {
    const scope = await scopeOf(randomCase(1, number));
    const admitted = records.filter((record) => scope.matches(record)).length;
    if (admitted > 0 && admitted < records.length) telling += 1;
  }
  assert.ok(telling > 40, `${telling}`);
});
