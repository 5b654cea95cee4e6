// `rolegate matrix`: what each role grants, as a table.

import type { FormPermission, RoleForm } from "../../admin/look-types.js";
import { roleForm } from "../../admin/node.js";
import { printable } from "../../core/errors.js";
import type { Command } from "../command.js";
import { type Opened, opened } from "../open.js";
import { formatOf } from "../settings.js";
import { table } from "../table.js";

const FORMATS = ["human", "markdown", "html", "json"] as const;

export const command: Command = {
  usage: "<snapshot.json>",
  help: `Shows what each role grants: a row for each permission, a column for each role. \`if\` means under conditions,
\`denied\` that the role denies it whatever others grant.

      --roles ID,ID     only these roles
      --format FORMAT   ${FORMATS.join(", ")}

  rolegate matrix roles.json --format html > roles.html

Exit code: 0, or 2 if it could not be read.`,
  options: { roles: { type: "string" }, format: { type: "string" } },
  count: [1, 1],
  run: async ([path = ""], options, terminal) => {
    const format = formatOf(options, FORMATS);
    const source = await opened(path, terminal);
    const only = options.roles === undefined ? undefined : String(options.roles).split(",");
    const { roles, rows } = matrixOf(source, only);
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

function matrixOf(
  { text, snapshot }: Opened,
  only: readonly string[] | undefined,
): { roles: string[]; rows: Row[] } {
  const roles = snapshot
    .roles()
    .map(({ id }) => id)
    .filter((id) => only === undefined || only.includes(id));
  const forms = roles.map((id) => permissionsOf(roleForm(text, id)));
  const rows = snapshot.permissions().map((id, at) => ({
    id: id as string,
    roles: Object.fromEntries(roles.map((role, index) => [role, cellOf(forms[index]?.[at])])),
  }));
  return { roles, rows };
}

const permissionsOf = (form: RoleForm | undefined): readonly FormPermission[] =>
  form === undefined ? [] : form.categories.flatMap(({ permissions }) => permissions);

function cellOf(permission: FormPermission | undefined): string {
  if (permission === undefined) return "";
  const { granted, level = "all", levels, conditional, denied } = permission;
  if (denied === "always") return "denied";
  if (!granted) return denied === undefined ? "" : "denied if";
  return `${levels.length === 0 ? "yes" : level}${conditional ? " if" : ""}${denied === undefined ? "" : ", denied if"}`;
}

type Cells = readonly (readonly string[])[];

const html = (text: string): string =>
  printable(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const markdown = (text: string): string =>
  printable(text).replaceAll(/[\\`*_|<>[\]&#@]/g, (mark) => `\\${mark}`);

const WRITERS: Readonly<Record<"human" | "markdown" | "html", (cells: Cells) => string[]>> = {
  human: (cells) => table(cells.map((row) => row.map(printable))),
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
