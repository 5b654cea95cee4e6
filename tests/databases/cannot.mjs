// What filters cannot say: each dialect, operator and type of column of a line together. A printer that refuses
// anything else fails the law, and so does one that has learnt to say what stands here.

const ALL = ["postgres", "mysql", "sqlite"];
/** Any operator, an owner and a team included. */
const ANY = "any";

const TIMES = ["$since", "$before"];
/** What is asked of values that are no times. */
const OTHERS = [
  "$eq",
  "$ne",
  "$lt",
  "$lte",
  "$gt",
  "$gte",
  "$in",
  "$nin",
  "$has",
  "$hasAny",
  "$subset",
  "own",
  "team",
];
const AFFIXES = ["$startsWith", "$endsWith"];

/** @type {[dialects: string[], operators: string[] | "any", types: string[]][]} */
export const CANNOT = [
  // An attribute that is mapped to no column, be it part of one that is.
  [ALL, ANY, ["unmapped"]],
  // Text is read as a time by nothing that is fast, or the same on every machine.
  [ALL, TIMES, ["text", "json", "element"]],
  // A time has many forms, and a record may have any of them.
  [ALL, [...OTHERS, ...AFFIXES, "$cidr"], ["timestamp", "epoch-s", "epoch-ms"]],
  // No moments.
  [["sqlite"], ANY, ["timestamp"]],
  // No addresses.
  [["mysql", "sqlite"], ["$cidr"], ["text", "uuid", "json", "element"]],
  // Lists of objects are in JSON.
  [
    ALL,
    ["$elem"],
    ["text", "int", "bigint", "number", "uuid", "bool", "timestamp", "epoch-s", "epoch-ms", "array"],
  ],
  // Only a member of the element itself, with a name that needs no escaping.
  [ALL, ANY, ["element below", "element by an odd name"]],
];

/** Whether a dialect cannot ask an operator of a type of column. */
export function cannotSay(dialect, operator, type) {
  return CANNOT.some(
    ([dialects, operators, types]) =>
      dialects.includes(dialect) &&
      (operators === ANY || operators.includes(operator)) &&
      types.includes(type),
  );
}
