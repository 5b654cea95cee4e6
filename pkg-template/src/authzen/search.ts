// Searches: who may, on what, and how. Each result is one that an evaluation of the same request allows.

import { isId } from "../core/attributes.js";
import type { Gate } from "../snapshot/gate.js";
import type { Permission, Resource, Subject, UserId } from "../types/types.js";
import { type Asker, recordOf, type Said } from "./asker.js";
import { actionsOf, peopleIn, permissionOf } from "./names.js";
import { type Paged, paged, pageOf } from "./pages.js";
import { actionOf, contextOf, entityOf, kindOf } from "./reading.js";
import { ask, Unavailable } from "./refusal.js";
import type { Asking, Entity } from "./types.js";

/** An answer, as it is sent: `page` comes first. */
type Found<T> = Paged<T> & { readonly context: { readonly revision: number } };

interface Named {
  readonly type: string;
  readonly id: string;
}

/** Which subjects of a type may do this. */
export async function searchSubject(asker: Asker, body: object): Promise<Found<Named>> {
  const { type, properties } = kindOf(body, "subject");
  const said = { subject: { properties }, action: actionOf(body), context: contextOf(body) };
  const resource = entityOf(body, "resource");
  const page = await pageFor(asker, "subject", body);
  const permission = onlyPermission(asker, resource.type, said.action.name);
  const isKnown = permission !== undefined && asker.settings.subjectTypes.includes(type);
  const record = isKnown ? await existing(asker, resource) : undefined;
  const ids = isKnown && record !== undefined ? await peopleWho(asker, type, permission, record, said) : [];
  return answer(asker, await paged(page, ids, (id) => ({ type, id })));
}

/** On which resources of a type a subject may do this. */
export async function searchResource(asker: Asker, body: object): Promise<Found<Named>> {
  const subject = entityOf(body, "subject");
  const said = { subject, action: actionOf(body), context: contextOf(body) };
  const { type, properties } = kindOf(body, "resource");
  const page = await pageFor(asker, "resource", body);
  const permission = onlyPermission(asker, type, said.action.name);
  const who = permission && (await asker.person(subject.type, subject.id));
  const ids =
    permission === undefined || who === undefined
      ? []
      : await recordsOn(asker, { type, properties }, permission, asker.gate(who, said));
  return answer(asker, await paged(page, ids, (id) => ({ type, id })));
}

/** What a subject may do on a resource. */
export async function searchAction(asker: Asker, body: object): Promise<Found<{ readonly name: string }>> {
  const subject = entityOf(body, "subject");
  const said = { subject, context: contextOf(body) };
  const resource = entityOf(body, "resource");
  const page = await pageFor(asker, "action", body);
  const actions = actionsOf(asker.asking.snapshot, resource.type);
  const who = actions.size > 0 ? await asker.person(subject.type, subject.id) : undefined;
  const record = who === undefined ? undefined : await existing(asker, resource);
  const names: string[] = [];
  if (who !== undefined && record !== undefined) {
    const gate = asker.gate(who, said);
    for (const [name, permission] of actions) if (gate.can(permission, record)) names.push(name);
  }
  return answer(asker, await paged(page, names, (name) => ({ name })));
}

function pageFor(asker: Asker, kind: string, body: object): ReturnType<typeof pageOf> {
  return pageOf([kind, asker.asking.tenant], body, asker.settings.limits.results);
}

function answer<T>(asker: Asker, found: Paged<T>): Found<T> {
  return { ...found, context: { revision: asker.asking.snapshot.revision } };
}

/** Nothing is found where none, or several, could be meant. */
function onlyPermission(asker: Asker, type: string, action: string): Permission | undefined {
  const permission = permissionOf(asker.asking.snapshot, type, action);
  return typeof permission === "string" ? permission : undefined;
}

/**
 * The record that a search is about; `undefined` if there is none of this id. Without `resources` nobody knows
 * which there are: then the search is about one of which nothing is known (`null`).
 */
async function existing(asker: Asker, resource: Entity): Promise<Resource | null | undefined> {
  const record = await asker.record(resource);
  return record === null && asker.settings.resources !== undefined ? undefined : record;
}

async function peopleWho(
  asker: Asker,
  type: string,
  permission: Permission,
  record: Resource | null,
  said: Said,
): Promise<string[]> {
  const { settings, asking } = asker;
  const { subject: find } = settings;
  if (find === undefined)
    return ask(() => {
      checkCount(asker, peopleIn(asking.snapshot));
      return asking.snapshot.whoCan(permission, { ...asker.options(said), resource: record });
    });
  const people = await ask(() => find(type, undefined, asking));
  const ids: string[] = [];
  const add = (id: string, who: UserId | Subject | undefined): void => {
    if (isId(id) && who !== undefined && asker.gate(who, said).can(permission, record)) ids.push(id);
  };
  await each<UserId | Subject>(asker, people, (given, it) => {
    const isPerson = typeof it === "object";
    const id = idOf(given ?? (isPerson ? it.id : it));
    // What was given with an id is who it is; an id by itself is one to look up.
    if (isPerson || given !== undefined) add(id, it);
    else return asker.person(type, id).then((who) => add(id, who));
  });
  return ids;
}

async function recordsOn(
  asker: Asker,
  { type, properties }: { readonly type: string; readonly properties: object | undefined },
  permission: Permission,
  gate: Gate,
): Promise<string[]> {
  const { settings, asking } = asker;
  const { resources: find } = settings;
  const searching: Asking = { ...asking, permission, gate };
  const records = find && (await ask(() => find(type, undefined, searching)));
  const ids: string[] = [];
  await each<Resource>(asker, records, (given, it) => {
    const id = idOf(given ?? (it as { readonly id?: unknown } | null)?.id);
    // As in an evaluation: what the request says of a resource is all that is known of it.
    if (isId(id) && gate.can(permission, recordOf(properties ?? it, type, id))) ids.push(id);
  });
  return ids;
}

/** @throws {RangeError} */
function checkCount({ settings: { limits } }: Asker, count: number): void {
  if (count > limits.candidates) throw new RangeError(`a search looks at ${limits.candidates} at most`);
}

/** Goes through a listing. @throws {Unavailable} if it is none, fails, or is too long */
async function each<T>(
  asker: Asker,
  listing: unknown,
  visit: (id: unknown, it: T) => void | Promise<void>,
): Promise<void> {
  if (listing === undefined || listing === null) return;
  let count = 0;
  const see = (entry: unknown): void | Promise<void> => {
    checkCount(asker, (count += 1));
    return Array.isArray(entry) ? visit(entry[0], entry[1] as T) : visit(undefined, entry as T);
  };
  try {
    if (Symbol.asyncIterator in Object(listing))
      for await (const entry of listing as AsyncIterable<unknown>) await see(entry);
    else if (typeof listing === "object")
      for (const entry of listing as Iterable<unknown>) {
        const later = see(entry);
        if (later !== undefined) await later;
      }
    else throw new TypeError("all of a type must be a list");
  } catch (error) {
    throw error instanceof Unavailable ? error : new Unavailable(error);
  }
}

function idOf(id: unknown): string {
  if (typeof id === "string" ? id !== "" : typeof id === "bigint" || Number.isSafeInteger(id))
    return String(id);
  throw new TypeError("something without an id was found");
}
