// Keys for verifying: their algorithms, the key that a signature names, and key sets that are fetched.

import { RolegateError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { ask } from "../store/answer.js";
import { elapsed, within } from "../store/timing.js";
import type { Jwk, Jwks, RemoteKeyOptions, RemoteKeys } from "./types.js";

/** The accepted names of the algorithm, by type of key. All others are rejected. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  "OKP Ed25519": ["EdDSA", "Ed25519"],
  "EC P-256": ["ES256"],
};

/** A set that is older is fetched again before it is used. */
const FRESH = 600_000;
/** The least time between two fetches of a set. */
const PAUSE = 30_000;
/** The least time between two attempts before a set has arrived. */
const FIRST_PAUSE = 1_000;
const PATIENCE = 10_000;
/** How long one waits for what another call has begun. */
const SHARED = 2_000;

/** The algorithms of a key: those of its type, unless its `alg` is another one. */
export function algorithmsOf({ kty, crv, alg }: Jwk): readonly string[] {
  const possible = ALGORITHMS[`${kty} ${crv}`] ?? [];
  return alg === undefined || possible.includes(alg) ? possible : [];
}

/** The public members of a key. */
export function publicPart({ kty, crv, x, y }: Jwk): { kty: string; crv?: string; x?: string; y?: string } {
  return {
    kty,
    ...(crv !== undefined && { crv }),
    ...(x !== undefined && { x }),
    ...(y !== undefined && { y }),
  };
}

/** The key with that name, if there is exactly one and it is for verifying. */
export async function keyNamed(
  kid: string,
  keys: Jwks | RemoteKeys,
  maxAge: number,
): Promise<Jwk | undefined> {
  const list = "keysFor" in keys ? await keys.keysFor(kid, maxAge) : keys.keys;
  const found = list.filter((key) => key?.kid === kid);
  return found.length === 1 ? found.find(isForVerifying) : undefined;
}

function isForVerifying({ use = "sig", key_ops = ["verify"] }: Jwk): boolean {
  return use === "sig" && Array.isArray(key_ops) && key_ops.includes("verify");
}

/** The result of a storage; `undefined` if it fails or takes too long. */
function kindly(use: () => Promise<unknown>): Promise<unknown> {
  return within(PATIENCE, use()).catch(() => undefined);
}

/**
 * One at a time, for all who ask meanwhile. In Workers, what a request began ends with that request, and its
 * promises never settle: so one waits for another call only for a while, and then begins anew.
 */
function shared(work: () => Promise<unknown>): () => Promise<unknown> {
  let running: Promise<unknown> | undefined;
  const begin = (): Promise<unknown> => (running = work().finally(() => (running = undefined)));
  return () => (running === undefined ? begin() : within(SHARED, running).catch(begin));
}

/** A fetched set. */
interface Fetched {
  readonly keys: readonly Jwk[];
  /** When it was fetched, by the date and by the monotonic clock (ms). */
  readonly at: number;
  readonly elapsed: number;
}

/**
 * The key set at an address. It is fetched when it is first needed, again when it is older than ten minutes,
 * and when a signature names a key that it does not have, but at most once in 30 seconds. If it cannot be
 * fetched again, it stays valid for `maxKeyAge`.
 * @throws {RolegateError} `bad-options`
 */
export function remoteKeys(url: string | { readonly href: string }, options?: RemoteKeyOptions): RemoteKeys {
  const { storage, fetch } = optionsOf(options, () => ({ storage: undefined, fetch: undefined }));
  const address = typeof url === "object" ? url.href : url;
  const name = `rolegate keys ${address}`;
  let known: Fetched | undefined;
  let lastTry = -Infinity;
  let problem: unknown;
  let isRestored = false;

  /** Setting the date back does not make a set younger. */
  const age = (): number =>
    known === undefined ? Infinity : Math.max(Date.now() - known.at, elapsed() - known.elapsed);

  const restore = shared(async () => {
    const kept = await kindly(async () => storage?.get(name));
    isRestored = true;
    const { keys, at } = (kept ?? {}) as { readonly keys?: unknown; readonly at?: unknown };
    if (!Array.isArray(keys) || typeof at !== "number") return;
    const since = Date.now() - at;
    // The age of a set from the future is unknown.
    if (since >= 0) known = { keys: keys as Jwk[], at, elapsed: elapsed() - since };
  });

  const update = shared(async () => {
    if (elapsed() - lastTry < (known === undefined ? FIRST_PAUSE : PAUSE)) return;
    lastTry = elapsed();
    const aborter = new AbortController();
    try {
      const { good } = await within(PATIENCE, ask({ url: address, fetch }, undefined, aborter.signal));
      const { keys } = (good ? JSON.parse(new TextDecoder().decode(good.bytes)) : {}) as Partial<Jwks>;
      if (!Array.isArray(keys))
        throw new RolegateError("fetch-failed", `${address} has no keys (status ${status})`);
      known = { keys, at: Date.now(), elapsed: elapsed() };
    } catch (cause) {
      problem = cause;
      return;
    } finally {
      aborter.abort(); // what has not arrived yet
    }
    const kept = { keys: known.keys, at: known.at };
    await kindly(async () => storage?.set(name, kept));
  });

  return {
    async keysFor(kid, maxAge) {
      if (!isRestored) await restore();
      if (age() > Math.min(FRESH, maxAge) || !known?.keys.some((key) => key?.kid === kid)) await update();
      if (known !== undefined && age() <= maxAge) return known.keys;
      throw new RolegateError(
        "fetch-failed",
        `the keys of ${address} cannot be fetched: ${String(problem)}`,
        { cause: problem },
      );
    },
  };
}
