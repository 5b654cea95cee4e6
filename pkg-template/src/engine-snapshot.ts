// A snapshot inside the engine. It outlives the instance that it was loaded into: its text is still in the memory of that one, and is
// loaded again. The whole engine gets the text when it is first asked about the snapshot.

import { core, type CoreBindings } from "./core-engine.js";
import { type Issue, RolegateError, SnapshotError } from "./errors.js";
import { type FullAccess, type FullBindings, type FullEngine, needFull } from "./full.js";
import * as at from "./layout.js";
import { pointerTo } from "./pointer.js";
import { type Memory, Tables } from "./tables.js";

/** Text in the memory of an engine, or of its own. */
interface Text {
  readonly memory: Memory;
  readonly at: number;
  readonly length: number;
}

/** Where a snapshot is: in which instance, under which handle, and where in memory its text. */
interface Location {
  generation: number;
  handle: number;
  readonly tables: Tables;
  /** `undefined` once it was freed. */
  text: Text | undefined;
  /** The same in the whole engine. */
  full: { readonly engine: FullEngine; readonly generation: number; readonly handle: number } | undefined;
}

/** The locations of all snapshots that are in use. */
const locations = new Set<Location>();
/** The instance of which it is known that no snapshot has its text in an earlier one. */
let rescued = 0;

let registry: FinalizationRegistry<Location> | undefined;

export class EngineSnapshot {
  private readonly location: Location;
  private readonly access: FullAccess;

  /** @throws {SnapshotError} if the snapshot is refused, with its first problem */
  constructor(bytes: Uint8Array, access: FullAccess) {
    this.location = { generation: -1, handle: 0, tables: new Tables(), text: undefined, full: undefined };
    load(this.location, bytes);
    this.access = access;
    locations.add(this.location);
    if (typeof FinalizationRegistry === "function") (registry ??= new FinalizationRegistry(release)).register(this, this.location, this);
  }

  /** They can be read whatever becomes of the engine; but what they say of users only while {@link use} does not throw. */
  get tables(): Tables {
    return this.location.tables;
  }

  /** @throws {RolegateError} `freed` */
  check(): void {
    if (this.location.text === undefined) throw new RolegateError("freed", "this snapshot was freed");
  }

  /**
   * The text of the document.
   * @throws {RolegateError} `freed`
   */
  text(): string {
    this.check();
    return decoder.decode(copyOf(this.location.text as Text));
  }

  /** The row of a user by name; -1 for none. */
  findUser(name: string): number {
    return this.use((engine, handle) => engine.find(handle, at.USER, encoder.encode(name))) - 1;
  }

  /**
   * Asks the whole engine.
   * @throws {RolegateError} `freed`, `trap`, `needs-full`
   */
  useFull<T>(run: (engine: FullBindings, handle: number) => T): T {
    this.check();
    const { location } = this;
    const engine = needFull(this.access);
    if (location.full?.engine !== engine || location.full.generation !== engine.generation) {
      const bytes = copyOf(location.text as Text);
      const handle = engine.call((bindings) => bindings.load(bytes));
      location.full = { engine, generation: engine.generation, handle };
    }
    const { handle } = location.full;
    return engine.call((bindings) => run(bindings, handle));
  }

  free(): void {
    const { location } = this;
    if (location.text === undefined) return;
    registry?.unregister(this);
    location.tables.takeOver();
    release(location);
  }

  /** @throws {RolegateError} `freed`, `trap` */
  use<T>(run: (engine: CoreBindings, handle: number) => T): T {
    this.check();
    const { location } = this;
    if (location.generation !== core.generation) {
      rescue();
      load(location, copyOf(location.text as Text));
    }
    return core.call((engine) => run(engine, location.handle));
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function load(location: Location, bytes: Uint8Array): void {
  if (rescued !== core.generation) rescue();
  const problem = core.call((engine) => {
    const handle = engine.load(bytes);
    if (handle === 0) return [engine.problem(), engine.place()] as const;
    const memory = engine.ownMemory();
    location.tables.moveTo(memory, engine.heads(handle));
    Object.assign(location, { generation: core.generation, handle, text: { memory, at: location.tables.source, length: bytes.length } });
    return undefined;
  });
  if (problem !== undefined) throw firstProblem(bytes, ...problem);
}

/** The first problem in short; the whole engine has the words, and the others. */
function firstProblem(bytes: Uint8Array, code: number, offset: number): SnapshotError {
  const issue = { code: at.CODES[code] as Issue["code"], message: "this is wrong; it is the first problem found, and the second module, which tells more, could not be loaded", ...pointerTo(bytes, offset) };
  return new SnapshotError([issue.code === "syntax" ? { ...issue, path: "" } : { path: issue.path, code: issue.code, message: issue.message }]);
}

/** All problems of a document that was refused, in words; nothing if the engine takes it. */
export function problemsOf(engine: FullEngine, bytes: Uint8Array): SnapshotError | undefined {
  return engine.call((bindings) => {
    const handle = bindings.load(bytes);
    if (handle === 0) return new SnapshotError(JSON.parse(bindings.problems()) as [Issue, ...Issue[]]);
    bindings.free(handle);
    return undefined;
  });
}

/** Takes what snapshots have in instances that failed out of them: one thing that stayed there would keep all of the memory. */
function rescue(): void {
  rescued = core.generation;
  for (const location of locations) {
    const { text, generation } = location;
    if (text === undefined || generation === core.generation) continue;
    location.text = { memory: copyOf(text), at: 0, length: text.length };
    location.tables.takeOver();
  }
}

function copyOf({ memory, at, length }: Text): Uint8Array<ArrayBuffer> {
  return new Uint8Array(memory.buffer, at, length).slice();
}

function release(location: Location): void {
  const { generation, handle, full } = location;
  location.text = undefined;
  locations.delete(location);
  freeIn(core, generation, (engine) => engine.free(handle));
  if (full !== undefined) freeIn(full.engine, full.generation, (engine) => engine.free(full.handle));
}

function freeIn<B>(engine: { readonly generation: number; call(run: (bindings: B) => void): void }, generation: number, run: (bindings: B) => void): void {
  if (generation !== engine.generation) return;
  try {
    engine.call(run);
  } catch {
    // The engine failed, and the snapshot went with its instance.
  }
}
