// The engine of administration, and what it keeps for somebody: that outlives the instance in which it was opened,
// since after a trap it is opened again.

import { type Issue, RolegateError, SnapshotError, SubjectError } from "../core/errors.js";
import { createEngine, type Engine } from "../engine/create-engine.js";
import * as bindings from "../glue/rolegate-admin.js";
import { AdminError, type Obstacles } from "./errors.js";

/** @internal */
export type Bindings = typeof bindings;

/** @internal */
export const engine: Engine<Bindings> = /* @__PURE__ */ createEngine(
  bindings,
  "rolegate-admin.wasm",
  "`init` of `rolegate/admin`",
);

/** @internal Why a snapshot or an actor is refused. */
export interface Problem {
  readonly snapshot?: [Issue, ...Issue[]];
  readonly actor?: [Issue, ...Issue[]];
  readonly admin?: Obstacles;
}

/** @internal */
export function refused({ snapshot, actor, admin }: Problem): RolegateError {
  if (snapshot !== undefined) return new SnapshotError(snapshot);
  return actor === undefined ? new AdminError(admin as Obstacles) : new SubjectError(actor);
}

type Open = (wasm: Bindings) => number | Problem;
type Free = (wasm: Bindings, handle: number) => void;

/** Where something is. */
interface Location {
  handle: number;
  generation: number;
  /** Must not refer to whoever owns it. */
  readonly free: Free;
}

const registry: FinalizationRegistry<Location> | undefined =
  typeof FinalizationRegistry === "undefined" ? undefined : new FinalizationRegistry(release);

function release({ handle, generation, free }: Location): void {
  if (handle > 0 && generation === engine.generation) engine.call((wasm) => free(wasm, handle));
}

/** @internal Something that the engine keeps. It is freed when nobody refers to it any more. */
export class Opened {
  readonly #what: string;
  readonly #open: Open;
  readonly #location: Location;

  constructor(what: string, open: Open, free: Free) {
    this.#what = what;
    this.#open = open;
    this.#location = { handle: 0, generation: -1, free };
    registry?.register(this, this.#location);
  }

  /** Asks the engine, in which it is opened first if it is not there. */
  ask<T>(ask: (wasm: Bindings, handle: number) => T): T {
    const location = this.#location;
    if (location.handle < 0) throw new RolegateError("freed", `this ${this.#what} was freed`);
    const answer = engine.call((wasm) => {
      if (location.handle === 0 || location.generation !== engine.generation) {
        const opened = this.#open(wasm);
        if (typeof opened !== "number") return { problem: opened };
        location.handle = opened;
        location.generation = engine.generation;
      }
      return { value: ask(wasm, location.handle) };
    });
    if ("problem" in answer) throw refused(answer.problem);
    return answer.value;
  }

  free(): void {
    release(this.#location);
    this.#location.handle = -1;
  }
}
