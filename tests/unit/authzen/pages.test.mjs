// Pages of searches: all of it, each once, in whatever pieces.

import assert from "node:assert/strict";
import { test } from "node:test";
import { served } from "./asking.mjs";
import { load } from "./package.mjs";

const document = (users, revision = 1) => ({
  format: "rolegate/1",
  revision,
  catalog: { categories: [{ id: "notes", permissions: [{ id: "note.read", scopes: ["own", "all"] }] }] },
  roles: [{ id: "reader", name: "Reader", grants: { "note.read": "all" } }],
  users: users.map((id) => ({ id, roles: ["reader"] })),
});
const PEOPLE = ["zoe", "ana", "Émile", "10", "9", "bo", "😀", "ￗ", "Zed"];
const IN_ORDER = [...PEOPLE].sort();
const SEARCH = { subject: { type: "user" }, action: { name: "read" }, resource: { type: "note", id: "1" } };

const { ask } = await served(document(PEOPLE));
const search = async (page, more = {}) =>
  ask("search/subject", { ...SEARCH, ...more, ...(page && { page }) });
const ids = ({ body }) => body.results.map(({ id }) => id);
/** All pages, as lists of ids. */
const follow = async (first, next = {}) => {
  const pages = [];
  for (let page = first; ; ) {
    const answer = await search(page);
    assert.equal(answer.status, 200, answer.text);
    const { next_token, count, total } = answer.body.page;
    assert.equal(count, answer.body.results.length);
    assert.equal(total, PEOPLE.length);
    pages.push(ids(answer));
    if (next_token === "") return pages;
    page = { ...next, token: next_token };
  }
};

test("pages of any size hold everything once, in one order", async () => {
  for (let limit = 1; limit <= PEOPLE.length + 1; limit += 1) {
    const pages = await follow({ limit });
    assert.deepEqual(pages.flat(), IN_ORDER);
    assert.equal(pages.length, Math.max(1, Math.ceil(PEOPLE.length / limit)));
    assert.deepEqual(await follow({ limit }, { limit }), pages, "the limit may be named again");
  }
});

test("a page is only spoken of if there are more, or if it was asked for", async () => {
  assert.ok(!("page" in (await search()).body));
  assert.deepEqual((await search({})).body.page, { next_token: "", count: 9, total: 9 });
  assert.deepEqual((await search({ limit: 9 })).body.page, { next_token: "", count: 9, total: 9 });
  const small = await served(document(PEOPLE), { limits: { results: 4 } });
  const { body } = await small.ask("search/subject", SEARCH);
  assert.equal(body.results.length, 4);
  assert.notEqual(body.page.next_token, "");
  const large = await small.ask("search/subject", { ...SEARCH, page: { limit: 1_000_000 } });
  assert.equal(large.body.results.length, 4, "a limit is at most that of the handler");
  const rest = { ...SEARCH, page: { token: large.body.page.next_token, limit: 1_000_000 } };
  assert.equal((await small.ask("search/subject", rest)).body.results.length, 4);
});

test("a limit of 0 counts, and what follows it is everything", async () => {
  const { body } = await search({ limit: 0 });
  assert.deepEqual(body.results, []);
  assert.equal(body.page.total, 9);
  assert.deepEqual(ids(await search({ token: body.page.next_token })), IN_ORDER);
});

test("a limit or a token that is none is refused", async () => {
  for (const limit of [-1, 1.5, "1", null, true, 2 ** 53, []])
    assert.equal((await search({ limit })).status, 400, String(limit));
  for (const page of [[], "", 1, null]) assert.equal((await search(page, { page })).status, 400);
  assert.equal((await search({ properties: [] })).status, 400);
  assert.equal((await search({ properties: { sort: "id" }, other: 1 })).status, 200);
  for (const token of ["", "x", "====", "e30=", btoa("[]"), btoa('["a",1,"b"]'), 1, null, {}, ["a"]])
    assert.equal((await search({ token })).status, 400, String(token));
});

test("a token that was changed anywhere is refused", async () => {
  const { next_token } = (await search({ limit: 2 })).body.page;
  const [after, named, digest] = JSON.parse(Buffer.from(next_token, "base64").toString());
  const made = (parts) => Buffer.from(JSON.stringify(parts)).toString("base64");
  assert.equal((await search({ token: made([after, named, digest]) })).status, 200);
  for (const parts of [
    ["a", named, digest],
    [after, 3, digest],
    [after, null, digest],
    [after, named, `${digest.slice(0, -4)}AAA=`],
    [after, -1, digest],
    [after, "2", digest],
    [null, named, digest],
  ])
    assert.equal((await search({ token: made(parts) })).status, 400, JSON.stringify(parts));
  for (let at = 0; at < next_token.length - 4; at += 1) {
    const letter = next_token[at] === "A" ? "B" : "A";
    const token = next_token.slice(0, at) + letter + next_token.slice(at + 1);
    assert.equal((await search({ token })).status, 400, String(at));
  }
});

test("nothing but the token may change between pages", async () => {
  const context = { ip: "10.0.0.1", at: { b: 1, a: [1, { d: 1, c: 2 }] } };
  const { next_token: token } = (await search({ limit: 2 }, { context })).body.page;
  const again = async (more, page = {}) => (await search({ token, ...page }, { context, ...more })).status;
  assert.equal(await again({}), 200);
  // The order of members means nothing, and what is not known is not part of the question.
  assert.equal(
    await again({ context: { at: { a: [1, { c: 2, d: 1 }], b: 1 }, ip: "10.0.0.1" }, extra: 1 }),
    200,
  );
  assert.equal(await again({ context: {} }), 400);
  assert.equal(await again({ context: { ...context, ip: "10.0.0.2" } }), 400);
  assert.equal(await again({ context: { ...context, at: { b: 1, a: [{ d: 1, c: 2 }, 1] } } }), 400);
  assert.equal(await again({ resource: { type: "note", id: "2" } }), 400);
  assert.equal(await again({ subject: { type: "user", properties: {} } }), 400);
  assert.equal(await again({ action: { name: "read", properties: {} } }), 400);
  assert.equal(await again({}, { limit: 3 }), 400);
  assert.equal(await again({}, { properties: { sort: "id" } }), 400);
  const other = await ask("search/action", { ...SEARCH, context, page: { token } });
  assert.equal(other.status, 400);
});

test("a token is for one tenant", async () => {
  const snapshot = await load(document(PEOPLE));
  const { ask: of } = await served(() => snapshot);
  const first = await of("/a/access/v1/search/subject", { ...SEARCH, page: { limit: 1 } });
  const next = { ...SEARCH, page: { token: first.body.page.next_token } };
  assert.equal((await of("/a/access/v1/search/subject", next)).status, 200);
  assert.equal((await of("/b/access/v1/search/subject", next)).status, 400);
});

test("when the snapshot changes, pages go on: nothing twice, and nobody who may all along is left out", async () => {
  let current = await load(document(["a", "b", "c", "d", "e"]));
  const { ask: of } = await served(() => current);
  const next = async (page) => of("search/subject", { ...SEARCH, page });
  const first = await next({ limit: 2 });
  assert.deepEqual(ids(first), ["a", "b"]);
  // Whoever was the last on the page is gone, as is somebody to come; others have come before and behind.
  current = await load(document(["a", "aa", "bb", "d", "e"], 2));
  const second = await next({ token: first.body.page.next_token });
  assert.deepEqual(ids(second), ["bb", "d"]);
  assert.deepEqual([first.body.context.revision, second.body.context.revision], [1, 2]);
  assert.equal(second.body.page.total, 5);
  const third = await next({ token: second.body.page.next_token });
  assert.deepEqual([ids(third), third.body.page.next_token], [["e"], ""]);
});

test("resources and actions come in pages, too, and what is listed twice is one", async () => {
  const records = ["b", "a", "b", "c"].map((id) => ({ id }));
  const { ask: of } = await served(document(["ana"]), {
    resources: (_, id) => (id === undefined ? records : { id }),
  });
  const ana = { type: "user", id: "ana" };
  const request = { ...SEARCH, subject: ana, page: { limit: 2 } };
  const first = await of("search/resource", request);
  assert.deepEqual([ids(first), first.body.page.total], [["a", "b"], 3]);
  const rest = await of("search/resource", { ...request, page: { token: first.body.page.next_token } });
  assert.deepEqual(ids(rest), ["c"]);
  const actions = await of("search/action", request);
  assert.deepEqual(actions.body.page, { next_token: "", count: 1, total: 1 });
});
