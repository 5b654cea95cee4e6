// MySQL 8 and MariaDB 10.6, and later. Bytes are what text has in common on both: each has collations of its own.

import type { Dialect, Element, Json } from "./dialect.js";
import type { KindName, ParameterType, Scalar } from "./values.js";

const COLUMNS: Readonly<Partial<Record<ParameterType, string>>> = {
  text: "LONGTEXT CHARACTER SET utf8mb4",
  number: "DOUBLE",
  int: "BIGINT",
};

const IS_ASCII = /^[\0-\x7f]*$/;

export const MYSQL: Dialect = {
  placeholder: () => "?",
  typed: (type, placeholder) =>
    type === "text"
      ? bytes(placeholder)
      : type === "int"
        ? `CAST(${placeholder} AS SIGNED)`
        : type === "number"
          ? double(placeholder)
          : placeholder,
  bound: (type, value) => (type === "flag" ? Number(value) : type === "int" ? String(value) : value),
  listed: (type, placeholder, alias) => ({
    from: `JSON_TABLE(${placeholder}, '$[*]' COLUMNS (v ${COLUMNS[type]} PATH '$')) ${alias}`,
    item: type === "text" ? `CAST(${alias}.v AS BINARY)` : `${alias}.v`,
  }),
  boundList: (type, list) => (type === "int" ? `[${list.join()}]` : JSON.stringify(list)),
  isForeign: () => false,
  bytesOf: (collation) =>
    /^(?:utf8mb4_0900_bin|utf8mb4_nopad_bin)$/.test(collation) ? "equality" : undefined,
  bytes,
  // Other text may not be in the character set of the column, and then is refused.
  quick: (placeholder, text) => (IS_ASCII.test(text) ? placeholder : undefined),
  isExactInLists: false,
  isText: (sql) => `${sql} IS NOT NULL`,
  isNumber: (sql) => `${sql} IS NOT NULL`,
  isInt: (sql) => `${sql} IS NOT NULL`,
  flag: (sql) => `(${sql} <> 0)`,
  double,
  isFinite: (sql) => `${sql} IS NOT NULL`,
  floor: (sql) => `FLOOR(${sql})`,
  whole: (sql) => `CAST(${sql} AS SIGNED)`,
  digits: (sql) => `CAST(CAST(${sql} AS CHAR) AS BINARY)`,
  isId: (text, parameter) =>
    `(LENGTH(${text}) BETWEEN 1 AND 256 AND CONVERT(${text} USING utf8mb4) NOT REGEXP ` +
    `CONVERT(${parameter("text", CONTROLS)} USING utf8mb4))`,
  startsWith: (text, start) => `LEFT(${text}, LENGTH(${start})) = ${start}`,
  endsWith: (text, end) => `RIGHT(${text}, LENGTH(${end})) = ${end}`,
  json,
  hasUuid: false,
  timestamp: {
    // The zero date is no moment.
    is: (sql) => `UNIX_TIMESTAMP(${sql}) > 0`,
    ms,
    literal: { type: "number", sql: ms },
  },
  array: undefined,
  cidr: undefined,
};

const CONTROLS = "[\\x{0}-\\x{1f}\\x{7f}-\\x{9f}]";

function bytes(sql: string): string {
  return `CAST(CONVERT(${sql} USING utf8mb4) AS BINARY)`;
}

function double(sql: string): string {
  return `CAST(${sql} AS DOUBLE)`;
}

function ms(sql: string): string {
  return `FLOOR(UNIX_TIMESTAMP(${sql}) * 1000)`;
}

function json(sql: string): Json {
  const type = `JSON_TYPE(${sql})`;
  return {
    ...scalars(sql),
    present: `${type} <> 'NULL'`,
    absent: `COALESCE(${type}, 'NULL') = 'NULL'`,
    isList: `${type} = 'ARRAY'`,
    isEmpty: `JSON_LENGTH(${sql}) = 0`,
    elements: (alias) => ({
      from:
        `JSON_TABLE(CASE WHEN ${type} = 'ARRAY' THEN ${sql} END, '$[*]' ` +
        `COLUMNS (i FOR ORDINALITY)) ${alias}`,
      element: element(`JSON_EXTRACT(${sql}, CONCAT('$[', ${alias}.i - 1, ']'))`),
    }),
  };
}

function element(sql: string): Element {
  return {
    ...scalars(sql),
    isObject: `JSON_TYPE(${sql}) = 'OBJECT'`,
    at: (key, parameter) =>
      json(`JSON_EXTRACT(${sql}, CONVERT(${parameter("text", `$."${key}"`)} USING utf8mb4))`),
  };
}

function scalars(sql: string): Record<KindName, Scalar> {
  const type = `JSON_TYPE(${sql})`;
  const plain = `JSON_UNQUOTE(${sql})`;
  return {
    text: { sql: bytes(plain), is: `${type} = 'STRING'` },
    number: {
      sql: double(sql),
      is: `(${type} IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') AND ABS(${double(sql)}) < ${HUGE})`,
    },
    flag: { sql: `(${plain} = 'true')`, is: `${type} = 'BOOLEAN'` },
  };
}

/** The greatest double; what JSON has beyond it is cut to it. */
const HUGE = "1.7976931348623157e308";
