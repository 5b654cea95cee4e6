// Cerbos: resource policies and derived roles. Each role of a user is asked by itself, and one that allows is
// enough; within a role, a rule that denies wins.

import { celFormula, type Variables } from "./cel.js";
import { Draft, type Imported, type Settings } from "./draft.js";
import { all, any, type Formula, not, otherSide, type Side, unsaid } from "./formula.js";
import { Item, type Source } from "./item.js";

/** Each source is a policy. */
export function importCerbos(sources: readonly Source[], settings: Settings): Imported {
  return new Cerbos(
    sources.map((source) => new Item(source)),
    settings,
  ).imported();
}

/** A role that is held under a condition by those who have others. */
interface Derived {
  readonly parents: readonly string[];
  readonly match: Item | undefined;
  readonly variables: Variables;
}

/** Who a rule is for: a role, perhaps held under a condition. */
type Holder = readonly [role: string, derived: Derived | undefined];

interface Rule {
  readonly item: Item;
  readonly actions: readonly Item[];
  readonly isDenial: boolean;
  readonly roles: readonly Holder[];
  readonly match: Item | undefined;
  readonly variables: Variables;
}

interface Policy {
  readonly resource: string;
  readonly item: Item;
  readonly rules: readonly Rule[];
  readonly isScoped: boolean;
}

const ANY = "*";
const DEEPEST = 12;
/** As many combinations of rules, actions and roles are looked at. */
const MOST = 2_000_000;

class Cerbos {
  readonly #draft = new Draft();
  readonly #settings: Settings;
  readonly #items: readonly Item[];
  readonly #conditions = { holds: new Map<Item, Formula>(), applies: new Map<Item, Formula>() };
  #steps = 0;

  constructor(items: readonly Item[], settings: Settings) {
    this.#items = items;
    this.#settings = settings;
  }

  imported(): Imported {
    const items = this.#items.filter((item) => item.get("disabled")?.value !== true);
    const sets = this.#sets(items);
    const all = items.flatMap((item) => this.#policyOf(item, sets));
    const policies = all
      .filter(({ isScoped }) => !isScoped)
      .map((policy) => ({ ...policy, rules: [...policy.rules, ...deniedInScopes(policy, all)] }));
    if (policies.length === 0) this.#items[0]?.fail("there is no resource policy in it");
    const roles = new Set(
      policies.flatMap(({ rules }) =>
        rules.flatMap((rule) => rule.roles.flatMap(([role, derived]) => derived?.parents ?? [role])),
      ),
    );
    roles.delete(ANY);
    const resources = new Set<string>();
    for (const { resource, item } of policies) {
      if (resources.has(resource)) item.fail(`the policy of ${resource} is there twice`);
      resources.add(resource);
    }
    for (const policy of policies) this.#add(policy, roles);
    for (const item of items) this.#restrict(item);
    return this.#draft.finished(this.#settings);
  }

  /** Sets of derived roles, by their names. */
  #sets(items: readonly Item[]): ReadonlyMap<string, ReadonlyMap<string, Derived>> {
    const sets = new Map<string, ReadonlyMap<string, Derived>>();
    for (const item of items) {
      const set = item.get("derivedRoles");
      if (set === undefined) continue;
      const variables = this.#variablesOf(set, item);
      const definitions = set.listOf("definitions").map((one): [string, Derived] => {
        const parents = one.textsOf("parentRoles").map((role) => role.text());
        return [one.need("name").text(), { parents, match: one.get("condition"), variables }];
      });
      const name = set.need("name").text();
      if (sets.has(name)) set.fail(`the derived roles ${name} are there twice`);
      sets.set(name, new Map(definitions));
    }
    return sets;
  }

  /** What conditions call `V.x` and `C.x`. */
  #variablesOf(policy: Item, item: Item): Variables {
    const variables = new Map<string, string>();
    const local = [
      ...(policy.get("variables")?.get("local")?.entries() ?? []),
      ...(item.get("variables")?.entries() ?? []),
    ];
    for (const [name, text] of local)
      for (const root of ["V", "variables"])
        if (typeof text.value === "string") variables.set(`${root}.${name}`, text.text());
    for (const [name, { value }] of policy.get("constants")?.get("local")?.entries() ?? [])
      if (typeof value !== "object")
        for (const root of ["C", "constants"]) variables.set(`${root}.${name}`, JSON.stringify(value));
    return variables;
  }

  #policyOf(item: Item, sets: ReadonlyMap<string, ReadonlyMap<string, Derived>>): Policy[] {
    const policy = item.get("resourcePolicy");
    if (policy === undefined) return [];
    const { losses } = this.#draft;
    const scope = policy.get("scope");
    const isScoped = scope !== undefined && scope.text() !== "";
    if (isScoped)
      losses.lost(
        scope,
        `the policy of the scope "${scope.text()}"`,
        "there are no scopes; what it denies is denied in all",
      );
    const version = policy.get("version");
    if (version !== undefined && version.text() !== "default") {
      losses.lost(version, `the version "${version.text()}"`, "only the default version is asked");
      return [];
    }
    const schemas = policy.get("schemas");
    if (schemas !== undefined)
      losses.changed(schemas, "the schemas", "attributes are not checked against them");
    const derived = new Map<string, Derived>();
    for (const name of policy.textsOf("importDerivedRoles")) {
      const set = sets.get(name.text());
      if (set === undefined)
        losses.lost(name, `the derived roles ${name.text()}`, "they are not in the files");
      for (const [role, one] of set ?? []) derived.set(role, one);
    }
    const variables = this.#variablesOf(policy, item);
    return [
      {
        resource: policy.need("resource").text(),
        item: policy,
        isScoped,
        rules: policy
          .listOf("rules")
          .map((rule) => this.#ruleOf(rule, derived, variables))
          .filter(({ isDenial }) => isDenial || !isScoped),
      },
    ];
  }

  #reportPattern(action: Item, isDenial: boolean): void {
    const text = action.text();
    const { losses } = this.#draft;
    if (isOdd(text))
      losses.lost(action, `the pattern "${text}"`, isDenial ? "it means every action" : "only * can be read");
    else if (isPattern(text) && !isDenial && this.#settings.actions === undefined)
      losses.changed(
        action,
        `every action: ${text}`,
        "only what has a name can be asked here; name the rest with --actions",
      );
  }

  #ruleOf(item: Item, derived: ReadonlyMap<string, Derived>, variables: Variables): Rule {
    const { losses } = this.#draft;
    const effect = item.need("effect");
    if (effect.text() !== "EFFECT_ALLOW" && effect.text() !== "EFFECT_DENY")
      effect.fail("the effect must be EFFECT_ALLOW or EFFECT_DENY");
    const isDenial = effect.text() === "EFFECT_DENY";
    const output = item.get("output");
    if (output !== undefined) losses.lost(output, "the output of a rule", "answers have no output");
    const roles = item.textsOf("roles").map((role): Holder => [role.text(), undefined]);
    const named = item.textsOf("derivedRoles").flatMap((name): Holder[] => {
      const one = derived.get(name.text());
      if (one !== undefined) return [[name.text(), one]];
      losses.lost(name, `the derived role ${name.text()}`, "it is not in the files");
      // Nobody knows who has it, so it denies everybody.
      return isDenial ? [[ANY, undefined]] : [];
    });
    return {
      item,
      actions: item.need("actions").texts(),
      isDenial,
      roles: [...roles, ...named],
      match: item.get("condition"),
      variables,
    };
  }

  #add(policy: Policy, roles: ReadonlySet<string>): void {
    const { resource, item, rules } = policy;
    const actions = rules.flatMap((rule) => rule.actions.map((action) => [rule, action] as const));
    const names = new Set(this.#settings.actions ?? []);
    for (const [, action] of actions) if (!isPattern(action.text())) names.add(action.text());
    this.#steps += names.size * (roles.size + 1) * rules.length;
    if (this.#steps > MOST) item.fail("there are too many rules, actions and roles");
    for (const [{ isDenial }, action] of actions) this.#reportPattern(action, isDenial);
    this.#draft.category(resource, item);
    for (const name of names) {
      const about = rules.filter(({ actions: its, isDenial }) =>
        its.some((action) => (isOdd(action.text()) ? isDenial : isMeant(action.text(), name))),
      );
      const [first] = about.filter(({ isDenial }) => !isDenial);
      if (first === undefined) continue;
      const permission = this.#draft.permission(resource, name, first.item, { isScoped: true });
      // Whoever has a role that no rule names has what every role has.
      const isForAll = about.every((rule) => !rule.isDenial || rule.roles.every(isOfAll));
      const everyone = this.#formulas(about, ANY, true);
      if (isForAll && everyone.length > 0) {
        const role = this.#draft.role("everyone", first.item, {
          key: ANY,
          title: "Everyone",
        });
        this.#draft.grant(role, permission, everyone);
        this.#draft.assignEveryone(role);
      }
      if (!isForAll && everyone.length > 0)
        this.#draft.losses.lost(
          first.item,
          `"${name}", for roles that no rule names`,
          "a rule denies it to some roles, and somebody may have both",
        );
      for (const role of roles) {
        const formulas = this.#formulas(about, role, isForAll ? "own" : false);
        if (formulas.length > 0) this.#draft.grant(this.#draft.role(role, item), permission, formulas);
        else this.#draft.role(role, item);
      }
    }
    const wild = rules.filter(
      ({ isDenial, actions, match }) =>
        !isDenial && match === undefined && actions.some((action) => action.text() === ANY),
    );
    const category = this.#draft.category(resource, item);
    for (const rule of wild)
      for (const [role, derived] of rule.roles)
        if (derived === undefined && role !== ANY)
          this.#draft.collapse(this.#draft.role(role, item), category);
  }

  /**
   * When a role is allowed something.
   *
   * @param kind `true`: by rules for every role alone; "own": by those for this role; `false`: by both
   */
  #formulas(rules: readonly Rule[], role: string, kind: boolean | "own"): Formula[] {
    const concerns = (holder: string, derived: Derived | undefined): boolean => {
      const holders = derived?.parents ?? [holder];
      return holders.includes(ANY) || (role !== ANY && holders.includes(role));
    };
    const allowed: Formula[] = [];
    const denied: Formula[] = [];
    for (const rule of rules)
      for (const [holder, derived] of rule.roles) {
        if (!concerns(holder, derived)) continue;
        if (!rule.isDenial && kind === "own" && isOfAll([holder, derived])) continue;
        const side = rule.isDenial ? "applies" : "holds";
        const when = all([
          this.#condition(derived?.match, side, derived?.variables ?? new Map()),
          this.#condition(rule.match, side, rule.variables),
        ]);
        (rule.isDenial ? denied : allowed).push(when);
      }
    this.#steps += allowed.length * denied.length;
    if (this.#steps > MOST) rules[0]?.item.fail("there are too many rules that allow and deny the same");
    const restriction = not(any(denied));
    return allowed.map((when) => all([when, restriction])).filter((when) => when !== false);
  }

  /** A condition: `match`, with one expression or lists of which all, any or none are true. */
  #condition(condition: Item | undefined, side: Side, variables: Variables): Formula {
    if (condition === undefined) return true;
    const known = this.#conditions[side].get(condition);
    if (known !== undefined) return known;
    const match = condition.get("match");
    if (match === undefined) this.#draft.losses.lost(condition, "a condition", "it has no match");
    const formula = match === undefined ? unsaid(side) : this.#match(match, side, variables, 0);
    this.#conditions[side].set(condition, formula);
    return formula;
  }

  #match(match: Item, side: Side, variables: Variables, depth: number): Formula {
    if (depth > DEEPEST) match.fail("it is nested too deep");
    const expression = match.get("expr");
    if (expression !== undefined)
      return celFormula(expression.text(), side, variables, (kind, what, why) =>
        this.#draft.losses[kind](expression, what, why),
      );
    for (const word of ["all", "any", "none"]) {
      const list = match.get(word);
      if (list === undefined) continue;
      const inner = word === "none" ? otherSide(side) : side;
      const parts = list
        .need("of")
        .list()
        .map((part) => this.#match(part, inner, variables, depth + 1));
      return word === "all" ? all(parts) : word === "any" ? any(parts) : not(any(parts));
    }
    return match.fail("expr, all, any or none is missing");
  }

  /** Policies that take something away from users and roles: nothing is left to these. */
  #restrict(item: Item): void {
    const { losses } = this.#draft;
    const principal = item.get("principalPolicy");
    if (principal !== undefined) {
      const name = principal.need("principal");
      losses.lost(
        name,
        `the policy of the user ${name.text()}`,
        "it is not read, so the user is denied everything",
      );
      this.#draft.user(name.text(), name, { disabled: true });
    }
    const role = item.get("rolePolicy");
    if (role !== undefined) {
      const name = role.need("role");
      losses.lost(
        name,
        `the policy of the role ${name.text()}`,
        "it is not read, so the role is denied everything",
      );
      this.#draft.deny(this.#draft.role(name.text(), name), ANY);
    }
  }
}

/** What is denied about a resource in scopes. */
function deniedInScopes({ resource }: Policy, all: readonly Policy[]): readonly Rule[] {
  return all.flatMap((one) => (one.isScoped && one.resource === resource ? one.rules : []));
}

/** Of every role. */
function isOfAll([role, derived]: Holder): boolean {
  return (derived?.parents ?? [role]).includes(ANY);
}

const isPattern = (action: string): boolean => action.includes("*") || isOdd(action);
/** More than `*` in its parts. */
const isOdd = (action: string): boolean => /[?[\]{}!\\]|\*\*/.test(action);

/** A `*` stands for what has no colon. */
function isMeant(pattern: string, name: string): boolean {
  if (pattern === ANY) return true;
  const wanted = pattern.split(":");
  const parts = name.split(":");
  return wanted.length === parts.length && wanted.every((part, at) => isLike(part, parts[at] ?? ""));
}

/** Without going back more than once for each `*`. */
function isLike(pattern: string, text: string): boolean {
  const [start = "", ...rest] = pattern.split("*");
  const end = rest.pop();
  if (end === undefined) return pattern === text;
  if (!text.startsWith(start) || !text.endsWith(end) || text.length < start.length + end.length) return false;
  let at = start.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > text.length - end.length) return false;
    at = found + part.length;
  }
  return true;
}
