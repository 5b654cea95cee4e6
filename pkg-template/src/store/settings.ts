// The options of a store, checked.

import { RolegateError } from "../errors.js";
import { type Checked, optionsOf } from "../options.js";
import type { UserId } from "../types.js";
import type { StoreOptions } from "./types.js";

const [MINUTE, DAY, LEAST] = [60_000, 86_400_000, 5_000];
const NONE = undefined;

const STORE_OPTIONS = (): Checked<StoreOptions> => ({
  url: NONE, fetch: NONE, user: NONE, tenant: NONE, options: NONE, interval: NONE, maxStale: NONE, storage: NONE, tabs: NONE, verify: NONE, push: NONE, activate: NONE, load: NONE, onError: NONE,
});

/** A person or a tenant that was looked up and not found must not become any. */
const there = (value: unknown): unknown => value;
const RULES = { __proto__: null, user: there, tenant: there } as const;

/** What a store goes by. */
export interface Settings extends Omit<Checked<StoreOptions>, "url" | "user" | "interval" | "maxStale"> {
  /** `""`: only `fetch` knows. */
  readonly url: string;
  readonly user: UserId | undefined;
  readonly interval: number;
  readonly maxStale: number;
}

/** @throws {RolegateError} `bad-options`, `wrong-tenant` */
export function settingsOf(options: StoreOptions): Settings {
  const checked = optionsOf(options, STORE_OPTIONS, RULES as never);
  const { url, fetch, user, tenant, interval = MINUTE, maxStale = DAY, activate = "now", storage } = checked;
  if (options.tenant === undefined && "tenant" in options) throw new RolegateError("wrong-tenant", "`tenant` is there and undefined: `null` says that any will do");
  const refuse = (problem: string): never => {
    throw new RolegateError("bad-options", problem);
  };
  if (user === null) refuse("`user` is there and undefined: leave it out where whoever the data are of will do");
  if (url === undefined && fetch === undefined) refuse("a store needs `url` or `fetch`");
  if (storage !== undefined && (user === undefined || tenant === undefined)) refuse("`storage` needs `user` and `tenant`: `tenant: null` says that any will do");
  for (const [name, ms] of Object.entries({ interval, maxStale })) if (!(typeof ms === "number" && ms > 0)) refuse(`\`${name}\` is a number of milliseconds`);
  if (activate !== "now" && activate !== "manual") refuse('`activate` cannot be that: did you mean "now", or "manual"?');
  return { ...checked, url: String(url ?? ""), interval: Math.max(interval, LEAST), maxStale };
}
