// `rolegate/angular`: answers as signals, and a structural directive. With or without zone.js.

export type { RolegateSource } from "../bindings/live.js";
export { type GuardOptions, guard, type MenuItem, menu } from "../bindings/routes.js";
export type { MaybeAbout, MaybeGetter } from "../bindings/values.js";
export { RolegateCan, type RolegateCanContext } from "./can.js";
export { injectCan, injectExplain, injectGate, injectScope, provideRolegate } from "./inject.js";
