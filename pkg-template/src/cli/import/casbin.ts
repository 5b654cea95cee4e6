// Casbin: a model, and policies with links between users, roles and groups of objects.

import { type Match, type Model, modelOf } from "./casbin-model.js";
import { Draft, type Imported, type Settings } from "./draft.js";
import { Item, type Source } from "./item.js";

/** One source is the model, the others are policies: lines of text. */
export function importCasbin(sources: readonly Source[], settings: Settings): Imported {
  const models = sources.filter(({ value }) => /^[ \t]*\[request_definition\]/m.test(String(value)));
  const [first] = models;
  if (first === undefined || models.length > 1)
    return new Item(sources[0] as Source, "/1/1").fail(
      "a model is needed, with [request_definition]; and one only",
    );
  const model = modelOf(first);
  const rows = sources.filter((source) => source !== first).flatMap(rowsOf);
  return new Casbin(model, rows, settings).imported();
}

/** A line of policies: where it is, and its columns. */
interface Row {
  readonly kind: string;
  readonly item: Item;
  readonly columns: readonly Item[];
}

function rowsOf(source: Source): Row[] {
  return String(source.value)
    .split("\n")
    .flatMap((line, index) => {
      if (/^\s*(?:#|$)/.test(line)) return [];
      const cells = cellsOf(line).map(
        ([text, at]) => new Item(source, `/${index + 1}/${at + 1}/${Math.max(text.length, 1)}`, text),
      );
      const [kind, ...columns] = cells;
      return kind === undefined ? [] : [{ kind: kind.text(), item: kind, columns }];
    });
}

const CELL = /\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/y;

function* cellsIn(line: string): Generator<[text: string, at: number]> {
  CELL.lastIndex = 0;
  for (let at = 0; at <= line.length; at = CELL.lastIndex) {
    const [whole, quoted, plain = ""] = CELL.exec(line) ?? [line.slice(at), undefined, line.slice(at)];
    yield [quoted?.replaceAll('""', '"').trim() ?? plain.trim(), at + whole.search(/\S|$/)];
    if (CELL.lastIndex === 0 || !whole.endsWith(",")) return;
  }
}

function cellsOf(line: string): [text: string, at: number][] {
  return [...cellsIn(line.replace(/\r$/, ""))];
}

/** A policy, with what it is about; `undefined` is a pattern that cannot be said. */
interface Policy {
  readonly item: Item;
  readonly subject: Item;
  readonly domain: Item | undefined;
  readonly objects: readonly Item[] | undefined;
  readonly actions: readonly Item[] | undefined;
  readonly isDenial: boolean;
}

/** Somebody is a member of a role. */
interface Link {
  readonly child: Item;
  readonly parent: Item;
  readonly domain: Item | undefined;
}

/** As many steps from a user to a role Casbin goes. */
const MOST_STEPS = 10;
/** As many policies, each in a domain, and grants are looked at. */
const MOST = 500_000;

class Casbin {
  readonly #draft = new Draft();
  readonly #model: Model;
  readonly #settings: Settings;
  readonly #policies: readonly Policy[];
  readonly #links: readonly Link[];
  /** Links that are left out. */
  readonly #cut: Link[] = [];
  /** Everything that has members. */
  readonly #parents: ReadonlySet<string>;
  readonly #objects: ReadonlyMap<string, Item>;
  readonly #actions: ReadonlyMap<string, Item>;
  readonly #lists = new Map<ReadonlyMap<string, Item>, readonly Item[]>();
  #steps = 0;
  /** Somebody is denied something, and nobody can tell who, or where. */
  #isUnsure = false;

  constructor(model: Model, rows: readonly Row[], settings: Settings) {
    this.#model = model;
    this.#settings = settings;
    const { losses } = this.#draft;
    const groups = rows.filter(({ kind }) => kind === model.object.name && model.object.kind === "linked");
    for (const { kind, item } of rows)
      if (kind !== "p" && kind !== "g" && !groups.some((row) => row.item === item))
        losses.lost(item, `a line of "${kind}"`, "only p, g and groups of objects are read");
    const policies = rows.filter(({ kind }) => kind === "p");
    for (const { item, columns } of policies)
      if (columns.length < model.columns.length && !(model.columns[columns.length] === "eft"))
        item.fail(`a policy has ${model.columns.length} columns: ${model.columns.join(", ")}`);
    const cell = (row: Row, name: string): Item => row.columns[model.columns.indexOf(name)] as Item;
    this.#objects = this.#named(
      policies.map((row) => cell(row, model.names.object)),
      model.object,
      settings.resources,
      rows,
      groups,
    );
    this.#actions = this.#named(
      policies.map((row) => cell(row, model.names.action)),
      model.action,
      settings.actions,
      rows,
      [],
    );
    const groupsOf = membersOf(groups, model.object);
    this.#policies = policies.flatMap((row): Policy[] => {
      const effect = row.columns[model.columns.indexOf("eft")];
      if (effect !== undefined && !["allow", "deny", ""].includes(effect.text())) {
        losses.lost(effect, `the effect "${effect.text()}"`, "it is allow or deny");
        return [];
      }
      const isDenial = effect?.text() === "deny";
      if (isDenial && model.effect === "allow") return [];
      const domain = model.domain?.match === undefined ? undefined : cell(row, model.names.domain);
      const subject = cell(row, model.names.subject);
      if (this.#isPattern(subject, model.subject, isDenial)) return [];
      if (domain !== undefined && this.#isPattern(domain, model.domain?.match, isDenial)) return [];
      const meant = (name: string, match: Match, known: ReadonlyMap<string, Item>, given: unknown) =>
        this.#meant(cell(row, name), match, known, groupsOf, isDenial, given === undefined);
      return [
        {
          item: row.item,
          subject,
          domain,
          objects: meant(model.names.object, model.object, this.#objects, settings.resources),
          actions: meant(model.names.action, model.action, this.#actions, settings.actions),
          isDenial,
        },
      ];
    });
    const linked =
      model.subject.kind === "linked" ? rows.filter(({ kind }) => kind === model.subject.name) : [];
    this.#links = this.#withoutLong(
      linked.flatMap(({ item, columns }): Link[] => {
        const [child, parent, domain, ...more] = columns;
        const isWhole = model.hasLinksInDomains ? domain !== undefined : domain === undefined;
        if (child === undefined || parent === undefined || !isWhole || more.length > 0) {
          losses.lost(item, "a link", `it must have ${model.hasLinksInDomains ? "three" : "two"} columns`);
          return [];
        }
        if (domain?.text() === "*" && model.domain?.match?.hasStar)
          losses.lost(domain, "a link in every domain", "Casbin follows it in none that has another name");
        return [{ child, parent, domain }];
      }),
    );
    this.#parents = new Set(this.#links.map(({ parent }) => parent.text()));
  }

  imported(): Imported {
    const { unsaid, matcher, effect, effectItem, superusers } = this.#model;
    const { losses } = this.#draft;
    for (const term of unsaid)
      losses.lost(matcher, `${term}, in the matcher`, "such a part cannot be said, so nothing is granted");
    if (effect === "deny")
      losses.lost(
        effectItem,
        "that everything is allowed which is not denied",
        "only what is granted is allowed",
      );
    if (effect === "priority" && this.#policies.some(({ isDenial }) => isDenial))
      losses.changed(effectItem, "the order of policies", "a denial wins, wherever it stands");
    const isGranting = unsaid.length === 0 && effect !== "deny" && !this.#isUnsure;
    const domains = this.#domains();
    if (domains.length * (this.#policies.length + this.#links.length) > MOST)
      effectItem.fail("there are too many domains and policies");
    for (const domain of domains) this.#addDomain(domain, isGranting);
    if (this.#model.domain !== undefined && this.#model.domain.match === undefined) this.#addOwn(isGranting);
    this.#addSuperusers(superusers, isGranting);
    return this.#draft.finished(this.#settings);
  }

  /** Where roles are held; `undefined` is everywhere. */
  #domains(): readonly (Item | undefined)[] {
    if (this.#model.domain === undefined) return [undefined];
    const found = [...this.#policies, ...this.#links].flatMap(({ domain }) => domain ?? []);
    const named = found.filter((domain) => domain.text() !== "*" || !this.#model.domain?.match?.hasStar);
    return [...new Map(named.map((domain) => [domain.text(), domain])).values()];
  }

  #addDomain(domain: Item | undefined, isGranting: boolean): void {
    const isHere = (one: Item | undefined): boolean =>
      domain === undefined || one === undefined || one.text() === domain.text() || this.#isEverywhere(one);
    const team = domain && this.#draft.team(domain.text(), domain);
    const isLinkHere = ({ domain: its }: Link): boolean =>
      domain === undefined || its === undefined || its.text() === domain.text();
    const links = this.#links.filter(isLinkHere);
    const policies = this.#policies.filter((policy) => isHere(policy.domain));
    const hasOwn = this.#model.domain !== undefined && this.#model.domain.match === undefined;
    for (const policy of policies) {
      const { subject } = policy;
      const isUser = !this.#parents.has(subject.text());
      if (isUser && hasOwn) continue;
      const role = this.#role(subject, domain);
      this.#addPolicy(role, policy, isGranting);
      if (this.#model.subject.hasStar && subject.text() === "*") this.#draft.assignEveryone(role, team);
      else if (isUser) this.#draft.assign(this.#draft.user(subject.text(), subject), role, team);
    }
    this.#denyAbove(this.#cut.filter(isLinkHere), links, domain);
    for (const { child, parent } of links) {
      const role = this.#role(parent, domain);
      if (this.#parents.has(child.text())) this.#draft.inherit(this.#role(child, domain), role);
      else this.#draft.assign(this.#draft.user(child.text(), child), role, team);
    }
  }

  /** Without a link that was left out, what is denied above it is denied to whoever is below all the same. */
  #denyAbove(cut: readonly Link[], links: readonly Link[], domain: Item | undefined): void {
    const denials = this.#policies.filter(({ isDenial }) => isDenial);
    if (cut.length === 0 || denials.length === 0) return;
    const above = new Map<string, string[]>();
    for (const { child, parent } of [...links, ...cut]) {
      const list = above.get(child.text()) ?? [];
      list.push(parent.text());
      above.set(child.text(), list);
    }
    for (const { child, parent } of cut) {
      const found = new Set([parent.text()]);
      for (const one of found) for (const next of above.get(one) ?? []) found.add(next);
      this.#step(found.size + denials.length, parent);
      const role = this.#role(child, domain);
      for (const denial of denials) if (found.has(denial.subject.text())) this.#addPolicy(role, denial, true);
    }
  }

  /** Where policies have no domain, everybody has their own in each. */
  #addOwn(isGranting: boolean): void {
    for (const policy of this.#policies) {
      const { subject } = policy;
      if (this.#parents.has(subject.text())) continue;
      const role = this.#role(subject, undefined);
      this.#addPolicy(role, policy, isGranting);
      if (this.#model.subject.hasStar && subject.text() === "*") this.#draft.assignEveryone(role);
      else this.#draft.assign(this.#draft.user(subject.text(), subject), role);
    }
  }

  #addSuperusers(names: readonly string[], isGranting: boolean): void {
    const { matcher, effect } = this.#model;
    const { losses } = this.#draft;
    const isExact = effect === "allow" && this.#policies.length > 0;
    for (const name of names) {
      if (!isExact || !isGranting) {
        losses.lost(matcher, `that ${name} may do everything`, "policies that deny would have to be ignored");
        continue;
      }
      losses.changed(
        matcher,
        `that ${name} may do everything`,
        "only what the policies name can be asked here",
      );
      const role = this.#draft.role(`${name} (everything)`, matcher, {
        key: JSON.stringify([name, "*", "*"]),
      });
      this.#draft.grant(role, "*");
      this.#draft.assign(this.#draft.user(name, matcher), role);
    }
  }

  /** Whom a pattern means, or where, cannot be said. */
  #isPattern(cell: Item, match: Match | undefined, isDenial: boolean): boolean {
    if (match?.kind !== "function" || (match.hasStar && cell.text() === "*")) return false;
    if (match.name !== "regexMatch" && literalsOf(cell.text(), match) !== undefined) return false;
    const why = isDenial
      ? "whom it denies cannot be said, so nothing is granted"
      : "only names can be granted";
    this.#draft.losses.lost(cell, `the pattern "${cell.text()}" of ${match.name}`, why);
    this.#isUnsure ||= isDenial;
    return true;
  }

  #isEverywhere(domain: Item): boolean {
    if (domain.text() !== "*" || !this.#model.domain?.match?.hasStar) return false;
    this.#draft.losses.changed(domain, "every domain", "only those that the policies name are here");
    return true;
  }

  #role(name: Item, domain: Item | undefined): string {
    if (domain === undefined)
      return this.#draft.role(name.text(), name, { key: JSON.stringify([name.text()]) });
    const key = JSON.stringify([name.text(), domain.text()]);
    return this.#draft.role(`${name.text()}@${domain.text()}`, name, { key });
  }

  #addPolicy(role: string, { item, objects, actions, isDenial }: Policy, isGranting: boolean): void {
    if (!isDenial && !isGranting) return;
    const isScoped = this.#model.domain !== undefined;
    this.#step((objects?.length ?? this.#objects.size) * (actions?.length ?? this.#actions.size), item);
    for (const object of objects ?? (isDenial ? this.#everything(this.#objects) : []))
      for (const action of actions ?? (isDenial ? this.#everything(this.#actions) : [])) {
        const permission = this.#draft.permission(object.text(), action.text(), action, { isScoped });
        if (isDenial) this.#draft.deny(role, permission);
        else this.#draft.grant(role, permission);
      }
  }

  #step(count: number, item: Item): void {
    this.#steps += count;
    if (this.#steps > MOST) item.fail("this comes to too many permissions");
  }

  /** One list for all that mean everything. */
  #everything(known: ReadonlyMap<string, Item>): readonly Item[] {
    const list = this.#lists.get(known) ?? [...known.values()];
    this.#lists.set(known, list);
    return list;
  }

  /** Every name that a column can mean. */
  #named(
    cells: readonly Item[],
    match: Match,
    more: readonly string[] | undefined,
    rows: readonly Row[],
    groups: readonly Row[],
  ): ReadonlyMap<string, Item> {
    const found = new Map<string, Item>();
    const add = (item: Item, name = item.text()): void => {
      if (!found.has(name)) found.set(name, item.at(name, name));
    };
    for (const cell of cells) {
      const names = literalsOf(cell.text(), match);
      for (const name of names ?? []) add(cell, name);
    }
    for (const { columns } of groups) for (const cell of columns.slice(0, 2)) add(cell);
    const [first] = rows;
    if (first !== undefined) for (const name of more ?? []) add(first.item, name);
    return new Map([...found].map(([name, item]) => [name, new Item(item.source, cellPath(item), name)]));
  }

  /** What a column of a policy means, of what has a name. */
  #meant(
    cell: Item,
    match: Match,
    known: ReadonlyMap<string, Item>,
    groups: (name: string) => readonly string[],
    isDenial: boolean,
    isOpen: boolean,
  ): readonly Item[] | undefined {
    const { losses } = this.#draft;
    const value = cell.text();
    const named = (name: string): Item => new Item(cell.source, cell.path, name);
    if (match.hasStar && value === "*") {
      if (isOpen && !isDenial)
        losses.changed(
          cell,
          "everything: *",
          "only what has a name can be asked here; name the rest with --resources or --actions",
        );
      return this.#everything(known);
    }
    if (match.kind === "linked") {
      const members = groups(value);
      this.#step(members.length, cell);
      return members.map(named);
    }
    const literals = literalsOf(value, match);
    if (literals === undefined) {
      const why = isDenial ? "it denies everything that has a name" : "only names can be granted";
      losses.lost(cell, `the pattern "${value}" of ${match.name}`, why);
      return undefined;
    }
    if (match.name !== "regexMatch") return literals.map(named);
    losses.changed(cell, `the pattern "${value}"`, "it means those of the names here in which it is found");
    this.#step(known.size * literals.length, cell);
    return [...known.keys()].filter((name) => literals.some((part) => name.includes(part))).map(named);
  }

  /** Without what closes a circle, or is farther from a user than Casbin goes. */
  #withoutLong(links: readonly Link[]): Link[] {
    const { losses } = this.#draft;
    const kept: Link[] = [];
    const domains = new Map<string | undefined, Link[]>();
    for (const link of links) {
      const list = domains.get(link.domain?.text()) ?? [];
      list.push(link);
      domains.set(link.domain?.text(), list);
    }
    for (const list of domains.values()) {
      const steps = stepsBelow(list);
      for (const link of list) {
        const below = steps.get(link.child.text()) ?? 0;
        if (below < MOST_STEPS) {
          kept.push(link);
          continue;
        }
        this.#cut.push(link);
        if (below === Number.POSITIVE_INFINITY)
          losses.lost(link.parent, "a link in a circle of roles", "a role cannot inherit from itself");
        else
          losses.lost(link.parent, "a link", `Casbin goes ${MOST_STEPS} steps from a user, and no farther`);
      }
    }
    return kept;
  }
}

/** The place of a cell, without the name that was added to it. */
function cellPath({ path }: Item): string {
  return path.split("/").slice(0, 4).join("/");
}

/** The names that a column can only mean; `undefined` of a pattern. */
function literalsOf(value: string, { kind, name, hasStar }: Match): readonly string[] | undefined {
  if (hasStar && value === "*") return [];
  if (kind !== "function") return [value];
  if (name === "keyMatch") return value.includes("*") ? undefined : [value];
  if (name === "regexMatch") {
    const parts = value.split("|").map((part) => part.replace(/^\(([^()]*)\)$/, "$1"));
    return parts.every((part) => /^[\w/ :-]+$/.test(part)) ? parts : undefined;
  }
  if (/^(?:keyMatch[2-5]|globMatch)$/.test(name)) return /^[\w/-]+$/.test(value) ? [value] : undefined;
  return undefined;
}

/** Everything that is in a group, as many steps away as Casbin goes, and the group itself. */
function membersOf(groups: readonly Row[], { isInDomain }: Match): (name: string) => readonly string[] {
  const members = new Map<string, string[]>();
  for (const { item, columns } of groups) {
    const [child, parent, ...more] = columns;
    if (child === undefined || parent === undefined || more.length !== Number(isInDomain))
      item.fail(`a group of objects has ${isInDomain ? "three" : "two"} columns`);
    else {
      const list = members.get(parent.text()) ?? [];
      list.push(child.text());
      members.set(parent.text(), list);
    }
  }
  return (name) => {
    const found = new Set([name]);
    let last = [name];
    for (let steps = 0; steps < MOST_STEPS && last.length > 0; steps += 1) {
      last = last.flatMap((one) => members.get(one) ?? []).filter((member) => !found.has(member));
      for (const member of last) found.add(member);
    }
    return [...found];
  };
}

/** The longest way from a user to each; infinite in circles, and above them. */
function stepsBelow(links: readonly Link[]): ReadonlyMap<string, number> {
  const parents = new Map<string, string[]>();
  const waiting = new Map<string, number>();
  for (const { child, parent } of links) {
    const list = parents.get(child.text()) ?? [];
    list.push(parent.text());
    parents.set(child.text(), list);
    waiting.set(parent.text(), (waiting.get(parent.text()) ?? 0) + 1);
  }
  const steps = new Map<string, number>([...waiting.keys()].map((name) => [name, Number.POSITIVE_INFINITY]));
  const longest = new Map<string, number>();
  const ready = [...parents.keys()].filter((name) => !waiting.has(name));
  for (const name of ready) steps.set(name, 0);
  for (const name of ready)
    for (const parent of parents.get(name) ?? []) {
      longest.set(parent, Math.max(longest.get(parent) ?? 0, (steps.get(name) ?? 0) + 1));
      const left = (waiting.get(parent) ?? 0) - 1;
      waiting.set(parent, left);
      if (left > 0) continue;
      steps.set(parent, longest.get(parent) ?? 0);
      ready.push(parent);
    }
  return steps;
}
