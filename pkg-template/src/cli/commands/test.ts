// `rolegate test`: what roles should allow, as a file of expectations.

import { watchFile } from "node:fs";
import { printable, RolegateError } from "../../core/errors.js";
import { type Command, type ExitCode, type Options, type Terminal, Unusable } from "../command.js";
import { entriesOf, undecided } from "../coverage.js";
import { ask, type Check, readExpectations } from "../expectations.js";
import { documentOf, nameOf, opened } from "../open.js";
import { placeOf } from "../place.js";
import { asGithub, asJunit, painted } from "../report.js";
import { formatOf } from "../settings.js";

const FORMATS = ["human", "json", "junit", "github"] as const;

export const command: Command = {
  usage: "<snapshot.json> <expectations.json>",
  help: `Asks what a file expects, and tells which grants and denials it says nothing
about. The file is a list:

  [{ "users": ["bo", "cy"], "permission": "tickets.delete", "can": false },
   { "user": "bo", "permission": "tickets.view", "scope": "some" },
   { "permission": "billing.manage", "whoCan": ["ana"] }]

Keys: name, user | users, permission | permissions, resource, context, now,
roles, limit; and what is expected: can, reason, scope, whoCan, remedies. Lists
are asked in every combination. A user may be somebody whom the snapshot does
not list: { "id": "x", "roles": ["agent"] }.

      --filter TEXT     only those whose name has this text
      --watch           again whenever a file changes
      --format FORMAT   ${FORMATS.join(", ")}

Exit code: 0 all as expected, 1 not, 2 they could not be asked.`,
  options: { filter: { type: "string" }, watch: { type: "boolean" }, format: { type: "string" } },
  count: [2, 2],
  run: async ([path = "", file = ""], options, terminal) => {
    if (options.watch !== true) return once(path, file, options, terminal);
    if (path === "-" || file === "-") throw new Unusable("the standard input cannot be watched");
    return watching([path, file], () => once(path, file, options, terminal), terminal);
  },
};

async function once(path: string, file: string, options: Options, terminal: Terminal): Promise<ExitCode> {
  const format = formatOf(options, FORMATS);
  const source = await opened(path, terminal);
  const text = await terminal.read(file);
  const { filter } = options;
  const entries = await readExpectations(text, nameOf(file));
  const all = entries.flatMap((entry, index) => {
    try {
      return ask(source.snapshot, entry, index);
    } catch (error) {
      if (!(error instanceof RolegateError)) throw error;
      const { line, column } = placeOf(text, `/${index}`);
      throw new Unusable(`${nameOf(file)}:${line}:${column}: /${index}: ${error.message}`);
    }
  });
  const checks = typeof filter === "string" ? all.filter(({ name }) => name.includes(filter)) : all;
  if (checks.length === 0)
    throw new Unusable(`nothing in ${nameOf(file)} has "${String(filter)}" in its name`);
  const failed = checks.filter(({ failure }) => failure !== undefined);
  const json = documentOf(source);
  const passed = checks.flatMap(({ failure, explanation }) =>
    failure === undefined && explanation ? [explanation] : [],
  );
  const found = {
    checks,
    failed,
    text,
    file: nameOf(file),
    missed: undecided(json, passed),
    entries: entriesOf(json),
  };
  for (const line of written(found, format, terminal)) terminal.print(line);
  return failed.length === 0 ? 0 : 1;
}

interface Found {
  readonly checks: readonly Check[];
  readonly failed: readonly Check[];
  readonly text: string;
  readonly file: string;
  readonly missed: ReturnType<typeof undecided>;
  readonly entries: ReturnType<typeof entriesOf>;
}

function written(found: Found, format: (typeof FORMATS)[number], terminal: Terminal): string[] {
  const { checks, failed, text, file, missed, entries } = found;
  switch (format) {
    case "human":
      return [
        ...failed.map(({ name, path, failure = "" }) => {
          const { line, column } = placeOf(text, path);
          return `${painted("failed", "error", terminal.hasColors)} ${printable(file)}:${line}:${column}  ${printable(`${name}: ${failure}`)}`;
        }),
        `${checks.length - failed.length} passed, ${failed.length} failed`,
        `${entries.length - missed.length} of ${entries.length} grants and denials decided an answer`,
        ...missed.map(({ kind, role, key }) => printable(`  not the ${kind} ${key} of ${role}`)),
      ];
    case "json":
      return [
        JSON.stringify(
          {
            passed: checks.length - failed.length,
            failed: failed.map(({ name, path, failure }) => ({ name, path, failure })),
            coverage: { entries: entries.length, undecided: missed },
          },
          undefined,
          2,
        ),
      ];
    case "junit":
      return [asJunit(file, checks)];
    case "github":
      return failed.map(({ name, path, failure = "" }) =>
        asGithub({
          file,
          path,
          place: placeOf(text, path),
          severity: "error",
          code: "rolegate test",
          message: `${name}: ${failure}`,
        }),
      );
  }
}

/** How often files are looked at, in milliseconds: editors replace them, which hardly any watcher follows. */
const EVERY = 300;

/** Goes on until the process is ended. */
async function watching(
  paths: readonly string[],
  again: () => Promise<ExitCode>,
  terminal: Terminal,
): Promise<ExitCode> {
  const show = async (): Promise<void> => {
    try {
      await again();
    } catch (error) {
      if (!(error instanceof Unusable || error instanceof RolegateError)) throw error;
      terminal.warn(error.message);
    }
  };
  await show();
  let running = Promise.resolve();
  for (const path of paths)
    watchFile(path, { interval: EVERY }, () => {
      running = running.then(show);
    });
  return new Promise(() => {});
}
