// SQLite 3.38 and later. A column may hold anything, whatever its type: what it holds is asked each time.

import type { Dialect, Element, Json } from "./dialect.js";
import type { KindName, Scalar } from "./values.js";

export const SQLITE: Dialect = {
  placeholder: () => "?",
  typed: (type, placeholder) => (type === "int" ? `CAST(${placeholder} AS INTEGER)` : placeholder),
  // Drivers refuse booleans, and bind whole numbers as they like.
  bound: (type, value) => (type === "flag" ? Number(value) : type === "int" ? String(value) : value),
  listed: (_, placeholder, alias) => ({ from: `json_each(${placeholder}) ${alias}`, item: `${alias}.value` }),
  boundList: (type, list) => (type === "int" ? `[${list.join()}]` : JSON.stringify(list)),
  isForeign: () => false,
  // What `COLLATE BINARY` says an index of such a column serves already.
  bytesOf: () => undefined,
  bytes: (sql) => `${sql} COLLATE BINARY`,
  quick: undefined,
  isExactInLists: false,
  isText: (sql) => `typeof(${sql}) = 'text'`,
  isNumber: (sql) => `typeof(${sql}) IN ('integer', 'real')`,
  isInt: (sql) => `typeof(${sql}) = 'integer'`,
  flag: (sql) => `(${sql} <> 0)`,
  double: (sql) => `CAST(${sql} AS REAL)`,
  isFinite: (sql) => `abs(${sql}) < 9e999`,
  // There is no function for it, unless it was compiled in.
  floor: (sql) => `(CAST(${sql} AS INTEGER) - (${sql} < CAST(${sql} AS INTEGER)))`,
  whole: (sql) => `CAST(${sql} AS INTEGER)`,
  digits: (sql) => `CAST(${sql} AS TEXT)`,
  isId: (text, parameter) =>
    `(length(${blob(text)}) BETWEEN 1 AND 256 AND ${text} NOT GLOB ${parameter("text", CONTROLS)})`,
  // By bytes: what counts characters ends at one that is 0.
  startsWith: (text, start) =>
    `(length(${blob(start)}) = 0 OR substr(${blob(text)}, 1, length(${blob(start)})) = ${blob(start)})`,
  endsWith: (text, end) =>
    `(length(${blob(end)}) = 0 OR substr(${blob(text)}, -length(${blob(end)})) = ${blob(end)})`,
  json: (sql) => json(`CASE WHEN json_valid(${sql}) THEN ${sql} END`, "'$'"),
  hasUuid: false,
  timestamp: undefined,
  array: undefined,
  cidr: undefined,
};

const CONTROLS = "*[\u0001-\u001f\u007f-\u009f]*";

function blob(sql: string): string {
  return `CAST(${sql} AS BLOB)`;
}

/** What stands at a path of a document. */
function json(document: string, path: string): Json {
  const at = `${document}, ${path}`;
  const [type, value] = [`json_type(${at})`, `json_extract(${at})`];
  return {
    ...scalars(type, value),
    present: `${type} <> 'null'`,
    absent: `coalesce(${type}, 'null') = 'null'`,
    isList: `${type} = 'array'`,
    isEmpty: `json_array_length(${at}) = 0`,
    elements: (alias) => ({
      from: `json_each(CASE WHEN ${type} = 'array' THEN ${value} END) ${alias}`,
      element: element(`${alias}.type`, `${alias}.value`),
    }),
  };
}

function element(type: string, value: string): Element {
  return {
    ...scalars(type, value),
    // With the sign: what is certainly equal would else be put in place of the type, and guard nothing in `at`.
    isObject: `+${type} = 'object'`,
    at: (key, parameter) =>
      json(`CASE WHEN ${type} = 'object' THEN ${value} END`, parameter("text", `$."${key}"`)),
  };
}

function scalars(type: string, value: string): Record<KindName, Scalar> {
  return {
    text: { sql: `${value} COLLATE BINARY`, is: `${type} = 'text'` },
    number: {
      sql: `CAST(${value} AS REAL)`,
      is: `(${type} IN ('integer', 'real') AND abs(${value}) < 9e999)`,
    },
    flag: { sql: value, is: `${type} IN ('true', 'false')` },
  };
}
