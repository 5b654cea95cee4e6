// Commands as they are called: what they print, and their exit codes.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../../pkg/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "rolegate-cli-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const SNAPSHOT = {
  format: "rolegate/1",
  revision: 7,
  expiresAt: "2099-01-01T00:00:00Z",
  catalog: {
    categories: [
      {
        id: "tickets",
        permissions: [
          { id: "tickets.view", title: "View */ tickets\nof others", scopes: ["own", "team", "all"] },
          { id: "tickets.reply", scopes: ["own", "team", "all"], requires: ["tickets.view"] },
        ],
      },
      { id: "billing", permissions: [{ id: "billing.manage" }] },
    ],
    resources: { tickets: { owner: "assignee.id", team: "teamId" } },
    masks: [{ resource: "tickets", field: "customer.mail", permission: "tickets.view" }],
  },
  teams: [{ id: "sales" }],
  roles: [
    {
      id: "agent",
      name: "Agent",
      grants: {
        "tickets.view": "team",
        "tickets.reply": { scope: "own", when: { "resource.status": { $in: ["open", "waiting"] } } },
      },
      deny: [
        {
          key: "tickets.*",
          when: { "resource.labels": { $has: "legal" }, "resource.at": { $since: "now-1d" } },
        },
      ],
    },
    { id: "owner", name: "Owner", grants: { "*": true } },
    { id: "lead", name: "Lead", inherits: ["agent"] },
  ],
  users: [
    { id: "ana", teams: ["sales"], roles: ["lead"] },
    { id: "bo", name: "Bo\u001b[31m", roles: ["owner"] },
  ],
};
const file = (name, content) => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content, undefined, 2));
  return path;
};
const roles = file("roles.json", SNAPSHOT);

function run(args, { input, env } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    input,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return { code: status, out: stdout, err: stderr };
}
const ok = (args, options) => {
  const result = run(args, options);
  assert.deepEqual([result.code, result.err], [0, ""], args.join(" "));
  return result.out;
};

test("a call that means nothing is exit code 2, and says what was meant", () => {
  const wrong = {
    chek: /did you mean `check`/,
    "check roles.json --formt json": /did you mean `--format`/,
    "check roles.json --format jsn": /one of human, json/,
    "check roles.json ana": /usage: rolegate check/,
    check: /usage: rolegate check/,
    "check nothing.json": /nothing\.json cannot be read: there is no such file/,
    "check . ": /cannot be read: it is a folder/,
    "check roles.json ana tickets.veiw": /unknown permission "tickets.veiw": did you mean "tickets.view"/,
    "check roles.json ana tickets.view --resource {": /--resource:1:2: it is not JSON: expected a string/,
    "check roles.json ana tickets.view --resource []": /--resource must be a JSON object/,
    "check roles.json ana tickets.view --now 2030-01-01": /not a time with an offset/,
    "check roles.json {} tickets.view": /user: /,
    "scope roles.json ana tickets.view --resource {}": /unknown option/,
    "sql roles.json ana tickets.view": /cannot-express/,
    "sql roles.json ana tickets.view --dialect oracle": /bad-options/,
    "types roles.json --check": /--check needs --out/,
    "sign roles.json": /--key is missing/,
    "keygen a b --algorithm RS256": /EdDSA or ES256/,
    "constructor x": /there is no command/,
  };
  for (const [call, message] of Object.entries(wrong)) {
    const { code, out, err } = run(call.trim().split(" "));
    assert.deepEqual([code, out], [2, ""], call);
    assert.match(err, message, call);
  }
  assert.equal(run([]).code, 2);
});

test("each command has help that fits a screen", () => {
  const overview = ok(["--help"]);
  const names = [...overview.matchAll(/^ {2}([\w-]+) /gm)].map(([, name]) => name);
  assert.ok(names.length >= 10);
  for (const name of names) {
    const help = ok([name, "--help"]);
    assert.match(help, new RegExp(`^usage: rolegate ${name} `));
    assert.equal(ok(["help", name]), help);
    assert.ok(help.split("\n").length <= 24, `${name}: ${help.split("\n").length} lines`);
    for (const line of help.split("\n")) assert.ok(line.length <= 80, line);
  }
  assert.match(ok(["--version"]), /^\d+\.\d+\.\d+/);
});

test("check tells every problem, in every form, with exit code 1", () => {
  const broken = file("broken.json", {
    ...SNAPSHOT,
    roles: [{ id: "agent", name: "A", grants: { "tickets.veiw": true } }],
    users: [{ id: "ana", roles: ["agnt"] }],
  });
  const { code, out } = run(["check", broken]);
  assert.equal(code, 1);
  assert.match(out, /did you mean `tickets.view`/);
  assert.match(out, /╰ \/users\/0\/roles\/0/);
  const { findings } = JSON.parse(run(["check", broken, "--format", "json"]).out);
  assert.deepEqual(
    findings.map(({ code: it, path }) => [it, path]),
    [
      ["unknown-permission", "/roles/0/grants/tickets.veiw"],
      ["unknown-role", "/users/0/roles/0"],
    ],
  );
  for (const { place, path } of findings) {
    const line = readFileSync(broken, "utf8").split("\n")[place.line - 1];
    assert.ok(line.slice(place.column - 1).startsWith(path.endsWith("0") ? '"agnt"' : "true"), line);
  }
  const github = run(["check", broken, "--format", "github"]).out;
  assert.match(github, /^::error file=.*,line=\d+,col=\d+,title=unknown-permission::/m);
  const sarif = JSON.parse(run(["check", broken, "--format", "sarif"]).out);
  assert.equal(sarif.runs[0].results.length, 2);
  assert.match(run(["check", broken, "--format", "junit"]).out, /failures="2"/);
  assert.equal(run(["check", roles, "--format", "junit"]).code, 0);
});

test("bytes that are no text, and text that is no JSON", () => {
  writeFileSync(join(folder, "bytes.json"), Buffer.from([0x7b, 0xff, 0xfe]));
  assert.match(run(["check", "bytes.json"]).err, /not UTF-8/);
  const { code, out } = run(["check", "-"], { input: '{"format": }' });
  assert.equal(code, 1);
  assert.match(out, /standard input:1:12 {2}error syntax/);
  assert.equal(run(["check", "-"], { input: "" }).code, 1);
});

test("nothing in a document reaches the terminal as more than text", () => {
  for (const args of [
    ["who-can", roles, "billing.manage"],
    ["explain", roles, '{"id":"\\u001b[2J","roles":["\\u001b[31mx"]}', "billing.manage"],
    ["check", roles, "\u001b[2J", "billing.manage"],
  ])
    assert.ok(!run(args).out.includes("\u001b"), args.join(" "));
  assert.ok(ok(["who-can", roles, "billing.manage"], { env: { FORCE_COLOR: "1" } }).includes("bo"));
});

test("answers: yes is 0, no is 1", () => {
  const mine =
    '{"assignee":{"id":"ana"},"teamId":"sales","status":"open","labels":[],"at":"2000-01-01T00:00:00Z"}';
  ok(["check", roles, "ana", "tickets.reply", "--resource", mine]);
  assert.equal(run(["check", roles, "ana", "tickets.reply", "-r", "null"]).code, 1);
  assert.equal(run(["check", roles, "ana", "billing.manage"]).code, 1);
  ok(["check", roles, '{"id":"x","roles":["owner"]}', "billing.manage"]);
  assert.equal(run(["check", roles, "bo", "billing.manage", "--limit", "tickets.*"]).code, 1);
  assert.equal(run(["check", roles, "bo", "billing.manage", "--now", "2100-01-01T00:00:00Z"]).code, 1);
  assert.equal(run(["scope", roles, "nobody", "tickets.view"]).code, 1);
  assert.equal(run(["who-can", roles, "billing.manage"]).code, 0);
  file("record.json", mine);
  ok(["check", roles, "ana", "tickets.reply", "--resource", "@record.json"]);
  ok(["check", "-", "bo", "billing.manage"], { input: JSON.stringify(SNAPSHOT) });
  const why = JSON.parse(run(["explain", roles, "ana", "billing.manage", "--format", "json"]).out);
  assert.deepEqual([why.reason, why.remedies.list[0].roles], ["not-granted", ["owner"]]);
});

test("narrow: one person's snapshot, which answers alike", () => {
  const narrowed = ok(["narrow", roles, "ana"]);
  assert.ok(!narrowed.includes("Owner"));
  file("ana.json", narrowed);
  assert.equal(run(["check", "ana.json", "ana", "tickets.view"]).code, 0);
});

test("types depend on names only, and say when they are old", () => {
  ok(["types", roles, "--out", "register.d.ts"]);
  const text = readFileSync(join(folder, "register.d.ts"), "utf8");
  assert.match(text, /\/\*\* View \*\\\/ tickets of others \*\//);
  const { categories } = SNAPSHOT.catalog;
  const turned = {
    ...SNAPSHOT,
    revision: 8,
    catalog: {
      ...SNAPSHOT.catalog,
      categories: categories.toReversed().map((it) => ({ ...it, permissions: it.permissions.toReversed() })),
    },
    roles: SNAPSHOT.roles.toReversed(),
  };
  ok(["types", file("turned.json", turned), "--out", "register.d.ts", "--check"]);
  const more = structuredClone(SNAPSHOT);
  more.catalog.categories[1].permissions.push({ id: "billing.view" });
  const old = run(["types", file("more.json", more), "--out", "register.d.ts", "--check"]);
  assert.equal(old.code, 1);
  assert.match(old.err, /not up to date/);
  assert.equal(run(["types", roles, "--out", "missing.d.ts", "--check"]).code, 2);
});

test("expectations: what fails, what is misspelt, what they say nothing about", () => {
  const good = [
    {
      user: "ana",
      permission: "tickets.view",
      resource: { teamId: "sales", labels: [], at: 0 },
      can: true,
      reason: "granted",
    },
    {
      user: "ana",
      permission: "tickets.view",
      resource: { teamId: "sales", labels: ["legal"], at: "2098-01-01T00:00:00Z" },
      reason: "denied",
    },
    { user: "bo", permissions: ["billing.manage", "tickets.reply"], can: true, scope: "all", remedies: [] },
    { user: { id: "x", roles: ["owner"] }, permission: "billing.manage", can: true },
    { user: "zoe", permission: "billing.manage", reason: "unknown-user" },
    { user: "ana", permission: "nothing", reason: "unknown-permission" },
    { permission: "billing.manage", whoCan: ["bo"] },
  ];
  const out = ok(["test", roles, file("good.json", good)]);
  assert.match(out, /^8 passed, 0 failed\n3 of 4 grants and denials decided/);
  assert.match(out, /not the grant tickets\.reply of agent/);
  assert.match(ok(["test", roles, "good.json", "--filter", "who can"]), /^1 passed/);
  assert.match(ok(["test", roles, "good.json", "--format", "junit"]), /tests="8" failures="0"/);

  const failing = [
    [{ user: "ana", permission: "billing.manage", can: true }, /expected yes, got no \(not-granted/],
    [{ user: "ann", permission: "billing.manage", can: false }, /unknown user "ann": did you mean "ana"\?/],
    [
      { user: "ana", permission: "billing.mange", can: false },
      /unknown permission "billing.mange": did you mean "billing.manage"/,
    ],
    [
      { user: { id: "x", roles: ["ownr"] }, permission: "billing.manage", can: false },
      /unknown role "ownr": did you mean "owner"/,
    ],
    [{ permission: "billing.manage", whoCan: ["ana"] }, /these can, too: bo; these cannot: ana/],
    [
      { user: "ana", permission: "tickets.view", scope: { level: "own" } },
      /expected {"level":"own"}, got {"level":"team"}/,
    ],
  ];
  for (const [entry, message] of failing) {
    const result = run(["test", roles, file("failing.json", [entry])]);
    assert.equal(result.code, 1, JSON.stringify(entry));
    assert.match(result.out, message);
  }
  const unusable = [
    [[], /no expectation/],
    [{}, /must be a list/],
    [[{ user: "ana", permission: "tickets.view" }], /nothing is expected/],
    [[{ user: "ana", permission: "tickets.view", cann: true }], /did you mean "can"/],
    [[{ user: "ana", permission: "tickets.view", can: "yes" }], /"can" cannot be "yes"/],
    [[{ users: [], permission: "tickets.view", can: true }], /asks nothing/],
    [[{ user: "ana", can: true }], /one of "permission"/],
    [[{ permission: "tickets.view", can: true }], /"user" is missing/],
    [[{ user: "ana", permission: "tickets.view", whoCan: [] }], /leave "user" out|entry of its own/],
  ];
  for (const [entries, message] of unusable) {
    const result = run(["test", roles, file("unusable.json", entries)]);
    assert.equal(result.code, 2, JSON.stringify(entries));
    assert.match(result.err, message);
  }
  assert.match(run(["test", roles, "good.json", "--filter", "nowhere"]).err, /has "nowhere" in its name/);
});

test("keys and signatures: the private key is for its owner, and what is signed verifies", async () => {
  const keys = run(["keygen", "private.json", "public.json"]);
  assert.equal(keys.code, 0);
  assert.equal(statSync(join(folder, "private.json")).mode & 0o077, 0);
  assert.match(run(["keygen", "private.json", "other.json"]).err, /it is there already/);
  const jws = ok(["sign", roles, "--key", "private.json"]).trim();
  const { loadSigned } = await import("../../../pkg/signed/index.js").catch(() => ({}));
  assert.equal(jws.split(".").length, 3);
  if (loadSigned !== undefined) {
    const { load } = await import("../../../pkg/entries/node.js");
    const set = JSON.parse(readFileSync(join(folder, "public.json"), "utf8"));
    assert.equal((await loadSigned(jws, set, { tenant: null, load })).revision, 7);
  }
});

test("options: each once, with its value, and of names that the snapshot has", () => {
  const wrong = {
    "lint roles.json --format json --format human": /`--format` is given twice/,
    "types roles.json --check --check": /`--check` is given twice/,
    "types roles.json --check=no": /`--check` takes no value/,
    "check roles.json ana tickets.view --resource --now": /`--resource` needs a value; .* --resource=VALUE/,
    "check roles.json ana tickets.view -r": /`-r` needs a value/,
    "check roles.json ana tickets.view --roles agnet": /unknown role "agnet": did you mean "agent"\?/,
    "who-can roles.json tickets.view --roles agent,": /unknown role ""/,
    "scope roles.json ana tickets.view --limit tickets.veiw": /"tickets.veiw": did you mean "tickets.view"\?/,
    "check roles.json ana tickets.view --limit ticket.*": /did you mean "tickets.\*"\?/,
    "matrix roles.json --roles agnet": /unknown role "agnet": did you mean "agent"\?/,
    "check roles.json --now 2030-01-01T00:00:00Z": /--now is for a question/,
    "check roles.json -r {}": /--resource is for a question/,
    "lint roles.json --ignore nodescription": /unknown code "nodescription": did you mean "no-description"\?/,
    "lint roles.json --ignore no-description,": /unknown code ""/,
    "keygen same.json same.json": /a file each/,
    "check roles.json ana tickets.view --now 2030-02-30T00:00:00Z": /not a time/,
    "sql roles.json ana tickets.view --columns []": /--columns must be a JSON object/,
    "sql roles.json ana tickets.view --start-at 2 --dialect sqlite": /--start-at is for postgres/,
    "report roles.json --usage []": /--usage must be a JSON object/,
    'report roles.json --usage {"ana":[]}': /--usage of "ana" must be a JSON object/,
    'report roles.json --usage {"ana":{"tickets.view":"soon"}}': /"tickets.view" must have a time/,
    "narrow roles.json ana --out -": /`-` is the standard input/,
    "diff - -": /standard input can only be read once/,
  };
  for (const [call, message] of Object.entries(wrong)) {
    const { code, out, err } = run(call.split(" "), { input: JSON.stringify(SNAPSHOT) });
    assert.deepEqual([code, out], [2, ""], call);
    assert.match(err, message, call);
  }
  ok(["check", roles, "bo", "billing.manage", "--roles", "owner,agent", "--limit", "billing.*,*"]);
  const subject = JSON.stringify({ id: "x", roles: ["owner"] });
  ok(["explain", roles, "@-", "billing.manage"], { input: subject });
});

test("an id may begin like an option, or like JSON", () => {
  const users = ["-2", "@ana", "{x"].map((id) => ({ id, roles: ["owner"] }));
  const odd = file("odd.json", { ...SNAPSHOT, users });
  const { code, err } = run(["check", odd, "-2", "billing.manage"]);
  assert.equal(code, 2);
  assert.match(err, /unknown option `-2`: .* behind `--`/);
  ok(["check", "--", odd, "-2", "billing.manage"]);
  for (const id of ["@ana", "{x"]) ok(["check", odd, JSON.stringify(id), "billing.manage"]);
});

test("somebody whom the snapshot does not have is named", () => {
  for (const args of [["check"], ["explain"], ["scope"]]) {
    const { code, err } = run([...args, roles, "anna", "tickets.view"]);
    assert.deepEqual([code, err], [1, 'unknown user "anna": did you mean "ana"?\n'], args.join());
  }
  const outsider = run(["check", roles, '{"id":"x","roles":["ownr"],"teams":["slaes"]}', "billing.manage"]);
  assert.equal(outsider.code, 1);
  assert.equal(
    outsider.err,
    'unknown role "ownr": did you mean "owner"?\nunknown team "slaes": did you mean "sales"?\n',
  );
  const narrowed = run(["narrow", roles, "anna", "--out", "anna.json"]);
  assert.deepEqual([narrowed.code, narrowed.out], [2, ""]);
  assert.match(narrowed.err, /^unknown user "anna": did you mean "ana"\?\n.*as JSON/);
  assert.equal(existsSync(join(folder, "anna.json")), false);
  ok(["narrow", roles, '{"id":"anna","roles":["agent"]}']);
});

test("a key twice is refused in every file", () => {
  file("twice.json", '[{"user": "ana", "permission": "billing.manage",\n "can": true, "can": false}]');
  file("record.json", '{"a": 1,\n "a": 2}');
  const calls = {
    "test roles.json twice.json": /^twice\.json:2:22: \/0\/can: the same key twice/,
    "check roles.json ana tickets.view -r @record.json": /^record\.json:2:7: \/a: the same key twice/,
    "check roles.json ana tickets.view -c @record.json": /^record\.json:2:7: \/a: the same key twice/,
    'check roles.json ana tickets.view -r {"a":1,"a":2}': /^--resource:1:12: \/a: the same key twice/,
    'check roles.json {"id":"x","id":"y"} tickets.view': /^user:1:16: \/id: the same key twice/,
    "sql roles.json ana tickets.view --columns @record.json": /^record\.json:2:7: /,
    "report roles.json --usage @record.json": /^record\.json:2:7: /,
    "sign roles.json --key record.json": /^record\.json:2:7: /,
    "check record.json ana tickets.view": /record\.json:2:7 {2}error duplicate-key/,
    "diff roles.json record.json": /record\.json:2:7 {2}error duplicate-key/,
  };
  for (const [call, message] of Object.entries(calls)) {
    const { code, out, err } = run(call.split(" ").map((word) => word.replaceAll("~", " ")));
    assert.deepEqual([code, out], [2, ""], call);
    assert.match(err, message, call);
  }
});

test("a byte order mark: every message names the fix", () => {
  file("bom.json", `\ufeff${JSON.stringify(SNAPSHOT)}`);
  const fix = /bom\.json:1:1:? {1,2}.*it begins with a byte order mark: save it as UTF-8 without one/;
  for (const format of ["human", "github", "junit"]) {
    const { code, out } = run(["check", "bom.json", "--format", format]);
    assert.equal(code, 1);
    assert.match(out, format === "github" ? /mark: save it as UTF-8 without one/ : fix);
  }
  for (const format of ["json", "sarif"])
    assert.match(run(["check", "bom.json", "--format", format]).out, /save it as UTF-8 without one/);
  for (const call of [
    ...["matrix", "lint", "report", "types"].map((name) => `${name} bom.json`),
    ...["explain", "scope", "sql", "check"].map((name) => `${name} bom.json ana tickets.view`),
    "who-can bom.json tickets.view",
    "narrow bom.json ana",
    "diff roles.json bom.json",
    "diff bom.json roles.json",
    "test bom.json bom.json",
    "test roles.json bom.json",
    "check roles.json @bom.json tickets.view",
    "check roles.json ana tickets.view -r @bom.json",
    "report roles.json --usage @bom.json",
    "sign roles.json --key bom.json",
    ...["casl", "casbin", "kubernetes"].map((name) => `import ${name} bom.json`),
  ]) {
    const { code, out, err } = run(call.split(" "));
    assert.deepEqual([code, out], [2, ""], call);
    assert.match(err, fix, call);
  }
  writeFileSync(join(folder, "wide.json"), Buffer.from(`\ufeff${JSON.stringify(SNAPSHOT)}`, "utf16le"));
  assert.match(run(["check", "wide.json"]).err, /wide\.json is UTF-16: save it as UTF-8/);
});

test("expectations that could never fail, or never be met, are refused with their line", () => {
  const entry = { user: "ana", permission: "tickets.view" };
  const unusable = [
    [{ ...entry, scope: {} }, /"scope" cannot be \{\}/],
    [{ ...entry, scope: { knid: "all" } }, /"scope" cannot be/],
    [{ ...entry, scope: "sme" }, /"scope" cannot be "sme"/],
    [{ ...entry, can: true, now: "2030-01-01" }, /"now" cannot be "2030-01-01"/],
    [{ ...entry, user: {}, can: false }, /id/],
  ];
  for (const [one, message] of unusable) {
    const { code, err } = run(["test", roles, file("refused.json", [{ ...entry, can: true }, one])]);
    assert.equal(code, 2, err);
    assert.match(err, /refused\.json:7:3: \/1: /);
    assert.match(err, message);
  }
  for (const [more, message] of [
    [{ roles: ["agnet"] }, /unknown role "agnet": did you mean "agent"/],
    [{ limit: ["tickets.veiw"] }, /unknown permission "tickets.veiw": did you mean "tickets.view"/],
  ]) {
    const { code, out } = run(["test", roles, file("misspelt.json", [{ ...entry, can: false, ...more }])]);
    assert.equal(code, 1);
    assert.match(out, message);
  }
});

test("names with marks that turn text around, or end XML, are nothing but text", () => {
  const id = "a\u202eb\uffff";
  const odd = file("marks.json", {
    ...SNAPSHOT,
    tenant: id,
    roles: [...SNAPSHOT.roles, { id, name: id, grants: { "*": true } }],
    users: [{ id, roles: [id] }],
  });
  file("marks-test.json", [{ name: id, user: id, permission: "billing.manage", can: false }]);
  for (const args of [
    ["check", odd],
    ["check", odd, id, "billing.manage"],
    ["explain", odd, id, "billing.manage"],
    ["who-can", odd, "billing.manage"],
    ["matrix", odd],
    ["lint", odd],
    ["lint", odd, "--format", "github"],
    ["report", odd],
    ["sql", odd, id, "tickets.view", "--columns", '{"assignee.id":"a","teamId":"t","labels":"l","at":"x"}'],
    ["scope", odd, id, "tickets.view"],
    ["diff", roles, odd],
    ["test", odd, "marks-test.json"],
    ["test", odd, "marks-test.json", "--format", "github"],
    ["check", odd, "\u202e", "billing.manage"],
  ]) {
    const { out, err } = run(args);
    assert.ok(!/\u202e/.test(out + err), args.join(" "));
  }
  const xml = run(["test", odd, "marks-test.json", "--format", "junit"]).out;
  assert.ok(xml.includes("<failure") && !/[\u202e\ufffe\uffff]/.test(xml));
});
