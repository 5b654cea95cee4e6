// Scopes from elsewhere: what `scope.toJSON()` gave.

import { parseCondition } from "./condition.js";
import { readMap, readPart, readTeams } from "./parts.js";
import { field, list, must, object, text } from "./read.js";
import { makeScope, type Scope as MadeScope } from "./scope.js";

/** On which records a permission is given. */
export type Scope = MadeScope;

/** Scopes from elsewhere. */
export const Scope: {
  /**
   * Reads what `scope.toJSON()` gave, on any machine; no wasm is needed.
   * @throws {RolegateError} `bad-gate-data` for anything else
   */
  from(json: unknown): Scope;
} = { from: (json) => field({ scope: json }, "scope", readScope) };

const PART = object("any none");

function readScope(json: unknown): Scope {
  const scope = object("user map kind parts")(json);
  const parts = field(scope, "parts", list((part) => readPart(PART(part), readTeams, (json) => parseCondition(json, true, 0))));
  const kind = field(scope, "kind", text);
  const read = makeScope(kind === "none" ? undefined : parts, field(scope, "user", text), field(scope, "map", readMap));
  field(scope, "kind", () => must(read.kind === kind));
  return read;
}
