// What is signed: which kind of document it is, whose, and until when. Signing and verifying go by the same
// rules.

import { RolegateError } from "../core/errors.js";

/** What a document says that a signature is checked against. */
export interface Content {
  /** The `typ` of its signature. */
  readonly type: string | undefined;
  readonly tenant: string | undefined;
  readonly revision: number;
  readonly ends: boolean;
  /** Everybody whom it lists. */
  readonly people: readonly string[];
  /** Whether it is one person's. */
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
 * Reads what matters here; whether the rest is in order is found when it is loaded. @throws for what is not
 * JSON
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
  // The part of somebody whom the tenant does not know has neither users nor roles.
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
 * Why a document cannot be signed so, or is not what its signature says.
 * @param subject as it stands in the header: a text, `null` for everybody's, or nothing
 */
export function problemOf(
  { type, ends, people, isPersonal }: Content,
  subject: string | null | undefined,
): string | undefined {
  if (!ends) return "it never ends: `expiresAt` is missing";
  if (typeof subject === "string")
    return people.every((person) => person === subject) ? undefined : `it is not \`${subject}\`'s alone`;
  const isForAll = subject === null && type === SNAPSHOT;
  return isPersonal && !isForAll ? "it is one person's, and no `subject` is named" : undefined;
}
