// A store for tests of applications: it shows what a test says.

import type { LiteGate } from "../gate/lite-gate.js";
import { changesBetween } from "../store/changes.js";
import type { Store, StoreEvent, StoreStatus } from "../store/types.js";
import { denyAll, type TestPermissions, testGate } from "./gates.js";

/** A {@link Store} without a server. */
export interface TestStore extends Store {
  /**
   * Shows other answers, and calls the listeners before it returns.
   * @param status default: `ready`; `closed` for a store that was closed
   */
  readonly emit: (answers: LiteGate | TestPermissions, status?: StoreStatus) => void;
}

/**
 * A store that shows these answers, and later those that `emit` gets. Without answers it is `empty` until the
 * first `emit`. `refresh` and `reset` do nothing; `clear` and `close` close it.
 * @throws {RolegateError} `bad-gate-data` for an invalid grant
 */
export function testStore(answers?: LiteGate | TestPermissions): TestStore {
  const listeners = new Set<(event: StoreEvent) => void>();
  let gate = answers === undefined ? denyAll() : gateOf(answers);
  let status: StoreStatus = answers === undefined ? "empty" : "ready";
  let becomeReady: (store: Store) => void;
  const ready = new Promise<Store>((done) => (becomeReady = done));

  function emit(next: LiteGate | TestPermissions, nextStatus: StoreStatus = "ready"): void {
    const [before, reason] = [gate, nextStatus === "closed" ? "closed" : "data"] as const;
    gate = gateOf(next);
    status = nextStatus;
    const changes = changesBetween(datedOf(before), datedOf(gate));
    for (const listener of [...listeners]) listener({ revision: gate.revision, reason, status, changes });
    settle();
  }

  function settle(): void {
    if (status !== "empty") becomeReady(store);
  }

  const store: TestStore = {
    get gate() {
      return gate;
    },
    get status() {
      return status;
    },
    snapshot: undefined,
    ready,
    subscribe(listener) {
      const own = (event: StoreEvent): void => listener(event);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    refresh: async () => status === "ready",
    reset: async () => status === "ready",
    configure: (options) => emit(gate.with(options), status),
    activate() {},
    clear: async () => emit([], "closed"),
    close: () => emit([], "closed"),
    emit,
  };
  settle();
  return store;
}

function gateOf(answers: LiteGate | TestPermissions): LiteGate {
  return typeof (answers as LiteGate).can === "function"
    ? (answers as LiteGate)
    : testGate(answers as TestPermissions);
}

function datedOf(gate: LiteGate): { data: ReturnType<LiteGate["toJSON"]>; now: number } {
  return { data: gate.toJSON(), now: gate.now() };
}
