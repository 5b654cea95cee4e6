// Runtimes that are programs: each script in a process of its own whose working folder is the consumer's, so
// that it is the runtime itself that resolves the package.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** For scripts to begin with: how they tell their result. */
const SEND = 'const send = (value) => console.log("\\n" + JSON.stringify(value));\n';

/**
 * What each program takes to run a file, which may read files and talk to this machine, and nothing else; and
 * with which flags scripts can collect garbage.
 */
export const FLAGS = {
  node: { run: [], collecting: ["--expose-gc"] },
  bun: { run: ["run"], collecting: [] },
  deno: {
    run: [
      "run",
      "--no-prompt",
      "--no-remote",
      "--node-modules-dir=manual",
      "--allow-read",
      "--allow-net=127.0.0.1",
    ],
    collecting: ["--v8-flags=--expose-gc"],
  },
};

let count = 0;

/**
 * What a script gives to `send`, as JSON; what it complains about is the error if it gives nothing.
 * @param {{ name: keyof FLAGS, path: string }} program
 * @param {{ flags?: string[], extension?: string }} [options]
 */
export async function resultOf(program, consumer, script, { flags = [], extension = "mjs" } = {}) {
  count += 1;
  const file = join(consumer, `script-${process.pid}-${count}.${extension}`);
  await writeFile(file, SEND + script);
  try {
    return await outputOf(program, [...FLAGS[program.name].run, ...flags, file], consumer);
  } finally {
    await rm(file);
  }
}

function outputOf({ name, path }, args, cwd) {
  const child = spawn(path, args, {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, DENO_NO_UPDATE_CHECK: "1" },
  });
  return new Promise((resolve, reject) => {
    let output = "";
    let complaints = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => (output += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk) => (complaints += chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      const result = output.trim().split("\n").at(-1);
      if (code === 0 && result !== "") resolve(JSON.parse(result));
      else reject(new Error(`${name} ended with code ${code}: ${complaints.trim().slice(0, 1000)}`));
    });
  });
}

/**
 * The first of some files in packages of tests/runtimes/package.json: npm installs only those that fit this
 * machine.
 */
export function unpacked(name, files) {
  const paths = files.map((file) => fileURLToPath(new URL(`node_modules/${file}`, import.meta.url)));
  return firstThere(
    paths,
    `no ${name} for this machine: none of ${files.join(", ")} is in tests/runtimes/node_modules (\`npm ci\` there installs it)`,
  );
}

/** The first of some files that is there. */
export function firstThere(paths, otherwise) {
  const found = paths.find((path) => path && existsSync(path));
  if (found === undefined) throw new Error(otherwise);
  return found;
}
