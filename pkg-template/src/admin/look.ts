// What the engine tells about a snapshot without changing it: lint, and the forms of roles.

import { type Checked, optionsOf } from "../core/options.js";
import { toBytes } from "../engine/source.js";
import type { SnapshotSource, WasmSource } from "../types/types.js";
import { actorOf, bad, canBeRole, clock } from "./arguments.js";
import type { Finding, LintOptions, RoleForm, RoleFormOptions } from "./look-types.js";
import { type Bindings, engine, type Problem, refused } from "./opened.js";

/**
 * What is probably not meant in a snapshot, or due to be looked at: in the order of the document, at most 1,000
 * findings of each code.
 * @throws {SnapshotError} if the snapshot is refused
 */
export type Lint = (snapshot: SnapshotSource, options?: LintOptions) => Finding[];

/**
 * What a page for a role shows; for `null`, a role that is not there yet. `undefined` if there is no such role.
 * @throws {SnapshotError} if the snapshot is refused
 * @throws {SubjectError} if the actor is
 */
export type RoleForms = (
  snapshot: SnapshotSource,
  role: string | null,
  options?: RoleFormOptions,
) => RoleForm | undefined;

/** Gives the wasm at once, in a place that has it. */
export type AtHand = () => WasmSource;

/** @internal */
export type Answer<T> = { readonly value: T } | Problem;

/** The answer of the engine to a question that takes the bytes of a snapshot. */
function answered<T>(ask: (wasm: Bindings) => string, atHand: AtHand | undefined): T {
  if (atHand !== undefined) engine.startNow(atHand);
  const answer = JSON.parse(engine.call(ask)) as Answer<T>;
  if ("value" in answer) return answer.value;
  throw refused(answer);
}

const NONE = undefined;
const LINT_OPTIONS = (): Checked<LintOptions> => ({ now: NONE });
const FORM_OPTIONS = (): Checked<RoleFormOptions> => ({ actor: NONE, now: NONE, type: NONE });
/** @internal */
export function lintOn(atHand?: AtHand): Lint {
  return (snapshot, options) => {
    const { now = Date.now() } = optionsOf(options, LINT_OPTIONS);
    const at = clock(now);
    const bytes = toBytes(snapshot);
    return answered<Finding[]>((wasm) => wasm.lintSnapshot(bytes, at), atHand);
  };
}

/** @internal */
export function roleFormOn(atHand?: AtHand): RoleForms {
  return (snapshot, role, options) => {
    const { actor, now = Date.now(), type } = optionsOf(options, FORM_OPTIONS);
    if (role !== null && !canBeRole(role)) return NONE;
    if (type !== undefined && !canBeRole(type, "type")) return NONE;
    const text = JSON.stringify({ role: role ?? NONE, now: clock(now), type });
    const who = actor === undefined ? "" : `,"actor":${actorOf(actor)}`;
    const bytes = toBytes(snapshot);
    const asked = `${text.slice(0, -1)}${who}}`;
    const form = answered<RoleForm | null>((wasm) => wasm.roleForm(bytes, asked), atHand) ?? NONE;
    if (role === null && type !== undefined && form?.types.includes(type) === false)
      throw bad(`there is no role type \`${type}\``);
    return form;
  };
}
