// Starting the engine and loading snapshots: every form of source, and every way in which it can go wrong.

import { acme, NOW } from "./acme.mjs";
import { equal, ok, rejects, rejectsSnapshot, show } from "./report.mjs";
import { watch } from "./watch.mjs";

const html = () =>
  new Response("<!doctype html><title>Sign in</title>", {
    headers: { "content-type": "text/html; charset=utf-8" },
  });

/** A wasm file, but of nothing. */
const EMPTY_MODULE = [0, 97, 115, 109, 1, 0, 0, 0];

/**
 * What must hold before the engine has started; the runtime hands over a library that nobody has used yet.
 */
export async function starting(report, lib, env) {
  await report.test("importing the library does nothing", () =>
    equal([env.atImport.uses, env.atImport.globals], [[], []]),
  );
  await report.test("rolegate/testing and rolegate/lite answer without the engine", () => {
    const stop = watch();
    const gate = lib.testing.testGate(["notes.edit"]);
    const answers = [gate, lib.restore(gate.toJSON())].map((each) => [
      each.can("notes.edit"),
      each.can("notes.view"),
    ]);
    equal(answers, [
      [true, false],
      [true, false],
    ]);
    equal(stop().uses, []);
  });
  if (!env.embedded) {
    await report.test("loadSync before init says what to do", () =>
      rejects(lib, () => lib.loadSync(acme()), { code: "not-initialised", message: /init/ }),
    );
  }
  await notStarting(report, lib, env);
  await report.test("after all that, the next calls start the engine once for all", () =>
    startingOnce(lib, env),
  );
  await report.test("init again is harmless", () => lib.init());
  await report.test("init again is harmless, whatever it is given", async () => {
    await lib.init(rejected());
    await lib.init(new Uint8Array(EMPTY_MODULE));
    equal(lib.loadSync(acme()).for("cy", { now: NOW }).can("settings.labels"), true);
  });
}

/**
 * What is not the wasm of this package: what `init` makes of it, and what its message says. `option` is how the
 * message names what to pass instead.
 */
function faults(urls, option) {
  const advice = `(copy|pass its .*to ${option})`;
  return {
    "a 404 instead of the wasm": [
      () => new Response("not found", { status: 404 }),
      "fetch-failed",
      `404.*${advice}`,
    ],
    "a page of HTML instead of the wasm": [html, "wasm-missing", `HTML.*${advice}`],
    "a promise of a page of HTML": [() => Promise.resolve(html()), "wasm-missing", `HTML.*${advice}`],
    "bytes that are not wasm": [() => new Uint8Array([1, 2, 3]), "wasm-missing", advice],
    "no bytes at all": [() => new ArrayBuffer(0), "wasm-missing", advice],
    "the wasm of something else": [
      () => new Uint8Array(EMPTY_MODULE),
      /^wasm-(missing|blocked)$/,
      "version|pass a compiled",
    ],
    "half a wasm file": [
      () => new Uint8Array([...EMPTY_MODULE, 1, 99]),
      /^wasm-(missing|blocked)$/,
      `damaged.*copy|pass a compiled`,
    ],
    "a promise that fails": [failing, "wasm-missing", "the line is down"],
    "something that is not wasm": [() => 42, "wasm-missing", "takes"],
    ...(urls && {
      "an address that is not there": [() => new URL(urls.missing), "fetch-failed", `404.*${advice}`],
      "an address that answers with HTML": [() => String(urls.html), "wasm-missing", `HTML.*${advice}`],
    }),
  };
}

async function failingInit(lib, init, [source, code, message]) {
  const error = await rejects(lib, () => init(source()), { message: new RegExp(message) });
  ok(
    typeof code === "string" ? error.code === code : code.test(error.code),
    `the code is ${error.code}, not ${code}`,
  );
}

/** Ways for a start to fail: each an error that can be caught and says what to do. None spoils the next. */
async function notStarting(report, lib, { urls }) {
  for (const [name, fault] of Object.entries(faults(urls, "`init`"))) {
    await report.test(`init: ${name}`, () => failingInit(lib, lib.init, fault));
  }
  await report.test("init at once with one that fails: both fail, and that is all", async () => {
    const results = await Promise.allSettled([
      lib.init(new Uint8Array(3)),
      lib.init(rejected()),
      lib.load(acme()),
      lib.load(rejected()),
    ]);
    equal(
      results.map(({ status }) => status),
      Array(4).fill("rejected"),
    );
    for (const { reason } of results) ok(lib.isRolegateError(reason), `not of this package: ${reason}`);
  });
  await report.test("a runtime without WebAssembly", async () => {
    const { WebAssembly } = globalThis;
    globalThis.WebAssembly = undefined;
    try {
      await rejects(lib, () => lib.load(acme()), { code: "wasm-blocked", message: /lite/ });
      await rejects(lib, () => lib.init(rejected()), { code: "wasm-blocked", message: /lite/ });
    } finally {
      globalThis.WebAssembly = WebAssembly;
    }
  });
}

/** Several calls at once, and with the wasm embedded one that cannot wait, make one instance. */
async function startingOnce(lib, { embedded }) {
  const stop = watch();
  const pending = [lib.load(acme()), lib.load(acme()), lib.init(), lib.init()];
  const synchronous = embedded ? [lib.loadSync(acme())] : [];
  const [first, second] = await Promise.all(pending);
  const { modules, instances } = stop();
  equal(instances, 1, "instances");
  ok(modules <= (embedded ? 2 : 1), `the wasm was compiled ${modules} times`);
  for (const snapshot of [first, second, ...synchronous]) {
    equal(
      [
        snapshot.for("cy", { now: NOW }).can("settings.labels"),
        snapshot.for("bo", { now: NOW }).can("settings.labels"),
      ],
      [true, false],
    );
  }
}

/**
 * The whole engine is a second module: it starts when it is first needed, or where it has to be fetched, when
 * somebody asks for it.
 */
export async function startingFull(report, lib, { fetchesFull, urls }) {
  const snapshot = lib.loadSync(acme());
  const answers = () => JSON.parse(snapshot.narrow("ana")).users.map(({ id }) => id);
  const asked = {
    whoCan: () => snapshot.whoCan("reports.export"),
    remedies: () => snapshot.remedies("ana", "reports.export"),
    narrow: answers,
  };
  const refusing = async () => {
    for (const ask of Object.values(asked))
      await rejects(lib, ask, {
        code: "needs-full",
        message: /load\(source, \{ full: true \}\).*init\(undefined, \{ full: true \}\)/,
      });
  };
  if (fetchesFull) await report.test("what needs the second module says how to get it", refusing);
  for (const [name, fault] of Object.entries(faults(urls, "`init` as `full`"))) {
    await report.test(`init as full: ${name}`, () =>
      failingInit(lib, (source) => lib.init(undefined, { full: source }), fault),
    );
  }
  if (fetchesFull) await report.test("after all that, it still has to be asked for", refusing);
  await report.test("the second module starts once for all", async () => {
    const stop = watch();
    const calls = fetchesFull
      ? [
          lib.load(acme(), { full: true }),
          lib.load(acme(), { full: true }),
          lib.init(undefined, { full: true }),
        ]
      : [];
    await Promise.all(calls);
    const found = [answers(), answers()];
    const { modules, instances } = stop();
    equal(found, [["ana"], ["ana"]], "a snapshot that was there before");
    equal(instances, 1, "instances");
    ok(modules <= 1, `the wasm was compiled ${modules} times`);
  });
  await report.test("asking for it again is harmless, whatever is given", async () => {
    await lib.init(undefined, { full: true });
    await lib.init(rejected(), { full: rejected() });
    await lib.init(undefined, { full: new Uint8Array(EMPTY_MODULE) });
    await lib.load(acme(), { full: true });
    equal(answers(), ["ana"]);
  });
}

export async function loading(report, lib, env) {
  const text = JSON.stringify(acme());
  const bytes = () => new TextEncoder().encode(text);
  const json = (body, init) =>
    new Response(body, { headers: { "content-type": "application/json" }, ...init });
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
    await report.test(`load: a promise of ${name}`, async () =>
      answers(await lib.load(Promise.resolve(source))),
    );
    await report.test(`loadSync: ${name}`, () => answers(lib.loadSync(source)));
  }
  await report.test("load: a Response", async () => answers(await lib.load(json(text))));
  await report.test("load: a promise of a Response", async () =>
    answers(await lib.load(Promise.resolve(json(text)))),
  );
  await report.test("load: a Response whose type has parameters", async () =>
    answers(
      await lib.load(new Response(text, { headers: { "content-type": "application/json; charset=utf-8" } })),
    ),
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
    rejects(
      lib,
      () => lib.load(new Response("<!doctype html>", { headers: { "content-type": "text/html" } })),
      { code: "not-json" },
    ),
  );
  await report.test("load: a Response whose body was read", async () => {
    const response = json(text);
    await response.text();
    await rejects(lib, () => lib.load(response));
  });
  for (const address of [
    "https://example.com/roles.json",
    "http://localhost/roles",
    "/me/roles",
    "./roles.json",
    "../roles.json",
  ]) {
    await report.test(`load: the string ${address}`, () =>
      rejects(lib, () => lib.load(address), { message: /fetch\(/ }),
    );
  }
  const page = "\n <!doctype html><title>Sign in</title>";
  for (const [name, source] of Object.entries({
    text: page,
    bytes: new TextEncoder().encode(page),
    "a promise of text": Promise.resolve("<html>"),
  })) {
    await report.test(`load: a page of HTML as ${name}`, () =>
      rejects(lib, () => lib.load(source), { code: "not-json", message: /HTML/ }),
    );
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
    const [issue] = await rejectsSnapshot(lib, () =>
      lib.load('{\n  "format": "rolegate/1",\n  "revision": ?\n}'),
    );
    equal([issue.path, issue.code, issue.line, issue.column], ["", "syntax", 3, 15]);
  });
  await report.test("the message alone tells the first problem, its place, and how many more", async () => {
    const saying = (source, message) => rejects(lib, () => lib.load(source), { message });
    await saying('{\n  "format": "rolegate/1"\n  "revision": 1 }', /^line 3, column 3: ./);
    await saying('{ "revision": "\ud800" }', /^line 1, column 16: ./);
    const wrong = acme();
    wrong.colour = "red";
    await saying(wrong, /^\/colour: [^(]*$/);
    wrong.users[1].roles = ["agnet"];
    wrong.roles[1].grants["conversations.vew"] = "team";
    await saying(wrong, /^\/roles\/1\/grants\/conversations\.vew: .*\(and 2 more\)$/);
    await saying({ ...acme(), catalog: undefined }, /^[^:/]/);
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
  await report.test("not JSON: bytes that are not UTF-8", async () => {
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
    ok(
      misspelt.message.includes("conversations.vew"),
      `the message should name the value: ${misspelt.message}`,
    );
  });
  await report.test("at most a hundred problems of a document are reported", async () => {
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
  await report.test("the members of a snapshot", async () => {
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
      acme().catalog.categories.flatMap((category) =>
        category.permissions.map((permission) => permission.id),
      ),
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
    const snapshot = await lib.load({
      format: "rolegate/1",
      revision: 0,
      catalog: { categories: [] },
      roles: [],
    });
    equal(
      [snapshot.tenant, snapshot.revision, snapshot.issuedAt, snapshot.expiresAt],
      [undefined, 0, undefined, undefined],
    );
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

/** A promise that fails. Who takes it has to see to that: where nobody does, Node ends the process. */
const rejected = () => Promise.reject(new Error("the line is down"));

/** The same, but nobody has to. */
function failing() {
  const promise = rejected();
  promise.catch(() => {});
  return promise;
}

/** Values that are not snapshot sources, and which `JSON.stringify` in part chokes on. */
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
