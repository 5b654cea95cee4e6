// A tree as the text of a `WHERE`, with its parameters.

import { parsePath } from "../condition/facts.js";
import { isId } from "../core/attributes.js";
import { bare } from "../filters/bare.js";
import { cannotExpress, nameOf, refuse as refuseOptions } from "../filters/refusals.js";
import type { Term, Tree } from "../filters/tree.js";
import { type Column, columnValue, literalValue, type Writer } from "./columns.js";
import { COMPARISONS, guardOf } from "./comparisons.js";
import type { Dialect } from "./dialect.js";
import { asId, hasId, isOneOfIds } from "./ids.js";
import { and, FALSE, notTrue, or, type ParameterType, TRUE, type Value } from "./values.js";

/** How teams are found otherwise than by their list. */
export type TeamsHook = (ids: readonly string[], parameter: (value: unknown) => string) => string;

interface Printing {
  readonly dialect: Dialect;
  /** By path, as a condition writes it. */
  column(path: string): Column<unknown> | undefined;
  readonly teams: TeamsHook | undefined;
}

/** Text, a parameter, or a column that is no text. */
export type Piece = string | { readonly value: unknown } | { readonly column: unknown };

/** Stands on both sides of what is no text, in expressions; it cannot occur in text of databases. */
export const MARK = "\0";

/** What somebody wrote, in parentheses. A comment ends with its line. */
export function alone(text: string): string {
  const end = /--|#/.test(text) ? "\n" : "";
  return `(${text}${end})`;
}

/** A tree in pieces, `TRUE` or `FALSE` where it is the same for each row. */
export function print(tree: Tree, { dialect, column, teams }: Printing): Piece[] {
  /** What the marks stand for. */
  const marked: Piece[] = [];
  const known = new Map<string, string>();
  const lists = new Map<readonly unknown[], string>();
  let aliases = 0;
  const writer: Writer = {
    dialect,
    parameter: (type, value) => dialect.typed(type, place(type, value)),
    quick: (text) => dialect.quick?.(place("text", text), text),
    listed: (type, list) => dialect.listed(type, placeOfList(type, list), writer.alias()),
    alias: () => `rg${(aliases += 1)}`,
  };
  return printTree(tree)
    .split(MARK)
    .map((piece, at) => (at % 2 > 0 ? (marked[Number(piece)] as Piece) : piece));

  /** The same value is one parameter, however often it occurs. */
  function place(type: ParameterType, value: unknown): string {
    checkText(value);
    const key = `${type} ${typeof value} ${Object.is(value, -0) ? "-0" : String(value)}`;
    const at = known.get(key) ?? mark({ value: dialect.bound(type, value) });
    known.set(key, at);
    return at;
  }

  function placeOfList(type: ParameterType, list: readonly unknown[]): string {
    const known = lists.get(list);
    if (known !== undefined) return known;
    list.forEach(checkText);
    const made = mark({ value: dialect.boundList(type, list) });
    lists.set(list, made);
    return made;
  }

  function mark(piece: Piece): string {
    marked.push(typeof piece === "string" ? piece : bare(piece));
    return `${MARK}${marked.length - 1}${MARK}`;
  }

  function checkText(value: unknown): void {
    if (typeof value === "string" && dialect.isForeign(value))
      throw cannotExpress("text with the character U+0000", undefined, "this database has no such text");
  }

  function printTree(tree: Tree, elements: readonly Value[] = []): string {
    switch (tree.kind) {
      case "all":
        return and(tree.of.map((it) => printTree(it, elements)));
      case "any":
        return or(tree.of.map((it) => printTree(it, elements)));
      case "own":
        return or(tree.paths.map((path) => isOneOfIds(idColumn(path, "owner"), [tree.user], writer)));
      case "covered":
        return or(tree.paths.map((path) => isCovered(path, tree.teams)));
      case "apart": {
        const columns = tree.paths.map((path) => idColumn(path, "team"));
        return and(
          or(columns.map((value) => hasId(value, writer))),
          tree.paths.map((path) => notTrue(isCovered(path, tree.teams))),
        );
      }
      case "elements":
        return printElements(tree, elements);
      case "compare":
        return printComparison(tree, elements);
    }
  }

  function isCovered(path: string, ids: readonly string[]): string {
    if (ids.length === 0) return FALSE;
    if (teams === undefined) return isOneOfIds(idColumn(path, "team"), ids, writer);
    const text: unknown = teams(ids, (value) => mark({ value }));
    if (typeof text !== "string" || text.trim() === "") refuseOptions("`teams` must return an expression");
    return alone(text);
  }

  function idColumn(path: string, what: string): Value {
    const value = columnOf(path, what);
    const advice = value.refuses?.(what);
    if (advice) throw cannotExpress(`resource.${path}`, what, advice);
    return value;
  }

  function columnOf(path: string, operator: string): Value {
    const found = column(path);
    if (found === undefined)
      throw cannotExpress(`resource.${path}`, operator, `name its column: \`columns: { "${path}": … }\``);
    const { sql } = found;
    const place = typeof sql === "string" ? sql : mark({ column: sql });
    return bare(columnValue(bare({ ...found, sql: place }), writer));
  }

  function printElements(
    { left, inner, every }: Tree & { kind: "elements" },
    elements: readonly Value[],
  ): string {
    const value = valueOf(left, "$elem", elements);
    refuse(left, value, "$elem");
    const { list } = value;
    if (list === undefined) return FALSE;
    const test = (element: Value): string => printTree(inner, [element, ...elements]);
    return and(
      list.isList,
      every ? notTrue(list.some((element) => notTrue(test(element)))) : list.some(test),
    );
  }

  function printComparison(
    { operator, left, right, wanted }: Tree & { kind: "compare" },
    elements: readonly Value[],
  ): string {
    let [a, b] = [valueOf(left, operator, elements), valueOf(right, operator, elements)];
    refuse(left, a, operator);
    refuse(right, b, operator);
    if (operator === "$exists") return (right as { value: unknown }).value === wanted ? a.present : a.absent;
    // Whoever is asked for is mostly looked for in one column.
    if (operator === "$eq" && wanted && "user" in right) return isUser(a, right.user);
    if (operator === "$eq" && wanted && "user" in left) return isUser(b, left.user);
    if ("user" in right) a = asId(a, writer);
    if ("user" in left) b = asId(b, writer);
    switch (operator) {
      case "$before":
        return isBefore(left, a, right, b, wanted);
      case "$startsWith":
      case "$endsWith": {
        if (a.text === undefined || b.text === undefined) return FALSE;
        const test = operator === "$startsWith" ? dialect.startsWith : dialect.endsWith;
        const is = `(${test(a.text.sql, b.text.sql)})`;
        return wanted ? and(is, guardOf(a.text), guardOf(b.text)) : and(a.text.is, b.text.is, notTrue(is));
      }
      case "$cidr": {
        if (a.text === undefined) return FALSE;
        if (dialect.cidr === undefined)
          throw cannotExpress(nameOf(left), operator, "this database cannot compare addresses");
        const { value } = right as { value: readonly string[] };
        return and(dialect.cidr(a.text.sql, value, wanted, writer.parameter), guardOf(a.text));
      }
      default:
        return COMPARISONS[operator](a, b, wanted);
    }
  }

  function isUser({ list: _, ...scalar }: Value, user: string): string {
    return isId(user) ? isOneOfIds(bare(scalar), [user], writer) : FALSE;
  }

  function isBefore(left: Term, a: Value, right: Term, b: Value, wanted: boolean): string {
    if ("time" in left && "time" in right) return left.time < right.time === wanted ? TRUE : FALSE;
    // Before a time in whole milliseconds is not since the next one.
    if ("time" in left)
      return (wanted ? b.time?.since(left.time + 1) : b.time?.before(left.time + 1)) ?? FALSE;
    if ("time" in right) return (wanted ? a.time?.before(right.time) : a.time?.since(right.time)) ?? FALSE;
    if (a.time === undefined || b.time === undefined) return FALSE;
    return and(`${a.time.ms} ${wanted ? "<" : ">="} ${b.time.ms}`, a.time.is, b.time.is);
  }

  function refuse(term: Term, value: Value, operator: string): void {
    const advice = value.refuses?.(operator);
    if (advice) throw cannotExpress(nameOf(term), operator, advice);
  }

  function valueOf(term: Term, operator: string, [element]: readonly Value[]): Value {
    if ("path" in term) return columnOf(term.path, operator);
    if ("element" in term) {
      const { keys } = parsePath(term.element);
      const [key] = keys as [string];
      if (keys.length > 1 || /["\\]/.test(key))
        throw cannotExpress(nameOf(term), operator, "only a member of the element itself can be asked for");
      return element?.at?.(key) ?? bare({ present: FALSE, absent: FALSE });
    }
    if ("time" in term) return bare({ present: TRUE, absent: FALSE });
    return literalValue("user" in term ? term.user : term.value, writer);
  }
}
