// AuthZEN over real HTTP, on Node and in workerd: every certification case, the public scenarios, and what only
// a connection can do wrong.
//
//   node --test tests/servers/authzen.test.mjs      (after `cargo xtask build`)

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { certify } from "../../pkg/authzen/index.js";
import * as records from "../unit/authzen/records.mjs";
import * as todo from "../unit/authzen/todo.mjs";
import { BASE_URL, onNode, onWorkerd, TOKEN } from "./authzen.mjs";

const SERVERS = { node: onNode, workerd: onWorkerd };
const QUICK = { node: { limits: { milliseconds: 300 } }, workerd: "{ limits: { milliseconds: 300 } }" };
const OFFICIAL = 66;
const OWN = 3;

for (const [name, start] of Object.entries(SERVERS)) {
  const servers = {};
  before(async () => {
    servers.fixture = await start("fixture", QUICK[name]);
    servers.todo = await start("todo");
    servers.records = await start("records");
  });
  after(async () => {
    for (const server of Object.values(servers)) await server.stop();
  });
  const origin = (world) => `http://127.0.0.1:${servers[world].port}`;
  const ask = async (world, endpoint, body) => {
    const response = await fetch(`${origin(world)}/access/v1/${endpoint}`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 200);
    return response.json();
  };

  test(`${name}: every certification case is answered as it must be`, async () => {
    const { passed, failed, levels } = await certify(origin("fixture"), { token: TOKEN, baseUrl: BASE_URL });
    assert.deepEqual(failed, []);
    assert.equal(passed.length, OFFICIAL + OWN);
    assert.ok(Object.values(levels).every(Boolean));
  });

  test(`${name}: without a token nothing is answered but metadata`, async () => {
    const { passed } = await certify(origin("fixture"), { baseUrl: BASE_URL });
    assert.deepEqual(passed, ["AZC-063"]);
  });

  test(`${name}: the scenario of a to-do list`, async () => {
    for (const [sub, { id, roles }] of todo.people) {
      const item = (ownerID) => ({ resource: { type: "todo", id: "1", properties: { ownerID } } });
      const { evaluations } = await ask("todo", "evaluations", {
        subject: { type: "user", id: sub },
        action: { name: "can_update_todo" },
        evaluations: [item(id), item("other@else.example")],
      });
      assert.deepEqual(
        evaluations.map(({ decision }) => decision),
        [!roles.includes("viewer"), roles.includes("evil_genius")],
      );
    }
    const resource = { type: "todo", id: "1" };
    const search = { subject: { type: "user" }, action: { name: "can_read_todos" }, resource };
    assert.equal((await ask("todo", "search/subject", search)).results.length, todo.people.size);
  });

  test(`${name}: the scenario of searches, in pages`, async () => {
    for (const user of records.USERS) {
      const search = {
        subject: { type: "user", id: user.id },
        action: { name: "view" },
        resource: { type: "record" },
      };
      const found = [];
      for (let page = { limit: 4 }; page !== undefined; ) {
        const { results, page: given } = await ask("records", "search/resource", { ...search, page });
        found.push(results.map(({ id }) => id));
        page = given.next_token === "" ? undefined : { token: given.next_token };
      }
      const expected = records.RECORDS.filter((record) => records.isAllowed(user, "view", record));
      assert.deepEqual(
        found.flat(),
        expected.map(({ id }) => String(id)),
      );
    }
  });

  const raw = async (head, body = "", end = true) => {
    const socket = connect(servers.fixture.port, "127.0.0.1");
    await once(socket, "connect");
    let text = "";
    socket.setEncoding("latin1").on("data", (chunk) => {
      text += chunk;
    });
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.on("error", () => {});
    const lines = [...head, "Host: evil.example", `Authorization: Bearer ${TOKEN}`];
    if (end) lines.push("Connection: close");
    socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`);
    const answered = new Promise((resolve) => {
      const poll = setInterval(() => {
        if (text.includes("\r\n\r\n")) resolve(clearInterval(poll));
      }, 10);
      closed.then(() => resolve(clearInterval(poll)));
    });
    await answered;
    socket.destroy();
    return text;
  };
  const POST = ["POST /access/v1/evaluation HTTP/1.1", "Content-Type: application/json"];

  test(`${name}: a body that does not go on is answered without its end`, async () => {
    for (const length of ["Content-Length: 100", "Transfer-Encoding: chunked"]) {
      const body = length.startsWith("T") ? "1\r\n{\r\n" : "{";
      assert.match(await raw([...POST, length], body, false), /^HTTP\/1.1 408 /);
    }
  });

  // A server that closes before it has read everything resets the connection, and the answer may be lost with that.
  test(`${name}: a body that never ends is answered, or cut off`, async () => {
    const piece = `10000\r\n${" ".repeat(65_536)}\r\n`;
    assert.match(
      await raw([...POST, "Transfer-Encoding: chunked"], piece.repeat(20), false),
      /^HTTP\/1.1 413 |^$/,
    );
  });

  test(`${name}: the host that was asked is nowhere in an answer`, async () => {
    const text = await raw([
      "GET /.well-known/authzen-configuration HTTP/1.1",
      "X-Forwarded-Host: evil.example",
    ]);
    assert.match(text, /^HTTP\/1.1 200 /);
    assert.doesNotMatch(text, /evil/);
  });

  test(`${name}: a request's id comes back, and is one header`, async () => {
    const text = await raw(["GET /nowhere HTTP/1.1", 'X-Request-ID: a b;"c"%0d%0aSet-Cookie: x']);
    assert.match(text, /^HTTP\/1.1 404 /);
    assert.match(text, /\r\nx-request-id: a b;"c"%0d%0aSet-Cookie: x\r\n/i);
    assert.doesNotMatch(text, /\r\nset-cookie/i);
  });
}

test("workerd: a Worker that answers holds no cases", async () => {
  const { script, stop } = await onWorkerd("todo");
  await stop();
  assert.ok(script.includes("access_evaluation_endpoint"));
  assert.ok(!script.includes("nonexistent-user"));
});
