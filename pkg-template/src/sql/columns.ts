// Columns, literals and elements as values: what each type may be to the engine.

import { isA, SCALAR } from "../condition/operators.js";
import { bare } from "../filters/bare.js";
import { isInt64, isUuid } from "../filters/ids.js";
import { compare, guardOf, isScalar } from "./comparisons.js";
import type { Dialect, Element, Json, Parameter } from "./dialect.js";
import {
  and,
  FALSE,
  KINDS,
  type KindName,
  type List,
  type Native,
  notTrue,
  or,
  type ParameterType,
  type Scalar,
  type Time,
  TRUE,
  type Value,
} from "./values.js";

/** What a column holds. */
export type ColumnType =
  | "text"
  | "int"
  | "bigint"
  | "number"
  | "uuid"
  | "bool"
  | "timestamp"
  | "epoch-s"
  | "epoch-ms"
  | "json"
  | "array";

/** A column, or any expression of a row. */
export interface Column<Sql = string> {
  /** As it is written in the query, such as `t.assignee_id`. */
  readonly sql: Sql;
  /** `"text"` if it is not given. */
  readonly type?: ColumnType;
  /** `false`: it is never `NULL`. */
  readonly nullable?: boolean;
  /** The collation of the column, where it is known: one that compares bytes lets indexes serve more. */
  readonly collation?: string;
}

/** How a printer makes what stands in its text. */
export interface Writer {
  readonly dialect: Dialect;
  readonly parameter: Parameter;
  /** A parameter of text as an index wants it. */
  quick(text: string): string | undefined;
  /** The elements of a list that is one parameter. */
  listed(type: ParameterType, list: readonly unknown[]): { readonly from: string; readonly item: string };
  /** A name for the elements of a list. */
  alias(): string;
}

const NOT_A_TIME = "map it to a column of type `timestamp`, `epoch-s` or `epoch-ms`";
const ONLY_A_TIME = "a time is only compared as one: use `$since`, `$before` or `$exists`";
const NO_LIST = "only the elements of a column of type `json` have attributes";

/** The value of a column. */
export function columnValue(
  { sql, type = "text", nullable = true, collation }: Column,
  writer: Writer,
): Value {
  const { dialect } = writer;
  const there = nullable ? `${sql} IS NOT NULL` : TRUE;
  const base = { present: there, absent: nullable ? `${sql} IS NULL` : FALSE };
  const refuses = (message: string, ...operators: readonly string[]) => ({
    refuses: (operator: string) =>
      operator === "$elem" ? NO_LIST : operators.includes(operator) ? message : undefined,
  });
  switch (type) {
    case "text":
      return {
        ...base,
        text: textColumn(sql, collation, dialect),
        ...refuses(NOT_A_TIME, "$before"),
      };
    case "uuid":
      return { ...base, text: uuidColumn(sql, dialect), ...refuses("") };
    case "bool":
      return { ...base, flag: { sql: dialect.flag(sql), is: `${sql} IS NOT NULL` }, ...refuses("") };
    case "int":
    case "bigint":
    case "number":
      return { ...base, ...numberColumn(sql, type, writer), ...refuses("") };
    case "timestamp":
    case "epoch-s":
    case "epoch-ms":
      return {
        ...base,
        ...timeColumn(sql, type, writer),
        refuses: (operator) =>
          type === "timestamp" && dialect.timestamp === undefined
            ? "this database has no moments: use a column of type `epoch-s` or `epoch-ms`"
            : operator === "$before" || operator === "$exists"
              ? undefined
              : operator === "$elem"
                ? NO_LIST
                : ONLY_A_TIME,
      };
    case "array":
      return {
        ...base,
        list: dialect.array === undefined ? jsonList(dialect.json(sql), writer) : arrayList(sql, writer),
        ...refuses(""),
      };
    case "json":
      return jsonValue(dialect.json(sql), writer);
  }
}

function textColumn(sql: string, collation: string | undefined, dialect: Dialect): Scalar {
  const { bytes, quick, isText, bytesOf } = dialect;
  const isExact = collation === undefined ? undefined : bytesOf(collation);
  return {
    sql: isExact === "always" ? sql : bytes(sql),
    is: isText(sql),
    ...(quick !== undefined && { quick: sql, isExact: isExact !== undefined }),
  };
}

/** Written in small letters, as databases write it. */
function uuidColumn(sql: string, dialect: Dialect): Scalar {
  if (!dialect.hasUuid) return textColumn(sql, undefined, dialect);
  const fits = (value: unknown): boolean => isUuid(value as string);
  return { sql: dialect.bytes(sql), is: `${sql} IS NOT NULL`, native: { sql, type: "uuid", fits } };
}

/** The largest whole number that is one in JavaScript. */
const SAFE = Number.MAX_SAFE_INTEGER;

function numberColumn(sql: string, type: "int" | "bigint" | "number", { dialect, parameter }: Writer) {
  const isThere = type === "number" ? dialect.isNumber(sql) : dialect.isInt(sql);
  const double = dialect.double(sql);
  const test = (operator: string) => (ms: number) =>
    and(`${double} ${operator} ${parameter("number", ms)}`, is);
  const is =
    type === "number"
      ? and(isThere, dialect.isFinite(double))
      : type === "bigint"
        ? and(isThere, `${sql} BETWEEN -${SAFE} AND ${SAFE}`)
        : isThere;
  const time: Time = { ms: dialect.floor(double), is, before: test("<"), since: test(">=") };
  if (type === "number") return { number: { sql: double, is }, time };
  const native: Native = { sql, type: "int", fits: Number.isSafeInteger };
  const fits = (value: unknown): boolean => isInt64(BigInt(value as string));
  return { number: { sql: double, is, native }, time, wide: { ...native, fits, is: isThere } };
}

/** The last moment that is a `Date`. */
const LAST = "8640000000000000";

function timeColumn(
  sql: string,
  type: "timestamp" | "epoch-s" | "epoch-ms",
  { dialect, parameter }: Writer,
): { readonly time?: Time } {
  if (type === "timestamp") {
    const { timestamp } = dialect;
    if (timestamp === undefined) return {};
    const { literal } = timestamp;
    const test = (operator: string) => (ms: number) =>
      and(`${literal.sql(sql)} ${operator} ${parameter(literal.type, ms)}`, timestamp.is(sql));
    return { time: { ms: timestamp.ms(sql), before: test("<"), since: test(">="), is: timestamp.is(sql) } };
  }
  const [unit, last] = type === "epoch-s" ? [1000, LAST.slice(0, -3)] : [1, LAST];
  const is = and(dialect.isNumber(sql), `${sql} BETWEEN -${last} AND ${last}`);
  const test = (operator: string) => (ms: number) =>
    and(`${sql} ${operator} ${parameter("int", Math.ceil(ms / unit))}`, is);
  return {
    time: {
      ms: unit > 1 ? `${dialect.double(sql)} * 1000` : dialect.double(sql),
      before: test("<"),
      since: test(">="),
      is,
    },
  };
}

/** What a JSON value may be. A list in it has elements that may be anything. */
function jsonValue(json: Json, writer: Writer): Value {
  const { text, number, flag, present, absent } = json;
  return {
    text,
    number,
    flag,
    present,
    absent,
    list: jsonList(json, writer),
    refuses: (operator) => (operator === "$before" ? NOT_A_TIME : undefined),
  };
}

function jsonList({ isList, isEmpty, elements }: Json, writer: Writer): List {
  return listOf({ isList, isEmpty }, (test) => {
    const { from, element } = elements(writer.alias());
    return exists(from, test(elementValue(element, writer)));
  });
}

function elementValue({ text, number, flag, isObject, at }: Element, writer: Writer): Value {
  return bare({
    text,
    number,
    flag,
    present: FALSE,
    absent: FALSE,
    at: (key: string) => {
      const member = jsonValue(at(key, writer.parameter), writer);
      return bare({ ...member, absent: and(isObject, member.absent) });
    },
  });
}

function arrayList(sql: string, { dialect, alias }: Writer): List {
  const { isEmpty, isKnown, has, elements } = dialect.array as NonNullable<Dialect["array"]>;
  const list = listOf({ isList: `${sql} IS NOT NULL`, isEmpty: isEmpty(sql) }, (test) => {
    const name = alias();
    const item = `${name}.v`;
    const text = { sql: dialect.bytes(item), is: `${item} IS NOT NULL` };
    return exists(elements(sql, name), test(bare({ text, present: FALSE, absent: FALSE })));
  });
  return {
    ...list,
    isKnown: isKnown(sql),
    has: (kind, item) =>
      kind !== "text" ? FALSE : item === undefined ? list.has(kind) : and(has(sql, item.sql), item.is),
  };
}

function exists(from: string, test: string): string {
  return test === FALSE ? FALSE : `EXISTS (SELECT 1 FROM ${from}${test === TRUE ? "" : ` WHERE ${test}`})`;
}

/** A list of which is known how its elements are gone through. */
function listOf(known: Pick<List, "isList" | "isEmpty">, some: List["some"]): List {
  return {
    ...known,
    some,
    isKnown: notTrue(some((element) => notTrue(isScalar(element)))),
    has: (kind, item) =>
      some((element) => {
        const scalar = element[kind];
        return scalar === undefined ? FALSE : item === undefined ? scalar.is : compare(scalar, "=", item);
      }),
  };
}

/** A scalar that is known when the text is written. */
export function literalValue(value: unknown, writer: Writer): Value {
  if (Array.isArray(value)) return bare({ list: literalList(value, writer), present: TRUE, absent: FALSE });
  const kind = kindOf(value);
  return bare({ [kind]: literalScalar(kind, value, writer), present: TRUE, absent: FALSE });
}

function kindOf(value: unknown): KindName {
  return typeof value === "string" ? "text" : typeof value === "number" ? "number" : "flag";
}

function literalScalar(kind: KindName, value: unknown, { parameter, quick }: Writer): Scalar {
  const loose = kind === "text" ? quick(value as string) : undefined;
  return {
    sql: parameter(kind, value),
    is: TRUE,
    ...(loose !== undefined && { quick: loose }),
    literal: { value, as: (type) => parameter(type, value) },
  };
}

/** @param values in which `null` is an unknown element */
function literalList(values: readonly unknown[], writer: Writer): List {
  const known = [...new Set(values.filter((value) => isA(SCALAR, value)))];
  const of = (kind: KindName): unknown[] => known.filter((value) => kindOf(value) === kind);
  const literal = (value: unknown): Value => literalValue(value, writer);
  return {
    literal: true,
    isList: TRUE,
    isEmpty: values.length === 0 ? TRUE : FALSE,
    isKnown: values.every((value) => isA(SCALAR, value)) ? TRUE : FALSE,
    has: (kind, item) =>
      item === undefined ? (of(kind).length > 0 ? TRUE : FALSE) : isOneOf(item, kind, of(kind), writer),
    some: (test) =>
      or(
        KINDS.map((kind) => {
          const all = of(kind);
          // There are two flags, so they need no list.
          if (all.length < 2 || kind === "flag") return or(all.map((value) => test(literal(value))));
          const { from, item } = writer.listed(kind, all);
          return exists(from, test(bare({ [kind]: { sql: item, is: TRUE }, present: TRUE, absent: FALSE })));
        }),
        values.some((value) => value === null) ? test(bare({ present: FALSE, absent: FALSE })) : FALSE,
      ),
  };
}

/** Whether a scalar is one of some literals. */
export function isOneOf(scalar: Scalar, kind: KindName, values: readonly unknown[], writer: Writer): string {
  const { native, sql, quick, isExact } = bare(scalar);
  const fit = native === undefined ? values : values.filter((value) => native.fits(value));
  if (fit.length < 2 || kind === "flag")
    return or(fit.map((value) => compare(scalar, "=", literalScalar(kind, value, writer))));
  if (native !== undefined) return isIn(native.sql, native.type, fit, writer);
  const column = isExact && writer.dialect.isExactInLists ? (quick as string) : sql;
  return and(isIn(column, kind, fit, writer), guardOf(scalar));
}

function isIn(sql: string, type: ParameterType, values: readonly unknown[], writer: Writer): string {
  const { from, item } = writer.listed(type, values);
  return `${sql} IN (SELECT ${item} FROM ${from})`;
}
