// What every entry of administration exports.

export type { AdminErrorCode, Issue } from "../core/errors.js";
export { isRolegateError, RolegateError, SnapshotError, SubjectError } from "../core/errors.js";
export type { Diff, Draft, Edit, Init } from "./draft.js";
export { AdminError, type Obstacle, type Obstacles, type Possibility } from "./errors.js";
export type { Lint, RoleForms } from "./look.js";
export type * from "./look-types.js";
export { type AccessReport, type AccessReports, recordReview } from "./report.js";
export type * from "./types.js";
