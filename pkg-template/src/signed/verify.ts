// Verifying. Each check is a function; the content is not read before its signature was verified.

import { compactVerify, importJWK } from "jose";
import { RolegateError } from "../core/errors.js";
import { type Content, contentOf, problemOf } from "./content.js";
import { algorithmsOf, keyNamed, publicPart } from "./keys.js";
import type { Settings } from "./options.js";
import type { Jwk, Jwks, RemoteKeys } from "./types.js";

const MAX_BYTES = 64 * 1024 * 1024;
/** The longest header, in characters. */
const HEADER = 8_192;
const DAY = 86_400_000;

/** A header. Members that are not checked here are checked where they are used. */
interface Header {
  readonly alg: string;
  readonly kid: string;
  readonly typ: string;
  readonly sub: unknown;
  readonly epoch: number;
}

/** Verified content. */
interface Signed {
  readonly bytes: Uint8Array;
  readonly epoch: number;
  readonly document: unknown;
}

/**
 * @param types the expected `typ` of the header
 * @throws {RolegateError} `bad-signature`, `too-large`, `wrong-tenant`, `old-revision`, `bad-options`,
 *   `fetch-failed` if there are no keys
 */
export async function verified(
  jws: string,
  keys: Jwks | RemoteKeys,
  options: Settings,
  types: readonly string[],
): Promise<Signed> {
  checkKeys(keys);
  checkSize(jws, options.maxBytes ?? MAX_BYTES);
  const header = headerOf(jws);
  checkType(header, types);
  checkSubject(header, options.subject);
  const bytes = await payloadOf(jws, header, await keyOf(header, keys, options.maxKeyAge ?? DAY));
  const content = readContent(bytes);
  checkContent(content, header, options.subject);
  checkTenant(content, options.tenant);
  checkAge(content, header, options);
  return { bytes, epoch: header.epoch, document: content.document };
}

function refuse(problem: string, cause?: unknown): never {
  throw new RolegateError("bad-signature", problem, { cause });
}

function checkKeys(keys: Jwks | RemoteKeys): void {
  if (!("keysFor" in Object(keys)) && !Array.isArray((keys as Jwks | undefined)?.keys))
    throw new RolegateError("bad-options", "keys must be a JWK set or `remoteKeys(address)`");
}

function checkSize(jws: string, maxBytes: number): void {
  if (typeof jws !== "string") refuse("a signed snapshot must be a string");
  // Three bytes are four characters; the rest is header and signature.
  if (!(jws.length <= Math.ceil(maxBytes / 3) * 4 + HEADER))
    throw new RolegateError("too-large", `longer than ${maxBytes} bytes`);
}

/** Reads the header. Everything else in it is ignored, also keys that it contains (`jwk`, `jku`, `x5c`). */
function headerOf(jws: string): Header {
  const [first = ""] = jws.split(".", 1);
  if (first.length > HEADER) refuse("its header is too long");
  const { alg, kid, typ, sub, epoch = 0, ...rest } = parsed(first);
  if ("crit" in rest || "b64" in rest) refuse("its header has `crit` or `b64`");
  if (typeof kid !== "string" || kid === "") refuse("its header has no `kid`");
  if (!Number.isSafeInteger(epoch) || (epoch as number) < 0)
    refuse("`epoch` in its header is not a non-negative integer");
  return { alg, kid, typ, sub, epoch } as Header;
}

function parsed(text: string): Record<string, unknown> {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) =>
      character.charCodeAt(0),
    );
    return { ...(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as object) };
  } catch (cause) {
    return refuse("its header cannot be read", cause);
  }
}

function checkType({ typ }: Header, types: readonly string[]): void {
  if (!types.includes(typ)) refuse(`its type is \`${String(typ)}\`, not ${types.join(" or ")}`);
}

/**
 * Data of one person are valid if that person is expected; data for everyone if no person is.
 */
function checkSubject({ sub }: Header, subject: Settings["subject"]): void {
  if ((sub ?? undefined) !== (subject == null ? undefined : String(subject)))
    refuse(sub == null ? "it is not about one person" : `it is about \`${String(sub)}\``);
}

async function keyOf({ kid, alg }: Header, keys: Jwks | RemoteKeys, maxAge: number): Promise<Jwk> {
  const key = await keyNamed(kid, keys, maxAge);
  if (key === undefined) return refuse(`unknown key \`${kid}\``);
  return algorithmsOf(key).includes(alg) ? key : refuse(`the key \`${kid}\` is not for \`${String(alg)}\``);
}

async function payloadOf(jws: string, { alg }: Header, key: Jwk): Promise<Uint8Array> {
  try {
    const { payload } = await compactVerify(jws, await importJWK(publicPart(key), alg), {
      algorithms: [alg],
    });
    return payload;
  } catch (cause) {
    return refuse("the signature is not valid", cause);
  }
}

function readContent(bytes: Uint8Array): ReturnType<typeof contentOf> {
  try {
    return contentOf(bytes);
  } catch (cause) {
    return refuse("its content cannot be read", cause);
  }
}

/** A snapshot that lists only one person is for everyone if the signer and the reader say so. */
function checkContent(content: Content, { typ, sub }: Header, subject: Settings["subject"]): void {
  if (content.type !== typ) refuse(`its content is not \`${typ}\``);
  const problem = problemOf(content, subject === undefined ? undefined : (sub as string | null | undefined));
  if (problem !== undefined) refuse(problem);
}

function checkTenant({ tenant }: Content, wanted: Settings["tenant"]): void {
  if (wanted !== null && tenant !== wanted)
    throw new RolegateError("wrong-tenant", `its tenant is \`${tenant}\`, not \`${wanted}\``);
}

/** Revisions are compared within an epoch. */
function checkAge(
  { revision }: Content,
  { epoch }: Header,
  { minEpoch = 0, minRevision = -Infinity }: Settings,
): void {
  if (!(epoch >= minEpoch))
    throw new RolegateError("old-revision", `epoch ${epoch} is older than ${minEpoch}`);
  if (epoch === minEpoch && !(revision >= minRevision))
    throw new RolegateError("old-revision", `revision ${revision} is older than ${minRevision}`);
}
