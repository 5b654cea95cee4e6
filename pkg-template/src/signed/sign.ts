// Signing, on the publishing server.

import { CompactSign, importJWK } from "jose";
import { RolegateError } from "../core/errors.js";
import { type Checked, optionsOf } from "../core/options.js";
import { type Content, contentOf, GATE, problemOf, SNAPSHOT } from "./content.js";
import { algorithmsOf } from "./keys.js";
import type { Jwk, Keys, SignOptions } from "./types.js";

/** A document: text or bytes, which are signed as they are, or an object, whose JSON text is signed. */
export type Signable = string | Uint8Array | object;

const SIGN_OPTIONS = (): Checked<SignOptions> => ({ subject: undefined, epoch: undefined });

/**
 * Signs a snapshot and returns a compact JWS. A narrowed snapshot is signed for its `subject`.
 * @param key the private key, or the pair from `generateKeys`
 * @throws {RolegateError} `bad-options` if verifying would reject it
 */
export function sign(snapshot: Signable, key: Jwk | Keys, options?: SignOptions): Promise<string> {
  return signAs(SNAPSHOT, snapshot, key, options);
}

/**
 * Signs gate data, or the data of a gate, and returns a compact JWS.
 * @param key the private key, or the pair from `generateKeys`
 * @throws {RolegateError} `bad-options` if verifying would reject it
 */
export function signGate(gate: Signable, key: Jwk | Keys, options: SignOptions): Promise<string> {
  return signAs(GATE, gate, key, options);
}

async function signAs(
  type: string,
  source: Signable,
  keys: Jwk | Keys,
  options: SignOptions | undefined,
): Promise<string> {
  const { subject, epoch = 0 } = optionsOf(options, SIGN_OPTIONS);
  const key = "privateKey" in keys ? keys.privateKey : keys;
  const bytes =
    source instanceof Uint8Array
      ? source
      : new TextEncoder().encode(typeof source === "string" ? source : JSON.stringify(source));
  const sub = subject == null ? subject : String(subject);
  const alg = algorithmsOf(key).find((name) => name === (key.alg ?? name));
  const content = readContent(bytes);
  if (options !== undefined && "subject" in options && subject === undefined)
    refuse("`subject` is undefined");
  if (content.type !== type)
    refuse(type === GATE ? "it is not gate data" : "it is not a snapshot; `signGate` is for gate data");
  if (!Number.isSafeInteger(epoch) || epoch < 0) refuse("`epoch` is not a non-negative integer");
  if (!key.kid || alg === undefined || key.d === undefined)
    return refuse("the key is not a private Ed25519 or P-256 key with a `kid`");
  const problem = problemOf(content, sub);
  if (problem !== undefined) refuse(problem);
  const header = {
    alg,
    typ: type,
    kid: key.kid,
    ...(sub !== undefined && { sub }),
    ...(epoch > 0 && { epoch }),
  };
  return new CompactSign(bytes).setProtectedHeader(header).sign(await importJWK(key as { kty: string }, alg));
}

function readContent(bytes: Uint8Array): Content {
  try {
    return contentOf(bytes);
  } catch (cause) {
    return refuse("it is not JSON", cause);
  }
}

function refuse(problem: string, cause?: unknown): never {
  throw new RolegateError("bad-options", `this cannot be signed: ${problem}`, { cause });
}
