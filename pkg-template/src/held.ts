// A snapshot inside the engine. It outlives the instance that it was loaded into: its text is still in the memory of that one, and is
// loaded again.

import { call, currentGeneration } from "./engine.js";
import { type Issue, RolegateError, SnapshotError } from "./errors.js";
import type * as bindings from "./glue/rolegate.js";

type Bindings = typeof bindings;

/** Where a snapshot is: in which instance, under which handle, and where in memory its text. */
interface Place {
  generation: number;
  handle: number;
  text: { readonly memory: WebAssembly.Memory; readonly at: number; readonly length: number } | undefined;
}

let registry: FinalizationRegistry<Place> | undefined;

export class Held {
  private readonly place: Place = { generation: -1, handle: 0, text: undefined };

  /** @throws {SnapshotError} if the snapshot is refused */
  constructor(bytes: Uint8Array) {
    this.load(bytes);
    if (typeof FinalizationRegistry === "function") (registry ??= new FinalizationRegistry(release)).register(this, this.place, this);
  }

  /** @throws {RolegateError} `freed`, `trap` */
  use<T>(run: (engine: Bindings, handle: number) => T): T {
    const { place } = this;
    const { text } = place;
    if (text === undefined) throw new RolegateError("freed", "this snapshot was freed");
    if (place.generation !== currentGeneration()) this.load(new Uint8Array(text.memory.buffer, text.at, text.length).slice());
    return call((engine) => run(engine, place.handle));
  }

  free(): void {
    if (this.place.text === undefined) return;
    this.place.text = undefined;
    registry?.unregister(this);
    release(this.place);
  }

  private load(bytes: Uint8Array): void {
    const { place } = this;
    const handle = call((engine) => engine.load(bytes));
    if (handle === 0) throw new SnapshotError(JSON.parse(call((engine) => engine.problems())) as [Issue, ...Issue[]]);
    place.handle = handle;
    place.generation = currentGeneration();
    place.text = call((engine) => ({ memory: engine.ownMemory() as WebAssembly.Memory, at: engine.source(handle), length: bytes.length }));
  }
}

function release({ generation, handle }: Place): void {
  if (generation !== currentGeneration()) return;
  try {
    call((engine) => engine.free(handle));
  } catch {
    // The engine failed, and the snapshot went with its instance.
  }
}
