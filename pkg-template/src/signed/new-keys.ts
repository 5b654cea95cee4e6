// Keys for a signing server, and the key set that it publishes.

import { calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import { publicPart } from "./keys.js";
import type { Jwk, Keys } from "./types.js";

/**
 * Makes a key pair. Its `kid` is the thumbprint of the key.
 * @param algorithm `"ES256"` for browsers without Ed25519
 */
export async function generateKeys(algorithm: "EdDSA" | "ES256" = "EdDSA"): Promise<Keys> {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const jwk = (await exportJWK(pair.privateKey)) as Jwk;
  const privateKey = { ...jwk, kid: await calculateJwkThumbprint(publicPart(jwk)), alg: algorithm };
  return { privateKey, publicKey: publicOf(privateKey) };
}

/**
 * The key set to publish: the public part of each key. Add a new key before signing with it, and remove an
 * old one when nothing that it signed is in use.
 */
export function toJwks(keys: Jwk | Keys | readonly (Jwk | Keys)[]): { keys: Jwk[] } {
  const list = [keys].flat() as (Jwk | Keys)[];
  return { keys: list.map((key) => publicOf("publicKey" in key ? key.publicKey : key)) };
}

function publicOf(key: Jwk): Jwk {
  const { kid, alg } = key;
  return {
    ...publicPart(key),
    ...(kid !== undefined && { kid }),
    ...(alg !== undefined && { alg }),
    use: "sig",
  };
}
