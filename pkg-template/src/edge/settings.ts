// Checks the options of keeping and publishing.

import { type Checked, optionsOf } from "../core/options.js";
import { refuse } from "../store/failures.js";
import type { KeepOptions, PublishOptions, Source, SourceOf } from "./types.js";

const NONE = undefined;

const KEEP_OPTIONS = (): Checked<KeepOptions> => ({
  every: NONE,
  maxStale: NONE,
  max: NONE,
  maxBytes: NONE,
  verify: NONE,
  waitUntil: NONE,
  onError: NONE,
});

const PUBLISH_OPTIONS = (): Checked<PublishOptions> => ({
  tenant: NONE,
  base: NONE,
  sign: NONE,
  verify: NONE,
});

/** Options of which each that is needed has a value. */
export interface Settings extends KeepOptions {
  readonly max: number;
  readonly maxBytes: number;
}

/** @throws {RolegateError} `bad-options` */
export function settingsOf(sourceOf: SourceOf, options: KeepOptions): Settings {
  if (typeof sourceOf !== "function")
    refuse("bad-options", "`keep` needs a function from a tenant to its source");
  const checked = optionsOf(options, KEEP_OPTIONS);
  const { every, maxStale, max = 1_000, maxBytes = 16 * 1024 * 1024, verify, waitUntil, onError } = checked;
  checkNumber("every", every, 0);
  checkNumber("maxStale", maxStale, every as number);
  checkNumber("max", max, 1);
  checkNumber("maxBytes", maxBytes, 1);
  checkFunctions({ verify, waitUntil, onError });
  return { ...(checked as KeepOptions), max, maxBytes };
}

/** @throws {RolegateError} `bad-options`, `wrong-tenant` */
export function publishSettingsOf(
  source: Source,
  options: PublishOptions,
): PublishOptions & Required<Pick<Source, "put">> {
  const checked = optionsOf(options, PUBLISH_OPTIONS);
  const { tenant, base, sign, verify } = checked;
  if (typeof source?.put !== "function")
    return refuse("bad-options", "this source cannot compare: Workers KV needs `inDurableObject`");
  checkTenant(tenant);
  if ("base" in options && base !== null) checkNumber("base", base, 0);
  checkFunctions({ sign, verify });
  if (sign && !verify) refuse("bad-options", "`sign` needs `verify`, so that what is there can be compared");
  return { ...(checked as PublishOptions), put: source.put.bind(source) };
}

/** A look-up that failed must not mean any tenant. @throws {RolegateError} `wrong-tenant` */
export function checkTenant(tenant: unknown): void {
  if (typeof tenant !== "string" || tenant === "")
    refuse("wrong-tenant", "the tenant must be a text that is not empty");
}

function checkNumber(key: string, value: unknown, least: number): void {
  if (!(typeof value === "number" && value >= least && value <= Number.MAX_SAFE_INTEGER))
    refuse("bad-options", `\`${key}\` must be a number, at least ${least}`);
}

function checkFunctions(options: Readonly<Record<string, unknown>>): void {
  for (const key of Object.keys(options))
    if (options[key] !== undefined && typeof options[key] !== "function")
      refuse("bad-options", `\`${key}\` must be a function`);
}
