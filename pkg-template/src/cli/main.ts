#!/usr/bin/env node
// The command line: finds the command, reads its options, and says what went wrong.

import { realpathSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { printable, RolegateError } from "../core/errors.js";
import { type Command, type ExitCode, type Terminal, Unusable } from "./command.js";
import { nearest } from "./open.js";
import { table } from "./table.js";
import { processTerminal } from "./terminal.js";
import { VERSION } from "./version.js";

/** Each with what it is for. Only the one that is called is read. */
const COMMANDS: Readonly<
  Record<string, readonly [about: string, find: () => Promise<{ command: Command }>]>
> = {
  check: ["is a snapshot valid; or may a user do something", () => import("./commands/check.js")],
  explain: ["why, and what would help", () => import("./commands/explain.js")],
  scope: ["on which records", () => import("./commands/scope.js")],
  sql: ["the same as the WHERE of a query", () => import("./commands/sql.js")],
  "who-can": ["which users", () => import("./commands/who-can.js")],
  matrix: ["what each role grants, as a table", () => import("./commands/matrix.js")],
  lint: ["what is probably not meant", () => import("./commands/lint.js")],
  diff: ["who gains and who loses, from one snapshot to another", () => import("./commands/diff.js")],
  report: ["who holds what, for an access review", () => import("./commands/report.js")],
  narrow: ["the snapshot of one person, for a page", () => import("./commands/narrow.js")],
  types: ["the names of a snapshot, for TypeScript", () => import("./commands/types.js")],
  test: ["what roles should allow, as tests", () => import("./commands/test.js")],
  import: ["roles of another system as a snapshot", () => import("./commands/import.js")],
  keygen: ["keys to sign with", () => import("./commands/keygen.js")],
  sign: ["a signed snapshot", () => import("./commands/sign.js")],
};

function overview(): string[] {
  return [
    "usage: rolegate <command> [arguments]",
    "",
    ...table(Object.entries(COMMANDS).map(([name, [about]]) => [`  ${name}`, about])),
    "",
    "rolegate <command> --help says more. `-` is the standard input.",
  ];
}

/** @param args what stands after the name of the program */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    for (const line of overview()) terminal.print(line);
    return name === undefined ? 2 : 0;
  }
  if (name === "--version") {
    terminal.print(VERSION);
    return 0;
  }
  try {
    return await runCommand(name, rest, terminal);
  } catch (error) {
    if (!(error instanceof Unusable || error instanceof RolegateError)) throw error;
    terminal.warn(error instanceof RolegateError ? `${error.code}: ${error.message}` : error.message);
    return 2;
  }
}

async function runCommand(name: string, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const found = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (found === undefined) {
    const near = nearest(name, Object.keys(COMMANDS));
    const hint = near === undefined ? "`rolegate --help` lists them" : `did you mean \`${near}\`?`;
    throw new Unusable(`there is no command \`${printable(name)}\`: ${hint}`);
  }
  const { command } = await found[1]();
  const usage = `usage: rolegate ${name} ${command.usage}`;
  const { values, positionals } = parsed(command, args, usage);
  if (values.help === true) {
    terminal.print(`${usage}\n\n${command.help}`);
    return 0;
  }
  const [from, to] = command.count;
  if (
    positionals.length < from ||
    positionals.length > to ||
    (from === 1 && to === 3 && positionals.length === 2)
  )
    throw new Unusable(usage);
  return command.run(positionals, values, terminal);
}

function parsed({ options }: Command, args: readonly string[], usage: string) {
  const all = { ...options, help: { type: "boolean", short: "h" } } as const;
  try {
    return parseArgs({ args: [...args], options: all, allowPositionals: true, strict: true });
  } catch (error) {
    const [, given] = /Unknown option '--?([^']+)'/.exec((error as Error).message) ?? [];
    if (given === undefined) throw new Unusable(`${(error as Error).message}\n${usage}`);
    const near = nearest(given, Object.keys(all));
    throw new Unusable(
      `unknown option \`--${printable(given)}\`${near === undefined ? "" : `: did you mean \`--${near}\`?`}\n${usage}`,
    );
  }
}

// Not where a test imports it.
if (argv[1] !== undefined && realpathSync(argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = await run(argv.slice(2), processTerminal());
