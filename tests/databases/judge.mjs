// What came of each filter: agreement, a refusal that was expected, or a fault.

import { cannotSay } from "./cannot.mjs";

/** What is in the text of a filter whatever its values. */
const WORDS = new Set(["true", "null", "NULL", "open", "9007199254740991"]);
/** How many faults are told with all there is to them. */
const FULLY = 3;
/** Shorter values may stand in the text by chance. */
const TELLING = 4;

export class Judge {
  #shown;
  #faults = 0;
  #told = new Set();
  #agreed = new Map();
  #refused = new Map();
  #faulty = new Map();

  /** @param shown how many faults are told */
  constructor({ shown }) {
    this.#shown = shown;
  }

  /** How many faults there were. */
  get faults() {
    return this.#faults;
  }

  /** The filter that `make` gives; nothing if it is refused, as it may be or not. */
  filter(name, engine, scope, make) {
    const refused = pairsOf(scope.toJSON(), engine.columns).filter((pair) => pair.isRefused(engine.dialect));
    try {
      const filter = make();
      if (refused.length > 0)
        this.fault(name, { engine, scope, filter, text: `it can say ${refused} after all` });
      return filter;
    } catch (error) {
      const fault = (text) => this.fault(name, { engine, scope, text });
      if (error?.code !== "cannot-express") fault(`${error?.stack ?? error}`);
      else if (refused.length === 0) fault(`it is refused, which is not expected: ${error.message}`);
      else if (!pathsOf(scope).some((path) => error.message.includes(path)))
        fault(`it is refused without the path: ${error.message}`);
      else count(this.#refused, `${engine.dialect}: ${refused[0]}`);
      return undefined;
    }
  }

  /** Whether a filter is as it should be, whatever the rows. */
  form(name, engine, scope, filter, now) {
    const fault = (text) => this.fault(name, { engine, scope, filter, text });
    const kind = { TRUE: "all", FALSE: "none" }[filter.text] ?? "where";
    if (filter.kind !== kind) fault(`its kind is ${filter.kind}, and its text says ${kind}`);
    if (scope.kind !== "some" && filter.kind !== scope.kind)
      fault(`its kind is ${filter.kind}, not ${scope.kind}`);
    const validUntil = /"\$(since|before)":"now/.test(JSON.stringify(scope)) ? now : scope.validUntil;
    if (filter.validUntil !== validUntil) fault(`it is right until ${filter.validUntil}, not ${validUntil}`);
  }

  /** Whether all values of a filter are parameters. */
  parameters(name, engine, scope, filter) {
    const own = Object.values(engine.columns).map(({ sql }) => sql);
    for (const value of literalsIn(scope.toJSON().parts))
      if (filter.text.includes(value) && !own.some((sql) => sql.includes(value)))
        this.fault(name, { engine, scope, filter, text: `a value stands in its text: ${value}` });
  }

  /** Whether the engine found what the scope admits. */
  compare(name, engine, scope, filter, { rows, expected, found }) {
    const missing = expected.find((id) => !found.includes(id));
    const extra = found.find((id) => !expected.includes(id));
    if (missing === undefined && extra === undefined && expected.length === found.length) {
      count(this.#agreed, engine.name);
      return;
    }
    const odd = extra ?? missing;
    this.fault(name, {
      engine,
      scope,
      filter,
      text: `found ${found.length} rows for ${expected.length}; row ${odd} is ${extra === undefined ? "not found" : "found and not admitted"}`,
      record: rows.find(({ id }) => id === odd)?.record,
    });
  }

  fault(name, { engine, scope, filter, text, record }) {
    this.#faults += 1;
    if (engine !== undefined) {
      const pairs = pairsOf(scope.toJSON(), engine.columns);
      count(this.#faulty, `${engine.dialect}: ${pairs.length === 1 ? pairs[0] : "several together"}`);
    }
    // The same words of the same engine are told once.
    const told = `${engine?.name} ${text}`;
    if (this.#told.has(told) || this.#told.size >= this.#shown) return;
    this.#told.add(told);
    console.log(`FAILED ${name}${engine === undefined ? "" : ` on ${engine.name}`}\n       ${text}`);
    if (this.#told.size > FULLY) return;
    const show = (title, value) => value !== undefined && console.log(`       ${title.padEnd(7)}${value}`);
    show("scope", JSON.stringify(scope));
    show("record", record && written(record));
    show("text", filter?.text);
    show("values", filter && written(filter.values));
  }

  /** Says what there was; whether it is right. */
  close() {
    const list = (title, counts) => {
      if (counts.size > 0) console.log(title);
      for (const [key, times] of [...counts].sort()) console.log(`  ${String(times).padStart(6)}  ${key}`);
    };
    list("cannot be said, as expected:", this.#refused);
    list("operators and columns of what failed:", this.#faulty);
    const agreed = [...this.#agreed.values()].reduce((sum, times) => sum + times, 0);
    list("agreed:", this.#agreed);
    console.log(`${agreed} passed, ${this.#faults} failed`);
    return this.#faults === 0 && agreed > 0;
  }
}

function count(counts, key) {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

const written = (value) =>
  JSON.stringify(value, (_, part) =>
    typeof part === "bigint"
      ? `${part}n`
      : typeof part === "number" && !Number.isFinite(part)
        ? `${part}`
        : part,
  );

/** An operator with the types of columns, or other sides, that it is about. */
class Pair {
  constructor(operator, types) {
    this.operator = operator;
    this.types = types;
  }

  isRefused(dialect) {
    return this.types.some((type) => cannotSay(dialect, this.operator, type));
  }

  toString() {
    return `${this.operator} ${this.types.join(" beside ")}`;
  }
}

/** What a scope asks of columns, each once. */
function pairsOf({ map: [owners, teams], parts }, columns) {
  const pairs = new Map();
  const add = (operator, ...types) => {
    const pair = new Pair(operator, types);
    pairs.set(`${pair}`, pair);
  };
  const typeOf = (path) => {
    const [, root, name] = /^(?:(resource|user|element)\.)?(.*)$/s.exec(path);
    if (root === "user") return path;
    if (root !== "element") return Object.hasOwn(columns, name) ? columns[name].type : "unmapped";
    return name.includes(".") ? "element below" : /["\\]/.test(name) ? "element by an odd name" : "element";
  };
  const look = (condition) => {
    for (const [key, value] of Object.entries(condition))
      if (key === "$not") look(value);
      else if (key === "$and" || key === "$or") value.forEach(look);
      else if (key === "$value") compare("value", (({ of, ...rest }) => rest)(value));
      else compare(typeOf(key), typeof value !== "object" || "$ref" in value ? { $eq: value } : value);
  };
  const compare = (type, operators) => {
    for (const [operator, operand] of Object.entries(operators)) {
      const other = operand?.$ref;
      add(operator, type, ...(other === undefined ? [] : [typeOf(other)]));
      if (operator === "$elem") look(operand);
    }
  };
  for (const { own, teams: covered, where, unless } of parts.flatMap(({ any, none }) => [...any, ...none])) {
    if (own) for (const path of owners) add("own", typeOf(path));
    if (covered) for (const path of teams) add("team", typeOf(path));
    for (const condition of [where, unless]) if (condition) look(condition);
  }
  return [...pairs.values()];
}

/** The attributes that a scope reads. */
function pathsOf(scope) {
  const paths = new Set(scope.toJSON().map.flat());
  const look = (part) => {
    if (typeof part === "string") paths.add(part.replace(/^resource\./, ""));
    else if (typeof part === "object" && part !== null)
      for (const [key, value] of Object.entries(part)) {
        if (/^(resource|element)\./.test(key)) paths.add(key.replace(/^resource\./, ""));
        if (key === "$ref" || typeof value === "object") look(value);
      }
  };
  look(scope.toJSON().parts);
  return [...paths];
}

/** Values of conditions, and keys of attributes, that could not stand in a text by chance. */
function literalsIn(json) {
  const found = new Set();
  const look = (part) => {
    if (typeof part === "string") {
      for (const piece of /^(resource|user|element)\./.test(part) ? part.split(".").slice(1) : [part])
        if (piece.length >= (/^\w*$/.test(piece) ? TELLING : 2) && !WORDS.has(piece)) found.add(piece);
    } else if (typeof part === "number" && String(part).length >= TELLING && !WORDS.has(String(part)))
      found.add(String(part));
    else if (Array.isArray(part)) part.forEach(look);
    else if (typeof part === "object" && part !== null)
      for (const [key, value] of Object.entries(part)) {
        if (!key.startsWith("$")) look(key);
        look(value);
      }
  };
  look(json);
  return [...found];
}
