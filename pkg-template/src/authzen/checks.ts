// What an answer of a PDP must be: one function for each rule, which gives what is wrong.

import type { Answer, Client } from "./client.js";
import { isObject, memberOf } from "./reading.js";
import type { Case, Endpoint } from "./vectors.js";

type Problems = string[];

/** All that is wrong with an answer. */
export async function problemsOf(it: Case, answer: Answer, client: Client): Promise<Problems> {
  const { endpoint, expect } = it;
  const { status, headers, body } = answer;
  const wanted = expect.status ?? 200;
  if (status !== wanted) return [`status ${status} instead of ${wanted}`];
  if (wanted !== 200) return [];
  const problems = [...contentType(headers), ...echoed(it, headers)];
  if (!isObject(body)) return [...problems, "the body is not a JSON object"];
  if (endpoint === ".well-known/authzen-configuration") return [...problems, ...metadata(body, client)];
  if (expect.decision !== undefined) return [...problems, ...decision(body, expect.decision)];
  if (expect.evaluations !== undefined) return [...problems, ...decisions(body, expect.evaluations)];
  return [
    ...problems,
    ...found(it, body),
    ...page(body),
    ...limit(it, body),
    ...sameAs(it, body, client),
    ...(await otherPages(it, client)),
    ...(await agreement(it, body, client)),
  ];
}

function contentType(headers: Headers): Problems {
  const [type] = (headers.get("content-type") ?? "").toLowerCase().split(";");
  return type?.trim() === "application/json" ? [] : [`the content type is ${type}`];
}

function echoed({ expect, headers: sent }: Case, headers: Headers): Problems {
  return expect.echo && headers.get("x-request-id") !== sent?.["X-Request-ID"]
    ? ["X-Request-ID is not the one that was sent"]
    : [];
}

function decision(body: object, wanted: boolean | null): Problems {
  const given = memberOf(body, "decision");
  if (typeof given !== "boolean") return ["`decision` is not a boolean"];
  if (wanted !== null && given !== wanted) return [`\`decision\` is ${given}`];
  const context = memberOf(body, "context");
  return context === undefined || isObject(context) ? [] : ["`context` is not an object"];
}

function decisions(body: object, wanted: readonly (boolean | null)[]): Problems {
  const given = memberOf(body, "evaluations");
  if (!Array.isArray(given)) return ["`evaluations` is not a list"];
  if (given.length !== wanted.length) return [`${given.length} evaluations instead of ${wanted.length}`];
  return wanted.flatMap((one, at) => {
    const item: unknown = given[at];
    return (isObject(item) ? decision(item, one) : ["it is not an object"]).map((it) => `${at}: ${it}`);
  });
}

function resultsOf(body: unknown): unknown[] {
  const results = isObject(body) ? memberOf(body, "results") : undefined;
  return Array.isArray(results) ? results : [];
}

/** The members by which a result is known. */
function keysOf(endpoint: Endpoint): readonly string[] {
  return endpoint === "search/action" ? ["name"] : ["type", "id"];
}

/** One result as text; nothing if it is none. */
function nameOf(endpoint: Endpoint, result: unknown): string | undefined {
  const values = keysOf(endpoint).map((key) => (isObject(result) ? memberOf(result, key) : undefined));
  return values.every((value) => typeof value === "string") ? JSON.stringify(values) : undefined;
}

function namesIn(endpoint: Endpoint, body: unknown): (string | undefined)[] {
  return resultsOf(body).map((result) => nameOf(endpoint, result));
}

function found({ endpoint, request, expect }: Case, body: object): Problems {
  if (!Array.isArray(memberOf(body, "results"))) return ["`results` is not a list"];
  const names = namesIn(endpoint, body);
  if (names.includes(undefined)) return [`a result lacks one of ${keysOf(endpoint).join(", ")}`];
  const { results, results_include: wanted = [] } = expect;
  const missing = wanted.filter((it) => !names.includes(nameOf(endpoint, it)));
  const problems = missing.map((it) => `${JSON.stringify(it)} is not found`);
  if (results !== undefined && results.length !== names.length)
    problems.push(`${names.length} results instead of ${results.length}`);
  return [...problems, ...ofType(endpoint, request, body)];
}

/** Only what was searched for is found. */
function ofType(endpoint: Endpoint, request: Case["request"], body: object): Problems {
  const kind = endpoint === "search/subject" ? "subject" : endpoint === "search/resource" ? "resource" : "";
  const searched = isObject(request) ? memberOf(request, kind) : undefined;
  if (!isObject(searched)) return [];
  const type = memberOf(searched, "type");
  return resultsOf(body).every((it) => isObject(it) && memberOf(it, "type") === type)
    ? []
    : ["a result is of another type"];
}

function page(body: object): Problems {
  const given = memberOf(body, "page");
  if (given === undefined) return [];
  if (!isObject(given)) return ["`page` is not an object"];
  const problems =
    typeof memberOf(given, "next_token") === "string" ? [] : ["`page.next_token` is not a string"];
  const count = memberOf(given, "count");
  if (count !== undefined && count !== resultsOf(body).length)
    problems.push("`page.count` is not the number of results");
  return problems;
}

/** Whoever has pages keeps to the limit. */
function limit({ request }: Case, body: object): Problems {
  const asked = isObject(request) ? memberOf(request, "page") : undefined;
  const most = isObject(asked) ? memberOf(asked, "limit") : undefined;
  return typeof most === "number" && nextIn(body) !== "" && resultsOf(body).length > most
    ? [`more than ${most} results on a page`]
    : [];
}

/** Nothing of a page, and the end, are no token. */
function nextIn(body: unknown): string {
  const given = isObject(body) ? memberOf(body, "page") : undefined;
  const token = isObject(given) ? memberOf(given, "next_token") : undefined;
  return typeof token === "string" ? token : "";
}

function sameAs({ endpoint, expect: { same } }: Case, body: object, client: Client): Problems {
  const other = same === undefined ? undefined : client.answers.get(same);
  if (other === undefined) return [];
  const names = (it: unknown): string => namesIn(endpoint, it).sort().join();
  return names(other.body) === names(body) ? [] : [`the results are not those of ${same}`];
}

const MOST_PAGES = 1_000;

/** Follows the pages behind the first one: each ends with a token, the last one with an empty one. */
async function otherPages({ endpoint, request, expect }: Case, client: Client): Promise<Problems> {
  if (expect.pages === undefined) return [];
  const before = client.answers.get(expect.pages)?.body;
  const seen = new Set(namesIn(endpoint, before));
  let token = nextIn(before);
  for (let count = 0; token !== ""; count += 1) {
    if (count === MOST_PAGES) return ["the pages do not end"];
    const { status, body } = await client.post(endpoint, { ...(request as object), page: { token } });
    if (status !== 200 || !isObject(body)) return [`status ${status} for a further page`];
    if (memberOf(body, "page") === undefined) return ["a further page lacks `page`"];
    const [problem] = page(body);
    if (problem !== undefined) return [problem];
    for (const name of namesIn(endpoint, body)) {
      if (seen.has(name)) return ["a result is on two pages"];
      seen.add(name);
    }
    token = nextIn(body);
  }
  return [];
}

/** A search finds what evaluations of the same request allow, and nothing else. */
async function agreement(
  { endpoint, request, expect: { agrees = [] } }: Case,
  body: object,
  client: Client,
): Promise<Problems> {
  const kind = endpoint.slice("search/".length);
  const names = namesIn(endpoint, body);
  const problems: Problems = [];
  for (const candidate of agrees) {
    const searched = memberOf(request as object, kind);
    const asked = { ...(request as object), [kind]: { ...(searched as object | undefined), ...candidate } };
    const answer = await client.post("evaluation", asked);
    const isAllowed = isObject(answer.body) && memberOf(answer.body, "decision") === true;
    if (isAllowed !== names.includes(nameOf(endpoint, candidate)))
      problems.push(`${JSON.stringify(candidate)} is ${isAllowed ? "allowed and not" : "denied and"} found`);
  }
  return problems;
}

const URLS = [
  "access_evaluation_endpoint",
  "access_evaluations_endpoint",
  "search_subject_endpoint",
  "search_resource_endpoint",
  "search_action_endpoint",
];

function metadata(body: object, { identifier }: Client): Problems {
  const problems = URLS.filter((name) => {
    const url = memberOf(body, name);
    return url === undefined ? name === URLS[0] : !isSecure(url);
  }).map((name) => `\`${name}\` is not an https address`);
  const named = memberOf(body, "policy_decision_point");
  if (named !== identifier || !isSecure(named))
    problems.push("`policy_decision_point` is not the address, with https");
  const capabilities = memberOf(body, "capabilities");
  const isList = Array.isArray(capabilities) && capabilities.every((it) => typeof it === "string");
  if (capabilities !== undefined && !isList) problems.push("`capabilities` is not a list of names");
  const signed = memberOf(body, "signed_metadata");
  if (signed !== undefined && !hasIssuer(signed))
    problems.push("`signed_metadata` is not a token with an issuer");
  return problems;
}

function isSecure(url: unknown): boolean {
  return typeof url === "string" && URL.canParse(url) && url.startsWith("https://");
}

/** The form only: whose key it was is for those who know the keys. */
function hasIssuer(token: unknown): boolean {
  try {
    const [, payload = "", signature = "", ...more] = String(token).split(".");
    const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as object;
    return signature !== "" && more.length === 0 && typeof memberOf(claims, "iss") === "string";
  } catch {
    return false;
  }
}
