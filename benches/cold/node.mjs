// Cold starts in Node, each in a new process, by turns.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { programs as made, question } from "./programs.mjs";

const CHILD = fileURLToPath(new URL("child.mjs", import.meta.url));

/** @returns {Promise<Record<string, number[]>>} milliseconds, for each program and round */
export async function coldInNode(rounds) {
  const { programs } = await made("node");
  const results = Object.fromEntries(programs.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, script, file } of programs) {
      results[name].push(
        Number(
          execFileSync(process.execPath, [CHILD, JSON.stringify({ script, file, question })], {
            encoding: "utf8",
          }),
        ),
      );
    }
  }
  return results;
}
