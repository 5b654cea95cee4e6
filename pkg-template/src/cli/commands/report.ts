// `rolegate report`: who holds what, for an access review.

import { accessReport } from "../../admin/node.js";
import { printable } from "../../core/errors.js";
import { type Command, Unusable } from "../command.js";
import { jsonOf, objectOf, opened, timeOf } from "../open.js";
import { formatOf } from "../settings.js";
import { table } from "../table.js";

const FORMATS = ["human", "csv", "json", "html"] as const;

export const command: Command = {
  usage: "<snapshot.json>",
  help: `Lists who holds which permission by which role: for an access review.

      --at TIME         of that moment; if it is not said, of now
      --usage JSON      when permissions were last used, or @FILE:
                        {"ana":{"tickets.view":"2030-01-31"}}
      --format FORMAT   ${FORMATS.join(", ")}. In csv no cell is taken
                        for a formula

  rolegate report roles.json --format csv > access.csv

Exit code: 0, or 2 if it could not be made.`,
  options: { at: { type: "string" }, usage: { type: "string" }, format: { type: "string" } },
  count: [1, 1],
  run: async ([path = ""], { at, usage, ...options }, terminal) => {
    const format = formatOf(options, FORMATS);
    const { text } = await opened(path, terminal);
    const report = accessReport(text, {
      at: at === undefined ? Date.now() : timeOf(String(at)),
      ...(usage !== undefined && { usage: usageOf(await jsonOf(String(usage), "--usage", terminal)) }),
    });
    if (format !== "human") {
      for (const piece of report.pieces(format)) terminal.pour(piece);
      return 0;
    }
    const { tenant, revision, sha256, rows, holders, users } = report.header;
    const whose = tenant === undefined ? "" : `${printable(tenant)}, `;
    terminal.print(`${whose}revision ${revision}, SHA-256 ${sha256}`);
    terminal.print(`${rows} rows; ${holders} of ${users} users hold something`);
    const cells = [...report.rows()].map((row) => [
      row.user,
      row.role,
      row.team ?? "",
      row.permission,
      row.level,
      row.flags.join(" "),
    ]);
    for (const line of table(cells)) terminal.print(line);
    return 0;
  },
};

/** When permissions were last used, by users. @throws {Unusable} */
function usageOf(given: unknown): Record<string, Record<string, string>> {
  const usage = objectOf(given, "--usage");
  for (const [user, times] of Object.entries(usage))
    for (const [permission, time] of Object.entries(objectOf(times, `--usage of "${user}"`)))
      if (typeof time !== "string" || Number.isNaN(Date.parse(time)))
        throw new Unusable(`--usage of "${user}": "${permission}" must have a time, such as "2030-01-31"`);
  return usage as Record<string, Record<string, string>>;
}
