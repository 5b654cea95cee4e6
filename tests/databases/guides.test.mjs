// The statements of docs/roles-page.md, on a real PostgreSQL: of two who save at once, one does, and the events
// are those of the one that did.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import pg from "pg";
import { startPostgres } from "../consumers/postgres.mjs";

const page = readFileSync(new URL("../../docs/roles-page.md", import.meta.url), "utf8");
const [, text] = /^```sql\n(.*?)^```$/ms.exec(page);
const [tables, transaction] = [text.split("\nBEGIN;")[0], text.slice(text.indexOf("BEGIN;"))];
const [, update, insert] = transaction
  .replaceAll(/--.*$/gm, "")
  .split(";")
  .map((statement) => statement.trim());

let server;
before(async () => {
  server = await startPostgres();
});
after(() => server?.stop());

async function connected() {
  const client = new pg.Client({ connectionString: server.url });
  client.on("error", () => {});
  await client.connect();
  return client;
}

test("of two who save at the same revision, one does", async () => {
  const [one, other] = [await connected(), await connected()];
  try {
    await one.query(tables);
    await one.query("INSERT INTO snapshots VALUES ('acme', 7, '{}')");
    const save = async (client, json) => {
      await client.query("BEGIN");
      const { rowCount } = await client.query(update, ["acme", 8, json]);
      if (rowCount === 0) {
        await client.query("ROLLBACK");
        return "conflict";
      }
      await client.query(insert, [
        "acme",
        8,
        JSON.stringify([{ action: "createRole", json }, { action: "assign" }]),
      ]);
      await client.query("COMMIT");
      return "saved";
    };
    const results = await Promise.all([save(one, "first"), save(other, "second")]);
    assert.deepEqual(results.toSorted(), ["conflict", "saved"]);
    const { rows } = await one.query("SELECT json FROM snapshots");
    const events = await one.query("SELECT position, event FROM role_events ORDER BY position");
    assert.deepEqual(rows, [{ json: results[0] === "saved" ? "first" : "second" }]);
    assert.deepEqual(
      events.rows.map(({ position, event }) => [position, event.action, event.json]),
      [
        [1, "createRole", rows[0].json],
        [2, "assign", undefined],
      ],
    );
  } finally {
    await one.end();
    await other.end();
  }
});
