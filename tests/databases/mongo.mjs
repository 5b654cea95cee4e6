// The law of filters, of MongoDB's: the documents that `find` would give are those that the scope admits.
//
//   node tests/databases/mongo.mjs [quick|whole] [SEED]
//
// No registry has a server of MongoDB, so its documentation is followed by an interpreter, mingo. It has no types
// of BSON: where it differs from the documentation in what filters use, CORRECTED is what the documentation says.

import { Context } from "mingo/core";
import * as expression from "mingo/operators/expression";
import * as query from "mingo/operators/query";
import { Query } from "mingo/query";
import { toMongo } from "../../pkg/mongo/index.js";
import { prove } from "./libraries.mjs";
import { COLUMNS, NOW, recordOf } from "./rows.mjs";

/** What a driver would store a value as. */
function typeOf(value) {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (value instanceof Date) return "date";
  if (value instanceof RegExp) return "regex";
  if (value instanceof Decimal) return "decimal";
  if (value instanceof Identifier) return "objectId";
  if (value instanceof Long) return "long";
  if (typeof value === "number")
    return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? "int" : "double";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/** Values that a driver gives as objects of its own. */
class Decimal {
  bytes = new Uint8Array(16);
}
class Long {
  constructor(value) {
    this.high = Number(value >> 32n);
  }
}
class Identifier {
  hex = "6fa459eaee8a3ca4894edb77";
  toString() {
    return this.hex;
  }
}

const ORDERS = { $lt: (it) => it < 0, $lte: (it) => it <= 0, $gt: (it) => it > 0, $gte: (it) => it >= 0 };
/** Text goes by code points; what is no number comes before all numbers. */
function order(a, b) {
  if (typeof a === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number.isNaN(a) || Number.isNaN(b)
    ? Number.isNaN(b) - Number.isNaN(a)
    : Number(a > b) - Number(a < b);
}
const areOrdered = (a, b) => typeof a === typeof b && /string|number/.test(typeof a);
const mapped = (operators, change) =>
  Object.fromEntries(Object.entries(operators).map(([name, of]) => [name, change(name, of)]));

const CORRECTED = Context.init({
  query: {
    ...query,
    // It looks at the elements of a list, too.
    $type: (path, types) => (document) => {
      const value = at(document, path.split("."));
      return [value, ...[value].flat()].some((it) => [types].flat().includes(typeOf(it)));
    },
    // What asks of fields of elements passes over those that are no objects.
    $elemMatch: (path, criteria, options) => {
      if (Object.keys(criteria).every((key) => /^\$(?!and|or|nor)/.test(key)))
        return query.$elemMatch(path, criteria, options);
      const isMet = new Query(criteria, options);
      return (document) => {
        const value = at(document, path.split("."));
        return Array.isArray(value) && value.some((it) => typeOf(it) === "object" && isMet.test(it));
      };
    },
    // Queries find no order in what is no number.
    ...mapped(ORDERS, (name, holds) => (path, bound, options) => {
      if (!areOrdered(bound, bound)) return query[name](path, bound, options);
      const isSo = (it) => areOrdered(it, bound) && !Number.isNaN(it) && holds(order(it, bound));
      return (document) => [at(document, path.split("."))].flat().some(isSo);
    }),
  },
  expression: {
    ...expression,
    $type: (document, given, options) => typeOf(valueOf(document, given, options)),
    ...mapped(ORDERS, (name, holds) => (document, pair, options) => {
      const [a, b] = pair.map((each) => valueOf(document, each, options));
      return areOrdered(a, b) ? holds(order(a, b)) : expression[name](document, pair, options);
    }),
  },
});

/** There is no function for the value of an expression, but an operator that gives what it is given. */
function valueOf(document, given, options) {
  return expression.$ifNull(document, [given, given], options);
}

/** What a query finds at a path: of a list on its way, what its objects hold there. */
function at(value, [key, ...rest]) {
  if (key === undefined) return value;
  if (Array.isArray(value))
    return value.flatMap((item) => (isObject(item) ? [at(item, [key, ...rest])] : [])).flat();
  return isObject(value) && Object.hasOwn(value, key) ? at(value[key], rest) : undefined;
}
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

const TIMES = { timestamp: "date", "epoch-s": "number", "epoch-ms": "number" };
const FIELDS = { id: "_id" };
for (const { path, type } of COLUMNS)
  FIELDS[path.split(".")[0]] =
    TIMES[type] === undefined ? path.split(".")[0] : { field: path, type: TIMES[type] };

const ownObjects = [new Decimal(), new Identifier()];
const [DECIMAL, IDENTIFIER] = ownObjects;
/** What any field may hold, whatever others hold there. */
const STRAYS = [
  ...[null, "open", "ana", "sales", "17", "", 17, 0, -1, 2.5, NaN, Infinity, 1e300, true, false],
  ...[new Date(NOW), new Date(NOW - 900_000), /open/, DECIMAL, IDENTIFIER],
  ...[
    {},
    { id: "ana" },
    { kind: "a" },
    [],
    ["open"],
    ["ana"],
    ["sales"],
    [17],
    [17, "17"],
    [null],
    [undefined],
  ],
  ...[
    [["ana"]],
    [["open"], "open"],
    [{ id: "ana" }],
    [[{ id: "ana" }]],
    [[[{ id: "ana" }]]],
    [new Date(NOW)],
  ],
  ...[
    [{ kind: "a" }, {}],
    [{ id: null }],
    [{ id: ["ana", "bo"] }],
    [{ id: [["ana"]] }],
    { id: ["ana", null] },
  ],
  ...[{ items: [[{ n: 2 }], { n: 3 }] }, [DECIMAL], [IDENTIFIER, "ana"], [2 ** 60], 2 ** 53],
];

/** The document that a row is: its times are dates, or numbers. */
function documentOf(row) {
  const { id, ...record } = recordOf(row);
  for (const [path, value] of Object.entries(record)) {
    const { type } = FIELDS[path];
    if (typeof value === "bigint") record[path] = new Long(value);
    else if (type !== undefined && (typeof value === "string" || value instanceof Date))
      record[path] = type === "date" ? new Date(value) : new Date(value).getTime();
  }
  return { _id: id, ...record };
}

let documents = [];
const engine = {
  name: "mongo",
  create(rows) {
    documents = rows.map(documentOf);
    // Fields hold what they like.
    const paths = Object.keys(FIELDS).slice(1);
    rows.forEach((row, turn) => {
      if (turn % 2 > 0) return;
      const path = paths[(turn / 2) % paths.length];
      const type = FIELDS[path].type;
      const stray = STRAYS[((turn / 2) * 7) % STRAYS.length];
      // What a driver's own objects have below them, filters do not know.
      const isOpaque = /participants|data|meta|members/.test(path) && ownObjects.includes([stray].flat()[0]);
      if (!isOpaque && (type === undefined || isTime(stray, type)))
        documents.push({ ...documentOf(row), _id: rows.length + turn + 1, [path]: stray });
    });
    return documents.map(({ _id, ...document }) => ({ id: _id, record: { ...document, id: _id } }));
  },
  filter: (scope) => toMongo(scope, { fields: FIELDS, now: NOW }),
  select: (filter) =>
    new Query(filter, { context: CORRECTED })
      .find(documents)
      .all()
      .map(({ _id }) => _id),
  cannot(scope, { message }) {
    const [, operator, path] = /^`(\$\w+)` of `(.*?)`/.exec(message) ?? [];
    if (operator === "$cidr") return operator;
    if (
      /\$since|\$before/.test(operator) &&
      !TIMES[COLUMNS.find((it) => `resource.${it.path}` === path)?.type]
    )
      return "a time where nobody says what is held";
    return /`(?:resource|element)\..*\$/.test(message) ? "a key that begins with $" : undefined;
  },
};

/** Whether a field that holds times of a type may hold a value: no text, nor the other kind. */
function isTime(value, type) {
  return (
    typeof value !== "string" && (type === "date" ? typeof value !== "number" : !(value instanceof Date))
  );
}

await prove([engine], {
  quick: { cases: 120, each: 30, rows: 60, step: 8 },
  whole: { cases: 12_000, each: 100, rows: 200 },
});
