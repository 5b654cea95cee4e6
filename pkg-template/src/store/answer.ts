// One request and its response.

import type { GoodAnswer, Settings, StoreSignal } from "./types.js";

interface Answer {
  readonly status: number;
  /** If the status is 200. */
  readonly good: GoodAnswer | undefined;
  /** How long it is fresh (ms); Infinity if the response does not say. */
  readonly maxAge: number;
  /** How long the server wants no further request (ms). */
  readonly wait: number;
}

/** The longest `Retry-After` that counts. */
const LONGEST_WAIT = 3_600_000;

export async function ask(
  { url, fetch = globalThis.fetch as NonNullable<Settings["fetch"]> }: Pick<Settings, "url" | "fetch">,
  known: string | undefined,
  signal: StoreSignal,
): Promise<Answer> {
  const headers: Record<string, string> = known ? { "if-none-match": known } : {};
  // So that no cache answers instead of the server. Some runtimes throw for values that they do not know.
  const isKnown = "cache" in (globalThis.Request?.prototype ?? {});
  const response = await fetch(url, { headers, signal, ...(isKnown && { cache: "no-store" }) });
  const { status } = response;
  const said = (name: string): string => response.headers.get(name) ?? "";
  return {
    status,
    good:
      status === 200
        ? { bytes: new Uint8Array(await response.arrayBuffer()), etag: said("etag") || undefined }
        : undefined,
    maxAge: maxAgeOf(said("cache-control")),
    wait: waitOf(said("retry-after")),
  };
}

function maxAgeOf(control: string): number {
  const [, seconds] = /max-age="?(\d+)/i.exec(control) ?? [];
  return (!/no-cache/i.test(control) && Number(seconds) * 1000) || Infinity;
}

/** In seconds, or a date. */
function waitOf(after: string): number {
  const ms = Number(after) * 1000 || Date.parse(after) - Date.now();
  return Math.max(0, Math.min(ms, LONGEST_WAIT)) || 0;
}
