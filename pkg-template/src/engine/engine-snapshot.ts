// A snapshot inside the engine. It outlives the instance that it was loaded into: everything of it is still
// in the memory of that one, and is copied. The whole engine gets the text when it is first asked about the
// snapshot, and again when it is asked after it failed.

import { type Issue, type IssueCode, RolegateError, SnapshotError, SubjectError } from "../core/errors.js";
import { pointerTo } from "../core/pointer.js";
import { core } from "./core-engine.js";
import { type FullAccess, type FullBindings, type FullEngine, needFull } from "./full.js";
import * as at from "./layout.js";
import { Tables } from "./tables.js";

/** Where a snapshot is: in which instance, and under which handle. */
interface Location {
  /** -1: in none any more. */
  generation: number;
  readonly handle: number;
  readonly tables: Tables;
  isFreed: boolean;
  /** The same in the whole engine. */
  full: { readonly engine: FullEngine; readonly generation: number; readonly handle: number } | undefined;
  /** How many questions in a row the whole engine did not answer, since it failed. */
  unanswered: number;
}

/** After so many failures in a row… */
const MANY = 8;
/**
 * …only one question in so many is asked: each that fails costs an instance, and what others have loaded into
 * it.
 */
const RETRIED = 16;

/** The locations of all snapshots that are in use. */
export const locations: Set<Location> = new Set();
/** The instance of which it is known that no snapshot lies in an earlier one. */
let rescued = 0;

let registry: FinalizationRegistry<Location> | undefined;

export class EngineSnapshot {
  /** @internal */
  location: Location;
  private readonly access: FullAccess;

  /** @throws {SnapshotError} if the snapshot is refused, with its first problem */
  constructor(bytes: Uint8Array, access: FullAccess) {
    this.location = load(bytes);
    this.access = access;
    locations.add(this.location);
    if (typeof FinalizationRegistry === "function")
      (registry ??= new FinalizationRegistry(release)).register(this, this.location, this);
  }

  /**
   * They can be read whatever becomes of the engine; but what they say of users only while {@link check} does
   * not throw.
   */
  get tables(): Tables {
    return this.location.tables;
  }

  /** @throws {RolegateError} `freed` */
  check(): void {
    if (this.location.isFreed) throw new RolegateError("freed", "this snapshot was freed");
  }

  /**
   * The text of the document.
   * @throws {RolegateError} `freed`
   */
  text(): string {
    this.check();
    return decoder.decode(this.tables.source);
  }

  /**
   * The row of a user by name; -1 for none.
   * @throws {RolegateError} `freed`
   */
  findUser(name: string): number {
    this.check();
    return this.tables.findUser(name);
  }

  /**
   * Checks what is like an entry of `users`.
   * @param text as JSON
   * @return 1, and 2 more where a condition asks who somebody is, 4 more where one reads the context
   * @throws {SubjectError} with every problem, where the whole engine has started or is at hand; else with
   *   the first
   * @throws {RolegateError} `freed`, `trap`
   */
  readonly checkPerson = (text: string): number => {
    this.check();
    const bytes = encoder.encode(text);
    const [flags, code, offset] = core.call(
      (engine) => [engine.person(bytes), engine.problem(), engine.offset()] as const,
    );
    if (flags > 0) return flags;
    throw new SubjectError(this.problemsOfPerson(text) ?? [firstProblem(bytes, code, offset)]);
  };

  private problemsOfPerson(text: string): [Issue, ...Issue[]] | undefined {
    try {
      return JSON.parse(this.access.now()?.call((engine) => engine.personProblems(text)) ?? "") as [
        Issue,
        ...Issue[],
      ];
    } catch {
      return undefined; // no words, then
    }
  }

  /**
   * Asks the whole engine.
   * @throws {RolegateError} `freed`, `trap`, `needs-full`
   */
  useFull<T>(run: (engine: FullBindings, handle: number) => T): T {
    this.check();
    const { location } = this;
    const engine = needFull(this.access);
    location.unanswered += 1;
    if (location.unanswered > MANY && location.unanswered % RETRIED > 0)
      throw new RolegateError("trap", "the engine keeps failing on this snapshot");
    const answer = engine.call((bindings) => run(bindings, handleIn(engine, bindings, location)));
    location.unanswered = 0;
    return answer;
  }

  free(): void {
    const { location } = this;
    if (location.isFreed) return;
    registry?.unregister(this);
    location.tables.takeOver(false);
    release(location);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @throws {SnapshotError} if the snapshot is refused, with its first problem */
function load(bytes: Uint8Array): Location {
  if (rescued !== core.generation) rescue();
  const tables = new Tables();
  const handle = core.call((engine) => {
    const handle = engine.load(bytes);
    if (handle === 0) return [engine.problem(), engine.offset()] as const;
    tables.readIn(engine.ownMemory(), engine.heads(handle));
    return handle;
  });
  if (typeof handle !== "number") throw new SnapshotError([firstProblem(bytes, handle[0], handle[1])]);
  return { generation: core.generation, handle, tables, isFreed: false, full: undefined, unanswered: 0 };
}

/** The handle of a snapshot in the whole engine, which gets it if it does not have it. */
function handleIn(engine: FullEngine, bindings: FullBindings, location: Location): number {
  const { generation } = engine;
  if (location.full?.engine !== engine || location.full.generation !== generation) {
    location.full = { engine, generation, handle: bindings.load(location.tables.source) };
  }
  return location.full.handle;
}

/** The first problem in short; the whole engine has the words, and the others. */
function firstProblem(bytes: Uint8Array, code: number, offset: number): Issue {
  const issue = {
    code: at.CODES[code] as IssueCode,
    message:
      "this is the first problem found; the second module, which explains problems, could not be loaded",
    ...pointerTo(bytes, offset),
  };
  return issue.code === "syntax"
    ? { ...issue, path: "" }
    : { path: issue.path, code: issue.code, message: issue.message };
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

/**
 * Takes what snapshots have in instances that failed out of them: one thing that stayed there would keep all
 * of the memory.
 */
function rescue(): void {
  rescued = core.generation;
  for (const { tables, generation } of locations) if (generation !== rescued) tables.takeOver(true);
}

function release(location: Location): void {
  const { generation, handle, full } = location;
  location.isFreed = true;
  locations.delete(location);
  freeIn(core, generation, (engine) => engine.free(handle));
  if (full !== undefined) freeIn(full.engine, full.generation, (engine) => engine.free(full.handle));
}

export function freeIn<B>(
  engine: { readonly generation: number; call(run: (bindings: B) => void): void },
  generation: number,
  run: (bindings: B) => void,
): void {
  if (generation !== engine.generation) return;
  try {
    engine.call(run);
  } catch {
    // The engine failed, and the snapshot went with its instance.
  }
}
