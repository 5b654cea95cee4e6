// A snapshot inside the engine. It outlives the instance that it was loaded into: its bytes are kept, and loaded again.

import { call, currentGeneration } from "./engine.js";
import { type Issue, RolegateError, SnapshotError } from "./errors.js";
import type * as bindings from "./glue/rolegate.js";

type Bindings = typeof bindings;

/** Where a snapshot is: in which instance, under which handle. */
interface Place {
  generation: number;
  handle: number;
}

let registry: FinalizationRegistry<Place> | undefined;

export class Held {
  private readonly place: Place = { generation: -1, handle: 0 };
  private bytes: Uint8Array | undefined;

  /** @throws {SnapshotError} if the snapshot is refused */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.reload(bytes);
    if (typeof FinalizationRegistry === "function") (registry ??= new FinalizationRegistry(release)).register(this, this.place, this);
  }

  /** @throws {RolegateError} `freed`, `trap` */
  use<T>(run: (engine: Bindings, handle: number) => T): T {
    if (this.bytes === undefined) throw new RolegateError("freed", "this snapshot was freed");
    if (this.place.generation !== currentGeneration()) this.reload(this.bytes);
    return call((engine) => run(engine, this.place.handle));
  }

  free(): void {
    if (this.bytes === undefined) return;
    this.bytes = undefined;
    registry?.unregister(this);
    release(this.place);
  }

  private reload(bytes: Uint8Array): void {
    const handle = call((engine) => engine.load(bytes));
    if (handle === 0) throw new SnapshotError(JSON.parse(call((engine) => engine.problems())) as [Issue, ...Issue[]]);
    this.place.handle = handle;
    this.place.generation = currentGeneration();
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
