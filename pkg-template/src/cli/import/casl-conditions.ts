// Conditions of CASL, as its own matcher understands them: there is no unknown, and lists are looked into.

import type { Operators, Ref, Scalar } from "../../types/types.js";
import type { Settings } from "./draft.js";
import { all, any, type Formula, is, not, otherSide, type Side, unsaid } from "./formula.js";
import type { Item } from "./item.js";
import type { Losses } from "./losses.js";

/** Says a condition for one use, and reports what is not exact. */
export function formulaOf(
  condition: Item | undefined,
  side: Side,
  settings: Settings,
  losses: Losses,
): Formula {
  if (condition === undefined) return true;
  return new Reader(settings, losses).query({ item: condition, root: "resource.", depth: 0, side });
}

/** A part of a condition, and where it is. */
interface Part {
  readonly item: Item;
  /** Of paths. */
  readonly root: "resource." | "element.";
  readonly depth: number;
  readonly side: Side;
}

/** An operand, and the attribute with which it is compared. */
interface Operand extends Part {
  readonly path: string;
  /** The path has one step. */
  readonly isPlain: boolean;
}

const DEEPEST = 12;
/** Steps of a path that mean something else than an attribute. */
const NO_ATTRIBUTE = /^(?:\d*|length|__proto__|constructor|prototype)$/;
/** How templates write an attribute of the user. */
const REFERENCE = /^(?:\$\{ *(user\.[^{}\s]+) *\}|\{\{ *(user\.[^{}\s]+) *\}\})$/;
const AFFIX = /^(\^?)([\w\s:/@#%&=,;<>~'"!-]+)(\$?)$/;
const ONLY_EXTENDED = "CASL has it only with a matcher of your own: say so with --extended";

class Reader {
  readonly #isTyped: boolean;
  readonly #isExtended: boolean;
  readonly #losses: Losses;

  constructor({ typed, extended }: Settings, losses: Losses) {
    this.#isTyped = typed;
    this.#isExtended = extended;
    this.#losses = losses;
  }

  query(part: Part): Formula {
    const { item, depth } = part;
    if (depth > DEEPEST) return this.#lost(part, "conditions within conditions", "they are too deep");
    return all(
      item.entries().map(([key, value]) => {
        const inner = { ...part, item: value, depth: depth + 1 };
        return key.startsWith("$") ? this.#word(key, inner) : this.#attribute(key, inner);
      }),
    );
  }

  #word(word: string, part: Part): Formula {
    if (!["$and", "$or", "$nor", "$not"].includes(word)) return this.#lost(part, word, "it is not known");
    if (!this.#isExtended) return this.#lost(part, word, ONLY_EXTENDED);
    if (word === "$not") return this.#not(part, (inner) => this.query(inner));
    if (word === "$nor") return this.#not(part, (inner) => any(this.#each(inner)));
    return word === "$and" ? all(this.#each(part)) : any(this.#each(part));
  }

  #each(part: Part): Formula[] {
    const items = part.item.list();
    if (items.length === 0) part.item.fail("must not be empty");
    return items.map((item) => this.query({ ...part, item }));
  }

  #not<P extends Part>(part: P, say: (part: P) => Formula): Formula {
    return not(say({ ...part, side: otherSide(part.side) }));
  }

  #attribute(name: string, part: Part): Formula {
    const steps = name.split(".");
    if (steps.some((step) => NO_ATTRIBUTE.test(step)))
      return this.#lost(part, `the attribute "${name}"`, "such a path is none of a record here");
    const operand = { ...part, path: part.root + name, isPlain: steps.length === 1 };
    if (!operand.isPlain && !this.#isTyped)
      this.#losses.changed(
        part.item,
        `"${name}" where there are lists in lists`,
        "here, they are looked into",
      );
    if (!part.item.isObject) return this.#equals(operand);
    const operators = part.item.entries();
    if (operators.length === 0 || !operators.every(([key]) => key.startsWith("$")))
      return this.#lost(part, `"${name}" as an object`, "only scalars can be compared");
    return this.#operators(operand);
  }

  #operators(operand: Operand): Formula {
    return all(
      operand.item.entries().map(([word, item]) => this.#operator(word, { ...operand, item }, operand.item)),
    );
  }

  #operator(word: string, operand: Operand, operators: Item): Formula {
    switch (word) {
      case "$eq":
        return this.#equals(operand);
      case "$ne":
        return this.#not(operand, (inner) => this.#equals(inner));
      case "$in":
        return this.#isOneOf(operand);
      case "$nin":
        return this.#not(operand, (inner) => this.#isOneOf(inner));
      case "$lt":
      case "$lte":
      case "$gt":
      case "$gte":
        return this.#compares(word, operand);
      case "$exists":
        return operand.item.flag()
          ? this.#exists(operand)
          : this.#not(operand, (inner) => this.#exists(inner));
      case "$all":
        return this.#hasAll(operand);
      case "$regex":
        return this.#matches(operand, operators);
      case "$elemMatch":
        return this.#element(operand);
      case "$not":
        if (!this.#isExtended) return this.#lost(operand, word, ONLY_EXTENDED);
        return this.#not(operand, (inner) => this.#operators(inner));
      default:
        return this.#lost(operand, word, "there is no such operator");
    }
  }

  /** Equal, or a list that contains it. */
  #equals(operand: Operand): Formula {
    const { item, path, side } = operand;
    if (item.value === null) return this.#isNull(operand);
    const value = this.#scalar(item);
    if (value === undefined)
      return this.#lost(operand, "a list or an object as a value", "only scalars can be compared");
    if (this.#isTyped) return exactly(operand, { $eq: value });
    if (side === "holds") return is(path, { $has: value });
    this.#odd(operand, "an object, or a list with null or objects in it");
    return is(path, { $exists: true, $has: value });
  }

  /** Missing or null. */
  #isNull(operand: Operand): Formula {
    const { path, side, isPlain } = operand;
    if (!isPlain)
      return this.#lost(operand, "null at the end of a path", "CASL does not see what is missing");
    const absent = is(path, { $exists: false });
    if (this.#isTyped) return absent;
    this.#odd(operand, "an object, or a list with null or objects in it");
    if (side === "holds") return absent;
    // Is never true, and unknown of these.
    const isUnknown = all([is(path, { $has: "" }), not(is(path, { $has: "" }))]);
    return any([absent, isUnknown]);
  }

  #isOneOf(operand: Operand): Formula {
    const { item, path, side } = operand;
    if (!item.isList) {
      const reference = this.#scalar(item);
      if (typeof reference !== "object") return item.fail("must be a list");
      if (this.#isTyped) return exactly(operand, { $in: reference });
      this.#odd(operand, "a list");
      return side === "holds" ? any([is(path, { $in: reference }), is(path, { $hasAny: reference })]) : true;
    }
    const values = item.list().map((one) => this.#scalar(one));
    const scalars = values.filter(isScalar);
    if (scalars.length < values.length) {
      const why = "only scalars can be listed";
      this.#losses.lost(item, "null, a list, an object or a reference in a list", why);
      if (side === "applies") return true;
    }
    if (scalars.length === 0) {
      this.#losses.changed(
        item,
        "an empty list, without a record",
        "CASL does not see that nothing is in it",
      );
      return false;
    }
    if (this.#isTyped) return exactly(operand, { $in: scalars });
    if (side === "holds") return any([is(path, { $in: scalars }), is(path, { $hasAny: scalars })]);
    this.#odd(operand, "an object, or a list with null or objects in it");
    return all([is(path, { $exists: true }), any(scalars.map((value) => is(path, { $has: value })))]);
  }

  /** CASL puts what is missing, and what is of another type, before everything. */
  #compares(word: "$lt" | "$lte" | "$gt" | "$gte", operand: Operand): Formula {
    const { item, path } = operand;
    const value = this.#scalar(item);
    if (value === undefined || typeof value === "boolean")
      return this.#lost(operand, word, "only numbers and text can be compared");
    const isLess = word === "$lt" || word === "$lte";
    const comparison: Operators = { [word]: value };
    if (this.#isTyped && isLess) return any([is(path, { $exists: false }), is(path, comparison)]);
    if (this.#isTyped) return exactly(operand, comparison);
    this.#odd(operand, isLess ? "missing, or of another type" : "of another type");
    return isLess ? is(path, comparison) : exactly(operand, comparison);
  }

  /** For CASL, null exists. */
  #exists(operand: Operand): Formula {
    const { path, side, isPlain } = operand;
    // Of a list on the way, here something is there, whatever is in it.
    if (!isPlain)
      return this.#lost(operand, "$exists of a path", "CASL does not see what is missing in lists");
    if (this.#isTyped) return is(path, { $exists: true });
    const why = "null does not exist here; --typed says that there is none";
    if (side === "holds") this.#losses.changed(operand.item, "$exists, of null", why);
    else this.#losses.lost(operand.item, "$exists, of null", why);
    return side === "holds" ? is(path, { $exists: true }) : true;
  }

  #hasAll(operand: Operand): Formula {
    const { item, path, side } = operand;
    const values = item.list().map((one) => this.#scalar(one));
    const scalars = values.filter(isScalar);
    if (scalars.length < values.length || scalars.length === 0)
      return this.#lost(operand, "$all of something else than scalars", "only scalars can be listed");
    const each = scalars.map((value) => is(path, { $has: value }));
    if (side === "holds") return all([is(path, { $hasAny: scalars }), ...each]);
    this.#odd(operand, "no list");
    return all([is(path, { $exists: true }), ...each]);
  }

  /** What begins or ends with a text. */
  #matches(operand: Operand, operators: Item): Formula {
    const { item } = operand;
    const pattern = typeof item.value === "string" ? item.value : "";
    const [, start, text = "", end] = AFFIX.exec(pattern) ?? [];
    if (!(start || end) || operators.get("$options") !== undefined)
      return this.#lost(operand, "$regex", "only ^text, text$ and ^text$ can be said");
    if (!this.#isTyped) this.#odd(operand, "a list");
    if (start && end) return exactly(operand, { $eq: text });
    return exactly(operand, start ? { $startsWith: text } : { $endsWith: text });
  }

  #element(operand: Operand): Formula {
    const { item, path, side } = operand;
    const isOfScalars = item.entries().some(([key]) => /^\$(?!and$|or$|nor$|not$)/.test(key));
    if (isOfScalars)
      return this.#lost(operand, "$elemMatch of scalars", "elements are compared by attributes");
    const inner = this.query({ ...operand, root: "element." });
    if (inner === false) return false;
    if (inner === true) return this.#lost(operand, "$elemMatch of anything", "it has no condition");
    if (!this.#isTyped) this.#odd(operand, "no list, or has elements that are no objects");
    const found = is(path, { $elem: inner });
    return side === "holds" ? found : all([is(path, { $exists: true }), found]);
  }

  /** A scalar, or a reference to an attribute of the user, as templates have it. */
  #scalar(item: Item): Scalar | Ref | undefined {
    const { value } = item;
    if (typeof value === "string") {
      const [, one, other] = REFERENCE.exec(value) ?? [];
      const path = one ?? other;
      if (path === undefined) return value;
      this.#losses.changed(item, `the text "${value}"`, `it is read as the attribute ${path} of the user`);
      return { $ref: path };
    }
    if (typeof value === "boolean") return value;
    return typeof value === "number" && Number.isFinite(value) ? value : undefined;
  }

  #lost({ item, side }: Part, what: string, why: string): Formula {
    this.#losses.lost(item, what, why);
    return unsaid(side);
  }

  #odd({ item }: Part, which: string): void {
    const why = "here, no grant applies to it, and every restriction does; --typed says that there is none";
    this.#losses.changed(item, `an attribute that is ${which}`, why);
  }
}

function isScalar(value: Scalar | Ref | undefined): value is Scalar {
  return value !== undefined && typeof value !== "object";
}

/** What is missing or null is not so. */
function exactly({ path, side }: Operand, operators: Operators): Formula {
  return is(path, side === "holds" ? operators : { $exists: true, ...operators });
}
