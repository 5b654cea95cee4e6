// Checks the options of a store.

import { among, type Checked, optionsOf } from "../core/options.js";
import { refuse } from "./failures.js";
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
  const checked = optionsOf(options, STORE_OPTIONS, {
    __proto__: null,
    interval: among("number"),
    maxStale: among("number"),
    activate: among('"now" "manual"'),
  });
  const { url, fetch, storage } = checked;
  if ((url ?? fetch) === undefined) refuse("bad-options", "`url` or `fetch` is missing");
  // If looking up a person or a tenant failed, that must not mean "any". A storage needs both.
  const isMissing = (key: "user" | "tenant"): boolean =>
    checked[key] === undefined && (storage !== undefined || key in options);
  if (isMissing("user")) refuse("bad-options", "`user` is missing");
  if (isMissing("tenant")) refuse("wrong-tenant", "`tenant` is missing: use `null` for any");
  return {
    ...checked,
    url: (url as { readonly href?: string } | undefined)?.href ?? (url as string | undefined) ?? "",
    interval: Math.max(checked.interval ?? 60_000, 5_000),
    maxStale: checked.maxStale ?? 86_400_000,
  };
}
