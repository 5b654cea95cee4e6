// `rolegate matrix`: what each role grants, as a table.

import { printable } from "../../core/errors.js";
import { LEVELS } from "../../snapshot/holdings.js";
import type { RoleRows } from "../../snapshot/role-rows.js";
import type { Snapshot } from "../../snapshot/snapshot.js";
import { type Command, Unusable } from "../command.js";
import { misspelt, opened } from "../open.js";
import { formatOf } from "../settings.js";
import { table } from "../table.js";

const FORMATS = ["human", "markdown", "html", "json"] as const;

export const command: Command = {
  usage: "<snapshot.json>",
  help: `Shows what each role grants: a row for each permission, a column for each role.
\`if\` means under conditions, \`denied\` that the role denies it whatever others
grant.

      --roles ID,ID     only these roles
      --format FORMAT   ${FORMATS.join(", ")}

  rolegate matrix roles.json --format html > roles.html

Exit code: 0, or 2 if it could not be read.`,
  options: { roles: { type: "string" }, format: { type: "string" } },
  count: [1, 1],
  run: async ([path = ""], options, terminal) => {
    const format = formatOf(options, FORMATS);
    const { snapshot } = await opened(path, terminal);
    const only = options.roles === undefined ? undefined : String(options.roles).split(",");
    const problem = misspelt(snapshot, { roles: only });
    if (problem !== undefined) throw new Unusable(problem);
    const { roles, rows } = matrixOf(snapshot, only);
    if (format === "json") terminal.print(JSON.stringify({ roles, permissions: rows }, undefined, 2));
    else {
      const cells = [
        ["", ...roles],
        ...rows.map(({ id, roles: granted }) => [id, ...roles.map((role) => granted[role] ?? "")]),
      ];
      for (const line of WRITERS[format](cells)) terminal.print(line);
    }
    return 0;
  },
};

interface Row {
  readonly id: string;
  /** By role: how far. */
  readonly roles: Readonly<Record<string, string>>;
}

function matrixOf(snapshot: Snapshot, only: readonly string[] | undefined): { roles: string[]; rows: Row[] } {
  const chosen = [...snapshot.roles().entries()].filter(([, { id }]) => only?.includes(id) ?? true);
  // biome-ignore lint/complexity/useLiteralKeys: it is private, so that `Snapshot` is a type of its own
  const { ids, roleRows } = snapshot["source"].tenant;
  const rows = ids.map((id, permission) => ({
    id,
    roles: Object.fromEntries(chosen.map(([row, role]) => [role.id, cellOf(roleRows, row, permission)])),
  }));
  return { roles: chosen.map(([, { id }]) => id), rows };
}

/** The widest level, `if` all grants that reach as far have conditions; and whether it is denied. */
function cellOf(rows: RoleRows, role: number, permission: number): string {
  const denials = rows.denials(role, permission);
  if (denials.includes(0)) return "denied";
  const grants = rows.grants(role, permission);
  const denied = denials.length === 0 ? [] : ["denied if"];
  if (grants.length === 0) return denied.join();
  const widest = grants.reduce((most, { level }) => Math.max(most, level), 0);
  const isConditional = grants.every(({ level, when }) => level < widest || when !== 0);
  const level = rows.isScoped(permission) ? LEVELS[widest - 1] : "yes";
  return [`${level}${isConditional ? " if" : ""}`, ...denied].join(", ");
}

type Cells = readonly (readonly string[])[];

const html = (text: string): string =>
  printable(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const markdown = (text: string): string =>
  printable(text).replaceAll(/[\\`*_|<>[\]&#@]/g, (mark) => `\\${mark}`);

const WRITERS: Readonly<Record<"human" | "markdown" | "html", (cells: Cells) => string[]>> = {
  human: (cells) => table(cells),
  markdown: ([head = [], ...rows]) => [
    `| ${head.map(markdown).join(" | ")} |`,
    `|${"---|".repeat(head.length)}`,
    ...rows.map((row) => `| ${row.map(markdown).join(" | ")} |`),
  ],
  html: ([head = [], ...rows]) => [
    '<!doctype html><meta charset="utf-8"><title>Roles</title>',
    "<table>",
    `<thead><tr>${head.map((cell) => `<th scope="col">${html(cell)}</th>`).join("")}</tr></thead>`,
    "<tbody>",
    ...rows.map(
      ([id = "", ...cells]) =>
        `<tr><th scope="row">${html(id)}</th>${cells.map((cell) => `<td>${html(cell)}</td>`).join("")}</tr>`,
    ),
    "</tbody>",
    "</table>",
  ],
};
