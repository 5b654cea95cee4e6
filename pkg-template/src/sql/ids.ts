// Ids: owners, teams, and what is compared with the user's id. What a value is as an id, api.md and format.md
// say in section 7; core/attributes.ts is the same of values in JavaScript.

import { bare } from "../filters/bare.js";
import { numbersOf, wholeOf } from "../filters/ids.js";
import { isOneOf, type Writer } from "./columns.js";
import { isScalar } from "./comparisons.js";
import type { Dialect } from "./dialect.js";
import { and, FALSE, type List, notTrue, or, type Scalar, TRUE, type Value } from "./values.js";

/** Whether an id of a value is one of these. */
export function isOneOfIds(value: Value, ids: readonly string[], writer: Writer): string {
  return anyScalar(value, (scalar) => isScalarOneOf(scalar, ids, writer));
}

/** Whether a value has an id at all. */
export function hasId(value: Value, writer: Writer): string {
  return anyScalar(value, (scalar) => isScalarId(scalar, writer));
}

function anyScalar(value: Value, test: (scalar: Value) => string): string {
  const { list } = value;
  return or(test(value), list === undefined ? FALSE : and(list.isList, list.some(test)));
}

function isScalarOneOf({ text, number, wide }: Value, ids: readonly string[], writer: Writer): string {
  return or(
    text === undefined ? FALSE : isOneOf(text, "text", ids, writer),
    number === undefined
      ? FALSE
      : wide === undefined
        ? isOneOf(number, "number", numbersOf(ids), writer)
        : or(
            isOneOf({ ...number, native: wide }, "number", wholeOf(ids), writer),
            // Some databases have larger ones, without a sign.
            isOneOf(
              { sql: writer.dialect.digits(wide.sql), is: wide.is },
              "text",
              wholeOf(ids).filter((id) => !wide.fits(id)),
              writer,
            ),
          ),
  );
}

function isScalarId({ text, number, wide }: Value, writer: Writer): string {
  return or(
    text === undefined ? FALSE : and(text.is, writer.dialect.isId(text.sql, writer.parameter)),
    wide !== undefined ? wide.is : number === undefined ? FALSE : isWhole(number, writer.dialect),
  );
}

function isWhole({ sql, is }: Scalar, { floor }: Dialect): string {
  const safe = Number.MAX_SAFE_INTEGER;
  return and(is, `${sql} BETWEEN -${safe} AND ${safe}`, `${sql} = ${floor(sql)}`);
}

/** A value as the id that it stands for; in a list, a scalar that is none is one of another type. */
export function asId(value: Value, writer: Writer): Value {
  const { list } = value;
  return bare({
    ...idOf(value, writer),
    present: value.present,
    absent: value.absent,
    ...(list !== undefined && { list: idsOf(list, writer) }),
  });
}

function idOf({ text, number, wide }: Value, { dialect, parameter }: Writer): { readonly text?: Scalar } {
  const cases: (readonly [is: string, sql: string])[] = [];
  if (text !== undefined) cases.push([and(text.is, dialect.isId(text.sql, parameter)), text.sql]);
  if (wide !== undefined) cases.push([wide.is, dialect.digits(wide.sql)]);
  else if (number !== undefined)
    cases.push([isWhole(number, dialect), dialect.digits(dialect.whole(number.sql))]);
  if (cases.length === 0) return bare({});
  const sql = `CASE ${cases.map(([is, sql]) => `WHEN ${is} THEN ${sql}`).join(" ")} END`;
  return bare({ text: { sql, is: or(cases.map(([is]) => is)) } });
}

function idsOf(list: List, writer: Writer): List {
  const item = (element: Value): Value => {
    const id = idOf(element, writer);
    const other = and(isScalar(element), notTrue(id.text?.is ?? FALSE));
    return bare({ ...id, flag: { sql: FALSE, is: other }, present: TRUE, absent: FALSE });
  };
  return {
    isList: list.isList,
    isEmpty: list.isEmpty,
    isKnown: list.isKnown,
    some: (test) => list.some((element) => test(item(element))),
    has: (kind, wanted) =>
      list.some((element) => {
        const scalar = item(element)[kind];
        if (scalar === undefined) return FALSE;
        return wanted === undefined ? scalar.is : and(scalar.is, `${scalar.sql} = ${wanted.sql}`);
      }),
  };
}
