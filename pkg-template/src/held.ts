// A snapshot inside the engine. It outlives the instance that it was loaded into: its text is still in the memory of that one, and is
// loaded again.

import { type CoreBindings, core } from "./core-engine.js";
import type { Bindings, Engine } from "./engine.js";
import { type Issue, RolegateError, SnapshotError } from "./errors.js";
import { type FullAccess, type FullBindings, needFull } from "./full.js";

/** Where a snapshot is: in which instance, under which handle, and where in memory its text. */
interface Place {
  generation: number;
  handle: number;
  text: { readonly memory: { readonly buffer: ArrayBufferLike }; readonly at: number; readonly length: number } | undefined;
  /** Where it is in the whole engine, once that was asked. */
  copy?: { readonly engine: Engine<FullBindings>; readonly generation: number; readonly handle: number };
}

/** The places of all snapshots that are in use. */
const places = new Set<Place>();
/** The instance of which it is known that no snapshot has its text in an earlier one. */
let rescued = 0;

let registry: FinalizationRegistry<Place> | undefined;

export class Held {
  private readonly place: Place = { generation: -1, handle: 0, text: undefined };

  private readonly full: FullAccess;

  /** @throws {SnapshotError} if the snapshot is refused */
  constructor(bytes: Uint8Array, full: FullAccess) {
    this.full = full;
    this.load(bytes);
    if (typeof FinalizationRegistry === "function") (registry ??= new FinalizationRegistry(release)).register(this, this.place, this);
  }

  /** @throws {RolegateError} `freed`, `trap` */
  use<T>(run: (engine: CoreBindings, handle: number) => T): T {
    const { place } = this;
    const text = textOf(place);
    if (place.generation !== core.generation) this.load(copyOf(text));
    return core.call((engine) => run(engine, place.handle));
  }

  /**
   * Asks the whole engine, which gets the snapshot with the first question.
   * @throws {RolegateError} `freed`, `trap`, `needs-full`
   */
  ask<T>(run: (engine: FullBindings, handle: number) => T): T {
    const { place } = this;
    const text = textOf(place);
    const engine = needFull(this.full);
    if (place.copy?.generation !== engine.generation) {
      const { generation } = engine;
      const handle = engine.call(({ load }) => load(copyOf(text)));
      place.copy = { engine, generation, handle };
    }
    const { handle } = place.copy;
    return engine.call((bindings) => run(bindings, handle));
  }

  free(): void {
    if (this.place.text === undefined) return;
    registry?.unregister(this);
    release(this.place);
  }

  private load(bytes: Uint8Array): void {
    const { place } = this;
    if (rescued !== core.generation) rescue();
    const handle = core.call((engine) => engine.load(bytes));
    if (handle === 0) throw new SnapshotError(JSON.parse(core.call((engine) => engine.problems())) as [Issue, ...Issue[]]);
    place.handle = handle;
    place.generation = core.generation;
    place.text = core.call((engine) => ({ memory: engine.ownMemory() as WebAssembly.Memory, at: engine.source(handle), length: bytes.length }));
    places.add(place);
  }
}

/** Takes the texts out of instances that failed: one that stayed there would keep all of the memory, however long nobody asks for it. */
function rescue(): void {
  rescued = core.generation;
  for (const place of places) {
    const { text } = place;
    if (text !== undefined) place.text = { memory: copyOf(text), at: 0, length: text.length };
  }
}

function copyOf({ memory, at, length }: NonNullable<Place["text"]>): Uint8Array {
  return new Uint8Array(memory.buffer, at, length).slice();
}

function textOf({ text }: Place): NonNullable<Place["text"]> {
  if (text === undefined) throw new RolegateError("freed", "this snapshot was freed");
  return text;
}

function release(place: Place): void {
  place.text = undefined;
  places.delete(place);
  freeIn(core, place);
  if (place.copy !== undefined) freeIn(place.copy.engine, place.copy);
}

function freeIn<B extends Bindings & { free(handle: number): void }>(engine: Engine<B>, { generation, handle }: { readonly generation: number; readonly handle: number }): void {
  if (generation !== engine.generation) return;
  try {
    engine.call((bindings) => bindings.free(handle));
  } catch {
    // The engine failed, and the snapshot went with its instance.
  }
}
