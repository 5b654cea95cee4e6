// What is asked about, where it may change: frameworks with signals take a function in place of a value.

import type { Resource } from "../types/types.js";
import type { About } from "./answers.js";

/** A value, or a function that gives the current one: an accessor, a signal. */
export type MaybeGetter<T> = T | (() => T);

/** What a question is about: nothing in particular, or a record, which may not be there yet. */
export type MaybeAbout = readonly [] | readonly [resource: MaybeGetter<Resource | null | undefined>];

export function valueOf<T>(value: MaybeGetter<T>): T {
  return typeof value === "function" ? (value as () => T)() : value;
}

/** Only whether an argument was given decides: a function that gives nothing gives an unknown record. */
export function aboutOf(resource: MaybeAbout): About {
  return resource.length === 0 ? [] : [valueOf(resource[0])];
}
