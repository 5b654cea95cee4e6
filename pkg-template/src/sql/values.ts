// What SQL can compare: a value as each of the kinds that it may be, and a list as what is asked of one.
//
// Every expression here is asked only whether it is true: `NULL` counts as false. None is ever negated, but with
// `IS NOT TRUE`, which is never `NULL`.

/** The kinds of scalars. */
export type KindName = "text" | "number" | "flag";
export const KINDS: readonly KindName[] = ["text", "number", "flag"];

/** What a parameter, or each element of one, is. */
export type ParameterType = KindName | "int" | "uuid" | "time" | "block";

/** A value as one kind. */
export interface Scalar {
  /** Compares exactly as the engine does: text by code point, numbers as doubles. */
  readonly sql: string;
  /** True where the value is there and of this kind. */
  readonly is: string;
  /** Equal wherever `sql` is, and served by indexes; `sql` has the last word, unless it is exact itself. */
  readonly quick?: string;
  readonly isExact?: boolean;
  /** How a literal is best compared with it for equality. */
  readonly native?: Native;
  readonly literal?: Literal;
}

/** An expression of a type of the database. */
export interface Native {
  readonly sql: string;
  readonly type: ParameterType;
  /** Whether a literal can be one at all. */
  fits(value: unknown): boolean;
}

/** What is known when the text is written. */
interface Literal {
  readonly value: unknown;
  /** The parameter as another type. */
  as(type: ParameterType): string;
}

/** A column, a literal, or an element of a list. A kind that is absent, it never is. */
export interface Value extends Partial<Record<KindName, Scalar>> {
  readonly time?: Time;
  readonly list?: List;
  /** True where there is a value, and where it is known that there is none. */
  readonly present: string;
  readonly absent: string;
  /** A whole number of any size, which is an id. */
  readonly wide?: Native & { readonly is: string };
  /** The attribute of an element that is an object. */
  at?(key: string): Value;
  /** Why an operator cannot be asked of it, and what to do. */
  refuses?(operator: string): string | undefined;
}

/** A time, which an index serves where it is compared with a literal. */
export interface Time {
  /** Whole milliseconds since the epoch. */
  readonly ms: string;
  readonly is: string;
  /** True where it is before (or not before) a literal in milliseconds. */
  before(ms: number): string;
  since(ms: number): string;
}

/** A list. */
export interface List {
  /** Whether the value is a list at all. */
  readonly isList: string;
  readonly isEmpty: string;
  /** Whether all elements are scalars. */
  readonly isKnown: string;
  /** Whether some element is of this kind, and equal to a scalar if there is one. */
  has(kind: KindName, item?: Scalar): string;
  /** Whether something is true of an element. */
  some(test: (element: Value) => string): string;
  /** Its elements, where they are few and known when the text is written. */
  readonly literal?: boolean;
}

export const TRUE = "TRUE";
export const FALSE = "FALSE";

/** Expressions, or lists of them. */
type Parts = readonly (string | readonly string[])[];

/** All of these; what is always true is left out. */
export function and(...parts: Parts): string {
  const left = [...new Set(parts.flat())].filter((part) => part !== TRUE);
  if (left.includes(FALSE)) return FALSE;
  if (left.length === 0) return TRUE;
  return left.length === 1 ? (left[0] as string) : `(${left.join(" AND ")})`;
}

/** One of these; what is never true is left out. */
export function or(...parts: Parts): string {
  const left = [...new Set(parts.flat())].filter((part) => part !== FALSE);
  if (left.includes(TRUE)) return TRUE;
  if (left.length === 0) return FALSE;
  return left.length === 1 ? (left[0] as string) : `(${left.join(" OR ")})`;
}

/** Whether something is not true, be it that it is unknown. */
export function notTrue(expression: string): string {
  if (expression === FALSE) return TRUE;
  return expression === TRUE ? FALSE : `(${expression}) IS NOT TRUE`;
}
