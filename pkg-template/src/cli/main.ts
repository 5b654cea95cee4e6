#!/usr/bin/env node
// The command line: finds the command, reads its options, and says what went wrong.

import { realpathSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { printable, RolegateError } from "../core/errors.js";
import { type Command, type ExitCode, type Options, type Terminal, Unusable } from "./command.js";
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
  if (name === "help" && rest.length > 0) return run([...rest, "--help"], terminal);
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
    const message = error instanceof RolegateError ? `${error.code}: ${error.message}` : error.message;
    for (const line of message.split("\n")) terminal.warn(printable(line));
    return 2;
  }
}

async function runCommand(name: string, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const found = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (found === undefined) {
    const near = nearest(name, Object.keys(COMMANDS));
    const hint = near === undefined ? "`rolegate --help` lists them" : `did you mean \`${near}\`?`;
    throw new Unusable(`there is no command \`${name}\`: ${hint}`);
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

/** Every option once, with a value where it takes one. */
function parsed({ options }: Command, args: readonly string[], usage: string) {
  const all: NonNullable<ParseArgsConfig["options"]> = { ...options, help: { type: "boolean", short: "h" } };
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: all,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const given = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const { type } = (Object.hasOwn(all, name) ? all[name] : undefined) ?? {};
    const problem =
      type === undefined
        ? unknownOption(rawName, name, Object.keys(all))
        : given.has(name)
          ? `\`${rawName}\` is given twice`
          : type === "boolean" && value !== undefined
            ? `\`${rawName}\` takes no value`
            : type === "string" && (value === undefined || (/^-./.test(value) && inlineValue === false))
              ? `\`${rawName}\` needs a value; one that begins with \`-\` is written --${name}=VALUE`
              : undefined;
    if (problem !== undefined) throw new Unusable(`${problem}\n${usage}`);
    given.add(name);
  }
  return { values: values as Options, positionals };
}

function unknownOption(raw: string, name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  const hint =
    near === undefined
      ? "what begins with `-` and is no option, such as an id, stands behind `--`: rolegate … -- roles.json -2 …"
      : `did you mean \`--${near}\`?`;
  return `unknown option \`${raw}\`: ${hint}`;
}

// Not where a test imports it.
if (argv[1] !== undefined && realpathSync(argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = await run(argv.slice(2), processTerminal());
