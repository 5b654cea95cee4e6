// Reading attributes of application objects. Whatever the object, nothing here throws, and what cannot be read is absent.
//
// A value that was read is one of: `undefined` (absent or null), a string, finite number, boolean or bigint, a list of such
// (`null` for an element that is none), or `UNFIT`, which is there and equals nothing.

/** What is there, but of no use to any operator. */
const UNFIT: object = {};

const MAX_PROTOTYPES = 64;
const MAX_ELEMENTS = 1_000_000;
const MAX_ID_BYTES = 256;

/** An object that is no list (and no function). */
export function isRecord(value: unknown): value is object {
  try {
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false; // a revoked proxy
  }
}

/** The raw value of a property that counts. */
export function readKey(object: object, key: PropertyKey): unknown {
  try {
    return has(object, key) ? (object as Record<PropertyKey, unknown>)[key] : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a property counts: an own one, or one of a prototype that is not built in, such as a getter of a class. */
export function has(object: object, key: PropertyKey): boolean {
  try {
    return Object.hasOwn(object, key) || inherits(object, key);
  } catch {
    return false;
  }
}

function inherits(object: object, key: PropertyKey): boolean {
  let prototype: object | null = Object.getPrototypeOf(object);
  for (let i = 0; i < MAX_PROTOTYPES && prototype !== null && !isBuiltIn(prototype); i++) {
    if (Object.hasOwn(prototype, key)) return true;
    prototype = Object.getPrototypeOf(prototype);
  }
  return false;
}

/** Of the language or the platform, in this realm or another: its constructor is native code. */
function isBuiltIn(prototype: object): boolean {
  return (
    prototype === Object.prototype ||
    (Object.hasOwn(prototype, "constructor") && Function.prototype.toString.call(prototype.constructor).slice(-20).includes("[native code]"))
  );
}

/** What `keys` find: each descends, and lists on the way are entered, which gives one flat list. */
export function readPath(value: unknown, keys: readonly string[]): unknown {
  try {
    for (let i = 0; i < keys.length; i++) {
      if (Array.isArray(value)) return gather(value, keys, i);
      if (!isRecord(value)) return undefined;
      value = readKey(value, keys[i] as string);
    }
    return Array.isArray(value) ? gather(value, keys, keys.length) : simple(value);
  } catch {
    return undefined; // a proxy that throws, or a list within itself
  }
}

function gather(list: readonly unknown[], keys: readonly string[], depth: number): unknown[] {
  const found: unknown[] = [];
  let visited = 0;
  const visit = (value: unknown, at: number): void => {
    if (++visited > MAX_ELEMENTS) throw UNFIT;
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) {
        const item = readKey(value, i);
        // A list inside the list that the path ends at is absent.
        if (at < keys.length) visit(item, at);
        else if (!Array.isArray(item)) found.push(element(item));
      }
    } else if (at < keys.length) {
      if (isRecord(value)) visit(readKey(value, keys[at] as string), at + 1);
    } else if (value !== undefined) {
      found.push(element(value));
    }
  };
  visit(list, depth);
  return found;
}

function element(value: unknown): unknown {
  const read = simple(value) ?? UNFIT;
  return read === UNFIT ? null : read;
}

function simple(value: unknown): unknown {
  const type = typeof value;
  if (type === "string" ? isWellFormed(value as string) : type === "number" ? Number.isFinite(value) : type === "boolean" || type === "bigint") return value;
  return value === null || value === undefined ? undefined : UNFIT;
}

/** Whether a string is Unicode text. Another one cannot occur in a snapshot, so it equals nothing there. */
export function isWellFormed(text: string): boolean {
  return !/[\ud800-\udfff]/u.test(text);
}

/** The id that a value which was read stands for; `undefined` if it is none. */
export function toId(value: unknown): string | undefined {
  if (typeof value === "string") return isId(value) ? value : undefined;
  return typeof value === "bigint" || Number.isSafeInteger(value) ? String(value) : undefined;
}

/** The ids that a value which was read stands for. */
export function toIds(value: unknown): string[] {
  const ids = (Array.isArray(value) ? value : [value]).map(toId);
  return ids.filter((id) => id !== undefined);
}

function isId(text: string): boolean {
  // A unit of UTF-16 takes at most three bytes of UTF-8, so most ids need not be counted.
  return (
    text !== "" &&
    !/[\0-\x1f\x7f-\x9f\ud800-\udfff]/u.test(text) &&
    (text.length * 3 <= MAX_ID_BYTES || encodeURIComponent(text).replace(/%../g, "_").length <= MAX_ID_BYTES)
  );
}
