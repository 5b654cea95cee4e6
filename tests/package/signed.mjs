// `rolegate/signed`: each promise is a test that fails when its check is left out. What is forged here is
// signed by hand, by the rules of RFC 7515 and 8037 alone.

import { acme, NOW } from "./acme.mjs";
import { equal, ok, rejects } from "./report.mjs";

const SNAPSHOT = "rolegate-snapshot+jws";
const GATE = "rolegate-gate+jws";
const encoder = new TextEncoder();

const base64 = (bytes) =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const textOf = (part) => atob(part.replaceAll("-", "+").replaceAll("_", "/"));
const bytesOf = (it) =>
  it instanceof Uint8Array ? it : encoder.encode(typeof it === "string" ? it : JSON.stringify(it));

const WAYS = {
  EdDSA: [{ name: "Ed25519" }, { name: "Ed25519" }],
  ES256: [
    { name: "ECDSA", namedCurve: "P-256" },
    { name: "ECDSA", hash: "SHA-256" },
  ],
  HS256: [{ name: "HMAC", hash: "SHA-256" }, { name: "HMAC" }],
};

/** Whatever a header and a payload say, signed rightly. */
async function forge(header, payload, { kty, crv, x, y, d, k }, way = kty === "EC" ? "ES256" : "EdDSA") {
  const [how, with_] = WAYS[way];
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y, d, k }, how, false, ["sign"]);
  const text = `${base64(bytesOf(header))}.${base64(bytesOf(payload))}`;
  return `${text}.${base64(new Uint8Array(await crypto.subtle.sign(with_, key, encoder.encode(text))))}`;
}

/** @param lib `signed` is all of `rolegate/signed` */
export async function signed(report, lib) {
  if (lib.signed === undefined)
    return report.skip("signed", "`jose` is imported by its name, which is not to be had here");
  const { generateKeys, loadSigned, restoreSigned, sign, signGate, toJwks, verifier } = lib.signed;
  const [ours, other] = [await generateKeys(), await generateKeys()];
  const curve = await generateKeys("ES256");
  const keys = toJwks([ours, curve]);
  const ANYBODY = { tenant: "acme" };
  const tenant = await lib.load(acme());
  const person = tenant.users()[0];
  const PERSON = { tenant: "acme", subject: person };
  const data = tenant.for(person, { now: NOW }).toJSON();
  const header = { alg: "EdDSA", typ: SNAPSHOT, kid: ours.publicKey.kid };
  const gateHeader = { ...header, typ: GATE, sub: person };
  const refused = (jws, options = ANYBODY, code = "bad-signature", by = keys) =>
    rejects(lib, async () => loadSigned(await jws, by, options), { code });
  const gateRefused = (jws, options = PERSON, code = "bad-signature") =>
    rejects(lib, async () => restoreSigned(await jws, keys, options), { code });

  await report.test("signed: a snapshot, its exact bytes, by either kind of key", async () => {
    for (const key of [ours, ours.privateKey, { ...ours.privateKey, alg: "Ed25519" }, curve]) {
      const text = `${JSON.stringify(acme(), null, 2)}\n`;
      for (const source of [text, encoder.encode(text), acme()]) {
        const jws = await sign(source, key);
        const [first, payload] = jws.split(".");
        const { kid, alg } = key.publicKey ?? key;
        equal(JSON.parse(textOf(first)), { alg, typ: SNAPSHOT, kid });
        if (typeof source === "string") equal(textOf(payload), source, "payload");
        const snapshot = await loadSigned(jws, keys, ANYBODY);
        equal([snapshot.revision, snapshot.for(person, { now: NOW }).toJSON()], [7, data]);
      }
    }
  });
  await report.test("signed: what is made elsewhere, as the rules say", async () => {
    for (const key of [ours.privateKey, curve.privateKey])
      equal(
        (await loadSigned(await forge({ ...header, alg: key.alg, kid: key.kid }, acme(), key), keys, ANYBODY))
          .revision,
        7,
      );
    equal(
      (await loadSigned(await forge({ ...header, alg: "Ed25519" }, acme(), ours.privateKey), keys, ANYBODY))
        .revision,
      7,
    );
    equal(
      (
        await restoreSigned(await forge(gateHeader, data, ours.privateKey), keys, { ...PERSON, now: NOW })
      ).toJSON(),
      data,
    );
  });
  await report.test("signed: gate data and a narrowed snapshot, for one person", async () => {
    const gate = await restoreSigned(await signGate(data, ours, { subject: person }), keys, {
      ...PERSON,
      now: NOW,
    });
    equal(gate.toJSON(), data);
    equal(
      (
        await restoreSigned(
          await signGate(tenant.for(person, { now: NOW }), ours, { subject: person }),
          keys,
          { ...PERSON, now: NOW },
        )
      ).user,
      person,
    );
    if (lib.loadSync === undefined) return;
    const narrowed = await lib.load(acme(), { full: true }).then((snapshot) => snapshot.narrow(person));
    const snapshot = await loadSigned(await sign(narrowed, ours, { subject: person }), keys, PERSON);
    equal(snapshot.users(), [person]);
  });
  await report.test("signed: a set to publish has nothing that is secret", async () => {
    equal(toJwks([ours]), { keys: [ours.publicKey] });
    equal(
      [toJwks(ours), toJwks(ours.privateKey), toJwks([ours.publicKey, ours.privateKey]).keys.length],
      [toJwks([ours]), toJwks([ours]), 2],
    );
    ok(!JSON.stringify(toJwks([ours, curve])).includes('"d"') && ours.privateKey.d, "no private part");
    ok(
      ours.publicKey.kid !== other.publicKey.kid && ours.publicKey.kid.length === 43,
      "named by a thumbprint",
    );
    equal(
      (await loadSigned(await sign(acme(), ours), { keys: [ours.privateKey] }, ANYBODY)).revision,
      7,
      "of a private key its public part",
    );
  });

  // -- the signature

  await report.test("signed: another key of the same name", async () => {
    await refused(forge(header, acme(), other.privateKey));
    await refused(sign(acme(), { ...other.privateKey, kid: ours.publicKey.kid }));
  });
  await report.test("signed: a key that is not in the set, is there twice, or has no name", async () => {
    await refused(sign(acme(), other));
    await refused(sign(acme(), ours), ANYBODY, "bad-signature", { keys: [] });
    await refused(sign(acme(), ours), ANYBODY, "bad-signature", {
      keys: [other.publicKey, { ...other.publicKey, kid: ours.publicKey.kid }, ours.publicKey],
    });
    await refused(sign(acme(), ours), ANYBODY, "bad-signature", {
      keys: [ours.publicKey, { ...other.publicKey, kid: ours.publicKey.kid }],
    });
    await refused(forge({ ...header, kid: undefined }, acme(), ours.privateKey), ANYBODY, "bad-signature", {
      keys: [{ ...ours.publicKey, kid: undefined }],
    });
    await refused(forge({ ...header, kid: "" }, acme(), ours.privateKey), ANYBODY, "bad-signature", {
      keys: [{ ...ours.publicKey, kid: "" }],
    });
    await refused(forge({ ...header, kid: ["a"] }, acme(), ours.privateKey));
  });
  await report.test("signed: a key that is for something else", async () => {
    for (const change of [
      { use: "enc" },
      { use: null },
      { key_ops: ["encrypt"] },
      { key_ops: null },
      { alg: "ES256" },
      { alg: "HS256" },
    ])
      await refused(sign(acme(), ours), ANYBODY, "bad-signature", {
        keys: [{ ...ours.publicKey, ...change }],
      });
    equal(
      (
        await loadSigned(
          await sign(acme(), ours),
          { keys: [{ ...ours.publicKey, key_ops: ["verify"] }] },
          ANYBODY,
        )
      ).revision,
      7,
    );
  });
  await report.test("signed: keys are rotated: both count, then only the new one", async () => {
    const [before, after] = [await sign(acme(), ours), await sign({ ...acme(), revision: 8 }, other)];
    const both = toJwks([ours, other]);
    equal(
      [(await loadSigned(before, both, ANYBODY)).revision, (await loadSigned(after, both, ANYBODY)).revision],
      [7, 8],
    );
    await refused(before, ANYBODY, "bad-signature", toJwks([other]));
    equal((await loadSigned(after, toJwks([other]), ANYBODY)).revision, 8);
  });
  await report.test(
    "signed: `alg` is what the key is for: none, HMAC by the public key, another kind",
    async () => {
      const [body, none] = [base64(bytesOf(acme())), base64(bytesOf({ ...header, alg: "none" }))];
      await refused(`${none}.${body}.`);
      await refused(`${none}.${body}.${(await sign(acme(), ours)).split(".")[2]}`);
      const secret = { kty: "oct", k: ours.publicKey.x };
      await refused(forge({ ...header, alg: "HS256" }, acme(), secret, "HS256"));
      await refused(
        forge({ ...header, alg: "HS256", kid: "s" }, acme(), secret, "HS256"),
        ANYBODY,
        "bad-signature",
        { keys: [{ ...secret, kid: "s" }] },
      );
      await refused(
        forge({ ...header, alg: "HS256", kid: "s" }, acme(), secret, "HS256"),
        ANYBODY,
        "bad-signature",
        { keys: [{ ...secret, kid: "s", alg: "HS256" }] },
      );
      await refused(forge({ ...header, alg: "ES256" }, acme(), ours.privateKey));
      await refused(forge({ ...header, kid: curve.publicKey.kid }, acme(), curve.privateKey));
      await refused(forge({ ...header, alg: undefined }, acme(), ours.privateKey));
      await refused(forge({ ...header, alg: ["EdDSA"] }, acme(), ours.privateKey));
    },
  );
  await report.test(
    "signed: a key that comes along (`jwk`, `jku`, `x5u`, `x5c`, `x5t`) counts for nothing",
    async () => {
      const brought = {
        jwk: other.publicKey,
        jku: "http://127.0.0.1:9/keys",
        x5u: "http://127.0.0.1:9/chain",
        x5c: ["MIIB"],
        x5t: "AAAA",
        "x5t#S256": "AAAA",
      };
      for (const [name, value] of Object.entries(brought)) {
        await refused(forge({ ...header, [name]: value }, acme(), other.privateKey));
        await refused(
          forge({ ...header, kid: other.publicKey.kid, [name]: value }, acme(), other.privateKey),
        );
        equal(
          (
            await loadSigned(
              await forge({ ...header, [name]: value }, acme(), ours.privateKey),
              keys,
              ANYBODY,
            )
          ).revision,
          7,
          name,
        );
      }
    },
  );
  await report.test("signed: `crit` and `b64`, whatever they say", async () => {
    for (const more of [
      { crit: ["exp"], exp: 1 },
      { crit: ["b64"] },
      { crit: [] },
      { crit: ["b64"], b64: true },
      { crit: null },
      { b64: true },
      { b64: false },
      { b64: null },
    ])
      await refused(forge({ ...header, ...more }, acme(), ours.privateKey));
    const unasked = { keysFor: () => Promise.reject(new Error("keys are asked for")) };
    for (const more of [{ crit: ["exp"] }, { b64: true }])
      await refused(
        forge({ ...header, ...more }, acme(), ours.privateKey),
        ANYBODY,
        "bad-signature",
        unasked,
      );
    const [first, body] = [base64(bytesOf({ ...header, b64: false, crit: ["b64"] })), "{}"];
    await refused(`${first}.${body}.AAAA`);
  });
  await report.test("signed: `typ` says what it is, and what is signed is that", async () => {
    const personal = { ...header, sub: person };
    for (const typ of ["JWT", undefined, GATE, `application/${SNAPSHOT}`, [SNAPSHOT]])
      await refused(forge({ ...header, typ }, acme(), ours.privateKey));
    await refused(signGate(data, ours, { subject: person }), PERSON);
    await refused(forge({ ...personal, typ: SNAPSHOT }, data, ours.privateKey), PERSON);
    await gateRefused(forge({ ...personal, typ: GATE }, { ...acme(), users: [] }, ours.privateKey));
    await gateRefused(forge(personal, data, ours.privateKey));
    await gateRefused(
      sign({ ...acme(), users: acme().users.filter(({ id }) => id === person) }, ours, { subject: person }),
    );
    await rejects(lib, () => sign(data, ours, { subject: person }), {
      code: "bad-options",
      message: /signGate/,
    });
    await rejects(lib, () => signGate(acme(), ours, { subject: person }), { code: "bad-options" });
  });
  await report.test("signed: whatever is cut off or changed", async () => {
    const jws = await sign(acme(), curve);
    const [first, body, signature] = jws.split(".");
    for (const length of [
      0,
      1,
      20,
      first.length,
      first.length + 1,
      first.length + 40,
      jws.length - signature.length - 1,
      jws.length - signature.length,
      jws.length - 20,
      jws.length - 1,
    ])
      await refused(jws.slice(0, length));
    const swapped = (text, at) => text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
    for (let at = 0; at < jws.length; at += 97) await refused(swapped(jws, at));
    await refused(swapped(jws, jws.length - 10));
    await refused(`${first}.${base64(bytesOf({ ...acme(), revision: 9 }))}.${signature}`);
    for (const odd of [
      "",
      ".",
      "..",
      "...",
      `${jws}.`,
      `${jws}.x`,
      `.${jws}`,
      `!.${body}.${signature}`,
      `${base64(bytesOf("[]"))}.${body}.${signature}`,
      `${base64(bytesOf("null"))}.${body}.${signature}`,
      JSON.stringify(acme()),
    ])
      await refused(odd);
    for (const odd of [undefined, null, 7, {}, new Uint8Array(3)]) await refused(odd);
  });
  await report.test("signed: what is not JSON, or no text, although it is signed", async () => {
    for (const payload of ["", "{", "null", "7", "[]", new Uint8Array([123, 255, 125])])
      await refused(forge(header, payload, ours.privateKey));
    const broken = bytesOf({ ...data, types: ["?"] }).map((byte) => (byte === 63 ? 255 : byte));
    await gateRefused(forge(gateHeader, broken, ours.privateKey));
    await rejects(
      lib,
      async () => loadSigned(await forge(header, { ...acme(), surplus: 1 }, ours.privateKey), keys, ANYBODY),
      { code: "unknown-key" },
    );
  });
  await report.test("signed: what is too long is refused before anything of it is read", async () => {
    const jws = await sign(acme(), ours);
    let asked = 0;
    const counted = { keysFor: async () => ((asked += 1), keys.keys) };
    const long = jws.slice(0, 90) + "A".repeat(40_000) + jws.slice(90);
    await refused(long, { ...ANYBODY, maxBytes: 20_000 }, "too-large", counted);
    await refused(jws, { ...ANYBODY, maxBytes: NaN }, "too-large", counted);
    await refused(
      `${base64(bytesOf({ ...header, filling: "x".repeat(9000) }))}.${jws.split(".").slice(1).join(".")}`,
      ANYBODY,
      "bad-signature",
      counted,
    );
    await refused(".".repeat(100_000), ANYBODY, "bad-signature", counted);
    equal(asked, 0, "keys that were asked for");
    await rejects(lib, () => loadSigned(jws, keys, { ...ANYBODY, maxBytes: 100 }), { code: "too-large" });
  });

  // -- for whom

  await report.test("signed: the wrong tenant, or none that is named", async () => {
    const jws = await sign(acme(), ours);
    await refused(jws, { tenant: "other" }, "wrong-tenant");
    await refused(jws, {}, "wrong-tenant");
    await rejects(lib, () => loadSigned(jws, keys), { code: "wrong-tenant" });
    await refused(jws, { tenant: undefined }, "wrong-tenant");
    await refused(sign({ ...acme(), tenant: undefined }, ours), ANYBODY, "wrong-tenant");
    equal((await loadSigned(jws, keys, { tenant: null })).tenant, "acme", "`null` is any");
    await gateRefused(
      signGate(data, ours, { subject: person }),
      { ...PERSON, tenant: "other" },
      "wrong-tenant",
    );
    await gateRefused(signGate(data, ours, { subject: person }), { subject: person }, "wrong-tenant");
  });
  await report.test("signed: the wrong person, or none that is named", async () => {
    const gate = await signGate(data, ours, { subject: person });
    const mine = await sign({ ...acme(), users: acme().users.filter(({ id }) => id === person) }, ours, {
      subject: person,
    });
    for (const options of [{ ...PERSON, subject: "bo" }, ANYBODY])
      await Promise.all([gateRefused(gate, options), refused(mine, options)]);
    await refused(sign(acme(), ours), PERSON);
    await rejects(lib, () => loadSigned(mine, keys, { ...ANYBODY, subject: undefined }), {
      code: "bad-options",
    });
    equal((await loadSigned(mine, keys, PERSON)).users(), [person]);
  });
  await report.test(
    "signed: what is one person's is signed for that person, by whoever signs it",
    async () => {
      const mine = { ...acme(), users: acme().users.filter(({ id }) => id === person) };
      const nobodys = { ...acme(), users: [], roles: [], everyone: undefined };
      for (const sub of [undefined, null])
        await gateRefused(forge({ ...gateHeader, sub }, data, ours.privateKey), ANYBODY);
      await gateRefused(forge({ ...gateHeader, sub: "bo" }, data, ours.privateKey), {
        ...PERSON,
        subject: "bo",
      });
      await refused(forge(header, mine, ours.privateKey));
      await refused(forge(header, nobodys, ours.privateKey));
      await refused(forge({ ...header, sub: person }, acme(), ours.privateKey), PERSON);
      await refused(forge({ ...header, sub: "bo" }, mine, ours.privateKey), { ...PERSON, subject: "bo" });
      for (const sub of [7, true, {}, [person]])
        await refused(forge({ ...header, sub }, mine, ours.privateKey), { ...PERSON, subject: sub });
      for (const options of [undefined, {}, { subject: undefined }, { subject: "bo" }])
        await rejects(lib, () => sign(mine, ours, options), { code: "bad-options" });
      for (const options of [undefined, { subject: null }, { subject: "bo" }])
        await rejects(lib, () => signGate(data, ours, options), { code: "bad-options" });
      for (const subject of [person, undefined])
        await rejects(lib, () => sign(acme(), ours, { subject }), { code: "bad-options" });
      const alone = await sign(mine, ours, { subject: null });
      const FOR_ALL = { ...ANYBODY, subject: null };
      equal((await loadSigned(alone, keys, FOR_ALL)).users(), [person], "a tenant of one person, said aloud");
      equal((await loadSigned(await sign(acme(), ours), keys, FOR_ALL)).revision, 7, "of several, too");
      // It is nobody's own, and whoever does not expect it takes no narrowed snapshot for the tenant's.
      await refused(alone, PERSON);
      await refused(alone, ANYBODY);
      await refused(await sign(mine, ours, { subject: person }), FOR_ALL);
      await refused(forge(header, mine, ours.privateKey), FOR_ALL);
      await gateRefused(signGate(data, ours, { subject: person }), FOR_ALL);
    },
  );

  // -- until when

  await report.test("signed: what has no end is refused, and not signed", async () => {
    const [{ expiresAt, ...endless }, { expires, ...endlessData }] = [acme(), data];
    await refused(forge(header, endless, ours.privateKey));
    await gateRefused(forge(gateHeader, endlessData, ours.privateKey));
    await rejects(lib, () => sign(endless, ours), { code: "bad-options", message: /expiresAt/ });
    await rejects(lib, () => signGate(endlessData, ours, { subject: person }), { code: "bad-options" });
  });
  await report.test("signed: from its end on every answer is no", async () => {
    const snapshot = await loadSigned(await sign(acme(), ours), keys, ANYBODY);
    const ends = Date.parse(acme().expiresAt);
    const gates = [
      snapshot.for("admin-1", { now: ends }),
      await restoreSigned(await signGate(data, ours, { subject: person }), keys, { ...PERSON, now: ends }),
    ];
    for (const gate of gates) equal(gate.permissions(), []);
    equal(snapshot.for(person, { now: ends }).explain("conversations.view").reason, "expired");
    ok(snapshot.for(person, { now: NOW }).permissions().length > 0, "before");
  });
  await report.test("signed: what has ended is loaded, and opens nothing", async () => {
    const expiresAt = "2020-01-01T00:00:00Z";
    const over = await loadSigned(
      await sign({ ...acme(), issuedAt: undefined, expiresAt }, ours),
      keys,
      ANYBODY,
    );
    const gate = over.for(person);
    equal([gate.permissions(), gate.explain("conversations.view").reason], [[], "expired"]);
    equal(over.for({ id: "new", roles: over.roles().map(({ id }) => id) }).permissions(), []);
    const ended = { ...data, at: 0, expires: 1 };
    delete ended.validUntil;
    const restored = await restoreSigned(await signGate(ended, ours, { subject: person }), keys, PERSON);
    equal(restored.permissions(), []);
  });
  await report.test("signed: an older revision than was seen", async () => {
    const [jws, gate] = [await sign(acme(), ours), await signGate(data, ours, { subject: person })];
    equal((await loadSigned(jws, keys, { ...ANYBODY, minRevision: 7 })).revision, 7);
    for (const minRevision of [8, NaN, undefined]) {
      await refused(jws, { ...ANYBODY, minRevision }, "old-revision");
      await gateRefused(gate, { ...PERSON, minRevision }, "old-revision");
    }
  });
  await report.test("signed: a lower epoch is refused, a higher one counts revisions anew", async () => {
    const jws = await sign(acme(), ours, { epoch: 3 });
    equal(JSON.parse(textOf(jws.split(".")[0])).epoch, 3);
    for (const options of [
      { minEpoch: 3 },
      { minEpoch: 3, minRevision: 7 },
      { minEpoch: 2, minRevision: 900 },
      { minRevision: 900 },
    ])
      equal((await loadSigned(jws, keys, { ...ANYBODY, ...options })).revision, 7);
    for (const options of [
      { minEpoch: 4 },
      { minEpoch: 3, minRevision: 8 },
      { minEpoch: NaN },
      { minEpoch: undefined },
    ])
      await refused(jws, { ...ANYBODY, ...options }, "old-revision");
    await refused(sign(acme(), ours), { ...ANYBODY, minEpoch: 1 }, "old-revision");
    for (const epoch of [-1, 1.5, "3", null, 2 ** 60]) {
      await refused(forge({ ...header, epoch }, acme(), ours.privateKey));
      await rejects(lib, () => sign(acme(), ours, { epoch: epoch ?? -0.5 }), { code: "bad-options" });
    }
  });

  // -- the rest

  await report.test(
    "signed: `verifier` gives the JSON and the epoch of bytes, of snapshots and of gate data",
    async () => {
      const verify = verifier(keys, PERSON);
      const { bytes, epoch } = await verify(
        encoder.encode(`${await signGate(data, ours, { subject: person, epoch: 2 })}\n`),
      );
      equal([JSON.parse(new TextDecoder().decode(bytes)), epoch], [data, 2]);
      equal((await verifier(keys, ANYBODY)(encoder.encode(await sign(acme(), ours)))).epoch, 0);
      await rejects(lib, async () => verify(encoder.encode(await sign(acme(), ours))), {
        code: "bad-signature",
      });
      await rejects(lib, () => verify(encoder.encode(JSON.stringify(data))), { code: "bad-signature" });
      await rejects(lib, () => verifier(keys, {}), { code: "wrong-tenant" });
      await rejects(lib, () => verifier(keys, { ...PERSON, tenants: 1 }), {
        code: "bad-options",
        message: /tenant/,
      });
    },
  );
  await report.test("signed: what is not a key, a set, or an option", async () => {
    const jws = await sign(acme(), ours);
    for (const set of [undefined, null, "https://example.com/keys", [], {}])
      await rejects(lib, () => loadSigned(jws, set, ANYBODY), { code: "bad-options" });
    await refused(jws, ANYBODY, "bad-signature", { keys: [null, 7, "x", { ...ours.publicKey, x: "AAAA" }] });
    await refused(jws, { ...ANYBODY, subjects: "ana" }, "bad-options");
    for (const key of [
      ours.publicKey,
      { ...ours.privateKey, kid: undefined },
      { ...ours.privateKey, alg: "ES256" },
      { kty: "oct", k: "AAAA", kid: "a" },
    ])
      await rejects(lib, () => sign(acme(), key), { code: "bad-options" });
    await rejects(lib, () => sign(acme(), ours, { epochs: 1 }), { code: "bad-options" });
    await rejects(lib, () => sign("{", ours), { code: "bad-options" });
  });
}
