// Text from outside: no expression takes longer than in proportion, whatever it is given; nothing of a
// document reaches a terminal raw; what is longer than any id goes nowhere; ill-formed text of any size is
// `syntax`.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { formatExplanation, init, loadSync } from "../../../pkg/entries/node.js";
import { failing } from "../../failing.mjs";

const SOURCES = new URL("../../../pkg-template/src/", import.meta.url);
const MEGABYTE = 1 << 20;

/** Every expression in the sources: on text that is never long, since its caller sees to that, or on any. */
const SHORT = "short";
const ANY = "any";
const EXPRESSIONS = {
  "core/attributes.ts": {
    "[\\ud800-\\udfff]": ANY,
    "^[^\\0-\\x1f\\x7f-\\x9f\\ud800-\\udfff]+$": SHORT,
    "%..": SHORT,
  },
  "condition/cidr.ts": {
    "^(.*)\\/(0|[1-9]\\d*)$": ANY,
    "^0{80}1{16}": SHORT,
    "^(0|[1-9]\\d{0,2})$": SHORT,
    "[\\d.]+\\.\\d+$": SHORT,
    ".{16}": SHORT,
    "^[\\da-f]{1,4}$": SHORT,
  },
  "claims/index.ts": { "(user|unsafe)_?meta_?data|custom:\\*": ANY },
  "condition/condition.ts": { "^(resource|element|context)\\.(.+)": ANY, "^user\\.teams\\?*(\\.|$)": ANY },
  "engine/create-engine.ts": { "disallow|not allowed|unsafe-eval|blocked|csp|content security": ANY },
  "core/errors.ts": { "[\\0-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]": ANY },
  "gate/explain.ts": { "(?:\\[([^[\\]{]*))?\\{(\\w+)\\}(?:([^[\\]{]*)\\])?": ANY },
  "core/pointer.ts": { '^\\s*"(?:[^"\\\\]|\\\\.)*"': SHORT, "~": ANY, "\\/": ANY },
  "claims/presets.ts": { "^org:": ANY, "o:[^,]+": ANY },
  "snapshot/conditions.ts": { "^user\\.(.+)": ANY },
  "engine/source.ts": {
    "^\\s*([a-z][a-z+.-]*:\\/*\\w|\\.{0,2}\\/|[\\w.-]+\\.json\\s*$)": ANY,
    "json|text\\/plain|octet-stream": ANY,
  },
  "store/answer.ts": { 'max-age="?(\\d+)': ANY, "no-cache": ANY },
  "condition/times.ts": {
    "^(\\d{4}-\\d\\d-(\\d\\d))[Tt](([01]\\d|2[0-3]):([0-5]\\d):([0-5]\\d))(?:\\.(\\d+))?(?:[Zz]|([+-])([01]\\d|2[0-3]):([0-5]\\d))$":
      ANY,
    "^now(?:([+-])([1-9]\\d{0,6})([smhdw]))?$": ANY,
  },
  "gate/why-data.ts": { "^(own|team|all)$": ANY },
  "dom/marks.ts": { "\\s+": ANY },
  "guard/index.ts": { "^[!-~][ -~]*$": ANY },
  "sql/comparisons.ts": { " IS NOT NULL$": ANY },
  "sql/mysql.ts": { "^[\\0-\\x7f]*$": ANY, "^(?:utf8mb4_0900_bin|utf8mb4_nopad_bin)$": ANY },
  "sql/postgres.ts": {
    "^(?:C|POSIX|C\\.utf-?8|ucs_basic|pg_c_utf8)$": ANY,
    "^(?:default|.*\\.utf-?8|.*-x-icu|unicode)$": ANY,
  },
  "sql/print.ts": { '["\\\\]': ANY, "--|#": ANY },
  "sql/settings.ts": { '^[\\w.$"`[\\]]+$': ANY },
  "mongo/index.ts": { "[$\\0]": ANY },
  "mongo/quick.ts": { "^[^$.\\d][^.]*$": ANY, "[!-/:-@[-^`{-~]": ANY, "[\\0-\\x1f\\x7f]": ANY },
  "prisma/index.ts": { "^(?!(?:AND|OR|NOT)$)[A-Za-z]\\w*$": ANY },
  "drizzle/index.ts": { "int|serial": ANY },
  "filters/ids.ts": {
    "^(?:0|-?[1-9]\\d*)$": ANY,
    "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$": ANY,
  },
  "cli/attributes.ts": { "^[A-Za-z_$][\\w$]*$": ANY },
  "cli/main.ts": { "^-.": ANY },
  "cli/open.ts": {
    "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?:Z|[+-]\\d\\d:\\d\\d)$": ANY,
  },
  "cli/place.ts": {
    '"(?:[^"\\\\]|\\\\.)*"|[{}[\\],:]|[^\\s{}[\\],:"]+': ANY,
    "\\s*": ANY,
    "^[}\\]]": ANY,
  },
  "cli/report.ts": { "[\\t\\r]": ANY, "[\\ufffe\\uffff]": ANY },
  "cli/table.ts": {
    "[\\u1100-\\u115f\\u2e80-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f\\uff00-\\uff60\\uffe0-\\uffe6]|\\p{Emoji_Presentation}":
      ANY,
    "[\\p{Mn}\\p{Me}\\p{Cf}]": ANY,
  },
  "cli/commands/import.ts": { "^\\d{1,15}$": ANY, " (lost|changed) ": ANY },
  "cli/import/casbin-model.ts": {
    "^act": ANY,
    "^(?:dom|tenant|org)": ANY,
    "[\\s()]": ANY,
    "[#;].*$": ANY,
    "\\S|$": ANY,
    "\\\\$": ANY,
    "^[\"']": ANY,
    "^g\\d*$": ANY,
    "^([\"'])\\*\\1$": ANY,
    "\\s*(&&|\\|\\||==|[(),]|\"[^\"]*\"|'[^']*'|[\\w.]+|\\S)": ANY,
    "\\b([rp])_": ANY,
  },
  "cli/import/casbin.ts": {
    "^[ \\t]*\\[request_definition\\]": ANY,
    "^\\s*(?:#|$)": ANY,
    '\\s*(?:"((?:[^"]|"")*)"|([^,]*))\\s*(?:,|$)': ANY,
    "\\S|$": ANY,
    "\\r$": ANY,
    "^\\(([^()]*)\\)$": ANY,
    "^[\\w/ :-]+$": ANY,
    "^(?:keyMatch[2-5]|globMatch)$": ANY,
  },
  "cli/import/casl-conditions.ts": {
    "^(?:\\d*|length|__proto__|constructor|prototype)$": ANY,
    "^(?:\\$\\{ *(user\\.[^{}\\s]+) *\\}|\\{\\{ *(user\\.[^{}\\s]+) *\\}\\})$": ANY,
    "^(\\^?)([\\w\\s:/@#%&=,;<>~'\"!-]+)(\\$?)$": ANY,
    "^\\$(?!and$|or$|nor$|not$)": ANY,
  },
  "cli/import/casl.ts": { "[/\\\\]": ANY, "\\.[^.]*$": ANY },
  "cli/import/cel.ts": {
    "\\s*(&&|\\|\\||==|!=|<=|>=|[-+]?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?u?|[A-Za-z_]\\w*|\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|\\S)":
      ANY,
    "^[A-Za-z_]\\w*$": ANY,
    "^[\"']": ANY,
    "^[-+]?\\d": ANY,
    u$: ANY,
    "\\\\'|\"": ANY,
    "^[\\w -]+$": ANY,
    "^(?:__proto__|constructor|prototype)$": ANY,
  },
  "cli/import/cerbos.ts": { "[?[\\]{}!\\\\]|\\*\\*": ANY },
  "cli/import/keycloak.ts": { "role|group": ANY },
  "cli/import/names.ts": { "[\\p{Cc}\\p{Cs}]+": ANY, "[\\p{Cc}\\p{Cs}\\p{White_Space}\\ufeff*]+": ANY },
  "cli/commands/diff.ts": { "^\\d{1,9}$": ANY, "[^\\p{L}\\p{N} _.-]": ANY },
  "cli/commands/matrix.ts": { "[\\\\`*_|<>[\\]&#@]": ANY },
  "cli/commands/sign.ts": { "^\\d{1,15}$": ANY },
  "cli/commands/sql.ts": { "^\\d{1,9}$": ANY },
  "cli/commands/types.ts": { "\\s+": ANY },
  "filters/mapping.ts": { "^(?:resource|user|context)\\.": ANY },
};

/** Expressions as they stand in a source, without comments. */
function expressionsOf(source) {
  const plain = source.replace(/^\s*\/\*\*.*?\*\//gms, "").replace(/^\s*\/\/.*$/gm, "");
  return [
    ...plain.matchAll(
      /(?<=[=>(,:?&|[!]\s*)\/(?!\*)((?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)(?=[.,;)\s])/g,
    ),
  ].map(([, body, flags]) => ({ body, flags }));
}

const PIECES = [
  "a",
  "0",
  " ",
  ".",
  "-",
  "\n",
  "/",
  "\\",
  '"',
  '\\"',
  "[",
  "]",
  "{",
  "}",
  "[a",
  "{a",
  "{a}",
  "[{a}",
  "a.",
  ".json",
  "a.json",
  "a.json ",
  ":",
  "a:",
  "a:/",
  "1.",
  ".1",
  "1.1",
  "::",
  "/0",
  "%",
  "~",
  "\u202e",
  "😀",
  "é",
];
const BEGINNINGS = ["", "user.", "resource.", "2026-01-01T00:00:00.", "now+", "a:", "a.json", '"', "[", "{"];
const ENDINGS = ["", "x", "!", "\n", "\0", "z\n"];

test("every expression is in the list, and takes time in proportion", () => {
  // A lint rule reads its user's own files, and nothing from outside.
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !/^(glue|eslint)/.test(name),
  );
  let count = 0;
  for (const file of files) {
    const found = expressionsOf(readFileSync(new URL(file, SOURCES), "utf8"));
    assert.deepEqual(found.map(({ body }) => body).sort(), Object.keys(EXPRESSIONS[file] ?? {}).sort(), file);
    for (const { body, flags } of found) {
      count += 1;
      if (EXPRESSIONS[file][body] === SHORT) continue;
      for (const beginning of BEGINNINGS)
        for (const piece of PIECES)
          for (const ending of ENDINGS) {
            const time = (size) => {
              const text = beginning + piece.repeat(size / piece.length) + ending;
              const started = performance.now();
              text.replace(new RegExp(body, flags), "");
              return performance.now() - started;
            };
            // One that is not linear takes a quarter of a second for 16 KB; then it is not asked about a
            // thousand times as much.
            const isSlow = [0, 1, 2, 3, 4].every(() => time(16_384) > 50);
            assert.ok(
              !isSlow,
              `${file}: /${body}/ on ${JSON.stringify(beginning + piece)}… ${JSON.stringify(ending)}`,
            );
          }
      for (const piece of PIECES)
        assert.ok(
          [0, 1, 2, 3, 4].some(
            () =>
              timeOf(() => piece.repeat(MEGABYTE / piece.length).replace(new RegExp(body, flags), "")) < 500,
          ),
          `${file}: /${body}/ on a megabyte of ${JSON.stringify(piece)}`,
        );
    }
  }
  assert.equal(count, Object.values(EXPRESSIONS).flatMap(Object.keys).length);
});

function timeOf(act) {
  const started = performance.now();
  act();
  return performance.now() - started;
}

const documentOf = (more = {}) => ({
  format: "rolegate/1",
  revision: 1,
  catalog: { categories: [{ id: "c", permissions: [{ id: "c.v", scopes: ["own", "team", "all"] }] }] },
  roles: [
    {
      id: "r",
      name: "R",
      grants: {
        "c.v": { when: { "context.ip": { $cidr: "10.0.0.0/8" }, "resource.at": { $since: "now-1h" } } },
      },
    },
  ],
  users: [{ id: "ana", roles: ["r"] }],
  ...more,
});

test("values that conditions compare may be of any length", async () => {
  await init();
  const snapshot = loadSync(documentOf());
  for (const piece of ["1", "1.", ".", ":", "::", "a:", "2026-01-01T00:00:00.0", " ", "f", "0"]) {
    const long = piece.repeat(MEGABYTE / piece.length);
    const took = timeOf(() => {
      const gate = snapshot.for("ana", { context: { ip: long } });
      assert.equal(gate.can("c.v", { at: long }), false);
      assert.equal(snapshot.for("ana", { context: { ip: "10.0.0.1" } }).can("c.v", { at: long }), false);
      snapshot.whoCan("c.v", { context: { ip: long }, resource: { at: long } });
    });
    assert.ok(took < 1000, `${piece}: ${took} ms`);
  }
});

const RAW = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const WILD = "\u001b[31m\n\u202e\u0007\u2066\u009b";

test("control characters of a document reach no message and no explanation", () => {
  for (const [what, act] of Object.entries({
    "a key": () => loadSync(documentOf({ [WILD]: 1 })),
    "an id": () => loadSync(documentOf({ users: [{ id: WILD, roles: [] }] })),
    "a reference": () => loadSync(documentOf({ users: [{ id: "ana", roles: [WILD] }] })),
    "a permission": () =>
      loadSync(documentOf({ roles: [{ id: "r", name: "R", grants: { [`c.${WILD}`]: true } }] })),
    "another tenant": () => loadSync(documentOf({ tenant: "a\u202eb" }), { tenant: WILD }),
    "an address": () => loadSync(`https://${WILD}`),
    "an option": () => loadSync(documentOf(), { [WILD]: 1 }),
    "an unknown permission": () => loadSync(documentOf()).for("ana", { onUnknown: "throw" }).can(WILD),
    "a resource type": () => loadSync(documentOf()).for("ana").fields(WILD),
  })) {
    const error = failing(act);
    assert.doesNotMatch(error.message, RAW, what);
    for (const { message, suggestion = "" } of error.issues ?? [])
      assert.doesNotMatch(message + suggestion, RAW, what);
  }
  // Bidirectional marks are allowed in names and ids.
  const names = ["\u202eR", "a\u2066b"];
  const told = documentOf({
    roles: [{ id: "r\u202e", name: names[0], grants: { "c.v": { when: { "resource.a\u2066b": 1 } } } }],
    users: [{ id: "ana", roles: ["r\u202e"] }],
  });
  const explanation = loadSync(told).for("ana").explain("c.v", {});
  assert.deepEqual(
    [explanation.reason, explanation.names.role],
    ["condition-failed", names[0]],
    "data are as they are",
  );
  const { names: _, ...nameless } = explanation;
  for (const text of [
    explanation.text,
    explanation.publicText,
    formatExplanation(explanation),
    formatExplanation(nameless),
    formatExplanation({
      ...explanation,
      missing: [WILD],
      permission: WILD,
      role: WILD,
      names: { role: WILD, permission: WILD },
    }),
  ])
    assert.doesNotMatch(text, RAW);
  assert.match(explanation.text, /\\u202eR/);
  assert.equal(
    formatExplanation(explanation, { "condition-failed": "a\nb" }),
    "a\nb",
    "an application's own words are its own",
  );
});

test("text longer than any id matches nothing", () => {
  const snapshot = loadSync(documentOf());
  const long = "x".repeat(5e7);
  snapshot.narrow("ana");
  const before = process.memoryUsage().rss;
  const took = timeOf(() => {
    const gate = snapshot.for(long);
    assert.equal(gate.can("c.v", { owner: long }), false);
    for (const asked of [gate, snapshot.for("ana")])
      assert.deepEqual(
        [
          asked.can(long),
          asked.can(long, {}),
          asked.scope(long).kind,
          asked.explain(long).reason,
          asked.filter(long, [{}]),
        ].slice(0, 3),
        [false, false, "none"],
      );
    assert.equal(snapshot.user(long), undefined);
    assert.deepEqual(snapshot.whoCan(long), []);
    assert.deepEqual([snapshot.remedies(long, "c.v").length, snapshot.remedies("ana", long).length], [0, 0]);
    assert.deepEqual(JSON.parse(snapshot.narrow(long)).users ?? [], []);
    snapshot.for("ana", { limit: [long], roles: [long] }).can("c.v");
    snapshot.whoCan("c.v", { limit: ["c.v"], roles: ["r"], resource: { owner: long, team: [long] } });
  });
  assert.ok(took < 2000, `${took} ms`);
  assert.ok(process.memoryUsage().rss - before < 300e6);
});

test("ill-formed text of any size is `syntax`", () => {
  const size = MEGABYTE / 4;
  const encoder = new TextEncoder();
  const bad = new Uint8Array([0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80]);
  const wholes = ["", " ", "\n", '"', '{"', '"\\', '{"a":"', '{"a":', "[", "{", "1", "a\n", "é", "😀"];
  for (const start of wholes) {
    const text =
      start +
      (start.trim() === "" ? start || " " : start.at(-1) === '"' ? "k" : start)
        .repeat(size / Math.max(1, start.length))
        .slice(0, size);
    for (const source of [
      `${text}\ud800`,
      `\ud800${text}`,
      Buffer.concat([encoder.encode(text), bad]),
      `${text}\0`,
      `\ufeff${text}`,
    ]) {
      const error = failing(() => loadSync(source));
      assert.ok(
        ["syntax", "too-deep", "type", "not-json"].includes(error.code),
        `${JSON.stringify(start)}: ${error.code} ${error.message.slice(0, 200)}`,
      );
      if (typeof source === "string" && source.includes("\ud800"))
        assert.equal(error.code, "syntax", JSON.stringify(start));
      if (error.issues !== undefined)
        assert.ok(error.issues[0].line === undefined || error.issues[0].line >= 1);
    }
  }
  const {
    issues: [issue],
  } = failing(() => loadSync(`\n😀é\ud800`));
  assert.deepEqual([issue.line, issue.column], [2, 3]);
});

test("keys of any length do not prevent a problem from being reported", () => {
  for (const key of ["k".repeat(8 * MEGABYTE), '\\"'.repeat(4 * MEGABYTE), "é".repeat(2 * MEGABYTE)]) {
    for (const text of [
      `{"${key}":1}`,
      `{"format":"rolegate/1","${key}":[}`,
      `{"format":"rolegate/1","users":[{"id":"${key}"}]}`,
    ])
      assert.ok(failing(() => loadSync(text)).issues.length > 0);
  }
});
