// CASL: raw rules, in which the last one that matches decides.

import { Unusable } from "../command.js";
import { formulaOf } from "./casl-conditions.js";
import { Draft, type Imported, type Settings } from "./draft.js";
import { all, type Formula, not } from "./formula.js";
import { Item, type Source } from "./item.js";

const ANY_ACTION = "manage";
const ANY_SUBJECT = "all";

interface Rule {
  readonly item: Item;
  readonly actions: ReadonlySet<string>;
  readonly subjects: ReadonlySet<string>;
  /** Absent: all. */
  readonly fields?: ReadonlySet<string>;
  readonly isInverted: boolean;
  readonly when: Formula;
}

/** A role and its rules. */
interface Rules {
  readonly name: string;
  readonly item: Item;
  readonly rules: readonly Rule[];
}

/**
 * Each source is a list of rules, which is one role; or an object with such lists, the names of which are
 * roles.
 */
export function importCasl(sources: readonly Source[], settings: Settings): Imported {
  const draft = new Draft();
  const roles = sources.flatMap((source) => rolesOf(new Item(source), draft, settings));
  const seen = new Set<string>();
  for (const { name, item } of roles) {
    if (seen.has(name)) item.fail(`the role ${name} is there twice`);
    seen.add(name);
  }
  const rules = roles.flatMap((role) => role.rules);
  const names = namesOf(rules, settings);
  reportWildcards(rules, draft, settings);
  const budget = { left: MOST };
  const made = roles.map((role) => ({ role, id: draft.role(role.name, role.item) }));
  for (const question of questionsOf(rules, names, budget)) {
    const relevant = (one: Rules): readonly Rule[] => one.rules.filter((rule) => matches(rule, question));
    if (!rules.some((rule) => !rule.isInverted && matches(rule, question))) continue;
    const isScoped = rules.some((rule) => typeof rule.when !== "boolean" && matches(rule, question));
    const { subject, action, field, item } = question;
    const permission = draft.permission(subject, field === undefined ? action : `${action}.${field}`, item, {
      isScoped,
    });
    for (const { role, id } of made) {
      const { grants, denials } = decided(relevant(role), budget, item);
      draft.grant(id, permission, grants);
      for (const when of denials) draft.deny(id, permission, when);
    }
  }
  for (const { role, id } of made) collapse(role, id, draft);
  return draft.finished(settings);
}

function rolesOf(item: Item, draft: Draft, settings: Settings): Rules[] {
  const ofList = (name: string, list: Item): Rules => ({
    name,
    item: list,
    rules: list.list().map((rule) => ruleOf(rule, draft, settings)),
  });
  if (item.isList) return [ofList(nameOf(item.source.file), item)];
  return item.entries().map(([name, list]) => ofList(name, list));
}

/** The name of a file, without folder and ending. */
function nameOf(file: string): string {
  return (file.split(/[/\\]/).at(-1) ?? file).replace(/\.[^.]*$/, "") || "rules";
}

const KEYS = ["action", "actions", "subject", "fields", "conditions", "inverted", "reason"];

function ruleOf(item: Item, draft: Draft, settings: Settings): Rule {
  for (const [key, value] of item.entries())
    if (!KEYS.includes(key)) draft.losses.lost(value, `"${key}" of a rule`, "rules of CASL have no such key");
  const reason = item.get("reason");
  if (reason !== undefined) draft.losses.lost(reason, "the reason of a rule", "roles have no such texts");
  const isInverted = item.get("inverted")?.flag() ?? false;
  const fields = item.get("fields");
  const subject = item.get("subject");
  return {
    item,
    actions: textsOf(item.get("action") ?? item.need("actions")),
    subjects: subject === undefined ? new Set([ANY_SUBJECT]) : textsOf(subject),
    ...(fields !== undefined && { fields: fieldsOf(fields, isInverted, draft) }),
    isInverted,
    when: formulaOf(item.get("conditions"), isInverted ? "applies" : "holds", settings, draft.losses),
  };
}

function textsOf(item: Item): ReadonlySet<string> {
  const texts = item.texts().map((one) => one.text());
  if (texts.includes("")) item.fail("an empty name");
  return new Set(texts);
}

/** Patterns of fields cannot be asked about. */
function fieldsOf(fields: Item, isInverted: boolean, draft: Draft): ReadonlySet<string> {
  const names = fields.texts();
  if (!isInverted)
    draft.losses.changed(
      fields,
      "a grant of fields",
      "each is a permission of its own; without a field, CASL allows it if any field is",
    );
  if (names.length === 0) fields.fail("must not be empty");
  const plain = names.filter((name) => {
    if (!name.text().includes("*")) return true;
    draft.losses.lost(
      name,
      `the pattern of fields "${name.text()}"`,
      isInverted
        ? "the rule holds for every field that is named"
        : "only fields that are named can be granted",
    );
    return false;
  });
  if (isInverted && plain.length < names.length) return EVERY_FIELD;
  return new Set(plain.map((name) => name.text()));
}

/** Of a rule that is inverted for a pattern: whatever field it is. */
const EVERY_FIELD: ReadonlySet<string> = new Set();

interface Names {
  readonly actions: readonly string[];
  readonly subjects: readonly string[];
}

function namesOf(rules: readonly Rule[], { actions = [], resources = [] }: Settings): Names {
  return {
    actions: [...new Set([...actions, ...rules.flatMap((rule) => [...rule.actions])])],
    subjects: [...new Set([...resources, ...rules.flatMap((rule) => [...rule.subjects])])],
  };
}

/** `manage` and `all` also mean what no rule names. */
function reportWildcards(rules: readonly Rule[], { losses }: Draft, { actions, resources }: Settings): void {
  for (const { item, actions: its, subjects, isInverted } of rules) {
    if (isInverted) continue;
    const why = "only what the rules name can be asked here; name the others with";
    if (its.has(ANY_ACTION) && actions === undefined)
      losses.changed(item, `any action: "${ANY_ACTION}"`, `${why} --actions`);
    if (subjects.has(ANY_SUBJECT) && resources === undefined)
      losses.changed(item, `any subject: "${ANY_SUBJECT}"`, `${why} --resources`);
  }
}

/** What was granted as `manage` stays so, where nothing is taken from it. */
function collapse({ rules }: Rules, role: string, draft: Draft): void {
  const wild = rules.filter((rule) => !rule.isInverted && rule.actions.has(ANY_ACTION));
  if (wild.some((rule) => rule.subjects.has(ANY_SUBJECT))) draft.collapse(role);
  for (const { item, subjects } of wild)
    for (const subject of subjects) draft.collapse(role, draft.category(subject, item));
}

interface Question {
  readonly action: string;
  readonly subject: string;
  readonly field?: string;
  /** The first rule that is about it. */
  readonly item: Item;
}

/** Everything that can be asked, about what has a name. */
function* questionsOf(
  rules: readonly Rule[],
  { actions, subjects }: Names,
  budget: Budget,
): Generator<Question> {
  for (const subject of subjects)
    for (const action of actions) {
      spend(budget, rules[0]?.item, rules.length);
      const about = rules.filter((rule) => matches(rule, { action, subject }, true));
      const [first] = about;
      if (first === undefined) continue;
      yield { action, subject, item: first.item };
      const fields = new Set(about.flatMap((rule) => [...(rule.fields ?? [])]));
      for (const field of fields) yield { action, subject, field, item: first.item };
    }
}

type Asked = Pick<Question, "action" | "subject"> & { readonly field?: string };

function matches(rule: Rule, { action, subject, field }: Asked, isAnyField = false): boolean {
  if (!rule.actions.has(action) && !rule.actions.has(ANY_ACTION)) return false;
  if (!rule.subjects.has(subject) && !rule.subjects.has(ANY_SUBJECT)) return false;
  if (rule.fields === undefined || isAnyField) return true;
  return field !== undefined && (rule.fields === EVERY_FIELD || rule.fields.has(field));
}

interface Budget {
  left: number;
}

/** How many steps an import may take; to write a condition counts as many. */
const MOST = 20_000_000;
const CONDITION = 100;

function spend(budget: Budget, item: Item | undefined, count: number): void {
  budget.left -= count;
  if (budget.left >= 0) return;
  const problem = "there are too many combinations of these rules";
  item?.fail(problem);
  throw new Unusable(problem);
}

/**
 * What the rules about one question come to. The last one that matches decides: a grant holds where no
 * inverted rule after it does. Those after the last grant are denials.
 */
function decided(
  rules: readonly Rule[],
  budget: Budget,
  item: Item,
): { grants: Formula[]; denials: Formula[] } {
  const last = rules.map((rule) => rule.isInverted).lastIndexOf(false);
  const denials = rules.slice(last + 1).map((rule) => rule.when);
  const grants: Formula[] = [];
  let restrictions: Formula[] = [];
  for (let index = last; index >= 0; index -= 1) {
    const rule = rules[index] as Rule;
    if (rule.isInverted) restrictions = [not(rule.when), ...restrictions];
    else {
      spend(budget, item, CONDITION * (restrictions.length + 1));
      grants.unshift(all([rule.when, ...restrictions]));
    }
  }
  return { grants: grants.filter((grant) => grant !== false), denials };
}
