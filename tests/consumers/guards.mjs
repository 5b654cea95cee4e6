// The same desk behind the guards of each framework: who gets what, and what those are told who do not.

import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { setTimeout as later } from "node:timers/promises";

const INVOICE = { id: "invoice", assigneeId: "ana", teamId: "sales" };

/**
 * @param ask gives what `user` gets for `list`, `reply` or `hidden` of an id: `{ status, value }`, or with
 * `reason` and `text` if it is a refusal
 */
async function guardsDesk(ask, output) {
  const is = async (expected, ...question) => {
    const { status, reason, body } = await ask(...question);
    deepEqual([status, reason], expected, question.join());
    // Nothing of roles, teams and errors.
    doesNotMatch(body, /agent|sales|support|database|sessions/i);
  };
  deepEqual((await ask("ana", "list")).value, [INVOICE]);
  deepEqual(
    (await ask("bo", "list")).value.map(({ id }) => id),
    ["invoice", "delivery"],
  );
  deepEqual((await ask("ana", "reply", "invoice")).value, { replied: INVOICE, by: "ana" });
  deepEqual((await ask("ana", "hidden", "invoice")).value, INVOICE);
  await is([401, undefined], undefined, "list");
  await is([401, undefined], undefined, "reply", "invoice");
  await is([403, "unknown-user"], "stranger", "list");
  await is([403, "not-granted"], "bo", "reply", "delivery");
  await is([403, "out-of-scope"], "ana", "reply", "delivery");
  await is([403, "out-of-scope"], "ana", "reply", "nothing");
  equal((await ask("ana", "reply", "delivery")).text, "You may not do this.");
  await is([404, undefined], "ana", "hidden", "delivery");
  const [there, nowhere] = await Promise.all(["delivery", "nothing"].map((id) => ask("ana", "hidden", id)));
  deepEqual(there.text, nowhere.text);
  const heard = async (text, expected, ...question) => {
    const before = output().length;
    await is(expected, ...question);
    for (let tries = 100; tries > 0 && !output().slice(before).includes(text); tries -= 1) await later(20);
    match(output().slice(before), new RegExp(text));
  };
  // Also those who may see all of them.
  await heard("no database", [403, undefined], "ana", "reply", "broken");
  await heard("no database", [404, undefined], "bo", "hidden", "broken");
  await heard("no sessions", [503, undefined], "broken", "list");
}

/** However a route is asked for, nobody gets what is not theirs. */
async function guardsPaths(origin) {
  const ask = async (path, user, method = "GET") => {
    const response = await fetch(origin + path, { method, headers: headersOf(user), redirect: "manual" });
    return [response.status, await response.text()];
  };
  deepEqual((await ask("/conversations", undefined, "HEAD"))[0], 401);
  deepEqual((await ask("/conversations", "ana", "HEAD"))[0], 200);
  deepEqual((await ask("/hidden/%69nvoice", "ana"))[0], 200);
  const paths = ["%64elivery", "delivery?id=invoice", "invoice%2f..%2fdelivery", "delivery%00", "__proto__", "%zz"];
  for (const path of [...paths.map((it) => `/hidden/${it}`), "//hidden/delivery", "/HIDDEN/delivery", "/hidden//delivery"])
    for (const method of ["GET", "HEAD", "OPTIONS", "POST", "PUT", "TRACE-X"]) {
      const [status, body] = await ask(path, "ana", method);
      // Express answers OPTIONS itself, with the methods that there are.
      ok(status >= 300 || method === "OPTIONS", `${method} ${path}: ${status}`);
      doesNotMatch(body, /assigneeId/, `${method} ${path}`);
    }
}

const headersOf = (user) => (user === undefined ? {} : { "x-user": user });

async function read(response) {
  const body = await response.text();
  return { status: response.status, headers: response.headers, body, json: JSON.parse(body) };
}

/** Routes, whose refusals are problem details. */
export async function guardsServer({ origin, output }) {
  const paths = {
    list: () => ["GET", "/conversations"],
    reply: (id) => ["POST", `/conversations/${id}/reply`],
    hidden: (id) => ["GET", `/hidden/${id}`],
  };
  await guardsDesk(async (user, what, id) => {
    const [method, path] = paths[what](id);
    const { status, headers, body, json } = await read(
      await fetch(origin + path, { method, headers: headersOf(user) }),
    );
    if (status === 200) return { status, value: json, body: "" };
    match(headers.get("content-type"), /^application\/problem\+json/);
    equal(headers.get("cache-control"), "no-store");
    equal(headers.get("www-authenticate"), status === 401 ? "Bearer" : null);
    equal(json.status, status);
    const { reason, publicText: text } = json;
    return { status, reason, text, body };
  }, output);
  await guardsPaths(origin);
}

/** What answers before a page. */
export async function guardsProxy({ origin }) {
  const page = async (user, path) => {
    const response = await fetch(origin + path, { headers: headersOf(user) });
    return [response.status, (await response.text()).includes("<h1>Reports")];
  };
  for (const path of ["/reports", "/reports?x=1"]) deepEqual(await page("ana", path), [200, true]);
  for (const path of ["/reports", "/reports/", "//reports", "/%72eports", "/reports/%2e", "/REPORTS", "/x/../reports"])
    for (const user of [undefined, "stranger"]) {
      const [status, isShown] = await page(user, path);
      ok([401, 403, 404].includes(status) && !isShown, `${user} ${path}: ${status}`);
    }
  deepEqual(await page(undefined, "/reports"), [401, false]);
  deepEqual(await page("stranger", "/reports"), [403, false]);
  const forged = { "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy", "x-middleware-next": "1" };
  equal((await fetch(`${origin}/reports`, { headers: forged })).status, 401);
}

/** Procedures of tRPC, also several in one request. */
export async function guardsProcedures({ origin, output }) {
  const calls = {
    list: () => fetch.bind(null, `${origin}/conversations`),
    reply: (id) => (options) =>
      fetch(`${origin}/reply`, { ...options, method: "POST", body: JSON.stringify(id) }),
    hidden: (id) => fetch.bind(null, `${origin}/hidden?input=${encodeURIComponent(JSON.stringify(id))}`),
  };
  const told = ({ result, error }, body = "") => {
    if (error === undefined) return { status: 200, value: result.data, body: "" };
    const { message: text, data } = error;
    return { status: data.httpStatus, reason: data.reason, text, body };
  };
  await guardsDesk(async (user, what, id) => {
    const headers = { ...headersOf(user), "content-type": "application/json" };
    const { status, headers: answered, body, json } = await read(await calls[what](id)({ headers }));
    if (status !== 200) equal(answered.get("cache-control"), "no-store");
    const answer = told(json, body);
    equal(answer.status, status);
    return answer;
  }, output);
  const inputs = encodeURIComponent(JSON.stringify({ 1: "invoice", 2: "delivery", 3: "invoice" }));
  const { json } = await read(
    await fetch(`${origin}/conversations,hidden,hidden,early?batch=1&input=${inputs}`, {
      headers: headersOf("ana"),
    }),
  );
  deepEqual(
    json.map((answer) => told(answer).status),
    [200, 200, 404, 403],
  );
}

/** Fields of GraphQL, also several in one request: what is refused is an error, and the others have their answers. */
export async function guardsMutations({ origin, output }) {
  const query = async (user, text) =>
    read(
      await fetch(`${origin}/graphql`, {
        method: "POST",
        headers: { ...headersOf(user), "content-type": "application/json" },
        body: JSON.stringify({ query: text }),
      }),
    );
  const record = "{ id assigneeId teamId }";
  const fields = {
    list: () => `{ it: conversations ${record} }`,
    reply: (id) => `mutation { it: reply(id: "${id}") { replied ${record} by } }`,
    hidden: (id) => `{ it: hidden(id: "${id}") ${record} }`,
  };
  await guardsDesk(async (user, what, id) => {
    const { status, headers, body, json } = await query(user, fields[what](id));
    if (json.errors === undefined) return { status, value: json.data.it, body: "" };
    equal(json.data?.it ?? null, null);
    equal(headers.get("cache-control"), "no-store");
    equal(headers.get("www-authenticate"), status === 401 ? "Bearer" : null);
    const [{ message: text, extensions }] = json.errors;
    return { status, reason: extensions.reason, text, body };
  }, output);
  const { json } = await query("ana", `{ a: hidden(id: "invoice") { id } b: hidden(id: "delivery") { id } }`);
  deepEqual(json.data, { a: { id: "invoice" }, b: null });
  ok(json.errors.length === 1 && json.errors[0].path[0] === "b");
}
