// A tree as a filter of MongoDB. What an index can serve is said by operators of queries, which look at the
// elements of lists, too, so that each says what it is not to match; the rest by expressions.

import { parsePath } from "../condition/facts.js";
import { cannotExpress, nameOf } from "../filters/refusals.js";
import type { Term, Tree } from "../filters/tree.js";
import { COMPARISONS } from "./comparisons.js";
import { and, type Expression, isList, literal, or, some, type Test, type Value } from "./expressions.js";
import type { Field, MongoFilter } from "./fields.js";
import { asId, hasId, isOneOfIds, isUser } from "./ids.js";
import { attributeOf, isPresent, memberOf } from "./paths.js";
import { quickOf } from "./quick.js";
import { isBefore, type Moment, momentOf } from "./times.js";

/** By path, as a condition writes it. */
type FieldOf = (path: string) => Field | undefined;

export const EVERYTHING: MongoFilter = {};
export const NOTHING: MongoFilter = { _id: { $in: [] } };

/** All of these. */
function every(filters: readonly MongoFilter[]): MongoFilter {
  const left = filters.filter((filter) => filter !== EVERYTHING);
  if (left.includes(NOTHING)) return NOTHING;
  if (left.length === 0) return EVERYTHING;
  return left.length === 1 ? (left[0] as MongoFilter) : { $and: left };
}

function any(filters: readonly MongoFilter[]): MongoFilter {
  const left = filters.filter((filter) => filter !== NOTHING);
  if (left.includes(EVERYTHING)) return EVERYTHING;
  if (left.length === 0) return NOTHING;
  return left.length === 1 ? (left[0] as MongoFilter) : { $or: left };
}

/** What a leaf asks of a field. */
function askedBy(leaf: Tree): string {
  if (leaf.kind === "compare") return leaf.operator;
  return leaf.kind === "own" ? "owner" : leaf.kind === "elements" ? "$elem" : "team";
}

export function print(tree: Tree, fieldAt: FieldOf): MongoFilter {
  let names = 0;
  const name = (): string => `rg${(names += 1)}`;
  return filterOf(tree);

  function filterOf(tree: Tree): MongoFilter {
    if (tree.kind === "all") return every(tree.of.map(filterOf));
    if (tree.kind === "any") return any(tree.of.map(filterOf));
    const quick = quickOf(tree, (path) => fieldOf(path, askedBy(tree)));
    if (quick !== undefined) return quick;
    const test = testOf(tree, []);
    return test === true ? EVERYTHING : test === false ? NOTHING : { $expr: test };
  }

  /** @param elements what `$elem` asks about, the innermost first */
  function testOf(tree: Tree, elements: readonly Expression[]): Test {
    switch (tree.kind) {
      case "all":
        return and(tree.of.map((it) => testOf(it, elements)));
      case "any":
        return or(tree.of.map((it) => testOf(it, elements)));
      case "own":
        return or(tree.paths.map((path) => isOneOfIds(valueAt(path, "owner"), [tree.user], name)));
      case "covered":
        return or(tree.paths.map((path) => isOneOfIds(valueAt(path, "team"), tree.teams, name)));
      case "apart": {
        const values = tree.paths.map((path) => valueAt(path, "team"));
        return and(
          or(values.map((value) => hasId(value, name))),
          values.map((value) => ({ $not: [isOneOfIds(value, tree.teams, name)] })),
        );
      }
      case "elements": {
        const list = valueOf(tree.left, "$elem", elements);
        const found = some(list, name, ({ is }) => {
          const inner = testOf(tree.inner, [is, ...elements]);
          return tree.every ? { $not: [inner] } : inner;
        });
        return and(isList(list), tree.every ? { $not: [found] } : found);
      }
      case "compare":
        return comparisonOf(tree, elements);
    }
  }

  function comparisonOf(
    { operator, left, right, wanted }: Tree & { kind: "compare" },
    elements: readonly Expression[],
  ): Test {
    if (operator === "$cidr")
      throw cannotExpress(nameOf(left), operator, "this database cannot compare addresses");
    if (operator === "$before")
      return isBefore(momentAt(left, operator, elements), momentAt(right, operator, elements), wanted);
    let [a, b] = [valueOf(left, operator, elements), valueOf(right, operator, elements)];
    if (operator === "$exists") return b.literal === wanted ? isPresent(a) : a.isAbsent;
    // Whoever is asked for is mostly looked for in one value.
    if (operator === "$eq" && wanted && "user" in right) return isUser(a, right.user);
    if (operator === "$eq" && wanted && "user" in left) return isUser(b, left.user);
    if ("user" in right) a = asId(a, name);
    if ("user" in left) b = asId(b, name);
    return COMPARISONS[operator](a, b, wanted, name);
  }

  function momentAt(term: Term, operator: string, elements: readonly Expression[]): Moment {
    if ("time" in term) return term;
    const type = "path" in term ? fieldOf(term.path, operator).type : undefined;
    if (type === undefined)
      throw cannotExpress(
        nameOf(term),
        operator,
        'it may hold a time as text: `{ field: …, type: "date" }` says that it holds dates, `type: "number"` milliseconds',
      );
    return momentOf(valueOf(term, operator, elements).is, type);
  }

  function fieldOf(path: string, operator: string): Field {
    const found = fieldAt(path);
    if (found === undefined)
      throw cannotExpress(`resource.${path}`, operator, `name its field: \`fields: { "${path}": … }\``);
    if (found.keys.some((key) => key.startsWith("$")))
      throw cannotExpress(`resource.${path}`, operator, "no part of a path may begin with `$`");
    return found;
  }

  function valueAt(path: string, operator: string): Value {
    return attributeOf(fieldOf(path, operator).keys, name);
  }

  function valueOf(term: Term, operator: string, [element]: readonly Expression[]): Value {
    if ("path" in term) return valueAt(term.path, operator);
    if ("element" in term) {
      const { keys } = parsePath(term.element);
      if (keys.some((key) => key.startsWith("$")))
        throw cannotExpress(nameOf(term), operator, "no part of a path may begin with `$`");
      return memberOf(element as Expression, keys, name);
    }
    return literal("user" in term ? term.user : "time" in term ? term.time : term.value);
  }
}
