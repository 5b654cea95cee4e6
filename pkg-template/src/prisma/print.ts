// A tree as a `where` of Prisma: what it says of rows that have no value, it says of none.

import { isA, SCALAR } from "../condition/operators.js";
import { isId } from "../core/attributes.js";
import { bare } from "../filters/bare.js";
import { cannotExpress, nameOf } from "../filters/refusals.js";
import type { Operator, Term, Tree } from "../filters/tree.js";
import {
  allGiven,
  anyValue,
  bounds,
  type Column,
  EVERYTHING,
  idsGiven,
  isGivenExactly,
  KINDS,
  orderedNumber,
  type Where,
} from "./columns.js";

const NOTHING: Where = { OR: [] };

/** By path, as a condition writes it. */
type ColumnOf = (path: string) => Column | undefined;

type Compare = Tree & { kind: "compare" };
/** What a field must meet; `undefined`: no row does. */
type Conditions = Where | undefined;
type Comparison = (column: Column, value: unknown, wanted: boolean, refuse: Refuse) => Conditions;
type Refuse = (advice: string) => never;

const BY_SQL = "ask it by `rolegate/sql`, in a raw query";
/** Nearly as many parameters as any database takes. */
const MANY = 30_000;
const EXACTLY = 'where equal texts are the same letter for letter, say so: `collation: "deterministic"`';
const IN_ORDER = 'only where text is ordered by code points, `collation: "binary"`, is its order known';

/** By name, of a field and a literal. A literal that the field cannot hold is equal to nothing. */
const COMPARISONS: Readonly<Partial<Record<Operator, Comparison>>> = /* @__PURE__ */ bare<
  Partial<Record<Operator, Comparison>>
>({
  $eq: (column, value, wanted) => equals(column, [value], wanted),
  $in: (column, value, wanted) => isAmong(column, value as readonly unknown[], wanted),
  $has: contains,
  $hasAny: sharesAny,
  $lt: (column, value, wanted, refuse) => ordered(column, wanted ? "lt" : "gte", value, refuse),
  $gt: (column, value, wanted, refuse) => ordered(column, wanted ? "gt" : "lte", value, refuse),
  $startsWith: startsWith,
  $endsWith: (column, _value, _wanted, refuse) =>
    KINDS[column.type] === "string" ? refuse(BY_SQL) : undefined,
  $exists: ({ nullable, type }, value, wanted, refuse) => {
    if (type === "list" && nullable) return refuse("a list that may be absent is read as an empty one");
    if (!nullable) return value === wanted ? EVERYTHING : undefined;
    return value === wanted ? { not: null } : { equals: null };
  },
});

export function print(tree: Tree, columnAt: ColumnOf): Where {
  switch (tree.kind) {
    case "all":
      return every(tree.of.map((it) => print(it, columnAt)));
    case "any":
      return any(tree.of.map((it) => print(it, columnAt)));
    case "own":
      return any(tree.paths.map((path) => isOneOf(columnOf(path, "owner"), [tree.user])));
    case "covered":
      return any(tree.paths.map((path) => isOneOf(columnOf(path, "team"), tree.teams)));
    case "apart":
      return apart(
        tree.paths.map((path) => [path, columnOf(path, "team")] as const),
        tree.teams,
      );
    case "elements":
      throw cannotExpress(nameOf(tree.left), "$elem", BY_SQL);
    case "compare":
      return comparisonOf(tree);
  }

  function comparisonOf({ operator, left, right, wanted }: Compare): Where {
    const refuse: Refuse = (advice) => {
      throw cannotExpress(nameOf("path" in left ? left : right), operator, advice);
    };
    if ("value" in left || "user" in left) {
      // Whether a literal is in a list of the row is whether that has it.
      if (operator === "$in" && wanted && "path" in right)
        return comparisonOf({ kind: "compare", operator: "$has", left: right, right: left, wanted });
      return refuse(BY_SQL);
    }
    if (!("path" in left) || "path" in right || "element" in right) return refuse(BY_SQL);
    const column = columnOf(left.path, operator);
    checkText(column, operator, right, refuse);
    if (column.type === "float" && "value" in right && ![right.value].flat().every(isGivenExactly))
      refuse("the client rounds numbers of more than 15 digits");
    if ("time" in right) return at(column, ordersTime(column, wanted ? "lt" : "gte", right.time, refuse));
    if ("user" in right) return ofUser(column, operator, right.user, wanted, refuse);
    const compare = COMPARISONS[operator] ?? refuse(BY_SQL);
    return at(column, compare(column, right.value, wanted, refuse));
  }

  function columnOf(path: string, operator: string): Column {
    const found = columnAt(path);
    if (found === undefined)
      throw cannotExpress(`resource.${path}`, operator, `name its field: \`fields: { "${path}": … }\``);
    if ((operator === "owner" || operator === "team") && isText(found) && found.collation === undefined)
      throw cannotExpress(`resource.${path}`, operator, EXACTLY);
    return found;
  }
}

function every(parts: readonly Where[]): Where {
  const left = parts.filter((part) => part !== EVERYTHING);
  if (left.includes(NOTHING)) return NOTHING;
  if (left.length === 0) return EVERYTHING;
  return left.length === 1 ? (left[0] as Where) : { AND: left };
}

function any(parts: readonly Where[]): Where {
  const left = parts.filter((part) => part !== NOTHING);
  if (left.includes(EVERYTHING)) return EVERYTHING;
  if (left.length === 0) return NOTHING;
  return left.length === 1 ? (left[0] as Where) : { OR: left };
}

/** Conditions where the field stands. */
function at({ field, path }: Column, conditions: Conditions): Where {
  if (conditions === undefined) return NOTHING;
  const { in: values, notIn = values, NOT } = bare(conditions);
  if (Array.isArray(notIn) && notIn.length > MANY)
    throw cannotExpress(
      `resource.${path}`,
      "$in",
      `each value is a parameter, and ${MANY} are the most: ${BY_SQL}`,
    );
  if (conditions === EVERYTHING) return EVERYTHING;
  return NOT !== undefined ? { NOT: { [field]: NOT } } : { [field]: conditions };
}

function isText({ type }: Column): boolean {
  return type === "text" || type === "id" || type === "list";
}

function checkText(column: Column, operator: Operator, right: Term, refuse: Refuse): void {
  if (isText(column) && column.collation === undefined && operator !== "$exists" && !("time" in right))
    refuse(EXACTLY);
}

function isOneOf(column: Column, ids: readonly string[]): Where {
  const known = idsGiven(column.type, ids);
  if (known.length === 0) return NOTHING;
  return at(column, column.type === "list" ? { hasSome: known } : among(column, known));
}

/** Prisma knows no `in` of two truths. */
function among(column: Column, values: readonly unknown[]): Where {
  if (column.type === "boolean") return new Set(values).size > 1 ? anyValue(column) : { equals: values[0] };
  return values.length === 1 ? { equals: values[0] } : { in: values };
}

/** There is a team, and none of these. */
function apart(columns: readonly (readonly [string, Column])[], ids: readonly string[]): Where {
  for (const [path, { type }] of columns)
    if (type === "text" || type === "list" || type === "float")
      throw cannotExpress(
        `resource.${path}`,
        "team",
        'a denial for some teams needs to know what a team is: `type: "id"` for text that is always one',
      );
  const ofIds = columns
    .map(([, column]) => column)
    .filter(({ type }) => type !== "boolean" && type !== "date");
  const has = ofIds.map((column) => at(column, column.nullable ? { not: null } : EVERYTHING));
  return every([
    any(has),
    ...ofIds.map((column) => {
      const taken = idsGiven(column.type, ids);
      const isFree = taken.length === 0 ? EVERYTHING : at(column, { notIn: taken });
      return column.nullable ? any([at(column, { equals: null }), isFree]) : isFree;
    }),
  ]);
}

function ofUser(column: Column, operator: Operator, user: string, wanted: boolean, refuse: Refuse): Where {
  const { type } = column;
  if (!isId(user)) return NOTHING;
  if (operator !== "$eq" && operator !== "$has") return refuse(BY_SQL);
  if (wanted) return operator === "$eq" && type === "list" ? NOTHING : isOneOf(column, [user]);
  if (type === "text" || type === "float" || type === "list")
    return refuse('whether it holds an id is not known: `type: "id"` says so of text');
  // What is no id at all is not known to be another one.
  if (type === "boolean" || type === "date") return operator === "$has" ? refuse(BY_SQL) : NOTHING;
  const [id] = idsGiven(type, [user]);
  return at(column, id === undefined ? (column.nullable ? { not: null } : EVERYTHING) : { not: id });
}

/** Whether a scalar is, or certainly is not, one of some literals of its kind. */
function equals(column: Column, values: readonly unknown[], wanted: boolean): Conditions {
  const { type } = column;
  const known = allGiven(type, values);
  if (wanted) return known.length === 0 ? undefined : among(column, known);
  if (KINDS[type] === undefined || !values.some((value) => typeof value === KINDS[type])) return undefined;
  if (type === "boolean") return new Set(known).size > 1 ? undefined : { not: known[0] };
  return known.length > 0 ? { ...bounds(type), notIn: known } : anyValue(column);
}

function isAmong(column: Column, values: readonly unknown[], wanted: boolean): Conditions {
  if (wanted) return equals(column, values, true);
  if (!values.every((value) => isA(SCALAR, value))) return undefined;
  // Of no list, it is certain for each scalar.
  return values.length === 0 && KINDS[column.type] !== undefined
    ? anyValue(column)
    : equals(column, values, false);
}

/** A scalar of another type is simply not equal. */
function contains(column: Column, value: unknown, wanted: boolean, refuse: Refuse): Conditions {
  const { type, nullable } = column;
  if (type === "list") {
    if (wanted) return typeof value === "string" ? { has: value } : undefined;
    if (nullable) return refuse("a list that may be absent is read as an empty one: say `nullable: false`");
    return typeof value === "string" ? { NOT: { has: value } } : EVERYTHING;
  }
  if (wanted) return equals(column, [value], true);
  if (typeof value === KINDS[type]) return equals(column, [value], false);
  return KINDS[type] === undefined ? undefined : anyValue(column);
}

function sharesAny({ type, nullable }: Column, value: unknown, wanted: boolean, refuse: Refuse): Conditions {
  if (type !== "list") return undefined;
  const values = value as readonly unknown[];
  const texts = values.filter((it) => typeof it === "string");
  if (wanted) return texts.length === 0 ? undefined : { hasSome: texts };
  if (nullable) return refuse("a list that may be absent is read as an empty one: say `nullable: false`");
  if (values.length > 0 && values.every((it) => isA(SCALAR, it)))
    return texts.length === 0 ? EVERYTHING : { NOT: { hasSome: texts } };
  return values.length === 0 ? EVERYTHING : { isEmpty: true };
}

function ordered(column: Column, operator: string, value: unknown, refuse: Refuse): Conditions {
  const { type, collation } = column;
  if (typeof value !== KINDS[type]) return undefined;
  if (typeof value === "number") return orderedNumber(column, operator, value);
  if (type === "uuid") return refuse(BY_SQL);
  return collation === "binary" ? { [operator]: value } : refuse(IN_ORDER);
}

/** The text that comes after all that begin so; `undefined` if there is none. */
function after(start: string): string | undefined {
  const characters = Array.from(start);
  while (characters.at(-1) === "\u{10ffff}") characters.pop();
  const last = characters.pop()?.codePointAt(0);
  if (last === undefined) return undefined;
  return characters.join("") + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1);
}

/** As a range: what Prisma makes of `startsWith` takes `%` and `_` for others, and letters for those of another case. */
function startsWith(column: Column, value: unknown, wanted: boolean, refuse: Refuse): Conditions {
  const { type, collation } = column;
  if (KINDS[type] !== "string") return undefined;
  if (type === "uuid" || collation !== "binary" || !wanted) return refuse(IN_ORDER);
  const end = after(value as string);
  return { gte: value, ...(end !== undefined && { lt: end }) };
}

/** Times that every database writes alike. */
const [FIRST, LAST] = [Date.UTC(1000, 0), Date.UTC(9999, 11, 31)];

function ordersTime(column: Column, operator: string, time: number, refuse: Refuse): Conditions {
  const { type } = column;
  if (KINDS[type] === "number") return orderedNumber(column, operator, time);
  if (KINDS[type] === "string")
    return refuse("it may hold a time as text: map it to a `DateTime`, or a number");
  if (type !== "date") return undefined;
  return time >= FIRST && time <= LAST
    ? { [operator]: new Date(time) }
    : refuse("only times from the year 1000 to 9999 can be given to a `DateTime`");
}
