// `rolegate types`: the names of a snapshot for the TypeScript of an application.

import { printable } from "../../core/errors.js";
import type { CatalogPermission, SnapshotDocument } from "../../types/types.js";
import { attributesOf, keyOf } from "../attributes.js";
import { type Command, Unusable } from "../command.js";
import { documentOf, opened } from "../open.js";

export const command: Command = {
  usage: "<snapshot.json>",
  help: `Writes a TypeScript file with the names of a snapshot. With it, a misspelt
permission does not compile, in checks, hooks, guards and lists; a guard needs a
record where a permission is about one; records have the attributes that decide.

  -o, --out FILE        where to, instead of the standard output
      --check           changes nothing; exit code 1 if the file is not current

  rolegate types roles.json --out src/rolegate.d.ts

Exit code: 0; 1 not up to date; 2 it could not be made.`,
  options: { out: { type: "string", short: "o" }, check: { type: "boolean" } },
  count: [1, 1],
  run: async ([path = ""], { out, check = false }, terminal) => {
    if (check === true && out === undefined)
      throw new Unusable("--check needs --out: the file to be checked");
    const text = typesOf(documentOf(await opened(path, terminal)));
    if (typeof out !== "string") {
      terminal.print(text.trimEnd());
      return 0;
    }
    if (check !== true) {
      await terminal.write(out, text);
      return 0;
    }
    const isCurrent = (await terminal.read(out)) === text;
    if (!isCurrent) terminal.warn(`${out} is not up to date: rolegate types ${path} --out ${out}`);
    return isCurrent ? 0 : 1;
  },
};

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** The file: the same for the same names and conditions, in whatever order they stand. */
export function typesOf(json: SnapshotDocument): string {
  const permissions = json.catalog.categories.flatMap((category) => category.permissions).sort(byId);
  const aboutTenant = permissions.filter(({ scopes }) => scopes === undefined);
  const records = attributesOf(json);
  const lines = [...records].flatMap(([type, attributes]) => [
    `      ${keyOf(type)}: {`,
    ...attributes,
    "      };",
  ]);
  const used = (name: string): boolean => lines.some((line) => line.includes(name));
  return [
    "// Written by `rolegate types`. Do not edit: write it anew when the catalog changes.",
    "",
    'import type {} from "rolegate";',
    "",
    ...(used("Id>") ? ["type Id = string | number | bigint;"] : []),
    ...(used("OneOrMany<") ? ["type OneOrMany<T> = T | readonly T[];"] : []),
    ...(used("OneOrMany<") ? [""] : []),
    'declare module "rolegate" {',
    "  interface Register {",
    "    permission:",
    ...unionOf(permissions, true),
    "    tenantLevel:",
    ...unionOf(aboutTenant, false),
    ...(lines.length === 0 ? [] : ["    resources: {", ...lines, "    };"]),
    "  }",
    "}",
    "",
  ].join("\n");
}

/** A type that is one of the ids. */
function unionOf(permissions: readonly CatalogPermission[], hasTitles: boolean): string[] {
  if (permissions.length === 0) return ["      never;"];
  return permissions.flatMap(({ id, title, description }, at) => [
    ...(hasTitles ? commentOf([title, description].filter(Boolean).join(": ")) : []),
    `      | ${JSON.stringify(id)}${at === permissions.length - 1 ? ";" : ""}`,
  ]);
}

/** On one line, which nothing in it can end. */
function commentOf(text: string): string[] {
  return text === ""
    ? []
    : [`      /** ${printable(text.replaceAll(/\s+/g, " ")).replaceAll("*/", "*\\/")} */`];
}
