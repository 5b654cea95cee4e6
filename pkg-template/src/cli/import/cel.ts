// Conditions in CEL, of simple forms: comparisons of attributes with values and with each other, joined by
// `&&`, `||` and `!`.

import type { Operators, Ref, Scalar } from "../../types/types.js";
import { all, any, type Formula, is, not, type Side, unsaid } from "./formula.js";

/** Why a condition, or a part of it, is not exact: what it is, and whether nothing of it is left. */
type Report = (kind: "lost" | "changed", what: string, why: string) => void;

type Tree =
  | { readonly is: "and" | "or"; readonly parts: readonly Tree[] }
  | { readonly is: "not"; readonly part: Tree }
  | { readonly is: "compare"; readonly word: string; readonly left: Tree; readonly right: Tree }
  | {
      readonly is: "call";
      readonly name: string;
      readonly on: Tree | undefined;
      readonly values: readonly Tree[];
    }
  | { readonly is: "path"; readonly steps: readonly string[] }
  | { readonly is: "value"; readonly value: Scalar | null }
  | { readonly is: "list"; readonly items: readonly Tree[] };

/** Variables are other expressions, by their paths. */
export type Variables = ReadonlyMap<string, string>;

/** @param side `holds` of what allows, `applies` of what denies: then it is false only where it is not true */
export function celFormula(text: string, side: Side, variables: Variables, report: Report): Formula {
  const tree = new Parser(text, variables).whole();
  if (tree !== undefined) return new Writer(side, text, report).formula(tree, true);
  report("lost", `the condition ${text}`, "only simple comparisons can be said");
  return unsaid(side);
}

const DEEPEST = 24;
const LONGEST = 10_000;
const NAME = /^[A-Za-z_]\w*$/;
const TOKEN =
  /\s*(&&|\|\||==|!=|<=|>=|[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?u?|[A-Za-z_]\w*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\S)/y;

class Parser {
  readonly #tokens: string[] = [];
  readonly #variables: Variables;
  readonly #depth: number;
  #at = 0;
  #isBroken = false;

  constructor(text: string, variables: Variables, depth = 0) {
    this.#variables = variables;
    this.#depth = depth;
    if (text.length > LONGEST) this.#isBroken = true;
    TOKEN.lastIndex = 0;
    for (let found = TOKEN.exec(text); found !== null && !this.#isBroken; found = TOKEN.exec(text))
      this.#tokens.push(found[1] ?? "");
  }

  /** `undefined` if it is of another form. */
  whole(): Tree | undefined {
    const tree = this.#or(this.#depth);
    return this.#isBroken || this.#at < this.#tokens.length ? undefined : tree;
  }

  get #token(): string | undefined {
    return this.#tokens[this.#at];
  }

  #take(token: string): boolean {
    const isNext = this.#token === token;
    if (isNext) this.#at += 1;
    return isNext;
  }

  #need(token: string): void {
    if (!this.#take(token)) this.#isBroken = true;
  }

  #broken(): Tree {
    this.#isBroken = true;
    return { is: "value", value: null };
  }

  #joined(token: string, word: "and" | "or", inner: () => Tree): Tree {
    const first = inner();
    const parts = [first];
    while (!this.#isBroken && this.#take(token)) parts.push(inner());
    return parts.length === 1 ? first : { is: word, parts };
  }

  #or(depth: number): Tree {
    if (depth > DEEPEST) return this.#broken();
    return this.#joined("||", "or", () => this.#joined("&&", "and", () => this.#comparison(depth + 1)));
  }

  #comparison(depth: number): Tree {
    const left = this.#unary(depth);
    const word = this.#token ?? "";
    if (!["==", "!=", "<", "<=", ">", ">=", "in"].includes(word)) return left;
    this.#at += 1;
    return { is: "compare", word, left, right: this.#unary(depth) };
  }

  #unary(depth: number): Tree {
    if (depth > DEEPEST) return this.#broken();
    if (this.#take("!")) return { is: "not", part: this.#unary(depth + 1) };
    let tree = this.#primary(depth);
    while (!this.#isBroken && (this.#token === "." || this.#token === "[")) {
      if (this.#take(".")) {
        const name = this.#name();
        if (this.#take("(")) tree = { is: "call", name, on: tree, values: this.#list(")", depth) };
        else tree = this.#step(tree, name);
      } else {
        this.#at += 1;
        const key = this.#primary(depth + 1);
        this.#need("]");
        tree =
          key.is === "value" && typeof key.value === "string" ? this.#step(tree, key.value) : this.#broken();
      }
    }
    return tree.is === "path" ? this.#variable(tree.steps) : tree;
  }

  #step(tree: Tree, name: string): Tree {
    return tree.is === "path" ? { is: "path", steps: [...tree.steps, name] } : this.#broken();
  }

  /** What a variable stands for. */
  #variable(steps: readonly string[]): Tree {
    const text = this.#variables.get(steps.join("."));
    if (text === undefined) return { is: "path", steps };
    return new Parser(text, this.#variables, this.#depth + 4).whole() ?? this.#broken();
  }

  #name(): string {
    const token = this.#token ?? "";
    if (!NAME.test(token)) this.#isBroken = true;
    this.#at += 1;
    return token;
  }

  #list(end: string, depth: number): Tree[] {
    const items: Tree[] = [];
    while (!this.#isBroken && this.#token !== end) {
      items.push(this.#or(depth + 1));
      if (this.#token !== end) this.#need(",");
    }
    this.#need(end);
    return items;
  }

  #primary(depth: number): Tree {
    const token = this.#token ?? "";
    this.#at += 1;
    if (token === "(") {
      const tree = this.#or(depth + 1);
      this.#need(")");
      return tree;
    }
    if (token === "[") return { is: "list", items: this.#list("]", depth) };
    if (token === "true" || token === "false") return { is: "value", value: token === "true" };
    if (token === "null") return { is: "value", value: null };
    if (/^["']/.test(token)) return this.#text(token);
    if (/^[-+]?\d/.test(token)) {
      const value = Number(token.replace(/u$/, ""));
      return Number.isFinite(value) ? { is: "value", value } : this.#broken();
    }
    if (!NAME.test(token)) return this.#broken();
    if (this.#take("(")) return { is: "call", name: token, on: undefined, values: this.#list(")", depth) };
    return { is: "path", steps: [token] };
  }

  /** Escapes are those of JSON, or it is not read. */
  #text(token: string): Tree {
    try {
      const inner = token.slice(1, -1);
      const json = token.startsWith("'")
        ? inner.replaceAll(/\\'|"/g, (it) => (it === '"' ? '\\"' : "'"))
        : inner;
      return { is: "value", value: String(JSON.parse(`"${json}"`)) };
    } catch {
      return this.#broken();
    }
  }
}

/** An attribute: of the record, or of the user. */
interface Attribute {
  readonly of: "resource" | "user";
  readonly path: string;
}

type Term = Attribute | { readonly value: Scalar | null } | { readonly list: readonly Scalar[] };

const OPPOSITE: Readonly<Record<string, string>> = {
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
  "==": "==",
  "!=": "!=",
};
const WORDS: Readonly<Record<string, keyof Operators>> = {
  "<": "$lt",
  "<=": "$lte",
  ">": "$gt",
  ">=": "$gte",
  "==": "$eq",
  "!=": "$ne",
};
/** What a comparison says where it is false: of what can be compared, the other half. */
const CONTRARY: Readonly<Record<string, string>> = {
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
  "==": "!=",
  "!=": "==",
};

class Writer {
  readonly #side: Side;
  readonly #text: string;
  readonly #report: Report;

  constructor(side: Side, text: string, report: Report) {
    this.#side = side;
    this.#text = text;
    this.#report = report;
  }

  /** That a tree is true, or that it is false; what fails in CEL is neither. */
  formula(tree: Tree, wanted: boolean): Formula {
    switch (tree.is) {
      case "and":
      case "or": {
        const parts = tree.parts.map((part) => this.formula(part, wanted));
        return (tree.is === "and") === wanted ? all(parts) : any(parts);
      }
      case "not":
        return this.formula(tree.part, !wanted);
      case "value":
        return typeof tree.value === "boolean" ? tree.value === wanted : this.#lost();
      case "path": {
        const term = attributeOf(tree.steps);
        return term === undefined ? this.#lost() : this.#compared(term, "==", { value: wanted });
      }
      case "compare":
        return this.#comparison(tree.word, tree.left, tree.right, wanted);
      case "call":
        return this.#call(tree.name, tree.on, tree.values, wanted);
      case "list":
        return this.#lost();
    }
  }

  #comparison(word: string, leftTree: Tree, rightTree: Tree, wanted: boolean): Formula {
    const left = termOf(leftTree);
    const right = termOf(rightTree);
    if (left === undefined || right === undefined) return this.#lost();
    if (word === "in") return this.#isIn(left, right, wanted);
    const said = wanted ? word : (CONTRARY[word] as string);
    if (isAttribute(left) && !(isAttribute(right) && left.of === "user" && right.of === "resource"))
      return this.#compared(left, said, right);
    return isAttribute(right) ? this.#compared(right, OPPOSITE[said] as string, left) : this.#lost();
  }

  #compared(attribute: Attribute, word: string, other: Term): Formula {
    const { path } = attribute;
    if ("list" in other) return this.#lost();
    if ("value" in other && other.value === null) return this.#isNull(path, word);
    const operand: Scalar | Ref = isAttribute(other) ? { $ref: other.path } : (other.value as Scalar);
    if (typeof operand === "boolean" && word !== "==" && word !== "!=") return this.#lost();
    const operators: Operators = { [WORDS[word] as string]: operand };
    const isOpen = isAttribute(other) && !path.endsWith(".id") && !other.path.endsWith(".id");
    // Null, and values of different types, are different for CEL; here they are not known to be.
    if (word === "!=") this.#odd("null, lists, objects and values of another type");
    else if (isOpen) this.#odd("null, lists and objects");
    if (this.#side === "holds" || word === "!=" || isOpen) return is(path, operators);
    this.#odd("lists, objects and values of another type");
    return is(path, { $exists: true, ...operators });
  }

  /** CEL tells null from what is missing. */
  #isNull(path: string, word: string): Formula {
    if (word !== "==" && word !== "!=") return this.#lost();
    if (word === "!=") return is(path, { $exists: true });
    this.#report("lost", `null, in ${this.#text}`, "what is null and what is missing is the same here");
    return this.#side === "holds" ? false : is(path, { $exists: false });
  }

  /** `R.attr.x in [...]`, `R.attr.x in P.attr.list`, `"x" in R.attr.list`. */
  #isIn(left: Term, right: Term, wanted: boolean): Formula {
    if (isAttribute(left) && "list" in right) {
      if (right.list.length === 0) return !wanted;
      return this.#oneOf(left.path, wanted ? { $in: right.list } : { $nin: right.list }, wanted);
    }
    if (!isAttribute(right)) return this.#lost();
    // Whether the list is one, and no map, is not known: for maps it asks for a key.
    if ("value" in left && left.value !== null) {
      this.#odd("maps and single values");
      return this.#member(right.path, { $has: left.value }, wanted);
    }
    if (isAttribute(left) && left.of === "resource" && right.of === "user") {
      this.#odd("maps and values of another type");
      return this.#oneOf(
        left.path,
        wanted ? { $in: { $ref: right.path } } : { $nin: { $ref: right.path } },
        wanted,
      );
    }
    if (isAttribute(left) && left.of === "user") {
      this.#odd("maps");
      return this.#member(right.path, { $has: { $ref: left.path } }, wanted);
    }
    return this.#lost();
  }

  #oneOf(path: string, operators: Operators, wanted: boolean): Formula {
    if (!wanted) this.#odd("null, lists, objects and values of another type");
    if (this.#side === "holds" || !wanted || "$ref" in (operators.$in as object)) return is(path, operators);
    this.#odd("lists, objects and values of another type");
    return is(path, { $exists: true, ...operators });
  }

  /** Only of lists, which is all that these operators know: `$has` knows single values, too. */
  #member(path: string, operators: { readonly $has: Scalar | Ref }, wanted: boolean): Formula {
    const { $has } = operators;
    const isReference = typeof $has === "object";
    const isThere = isReference ? is(path, { $has }) : is(path, { $hasAny: [$has] });
    const isEmpty = is(path, { $subset: [""] });
    const isList = isReference ? any([isEmpty, not(isEmpty)]) : true;
    if (this.#side === "holds")
      return wanted
        ? all([isThere, isReference ? not(isEmpty) : true])
        : all([isList, is(path, { $exists: true }), not(isThere)]);
    return wanted ? all([is(path, { $exists: true }), isThere]) : not(isThere);
  }

  #call(name: string, on: Tree | undefined, values: readonly Tree[], wanted: boolean): Formula {
    const [first, ...more] = values;
    if (first === undefined || more.length > 0) return this.#lost();
    if (name === "has" && on === undefined) return this.#isThere(first, wanted);
    const attribute = on && termOf(on);
    const operand = termOf(first);
    if (attribute === undefined || operand === undefined || !isAttribute(attribute)) return this.#lost();
    if (name !== "startsWith" && name !== "endsWith") return this.#lost();
    const text = isAttribute(operand) ? { $ref: operand.path } : "value" in operand ? operand.value : null;
    if (typeof text !== "string" && (typeof text !== "object" || text === null)) return this.#lost();
    const begins: Operators = name === "startsWith" ? { $startsWith: text } : { $endsWith: text };
    const positive = is(attribute.path, begins);
    // Of what is no text it fails, and is neither.
    if (this.#side === "holds") return wanted ? positive : { $not: positive };
    this.#odd("values of another type");
    return wanted
      ? is(attribute.path, { $exists: true, ...begins })
      : all([is(attribute.path, { $exists: true }), { $not: positive }]);
  }

  /** What is null is there. */
  #isThere(tree: Tree, wanted: boolean): Formula {
    const term = tree.is === "path" ? attributeOf(tree.steps) : undefined;
    if (term === undefined || tree.is !== "path" || tree.steps.length < 3) return this.#lost();
    const why = "null counts as missing here";
    if (wanted === (this.#side === "holds")) {
      this.#report("changed", `has, in ${this.#text}`, why);
      return is(term.path, { $exists: wanted });
    }
    this.#report("lost", `has, in ${this.#text}`, why);
    return unsaid(this.#side);
  }

  #lost(): Formula {
    this.#report("lost", `the condition ${this.#text}`, "only simple comparisons can be said");
    return unsaid(this.#side);
  }

  #odd(which: string): void {
    this.#report(
      "changed",
      `${which}, in ${this.#text}`,
      "here, no grant applies to these, and every restriction does",
    );
  }
}

const isAttribute = (term: Term): term is Attribute => "path" in term;

function termOf(tree: Tree): Term | undefined {
  if (tree.is === "value") return { value: tree.value };
  if (tree.is === "path") return attributeOf(tree.steps);
  if (tree.is !== "list") return undefined;
  const list = tree.items.map((item) => (item.is === "value" ? item.value : null));
  return list.includes(null) ? undefined : { list: list as Scalar[] };
}

/** Steps of a path that mean something else here. */
const TAKEN = { resource: ["id"], user: ["id", "teams"] };

function attributeOf(steps: readonly string[]): Attribute | undefined {
  const [root, ...rest] = steps[0] === "request" ? steps.slice(1) : steps;
  const of = { R: "resource", resource: "resource", P: "user", principal: "user" }[root ?? ""];
  if (of !== "resource" && of !== "user") return undefined;
  const [kind, first, ...more] = rest;
  if (kind === "id" && first === undefined) return { of, path: `${of}.id` };
  if (kind !== "attr" || first === undefined || TAKEN[of].includes(first)) return undefined;
  const path = [first, ...more];
  if (path.some((step) => !/^[\w -]+$/.test(step) || /^(?:__proto__|constructor|prototype)$/.test(step)))
    return undefined;
  return { of, path: `${of}.${path.join(".")}` };
}
