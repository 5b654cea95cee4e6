// `rolegate scope`: on which records somebody has a permission.

import { printable } from "../../core/errors.js";
import type { Clause, Scope } from "../../types/types.js";
import type { Command } from "../command.js";
import { ASKING, askedBy, gateFor, knownPermission, opened, whomOf } from "../open.js";
import { formatOf } from "../settings.js";

/** It is about all records. */
const { resource: _, ...asking } = ASKING;

export const command: Command = {
  usage: "<snapshot.json> <user> <permission>",
  help: `Says on which records a user has a permission.

  -c, --context JSON    what conditions read as context.*
      --now TIME        instead of the clock
      --roles, --limit  as in check
      --format FORMAT   human, json (which Scope.from reads)

  rolegate scope roles.json ana tickets.view

Exit code: 0 on some or all, 1 on none, 2 it could not be asked.`,
  options: { ...asking, format: { type: "string" } },
  count: [3, 3],
  run: async ([path = "", user = "", permission = ""], options, terminal) => {
    const format = formatOf(options, ["human", "json"]);
    const { snapshot } = await opened(path, terminal);
    const { options: gateOptions } = await askedBy(options, snapshot, terminal);
    const id = knownPermission(snapshot, permission);
    const scope = gateFor(snapshot, await whomOf(user, terminal), gateOptions, terminal).scope(id);
    if (format === "json") terminal.print(JSON.stringify(scope.toJSON(), undefined, 2));
    else for (const line of linesOf(scope)) terminal.print(printable(line));
    return scope.kind === "none" ? 1 : 0;
  },
};

function linesOf(scope: Scope): string[] {
  const { kind, level, conditional, parts, validUntil } = scope;
  const conditions = conditional ? ", under conditions" : "";
  const until = Number.isFinite(validUntil) ? ` (until ${new Date(validUntil).toISOString()})` : "";
  if (kind !== "some") return [`${kind === "all" ? "all records" : "no record"}${until}`];
  const lines = [`some records: ${level}${conditions}${until}`];
  for (const [at, { any, none }] of parts.entries()) {
    lines.push(at === 0 ? "  records that are" : "  which also are");
    for (const [index, clause] of any.entries())
      lines.push(`    ${index === 0 ? "" : "or "}${wordsOf(clause)}`);
    for (const clause of none) lines.push(`    but not ${wordsOf(clause)}`);
  }
  return lines;
}

function wordsOf({ own, teams, where, unless }: Clause): string {
  const words = [
    own && "the user’s own",
    teams && `of a team among ${teams.join(", ")}`,
    where && `such that ${JSON.stringify(where)}`,
    unless && `unless ${JSON.stringify(unless)}`,
  ].filter(Boolean);
  return words.length === 0 ? "any" : words.join(", and ");
}
