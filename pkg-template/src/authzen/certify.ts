// Asks a running PDP the cases of the certification scenario. It must have the fixture that the scenario
// describes: docs/authzen.md.

import { RolegateError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { problemsOf } from "./checks.js";
import { type Answer, Client } from "./client.js";
import type { Case, Expected, Level } from "./vectors.js";

/** How to ask. */
export interface CertifyOptions {
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Default: the global one. */
  readonly fetch?: typeof fetch | undefined;
  /** The public address, if it is not the one that is asked. */
  readonly baseUrl?: string | URL | undefined;
  /** What is asked, together with what it builds on. Default: all. */
  readonly levels?: readonly Level[] | undefined;
  /** Milliseconds for each answer. Default: 10,000. */
  readonly timeout?: number | undefined;
}

/** A case that was not answered as it must be. */
export interface FailedCase {
  readonly id: string;
  readonly level: Level;
  /** The body that was sent. */
  readonly request: unknown;
  readonly expected: Expected;
  readonly got: { readonly status?: number; readonly body?: unknown; readonly problem: string };
}

export interface CertifyReport {
  /** Ids of the cases that were answered as they must be. */
  readonly passed: readonly string[];
  readonly failed: readonly FailedCase[];
  /** For each level that was asked for, whether it and those that it builds on have no failed case. */
  readonly levels: Readonly<Partial<Record<Level, boolean>>>;
}

/** What a level builds on. */
const BELOW: Partial<Record<Level, Level>> = {
  "Batch Core": "Basic Core",
  "Batch Properties": "Basic Properties",
  "Search Properties": "Search Core",
};

/**
 * Asks a PDP every case of the certification scenario, one after the other, at the addresses of its metadata
 * or, without them, at the default ones.
 * @param url the address that is asked, such as `http://127.0.0.1:8080`
 * @throws {RolegateError} `bad-options`
 */
export async function certify(url: string | URL, options?: CertifyOptions): Promise<CertifyReport> {
  const { token, headers, fetch, baseUrl, levels, timeout } = optionsOf<CertifyOptions>(options, () => ({
    token: undefined,
    headers: undefined,
    fetch: undefined,
    baseUrl: undefined,
    levels: undefined,
    timeout: undefined,
  }));
  const cases = (await import("./vectors.js")).CASES;
  const all = [...new Set(cases.map(({ level }) => level))];
  const asked = withBelow(levels ?? all, all);
  const client = new Client(addressOf(url), addressOf(baseUrl ?? url), {
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    fetch: fetch ?? globalThis.fetch,
    timeout: timeout ?? 10_000,
  });
  await client.discover();
  const passed: string[] = [];
  const failed: FailedCase[] = [];
  for (const it of cases) {
    if (!asked.includes(it.level)) continue;
    const got = await failureOf(it, client);
    const { id, level, request, expect: expected } = it;
    if (got === undefined) passed.push(id);
    else failed.push({ id, level, request, expected, got });
  }
  const holds = (level: Level): boolean => {
    const below = BELOW[level];
    return !failed.some((it) => it.level === level) && (below === undefined || holds(below));
  };
  return { passed, failed, levels: Object.fromEntries(asked.map((level) => [level, holds(level)])) };
}

/** Levels, and those that they build on. What is misspelt would hold without a question. */
function withBelow(levels: readonly Level[], all: readonly Level[]): readonly Level[] {
  if (!Array.isArray(levels) || levels.length === 0 || !levels.every((level) => all.includes(level)))
    throw new RolegateError("bad-options", `\`levels\` must be some of ${all.join(", ")}`);
  return all.filter((level) => levels.some((it: Level) => it === level || BELOW[it] === level));
}

function addressOf(url: string | URL): string {
  try {
    const { origin, pathname } = new URL(url);
    return origin + (pathname.endsWith("/") ? pathname.slice(0, -1) : pathname);
  } catch (cause) {
    throw new RolegateError("bad-options", "certify needs the address of a PDP", { cause });
  }
}

/** Nothing if a case is answered as it must be, however often it is asked. */
async function failureOf(it: Case, client: Client): Promise<FailedCase["got"] | undefined> {
  for (let count = it.repeat ?? 1; count > 0; count -= 1) {
    let answer: Answer | undefined;
    try {
      answer = await client.ask(it);
      const [problem] = await problemsOf(it, answer, client);
      if (problem !== undefined) return { status: answer.status, body: answer.body, problem };
    } catch (error) {
      return { ...(answer && { status: answer.status, body: answer.body }), problem: String(error) };
    }
  }
  return undefined;
}
