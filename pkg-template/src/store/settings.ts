// Checks the options of a store.

import { type ErrorCode, RolegateError } from "../core/errors.js";
import { among, type Checked, optionsOf } from "../core/options.js";
import type { Settings, StoreOptions } from "./types.js";

const NONE = undefined;

const STORE_OPTIONS = (): Checked<StoreOptions> => ({
  url: NONE,
  fetch: NONE,
  user: NONE,
  tenant: NONE,
  options: NONE,
  interval: NONE,
  maxStale: NONE,
  storage: NONE,
  tabs: NONE,
  verify: NONE,
  push: NONE,
  activate: NONE,
  load: NONE,
  onError: NONE,
});

/** @throws {RolegateError} `bad-options`, `wrong-tenant` */
export function settingsOf(options: StoreOptions): Settings {
  const [number, activate] = [among("number"), among('"now" "manual"')];
  const checked = optionsOf(options, STORE_OPTIONS, {
    __proto__: null,
    interval: number,
    maxStale: number,
    activate,
  });
  const { url, fetch, storage } = checked;
  // If looking up a person or a tenant failed, that must not mean "any".
  if ("user" in options && options.user === undefined) refuse("bad-options", "`user` is undefined");
  if ("tenant" in options && options.tenant === undefined)
    refuse("wrong-tenant", "`tenant` is undefined: `null` is any");
  if (url === undefined && fetch === undefined) refuse("bad-options", "a store needs `url` or `fetch`");
  if (storage !== undefined && !("user" in options && "tenant" in options))
    refuse("bad-options", "`storage` needs `user` and `tenant`");
  return {
    ...checked,
    url: typeof url === "object" ? url.href : (url ?? ""),
    user: options.user,
    interval: Math.max(checked.interval ?? 60_000, 5_000),
    maxStale: checked.maxStale ?? 86_400_000,
  };
}

export function refuse(code: ErrorCode, problem: string): never {
  throw new RolegateError(code, problem);
}
