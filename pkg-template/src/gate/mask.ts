// Masks: copies of records without the values that are not for the user.
//
// A copy is plain data, what JSON would make of the record, so nothing of the record lives on in it: no
// getter, no prototype, no symbol. It is made first and then masked in place, so that it does not matter how
// masks lie over each other. Where it is not certain that the copy shows a masked attribute under its name,
// there is no copy.

import { parsePath } from "../condition/facts.js";
import { has, isRecord, readKey } from "../core/attributes.js";
import { RolegateError } from "../core/errors.js";
import { field, index, list, must, type Read, text } from "../core/read.js";
import type { MaskKind } from "../types/types.js";

/** A value that is for those who have a permission on the record. */
export interface Mask {
  /** Its path, and the keys of that. */
  readonly field: string;
  readonly keys: readonly string[];
  /** `undefined`: nobody sees it. */
  readonly permission: string | undefined;
  readonly as: MaskKind;
}

/** For each resource type its masks, in the order of the document. */
export type Masks = ReadonlyMap<string, readonly Mask[]>;

/** Whether the user has a permission on the record in question. */
export type May = (permission: string | undefined) => boolean;

/** In the order of the format. */
export const MASK_KINDS: readonly MaskKind[] = ["omit", "null", "redact", "pseudonym"];

/**
 * Lists and objects within each other that a record may have; more is a circle, or nothing that JSON could be
 * made of.
 */
const MAX_DEPTH = 500;

/** Reads `types` and `masks` of gate data, where permissions are positions in `ids`. */
export function readMasks(data: object, ids: readonly string[]): Masks {
  const types = field(data, "types", list(text), []);
  const masks = new Map(types.map((type) => [type, [] as Mask[]]));
  field(data, "types", () => must(masks.size === types.length));
  const seen = new Map<string, Set<unknown>>();
  const readMask: Read<void> = (json) => {
    const item = must(Array.isArray(json) && json.length === 4 && json);
    const type = types[field(item, 0, index(types.length))] as string;
    const of = masks.get(type) as Mask[];
    const { name, keys } = field(item, 1, (path) => {
      const known = seen.get(type) ?? new Set<unknown>();
      seen.set(type, known);
      must(!known.has(path));
      known.add(path);
      return parsePath(path);
    });
    const permission = ids[field(item, 2, (at) => (at === -1 ? at : index(ids.length)(at)))];
    of.push({
      field: name,
      keys,
      permission,
      as: field(item, 3, (as) => must(MASK_KINDS.includes(as as MaskKind) && (as as MaskKind))),
    });
  };
  field(data, "masks", list(readMask), []);
  return masks;
}

/** @throws {RolegateError} `unknown-resource` */
export function masksOf(masks: Masks, type: unknown): readonly Mask[] {
  const of = masks.get(type as string);
  if (of === undefined)
    throw new RolegateError(
      "unknown-resource",
      `no permission has the resource type \`${typeof type === "string" ? type : typeof type}\``,
    );
  return of;
}

/** The masks whose permission the user does not have. Each permission is asked once. */
export function hiddenOf(masks: readonly Mask[], may: May): Mask[] {
  const answers = new Map<string | undefined, boolean>();
  return masks.filter(({ permission }) => {
    if (!answers.has(permission)) answers.set(permission, may(permission));
    return answers.get(permission) !== true;
  });
}

/** Copies of records, or of one, without what their masks hide; `mayOn` asks about a record. */
export function maskAll(masks: readonly Mask[], given: unknown, mayOn: (record: unknown) => May): unknown {
  const labels = new Map<string, string>();
  // Of most records the same is hidden.
  let last: Hidden | undefined;
  const one = (record: unknown): unknown => {
    const hidden = hiddenOf(masks, mayOn(record));
    if (last?.masks.length !== hidden.length || !hidden.every((mask, at) => mask === last?.masks[at]))
      last = hiding(hidden);
    return copyWithout(last, record, labels);
  };
  try {
    return Array.isArray(given) ? each(given, one) : one(given);
  } catch {
    return null; // a list that throws
  }
}

/** By position, since a list may have any iterator. */
function each(items: readonly unknown[], how: (item: unknown) => unknown): unknown[] {
  return Array.from({ length: items.length }, (_, i) => how(readKey(items, i)));
}

/** What is left of a mask's path below some value. */
type Way = readonly string[];

/** What is hidden of a record. */
interface Hidden {
  readonly masks: readonly Mask[];
  readonly ways: readonly Way[];
  /** Those of its masks that do not lie below another. What does goes with that, and takes no pseudonym. */
  readonly top: readonly Mask[];
}

function hiding(masks: readonly Mask[]): Hidden {
  const fields = new Set(masks.map(({ field }) => field));
  const isBelow = ({ field }: Mask): boolean => {
    for (let dot = field.indexOf("."); dot > 0; dot = field.indexOf(".", dot + 1))
      if (fields.has(field.slice(0, dot))) return true;
    return false;
  };
  return { masks, ways: masks.map(({ keys }) => keys), top: masks.filter((mask) => !isBelow(mask)) };
}

/** @param labels the pseudonym of each value so far */
function copyWithout({ ways, top }: Hidden, record: unknown, labels: Map<string, string>): unknown {
  try {
    const copy = copyOf(record, 0, ways);
    if (ways.length === 0 || record === undefined || record === null) return copy;
    must(isRecord(record) || Array.isArray(record));
    for (const mask of top) replaceAt(copy, mask, mask.keys, labels);
    return copy;
  } catch {
    return null;
  }
}

/** @param ways of the masks that lead to it or below it */
function copyOf(value: unknown, depth: number, ways: readonly Way[]): unknown {
  const form = formOf(value);
  const isThrough = ways.some((way) => way.length > 0);
  if (typeof form !== "object" || form === null || form instanceof Date)
    return isThrough && typeof value === "object" ? null : form;
  must(depth < MAX_DEPTH);
  const copy = Array.isArray(form)
    ? each(form, (item) => copyOf(item, depth + 1, ways))
    : Object.fromEntries(
        Object.keys(form).map((key) => [
          key,
          copyOf(readKey(form, key), depth + 1, isThrough ? waysBelow(ways, key) : ways),
        ]),
      );
  if (!isThrough || (form === value && Array.isArray(form))) return copy;
  const dotted = form === value && isRecord(value) ? dottedOn(value) : undefined;
  return ways.every((way) => shows(copy, form, value, way, dotted)) ? copy : null;
}

/**
 * Whether a copy has what a mask hides where the mask finds it.
 * @param dotted of a record that is copied as it is
 */
function shows(
  copy: object,
  form: object,
  value: unknown,
  way: Way,
  dotted: readonly string[] | undefined,
): boolean {
  if (way.length === 0) return true;
  if (form !== value) return count(value, way) <= count(copy, way);
  return (
    dotted !== undefined && keysOn(value as object, way, dotted).every((key) => Object.hasOwn(copy, key))
  );
}

/**
 * The keys of a record that lie on a way, also those that no copy has: of getters of a class, and not
 * enumerable ones.
 */
function keysOn(record: object, way: Way, dotted: readonly string[]): string[] {
  const first = way[0] as string;
  return [...(has(record, first) ? [first] : []), ...dotted.filter((key) => below(way, key) !== undefined)];
}

/** The keys of a record that may spell several parts of a way, each once. */
function dottedOn(record: object): readonly string[] {
  const keys = new Set<string>();
  let at: object | null = record;
  for (let i = 0; at !== null && at !== Object.prototype && i < MAX_DEPTH; i += 1) {
    for (const key of Object.getOwnPropertyNames(at))
      if (key.includes(".") && has(record, key)) keys.add(key);
    at = Object.getPrototypeOf(at) as object | null;
  }
  return [...keys];
}

/** For each list of ways those that begin with a key, without it. */
const byFirst = new WeakMap<readonly Way[], ReadonlyMap<string, readonly Way[]>>();
const NONE: readonly never[] = [];

function waysBelow(ways: readonly Way[], key: string): readonly Way[] {
  if (key.includes("."))
    return ways.flatMap((way) => {
      const rest = below(way, key);
      return rest === undefined ? [] : [rest];
    });
  let known = byFirst.get(ways);
  if (known === undefined) byFirst.set(ways, (known = grouped(ways)));
  return known.get(key) ?? NONE;
}

function grouped(ways: readonly Way[]): ReadonlyMap<string, readonly Way[]> {
  const groups = new Map<string, Way[]>();
  for (const [first, ...rest] of ways) {
    if (first === undefined) continue;
    const group = groups.get(first);
    if (group === undefined) groups.set(first, [rest]);
    else group.push(rest);
  }
  return groups;
}

/** Stands for what cannot be read. */
const unreadable = (): void => {};

/** How many values lie at the end of a way; more than any copy has where that cannot be told. */
function count(value: unknown, way: Way): number {
  if (value === undefined || value === null) return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + count(item, way), 0);
  if (way.length === 0 && value !== unreadable) return 1;
  if (isRecord(value))
    return keysOn(value, way, dottedOn(value)).reduce(
      (sum, key) => sum + count(readKey(value, key, unreadable), below(way, key) as Way),
      0,
    );
  return typeof value === "object" || typeof value === "function" ? Infinity : 0;
}

/**
 * What is left of a way behind a key, which may spell several of its parts; `undefined` if the key leads
 * elsewhere.
 */
function below(way: Way, key: string): Way | undefined {
  if (way.length === 0) return undefined;
  if (key === way[0]) return way.slice(1);
  if (!key.includes(".")) return undefined;
  const parts = key.split(".");
  // A key that leads further than the way ends within what is masked.
  return parts.slice(0, way.length).every((part, at) => part === way[at])
    ? way.slice(parts.length)
    : undefined;
}

/**
 * What JSON takes a value for; but dates stay dates, and large integers become the ids that they stand for.
 */
function formOf(value: unknown): unknown {
  if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === "function") value = toJSON.call(value, "");
  }
  if (value instanceof Date) return new Date(value);
  if (typeof value === "bigint") return String(value);
  return typeof value === "function" || typeof value === "symbol" ? undefined : value;
}

/** Replaces what lies at the end of a way. Lists on it are entered. */
function replaceAt(value: unknown, mask: Mask, way: Way, labels: Map<string, string>): void {
  if (Array.isArray(value)) {
    for (const item of value) replaceAt(item, mask, way, labels);
  } else if (isRecord(value)) {
    const record = value as Record<string, unknown>;
    for (const key of keysOf(record, way)) {
      const rest = below(way, key);
      const found = record[key];
      if (rest === undefined) continue;
      if (rest.length > 0) replaceAt(found, mask, rest, labels);
      else if (mask.as !== "omit") record[key] = replaced(found, mask.as, labels);
      else if (found !== null && found !== undefined) delete record[key];
    }
  }
}

const isDotted = new WeakMap<object, boolean>();

/** The keys of a copy that may lie on a way. */
function keysOf(copy: object, way: Way): readonly string[] {
  let found = isDotted.get(copy);
  if (found === undefined) isDotted.set(copy, (found = Object.keys(copy).some((key) => key.includes("."))));
  return found ? Object.keys(copy) : Object.hasOwn(copy, way[0] as string) ? [way[0] as string] : NONE;
}

/** What stands for a value. In a list, however deep, for each element. */
function replaced(value: unknown, as: Exclude<MaskKind, "omit">, labels: Map<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => replaced(item, as, labels));
  if (value === null || value === undefined) return value;
  return as === "pseudonym" ? pseudonym(value, labels) : FIXED[as];
}

const FIXED: Readonly<Record<Exclude<MaskKind, "omit" | "pseudonym">, string | null>> = {
  null: null,
  redact: "•••",
};

function pseudonym(value: unknown, labels: Map<string, string>): string {
  const json = JSON.stringify(value, (_, inner: unknown) => (isRecord(inner) ? sorted(inner) : inner));
  const label = labels.get(json) ?? `#${labels.size + 1}`;
  labels.set(json, label);
  return label;
}

/** An object with its keys in one order, so that equal objects are written alike. */
function sorted(object: object): object {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
