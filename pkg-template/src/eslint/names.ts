// Where the rule gets the names of permissions: a snapshot, a file of types, or a list.

import { readFileSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";

/** The permissions that exist, and the categories that they are in. */
export interface Names {
  readonly permissions: ReadonlySet<string>;
  readonly categories: ReadonlySet<string>;
  /** What the names come from, for messages. */
  readonly from: string;
}

/** The option of the rule: exactly one of these. */
export interface NamesOption {
  /** The path of a snapshot, or of any JSON file with its `catalog`. Relative to ESLint's `cwd`. */
  readonly snapshot?: string;
  /** The path of the file that declares `Register`. */
  readonly types?: string;
  readonly permissions?: readonly string[];
}

const files = new Map<string, { readonly time: number; readonly names: Names }>();

/** The names of an option. Files are read again when they have changed. @throws if there are none */
export function namesOf({ snapshot, types, permissions }: NamesOption, cwd: string): Names {
  if (permissions !== undefined) return named(permissions, "the list in the configuration");
  const path = resolve(cwd, (snapshot ?? types) as string);
  const time = statSync(path).mtimeMs;
  const known = files.get(path);
  if (known?.time === time) return known.names;
  const text = readFileSync(path, "utf8");
  const names = (snapshot === undefined ? inTypes : inSnapshot)(text, basename(path));
  files.set(path, { time, names });
  return names;
}

function named(list: readonly string[], from: string, categories: readonly string[] = []): Names {
  if (list.length === 0) throw new Error(`there are no permissions in ${from}`);
  const parents = list.flatMap((id) => [...id.matchAll(/\./g)].map(({ index }) => id.slice(0, index)));
  return { permissions: new Set(list), categories: new Set([...categories, ...parents]), from };
}

interface Category {
  readonly id: string;
  readonly permissions?: readonly { readonly id: string }[];
}

function inSnapshot(text: string, from: string): Names {
  const { catalog } = JSON.parse(text) as { catalog?: { categories?: readonly Category[] } };
  const categories = catalog?.categories ?? [];
  return named(
    categories.flatMap(({ permissions = [] }) => permissions.map(({ id }) => id)),
    from,
    categories.map(({ id }) => id),
  );
}

/** Of `permission: "a" | "b"` in the declaration of `Register`. */
function inTypes(text: string, from: string): Names {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const union = /\binterface Register\b[^{]*\{[\s\S]*?\bpermission\s*:([^;}]*)/.exec(code)?.[1] ?? "";
  return named(
    Array.from(union.matchAll(/(["'])(.*?)\1/g), ([, , id]) => id as string),
    from,
  );
}
