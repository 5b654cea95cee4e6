// What every entry of `rolegate` exports, besides what depends on where the wasm file is.

export {
  type ErrorCode,
  type Issue,
  type IssueCode,
  isRolegateError,
  RolegateError,
  SnapshotError,
  SubjectError,
} from "./core/errors.js";
export { formatExplanation, type Messages } from "./gate/explain.js";
export { LiteGate } from "./gate/lite-gate.js";
export { Scope } from "./gate/scope-data.js";
export type { Init, InitOptions } from "./snapshot/bind.js";
export { Gate } from "./snapshot/gate.js";
export { type Load, type LoadSync, Snapshot } from "./snapshot/snapshot.js";
export type * from "./types/types.js";
