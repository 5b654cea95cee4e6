// Sources, each with the least that stands for its store. tests/servers has the real ones.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import { fromFile, fromKV, fromUrl, inDurableObject, keep, publish } from "../../../pkg/edge/index.js";
import { KEPT, snapshot } from "./world.mjs";

const { deepEqual, equal, ok, rejects } = assert;
const ACME = { tenant: "acme" };
const text = (bytes) => new TextDecoder().decode(bytes);

/** As Workers KV: bytes only, and no condition. */
function namespace() {
  const kv = { values: new Map(), puts: [], isDown: false };
  kv.get = async (key, options) => {
    kv.options = options;
    return kv.values.get(key)?.buffer ?? null;
  };
  kv.put = async (key, bytes) => {
    if (kv.isDown) throw new Error("429");
    kv.puts.push(text(bytes));
    kv.values.set(key, bytes.slice());
  };
  return kv;
}

/** As a Durable Object: one critical section after the other, and values of 128 KiB. */
function durable() {
  let turn = Promise.resolve();
  const values = new Map();
  return {
    values,
    storage: {
      get: async (key) => values.get(key),
      put: async (key, value) => {
        ok((value.byteLength ?? 0) <= 128 * 1024);
        values.set(key, value);
      },
      delete: async (key) => values.delete(key),
    },
    blockConcurrencyWhile: (work) => (turn = turn.then(work)),
  };
}

test("Workers KV: bytes, a missing key, and no writing without a Durable Object", async () => {
  const kv = namespace();
  const roles = keep((tenant) => fromKV(kv, `roles/${tenant}`, { cacheTtl: 30 }), KEPT);
  await rejects(roles.current("acme"), { code: "fetch-failed", message: /no snapshot of `acme`/ });
  await kv.put("roles/acme", new TextEncoder().encode(snapshot("acme", 1)));
  equal((await roles.current("acme")).revision, 1);
  deepEqual(kv.options, { type: "arrayBuffer", cacheTtl: 30 });
  await rejects(publish(fromKV(kv, "acme"), snapshot("acme", 1), ACME), { message: /inDurableObject/ });
});

test("a Durable Object writes KV: in order, one winner, also of large snapshots", async () => {
  const [kv, context] = [namespace(), durable()];
  const source = () => inDurableObject(context, kv, "acme");
  await kv.put("acme", new TextEncoder().encode(snapshot("acme", 3)));
  await rejects(publish(source(), snapshot("acme", 3, { teams: [] }), ACME), { code: "old-revision" });
  const both = await Promise.allSettled([
    publish(source(), snapshot("acme", 4), ACME),
    publish(source(), snapshot("acme", 4, { teams: [] }), ACME),
  ]);
  deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  // KV may answer what it had before: what counts is what the object has written.
  await kv.put("acme", new TextEncoder().encode(snapshot("acme", 3)));
  await rejects(publish(source(), snapshot("acme", 4, { teams: [{ id: "t" }] }), ACME), {
    code: "old-revision",
  });
  const large = (revision, people) =>
    snapshot("acme", revision, {
      users: Array.from({ length: people }, (_, i) => ({ id: `user-${i}`, roles: ["r"] })),
    });
  ok(large(5, 20_000).length > 500_000);
  await publish(source(), large(5, 20_000), ACME);
  equal(kv.puts.at(-1), large(5, 20_000));
  equal(text((await source().get()).bytes), large(5, 20_000));
  await publish(source(), large(6, 1), ACME);
  equal(text((await source().get()).bytes), large(6, 1));
  equal(context.values.size, 2, "what is left of a longer one is deleted");
});

test("a Durable Object whose KV fails: the publisher hears of it, and publishes the same again", async () => {
  const [kv, context] = [namespace(), durable()];
  const source = inDurableObject(context, kv, "acme");
  await publish(source, snapshot("acme", 1), ACME);
  kv.isDown = true;
  await rejects(publish(source, snapshot("acme", 2), ACME), { message: "429" });
  kv.isDown = false;
  await rejects(publish(source, snapshot("acme", 2, { teams: [] }), ACME), { code: "old-revision" });
  await publish(source, snapshot("acme", 2), ACME);
  deepEqual(kv.puts, [snapshot("acme", 1), snapshot("acme", 2)]);
});

test("a Durable Object has several keys, and none is in another's way", async () => {
  const [kv, context] = [namespace(), durable()];
  const keys = ["a", "a 0", "0 a", "a head", "head a", "head", "0", "", " ", "a 120000"];
  const revisions = () => keys.map((_, i) => i + 1);
  for (const revision of revisions())
    await publish(inDurableObject(context, kv, keys[revision - 1]), snapshot("acme", revision), ACME);
  equal(context.values.size, 2 * keys.length);
  for (const revision of revisions()) {
    const { bytes } = await inDurableObject(context, kv, keys[revision - 1]).get();
    equal(JSON.parse(text(bytes)).revision, revision, keys[revision - 1]);
  }
});

test("an address without a strong ETag: it is read, and publishing says what is missing", async () => {
  for (const etag of ['W/"1"', undefined, "1"]) {
    const puts = [];
    const fetch = async (_, { method = "GET", headers }) => {
      if (method === "PUT") puts.push(headers);
      // What matches is compared strongly.
      if (method === "PUT") return new Response("", { status: headers["if-match"] === '"1"' ? 200 : 412 });
      if (etag && headers["if-none-match"] === etag) return new Response(null, { status: 304 });
      return new Response(snapshot("acme", 1), { headers: etag === undefined ? {} : { etag } });
    };
    const source = fromUrl("https://cdn.example/acme.json", { fetch });
    const roles = keep(() => source, { ...KEPT, every: 0 });
    equal((await roles.current("acme")).revision, 1);
    equal((await roles.current("acme")).revision, 1);
    await rejects(publish(source, snapshot("acme", 2), ACME), {
      code: "fetch-failed",
      message: "https://cdn.example/acme.json needs a strong ETag: compression weakens it",
    });
    deepEqual(puts, []);
  }
});

test("an address: etags, a missing one, other answers, writing", async () => {
  const asked = [];
  let answer;
  const fetch = async (url, request) => {
    asked.push({ url, ...request, body: request.body && text(request.body), signal: undefined });
    return answer();
  };
  const source = fromUrl(new URL("https://cdn.example/acme.json"), { fetch });
  const respond = (status, body, headers) => (answer = () => new Response(body, { status, headers }));
  respond(200, "{}", { etag: '"1"' });
  const found = await source.get();
  deepEqual([text(found.bytes), found.etag], ["{}", '"1"']);
  respond(304, null);
  equal(await source.get('"1"'), "same");
  equal(asked[1].headers["if-none-match"], '"1"');
  equal(asked[1].cache, "no-store");
  for (const status of [404, 410]) {
    respond(status, "");
    equal(await source.get(), undefined);
  }
  for (const status of [401, 403, 500, 204]) {
    respond(status, null);
    await rejects(source.get(), {
      code: "fetch-failed",
      message: `https://cdn.example/acme.json has status ${status}`,
    });
  }
  asked.length = 0;
  respond(200, "");
  deepEqual(
    [await source.put(new TextEncoder().encode("a")), await source.put(new TextEncoder().encode("b"), '"1"')],
    [true, true],
  );
  deepEqual(
    asked.map(({ method, headers, body }) => [method, headers["if-none-match"], headers["if-match"], body]),
    [
      ["PUT", "*", undefined, "a"],
      ["PUT", undefined, '"1"', "b"],
    ],
  );
  respond(412, "");
  equal(await source.put(new Uint8Array(), '"1"'), false);
  respond(403, "");
  await rejects(source.put(new Uint8Array()), { code: "fetch-failed" });
});

async function inFolder(action) {
  const folder = await mkdtemp(join(tmpdir(), "rolegate-edge-"));
  try {
    return await action(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("a file: missing, half-written by somebody else, published, watched", () =>
  inFolder(async (folder) => {
    const path = join(folder, "acme.json");
    const roles = keep(() => fromFile(path), { ...KEPT, every: 0 });
    await rejects(roles.current("acme"), { code: "fetch-failed", message: /no snapshot of `acme`/ });
    await publish(fromFile(path), snapshot("acme", 1), ACME);
    equal((await roles.current("acme")).revision, 1);
    await writeFile(path, snapshot("acme", 2).slice(0, 99));
    equal((await roles.current("acme")).revision, 1);
    await publish(fromFile(path), snapshot("acme", 2), { ...ACME, base: null });
    equal((await roles.current("acme")).revision, 2);
    await rejects(publish(fromFile(path), snapshot("acme", 2, { teams: [] }), ACME), {
      code: "old-revision",
    });
    await rejects(publish(fromFile(join(folder, "no", "acme.json")), snapshot("acme", 2), ACME), {
      code: "ENOENT",
    });
    deepEqual(await readdir(folder), ["acme.json"], "nothing is left behind");

    let heard;
    const changed = new Promise((done) => (heard = done));
    const stop = await fromFile(path).watch(heard);
    await publish(fromFile(path), snapshot("acme", 3), ACME);
    await changed;
    await stop();
    equal(await readFile(path, "utf8"), snapshot("acme", 3));
  }));

test("a file in a volume of Kubernetes: a link by way of a folder that is replaced at once", () =>
  inFolder(async (folder) => {
    const path = join(folder, "acme.json");
    /** As the kubelet does: a new folder, a link to it, and that in the place of the last one. */
    const replace = async (revision) => {
      await mkdir(join(folder, `..${revision}`));
      await writeFile(join(folder, `..${revision}`, "acme.json"), snapshot("acme", revision));
      await symlink(`..${revision}`, join(folder, "..data_tmp"));
      await rename(join(folder, "..data_tmp"), join(folder, "..data"));
    };
    await replace(1);
    await symlink("..data/acme.json", path);
    const roles = keep(() => fromFile(path), KEPT);
    equal((await roles.current("acme")).revision, 1);
    await later(50); // it is watched by now, and what may have changed before was looked at
    equal((await roles.current("acme")).revision, 1);
    await replace(2);
    await later(50);
    equal((await roles.current("acme")).revision, 2, "before `every` has gone by");
  }));

test("many publishers of one file: each revision is written once, and none is lost", () =>
  inFolder(async (folder) => {
    const path = join(folder, "acme.json");
    let won = 0;
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        for (let done = false; !done; ) {
          const there = await fromFile(path).get();
          const teams = there ? JSON.parse(text(there.bytes)).teams : [];
          const next = snapshot("acme", teams.length + 1, { teams: [...teams, { id: `t${i}` }] });
          done = await publish(fromFile(path), next, ACME).then(
            () => (won += 1),
            ({ code }) => (equal(code, "old-revision"), false),
          );
        }
      }),
    );
    equal(won, 20);
    equal(JSON.parse(await readFile(path, "utf8")).teams.length, 20);
  }));

test("a lock that was left behind is named", (t) =>
  inFolder(async (folder) => {
    const path = join(folder, "acme.json");
    await writeFile(`${path}.lock`, "");
    const pauses = [];
    t.mock.method(globalThis, "setTimeout", (run, ms) => (pauses.push(ms), setImmediate(run)));
    const publishing = publish(fromFile(path), snapshot("acme", 1), ACME);
    await rejects(publishing, { code: "storage", message: /acme\.json\.lock/ });
    equal(
      pauses.reduce((sum, ms) => sum + ms, 0),
      5_000,
    );
  }));
