// What is signed: its type, its tenant and person, and its end. Signing and verifying use the same rules.

import { RolegateError } from "../core/errors.js";

/** The parts of a document that are checked against its signature. */
export interface Content {
  /** The `typ` of its signature. */
  readonly type: string | undefined;
  readonly tenant: string | undefined;
  readonly revision: number;
  readonly ends: boolean;
  /** The ids of all listed users. */
  readonly people: readonly string[];
  /** Whether it contains the data of one person only. */
  readonly isPersonal: boolean;
}

export const SNAPSHOT = "rolegate-snapshot+jws";
export const GATE = "rolegate-gate+jws";

const TYPES: Readonly<Record<string, string>> = { "rolegate/1": SNAPSHOT, "rolegate-gate/1": GATE };

interface Document {
  readonly format?: string;
  readonly tenant?: string;
  readonly revision?: number;
  readonly expiresAt?: string;
  readonly expires?: number;
  readonly user?: string;
  readonly users?: readonly ({ readonly id?: string } | null)[];
  readonly roles?: readonly unknown[];
}

/**
 * Reads what matters here; everything else is checked when the document is loaded. @throws if it is not JSON
 */
export function contentOf(bytes: Uint8Array): Content & { readonly document: unknown } {
  const document: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  if (typeof document !== "object" || document === null)
    throw new RolegateError("not-json", "this is neither a snapshot nor gate data");
  const {
    format,
    tenant,
    revision = NaN,
    expiresAt,
    expires,
    user,
    users = [],
    roles = [],
  } = document as Document;
  const type = Object.hasOwn(TYPES, String(format)) ? TYPES[String(format)] : undefined;
  const isGate = type === GATE;
  const people = isGate ? [String(user)] : Array.from(users, (each) => String(each?.id));
  // A snapshot narrowed for an unknown user has neither users nor roles.
  const isPersonal = people.length === 1 || (people.length === 0 && roles.length === 0);
  return {
    document,
    type,
    tenant,
    revision,
    ends: (isGate ? expires : expiresAt) !== undefined,
    people,
    isPersonal,
  };
}

/**
 * Why a document cannot be signed this way, or does not match its signature; `undefined` if it can or does.
 * @param subject `sub` of the header: a text, `null` for a snapshot for everyone, or `undefined`
 */
export function problemOf(
  { type, ends, people, isPersonal }: Content,
  subject: string | null | undefined,
): string | undefined {
  if (!ends) return "it never expires: `expiresAt` is missing";
  if (typeof subject === "string")
    return people.every((person) => person === subject) ? undefined : `it is not only about \`${subject}\``;
  const isForAll = subject === null && type === SNAPSHOT;
  return isPersonal && !isForAll ? "it is about one person, but has no `subject`" : undefined;
}
