// Publishing: what is written, what is refused, and who wins.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ConflictError, keep, publish } from "../../../pkg/edge/index.js";
import { RolegateError } from "../../../pkg/entries/node.js";
import { generateKeys, sign, toJwks, verifier } from "../../../pkg/signed/index.js";
import { KEPT, snapshot } from "./world.mjs";

const { deepEqual, equal, ok, rejects } = assert;
const ACME = { tenant: "acme" };
const text = (bytes) => new TextDecoder().decode(bytes);

/** A store that compares and sets, and of which one can see what is there. */
function shelf(value) {
  let version = 1;
  const shelf = { value, puts: 0, before: async () => undefined };
  shelf.source = {
    get: async () => (shelf.value === undefined ? undefined : { bytes: shelf.value, etag: `e${version}` }),
    put: async (bytes, etag) => {
      await shelf.before();
      if (etag !== (shelf.value === undefined ? undefined : `e${version}`)) return false;
      Object.assign(shelf, { value: text(bytes), puts: shelf.puts + 1 });
      version += 1;
      return true;
    },
  };
  return shelf;
}

test("a first one, the next one, text, bytes or an object", async () => {
  const store = shelf();
  const first = await publish(store.source, snapshot("acme", 1), ACME);
  deepEqual([first.revision, first.epoch, text(first.json)], [1, 0, snapshot("acme", 1)]);
  await publish(store.source, new TextEncoder().encode(snapshot("acme", 2)), ACME);
  await publish(store.source, JSON.parse(snapshot("acme", 7)), ACME);
  equal(store.value, snapshot("acme", 7));
});

test("what does not follow is refused, with what is there", async () => {
  const store = shelf(snapshot("acme", 7));
  for (const [revision, more] of [
    [6, {}],
    [7, { teams: [] }],
  ]) {
    const error = await publish(store.source, snapshot("acme", revision, more), ACME).catch((it) => it);
    ok(error instanceof ConflictError && error instanceof RolegateError);
    deepEqual([error.code, error.current.revision], ["old-revision", 7]);
    equal(text(error.current.json), snapshot("acme", 7));
  }
  equal(store.puts, 0);
});

test("the same again is no conflict, and is written again: a copy may have missed it", async () => {
  const store = shelf(snapshot("acme", 7));
  await publish(store.source, snapshot("acme", 7), ACME);
  await publish(store.source, snapshot("acme", 7), { ...ACME, base: 6 });
  equal(store.puts, 2);
});

test("`base` says what it was made from", async () => {
  const store = shelf(snapshot("acme", 7));
  const to = (base) => publish(store.source, snapshot("acme", 8), { ...ACME, base });
  for (const base of [6, 8, null])
    await rejects(to(base), { code: "old-revision", message: /revision 7 is there/ });
  await to(7);
  const empty = shelf();
  const first = (base) => publish(empty.source, snapshot("acme", 1), { ...ACME, base });
  await rejects(first(1), { code: "old-revision", message: /nothing that can be read/ });
  await first(null);
});

test("of two at once exactly one wins, also when the loser's revision is higher", async () => {
  for (const other of [8, 9]) {
    const store = shelf(snapshot("acme", 7));
    store.before = () => new Promise((done) => setTimeout(done, 2));
    const both = await Promise.allSettled([
      publish(store.source, snapshot("acme", 8, { teams: [] }), ACME),
      publish(store.source, snapshot("acme", other), ACME),
    ]);
    const [won, lost] = both[0].status === "fulfilled" ? both : both.toReversed();
    equal(lost.reason.code, "old-revision");
    equal(text(lost.reason.current.json), text(won.value.json));
    equal(store.puts, 1);
  }
});

test("a client that writes twice for one call has not lost to itself", async () => {
  const store = shelf();
  const { put } = store.source;
  store.source.put = async (bytes, etag) => (await put(bytes, etag)) && put(bytes, etag);
  equal((await publish(store.source, snapshot("acme", 1), ACME)).revision, 1);
});

test("what does not load, is another tenant's or nobody's is not written", async () => {
  const store = shelf();
  const bad = [
    ["{", "syntax"],
    [snapshot("acme", 1, { roles: 7 }), "type"],
    [snapshot("other", 1), "wrong-tenant"],
    [snapshot(undefined, 1), "wrong-tenant"],
    [{}, "missing-key"],
    [17, "type"],
  ];
  for (const [value, code] of bad)
    await rejects(
      publish(store.source, value, ACME),
      ({ code: it, name }) => (equal(it, code), /Error/.test(name)),
    );
  equal(store.puts, 0);
});

test("what cannot be read is replaced only if that is said, another tenant's never", async () => {
  const later = snapshot("acme", 9, { later: [] });
  for (const value of ["", "{", snapshot("acme", 9).slice(0, 100), "<html>", later, "signed.by.somebody"]) {
    const store = shelf(value);
    await rejects(publish(store.source, snapshot("acme", 1), ACME), { message: /`base: null` replaces it/ });
    equal(store.value, value);
    await publish(store.source, snapshot("acme", 1), { ...ACME, base: null });
    equal(store.puts, 1);
  }
  const store = shelf(snapshot("other", 1));
  await rejects(publish(store.source, snapshot("acme", 2), ACME), { code: "wrong-tenant" });
  equal(store.puts, 0);
});

test("what another key has signed is not replaced by who does not know that key yet", async () => {
  const [old, young] = [await generateKeys(), await generateKeys()];
  const options = (key, ...known) => ({
    ...ACME,
    sign: (bytes) => sign(bytes, key, { subject: null }),
    verify: verifier(toJwks(known.map(({ publicKey }) => publicKey)), { tenant: null, subject: null }),
  });
  const json = (revision) => snapshot("acme", revision, { expiresAt: "2099-01-01T00:00:00Z" });
  const store = shelf();
  await publish(store.source, json(10), options(young, old, young));
  await rejects(publish(store.source, json(2), options(old, old)), { code: "bad-signature" });
  equal(store.puts, 1);
});

test("with a signer the signed one is written, and readers verify it", async () => {
  const key = await generateKeys();
  const keys = toJwks(key);
  const verify = verifier(keys, { tenant: null, subject: null });
  const json = (revision, more) => snapshot("acme", revision, { expiresAt: "2099-01-01T00:00:00Z", ...more });
  const signing = (options) => ({
    ...ACME,
    sign: (bytes) => sign(bytes, key, { subject: null, ...options }),
    verify,
  });
  const store = shelf();
  await publish(store.source, json(7), signing());
  equal(store.value.split(".").length, 3);
  equal((await keep(() => store.source, { ...KEPT, verify }).current("acme")).revision, 7);
  await rejects(publish(store.source, json(7, { teams: [] }), signing()), { code: "old-revision" });
  equal((await publish(store.source, json(3), signing({ epoch: 1 }))).epoch, 1);
  await rejects(publish(store.source, json(8), signing()), { code: "old-revision" });
  await rejects(
    publish(store.source, json(3), signing()),
    { code: "old-revision" },
    "the same of an older epoch",
  );
  await publish(store.source, json(4), signing({ epoch: 1 }));

  const other = await generateKeys();
  const forged = { ...signing(), sign: (bytes) => sign(bytes, other, { subject: null }) };
  await rejects(publish(store.source, json(5), forged), { code: "bad-signature" }, "readers would refuse it");
  const swapped = { ...signing({ epoch: 1 }), sign: () => sign(json(6), key, { subject: null, epoch: 1 }) };
  await rejects(publish(store.source, json(5), swapped), {
    code: "bad-signature",
    message: /something else/,
  });
  await rejects(
    publish(store.source, snapshot("acme", 9), signing()),
    { code: "bad-options" },
    "it does not end",
  );

  // What somebody has put there without the key is replaced by who says so.
  store.value = json(999);
  await rejects(publish(store.source, json(5), signing({ epoch: 1 })), { code: "bad-signature" });
  equal((await publish(store.source, json(5), { ...signing({ epoch: 1 }), base: null })).revision, 5);
});

test("keys that cannot be had are no reason to overwrite", async () => {
  const store = shelf(snapshot("acme", 7));
  const down = Object.assign(new Error("down"), { code: "fetch-failed" });
  let calls = 0;
  const verify = async (bytes) => {
    calls += 1;
    if (calls > 1) throw down;
    return { bytes };
  };
  await rejects(publish(store.source, snapshot("acme", 8), { ...ACME, verify }), down);
  equal(store.puts, 0);
});

test("options", async () => {
  const { source } = shelf();
  const bad = (options, code = "bad-options", at = source) =>
    rejects(publish(at, snapshot("acme", 1), options), { code });
  await bad(ACME, "bad-options", { get: source.get });
  await bad(ACME, "bad-options", null);
  await bad({}, "wrong-tenant");
  await bad({ tenant: undefined }, "wrong-tenant");
  await bad({ tenant: null }, "wrong-tenant");
  await bad(undefined, "wrong-tenant");
  for (const base of [undefined, NaN, "7", -1]) await bad({ ...ACME, base });
  await bad({ ...ACME, sign: async () => "" });
  await bad({ ...ACME, verify: {} });
  await bad({ ...ACME, epoch: 1 });
});
