// Ids: owners, teams, and what is compared with the user's id. What a value is as an id, format.md says in
// section 7; core/attributes.ts is the same of values in JavaScript.

import { isId as isIdText, MAX_ID_BYTES } from "../core/attributes.js";
import { numbersOf } from "../filters/ids.js";
import {
  and,
  isKind,
  isList,
  literal,
  type Names,
  or,
  some,
  type Test,
  unknown,
  type Value,
} from "./expressions.js";

/** Whether a scalar is one of these ids. */
function isOneId(scalar: Value, ids: readonly string[]): Test {
  const numbers = numbersOf(ids);
  return or(
    and(isKind(scalar, "string"), { $in: [scalar.is, { $literal: ids }] }),
    numbers.length > 0 && and(isKind(scalar, "number"), { $in: [scalar.is, { $literal: numbers }] }),
  );
}

export function isUser(value: Value, user: string): Test {
  return isIdText(user) && isOneId(value, [user]);
}

/** Whether a value, or an element of it, is one of these ids. */
export function isOneOfIds(value: Value, ids: readonly string[], name: Names): Test {
  return or(
    isOneId(value, ids),
    and(
      isList(value),
      some(value, name, (element) => isOneId(element, ids)),
    ),
  );
}

/** Whether a value is an id, or has one among its elements. */
export function hasId(value: Value, name: Names): Test {
  return or(isId(value), and(isList(value), some(value, name, isId)));
}

function isId(value: Value): Test {
  return or(isTextId(value), isNumberId(value));
}

const CONTROLS = "[\\x00-\\x1f\\x7f-\\x9f]";

function isTextId(value: Value): Test {
  const isText = isKind(value, "string");
  const text = { $cond: [isText, value.is, ""] };
  const bytes = { $strLenBytes: text };
  return and(
    isText,
    { $gte: [bytes, 1] },
    { $lte: [bytes, MAX_ID_BYTES] },
    { $not: [{ $regexMatch: { input: text, regex: CONTROLS } }] },
  );
}

function isNumberId(value: Value): Test {
  const { is } = value;
  const isNumber = isKind(value, "number");
  const number = { $cond: [isNumber, is, 0.5] };
  const most = Number.MAX_SAFE_INTEGER;
  return and(isNumber, { $gte: [is, -most] }, { $lte: [is, most] }, { $eq: [{ $floor: number }, is] });
}

/** A value as the id that it stands for; in a list, text that is none is one of another type. */
export function asId(value: Value, name: Names): Value {
  if (typeof value.literal === "string") return value;
  const id = (scalar: Value, otherwise: unknown): object => ({
    $switch: {
      branches: [
        { case: isTextId(scalar), then: scalar.is },
        { case: isNumberId(scalar), then: { $toString: { $toLong: scalar.is } } },
      ],
      default: otherwise,
    },
  });
  const as = name();
  const item = unknown(`$$${as}`);
  const items = { $map: { input: { $cond: [isList(value), value.is, []] }, as, in: id(item, other(item)) } };
  return unknown({ $cond: [isList(value), items, id(value, null)] });
}

function other(item: Value): object {
  return { $cond: [isKind(item, "string"), literal(false).is, item.is] };
}
