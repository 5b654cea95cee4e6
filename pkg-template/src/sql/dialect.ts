// What databases say in different words. Each dialect is one record of them, and decides nothing.

import type { KindName, ParameterType, Scalar } from "./values.js";

export type DialectName = "postgres" | "mysql" | "sqlite";

/** Makes a parameter, and gives its expression. */
export type Parameter = (type: ParameterType, value: unknown) => string;

/** A JSON value as the kinds that it may be. */
export interface Json extends Readonly<Record<KindName, Scalar>> {
  /** Whether it is there and not `null`, and whether it certainly is not. */
  readonly present: string;
  readonly absent: string;
  readonly isList: string;
  readonly isEmpty: string;
  /** The elements of a list, as what stands after `FROM`; none of anything else. */
  elements(alias: string): { readonly from: string; readonly element: Element };
}

/** An element of a list. A list within a list is one of which nothing is known. */
export interface Element extends Readonly<Record<KindName, Scalar>> {
  readonly isObject: string;
  /** The member of an object. */
  at(key: string, parameter: Parameter): Json;
}

export interface Dialect {
  /** The n-th placeholder. Where it is the same for each, every one is a parameter of its own. */
  placeholder(n: number): string;
  /** A placeholder as an expression of its type, and the value for the driver. */
  typed(type: ParameterType, placeholder: string): string;
  bound(type: ParameterType, value: unknown): unknown;
  /** The elements of a list that is one parameter, and the value for the driver. */
  listed(
    type: ParameterType,
    placeholder: string,
    alias: string,
  ): { readonly from: string; readonly item: string };
  boundList(type: ParameterType, list: readonly unknown[]): unknown;
  /** Text that no value of the database can be equal to, nor be a parameter. */
  isForeign(text: string): boolean;
  /** What is known of a collation: whether it compares bytes in every way, or at least for equality. */
  bytesOf(collation: string): "always" | "equality" | undefined;
  /** Text that is compared by bytes. */
  bytes(sql: string): string;
  /** How text is written where an index is to serve it; `bytes` has the last word. */
  quick: ((placeholder: string, text: string) => string | undefined) | undefined;
  /** Whether a list that is one parameter compares as the column's collation says. */
  readonly isExactInLists: boolean;
  /** Whether a column holds what its type says. */
  isText(sql: string): string;
  isNumber(sql: string): string;
  isInt(sql: string): string;
  flag(sql: string): string;
  /** A number as a double, and whether that is a number in JavaScript, too. */
  double(sql: string): string;
  isFinite(double: string): string;
  floor(double: string): string;
  /** A double that is whole, as a whole number; its digits, compared by bytes. */
  whole(double: string): string;
  digits(sql: string): string;
  /** Whether text is an id. */
  isId(text: string, parameter: Parameter): string;
  startsWith(text: string, start: string): string;
  endsWith(text: string, end: string): string;
  json(sql: string): Json;
  /** Columns of ids that have a type of their own; text elsewhere. */
  readonly hasUuid: boolean;
  /** Columns of moments, where they have a zone. */
  readonly timestamp: Timestamps | undefined;
  /** Columns of lists of text; JSON elsewhere. */
  readonly array: Arrays | undefined;
  /** Whether text is an address, and in one of some blocks; or, not wanted, in none. */
  readonly cidr:
    | ((text: string, blocks: readonly string[], wanted: boolean, parameter: Parameter) => string)
    | undefined;
}

interface Timestamps {
  /** Whether it is a moment in JavaScript. */
  is(sql: string): string;
  ms(sql: string): string;
  /** As what it is compared with a literal of a type. */
  readonly literal: { readonly type: ParameterType; sql(sql: string): string };
}

interface Arrays {
  isEmpty(sql: string): string;
  isKnown(sql: string): string;
  has(sql: string, item: string): string;
  elements(sql: string, alias: string): string;
}
