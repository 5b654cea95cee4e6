// The commands of a document, in a real shell: what a page says is printed is printed. A block ```console has
// the commands, each after `$ `; a block ```json NAME.json is a file that they find.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

const BLOCK = /^```(\w+) ?([^\n]*)\n(.*?)^```$/gms;
const COMMAND = /^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm;

export const hasCommands = (text) => text.includes("\n```console\n");

/**
 * Runs them all in a folder.
 * @param path where programs are found before those of this machine
 */
export function runCommands(text, folder, path) {
  let count = 0;
  for (const [, language, name, body] of text.matchAll(BLOCK)) {
    if (language === "json" && name.endsWith(".json")) writeFileSync(join(folder, name), body);
    if (language !== "console") continue;
    for (const [, command, expected] of body.matchAll(COMMAND)) {
      const env = { ...process.env, PATH: [...path, process.env.PATH].join(delimiter), NO_COLOR: "1" };
      const { status, stdout } = spawnSync("/bin/sh", ["-c", `${command} 2>&1`], {
        cwd: folder,
        env,
        encoding: "utf8",
      });
      assert.equal(stdout, expected, command);
      assert.ok(status === 0 || status === 1, `${command}: exit code ${status}`);
      count += 1;
    }
  }
  assert.ok(count > 0, "no command was found");
}
