// Files, with publishers and readers in processes of their own.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fromFile, keep, publish } from "../../pkg/edge/index.js";
import { snapshot } from "../unit/edge/world.mjs";
import { AT_ONCE, holds, times } from "./contract.mjs";

const { deepEqual, equal, ok } = assert;
const PACKAGE = new URL("../../pkg/edge/index.js", import.meta.url).href;

/** Adds a team of its own to what is there until it has done so `count` times. */
const PUBLISHER = `
  import { fromFile, publish } from ${JSON.stringify(PACKAGE)};
  const [path, name, count] = process.argv.slice(1);
  let lost = 0;
  for (let i = 0; i < Number(count); ) {
    const there = JSON.parse(new TextDecoder().decode((await fromFile(path).get()).bytes));
    const next = { ...there, revision: there.revision + 1, teams: [...there.teams, { id: name + i }] };
    try {
      await publish(fromFile(path), next, { tenant: "acme", base: there.revision });
      i += 1;
    } catch (error) {
      if (error.code !== "old-revision") throw error;
      lost += 1;
    }
  }
  console.log(lost);`;

test("files", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "rolegate-files-"));
  const path = (tenant) => join(folder, `${tenant}.json`);
  const source = (tenant) => fromFile(path(tenant));
  try {
    await holds(t, source, (tenant, value) =>
      value === undefined ? unlink(path(tenant)) : writeFile(path(tenant), value),
    );

    await t.test(
      "two processes publish, a third reads: nothing is lost, and nothing is half there",
      async () => {
        const file = path("shared");
        await writeFile(file, snapshot("acme", 1, { teams: [] }));
        const errors = [];
        const onError = (error) => errors.push(error);
        const roles = keep(() => fromFile(file), { ...AT_ONCE, onError });
        const ends = ["a", "b"].map(async (name) => {
          const words = ["--input-type=module", "--eval", PUBLISHER, file, name, "100"];
          const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
          let said = "";
          child.stdout.on("data", (data) => (said += data));
          const [code] = await once(child, "close");
          return [code, Number(said)];
        });
        let isOver = false;
        const reading = (async () => {
          const seen = [];
          while (!isOver) {
            const { revision } = await roles.current("acme");
            if (seen.at(-1) !== revision) seen.push(revision);
          }
          return seen;
        })();
        const codes = await Promise.all(ends);
        isOver = true;
        const seen = await reading;
        deepEqual(
          codes.map(([code]) => code),
          [0, 0],
        );
        ok(
          codes.some(([, lost]) => lost > 0),
          "they met",
        );
        const { revision, teams } = JSON.parse(await readFile(file, "utf8"));
        deepEqual([revision, teams.length, new Set(teams.map(({ id }) => id)).size], [201, 200, 200]);
        deepEqual(
          seen,
          [...seen].sort((a, b) => a - b),
        );
        ok(seen.length > 20);
        deepEqual(errors, []);
        console.log(
          `files: the publishers met ${codes[0][1] + codes[1][1]} times; ${seen.length} revisions seen`,
        );
      },
    );

    await t.test("a change is heard at once", async () => {
      const roles = keep(source, { every: 3_600_000, maxStale: 3_600_000 });
      await publish(source("heard"), snapshot("heard", 1), { tenant: "heard" });
      await roles.current("heard");
      await new Promise((done) => setTimeout(done, 200));
      const began = performance.now();
      await publish(source("heard"), snapshot("heard", 2), { tenant: "heard" });
      while ((await roles.current("heard")).revision !== 2) await new Promise((done) => setTimeout(done, 1));
      console.log(`files: a change is heard after ${(performance.now() - began).toFixed(1)} ms`);
    });
    await times("files", source);
    equal(
      (await readdir(folder)).some((name) => name.endsWith(".lock")),
      false,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
