// What every entry of `rolegate` exports, besides what depends on where the wasm file is.

export { type ErrorCode, isRolegateError, type Issue, type IssueCode, RolegateError, SnapshotError, SubjectError } from "./errors.js";
export { formatExplanation, type Messages } from "./explain.js";
export { Gate } from "./gate.js";
export { LiteGate } from "./lite-gate.js";
export { Scope } from "./scope-data.js";
export { type Load, type LoadSync, Snapshot } from "./snapshot.js";
export type { Init, InitOptions } from "./starting.js";
export type * from "./types.js";
