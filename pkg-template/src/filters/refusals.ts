// What no filter can say, in the same words whatever the database.

import { RolegateError } from "../core/errors.js";
import type { Term } from "./tree.js";

/** @param advice what to do */
export function cannotExpress(what: string, operator: string | undefined, advice: string): RolegateError {
  const asked = operator === undefined ? what : `\`${operator}\` of \`${what}\``;
  return new RolegateError("cannot-express", `${asked} cannot be said in this query exactly: ${advice}`);
}

/** A side of a comparison, for messages. */
export function nameOf(term: Term): string {
  if ("path" in term) return `resource.${term.path}`;
  return "element" in term ? `element.${term.element}` : "a value";
}

export function refuse(problem: string): never {
  throw new RolegateError("bad-options", problem);
}
