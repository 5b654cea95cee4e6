// Bodies that somebody hopes are read differently, or never end. Nothing of them gives access, and none is
// answered with anything but a status of its own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { served } from "./asking.mjs";
import { document, resources } from "./fixture.mjs";

const { ask } = await served(document, { resources });
const READS = {
  subject: { type: "user", id: "alice" },
  action: { name: "read" },
  resource: { type: "record", id: "record-1" },
};
const text = JSON.stringify(READS);
/** The request with something more in its context. */
const withContext = (context) => `${text.slice(0, -1)},"context":${context}}`;
const refused = async (body, message) => {
  const answer = await ask("evaluation", body);
  assert.equal(answer.status, 400, String(body).slice(0, 200));
  assert.equal(answer.text, message);
};
const bytesOf = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));

test("what is not JSON is refused", async () => {
  for (const body of ["{", "}", '{"a":1,}', "{'a':1}", '{"a":01}', '{"a":.5}', '{"a":+1}', "{a:1}"])
    await refused(body, "the body is not JSON");
  for (const body of [
    '{"a":NaN}',
    `${text}x`,
    `${text}${text}`,
    '{"a":"\n"}',
    "undefined",
    '{"a":"\\x"}',
    "// {}",
  ])
    await refused(body, "the body is not JSON");
  await refused("", "the body is empty");
  await refused(" ", "the body is not JSON");
});

test("a byte order mark, other encodings and broken UTF-8 are refused", async () => {
  await refused(bytesOf([0xef, 0xbb, 0xbf], text), "the body is not JSON");
  await refused(bytesOf('{"a":"', [0xff], '"}'), "the body is not UTF-8");
  await refused(bytesOf('{"a":"', [0xed, 0xa0, 0x80], '"}'), "the body is not UTF-8");
  await refused(bytesOf('{"a":"', [0xc0, 0xaf], '"}'), "the body is not UTF-8");
  await refused(bytesOf('{"a":"', [0xf4, 0x90, 0x80, 0x80], '"}'), "the body is not UTF-8");
  await refused(Buffer.from(text, "utf16le"), "the body is not JSON");
  await refused(bytesOf([0x1f, 0x8b, 8, 0]), "the body is not UTF-8");
});

test("half a character is refused, also in a key and in what is not read", async () => {
  const half = "the body holds half a character";
  await refused(withContext('{"a":"\\ud800"}'), half);
  await refused(withContext('{"\\udc00x":1}'), half);
  await refused('{"subject":{"type":"user","id":"alice\\ud83d"}}', half);
  assert.equal((await ask("evaluation", withContext('{"a":"\\ud83d\\ude00😀"}'))).status, 200);
});

test("a key that is there twice is refused, however it is written", async () => {
  const twice = "an object of the body has a key twice";
  const other = '"subject":{"type":"user","id":"bob"}';
  await refused(`${text.slice(0, -1)},${other}}`, twice);
  await refused(`{${other},${text.slice(1)}`, twice);
  await refused(text.replace('"id":"alice"', '"id":"bob","\\u0069d":"alice"'), twice);
  await refused(withContext('{"a":1,"a":1}'), twice);
  await refused(withContext('{"":1,"":2}'), twice);
  await refused(withContext('{"__proto__":1,"__proto__" \n\t\r : 2}'), twice);
  await refused(withContext('[{"a":{"b":1},"c":[{"b":1,"x":"b","b":2}]}]'), twice);
  // The same key in different objects, and as a value, is nothing twice.
  assert.equal((await ask("evaluation", withContext('{"a":{"a":"a","b":["a","a"]},"b":"a"}'))).status, 200);
});

test("numbers that nobody can hold are refused", async () => {
  for (const number of ["1e999", "-1e999", "1E+400", `1${"0".repeat(400)}`, "123e308"])
    await refused(withContext(`{"a":${number}}`), "a number of the body is too large");
  for (const number of ["1e308", "5e-324", "1e-999", "-0", "9007199254740993", '"1e999"'])
    assert.equal((await ask("evaluation", withContext(`{"a":${number}}`))).status, 200, number);
});

test("deep nesting is refused, and no depth is too much to say so", async () => {
  const deep = "the body is nested deeper than 64";
  const nested = (depth) => withContext(`{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`);
  assert.equal((await ask("evaluation", nested(62))).status, 200);
  await refused(nested(63), deep);
  await refused(nested(500_000), deep);
  await refused("[".repeat(1_000_000), deep);
  await refused('{"a":'.repeat(200_000), deep);
  // Brackets in text are none.
  assert.equal((await ask("evaluation", withContext(`{"a":"${"[{".repeat(1000)}\\"["}`))).status, 200);
});

test("a body that is too long is 413, whatever its length was said to be", async () => {
  const long = withContext(`"${"x".repeat(1_048_576)}"`);
  assert.equal((await ask("evaluation", long)).status, 413);
  assert.equal((await ask("evaluation", long, { "content-length": "10" })).status, 413);
  const small = await served(document, { resources, limits: { bytes: text.length } });
  assert.equal((await small.ask("evaluation", text)).status, 200);
  assert.equal((await small.ask("evaluation", `${text} `)).status, 413);
});

/** A body in pieces; `next` gives one after the other. */
const streamed = (next) => {
  const seen = { cancelled: false };
  const body = new ReadableStream({
    pull: async (controller) => {
      const piece = await next();
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
    cancel: () => {
      seen.cancelled = true;
    },
  });
  return { body, seen };
};
const encoder = new TextEncoder();

test("a body in many small pieces is read whole", async () => {
  const pieces = Array.from(text, (letter) => encoder.encode(letter));
  const { body } = streamed(() => pieces.shift());
  assert.equal((await ask("evaluation", body)).body.decision, true);
});

test("a body that never ends is given up, be its pieces large, small or nothing", async () => {
  for (const piece of [new Uint8Array(65_536), new Uint8Array(1), new Uint8Array()]) {
    const { body, seen } = streamed(() => piece);
    assert.equal((await ask("evaluation", body)).status, 413);
    assert.ok(seen.cancelled);
  }
  // Pieces cost by themselves: a few bytes in each are as good as some more.
  const pieces = Array.from({ length: 20_000 }, () => new Uint8Array(1));
  assert.equal((await ask("evaluation", streamed(() => pieces.pop()).body)).status, 413);
});

test("a body that does not go on is 408", async () => {
  const quick = await served(document, { limits: { milliseconds: 20 } });
  const { body, seen } = streamed(() => new Promise(() => {}));
  const alive = setInterval(() => {}, 1000);
  assert.equal((await quick.ask("evaluation", body)).status, 408);
  clearInterval(alive);
  assert.ok(seen.cancelled);
});

test("a body that is cut off, or of no bytes, is refused", async () => {
  const cut = streamed(() => Promise.reject(new Error("reset")));
  await refused(cut.body, "the body was cut off");
  const strange = streamed(() => ({ length: 3 }));
  assert.equal((await ask("evaluation", strange.body)).status, 400);
});

test("a body that `authenticate` has read is empty", async () => {
  const reading = await served(document, { authenticate: (request) => request.text() });
  assert.equal((await reading.ask("evaluation", READS)).status, 400);
  const copying = await served(document, { resources, authenticate: (request) => request.clone().text() });
  assert.equal((await copying.ask("evaluation", READS)).body.decision, true);
});

test("too many evaluations are 413, and none is made", async () => {
  let count = 0;
  const few = await served(document, {
    limits: { evaluations: 3 },
    resources: () => {
      count += 1;
    },
  });
  const batch = (length) => ({ ...READS, evaluations: Array.from({ length }, () => ({})) });
  assert.equal((await few.ask("evaluations", batch(4))).status, 413);
  assert.equal(count, 0);
  assert.equal((await few.ask("evaluations", batch(3))).body.evaluations.length, 3);
  assert.equal((await ask("evaluations", batch(1001))).status, 413);
  assert.equal((await ask("evaluations", batch(1000))).body.evaluations.length, 1000);
});

test("names of prototypes are names", async () => {
  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"]) {
    const odd = { subject: { type: name, id: name }, action: { name }, resource: { type: name, id: name } };
    assert.equal((await ask("evaluation", odd)).body.decision, false);
    for (const search of ["subject", "action", "resource"])
      assert.deepEqual((await ask(`search/${search}`, odd)).body.results, []);
    assert.equal(
      (await ask("evaluation", { ...READS, subject: { type: "user", id: name } })).body.decision,
      false,
    );
  }
});

test("what is said of prototypes changes nothing", async () => {
  const poison = '{"__proto__":{"subject":{"role":"admin"},"status":"archived"}}';
  const write = { ...READS, action: { name: "write" }, resource: { type: "record", id: "record-2" } };
  const said = JSON.stringify(write);
  const denied = [
    `${said.slice(0, -1)},"context":${poison}}`,
    said.replace('"id":"alice"', `"id":"alice","properties":${poison}`),
    said.replace('"id":"record-2"', `"id":"record-2","properties":${poison}`),
    `{"__proto__":{"subject":{"type":"user","id":"alice"}},${said.slice(1)}`,
  ];
  for (const body of denied) assert.equal((await ask("evaluation", body)).body.decision, false, body);
  const inherited = `{"__proto__":${text}}`;
  await refused(inherited, "`subject` is missing");
  const batch = `{"evaluations":[{"__proto__":${text}}]}`;
  assert.equal((await ask("evaluations", batch)).body.evaluations[0].decision, false);
  assert.equal({}.role, undefined);
});

test("what somebody put on Object.prototype changes nothing", async () => {
  const names = ["subject", "properties", "page", "evaluations", "options", "context", "id", "toJSON"];
  const values = [READS.subject, { role: "admin" }, { limit: 0 }, [{}], {}, {}, "bob", () => "x"];
  const partial = JSON.stringify({ action: READS.action, resource: READS.resource });
  for (const [at, name] of names.entries()) {
    Object.defineProperty(Object.prototype, name, { value: values[at], configurable: true, writable: true });
    try {
      const { status, body } = await ask("evaluation", text);
      assert.deepEqual([status, body?.decision], [200, true], name);
      assert.equal((await ask("evaluation", partial)).status, 400, name);
      const { body: found } = await ask("search/subject", text);
      assert.deepEqual(Object.keys(found), ["results", "context"], name);
    } finally {
      delete Object.prototype[name];
    }
  }
});

test("a name of a request that could be a header of its own does not come back", async () => {
  const evil = ["a\r\nset-cookie: b=c", "a\nb", "a\0b", "\x1b[31m", "a\x7f", "\u{1f600}", "x".repeat(1025)];
  for (const id of evil) {
    // No platform lets such a header in: what makes requests of its own might.
    const request = new Request("https://pdp.example.com/nowhere");
    const headers = { get: (name) => (name === "x-request-id" ? id : null) };
    Object.defineProperty(request, "headers", { value: headers });
    const { handler } = await served(document);
    const response = await handler(request);
    assert.equal(response.status, 404);
    assert.equal(response.headers.get("x-request-id"), null);
  }
});

test("random damage never gives more than the whole request, and every answer is one", async () => {
  let seed = 20261127;
  const random = (below) => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed % below;
  };
  const denied = JSON.stringify({
    ...READS,
    action: { name: "write" },
    resource: { type: "record", id: "record-2" },
  });
  const pieces = ['"', "{", "}", "[", "]", ",", ":", "\\", "null", "true", "1", "e9", "\ud800", " ", "admin"];
  for (let round = 0; round < 3000; round += 1) {
    const from = random(denied.length);
    const to = from + random(4);
    const body = denied.slice(0, from) + pieces[random(pieces.length)] + denied.slice(to);
    const answer = await ask(["evaluation", "evaluations"][round % 2], body);
    assert.ok([200, 400].includes(answer.status), body);
    if (answer.status === 200) assert.notEqual(answer.body.decision, true, body);
  }
});
