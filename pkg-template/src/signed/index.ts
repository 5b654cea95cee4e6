// `rolegate/signed`: signed snapshots and gate data. The cryptography is that of `jose`.

import type { Checked } from "../core/options.js";
import type { LiteGate } from "../gate/lite-gate.js";
import { restore } from "../lite/index.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import type { Verified } from "../store/types.js";
import type { GateData } from "../types/types.js";
import { GATE, SNAPSHOT } from "./content.js";
import { settingsOf, VERIFY_OPTIONS } from "./options.js";
import type { Jwks, LoadSignedOptions, RemoteKeys, RestoreSignedOptions, VerifyOptions } from "./types.js";
import { verified } from "./verify.js";

export { type ErrorCode, isRolegateError, RolegateError } from "../core/errors.js";
export { remoteKeys } from "./keys.js";
export { generateKeys, toJwks } from "./new-keys.js";
export { type Signable, sign, signGate } from "./sign.js";
export type * from "./types.js";

const LOAD_OPTIONS = (): Checked<LoadSignedOptions> => ({ ...VERIFY_OPTIONS(), load: undefined });
const RESTORE_OPTIONS = (): Checked<RestoreSignedOptions> => ({
  ...VERIFY_OPTIONS(),
  context: undefined,
  now: undefined,
  onDecision: undefined,
});

/**
 * Verifies and loads a signed snapshot. One that has expired is loaded, too, and denies everything, as if it
 * had expired after it was loaded: each answer asks the clock, and explains why.
 * @param keys a JWK set, or {@link remoteKeys}
 * @throws {RolegateError} `bad-signature`, `wrong-tenant`, `old-revision`, `too-large`, `fetch-failed` if
 *   there are no keys, and whatever `load` throws
 */
export async function loadSigned(
  jws: string,
  keys: Jwks | RemoteKeys,
  options: LoadSignedOptions,
): Promise<Snapshot> {
  const settings = settingsOf(options, LOAD_OPTIONS);
  const { bytes } = await verified(jws, keys, settings, [SNAPSHOT]);
  const { load, maxBytes, tenant } = settings;
  // Imported by name, so that each runtime gets its own entry.
  return (load ?? (await import("rolegate")).load)(bytes, {
    ...(tenant != null && { tenant }),
    ...(maxBytes !== undefined && { maxBytes }),
  });
}

/**
 * Verifies signed gate data and makes a gate from them.
 * @param keys a JWK set, or {@link remoteKeys}
 * @throws {RolegateError} `bad-signature`, `wrong-tenant`, `old-revision`, `too-large`, `fetch-failed` if
 *   there are no keys, and whatever `restore` throws
 */
export async function restoreSigned(
  jws: string,
  keys: Jwks | RemoteKeys,
  options: RestoreSignedOptions,
): Promise<LiteGate> {
  const settings = settingsOf(options, RESTORE_OPTIONS);
  const { document } = await verified(jws, keys, settings, [GATE]);
  const { context, now, onDecision } = settings;
  return restore(document as GateData, { context, now, onDecision });
}

/**
 * Makes a function for `verify` of a store, or for any other signed bytes: it returns the JSON of a signed
 * snapshot or signed gate data, and the epoch.
 * @throws {RolegateError} `bad-options`, `wrong-tenant`; the function rejects with the errors of
 *   {@link loadSigned}
 */
export function verifier(
  keys: Jwks | RemoteKeys,
  options: VerifyOptions,
): (jws: Uint8Array) => Promise<Verified> {
  const settings = settingsOf(options, VERIFY_OPTIONS);
  return async (jws) => {
    const { bytes, epoch } = await verified(new TextDecoder().decode(jws), keys, settings, [SNAPSHOT, GATE]);
    return { bytes, epoch };
  };
}
