// What attributes records have, as far as a snapshot tells: by whose they are, by conditions, and by masks.

import type { Condition, Level, SnapshotDocument } from "../types/types.js";
import { coveredBy, type Declared, declaredIn } from "./catalog.js";

/** A name as the key of a type. */
export const keyOf = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);

/** The attributes below a path. */
interface Node {
  /** What it may be, besides what has `below`. */
  readonly types: Set<string>;
  readonly below: Map<string, Node>;
  isRequired: boolean;
  isList: boolean;
}

const newNode = (): Node => ({ types: new Set(), below: new Map(), isRequired: false, isList: false });

const ID = "Id";
/** What attribute values may be, where only that they are read is known. */
const UNKNOWN = "unknown";

/** Types of records, ordered, with the lines of their attributes. */
export function attributesOf(json: SnapshotDocument): Map<string, readonly string[]> {
  const declared = declaredIn(json);
  const roots = new Map<string, Node>();
  for (const type of [...new Set(declared.map((it) => it.type))].sort()) roots.set(type, newNode());
  for (const [type, root] of roots) readMapping(json, type, declared, root);
  for (const { condition, types } of conditionsIn(json, declared))
    for (const type of types) {
      const root = roots.get(type);
      if (root !== undefined) readCondition(condition, "resource.", root);
    }
  for (const { resource, field } of json.catalog.masks ?? []) {
    const root = roots.get(resource);
    if (root !== undefined) nodeAt(root, field).types.add(UNKNOWN);
  }
  // A type of which nothing is known would fit everything.
  const known = [...roots].filter(([, { below }]) => below.size > 0);
  return new Map(known.map(([type, root]) => [type, linesOf(root, "        ")]));
}

/** Owner and team: a record must have them where a permission can be granted at such a level. */
function readMapping(json: SnapshotDocument, type: string, declared: readonly Declared[], root: Node): void {
  const scopes = new Set(declared.flatMap((it) => (it.type === type ? (it.permission.scopes ?? []) : [])));
  const { owner = "owner", team = "team" } = json.catalog.resources?.[type] ?? {};
  const isDeclared = json.catalog.resources?.[type] !== undefined;
  const read = (paths: string | readonly string[], levels: readonly Level[]): void => {
    const isRead = levels.some((level) => scopes.has(level));
    if (!isRead && !isDeclared) return;
    for (const path of [paths].flat()) {
      const node = nodeAt(root, path);
      node.types.add(ID);
      node.isList = true;
      node.isRequired ||= isRead;
    }
  };
  if (scopes.size === 0) return;
  read(owner, ["own", "team"]);
  read(team, ["team"]);
}

interface Read {
  readonly condition: Condition;
  readonly types: ReadonlySet<string>;
}

function conditionsIn(json: SnapshotDocument, declared: readonly Declared[]): Read[] {
  const found: Read[] = [];
  const add = (when: unknown, about: readonly Declared[]): void => {
    if (typeof when === "object" && when !== null)
      found.push({ condition: when as Condition, types: new Set(about.map(({ type }) => type)) });
  };
  const whenOf = (value: unknown): unknown =>
    typeof value === "object" && value !== null ? (value as { when?: unknown }).when : undefined;
  for (const { grants = {}, deny = [] } of json.roles) {
    for (const [key, value] of Object.entries(grants))
      for (const one of [value].flat()) add(whenOf(one), coveredBy(key, declared));
    for (const one of deny) if (typeof one === "object") add(one.when, coveredBy(one.key, declared));
  }
  for (const assignment of [
    ...(json.users ?? []).flatMap(({ roles = [] }) => roles),
    ...(json.everyone ?? []),
  ])
    add(whenOf(assignment), declared);
  return found;
}

/** Follows a condition; the format bounds how deep one is. */
function readCondition(condition: Condition, prefix: string, root: Node): void {
  for (const [key, value] of Object.entries(condition)) {
    if (key === "$and" || key === "$or")
      for (const one of value as Condition[]) readCondition(one, prefix, root);
    else if (key === "$not") readCondition(value as Condition, prefix, root);
    else if (key.startsWith(prefix)) readOperators(value, nodeAt(root, key.slice(prefix.length)));
    if (!key.startsWith("$")) readReference(value, prefix, root);
  }
}

/** An attribute that another one is compared with. */
function readReference(value: unknown, prefix: string, root: Node): void {
  if (typeof value !== "object" || value === null) return;
  for (const operand of [value, ...Object.values(value)]) {
    const { $ref } = (operand ?? {}) as { $ref?: unknown };
    if (typeof $ref === "string" && $ref.startsWith(prefix))
      nodeAt(root, $ref.slice(prefix.length)).types.add(UNKNOWN);
  }
}

function readOperators(value: unknown, node: Node): void {
  const operators =
    typeof value === "object" && value !== null && !("$ref" in value) ? value : { $eq: value };
  for (const [operator, operand] of Object.entries(operators)) {
    if (operator === "$elem") {
      node.isList = true;
      readCondition(operand as Condition, "element.", node);
    } else if (LISTS.includes(operator)) {
      node.isList = true;
      for (const one of [operand].flat()) node.types.add(scalarType(one));
    } else if (TEXTS.includes(operator)) node.types.add("string");
    else if (TIMES.includes(operator)) for (const type of ["string", "number", "Date"]) node.types.add(type);
    else if (operator === "$exists") node.types.add(UNKNOWN);
    else for (const one of [operand].flat()) node.types.add(scalarType(one));
  }
}

const LISTS = ["$has", "$hasAny", "$subset"];
const TEXTS = ["$startsWith", "$endsWith", "$cidr"];
const TIMES = ["$since", "$before"];

function scalarType(value: unknown): string {
  return ["string", "number", "boolean"].includes(typeof value) ? typeof value : UNKNOWN;
}

function nodeAt(root: Node, path: string): Node {
  let node = root;
  for (const step of path.split(".")) {
    const next = node.below.get(step) ?? newNode();
    node.below.set(step, next);
    node = next;
  }
  return node;
}

/** The attributes of a node, ordered; the format bounds how deep a path is. */
function linesOf({ below }: Node, indent: string): string[] {
  return [...below]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, node]) => {
      const head = `${indent}${keyOf(name)}${isRequired(node) ? "" : "?"}: `;
      if (node.types.has(UNKNOWN) && node.types.size === 1 && node.below.size === 0)
        return [`${head}unknown;`];
      const types = [...node.types].filter((type) => type !== UNKNOWN).sort();
      if (node.below.size === 0)
        return [`${head}${node.isList ? `OneOrMany<${types.join(" | ")}>` : types.join(" | ")} | null;`];
      const others = types.length === 0 ? "" : ` | ${types.join(" | ")}`;
      return [`${head}OneOrMany<{`, ...linesOf(node, `${indent}  `), `${indent}}${others}> | null;`];
    });
}

function isRequired({ isRequired: own, below }: Node): boolean {
  return own || [...below.values()].some(isRequired);
}
