// Keys that verify: what they are for, which one a signature names, and sets that are fetched.

import { RolegateError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { ask } from "../store/answer.js";
import { elapsed, within } from "../store/timing.js";
import type { Jwk, Jwks, RemoteKeyOptions, RemoteKeys } from "./types.js";

/** The names of its algorithm that a key may sign under, by kind of key. There are no others. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  "OKP Ed25519": ["EdDSA", "Ed25519"],
  "EC P-256": ["ES256"],
};

/** A set that is older is fetched again before it is used. */
const FRESH = 600_000;
/** Between two fetches of a set that is known. */
const PAUSE = 30_000;
/** Between two tries while nothing is known. */
const FIRST_PAUSE = 1_000;
const PATIENCE = 10_000;

/** The algorithms of a key, by itself and by what it says. */
export function algorithmsOf({ kty, crv, alg }: Jwk): readonly string[] {
  const possible = ALGORITHMS[`${kty} ${crv}`] ?? [];
  return alg === undefined || possible.includes(alg) ? possible : [];
}

/** What a public key consists of, and nothing that is secret. */
export function publicPart({ kty, crv, x, y }: Jwk): { kty: string; crv?: string; x?: string; y?: string } {
  return {
    kty,
    ...(crv !== undefined && { crv }),
    ...(x !== undefined && { x }),
    ...(y !== undefined && { y }),
  };
}

/** The only key of that name that is there for verifying. */
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

/** What a storage gives; nothing, where it fails or takes too long. */
function kindly(use: () => Promise<unknown>): Promise<unknown> {
  return within(PATIENCE, use()).catch(() => undefined);
}

/** A set as it was fetched. */
interface Fetched {
  readonly keys: readonly Jwk[];
  /** When, by the date and by the clock that nobody sets (ms). */
  readonly at: number;
  readonly elapsed: number;
}

/**
 * The keys at an address. They are fetched when they are first needed, again after ten minutes, and when a
 * signature names one that is not among them, but at most once in 30 seconds. What cannot be fetched again
 * counts for `maxKeyAge`.
 * @throws {RolegateError} `bad-options`
 */
export function remoteKeys(url: string | { readonly href: string }, options?: RemoteKeyOptions): RemoteKeys {
  const { storage, fetch } = optionsOf(options, () => ({ storage: undefined, fetch: undefined }));
  const address = typeof url === "object" ? url.href : url;
  const name = `rolegate keys ${address}`;
  let known: Fetched | undefined;
  let lastTry = -Infinity;
  let problem: unknown;
  let restoring: Promise<void> | undefined;
  let updating: Promise<void> | undefined;

  /** A date that was set back does not make a set younger. */
  const age = (): number =>
    known === undefined ? Infinity : Math.max(Date.now() - known.at, elapsed() - known.elapsed);

  const restore = async (): Promise<void> => {
    const kept = await kindly(async () => storage?.get(name));
    const { keys, at } = (kept ?? {}) as { readonly keys?: unknown; readonly at?: unknown };
    if (!Array.isArray(keys) || typeof at !== "number") return;
    const since = Date.now() - at;
    // One from the future is of unknown age.
    if (since >= 0) known = { keys: keys as Jwk[], at, elapsed: elapsed() - since };
  };

  const update = async (): Promise<void> => {
    if (elapsed() - lastTry < (known === undefined ? FIRST_PAUSE : PAUSE)) return;
    lastTry = elapsed();
    const aborter = new AbortController();
    try {
      const { status, bytes } = await within(
        PATIENCE,
        ask({ url: address, fetch }, undefined, aborter.signal),
      );
      const { keys } = (status === 200 ? JSON.parse(new TextDecoder().decode(bytes)) : {}) as Partial<Jwks>;
      if (!Array.isArray(keys))
        throw new RolegateError("fetch-failed", `${address} has no keys (status ${status})`);
      known = { keys, at: Date.now(), elapsed: elapsed() };
    } catch (cause) {
      problem = cause;
      return;
    } finally {
      aborter.abort(); // whatever of it is still on the way
    }
    const kept = { keys: known.keys, at: known.at };
    await kindly(async () => storage?.set(name, kept));
  };

  return {
    async keysFor(kid, maxAge) {
      await (restoring ??= restore());
      if (age() > Math.min(FRESH, maxAge) || !known?.keys.some((key) => key?.kid === kid))
        await (updating ??= update().finally(() => (updating = undefined)));
      if (known !== undefined && age() <= maxAge) return known.keys;
      throw new RolegateError(
        "fetch-failed",
        `the keys of ${address} cannot be fetched: ${String(problem)}`,
        { cause: problem },
      );
    },
  };
}
