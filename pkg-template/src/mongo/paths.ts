// What an attribute is of a document: lists on the way of a path are entered, as core/attributes.ts does.

import {
  and,
  type Expression,
  given,
  isType,
  type Names,
  NOTHING,
  type Test,
  type Value,
} from "./expressions.js";

/** Lists that lie directly in one another are entered so often; what lies deeper is unknown. */
const DEPTH = 3;

/** Of what else a driver makes an object, its attributes are not known. */
const PLAIN = [...NOTHING, "object", "string", "bool", "int", "long", "double"];

/** The attribute of a document at a path of a field. */
export function attributeOf([first, ...rest]: readonly string[], name: Names): Value {
  return below(`$${first}`, rest, name, true);
}

/** The attribute of an element, of which nothing is known unless it is an object. */
export function memberOf(element: Expression, keys: readonly string[], name: Names): Value {
  const [first, ...rest] = keys as readonly [string, ...string[]];
  return below(memberAt(element, first), rest, name, isType(element, ["object"]));
}

/** @param isRead whether what it starts from is an object */
function below(start: Expression, keys: readonly string[], name: Names, isRead: Test): Value {
  const passed: Expression[] = [];
  let is = start;
  for (const key of keys) {
    passed.push(is);
    is = step(is, key, name);
  }
  return {
    is,
    literal: undefined,
    isAbsent: and(
      isRead,
      passed.map((value) => isType(value, PLAIN)),
      isType(is, NOTHING),
    ),
  };
}

function step(from: Expression, key: string, name: Names): Expression {
  return given(from, name, (value) => ({
    $cond: [{ $isArray: [value] }, collected(value, key, name), memberAt(value, key)],
  }));
}

/** What the elements of a list hold, as one list; where there is nothing, an unknown element. */
function collected(list: Expression, key: string, name: Names): Expression {
  const found = given(memberAt("$$this", key), name, (value) => ({
    $cond: [{ $isArray: [value] }, value, [{ $ifNull: [value, null] }]],
  }));
  let input = list;
  for (let i = 1; i < DEPTH; i += 1)
    input = joined(input, { $cond: [{ $isArray: ["$$this"] }, "$$this", ["$$this"]] });
  return joined(input, found);
}

function joined(input: Expression, lists: Expression): Expression {
  return { $reduce: { input, initialValue: [], in: { $concatArrays: ["$$value", lists] } } };
}

function memberAt(value: Expression, key: string): Expression {
  return { $cond: [isType(value, ["object"]) as object, `${value as string}.${key}`, null] };
}

/** Whether there is a value; of what lies in something unknown, that is not known. */
export function isPresent({ is }: Value): Test {
  return { $not: [isType(is, NOTHING)] };
}
