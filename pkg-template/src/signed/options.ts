// The options of what verifies, checked.

import { RolegateError } from "../core/errors.js";
import { type Checked, optionsOf } from "../core/options.js";
import type { VerifyOptions } from "./types.js";

const NONE = undefined;

/** The table of keys that all have. */
export const VERIFY_OPTIONS = (): Checked<VerifyOptions> => ({
  tenant: NONE,
  subject: NONE,
  maxBytes: NONE,
  maxKeyAge: NONE,
  minEpoch: NONE,
  minRevision: NONE,
});

/** What a signature is checked against. */
export type Settings = { readonly [K in keyof VerifyOptions]-?: VerifyOptions[K] | undefined };

/**
 * What was looked up and not found must not switch a check off: an explicit `undefined` is refused.
 * @throws {RolegateError} `bad-options`, `wrong-tenant`, `old-revision`
 */
export function settingsOf<T extends VerifyOptions>(
  options: T,
  absent: () => Checked<T>,
): Checked<T> & Settings {
  const checked = optionsOf(options, absent) as Checked<T> & Settings;
  const isUndefined = (key: keyof VerifyOptions): boolean =>
    Object.hasOwn(options, key) && checked[key] === undefined;
  if (checked.tenant === undefined)
    throw new RolegateError("wrong-tenant", "`tenant` is missing: use `null` for any");
  if (isUndefined("subject")) throw new RolegateError("bad-options", "`subject` is undefined");
  if (isUndefined("minRevision") || isUndefined("minEpoch"))
    throw new RolegateError("old-revision", "`minRevision` or `minEpoch` is undefined");
  return checked;
}
