// Pages of results. Results are in the order of their ids, and a token holds the last id of its page: the next
// page goes on behind it, whatever has changed meanwhile. A token has no secret: whoever forges one only passes
// over results of a question that they may ask anyway.

import { isObject, memberOf, optionalObject } from "./reading.js";
import { refuse } from "./refusal.js";

/** The page that is asked for. */
interface Page {
  /** Whether the request says anything of pages. */
  readonly isAsked: boolean;
  readonly limit: number;
  /** The limit as it was named; a token keeps it. */
  readonly named: number | null;
  /** The page begins behind this id. */
  readonly after: string;
  /** The question that the token is for, as text. */
  readonly question: string;
}

/** Reads what a request says of pages. @param kind what is searched for, and in which tenant */
export async function pageOf(kind: readonly string[], body: object, most: number): Promise<Page> {
  const page = optionalObject(body, "page") ?? {};
  const named = limitOf(page);
  const question = questionOf(kind, body, page);
  const token = memberOf(page, "token");
  const isAsked = Object.hasOwn(body, "page");
  if (token === undefined)
    return { isAsked, limit: Math.min(named ?? most, most), named, after: "", question };
  const [after, before] = await readToken(token, question);
  if (named !== null && named !== before) refuse(400, "`page.limit` must stay the same between pages");
  // A limit that is left out stays as it was. A page of nothing has no successor of nothing.
  return { isAsked, limit: Math.min(named ?? (before || most), most), named: before, after, question };
}

function limitOf(page: object): number | null {
  const limit = memberOf(page, "limit");
  if (limit === undefined) return null;
  return Number.isSafeInteger(limit) && (limit as number) >= 0
    ? (limit as number)
    : refuse(400, "`page.limit` must be a whole number from 0");
}

/** One page of an answer. */
export interface Paged<T> {
  /** Comes first, so that whoever reads on knows how much there is. */
  readonly page?: { readonly next_token: string; readonly count: number; readonly total: number };
  readonly results: readonly T[];
}

/** Cuts a page out of all results. @param write what is sent for an id */
export async function paged<T>(
  page: Page,
  found: Iterable<string>,
  write: (id: string) => T,
): Promise<Paged<T>> {
  const ids = Array.from(new Set(found)).sort();
  const total = ids.length;
  const behind = page.after === "" ? ids : ids.filter((id) => id > page.after);
  const rest = behind.slice(0, page.limit);
  const results = rest.map(write);
  const isLast = behind.length === rest.length;
  if (isLast && !page.isAsked) return { results };
  const next_token = isLast ? "" : await writeToken(rest.at(-1) ?? page.after, page);
  return { page: { next_token, count: rest.length, total }, results };
}

/** All that must stay the same between pages but the limit, in an order of its own. */
function questionOf(kind: readonly string[], body: object, page: object): string {
  const members = ["subject", "action", "resource", "context"].map((key) => memberOf(body, key));
  const properties = optionalObject(page, "properties", "page.properties");
  return JSON.stringify(sorted([kind, members, properties]));
}

/** The same with the keys of objects in order. Bodies are nested a few levels deep at most. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

async function writeToken(after: string, { named, question }: Page): Promise<string> {
  const text = JSON.stringify([after, named, await digestOf(after, named, question)]);
  return btoa(letters(new TextEncoder().encode(text)));
}

async function readToken(token: unknown, question: string): Promise<[after: string, named: number | null]> {
  const wrong = (): never =>
    refuse(400, "`page.token` is not one of this request: only the token may change between pages");
  let read: unknown;
  try {
    read = JSON.parse(
      new TextDecoder().decode(Uint8Array.from(atob(String(token)), (letter) => letter.charCodeAt(0))),
    );
  } catch {
    return wrong();
  }
  const [after, named, digest] = Array.isArray(read) ? (read as unknown[]) : [];
  const isLimit = named === null || (Number.isSafeInteger(named) && (named as number) >= 0);
  if (typeof token !== "string" || typeof after !== "string" || !isLimit) return wrong();
  if (digest !== (await digestOf(after, named as number | null, question))) return wrong();
  return [after, named as number | null];
}

const DIGEST_BYTES = 16;

async function digestOf(after: string, named: number | null, question: string): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify([after, named, question]));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return btoa(letters(digest.subarray(0, DIGEST_BYTES)));
}

/** Bytes as `btoa` takes them. */
function letters(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
