// Which grants and denials of roles decided an answer that was expected.

import type { Explanation, Role, SnapshotDocument } from "../types/types.js";
import { coveredBy, type Declared, declaredIn } from "./catalog.js";

/** A grant or a denial, as it stands in the document. */
interface Entry {
  /** JSON Pointer. */
  readonly path: string;
  readonly kind: "grant" | "denial";
  readonly role: string;
  readonly key: string;
}

/** What a document says, read once for all answers. */
interface Source {
  readonly entries: readonly Entry[];
  readonly declared: readonly Declared[];
  readonly byId: ReadonlyMap<string, Role>;
}

const escaped = (step: string): string => step.replaceAll("~", "~0").replaceAll("/", "~1");

/** All grants and denials of the roles. What a role says it does not grant is none. */
export function entriesOf({ roles }: SnapshotDocument): Entry[] {
  return roles.flatMap(({ id: role, grants = {}, deny = [] }, index) => [
    ...Object.entries(grants).flatMap(([key, value]): Entry[] =>
      value === false ? [] : [{ path: `/roles/${index}/grants/${escaped(key)}`, kind: "grant", role, key }],
    ),
    ...deny.map((one, at): Entry => {
      const key = typeof one === "string" ? one : one.key;
      return { path: `/roles/${index}/deny/${at}`, kind: "denial", role, key };
    }),
  ]);
}

/** The entries that decided none of the answers. */
export function undecided(json: SnapshotDocument, answers: readonly Explanation[]): Entry[] {
  const entries = entriesOf(json);
  const decided = new Set<Entry>();
  const source = { entries, declared: declaredIn(json), byId: new Map(json.roles.map((it) => [it.id, it])) };
  for (const answer of answers) for (const entry of decidedBy(source, answer)) decided.add(entry);
  return entries.filter((entry) => !decided.has(entry));
}

/** A grant by where it came from; a denial by any that the role has of this permission, or inherits. */
function decidedBy({ entries, declared, byId }: Source, answer: Explanation): readonly Entry[] {
  const { reason, role, permission, via = [] } = answer;
  if (role === undefined || (reason !== "granted" && reason !== "denied")) return [];
  const isAbout = (key: string, id: string): boolean =>
    coveredBy(key, declared).some((it) => it.permission.id === id);
  if (reason === "denied") {
    const denying = ancestry(role, byId);
    return entries.filter(
      (it) => it.kind === "denial" && denying.has(it.role) && isAbout(it.key, permission),
    );
  }
  let [from, what] = [role, permission as string];
  for (const step of via) {
    if (byId.get(from)?.inherits?.includes(step)) from = step;
    else what = step;
  }
  const own = entries.filter((it) => it.kind === "grant" && it.role === from && isAbout(it.key, what));
  const exactly = (key: string): number => (key === what ? 0 : key === "*" ? 2 : 1);
  return own.sort((a, b) => exactly(a.key) - exactly(b.key)).slice(0, 1);
}

/** A role and all that it inherits. */
function ancestry(role: string, byId: ReadonlyMap<string, Role>): ReadonlySet<string> {
  const found = new Set([role]);
  for (const id of found) for (const parent of byId.get(id)?.inherits ?? []) found.add(parent);
  return found;
}
