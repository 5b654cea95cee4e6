// Starting the engine and loading snapshots: every form of source, and every way in which it can go wrong.

import { acme, NOW } from "./acme.mjs";
import { equal, ok, rejects, rejectsSnapshot, show } from "./report.mjs";

/** What must hold before the engine has started; the runtime hands over a library that nobody has used yet. */
export async function starting(report, lib, env) {
  const html = () => new Response("<!doctype html><title>Sign in</title>", { headers: { "content-type": "text/html; charset=utf-8" } });

  if (env.wasmUses !== undefined) {
    await report.test("importing the library does not touch WebAssembly", () => equal(env.wasmUses(), 0, "uses of WebAssembly"));
  }
  if (env.embedded) {
    await report.test("loadSync works at once where the wasm is embedded", () => {
      equal(lib.loadSync(acme()).for("cy", { now: NOW }).can("settings.labels"), true);
    });
    return;
  }
  await report.test("loadSync before init says what to do", () =>
    rejects(lib, () => lib.loadSync(acme()), { code: "not-initialised", message: /init/ }),
  );
  await report.test("init: a 404 instead of the wasm", () =>
    rejects(lib, () => lib.init(new Response("not found", { status: 404 })), { message: /404/ }),
  );
  await report.test("init: a page of HTML instead of the wasm", () => rejects(lib, () => lib.init(html()), { message: /html/i }));
  await report.test("init: a promise of a page of HTML", () => rejects(lib, () => lib.init(Promise.resolve(html())), { message: /html/i }));
  await report.test("init: bytes that are no wasm", () => rejects(lib, () => lib.init(new Uint8Array([1, 2, 3]))));
  await report.test("init: a promise that fails", () => rejects(lib, () => lib.init(failing())));
  if (env.urls !== undefined) {
    await report.test("init: an address that is not there", () =>
      rejects(lib, () => lib.init(new URL(env.urls.missing)), { message: /404/ }),
    );
    await report.test("init: an address that answers with HTML", () =>
      rejects(lib, () => lib.init(String(env.urls.html)), { message: /html/i }),
    );
  }
  await report.test("after all that, the next calls start the engine once for all", async () => {
    const [first, second] = await Promise.all([
      lib.load(acme()),
      lib.load(acme()),
      env.wasm === undefined ? lib.init() : lib.init(env.wasm()),
    ]);
    equal(first.for("cy", { now: NOW }).can("settings.labels"), true);
    equal(second.for("bo", { now: NOW }).can("settings.labels"), false);
  });
  await report.test("init again is harmless", () => lib.init());
}

export async function loading(report, lib, env) {
  const text = JSON.stringify(acme());
  const bytes = () => new TextEncoder().encode(text);
  const json = (body, init) => new Response(body, { headers: { "content-type": "application/json" }, ...init });
  const answers = (snapshot) => {
    const gate = snapshot.for("ana", { now: NOW });
    equal(gate.can("conversations.view", { teamId: "sales" }), true, "view in sales");
    equal(gate.can("conversations.view", { teamId: "support" }), false, "view in support");
    equal(snapshot.revision, 7, "revision");
  };

  // Sources
  const sources = {
    text,
    "a text with white space around it": ` \n\t${text}\r\n`,
    bytes: bytes(),
    "bytes inside a larger buffer": new Uint8Array([91, 91, ...bytes(), 93]).subarray(2, -1),
    "an ArrayBuffer": bytes().buffer,
    "an object": acme(),
    "a frozen object": Object.freeze(acme()),
    "an object without a prototype": Object.assign(Object.create(null), acme()),
  };
  for (const [name, source] of Object.entries(sources)) {
    await report.test(`load: ${name}`, async () => answers(await lib.load(source)));
    await report.test(`load: a promise of ${name}`, async () => answers(await lib.load(Promise.resolve(source))));
    await report.test(`loadSync: ${name}`, () => answers(lib.loadSync(source)));
  }
  await report.test("load: a Response", async () => answers(await lib.load(json(text))));
  await report.test("load: a promise of a Response", async () => answers(await lib.load(Promise.resolve(json(text)))));
  await report.test("load: a Response whose type has parameters", async () =>
    answers(await lib.load(new Response(text, { headers: { "content-type": "application/json; charset=utf-8" } }))),
  );
  if (env.urls !== undefined) {
    await report.test("load: what fetch brings", async () => answers(await lib.load(fetch(env.urls.acme))));
    await report.test("load: what fetch does not find", () =>
      rejects(lib, () => lib.load(fetch(env.urls.missing)), { code: "fetch-failed", message: /404/ }),
    );
  }
  await report.test("load does not change or detach its source", async () => {
    const source = bytes();
    const object = acme();
    await lib.load(source);
    await lib.load(source.buffer);
    await lib.load(object);
    equal(new TextDecoder().decode(source), text, "bytes");
    equal(JSON.stringify(object), text, "object");
  });
  await report.test("a source that changes later does not change the answers", async () => {
    const object = acme();
    const source = bytes();
    const [fromObject, fromBytes] = [await lib.load(object), await lib.load(source)];
    object.users[0].roles = ["admin"];
    source.fill(32);
    answers(fromObject);
    answers(fromBytes);
  });

  // Sources that are none
  await report.test("load: a Response that is not ok", () =>
    rejects(lib, () => lib.load(json("{}", { status: 404 })), { code: "fetch-failed", message: /404/ }),
  );
  await report.test("load: a Response with a good snapshot, but status 500", () =>
    rejects(lib, () => lib.load(json(text, { status: 500 })), { code: "fetch-failed", message: /500/ }),
  );
  await report.test("load: a Response of HTML", () =>
    rejects(lib, () => lib.load(new Response("<!doctype html>", { headers: { "content-type": "text/html" } })), { code: "not-json" }),
  );
  await report.test("load: a Response whose body was read", async () => {
    const response = json(text);
    await response.text();
    await rejects(lib, () => lib.load(response));
  });
  for (const address of ["https://example.com/roles.json", "http://localhost/roles", "/me/roles", "./roles.json", "../roles.json"]) {
    await report.test(`load: the string ${address}`, () => rejects(lib, () => lib.load(address), { message: /fetch\(/ }));
  }
  for (const [name, source] of odd()) {
    await report.test(`load: ${name}`, () => rejects(lib, () => lib.load(source)));
    await report.test(`loadSync: ${name}`, () => rejects(lib, () => lib.loadSync(source)));
  }
  await report.test("load: a promise that fails", async () => {
    let failed = false;
    await lib.load(failing()).catch(() => (failed = true));
    ok(failed, "load should have failed");
  });

  // Issues
  await report.test("not JSON: line and column", async () => {
    const [issue] = await rejectsSnapshot(lib, () => lib.load('{\n  "format": "rolegate/1",\n  "revision": ?\n}'));
    equal([issue.path, issue.code, issue.line, issue.column], ["", "syntax", 3, 15]);
  });
  const notJson = {
    "an empty text": "",
    "two objects": `${text}${text}`,
    "a byte order mark": `\ufeff${text}`,
    "a list": "[]",
    "half a text": text.slice(0, 100),
    "a million brackets": "[".repeat(1_000_000),
    "half a character": text.replace("acme", "\ud800"),
  };
  for (const [name, source] of Object.entries(notJson)) {
    await report.test(`not a snapshot: ${name}`, () => rejectsSnapshot(lib, () => lib.load(source)));
  }
  await report.test("not JSON: bytes that are no UTF-8", async () => {
    const source = bytes();
    source[20] = 0xff;
    const [issue] = await rejectsSnapshot(lib, () => lib.load(source));
    equal(issue.code, "syntax");
  });
  await report.test("one load reports every problem, where it is and what was meant", async () => {
    const wrong = acme();
    wrong.roles[1].grants["conversations.vew"] = "team";
    wrong.roles[1].grants["settings.labels"] = "own";
    wrong.users[1].roles = ["agnet"];
    wrong.users[0].teams = ["sales", "north"];
    wrong.colour = "red";
    const issues = await rejectsSnapshot(lib, () => lib.load(wrong));
    const found = issues.map((issue) => [issue.path, issue.code]);
    for (const expected of [
      ["/roles/1/grants/conversations.vew", "unknown-permission"],
      ["/roles/1/grants/settings.labels", "invalid-scope"],
      ["/users/1/roles/0", "unknown-role"],
      ["/users/0/teams/1", "unknown-team"],
      ["/colour", "unknown-key"],
    ]) {
      ok(
        found.some((issue) => issue[0] === expected[0] && issue[1] === expected[1]),
        `expected ${show(expected)}, got ${show(found)}`,
      );
    }
    const misspelt = issues.find((issue) => issue.code === "unknown-permission");
    equal(misspelt.suggestion, "conversations.view", "suggestion");
    ok(misspelt.message.includes("conversations.vew"), `the message should name the value: ${misspelt.message}`);
  });
  await report.test("a document that is wrong all over is reported up to a hundred times", async () => {
    const wrong = acme();
    for (let n = 0; n < 1000; n += 1) wrong.roles[1].grants[`conversations.p${n}`] = "team";
    const issues = await rejectsSnapshot(lib, () => lib.load(wrong));
    equal([issues.length, issues[99].code], [100, "unknown-permission"]);
  });
  await report.test("an error leaves nothing behind: the next load answers", async () => {
    await rejectsSnapshot(lib, () => lib.load({ ...acme(), format: "rolegate/9" }));
    answers(await lib.load(acme()));
  });

  // Options
  await report.test("minRevision", async () => {
    answers(await lib.load(text, { minRevision: 7 }));
    await rejects(lib, () => lib.load(text, { minRevision: 8 }), { code: "old-revision" });
  });
  await report.test("tenant", async () => {
    answers(await lib.load(text, { tenant: "acme" }));
    await rejects(lib, () => lib.load(text, { tenant: "umbrella" }), { code: "wrong-tenant" });
    const { tenant: _, ...nameless } = acme();
    await rejects(lib, () => lib.load(nameless, { tenant: "acme" }), { code: "wrong-tenant" });
  });
  await report.test("maxBytes", async () => {
    answers(await lib.load(text, { maxBytes: bytes().length }));
    const [issue] = await rejectsSnapshot(lib, () => lib.load(text, { maxBytes: bytes().length - 1 }));
    equal([issue.path, issue.code], ["", "too-large"]);
  });

  // The snapshot itself
  await report.test("what a snapshot tells", async () => {
    const snapshot = await lib.load(text);
    equal([snapshot.tenant, snapshot.revision], ["acme", 7]);
    equal(snapshot.issuedAt.toISOString(), "2026-11-19T08:00:00.000Z", "issuedAt");
    equal(snapshot.expiresAt.toISOString(), "2027-01-01T00:00:00.000Z", "expiresAt");
    equal(
      snapshot.users(),
      acme().users.map((user) => user.id),
      "users",
    );
    equal(
      snapshot.permissions(),
      acme().catalog.categories.flatMap((category) => category.permissions.map((permission) => permission.id)),
      "permissions",
    );
    equal(
      snapshot.categories().map((category) => [category.id, category.permissions.length]),
      [
        ["conversations", 3],
        ["reports", 1],
        ["settings", 2],
      ],
      "categories",
    );
    equal(
      snapshot.roles().map((role) => [role.id, role.name]),
      acme().roles.map((role) => [role.id, role.name]),
      "roles",
    );
    equal(
      snapshot.teams().map((team) => team.id),
      ["emea", "sales", "support"],
      "teams",
    );
    equal(snapshot.levelTitles(), { own: "Restricted", team: "Group", all: "Global" }, "levelTitles");
  });
  await report.test("a snapshot without the optional parts", async () => {
    const snapshot = await lib.load({ format: "rolegate/1", revision: 0, catalog: { categories: [] }, roles: [] });
    equal([snapshot.tenant, snapshot.revision, snapshot.issuedAt, snapshot.expiresAt], [undefined, 0, undefined, undefined]);
    equal([snapshot.users(), snapshot.permissions(), snapshot.teams()], [[], [], []]);
    equal(snapshot.levelTitles(), { own: "Own", team: "Team", all: "All" }, "levelTitles");
    equal(snapshot.for("ana").can("conversations.view"), false);
  });
  await report.test("free: twice is fine, afterwards the snapshot says so, others go on", async () => {
    const [freed, kept] = [await lib.load(text), await lib.load(text)];
    freed.free();
    freed.free();
    await rejects(lib, () => freed.for("ana"), { code: "freed" });
    answers(kept);
    if (Symbol.dispose !== undefined) kept[Symbol.dispose]();
  });
}

/** A promise that fails; one that a library forgets to wait for must not end the process. */
function failing() {
  const promise = Promise.reject(new Error("the line is down"));
  promise.catch(() => {});
  return promise;
}

/** Values that are no snapshot source, and which `JSON.stringify` in part chokes on. */
function odd() {
  const circular = acme();
  circular.catalog.self = circular;
  const deep = acme();
  for (let depth = 0, at = deep; depth < 100_000; depth += 1) at = at["x-deep"] = {};
  return [
    ["an object nested beyond measure", deep],
    ["null", null],
    ["undefined", undefined],
    ["a number", 42],
    ["true", true],
    ["a symbol", Symbol("snapshot")],
    ["a function", () => acme()],
    ["a list", [acme()]],
    ["a Map", new Map(Object.entries(acme()))],
    ["a cycle", circular],
    ["a bigint inside", { ...acme(), revision: 7n }],
    [
      "a toJSON that throws",
      {
        toJSON: () => {
          throw new Error("no");
        },
      },
    ],
    [
      "a getter that throws",
      Object.defineProperty(acme(), "plan", {
        enumerable: true,
        get: () => {
          throw new Error("no");
        },
      }),
    ],
  ];
}
