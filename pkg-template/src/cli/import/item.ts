// What is imported, as it was parsed: values that know where they stand. Whatever has the wrong shape cannot
// be used, and the message says where it is.

import { Unusable } from "../command.js";
import type { Place } from "../place.js";

/** A parsed file, or one document of a file that has several. */
export interface Source {
  readonly file: string;
  readonly value: unknown;
  /** Where a JSON Pointer leads in the text of the file; in files that are lines, `/line/column`. */
  places(paths: readonly string[]): ReadonlyMap<string, Place>;
}

/** A value of a source. */
export class Item {
  readonly source: Source;
  /** JSON Pointer. */
  readonly path: string;
  readonly value: unknown;

  constructor(source: Source, path = "", value: unknown = source.value) {
    this.source = source;
    this.path = path;
    this.value = value;
  }

  /** @throws {Unusable} that names the place */
  fail(problem: string): never {
    const { file } = this.source;
    const place = this.source.places([this.path]).get(this.path);
    const line = place === undefined ? "" : `:${place.line}:${place.column}`;
    const path = this.path === "" || this.isLine ? "" : `${this.path}: `;
    throw new Unusable(`${file}${line}: ${path}${problem}`);
  }

  at(key: string | number, value: unknown): Item {
    return new Item(this.source, `${this.path}/${escaped(String(key))}`, value);
  }

  /** It is of a file of lines, whose places are no pointers. */
  get isLine(): boolean {
    return typeof this.source.value === "string";
  }

  get isObject(): boolean {
    return typeof this.value === "object" && this.value !== null && !Array.isArray(this.value);
  }

  get isList(): boolean {
    return Array.isArray(this.value);
  }

  /** The value of a key, which may be absent; `null` counts as absent. */
  get(key: string): Item | undefined {
    const object = this.#object();
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    return value === undefined || value === null ? undefined : this.at(key, value);
  }

  need(key: string): Item {
    return this.get(key) ?? this.fail(`"${key}" is missing`);
  }

  entries(): readonly (readonly [key: string, value: Item])[] {
    return Object.entries(this.#object()).map(([key, value]) => [key, this.at(key, value)]);
  }

  list(): readonly Item[] {
    if (!Array.isArray(this.value)) this.fail(`must be a list, not ${kindOf(this.value)}`);
    return (this.value as unknown[]).map((value, index) => this.at(index, value));
  }

  /** The elements of a list; none if the key is absent. */
  listOf(key: string): readonly Item[] {
    return this.get(key)?.list() ?? [];
  }

  text(): string {
    if (typeof this.value !== "string") this.fail(`must be text, not ${kindOf(this.value)}`);
    return this.value as string;
  }

  /** An id, which may be a number. */
  id(): string {
    return Number.isSafeInteger(this.value) ? String(this.value) : this.text();
  }

  /** One text, or a list of texts. */
  texts(): readonly Item[] {
    const items = this.isList ? this.list() : [this];
    for (const item of items) item.text();
    return items;
  }

  /** The texts of a list; none if the key is absent. */
  textsOf(key: string): readonly Item[] {
    const items = this.listOf(key);
    for (const item of items) item.text();
    return items;
  }

  flag(): boolean {
    if (typeof this.value !== "boolean") this.fail(`must be true or false, not ${kindOf(this.value)}`);
    return this.value as boolean;
  }

  #object(): Record<string, unknown> {
    if (!this.isObject) this.fail(`must be an object, not ${kindOf(this.value)}`);
    return this.value as Record<string, unknown>;
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return { object: "an object", string: "text", number: "a number", boolean: "true or false" }[
    typeof value as string
  ] as string;
}

function escaped(step: string): string {
  return step.replaceAll("~", "~0").replaceAll("/", "~1");
}
