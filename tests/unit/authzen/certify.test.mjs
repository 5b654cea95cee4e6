// `certify` passes a PDP that is right, and finds each that is wrong.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CASES } from "../../../pkg/authzen/vectors.js";
import { served } from "./asking.mjs";
import { BROKEN } from "./broken.mjs";
import { document, resources } from "./fixture.mjs";
import { certify } from "./package.mjs";

const URL_OF_PDP = "https://pdp.example.com";
const VECTORS = new URL("../../vectors/authzen-certification.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(VECTORS, "utf8"));

const asking = (handler) => (url, init) => handler(new Request(url, init));
const ours = await served(document, { resources });

/** A case of the vectors in the words of the package. */
function restated({ id, level, endpoint, request, raw_body, headers, repeat, method, expect }) {
  const { status, results, headers: echo, page, evaluations, decision, results_include } = expect;
  const kept = { evaluations, decision, results_include };
  return {
    id,
    level: level === "(spec example)" ? "Semantics" : level,
    endpoint,
    request:
      method === "GET" ? undefined : (raw_body ?? (page && !request.page.limit ? bare(request) : request)),
    ...(headers && { headers }),
    ...(repeat && { repeat }),
    expect: {
      ...(status === 400 && { status }),
      ...Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)),
      ...(Array.isArray(results) && { results }),
      ...(echo && { echo: true }),
    },
  };
}
const bare = ({ page, ...request }) => request;

test("the cases of the package are those of the vectors", () => {
  assert.equal(cases.length, 66);
  const official = CASES.filter(({ level }) => level !== "Agreement").map(({ expect, ...it }) => {
    // What else is held, and where the pages begin, the vectors say in words.
    const { same, pages, ...rest } = expect;
    return { ...it, expect: rest };
  });
  assert.deepEqual(official, cases.map(restated));
});

test("our handler passes them all, once for each level", async () => {
  const { passed, failed, levels } = await certify(URL_OF_PDP, { fetch: asking(ours.handler) });
  assert.deepEqual(failed, []);
  assert.deepEqual(
    passed,
    CASES.map(({ id }) => id),
  );
  assert.ok(Object.values(levels).every(Boolean));
  assert.equal(Object.keys(levels).length, 9);
});

for (const { name, wrap, options, document: other = document, finds } of BROKEN)
  test(`a PDP is found that ${name}`, async () => {
    const { handler } = await served(other, { resources, ...options });
    const { failed, levels } = await certify(URL_OF_PDP, { fetch: asking(wrap(handler)) });
    const ids = failed.map(({ id }) => id);
    for (const id of finds) assert.ok(ids.includes(id), `${id} is not among ${ids}`);
    for (const { level, expected, got } of failed) {
      assert.equal(levels[level], false);
      assert.equal(typeof got.problem, "string");
      assert.equal(typeof expected, "object");
    }
  });

test("a level does not hold without those that it builds on", async () => {
  const refused = async (request) =>
    request.url.endsWith("/evaluation") ? new Response("no", { status: 500 }) : ours.handler(request);
  const { levels } = await certify(URL_OF_PDP, { fetch: asking(refused) });
  assert.equal(levels["Batch Core"], false);
  assert.equal(levels["Search Core"], true);
});

test("what a level builds on is asked with it", async () => {
  const { levels } = await certify(URL_OF_PDP, {
    fetch: asking(ours.handler),
    levels: ["Search Properties", "Batch Core"],
  });
  assert.deepEqual(Object.keys(levels).sort(), [
    "Basic Core",
    "Batch Core",
    "Search Core",
    "Search Properties",
  ]);
});

test("a tenant of a PDP is certified by its own address", async () => {
  const { handler } = await served(() => ours.snapshot, { resources });
  const { failed } = await certify(`${URL_OF_PDP}/acme/`, { fetch: asking(handler) });
  assert.deepEqual(failed, []);
});

test("only what is asked for is asked", async () => {
  const paths = new Set();
  const noting = (request) => {
    paths.add(new URL(request.url).pathname);
    return ours.handler(request);
  };
  const { passed } = await certify(URL_OF_PDP, { fetch: asking(noting), levels: ["Discovery"] });
  assert.deepEqual(passed, ["AZC-063"]);
  assert.deepEqual([...paths], ["/.well-known/authzen-configuration"]);
});

test("a token goes to the address that was named and nowhere else", async () => {
  const seen = [];
  const astray = async (request) => {
    seen.push([
      new URL(request.url).origin,
      request.headers.get("authorization"),
      request.headers.get("x-a"),
    ]);
    const response = await ours.handler(request);
    if (request.method !== "GET") return response;
    const named = { access_evaluation_endpoint: "https://thief.example/access/v1/evaluation" };
    return Response.json({ ...(await response.json()), ...named });
  };
  const options = { fetch: asking(astray), token: "secret", headers: { "x-a": "b" } };
  const { failed } = await certify(URL_OF_PDP, options);
  assert.deepEqual(failed, []);
  assert.ok(seen.length > CASES.length);
  for (const it of seen) assert.deepEqual(it, [URL_OF_PDP, "Bearer secret", "b"]);
});

test("a PDP under another address than the public one is asked where it is", async () => {
  const origins = new Set();
  const noting = (request) => {
    origins.add(new URL(request.url).origin);
    return ours.handler(request);
  };
  const { failed } = await certify("http://127.0.0.1:8080/", { fetch: asking(noting), baseUrl: URL_OF_PDP });
  assert.deepEqual(failed, []);
  assert.deepEqual([...origins], ["http://127.0.0.1:8080"]);
});

test("without metadata the default paths are asked", async () => {
  const hidden = async (request) =>
    request.method === "GET" ? new Response("", { status: 404 }) : ours.handler(request);
  const { failed } = await certify(URL_OF_PDP, { fetch: asking(hidden) });
  assert.deepEqual(
    failed.map(({ id }) => id),
    ["AZC-063"],
  );
});

test("a PDP that is down, or says nothing, fails every case and ends", async () => {
  const down = await certify(URL_OF_PDP, { fetch: () => Promise.reject(new Error("refused")) });
  assert.equal(down.passed.length, 0);
  assert.match(down.failed[0].got.problem, /refused/);
  const silent = (_, { signal }) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const keepAlive = setInterval(() => {}, 1000);
  const late = await certify(URL_OF_PDP, { fetch: silent, timeout: 5, levels: ["Discovery"] });
  clearInterval(keepAlive);
  assert.match(late.failed[0].got.problem, /Timeout|abort/i);
});

test("a misspelt option, and what is no address, are errors", async () => {
  await assert.rejects(certify(URL_OF_PDP, { tokens: "a" }), { code: "bad-options" });
  await assert.rejects(certify("pdp"), { code: "bad-options" });
  for (const levels of [[], ["Basic"], "Discovery", ["Discovery", "Basic core"]])
    await assert.rejects(certify(URL_OF_PDP, { levels }), { code: "bad-options" });
});
