// `rolegate sql`: the records of a scope, as the condition of a query.

import { printable } from "../../core/errors.js";
import { type SqlOptions, toSql } from "../../sql/index.js";
import { type Command, Unusable } from "../command.js";
import { ASKING, askedBy, gateFor, jsonOf, knownPermission, objectOf, opened, whomOf } from "../open.js";
import { formatOf } from "../settings.js";

/** It is about all records. */
const { resource: _, ...asking } = ASKING;

export const command: Command = {
  usage: "<snapshot.json> <user> <permission>",
  help: `Writes the WHERE of a query for the records on which a user has a permission,
and its parameters.

      --columns JSON    attribute path → column, or @FILE
      --dialect NAME    postgres (if it is not said), mysql, sqlite
      --start-at N      the number of the first placeholder on PostgreSQL
  -c, --context, --now, --roles, --limit  as in check
      --format FORMAT   human, json

  rolegate sql roles.json bo tickets.view --columns '{"assigneeId":"owner"}'

Exit code: 0 some or all records, 1 none, 2 it cannot be said or asked.`,
  options: {
    ...asking,
    columns: { type: "string" },
    dialect: { type: "string" },
    "start-at": { type: "string" },
    format: { type: "string" },
  },
  count: [3, 3],
  run: async ([path = "", user = "", permission = ""], options, terminal) => {
    const format = formatOf(options, ["human", "json"]);
    const { snapshot } = await opened(path, terminal);
    const { options: gateOptions } = await askedBy(options, snapshot, terminal);
    const {
      columns = "{}",
      dialect = "postgres",
      "start-at": startAt,
    } = options as Record<string, string | undefined>;
    const id = knownPermission(snapshot, permission);
    const scope = gateFor(snapshot, await whomOf(user, terminal), gateOptions, terminal).scope(id);
    const { now } = gateOptions;
    if (startAt !== undefined && dialect !== "postgres")
      throw new Unusable(`--start-at is for postgres; placeholders of ${dialect} have no numbers`);
    const filter = toSql(scope, {
      dialect: dialect as SqlOptions["dialect"],
      columns: objectOf(await jsonOf(columns, "--columns", terminal), "--columns") as SqlOptions["columns"],
      ...(startAt !== undefined && { startAt: numberOf(startAt) }),
      ...(now !== undefined && { now }),
    });
    const { kind, text, values, validUntil } = filter;
    const until = Number.isFinite(validUntil) ? new Date(validUntil).toISOString() : undefined;
    if (format === "json")
      terminal.print(JSON.stringify({ kind, text, values, validUntil: until }, undefined, 2));
    else {
      terminal.print(printable(text));
      for (const [at, value] of values.entries())
        terminal.print(printable(`-- ${at + Number(startAt ?? 1)}: ${JSON.stringify(value)}`));
      if (until !== undefined) terminal.print(`-- right until ${until}`);
    }
    return kind === "none" ? 1 : 0;
  },
};

function numberOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Unusable(`--start-at must be a number, not "${text}"`);
}
