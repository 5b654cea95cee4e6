// PostgreSQL 15 and later.

import type { Dialect, Element, Json, Parameter } from "./dialect.js";
import type { ParameterType } from "./values.js";
import { and, or, type Scalar } from "./values.js";

const TYPES: Readonly<Record<ParameterType, string>> = {
  text: "text",
  number: "float8",
  flag: "boolean",
  int: "bigint",
  uuid: "uuid",
  time: "timestamptz",
  block: "inet",
};

/** From here on a number is infinite in JavaScript, and up to here it is 0: what does not fit is an error. */
const [HUGE, TINY] = ["1.797693134862315808e308", "2.4703282292062328e-324"];

/** The last and the first moment that is a `Date`; there are moments after it, and none before. */
const LAST = "'275760-09-13 00:00:00+00'";

const BINARY = /^(?:C|POSIX|C\.utf-?8|ucs_basic|pg_c_utf8)$/i;
/** Those that come with it hold only the same text equal; others may be made that do not. */
const EXACT = /^(?:default|.*\.utf-?8|.*-x-icu|unicode)$/i;

export const POSTGRES: Dialect = {
  placeholder: (n) => `$${n}`,
  typed: (type, placeholder) => `${placeholder}::${TYPES[type]}`,
  bound: (type, value) => (type === "time" ? moment(value as number) : value),
  listed: (type, placeholder, alias) => ({
    from: `unnest(${placeholder}::${TYPES[type]}[]) ${alias}(v)`,
    item: `${alias}.v`,
  }),
  boundList: (_, list) => list,
  isForeign: (text) => text.includes("\0"),
  bytesOf: (collation) =>
    BINARY.test(collation) ? "always" : EXACT.test(collation) ? "equality" : undefined,
  // The type, too, may compare as it likes: citext does.
  bytes: (sql) => `${sql}::text COLLATE "C"`,
  quick: (placeholder) => `${placeholder}::text`,
  isExactInLists: true,
  isText: (sql) => `${sql} IS NOT NULL`,
  isNumber: (sql) => `${sql} IS NOT NULL`,
  isInt: (sql) => `${sql} IS NOT NULL`,
  flag: (sql) => sql,
  double: (sql) => `${sql}::float8`,
  isFinite: (sql) => `abs(${sql}) < 'Infinity'`,
  floor: (sql) => `floor(${sql})`,
  whole: (sql) => `${sql}::bigint`,
  digits: (sql) => `${sql}::text COLLATE "C"`,
  isId: (text, parameter) =>
    `(octet_length(${text}) <= 256 AND ${text} ~ ${parameter("text", "^[^\\u0001-\\u001f\\u007f-\\u009f]+$")})`,
  startsWith: (text, start) => `starts_with(${text}, ${start})`,
  endsWith: (text, end) => `right(${text}, length(${end})) = ${end}`,
  json: (sql) => json(`${sql}::jsonb`),
  hasUuid: true,
  timestamp: {
    is: (sql) => `(${sql} > '-infinity' AND ${sql} <= ${LAST})`,
    ms: (sql) => `floor(extract(epoch FROM ${sql}) * 1000)`,
    literal: { type: "time", sql: (sql) => sql },
  },
  array: {
    isEmpty: (sql) => `cardinality(${sql}) = 0`,
    // An element of a list of lists is a list.
    isKnown: (sql) =>
      `CASE WHEN array_ndims(${sql}) > 1 THEN FALSE ELSE array_position(${sql}, NULL) IS NULL END`,
    has: (sql, item) => `${item} = ANY (${flat(sql)})`,
    elements: (sql, alias) => `unnest(${outer(sql)}) ${alias}(v)`,
  },
  cidr,
};

/** Of lists in a list nothing is known but that they are there. */
function outer(sql: string): string {
  const unknown = `array_fill(NULL::text, ARRAY[array_length(${sql}, 1)])`;
  return `CASE WHEN array_ndims(${sql}) > 1 THEN ${unknown} ELSE ${sql} END`;
}

function flat(sql: string): string {
  return `CASE WHEN array_ndims(${sql}) = 1 THEN ${sql} END`;
}

/** A moment as text; what no `Date` can be is before or after all of them. */
function moment(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return ms < 0 ? "-infinity" : "infinity";
  const year = date.getUTCFullYear();
  // The year 0 of ISO 8601 is 1 BC. There is none before 4713 BC.
  if (year <= -4712) return "-infinity";
  const rest = date.toISOString().slice(-20);
  return year > 0
    ? `${String(year).padStart(4, "0")}${rest}`
    : `${String(1 - year).padStart(4, "0")}${rest} BC`;
}

const BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
const V4 = `${BYTE}(?:\\.${BYTE}){3}`;
const GROUP = "[0-9a-fA-F]{1,4}";
/** By how many groups stand before `::`, which stands for one at least. */
const SHORTENED = [0, 1, 2, 3, 4, 5, 6, 7].map((before) => {
  const room = 7 - before;
  const after = [
    room > 0 ? `${GROUP}(?::${GROUP}){0,${room - 1}}` : "",
    room > 1 ? `(?:${GROUP}:){0,${room - 2}}${V4}` : "",
  ];
  return `${before > 0 ? `(?:${GROUP}:){${before}}` : ":"}:(?:${after.join("|")})`;
});
/** What is an address to the engine; no other text may be read as one. */
const ADDRESS = `^(?:${[V4, `(?:${GROUP}:){7}${GROUP}`, `(?:${GROUP}:){6}${V4}`, ...SHORTENED].join("|")})$`;

/** An IPv4-mapped address counts as IPv4, and is in no block of IPv6. */
function cidr(text: string, blocks: readonly string[], wanted: boolean, parameter: Parameter): string {
  const old = blocks.filter((block) => !block.includes(":"));
  const mapped = old.map((block) => {
    const [address, length] = block.split("/");
    return `::ffff:${address}/${96 + Number(length)}`;
  });
  const isIn = (some: readonly string[]): string =>
    or(some.map((block) => `${text}::inet <<= ${parameter("block", block)}`));
  const isMapped = `${text}::inet <<= '::ffff:0:0/96'`;
  const isInside = or(
    isIn([...old, ...mapped]),
    and(isIn(blocks.filter((block) => block.includes(":"))), `${isMapped} IS FALSE`),
  );
  return `CASE WHEN ${text} ~ ${parameter("text", ADDRESS)} THEN ${isInside} IS ${wanted ? "TRUE" : "FALSE"} END`;
}

function json(sql: string): Json {
  const { isList, from, ...kinds } = parts(sql);
  return {
    ...kinds,
    present: `jsonb_typeof(${sql}) <> 'null'`,
    absent: `coalesce(jsonb_typeof(${sql}), 'null') = 'null'`,
    isList,
    isEmpty: `${sql} = '[]'`,
    elements: (alias) => ({ from: `${from} ${alias}(v)`, element: element(`${alias}.v`) }),
  };
}

function element(sql: string): Element {
  return {
    ...parts(sql),
    isObject: `jsonb_typeof(${sql}) = 'object'`,
    at: (key, parameter) => json(`(${sql} -> ${parameter("text", key)})`),
  };
}

function parts(sql: string) {
  const is = (type: string): string => `jsonb_typeof(${sql}) = '${type}'`;
  const text = `(${sql} #>> '{}')`;
  const number = `${text}::numeric`;
  return {
    text: { sql: `${text} COLLATE "C"`, is: is("string") },
    number: scalar(
      `CASE WHEN ${is("number")} THEN CASE WHEN abs(${number}) < ${TINY} THEN 0 ` +
        `WHEN abs(${number}) < ${HUGE} THEN ${number}::float8 END END`,
    ),
    flag: scalar(`CASE WHEN ${is("boolean")} THEN ${text}::boolean END`),
    isList: is("array"),
    from: `jsonb_array_elements(CASE WHEN ${is("array")} THEN ${sql} END)`,
  };
}

function scalar(sql: string): Scalar {
  return { sql, is: `${sql} IS NOT NULL` };
}
