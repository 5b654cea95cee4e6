// What a body may do: lie about its length, never end, break off, come in pieces of any size. `maxBytes`
// bounds what is read and kept.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { init, load, loadSync } from "../../../pkg/entries/node.js";

const json = JSON.stringify({
  format: "rolegate/1",
  revision: 1,
  catalog: { categories: [{ id: "c", permissions: [{ id: "c.v" }] }] },
  roles: [],
  users: [],
});
const bytes = new TextEncoder().encode(json);
const codeOf = (loading) =>
  loading.then(
    (snapshot) => `loaded ${snapshot.revision}`,
    ({ code }) => code,
  );

/** A response whose body gives pieces until it is told to stop. */
function streamed(pieces, headers = {}) {
  const seen = { read: 0, cancelled: false };
  const all = pieces[Symbol.iterator]();
  const body = new ReadableStream(
    {
      pull(controller) {
        const { done, value } = all.next();
        if (done) return controller.close();
        if (value instanceof Error) return controller.error(value);
        seen.read += value.length;
        controller.enqueue(value);
      },
      cancel() {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return {
    seen,
    response: new Response(body, { headers: { "content-type": "application/json", ...headers } }),
  };
}
function* endless(piece) {
  for (;;) yield piece;
}
const PIECE = new Uint8Array(10_000).fill(32);

test("an endless body is read up to the limit, and cancelled", async () => {
  await init();
  for (const length of [undefined, "10", "nonsense", "-1", "1e3"]) {
    const { seen, response } = streamed(
      endless(PIECE),
      length === undefined ? {} : { "content-length": length },
    );
    assert.equal(await codeOf(load(response, { maxBytes: 100_000 })), "too-large", length);
    assert.ok(seen.read <= 120_000 && seen.cancelled, `${length}: ${seen.read} bytes, ${seen.cancelled}`);
  }
});

test("one that says that it is too long is not read, and cancelled", async () => {
  const { seen, response } = streamed(endless(PIECE), { "content-length": "100001" });
  assert.equal(await codeOf(load(response, { maxBytes: 100_000 })), "too-large");
  assert.deepEqual(seen, { read: 0, cancelled: true });
});

test("the limit is met to the byte, in pieces of any size", async () => {
  for (const size of [1, 7, bytes.length]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.slice(at * size, (at + 1) * size),
    );
    assert.equal(await codeOf(load(streamed(pieces).response, { maxBytes: bytes.length })), "loaded 1");
    assert.equal(await codeOf(load(streamed(pieces).response, { maxBytes: bytes.length - 1 })), "too-large");
  }
  assert.equal(
    await codeOf(load(streamed([PIECE.subarray(0, 0), bytes, PIECE.subarray(0, 0)]).response)),
    "loaded 1",
  );
});

test("a body in tiny pieces takes no more memory than its bytes", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const given = [];
  let left = Infinity;
  async function read() {
    // What was made in a task stays as long as that.
    if (given.length % 100 === 0) await new Promise(setImmediate);
    if (given.length === 2000) {
      collect();
      left = given.filter((piece) => piece.deref() !== undefined).length;
      given.push(new WeakRef(bytes));
      return { done: false, value: bytes };
    }
    if (given.length > 2000) return { done: true };
    const value = new Uint8Array([32]);
    given.push(new WeakRef(value));
    return { done: false, value };
  }
  const response = {
    ok: true,
    status: 200,
    url: "",
    headers: new Headers(),
    arrayBuffer: () => assert.fail(),
    body: { getReader: () => ({ read, cancel: async () => undefined }) },
  };
  assert.equal(await codeOf(load(response)), "loaded 1");
  assert.ok(left < 200, `${left} pieces`);
});

test("a body that breaks off, that was read, or that somebody else reads", async () => {
  assert.equal(
    await codeOf(load(streamed([bytes.subarray(0, 20), new Error("the line is down")]).response)),
    "fetch-failed",
  );
  assert.equal(await codeOf(load(streamed([bytes.subarray(0, 20)]).response)), "syntax");
  const read = streamed([bytes]).response;
  await read.text();
  assert.equal(await codeOf(load(read)), "fetch-failed");
  const locked = streamed([bytes]).response;
  locked.body.getReader();
  assert.equal(await codeOf(load(locked)), "fetch-failed");
});

test("what was compressed counts as what comes out of it", async () => {
  const [small, bomb] = [gzipSync(bytes), gzipSync(Buffer.alloc(50_000_000, 32))];
  const server = createServer((request, response) => {
    const body = request.url === "/bomb" ? bomb : small;
    response
      .writeHead(200, {
        "content-type": "application/json",
        "content-encoding": "gzip",
        "content-length": body.length,
      })
      .end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  try {
    assert.equal(await codeOf(load(await fetch(`${origin}/small`), { maxBytes: bytes.length })), "loaded 1");
    assert.ok(bomb.length < 100_000);
    assert.equal(await codeOf(load(await fetch(`${origin}/bomb`), { maxBytes: 100_000 })), "too-large");
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("text, bytes and objects have the same limit", () => {
  for (const source of [json, bytes, bytes.buffer.slice(0), JSON.parse(json)]) {
    assert.equal(loadSync(source, { maxBytes: bytes.length }).revision, 1);
    assert.throws(() => loadSync(source, { maxBytes: bytes.length - 1 }), { code: "too-large" });
  }
});
