// What a catalog says of its permissions.

import type { CatalogPermission, SnapshotDocument } from "../types/types.js";

/** A permission, the category that it is in, and the type of the records that it is about. */
export interface Declared {
  readonly permission: CatalogPermission;
  readonly category: string;
  readonly type: string;
}

/** All permissions, in the order of the catalog. */
export function declaredIn({ catalog }: SnapshotDocument): Declared[] {
  const types = Object.keys(catalog.resources ?? {});
  return catalog.categories.flatMap(({ id: category, permissions }) =>
    permissions.map((permission) => ({ permission, category, type: typeOf(permission, category, types) })),
  );
}

/** The type that it names; else the longest that begins its id; else its id up to the last dot. */
function typeOf({ id, resource }: CatalogPermission, category: string, types: readonly string[]): string {
  const prefixes = types.filter((type) => id.startsWith(`${type}.`)).sort((a, b) => b.length - a.length);
  const end = id.lastIndexOf(".");
  return resource ?? prefixes[0] ?? (end < 0 ? category : id.slice(0, end));
}

/** The permissions that a key of `grants` or `deny` is about: one, those of a category, or all. */
export function coveredBy(key: string, declared: readonly Declared[]): readonly Declared[] {
  if (key === "*") return declared;
  return declared.filter(({ permission, category }) => permission.id === key || key === `${category}.*`);
}
