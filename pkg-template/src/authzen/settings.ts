// Checks the options of a handler. What is missing or misspelt is an error when it is made.

import { RolegateError } from "../core/errors.js";
import { type Checked, optionsOf } from "../core/options.js";
import type { AccessRequestOptions, HandlerOptions, Limits } from "./types.js";

const NONE = undefined;

type Access = Pick<AccessRequestOptions, "bind"> & {
  readonly endpoint: string;
  readonly jwks: string | undefined;
  readonly expiresIn: number;
  readonly denials: number;
  readonly template: string | undefined;
};

/** Options that were read. Types of callers are for those who wrote the options. */
export interface Settings
  extends Omit<HandlerOptions, "baseUrl" | "subjectTypes" | "limits" | "accessRequest" | "challenge"> {
  /** The public address, without a slash at its end. */
  readonly base: { readonly origin: string; readonly path: string };
  readonly subjectTypes: readonly string[];
  readonly limits: { readonly [K in keyof Limits]-?: number };
  readonly accessRequest: Access | undefined;
  readonly challenge: string;
}

/** @throws {RolegateError} `bad-options` */
export function settingsOf<Caller>(options: HandlerOptions<Caller>): Settings {
  const checked = optionsOf<Partial<HandlerOptions>>(options as unknown as HandlerOptions, () => ({
    baseUrl: NONE,
    authenticate: NONE,
    snapshot: NONE,
    subjectTypes: NONE,
    subject: NONE,
    resources: NONE,
    accessRequest: NONE,
    challenge: NONE,
    limits: NONE,
    now: NONE,
    onDecision: NONE,
    onError: NONE,
  }));
  const { authenticate, snapshot, subject, resources, onError, onDecision, now } = checked;
  const { challenge = "Bearer", subjectTypes = ["user"] } = checked;
  if (typeof authenticate !== "function") bad("`authenticate` is missing: a function that says who asks");
  if (
    typeof snapshot !== "function" &&
    typeof (snapshot as { for?: unknown } | undefined)?.for !== "function"
  )
    bad("`snapshot` is missing: a snapshot, or a function that gives one");
  if (typeof challenge !== "string" || !isHeader(challenge)) bad("`challenge` must be the value of a header");
  for (const [name, hook] of Object.entries({ subject, resources, onError, onDecision }))
    if (hook !== undefined && typeof hook !== "function") bad(`\`${name}\` must be a function`);
  if (now !== undefined && typeof now !== "function" && !Number.isFinite(now))
    bad("`now` must be a time in milliseconds, or a function that gives it");
  return {
    ...checked,
    authenticate,
    snapshot: snapshot as Settings["snapshot"],
    // Whoever listens must not change an answer, nor end the process.
    onError: (error) => void (async () => onError?.(error))().catch(() => {}),
    challenge,
    base: addressOf(checked.baseUrl),
    subjectTypes: typesOf(subjectTypes, subject !== undefined),
    limits: limitsOf(checked.limits),
    accessRequest: accessOf(checked.accessRequest),
  };
}

function isHeader(value: string): boolean {
  try {
    return new Headers({ "www-authenticate": value }).get("www-authenticate") !== "";
  } catch {
    return false;
  }
}

function bad(problem: string): never {
  throw new RolegateError("bad-options", problem);
}

function addressOf(baseUrl: unknown): Settings["base"] {
  const { origin, pathname, search, hash } = secure("baseUrl", baseUrl);
  if (`${search}${hash}` !== "") bad("`baseUrl` must not have a query or a fragment");
  return { origin, path: pathname.endsWith("/") ? pathname.slice(0, -1) : pathname };
}

/** Names of this machine, where nobody listens in. */
const HERE = ["localhost", "127.0.0.1", "[::1]"];

function secure(name: string, address: unknown): URL {
  let url: URL | undefined;
  try {
    url = new URL(String(address));
  } catch {
    bad(`\`${name}\` must be an address, such as "https://pdp.example.com"`);
  }
  const isHere = url.protocol === "http:" && HERE.includes(url.hostname);
  if (!isHere && url.protocol !== "https:") bad(`\`${name}\` must begin with https:`);
  if (`${url.username}${url.password}` !== "") bad(`\`${name}\` must not have a password`);
  return url;
}

/** Ids are unique within a type only: people of several types are told apart by `subject`. */
function typesOf(types: readonly string[], isResolved: boolean): readonly string[] {
  if (
    !Array.isArray(types) ||
    types.length === 0 ||
    !types.every((it) => typeof it === "string" && it !== "")
  )
    bad("`subjectTypes` must be a list of names");
  if (types.length > 1 && !isResolved) bad("more than one of `subjectTypes` needs `subject`");
  return [...types];
}

const LIMITS: Settings["limits"] = {
  bytes: 1_048_576,
  milliseconds: 10_000,
  evaluations: 1_000,
  results: 1_000,
  candidates: 100_000,
};

function limitsOf(limits: Limits | undefined): Settings["limits"] {
  const given = optionsOf<Limits>(limits, () => ({
    bytes: NONE,
    milliseconds: NONE,
    evaluations: NONE,
    results: NONE,
    candidates: NONE,
  }));
  const read = { ...LIMITS };
  for (const key of Object.keys(LIMITS) as (keyof Limits)[]) {
    const { [key]: value = LIMITS[key] } = given;
    // A timer that is longer fires at once.
    const most = key === "milliseconds" ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
    if (!Number.isSafeInteger(value) || value < 1 || value > most)
      bad(`\`limits.${key}\` must be a whole number from 1 to ${most}`);
    read[key] = value;
  }
  return read;
}

function accessOf(options: AccessRequestOptions | undefined): Access | undefined {
  if (options === undefined) return undefined;
  const {
    endpoint,
    expiresIn = 600_000,
    denials = 100,
    bind,
    template,
    jwks,
  }: Checked<Partial<AccessRequestOptions>> = optionsOf<Partial<AccessRequestOptions>>(options, () => ({
    endpoint: NONE,
    expiresIn: NONE,
    denials: NONE,
    bind: NONE,
    template: NONE,
    jwks: NONE,
  }));
  if (typeof bind !== "function")
    bad("`accessRequest.bind` is missing: a function by which a denial can be verified");
  if (!(Number.isFinite(expiresIn) && expiresIn > 0)) bad("`accessRequest.expiresIn` must be above 0");
  if (!Number.isSafeInteger(denials) || denials < 1)
    bad("`accessRequest.denials` must be a whole number from 1");
  if (template !== undefined && (typeof template !== "string" || template === ""))
    bad("`accessRequest.template` must be a name");
  return {
    denials,
    endpoint: secure("accessRequest.endpoint", endpoint).href,
    expiresIn,
    bind,
    template,
    jwks: jwks === undefined ? undefined : secure("accessRequest.jwks", jwks).href,
  };
}
