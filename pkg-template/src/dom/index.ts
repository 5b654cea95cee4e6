// `rolegate/dom`: elements of a page that are there, or can be used, only for who may do what they do.

export type { RolegateSource } from "../bindings/live.js";
export { type GuardOptions, guard, type MenuItem, menu } from "../bindings/routes.js";
export { type BindOptions, bind, type Unbind } from "./bind.js";
export { defineCan, type RolegateCan } from "./element.js";
export { CLOSED_CSS } from "./marks.js";
