// Sends the cases of `certify`, and keeps what was answered.

import { isObject, memberOf } from "./reading.js";
import type { Case, Endpoint } from "./vectors.js";

/** What was answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** What the text is as JSON, or the text. */
  readonly body: unknown;
}

interface Means {
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
  readonly timeout: number;
}

const WELL_KNOWN: Endpoint = ".well-known/authzen-configuration";

/** Members of the metadata. */
const MEMBERS: Readonly<Partial<Record<Endpoint, string>>> = {
  evaluation: "access_evaluation_endpoint",
  evaluations: "access_evaluations_endpoint",
  "search/subject": "search_subject_endpoint",
  "search/resource": "search_resource_endpoint",
  "search/action": "search_action_endpoint",
};

export class Client {
  /** The public address of the PDP. */
  readonly identifier: string;
  /** The last answer to each case. */
  readonly answers: Map<string, Answer> = new Map<string, Answer>();
  private readonly address: string;
  private readonly means: Means;
  private metadata: object = {};

  /** @param address the one that is asked */
  constructor(address: string, identifier: string, means: Means) {
    this.address = address;
    this.identifier = identifier;
    this.means = means;
  }

  /** Reads the metadata, if there are any. */
  async discover(): Promise<void> {
    try {
      const { status, body } = await this.send(this.at(WELL_KNOWN), undefined);
      if (status === 200 && isObject(body)) this.metadata = body;
    } catch {
      // Whoever asks for it will be told.
    }
  }

  async ask({ id, endpoint, request, headers }: Case): Promise<Answer> {
    const answer = await this.send(this.at(endpoint), request, headers);
    this.answers.set(id, answer);
    return answer;
  }

  /** Asks something else at an endpoint. */
  async post(endpoint: Endpoint, request: object): Promise<Answer> {
    return this.send(this.at(endpoint), request);
  }

  /** Where an endpoint is. What metadata name elsewhere is not asked: it would get the token. */
  private at(endpoint: Endpoint): string {
    const { origin, pathname } = new URL(this.address);
    if (endpoint === WELL_KNOWN) return `${origin}/${WELL_KNOWN}${pathname === "/" ? "" : pathname}`;
    const named = memberOf(this.metadata, MEMBERS[endpoint] ?? "");
    return typeof named === "string" && named.startsWith(`${this.identifier}/`)
      ? this.address + named.slice(this.identifier.length)
      : `${this.address}/access/v1/${endpoint}`;
  }

  private async send(
    url: string,
    request: Case["request"],
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const { fetch, timeout } = this.means;
    const sent = new Headers({ "content-type": "application/json", ...this.means.headers });
    for (const [name, value] of Object.entries(headers ?? {})) sent.set(name, value);
    const response = await fetch(url, {
      ...(request === undefined
        ? { method: "GET" }
        : { method: "POST", body: typeof request === "string" ? request : JSON.stringify(request) }),
      headers: sent,
      redirect: "manual",
      signal: AbortSignal.timeout(timeout),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: read(text) };
  }
}

function read(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
