// The model of Casbin: what a request is, how policies match it, and what these come to.

import { Item, type Source } from "./item.js";

/** How a value of a request is compared with that of a policy. */
export interface Match {
  readonly kind: "equal" | "linked" | "function";
  /** Of the function. */
  readonly name: string;
  /** Of links: they count in the domain of the request. */
  readonly isInDomain: boolean;
  /** `*` in a policy stands for everything. */
  readonly hasStar: boolean;
}

export interface Model {
  /** Columns of a policy, after its kind. */
  readonly columns: readonly string[];
  readonly subject: Match;
  readonly object: Match;
  readonly action: Match;
  /** Absent: there are no domains. `undefined` in it: roles have them, policies do not. */
  readonly domain?: { readonly match: Match | undefined };
  /** Of the columns. */
  readonly names: Readonly<Record<"subject" | "object" | "action", string>> & { readonly domain: string };
  /** Links have a domain. */
  readonly hasLinksInDomains: boolean;
  readonly effect: "allow" | "deny" | "allow and deny" | "priority";
  /** Users who may do everything. */
  readonly superusers: readonly string[];
  /** The parts of the matcher that cannot be said. */
  readonly unsaid: readonly string[];
  readonly matcher: Item;
  readonly effectItem: Item;
}

/** A value of the model, and where it stands. */
type Section = ReadonlyMap<string, Item>;

export function modelOf(source: Source): Model {
  const sections = sectionsOf(source);
  const need = (section: string, key: string): Item =>
    sections.get(section)?.get(key) ?? new Item(source, "/1/1").fail(`${key} in [${section}] is missing`);
  const request = partsOf(need("request_definition", "r"));
  const policy = need("policy_definition", "p");
  const columns = partsOf(policy);
  const links = sections.get("role_definition")?.get("g");
  const matcher = need("matchers", "m");
  const hasLinksInDomains = links !== undefined && partsOf(links).length > 2;
  if (links !== undefined && partsOf(links).length > 3)
    links.fail("only g = _, _ and g = _, _, _ can be read");
  const [subject, ...others] = request;
  const action = others.find((name) => /^act/.test(name)) ?? others.at(-1);
  const domain = others.find((name) => /^(?:dom|tenant|org)/.test(name));
  const [object, ...more] = others.filter((name) => name !== action && name !== domain);
  if (subject === undefined || action === undefined || object === undefined || more.length > 0)
    return need("request_definition", "r").fail("only sub, obj, act and sub, dom, obj, act can be read");
  for (const name of [subject, object, action])
    if (!columns.includes(name)) policy.fail(`there is no ${name}, which requests have`);
  const terms = termsOf(matcher);
  const taken = new Set<Term>();
  const find = (name: string): Match | undefined => {
    const index = terms.main.findIndex((one) => !taken.has(one) && matchOf(one, name, domain) !== undefined);
    const term = terms.main[index];
    if (term === undefined) return undefined;
    taken.add(term);
    return matchOf(term, name, domain);
  };
  const found = { subject: find(subject), object: find(object), action: find(action) };
  const inDomain = domain === undefined ? undefined : find(domain);
  const hasDomain =
    domain !== undefined &&
    (inDomain !== undefined || (found.subject?.kind === "linked" && hasLinksInDomains));
  const wrongLinks = Object.entries(found).flatMap(([what, match]) => {
    if (match?.kind !== "linked") return [];
    // Casbin reads the other definitions only where there is a `g`.
    const isOwn = (match.name === "g") === (what === "subject");
    const isRight =
      isOwn && links !== undefined && match.isInDomain === (what === "subject" && hasLinksInDomains);
    return isRight ? [] : [`${match.name}, for the ${what}`];
  });
  const missing = Object.entries(found).flatMap(([what, match]) =>
    match === undefined ? [`the ${what} is not compared`] : [],
  );
  const isEqual: Match = { kind: "equal", name: "", isInDomain: false, hasStar: false };
  return {
    columns,
    subject: found.subject ?? isEqual,
    object: found.object ?? isEqual,
    action: found.action ?? isEqual,
    ...(hasDomain && { domain: { match: inDomain } }),
    names: { subject, object, action, domain: domain ?? "" },
    hasLinksInDomains,
    effect: effectOf(need("policy_effect", "e")),
    superusers: terms.superusers(subject),
    unsaid: [
      ...missing,
      ...wrongLinks,
      ...(domain !== undefined && !hasDomain ? ["the domain is not compared"] : []),
      ...terms.main.filter((term) => !taken.has(term)).map(textOf),
      ...terms.others(subject).map(textOf),
    ],
    matcher,
    effectItem: need("policy_effect", "e"),
  };
}

function partsOf(item: Item): string[] {
  return item
    .text()
    .split(",")
    .map((part) => part.trim());
}

function effectOf(item: Item): Model["effect"] {
  switch (
    item
      .text()
      .replaceAll(/[\s()]/g, "")
      .replaceAll("p_", "p.")
  ) {
    case "somewherep.eft==allow":
      return "allow";
    case "!somewherep.eft==deny":
      return "deny";
    case "somewherep.eft==allow&&!somewherep.eft==deny":
      return "allow and deny";
    case "priorityp.eft||deny":
    case "subjectPriorityp.eft||deny":
      return "priority";
    default:
      return item.fail("such an effect cannot be read");
  }
}

/** The configuration as Casbin reads it: sections, and lines `key = value`, which `\` continues. */
function sectionsOf(source: Source): ReadonlyMap<string, Section> {
  const sections = new Map<string, Map<string, Item>>();
  let section = "";
  let open: { readonly at: number; readonly text: string } | undefined;
  const lines = String(source.value).split("\n");
  for (const [index, raw] of lines.entries()) {
    const line = raw.replace(/[#;].*$/, "").trim();
    const at = `/${index + 1}/${raw.search(/\S|$/) + 1}/${Math.max(line.length, 1)}`;
    if (line === "" && open === undefined) continue;
    if (open === undefined && line.startsWith("[") && line.endsWith("]")) {
      section = line.slice(1, -1);
      continue;
    }
    const text: string = (open?.text ?? "") + line.replace(/\\$/, "").trim();
    if (line.endsWith("\\")) {
      open = { at: open?.at ?? index, text };
      continue;
    }
    open = undefined;
    const equals = text.indexOf("=");
    const item = new Item(source, at, text.slice(equals + 1).trim());
    if (equals < 0) item.fail("a line must be a [section], or key = value");
    const known = sections.get(section) ?? new Map<string, Item>();
    known.set(text.slice(0, equals).trim(), item);
    sections.set(section, known);
  }
  return sections;
}

/** A part of a matcher. */
type Term =
  | { readonly is: "and" | "or"; readonly parts: readonly Term[] }
  | { readonly is: "equal"; readonly left: string; readonly right: string }
  | { readonly is: "call"; readonly name: string; readonly values: readonly string[] }
  | { readonly is: "unknown"; readonly text: string };

function textOf(term: Term): string {
  switch (term.is) {
    case "and":
    case "or":
      return `(${term.parts.map(textOf).join(term.is === "and" ? " && " : " || ")})`;
    case "equal":
      return `${term.left} == ${term.right}`;
    case "call":
      return `${term.name}(${term.values.join(", ")})`;
    case "unknown":
      return term.text;
  }
}

interface Terms {
  /** What must hold, all of it. */
  readonly main: readonly Term[];
  superusers(subject: string): string[];
  /** What is enough besides, and cannot be said. */
  others(subject: string): Term[];
}

function termsOf(matcher: Item): Terms {
  const whole = parsed(matcher);
  const ways = whole.is === "or" ? whole.parts : [whole];
  const superuserIn = (term: Term, subject: string): string | undefined => {
    if (term.is !== "equal") return undefined;
    const sides = [term.left, term.right];
    const name = sides.find((side) => /^["']/.test(side));
    return name !== undefined && sides.includes(`r.${subject}`) ? name.slice(1, -1) : undefined;
  };
  const [main = whole] = ways.filter((way) => way.is === "and");
  const besides = ways.filter((way) => way !== main);
  return {
    main: main.is === "and" ? main.parts : [main],
    superusers: (subject) => besides.flatMap((way) => superuserIn(way, subject) ?? []),
    others: (subject) => besides.filter((way) => superuserIn(way, subject) === undefined),
  };
}

/** How a part of the matcher compares a column, if that is what it does. */
function matchOf(term: Term, name: string, domain: string | undefined): Match | undefined {
  const [request, policy] = [`r.${name}`, `p.${name}`];
  const areBoth = (left: string, right: string): boolean =>
    (left === request && right === policy) || (left === policy && right === request);
  switch (term.is) {
    case "equal":
      return areBoth(term.left, term.right)
        ? { kind: "equal", name: "", isInDomain: false, hasStar: false }
        : undefined;
    case "call": {
      const [left, right, third, ...more] = term.values;
      if (left !== request || right !== policy || more.length > 0) return undefined;
      if (/^g\d*$/.test(term.name)) {
        const isInDomain = domain !== undefined && third === `r.${domain}`;
        if (third !== undefined && !isInDomain) return undefined;
        return { kind: "linked", name: term.name, isInDomain, hasStar: false };
      }
      return third === undefined
        ? { kind: "function", name: term.name, isInDomain: false, hasStar: false }
        : undefined;
    }
    case "or": {
      const [one, other] = term.parts;
      if (one === undefined || other === undefined || term.parts.length !== 2) return undefined;
      const isStar = (it: Term): boolean =>
        it.is === "equal" &&
        [it.left, it.right].includes(policy) &&
        /^(["'])\*\1$/.test([it.left, it.right].find((side) => side !== policy) ?? "");
      const match = isStar(other)
        ? matchOf(one, name, domain)
        : isStar(one)
          ? matchOf(other, name, domain)
          : undefined;
      return match && { ...match, hasStar: true };
    }
    default:
      return undefined;
  }
}

const DEEPEST = 16;
const TOKEN = /\s*(&&|\|\||==|[(),]|"[^"]*"|'[^']*'|[\w.]+|\S)/y;

/** A matcher, as far as it is made of comparisons and calls that are joined by `&&` and `||`. */
function parsed(matcher: Item): Term {
  const text = matcher.text().replaceAll(/\b([rp])_/g, "$1.");
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found !== null; found = TOKEN.exec(text)) tokens.push(found[1] ?? "");
  let at = 0;
  const joined = (word: "&&" | "||", inner: () => Term): Term => {
    const parts = [inner()];
    while (tokens[at] === word) {
      at += 1;
      parts.push(inner());
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { is: word === "&&" ? "and" : "or", parts };
  };
  const any = (depth: number): Term => joined("||", () => joined("&&", () => one(depth)));
  const one = (depth: number): Term => {
    if (depth > DEEPEST) matcher.fail("it is nested too deep");
    if (tokens[at] === "(") {
      at += 1;
      const inner = any(depth + 1);
      if (tokens[at] !== ")") return unknown(at);
      at += 1;
      return isAtEnd() ? inner : unknown(at - 1);
    }
    const start = at;
    const left = tokens[at] ?? "";
    at += 1;
    if (tokens[at] === "==") {
      const right = tokens[at + 1] ?? "";
      at += 2;
      return isAtEnd() ? { is: "equal", left, right } : unknown(start);
    }
    if (tokens[at] !== "(") return unknown(start);
    const values: string[] = [];
    for (at += 1; tokens[at] !== ")" && at < tokens.length; at += 1)
      if (tokens[at] !== ",") values.push(tokens[at] ?? "");
    at += 1;
    return isAtEnd() ? { is: "call", name: left, values } : unknown(start);
  };
  const isAtEnd = (): boolean => [undefined, "&&", "||", ")"].includes(tokens[at]);
  /** Goes on to where something else begins. */
  const unknown = (start: number): Term => {
    for (let depth = 0; at < tokens.length; at += 1) {
      if (tokens[at] === "(") depth += 1;
      if (tokens[at] === ")" && --depth < 0) break;
      if (depth === 0 && (tokens[at] === "&&" || tokens[at] === "||")) break;
    }
    return { is: "unknown", text: tokens.slice(start, at).join(" ") };
  };
  const whole = any(0);
  return at < tokens.length ? { is: "unknown", text } : whole;
}
