// The Access Request profile: what a denial says of how it can be lifted.

import assert from "node:assert/strict";
import { test } from "node:test";
import { served } from "./asking.mjs";

const document = {
  format: "rolegate/1",
  revision: 4,
  catalog: {
    categories: [
      { id: "notes", permissions: [{ id: "note.read", scopes: ["own", "all"] }, { id: "note.burn" }] },
    ],
  },
  roles: [{ id: "reader", name: "Reader", grants: { "note.read": "all" } }],
  users: [
    { id: "ana", roles: [] },
    { id: "bo", roles: ["reader"] },
  ],
};
const asks = (id, name = "read") => ({
  subject: { type: "user", id },
  action: { name },
  resource: { type: "note", id: "1" },
  context: { ip: "10.0.0.1" },
});
const endpoint = "https://requests.example.com/access";
const serve = (accessRequest) =>
  served(document, { accessRequest: { endpoint, bind: () => "signed", ...accessRequest } });
const contextOf = async (serving, ...question) =>
  (await serving.ask("evaluation", asks(...question))).body.context;

test("without the option a denial says nothing of it", async () => {
  const plain = await served(document);
  assert.deepEqual(await contextOf(plain, "ana"), { reason: "not-granted", revision: 4 });
  assert.ok(!("capabilities" in (await plain.ask("/.well-known/authzen-configuration")).body));
});

test("a denial that has remedies carries them, and where and until when to ask", async () => {
  const denials = [];
  const before = Date.now();
  const serving = await serve({
    template: "manager",
    expiresIn: 60_000,
    bind: async (denial) => {
      denials.push(denial);
      return "signed";
    },
  });
  const { body } = await serving.ask("evaluation", asks("ana"));
  assert.equal(body.decision, false);
  const { evaluation_id, evaluated_at, access_request, ...context } = body.context;
  assert.deepEqual(context, {
    reason: "not-granted",
    revision: 4,
    remedies: [{ kind: "grant", permission: "note.read", level: "all", roles: ["reader"] }],
  });
  assert.match(evaluation_id, /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  const { expires_at, ...rest } = access_request;
  assert.deepEqual(rest, { endpoint, template: "manager", binding_token: "signed" });
  assert.equal(Date.parse(expires_at) - Date.parse(evaluated_at), 60_000);
  assert.ok(Math.abs(Date.parse(evaluated_at) - before) < 10_000);

  const [denial] = denials;
  assert.equal(denials.length, 1);
  assert.deepEqual(
    [denial.evaluation_id, denial.evaluated_at, denial.expires_at, denial.permission, denial.reason],
    [evaluation_id, evaluated_at, expires_at, "note.read", "not-granted"],
  );
  assert.deepEqual([denial.caller, denial.tenant, denial.snapshot], ["pep", "", serving.snapshot]);
  assert.deepEqual({ ...denial.question, subject: { ...denial.question.subject } }.context, {
    ip: "10.0.0.1",
  });
  assert.deepEqual([...denial.remedies], context.remedies);
});

test("a denial that was stored is known by its id and carries no token", async () => {
  const { evaluation_id, access_request } = await contextOf(await serve({ bind: () => true }), "ana");
  assert.equal(typeof evaluation_id, "string");
  assert.deepEqual(Object.keys(access_request), ["endpoint", "expires_at"]);
});

test("what cannot be verified later, or remedied at all, offers no request", async () => {
  for (const nothing of [undefined, null, false, "", 1, {}]) {
    const context = await contextOf(await serve({ bind: () => nothing }), "ana");
    assert.deepEqual(context, { reason: "not-granted", revision: 4 });
  }
  const serving = await serve({ bind: () => assert.fail("nothing to bind") });
  assert.deepEqual(await contextOf(serving, "nobody"), { reason: "unknown-user", revision: 4 });
  assert.deepEqual(await contextOf(serving, "ana", "burn"), { reason: "not-granted", revision: 4 });
  assert.deepEqual(await contextOf(serving, "ana", "fly"), { reason: "unknown-permission", revision: 4 });
  assert.deepEqual(await contextOf(serving, "bo"), { reason: "granted", revision: 4 });
  assert.deepEqual(serving.errors, []);
});

test("a denial stays one if binding fails, and only `onError` hears of it", async () => {
  const serving = await serve({ bind: () => Promise.reject(new Error("no key")) });
  const { status, body } = await serving.ask("evaluation", asks("ana"));
  assert.equal(status, 200);
  assert.deepEqual(body, { decision: false, context: { reason: "not-granted", revision: 4 } });
  assert.deepEqual(
    serving.errors.map(({ message }) => message),
    ["no key"],
  );
});

test("in a batch each denial carries its own, up to a number", async () => {
  const serving = await serve({ denials: 2 });
  const batch = { ...asks("ana"), evaluations: [{}, asks("bo"), {}, {}] };
  const { body } = await serving.ask("evaluations", batch);
  assert.deepEqual(
    body.evaluations.map(({ decision, context }) => [decision, "access_request" in context]),
    [
      [false, true],
      [true, false],
      [false, true],
      [false, false],
    ],
  );
  const [first, , second] = body.evaluations;
  assert.notEqual(first.context.evaluation_id, second.context.evaluation_id);
});

test("metadata say where requests are sent, and where keys are", async () => {
  const serving = await serve({ jwks: "https://pdp.example.com/jwks" });
  const { body } = await serving.ask("/.well-known/authzen-configuration");
  assert.equal(body.access_request_endpoint, endpoint);
  assert.equal(body.jwks_uri, "https://pdp.example.com/jwks");
  assert.deepEqual(body.capabilities, ["urn:openid:authzen:capability:access-request"]);
});
