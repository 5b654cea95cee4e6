// The questions of one request, to one snapshot. Whoever or whatever is asked for twice is looked up once, so
// that a batch is decided about one state of them.

import { isId } from "../core/attributes.js";
import type { Gate } from "../snapshot/gate.js";
import type { GateOptions, Permission, Reason, Resource, Subject, UserId } from "../types/types.js";
import { ask } from "./refusal.js";
import type { Settings } from "./settings.js";
import type { Asking, Entity, Question } from "./types.js";

/** What a request says besides whom and what it is about. */
export type Said = Partial<Pick<Question, "action" | "context">> & {
  readonly subject: { readonly properties?: object | undefined };
};

/** One request, and what answers it. */
export class Asker {
  readonly settings: Settings;
  readonly asking: Asking;
  private readonly people = new Map<string, Promise<UserId | Subject | undefined>>();
  private told = 0;
  private readonly records = new Map<string, Promise<Resource | null>>();

  constructor(settings: Settings, asking: Asking) {
    this.settings = settings;
    this.asking = asking;
  }

  /** Whether one more denial may tell how it is remedied. */
  mayTell(most: number): boolean {
    this.told += 1;
    return this.told <= most;
  }

  /** Who a subject is; `undefined` if it is nobody. */
  async person(type: string, id: string): Promise<UserId | Subject | undefined> {
    const { subject: find, subjectTypes } = this.settings;
    if (!isId(id) || !subjectTypes.includes(type)) return undefined;
    if (find === undefined) return id;
    return once(this.people, [type, id], async () => {
      const found = await ask(() => find(type, id, this.asking));
      return (found ?? undefined) as UserId | Subject | undefined;
    });
  }

  /** The record that a request is about; `null` if nothing is known of it. */
  async record({ type, id, properties }: Entity): Promise<Resource | null> {
    if (properties !== undefined) return described(properties, type, id);
    const { resources: find } = this.settings;
    if (!isId(id) || find === undefined) return null;
    return once(this.records, [type, id], async () => {
      const found = await ask(() => find(type, id, this.asking));
      return recordOf(found, type, id);
    });
  }

  /** The gate of a person for what a request says. It is always asked about a record, be it an unknown one. */
  gate(who: UserId | Subject, said: Said, more: GateOptions = {}): Gate {
    return this.asking.snapshot.for(who, { ...this.options(said), ...more });
  }

  /** Options of questions to the snapshot. */
  options(said: Said): GateOptions {
    const { now } = this.settings;
    return { context: contextOf(said), ...(now !== undefined && { now }) };
  }
}

/** @param key types and ids as a list: no text stands for two */
function once<T>(known: Map<string, Promise<T>>, key: readonly string[], find: () => Promise<T>): Promise<T> {
  const name = JSON.stringify(key);
  let found = known.get(name);
  if (found === undefined) known.set(name, (found = find()));
  return found;
}

/** A record that was found. One that is no object, or that cannot be read, is unknown. */
export function recordOf(found: unknown, type: string, id: string): Resource | null {
  if (typeof found !== "object" || found === null) return null;
  try {
    // Whatever has a prototype of its own is read as it is: a copy would lose what its class gives.
    return isPlain(found) ? described(found, type, id) : found;
  } catch {
    return null;
  }
}

function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || prototype === Object.prototype;
}

/** `id` and `type` are those of the question, whatever the properties say. */
function described(properties: object, type: string, id: string): Resource {
  const named: object = { id, type };
  // They come first, too: engines copy ten times as fast into an object that has a place for them.
  return { id, type, ...properties, ...named };
}

/**
 * What conditions see as `context.*`. `subject` and `action` in it are only ever what the request says of the
 * subject and the action, be it nothing.
 */
function contextOf({ context, subject, action }: Said): Record<string, unknown> {
  return { ...context, subject: subject.properties, action: action?.properties };
}

/** Whether a permission is given, and why. A record that changes, or a clock, may leave a no without a reason. */
export function decide(
  gate: Gate,
  permission: Permission,
  record: Resource | null,
): { readonly allowed: boolean; readonly reason: Reason | undefined } {
  if (gate.can(permission, record)) return { allowed: true, reason: "granted" };
  const why = gate.explain(permission, record);
  return { allowed: false, reason: why.allowed ? undefined : why.reason };
}
