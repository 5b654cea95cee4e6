// Runs `rolegate import` with files that are not there.

import { run } from "../../../pkg/cli/main.js";
import { load } from "../../../pkg/entries/node.js";

/**
 * @param files the texts of files by their names; what is no text is written as JSON
 * @returns what came out: exit code, the snapshot, each loss as one line, and what else was said
 */
export async function imported(name, files, ...options) {
  const texts = Object.entries(files).map(([file, content]) => [
    file,
    typeof content === "string" ? content : JSON.stringify(content, undefined, 1),
  ]);
  const said = [];
  const answers = [];
  const written = {};
  const terminal = {
    print: (line) => answers.push(line),
    warn: (line) => said.push(line),
    hasColors: false,
    warnsInColors: false,
    read: async (path) => new Map(texts).get(path),
    write: async (path, text) => {
      written[path] = text;
    },
  };
  const args = ["import", name, ...Object.keys(files), "--format", "json", ...options];
  const code = await run(args, terminal);
  const { lost = [], snapshot } = answers.length === 0 ? {} : JSON.parse(answers.join("\n"));
  if (snapshot !== undefined) await load(JSON.stringify(snapshot));
  const losses = lost.map(
    ({ kind, file, line, column, what, why }) => `${file}:${line}:${column} ${kind} ${what}: ${why}`,
  );
  return { code, snapshot, losses, said: said.join("\n"), written };
}

/** What roles of a snapshot grant, by their ids. */
export function grantsOf({ roles }) {
  return Object.fromEntries(roles.map(({ id, grants = {} }) => [id, grants]));
}
