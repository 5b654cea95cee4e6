// PDPs that are wrong in one way each: ours, with what it reads or writes changed on its way. `finds` are cases
// that must tell.

import { document, resources } from "./fixture.mjs";

/** Changes what is read and what is written; either may be left out. `sent` is the body of the request. */
const changing =
  ({ read = (sent) => sent, write = (answer) => answer }) =>
  (handler) =>
  async (request) => {
    const { url, method } = request;
    const { pathname } = new URL(url);
    const headers = new Headers(request.headers);
    const text = method === "GET" ? undefined : await request.text();
    const sent = parsed(text);
    const body = sent === undefined ? text : JSON.stringify(read(sent, pathname));
    const response = await handler(new Request(url, { method, headers, body }));
    const answer = { status: response.status, text: await response.text(), headers: response.headers };
    const written = await write({ ...answer, body: parsed(answer.text) }, sent ?? {}, pathname);
    const { status, text: changed } = written;
    return new Response(written.body === undefined ? changed : JSON.stringify(written.body), {
      status,
      headers: written.headers,
    });
  };

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Changes the body of what is written, if it is an object. */
const writing = (change) =>
  changing({
    write: (answer, sent, path) =>
      answer.body === undefined ? answer : { ...answer, body: change(answer.body, sent, path) },
  });
const refusing = (test) => (handler) => async (request) =>
  test(await request.clone().text()) ? new Response("Bad Request", { status: 400 }) : handler(request);
const without = (object, key) => object && { ...object, [key]: undefined };
const bareSearch = (sent, path) =>
  path.includes("/search/")
    ? {
        ...sent,
        subject: without(sent.subject, "properties"),
        resource: without(sent.resource, "properties"),
      }
    : sent;
const byDefault = (evaluations_semantic) =>
  changing({ read: (sent) => ({ options: { evaluations_semantic }, ...sent }) });

export const BROKEN = [
  {
    name: "stops at the first denial unless told otherwise",
    wrap: byDefault("deny_on_first_deny"),
    finds: ["AZC-031"],
  },
  {
    name: "stops at the first permit unless told otherwise",
    wrap: byDefault("permit_on_first_permit"),
    finds: ["AZC-029", "AZC-030"],
  },
  {
    name: "never stops",
    wrap: changing({ read: (sent) => without(sent, "options") }),
    finds: ["AZC-065", "AZC-066"],
  },
  {
    name: "leaves out the decision after which it stops",
    wrap: writing((body, sent) =>
      sent.options?.evaluations_semantic === "deny_on_first_deny"
        ? { evaluations: body.evaluations.filter(({ decision }) => decision) }
        : body,
    ),
    finds: ["AZC-065"],
  },
  {
    name: "answers 200 to what is malformed",
    wrap: changing({
      write: (answer) =>
        answer.status === 400
          ? { status: 200, body: { decision: false }, headers: { "content-type": "application/json" } }
          : answer,
    }),
    finds: ["AZC-012", "AZC-022", "AZC-023", "AZC-024", "AZC-057"],
  },
  {
    name: "leaves out a decision that is a no",
    wrap: writing((body) => (body.decision === false ? without(body, "decision") : body)),
    finds: ["AZC-004", "AZC-005", "AZC-008"],
  },
  {
    name: "says a decision as text",
    wrap: writing((body) => ("decision" in body ? { decision: String(body.decision) } : body)),
    finds: ["AZC-001", "AZC-036"],
  },
  {
    name: "always says yes",
    wrap: writing((body) => ("decision" in body ? { decision: true } : body)),
    finds: ["AZC-004", "AZC-005", "AZC-008"],
  },
  {
    name: "fails a batch for one of its entries",
    wrap: refusing((text) => text.includes("{}]")),
    finds: ["AZC-035"],
  },
  {
    name: "answers a batch in another order",
    wrap: writing((body) =>
      "evaluations" in body ? { evaluations: body.evaluations.toReversed?.() ?? [] } : body,
    ),
    finds: ["AZC-029", "AZC-031"],
  },
  {
    name: "does not merge defaults",
    wrap: changing({ read: (sent) => ("evaluations" in sent ? { evaluations: sent.evaluations } : sent) }),
    finds: ["AZC-029", "AZC-030", "AZC-037"],
  },
  {
    name: "searches by ids alone",
    wrap: changing({ read: bareSearch }),
    options: {
      resources: (type, id) => {
        const found = resources(type, id);
        if (id === undefined) return found.map(({ id }) => ({ id }));
        return found && { id };
      },
    },
    finds: ["AZC-041", "AZC-045", "AZC-048"],
  },
  {
    name: "searches by what is stored, whatever is said",
    wrap: changing({ read: bareSearch }),
    finds: ["AZC-067", "AZC-068", "AZC-069"],
  },
  {
    name: "finds only what the search names",
    wrap: writing((body, { subject, resource }, path) => {
      const named = path.endsWith("subject") ? subject : path.endsWith("search/resource") ? resource : {};
      return named?.id === undefined || !("results" in body)
        ? body
        : { ...body, results: body.results.filter(({ id }) => id === named.id) };
    }),
    finds: ["AZC-040", "AZC-044"],
  },
  {
    name: "ends its pages without a token",
    wrap: writing((body) => (body.page?.next_token === "" ? without(body, "page") : body)),
    finds: ["AZC-050"],
  },
  {
    name: "begins each page at the start",
    wrap: changing({ read: (sent) => (sent.page?.token ? { ...sent, page: { limit: 1 } } : sent) }),
    finds: ["AZC-050"],
  },
  {
    name: "does not echo the request's id",
    wrap: changing({
      write: ({ status, body, headers }) => {
        headers.delete("x-request-id");
        return { status, body, headers };
      },
    }),
    finds: ["AZC-025"],
  },
  {
    name: "lets what is stored of a subject give more than it should",
    wrap: (handler) => handler,
    document: {
      ...document,
      roles: document.roles.map((role) =>
        role.id === "archivist"
          ? { ...role, grants: { "record.write": { scope: "all", when: { "user.role": "admin" } } } }
          : role,
      ),
    },
    finds: ["AZC-004", "AZC-029", "AZC-032"],
  },
  {
    name: "answers 400 to types that it does not know",
    wrap: refusing((text) => text.includes("spaceship")),
    finds: ["AZC-054", "AZC-055", "AZC-056"],
  },
  {
    name: "answers 400 to members of the future",
    wrap: refusing((text) => text.includes("futureField")),
    finds: ["AZC-011"],
  },
  {
    name: "reads any content type",
    wrap: (handler) => async (request) => {
      const { method, url } = request;
      const body = method === "GET" ? undefined : await request.text();
      const headers = { ...Object.fromEntries(request.headers), "content-type": "application/json" };
      return handler(new Request(url, { method, headers, body }));
    },
    finds: ["AZC-022"],
  },
  {
    name: "publishes addresses without TLS",
    wrap: writing((body) =>
      "policy_decision_point" in body ? JSON.parse(JSON.stringify(body).replaceAll("https:", "http:")) : body,
    ),
    finds: ["AZC-063"],
  },
  {
    name: "publishes the metadata of somebody else",
    wrap: writing((body) =>
      "policy_decision_point" in body ? { ...body, policy_decision_point: "https://other.example" } : body,
    ),
    finds: ["AZC-063"],
  },
];
