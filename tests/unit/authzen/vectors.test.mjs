// Every case of the certification scenario, each asked of a handler that has its fixture.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { served } from "./asking.mjs";
import { document, resources } from "./fixture.mjs";

const VECTORS = new URL("../../vectors/authzen-certification.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(VECTORS, "utf8"));
const { ask } = await served(document, { resources });

const FIRST_PAGE = "AZC-049";

for (const { id, ref, endpoint, request, raw_body, headers, expect, method } of cases)
  test(`${id}: ${ref}`, async () => {
    const path = endpoint.startsWith(".") ? `/${endpoint}` : endpoint;
    const body = method === "GET" ? undefined : (raw_body ?? (await withToken(request)));
    const answer = await ask(path, body, headers);
    assert.equal(answer.status, expect.status, answer.text);
    if ("decision" in expect) assert.equal(answer.body.decision, expect.decision);
    if (expect.headers !== undefined)
      assert.equal(answer.headers.get("x-request-id"), headers["X-Request-ID"]);
    if (expect.evaluations !== undefined) {
      const decisions = answer.body.evaluations.map(({ decision }) => decision);
      assert.deepEqual(
        decisions,
        expect.evaluations.map((wanted, at) => wanted ?? decisions[at]),
      );
    }
    for (const wanted of expect.results_include ?? [])
      assert.ok(answer.body.results.some((found) => JSON.stringify(found) === JSON.stringify(wanted)));
    if (Array.isArray(expect.results)) assert.deepEqual(answer.body.results, expect.results);
    if (expect.page !== undefined) assert.equal(typeof answer.body.page.next_token, "string");
  });

/** The second page of the case before. */
async function withToken(request) {
  if (request?.page?.token === undefined) return request;
  const { body } = await ask("search/subject", cases.find(({ id }) => id === FIRST_PAGE).request);
  return { ...request, page: { token: body.page.next_token } };
}
