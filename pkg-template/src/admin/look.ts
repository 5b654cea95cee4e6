// What the engine tells about a snapshot without changing it: lint, and the forms of roles.

import { toId } from "../core/attributes.js";
import { RolegateError } from "../core/errors.js";
import { type Checked, optionsOf } from "../core/options.js";
import { toBytes } from "../engine/source.js";
import { isSubject, write } from "../snapshot/subject.js";
import type { SnapshotSource, WasmSource } from "../types/types.js";
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

function clock(now: unknown): number {
  const at = now === undefined ? Date.now() : now;
  if (typeof at === "number" && Number.isFinite(at)) return at;
  throw new RolegateError("bad-options", "`now` is a number of milliseconds since the epoch");
}

/** @internal */
export function lintOn(atHand?: AtHand): Lint {
  return (snapshot, options) => {
    const now = clock(optionsOf(options, LINT_OPTIONS).now);
    const bytes = toBytes(snapshot);
    return answered<Finding[]>((wasm) => wasm.lintSnapshot(bytes, now), atHand);
  };
}

/** @internal */
export function roleFormOn(atHand?: AtHand): RoleForms {
  return (snapshot, role, options) => {
    const { actor, now, type } = optionsOf(options, FORM_OPTIONS);
    // Whoever has lost an id must not get the form of a new role.
    if (role !== null && typeof role !== "string")
      throw new RolegateError("bad-options", "the role is an id, or `null` for one that is not there yet");
    const text = JSON.stringify({ role: role ?? NONE, now: clock(now), type });
    const who = actor === undefined ? "" : `,"actor":${written(actor)}`;
    const bytes = toBytes(snapshot);
    const asked = `${text.slice(0, -1)}${who}}`;
    return answered<RoleForm | null>((wasm) => wasm.roleForm(bytes, asked), atHand) ?? NONE;
  };
}

function written(actor: NonNullable<RoleFormOptions["actor"]>): string {
  const id = isSubject(actor) ? write(actor) : toId(actor);
  if (id === undefined) throw new RolegateError("bad-options", "`actor` is the id of a user, or a subject");
  return isSubject(actor) ? id : JSON.stringify(id);
}
