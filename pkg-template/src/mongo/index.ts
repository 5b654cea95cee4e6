// rolegate/mongo: a scope as a filter of MongoDB.

import { optionsOf } from "../core/options.js";
import { checkFlag, mappingOf } from "../filters/mapping.js";
import { refuse } from "../filters/refusals.js";
import { filterOf } from "../filters/tree.js";
import type { Scope } from "../types/types.js";
import type { Field, MongoFilter } from "./fields.js";
import { EVERYTHING, NOTHING, print } from "./print.js";

export type { MongoFilter } from "./fields.js";

/** A field of a document. */
export interface MongoField {
  /** As queries write it, such as `"team.id"`. */
  readonly field: string;
  /**
   * What times in it are, which only `$since` and `$before` ask: dates, or milliseconds since the epoch. What is
   * neither, such as text, is then no time.
   */
  readonly type?: "date" | "number";
  /** On the way of its path no list lies directly in a list: an index serves ids and `$has` in it. */
  readonly flat?: boolean;
}

/** Where the attributes of a record sit in a document. */
export interface MongoOptions {
  /** Attribute path, without `resource.`, → field; what lies below it goes with it. */
  readonly fields: Readonly<Record<string, string | MongoField>>;
  /** The clock, in milliseconds; that of the host if it is not given. */
  readonly now?: number | (() => number);
}

const OPTIONS = () => ({ fields: undefined, now: undefined });
const FIELD = () => ({ field: undefined, type: undefined, flat: undefined });

/** In any language that a collation may be of, `a` is before `B`; by code points it is not. */
const IS_BY_CODE_POINT: MongoFilter = { $expr: { $lt: ["B", "a"] } };

/**
 * A scope as a filter for `find(…)`: it matches exactly the documents that the scope matches, as the driver reads
 * them, and none at all where the query has another collation than the simple one. Make it anew for each query.
 * Takes time in proportion to the scope.
 * @throws {RolegateError} `cannot-express` where the database cannot say it exactly; `bad-options`
 */
export function toMongo(scope: Scope, options: MongoOptions): MongoFilter {
  const { fields, now } = optionsOf<Partial<MongoOptions>>(options, OPTIONS);
  const known = mappingOf("fields", fields, fieldOf);
  const filter = print(filterOf(scope, now).tree, (path) => fieldAt(known, path));
  return filter === NOTHING || filter === EVERYTHING ? { ...filter } : { $and: [filter, IS_BY_CODE_POINT] };
}

/** The field of a path, or the one that it lies below. */
function fieldAt(known: ReadonlyMap<string, Field>, path: string): Field | undefined {
  const rest: string[] = [];
  for (let at = path; ; at = at.slice(0, at.lastIndexOf("."))) {
    const found = known.get(at);
    if (found !== undefined)
      return rest.length === 0
        ? found
        : { keys: [...found.keys, ...rest], type: undefined, flat: found.flat };
    if (!at.includes(".")) return undefined;
    rest.unshift(at.slice(at.lastIndexOf(".") + 1));
  }
}

function fieldOf(given: string | MongoField, place: string): Field {
  const { field, type, flat } = optionsOf<Partial<MongoField>>(
    typeof given === "string" ? { field: given } : given,
    FIELD,
  );
  const keys = typeof field === "string" ? field.split(".") : [];
  if (keys.length === 0 || keys.some((key) => key === "" || /[$\0]/.test(key)))
    refuse(`${place}: \`field\` must be the name of a field, without \`$\``);
  if (type !== undefined && type !== "date" && type !== "number")
    refuse(`${place}: \`type\` must be "date" or "number", not ${String(type)}`);
  checkFlag(place, "flat", flat);
  return { keys, type, flat: flat ?? false };
}
