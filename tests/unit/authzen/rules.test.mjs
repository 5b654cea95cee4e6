// The rules of the AuthZEN Authorization API 1.0 for a PDP (tests/vectors/authzen-checklist.json), each by what
// it means. What a client must do is not here, and what the certification cases hold stands in
// vectors.test.mjs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { served } from "./asking.mjs";
import { document, resources } from "./fixture.mjs";

const { ask } = await served(document, { resources });

const alice = { type: "user", id: "alice" };
const read = { name: "read" };
const first = { type: "record", id: "record-1" };
const READS = { subject: alice, action: read, resource: first };
const NOBODY = { ...READS, subject: { type: "user", id: "nobody" } };

test("paths carry the version, and others are not there", async () => {
  assert.equal((await ask("/access/v1/evaluation", READS)).status, 200);
  for (const path of ["/access/v2/evaluation", "/access/evaluation", "/access/v1/evaluation/", "/", "//"])
    assert.equal((await ask(path, READS)).status, 404, path);
});

test("an id is one within its type only: a subject of another type is nobody", async () => {
  const { body } = await ask("evaluation", { ...READS, subject: { type: "service", id: "alice" } });
  assert.deepEqual(body, { decision: false, context: { reason: "unknown-user", revision: 7 } });
});

test("properties may hold any JSON, and must be an object", async () => {
  const properties = { a: null, b: [1, { c: [] }], d: "", e: 1.5e-7, f: false };
  for (const key of ["subject", "action", "resource"]) {
    const { body } = await ask("evaluation", { ...READS, [key]: { ...READS[key], properties } });
    assert.equal(body.decision, true);
    for (const wrong of [[], "", 1, true, null]) {
      const answer = await ask("evaluation", { ...READS, [key]: { ...READS[key], properties: wrong } });
      assert.equal(answer.status, 400, key);
      assert.equal(answer.text, `\`${key}.properties\` must be an object`);
    }
  }
});

test("the context may hold any member, and must be an object", async () => {
  assert.equal((await ask("evaluation", { ...READS, context: { schema: { id: 1 } } })).body.decision, true);
  for (const context of [[], "", 1, true, null])
    assert.equal((await ask("evaluation", { ...READS, context })).status, 400);
});

test("a decision is a boolean with a reason and a revision, and nothing between yes and no", async () => {
  const granted = await ask("evaluation", READS);
  assert.deepEqual(granted.body, { decision: true, context: { reason: "granted", revision: 7 } });
  const write = { ...READS, action: { name: "write" }, resource: { ...first, id: "record-2" } };
  const { body } = await ask("evaluation", write);
  assert.deepEqual(body, { decision: false, context: { reason: "condition-failed", revision: 7 } });
});

test("a denial is an answer: status 200, also for whoever and whatever is not known", async () => {
  const strange = [
    [NOBODY, "unknown-user"],
    [{ ...READS, action: { name: "fly" } }, "unknown-permission"],
    [{ ...READS, resource: { type: "ship", id: "x" } }, "unknown-permission"],
    [{ ...READS, subject: { type: "user", id: "" } }, "unknown-user"],
    [{ ...READS, action: { name: "" } }, "unknown-permission"],
    [{ ...READS, resource: { type: "", id: "" } }, "unknown-permission"],
  ];
  for (const [request, reason] of strange) {
    const { status, body } = await ask("evaluation", request);
    assert.equal(status, 200);
    assert.deepEqual(body, { decision: false, context: { reason, revision: 7 } });
  }
});

test("each required member is there and of its type, or the request is refused", async () => {
  const members = { subject: ["type", "id"], action: ["name"], resource: ["type", "id"] };
  for (const [key, names] of Object.entries(members))
    for (const name of names)
      for (const wrong of [undefined, null, 1, true, {}, ["a"]]) {
        const answer = await ask("evaluation", { ...READS, [key]: { ...READS[key], [name]: wrong } });
        assert.equal(answer.status, 400);
        assert.match(answer.text, new RegExp(`^\`${key}.${name}\` (is missing|must be a string)$`));
        assert.match(answer.headers.get("content-type"), /^text\/plain/);
      }
  for (const key of Object.keys(members))
    for (const wrong of [undefined, null, 1, "alice", [], [READS[key]]])
      assert.equal((await ask("evaluation", { ...READS, [key]: wrong })).status, 400);
});

test("members that are not known are passed over, wherever they are, and order means nothing", async () => {
  const plain = await ask("evaluation", READS);
  const more = {
    resource: { z: 1, ...first },
    x: [],
    subject: { y: {}, ...alice },
    action: { w: 0, ...read },
  };
  assert.deepEqual((await ask("evaluation", more)).body, plain.body);
  const turned = JSON.stringify({
    resource: { id: "record-1", type: "record" },
    action: read,
    subject: alice,
  });
  assert.deepEqual((await ask("evaluation", turned)).body, plain.body);
  // A batch at the endpoint of one evaluation is one.
  assert.deepEqual((await ask("evaluation", { ...READS, evaluations: [{}, {}] })).body, plain.body);
});

test("bodies are objects at their top", async () => {
  for (const body of ["[]", "1", '"a"', "true", "null", `[${JSON.stringify(READS)}]`])
    assert.equal((await ask("evaluation", body)).status, 400);
});

test("a batch that is no list, or whose semantic is none of the three, is refused as a whole", async () => {
  for (const evaluations of [{}, "a", 1, null, true])
    assert.equal((await ask("evaluations", { ...READS, evaluations })).status, 400);
  for (const evaluations_semantic of ["", "EXECUTE_ALL", "constructor", "__proto__", 1, null, []]) {
    const batch = { ...READS, options: { evaluations_semantic }, evaluations: [{}] };
    assert.equal((await ask("evaluations", batch)).status, 400);
  }
  assert.equal((await ask("evaluations", { ...READS, options: [], evaluations: [{}] })).status, 400);
});

test("options that are not known are passed over", async () => {
  const { body } = await ask("evaluations", { ...READS, options: { speed: "fast" }, evaluations: [{}, {}] });
  assert.equal(body.evaluations.length, 2);
});

test("a default that is no object is refused; one that is not whole fails only where it is used", async () => {
  assert.equal((await ask("evaluations", { ...READS, subject: "alice", evaluations: [READS] })).status, 400);
  const batch = { ...READS, resource: {}, evaluations: [{}, { resource: first }] };
  const { body } = await ask("evaluations", batch);
  assert.deepEqual(
    body.evaluations.map(({ decision }) => decision),
    [false, true],
  );
});

test("a member of an entry replaces the default of its name as a whole", async () => {
  const archived = { ...first, properties: { status: "archived" } };
  const write = { subject: alice, action: { name: "write" }, resource: archived };
  const { body } = await ask("evaluations", { ...write, evaluations: [{}, { resource: first }] });
  // Were the properties kept, the second would be denied, too.
  assert.deepEqual(
    body.evaluations.map(({ decision }) => decision),
    [false, true],
  );
});

test("an entry that fails is a no that says so, and the others are answered", async () => {
  const evaluations = [{}, null, [], "a", { subject: 1 }, { resource: { type: "record" } }, { context: 1 }];
  const { status, body } = await ask("evaluations", { ...READS, evaluations });
  assert.equal(status, 200);
  assert.ok(!("decision" in body));
  const [whole, ...failed] = body.evaluations;
  assert.equal(whole.decision, true);
  assert.equal(failed.length, 6);
  for (const { decision, context } of failed) {
    assert.equal(decision, false);
    assert.equal(context.error.status, 400);
    assert.equal(context.revision, 7);
  }
  assert.equal(failed.at(-2).context.error.message, "`resource.id` is missing");
});

test("a batch ends with the first denial or permit, if it is asked to; what fails is a denial", async () => {
  const yes = {};
  const no = { action: { name: "fly" } };
  const fails = { subject: 1 };
  const decisions = async (evaluations_semantic, ...evaluations) => {
    const { body } = await ask("evaluations", { ...READS, options: { evaluations_semantic }, evaluations });
    return body.evaluations.map(({ decision }) => decision);
  };
  assert.deepEqual(await decisions("execute_all", no, yes, fails, yes), [false, true, false, true]);
  assert.deepEqual(await decisions("deny_on_first_deny", yes, yes, no, yes), [true, true, false]);
  assert.deepEqual(await decisions("deny_on_first_deny", yes, fails, yes), [true, false]);
  assert.deepEqual(await decisions("deny_on_first_deny", yes, yes), [true, true]);
  assert.deepEqual(await decisions("permit_on_first_permit", no, fails, yes, no), [false, false, true]);
  assert.deepEqual(await decisions("permit_on_first_permit", no, no), [false, false]);
});

test("what is searched for needs no id, and its id does not count, whatever it is", async () => {
  for (const id of [undefined, "bob", 7, null, {}]) {
    const { body } = await ask("search/subject", { ...READS, subject: { type: "user", id } });
    assert.deepEqual(
      body.results.map((it) => it.id),
      ["alice", "bob"],
    );
    const records = await ask("search/resource", { ...READS, resource: { type: "record", id } });
    assert.deepEqual(
      records.body.results.map((it) => it.id),
      ["record-1", "record-2"],
    );
  }
  // An action is none of what an action search reads.
  assert.deepEqual((await ask("search/action", { ...READS, action: 1 })).body.results, [
    { name: "read" },
    { name: "write" },
  ]);
});

test("an answer to a search has results first or a page before them, and the revision", async () => {
  assert.match((await ask("search/subject", READS)).text, /^\{"results":.*"context":\{"revision":7\}\}$/);
  assert.match((await ask("search/subject", { ...READS, page: {} })).text, /^\{"page":/);
});

test("metadata name what is offered, and nothing that has no value", async () => {
  const { status, headers, body } = await ask("/.well-known/authzen-configuration");
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "application/json");
  const base = "https://pdp.example.com";
  assert.deepEqual(body, {
    policy_decision_point: base,
    access_evaluation_endpoint: `${base}/access/v1/evaluation`,
    access_evaluations_endpoint: `${base}/access/v1/evaluations`,
    search_subject_endpoint: `${base}/access/v1/search/subject`,
    search_resource_endpoint: `${base}/access/v1/search/resource`,
    search_action_endpoint: `${base}/access/v1/search/action`,
  });
});

test("without `resources` a resource search is neither named nor there", async () => {
  const other = await served(document);
  const { body } = await other.ask("/.well-known/authzen-configuration");
  assert.ok(!("search_resource_endpoint" in body));
  assert.equal((await other.ask("search/resource", READS)).status, 404);
});

test("only POST asks, and only GET and HEAD read metadata", async () => {
  for (const method of ["GET", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"]) {
    const { status, headers } = await ask("evaluation", undefined, {}, { method });
    assert.equal(status, 405, method);
    assert.equal(headers.get("allow"), "POST");
  }
  const posted = await ask("/.well-known/authzen-configuration", {});
  assert.equal(posted.status, 405);
  assert.equal(posted.headers.get("allow"), "GET, HEAD");
  const head = await ask("/.well-known/authzen-configuration", undefined, {}, { method: "HEAD" });
  assert.deepEqual([head.status, head.text], [200, ""]);
});

test("the content type is application/json, in UTF-8 if it says so", async () => {
  const right = ["application/json", "Application/JSON", 'application/json; charset="UTF-8"'];
  right.push("application/json;charset=utf-8", "application/json; profile=x", "application/json;");
  for (const type of right)
    assert.equal((await ask("evaluation", READS, { "content-type": type })).status, 200, type);
  const wrong = [
    "",
    "text/json",
    "application/jsonp",
    "application/problem+json",
    "application/json, text/html",
  ];
  wrong.push("text/plain; application/json", "application/json; charset=latin1", "multipart/form-data");
  for (const type of wrong)
    assert.equal((await ask("evaluation", READS, { "content-type": type })).status, 400, type);
});

test("every answer may be kept by nobody, and is what its type says", async () => {
  const answers = [
    await ask("evaluation", READS),
    await ask("evaluation", {}),
    await ask("/nowhere", {}),
    await ask("/.well-known/authzen-configuration"),
  ];
  for (const { headers } of answers) {
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  }
});

test("a request's id comes back with every answer, whatever it is, and is made by nobody else", async () => {
  const id = 'a,b;c="d" é~';
  const latin = "\xe9\xff";
  for (const [path, body] of [
    ["evaluation", READS],
    ["evaluation", {}],
    ["evaluation", "{"],
    ["evaluation", undefined],
    ["/nowhere", {}],
    ["/.well-known/authzen-configuration", undefined],
  ])
    for (const given of [id, latin]) {
      const { headers } = await ask(path, body, { "x-request-id": given });
      assert.equal(headers.get("x-request-id"), given);
    }
  assert.equal((await ask("evaluation", READS)).headers.get("x-request-id"), null);
});

test("the same request is answered the same, whatever is asked between", async () => {
  for (let count = 0; count < 20; count += 1) {
    assert.equal((await ask("evaluation", READS)).body.decision, true);
    assert.equal((await ask("evaluation", NOBODY)).body.decision, false);
  }
});
