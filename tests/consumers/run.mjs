// Installs the packed package into small projects, each with tools of its own, and asks it there.
//
//   node tests/consumers/run.mjs FOLDER-OR-TARBALL [NAME]...
//
// FOLDER is a built package; NAME one of the consumers, all of them if none is named. One line for each.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CONSUMERS } from "./consumers.mjs";
import { prepared } from "./project.mjs";

const [source, ...named] = process.argv.slice(2);
const names = named.length > 0 ? named : Object.keys(CONSUMERS);
if (source === undefined || names.some((name) => !Object.hasOwn(CONSUMERS, name))) {
  console.error(
    `usage: node tests/consumers/run.mjs FOLDER-OR-TARBALL [${Object.keys(CONSUMERS).join("|")}]...`,
  );
  process.exit(2);
}

const scratch = mkdtempSync(join(tmpdir(), "rolegate-pack-"));
try {
  const tarball = statSync(source).isDirectory() ? packed(source) : resolve(source);
  let failed = 0;
  for (const name of names) failed += (await passes(name, tarball)) ? 0 : 1;
  console.log(`${names.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function packed(folder) {
  const options = { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] };
  const [{ filename }] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", scratch], options),
  );
  return join(scratch, filename);
}

async function passes(name, tarball) {
  const started = performance.now();
  let project;
  const say = (what) =>
    console.log(`${name.padEnd(20)}${what}  ${((performance.now() - started) / 1000).toFixed(1)} s`);
  try {
    project = await prepared(name, CONSUMERS[name], tarball);
    await CONSUMERS[name].ask(project);
    await project.remove();
    say("passed");
    return true;
  } catch (error) {
    say("FAILED");
    console.error(
      `${error.stack ?? error}\n${project === undefined ? "" : `The project is left in ${project.folder}`}`,
    );
    return false;
  }
}
