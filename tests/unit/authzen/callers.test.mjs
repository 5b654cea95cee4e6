// Who may ask, about which tenant, and what they are told when something fails.

import assert from "node:assert/strict";
import { test } from "node:test";
import { served } from "./asking.mjs";
import { document, resources } from "./fixture.mjs";
import { createHandler, load } from "./package.mjs";

const READS = {
  subject: { type: "user", id: "alice" },
  action: { name: "read" },
  resource: { type: "record", id: "record-1" },
};
const ENDPOINTS = ["evaluation", "evaluations", "search/subject", "search/resource", "search/action"];

test("whoever is not known gets 401 and a challenge, and nothing is looked up for them", async () => {
  const looked = [];
  const snapshot = await load(document);
  const { ask } = await served(
    () => {
      looked.push("snapshot");
      return snapshot;
    },
    {
      authenticate: (request) => request.headers.get("authorization") === "Bearer right" && "pep",
      resources: (...asked) => {
        looked.push(asked);
        return resources(...asked);
      },
    },
  );
  for (const endpoint of ENDPOINTS)
    for (const body of [READS, "{", ""])
      for (const authorization of [undefined, "Bearer wrong"]) {
        const { status, headers, text } = await ask(endpoint, body, authorization && { authorization });
        assert.equal(status, 401);
        assert.equal(headers.get("www-authenticate"), "Bearer");
        assert.equal(text, "Unauthorized");
      }
  assert.deepEqual(looked, []);
  assert.equal((await ask("evaluation", READS, { authorization: "Bearer right" })).body.decision, true);
});

test("whatever is nothing is nobody", async () => {
  const snapshot = await load(document);
  for (const nobody of [null, undefined, false, "", 0, Number.NaN, Promise.resolve(null)]) {
    const { ask } = await served(() => snapshot, { authenticate: () => nobody, challenge: "DPoP" });
    const { status, headers } = await ask("evaluation", READS);
    assert.equal(status, 401);
    assert.equal(headers.get("www-authenticate"), "DPoP");
  }
});

test("an issuer's answer that nobody looked into is nobody", async () => {
  const { ask, errors } = await served(document, { authenticate: () => Response.json({ active: false }) });
  const { status, text } = await ask("evaluation", READS);
  assert.deepEqual([status, text], [503, "Service Unavailable"]);
  assert.match(errors[0].message, /returned a response/);
});

test("metadata are for everybody: they are read before anybody can be known", async () => {
  const { ask } = await served(document, { authenticate: () => null });
  assert.equal((await ask("/.well-known/authzen-configuration")).status, 200);
});

test("what `authenticate` or `snapshot` throws is 503, and told to `onError` alone", async () => {
  const broken = () => {
    throw new Error("password of the database");
  };
  const rejecting = async () => broken();
  const snapshot = await load(document);
  for (const [given, options] of [
    [() => snapshot, { authenticate: broken }],
    [() => snapshot, { authenticate: rejecting }],
    [broken, {}],
    [rejecting, {}],
  ]) {
    const { ask, errors } = await served(given, options);
    for (const endpoint of ENDPOINTS.filter((it) => !it.endsWith("resource"))) {
      const { status, text } = await ask(endpoint, READS);
      assert.deepEqual([status, text], [503, "Service Unavailable"]);
    }
    assert.equal(errors.length, 4);
    assert.match(errors[0].message, /password/);
  }
});

test("a snapshot that was freed, or is none, is 500 and no answer", async () => {
  const snapshot = await load(document);
  snapshot.free();
  for (const given of [() => snapshot, () => ({}), () => "snapshot"]) {
    const { ask, errors } = await served(given);
    const { status, text } = await ask("evaluation", READS);
    assert.deepEqual([status, text], [500, "Internal Server Error"]);
    assert.equal(errors.length, 1);
  }
});

test("an `onError` that throws changes no answer", async () => {
  const options = {
    authenticate: () => {
      throw new Error("a");
    },
    onError: () => {
      throw new Error("b");
    },
  };
  assert.equal((await (await served(document, options)).ask("evaluation", READS)).status, 503);
});

test("no snapshot for a tenant is 403", async () => {
  const { ask } = await served(() => null);
  assert.equal((await ask("evaluation", READS)).status, 403);
});

test("an expired snapshot denies", async () => {
  const { ask } = await served({ ...document, expiresAt: "2020-01-01T00:00:00Z" }, { resources });
  const { body } = await ask("evaluation", READS);
  assert.deepEqual(body, { decision: false, context: { reason: "expired", revision: 7 } });
  assert.deepEqual((await ask("search/subject", READS)).body.results, []);
});

test("a path names a tenant, which every function is told", async () => {
  const snapshot = await load(document);
  const told = [];
  const { ask } = await served(
    async (tenant, caller) => {
      told.push(["snapshot", tenant, caller]);
      return tenant === "none" ? undefined : snapshot;
    },
    {
      authenticate: (_, tenant) => tenant !== "shut" && { name: "pep" },
      resources: (type, id, asking) => {
        told.push(["resources", asking.tenant, asking.caller]);
        assert.equal(asking.snapshot, snapshot);
        return resources(type, id);
      },
      subject: (_, id, asking) => {
        told.push(["subject", asking.tenant, asking.caller]);
        return id;
      },
    },
  );
  const { status, body } = await ask("/acme%20inc/access/v1/evaluation", READS);
  assert.deepEqual([status, body.decision], [200, true]);
  const caller = { name: "pep" };
  assert.deepEqual(told, [
    ["snapshot", "acme inc", caller],
    ["subject", "acme inc", caller],
    ["resources", "acme inc", caller],
  ]);
  assert.equal((await ask("/shut/access/v1/evaluation", READS)).status, 401);
  assert.equal((await ask("/none/access/v1/evaluation", READS)).status, 403);
  assert.equal((await ask("evaluation", READS)).body.decision, true);
  assert.deepEqual(told.at(-3), ["snapshot", "", caller]);
});

test("a tenant is one part of a path that nobody could take for several", async () => {
  const snapshot = await load(document);
  const { ask } = await served(() => snapshot);
  for (const path of [
    "a/b",
    "a%2Fb",
    "a%5Cb",
    "%00",
    "a%0Ab",
    "%ff",
    "%",
    ".",
    "..",
    "%2e%2e",
    "",
    "x".repeat(999),
  ])
    for (const whole of [`/${path}/access/v1/evaluation`, `/.well-known/authzen-configuration/${path}`]) {
      // Dots are taken out by whoever reads the address: what is left names no tenant.
      if (/^(\.|%2e)+$/.test(path)) continue;
      const body = whole.startsWith("/.") ? undefined : READS;
      assert.equal((await ask(whole, body)).status, 404, whole);
    }
});

test("with one snapshot there are no tenants", async () => {
  const { ask } = await served(document);
  assert.equal((await ask("/acme/access/v1/evaluation", READS)).status, 404);
  assert.equal((await ask("/.well-known/authzen-configuration/acme")).status, 404);
});

test("metadata of a tenant are its own, also behind a path of the whole PDP", async () => {
  const snapshot = await load(document);
  const { ask } = await served(() => snapshot, { baseUrl: new URL("https://pdp.example.com/authz/") });
  const { body } = await ask("/.well-known/authzen-configuration/authz/acme");
  assert.equal(body.policy_decision_point, "https://pdp.example.com/authz/acme");
  assert.equal(body.access_evaluation_endpoint, "https://pdp.example.com/authz/acme/access/v1/evaluation");
  assert.equal((await ask("/authz/acme/access/v1/evaluation", READS)).status, 200);
  assert.equal((await ask("/authz/access/v1/evaluation", READS)).status, 200);
  for (const path of ["/access/v1/evaluation", "/authzen/access/v1/evaluation", "/acme/access/v1/evaluation"])
    assert.equal((await ask(path, READS)).status, 404, path);
  assert.equal((await ask("/.well-known/authzen-configuration")).status, 404);
});

test("a base path that ends like an endpoint is not taken for one", async () => {
  const { ask } = await served(document, { baseUrl: "https://pdp.example.com/access/v1" });
  assert.equal((await ask("/access/v1/evaluation", READS)).status, 404);
  assert.equal((await ask("/access/v1/access/v1/evaluation", READS)).status, 200);
});

test("the address is that of the options, whatever host was asked", async () => {
  const { ask } = await served(document);
  const headers = {
    host: "evil.example",
    "x-forwarded-host": "evil.example",
    forwarded: "host=evil.example",
  };
  const { text } = await ask("/.well-known/authzen-configuration", undefined, headers);
  assert.doesNotMatch(text, /evil|anywhere/);
});

test("options that are missing, misspelt or meaningless are errors when the handler is made", async () => {
  const right = { baseUrl: "https://a.example", authenticate: () => 1, snapshot: await load(document) };
  createHandler(right);
  createHandler({ ...right, baseUrl: "http://localhost:8080" });
  const bind = () => true;
  const endpoint = "https://a.example/requests";
  for (const wrong of [
    { baseUrl: undefined },
    { authenticate: undefined },
    { snapshot: undefined },
    { authenticate: "token" },
    { snapshot: {} },
    { baseUrl: "pdp" },
    { baseUrl: "http://a.example" },
    { baseUrl: "https://a.example/?x" },
    { baseUrl: "https://a.example/#x" },
    { baseUrl: "https://user:pass@a.example" },
    { baseUrl: "ftp://localhost" },
    { subjectTypes: [] },
    { subjectTypes: "user" },
    { subjectTypes: [""] },
    { subjectTypes: ["user", "service"] },
    { subject: "ana" },
    { resources: {} },
    { onError: 1 },
    { onDecision: 5 },
    { onDecision: null },
    { now: "x" },
    { now: null },
    { now: Number.NaN },
    { subjectTypes: null },
    { challenge: "" },
    { challenge: null },
    { challenge: 5 },
    { challenge: "Bearer\r\nx: y" },
    { limits: { bytes: 0 } },
    { limits: { evaluations: 1.5 } },
    { limits: { results: Number.POSITIVE_INFINITY } },
    { limits: { pages: 1 } },
    { limits: { bytes: null } },
    { limits: { milliseconds: 2 ** 31 } },
    { accessRequest: { endpoint } },
    { accessRequest: { bind } },
    { accessRequest: { bind, endpoint: "http://a.example" } },
    { accessRequest: { bind, endpoint, expiresIn: 0 } },
    { accessRequest: { bind, endpoint, denials: 0 } },
    { accessRequest: { bind, endpoint, template: 5 } },
    { accessRequest: { bind, endpoint, template: "" } },
    { accessRequest: { bind, endpoint, expires: 1 } },
    { resource: resources },
  ])
    assert.throws(
      () => createHandler({ ...right, ...wrong }),
      { code: "bad-options" },
      JSON.stringify(wrong),
    );
  for (const none of [undefined, null, {}, []])
    assert.throws(() => createHandler(none), { code: "bad-options" });
});
