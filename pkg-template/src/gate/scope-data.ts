// Scopes made from the result of `scope.toJSON()`.

import { parseCondition } from "../condition/condition.js";
import { readNow, taskNow } from "../core/clock.js";
import { optionsOf } from "../core/options.js";
import { field, list, must, object, text, time } from "../core/read.js";
import type { Scope as ScopeAnswer } from "../types/types.js";
import { type ClauseReaders, readMap, readPart, readTeams } from "./parts.js";
import { makeScope } from "./scope.js";

/** The records on which a permission is allowed. */
export type Scope = ScopeAnswer;

/** Makes scopes from data. */
export const Scope: {
  /**
   * Makes a scope from the result of `scope.toJSON()`, without wasm. `now` is its clock.
   * @throws {RolegateError} `bad-gate-data` for anything else; `bad-options`
   */
  from(json: unknown, options?: { readonly now?: number | (() => number) }): Scope;
} = {
  from(json, options) {
    const { now } = optionsOf(options, () => ({ now: undefined }));
    return field({ scope: json }, "scope", (scope) => readScope(scope, now));
  },
};

const PART = object("any none");
const READERS: ClauseReaders<object> = {
  teams: readTeams,
  condition: (json) => parseCondition(json, true, 0),
  keys: "",
  more: () => ({}),
};

function readScope(json: unknown, now: unknown): Scope {
  const scope = object("user map kind parts validUntil")(json);
  const until = field(scope, "validUntil", time, Infinity);
  const parts = field(
    scope,
    "parts",
    list((part) => readPart(PART(part), READERS)),
  );
  const kind = field(scope, "kind", text);
  const read = makeScope(
    kind === "none" ? undefined : parts,
    field(scope, "user", text),
    field(scope, "map", readMap),
    {
      now: () => (now === undefined ? taskNow() : readNow(now)),
      until: () => until,
    },
  );
  field(scope, "kind", () => must(read.kind === kind));
  return read;
}
