// Names of other systems as ids of a snapshot: as they are, where an id may be so.

import { printable } from "../../core/errors.js";
import type { Item } from "./item.js";
import type { Losses } from "./losses.js";

/** What no id may have, and what ids of permissions and categories may not have besides. */
const NO_ID = /[\p{Cc}\p{Cs}]+/gu;
const NO_PERMISSION = /[\p{Cc}\p{Cs}\p{White_Space}\ufeff*]+/gu;
const MOST_BYTES = 256;

/** The ids of one kind. The same name is always the same id, and no two names are. */
export class Names {
  readonly #what: string;
  readonly #hasParts: boolean;
  readonly #losses: Losses;
  readonly #ids = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** @param hasParts as ids of permissions and categories have, between dots */
  constructor(what: string, hasParts: boolean, losses: Losses) {
    this.#what = what;
    this.#hasParts = hasParts;
    this.#losses = losses;
  }

  /**
   * @param name what it is called elsewhere
   * @param key what tells it from others; its name, if that is enough
   */
  id(name: string, at: Item, key: string = name): string {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#free(this.#hasParts ? asPermission(name) : asId(name));
    this.#ids.set(key, id);
    this.#taken.add(id);
    if (id !== name)
      this.#losses.changed(at, `the ${this.#what} "${shown(name)}"`, `it is called "${id}" here`);
    return id;
  }

  #free(wanted: string): string {
    let id = wanted;
    for (let count = 2; this.#taken.has(id); count += 1) id = `${wanted}-${count}`;
    return id;
  }
}

const SHOWN = 80;
const shown = (name: string): string => printable(name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name);

function asId(name: string): string {
  return cut(name.replace(NO_ID, "-")) || "-";
}

function asPermission(name: string): string {
  const parts = cut(name.replace(NO_PERMISSION, "-")).split(".");
  return parts.map((part) => part || "-").join(".");
}

/** At most as many bytes as an id may have, with room for a number. */
function cut(text: string): string {
  if (Buffer.byteLength(text) <= MOST_BYTES) return text;
  let bytes = 0;
  let end = 0;
  for (const letter of text) {
    bytes += Buffer.byteLength(letter);
    if (bytes > MOST_BYTES - 16) break;
    end += letter.length;
  }
  return text.slice(0, end);
}
