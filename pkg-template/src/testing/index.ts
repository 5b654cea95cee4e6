// `rolegate/testing`: gates made from a list of permissions, and a store, for tests of applications. They need
// neither wasm nor a snapshot.

export { type ErrorCode, isRolegateError, RolegateError } from "../core/errors.js";
export { LiteGate } from "../gate/lite-gate.js";
export type { Store, StoreEvent, StoreStatus } from "../store/types.js";
export type * from "../types/types.js";
export { allowAll, denyAll, type TestOptions, type TestPermissions, testGate } from "./gates.js";
export { type TestStore, testStore } from "./store.js";
