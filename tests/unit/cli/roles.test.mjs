// matrix, lint, diff and report: what roles grant, what changes, and who holds what.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../../pkg/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "rolegate-roles-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const HOSTILE = '<img src=x onerror=alert(1)>|`"@me';
const SNAPSHOT = {
  format: "rolegate/1",
  revision: 7,
  catalog: {
    categories: [
      {
        id: "t",
        permissions: [
          { id: "t.view", scopes: ["own", "team", "all"] },
          { id: "t.edit", scopes: ["own", "all"] },
          { id: "t.export" },
        ],
      },
    ],
  },
  roles: [
    {
      id: "agent",
      name: "Support agent",
      description: "Answers",
      grants: { "t.view": "team", "t.edit": { scope: "own", when: { "resource.open": true } } },
      deny: ["t.export"],
    },
    { id: HOSTILE, name: "Reader", description: "Reads", grants: { "t.view": "all" } },
  ],
  users: [
    { id: "ana", roles: ["agent"] },
    { id: "=cmd", roles: [HOSTILE] },
  ],
};
const write = (name, value) => writeFileSync(join(folder, name), JSON.stringify(value, undefined, 1));
write("roles.json", SNAPSHOT);

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { code: status, out: stdout, err: stderr };
}

test("matrix: levels, conditions and denials; names are nothing but text", () => {
  const { roles, permissions } = JSON.parse(run("matrix", "roles.json", "--format", "json").out);
  assert.deepEqual(roles, ["agent", HOSTILE]);
  assert.deepEqual(
    permissions.map(({ id, roles: granted }) => [id, granted.agent, granted[HOSTILE]]),
    [
      ["t.view", "team", "all"],
      ["t.edit", "own if", ""],
      ["t.export", "denied", ""],
    ],
  );
  const html = run("matrix", "roles.json", "--format", "html").out;
  assert.ok(html.includes("&lt;img") && !html.includes("<img"));
  const markdown = run("matrix", "roles.json", "--format", "markdown").out.split("\n");
  assert.equal(markdown[0].replaceAll(/\\./g, "").split("|").length, 5, "three cells");
  assert.match(run("matrix", "roles.json", "--roles", "agent").out, /^ +agent\n/);
});

test("lint: findings with their lines; information alone is clean", () => {
  const { code, out } = run("lint", "roles.json", "--format", "json");
  const { findings: found } = JSON.parse(out);
  assert.equal(code, found.some(({ severity }) => severity !== "info") ? 1 : 0);
  write("unused.json", {
    ...SNAPSHOT,
    roles: [...SNAPSHOT.roles, { id: "x", name: "Role 3", grants: { "t.export": true } }],
  });
  const unused = run("lint", "unused.json");
  assert.equal(unused.code, 1);
  assert.match(unused.out, /unused\.json:\d+:\d+ {2}warning generic-name/);
  const codes = JSON.parse(run("lint", "unused.json", "--format", "json").out).findings.map((it) => it.code);
  assert.equal(run("lint", "unused.json", "--ignore", codes.join(",")).code, 0);
  assert.match(
    run("lint", "unused.json", "--format", "github").out,
    /^::(warning|notice) file=unused\.json/m,
  );
  assert.equal(JSON.parse(run("lint", "unused.json", "--format", "sarif").out).version, "2.1.0");
  assert.match(run("lint", "unused.json", "--format", "junit").out, /<failure/);
});

test("diff: wider and narrower, and what fails on them", () => {
  const wider = structuredClone(SNAPSHOT);
  wider.roles[0].grants["t.view"] = "all";
  write("wider.json", wider);
  assert.equal(run("diff", "roles.json", "roles.json").code, 0);
  const found = run("diff", "roles.json", "wider.json", "--format", "json");
  assert.equal(found.code, 1);
  assert.deepEqual(
    JSON.parse(found.out).changes.map(({ user, permission, change }) => [user, permission, change]),
    [["ana", "t.view", "wider"]],
  );
  assert.equal(run("diff", "roles.json", "wider.json", "--fail-on", "narrower").code, 0);
  assert.equal(run("diff", "wider.json", "roles.json", "--fail-on", "wider").code, 0);
  assert.equal(run("diff", "wider.json", "roles.json", "--fail-on", "narrower").code, 1);
  assert.equal(run("diff", "roles.json", "wider.json", "--fail-on", "wide").code, 2);
  const hidden = run("diff", "roles.json", "wider.json", "--limit", "0", "--fail-on", "wider");
  assert.deepEqual([hidden.code, hidden.out], [1, "1 change, of which 1 are not shown\n"]);
  const gone = structuredClone(SNAPSHOT);
  gone.users[1].roles = [];
  write("gone.json", gone);
  const comment = run("diff", "roles.json", "gone.json", "--format", "markdown").out;
  assert.match(comment, /\| narrower \| <code>&#61;cmd<\/code> \|/);
  const later = structuredClone(SNAPSHOT);
  later.users[0].roles.push({ role: HOSTILE, from: "2090-01-01T00:00:00Z" });
  write("later.json", later);
  assert.match(run("diff", "roles.json", "later.json").out, /from 2090-01-01T00:00:00\.000Z/);
});

test("diff: what people from outside would get, and records that belong to others", () => {
  const outside = { ...SNAPSHOT, users: [] };
  write("outside.json", outside);
  const widened = structuredClone(outside);
  widened.roles[0].grants = { "*": true };
  widened.roles[0].deny = [];
  write("widened.json", widened);
  const role = run("diff", "outside.json", "widened.json", "--fail-on", "wider");
  assert.equal(role.code, 1);
  assert.match(role.out, /^wider +\(anybody with agent\) +t\.view +team +all/m);
  write("everyone.json", { ...outside, everyone: [HOSTILE] });
  const everyone = run("diff", "outside.json", "everyone.json", "--fail-on", "wider");
  assert.equal(everyone.code, 1);
  assert.match(everyone.out, /^wider +\(everyone\) +t\.view +none +all/m);
  const moved = structuredClone(SNAPSHOT);
  moved.catalog.resources = { t: { owner: "anyId" } };
  write("moved.json", moved);
  const mapping = run("diff", "roles.json", "moved.json", "--fail-on", "wider");
  assert.deepEqual([mapping.code, mapping.out], [1, "0 changes\n"]);
  assert.match(mapping.err, /records of t belong to others/);
  const elsewhere = structuredClone(SNAPSHOT);
  elsewhere.roles[0].grants["t.edit"].when = { "resource.open": { $in: [true, false] } };
  write("elsewhere.json", elsewhere);
  assert.equal(run("diff", "roles.json", "elsewhere.json", "--fail-on", "wider").code, 1, "it may be wider");
  assert.equal(run("diff", "outside.json", "outside.json").code, 0);
});

test("the exit code is the answer, whether or not somebody reads it", () => {
  const { stdout } = spawnSync(
    "bash",
    [
      "-c",
      `"${process.execPath}" "${PROGRAM}" check roles.json ana t.export | true; echo "\${PIPESTATUS[0]}"`,
    ],
    { cwd: folder, encoding: "utf8" },
  );
  assert.equal(stdout, "1\n");
  for (const [call, expected] of [
    ["check missing.json", 2],
    ["check roles.json nobody t.export", 1],
    ["lint missing.json", 2],
  ]) {
    const piped = `"${process.execPath}" "${PROGRAM}" ${call} 2>&1 | true; echo "\${PIPESTATUS[0]}"`;
    const result = spawnSync("bash", ["-c", piped], { cwd: folder, encoding: "utf8" });
    assert.equal(result.stdout, `${expected}\n`, call);
  }
  if (process.platform !== "linux") return;
  const full = spawnSync("bash", ["-c", `"${process.execPath}" "${PROGRAM}" check roles.json > /dev/full`], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.equal(full.status, 2);
  assert.match(full.stderr, /cannot be written/);
});

test("report: rows of people, in which no cell is a formula", () => {
  const csv = run("report", "roles.json", "--format", "csv").out;
  assert.match(csv, /^user,role,/);
  assert.match(csv, /\r\n"?'=cmd/);
  const { header, rows } = JSON.parse(run("report", "roles.json", "--format", "json").out);
  assert.equal(header.rows, rows.length);
  assert.match(run("report", "roles.json").out, /SHA-256 [0-9a-f]{64}/);
  assert.ok(!run("report", "roles.json", "--format", "html").out.includes("<img"));
  assert.equal(run("report", "roles.json", "--at", "today").code, 2);
});

test("matrix: a large tenant takes a moment, and says what the form of each role says", async () => {
  const { roleForm } = await import("../../../pkg/admin/node.js");
  const categories = Array.from({ length: 10 }, (_, at) => ({
    id: `c${at}`,
    permissions: ["view", "edit", "export"].map((name, index) => ({
      id: `c${at}.${name}`,
      ...(index < 2 && { scopes: ["own", "team", "all"] }),
      ...(index === 1 && { implies: [`c${at}.view`] }),
    })),
  }));
  const [when, cells] = [
    { "resource.open": true, "user.country": "pt" },
    ["own", "team", "all", true, false],
  ];
  const grant = (at) => (at % 3 === 0 ? cells[at % 5] : { scope: ["own", "team", "all"][at % 3], when });
  const roles = Array.from({ length: 60 }, (_, at) => ({
    id: `r${at}`,
    name: `R${at}`,
    ...(at > 2 && at % 2 === 0 && { inherits: [`r${at - 2}`] }),
    grants: {
      [`c${at % 10}.view`]: cells[at % 4],
      [`c${(at + 1) % 10}.edit`]: grant(at),
      ...(at % 4 === 1 && { [`c${at % 10}.*`]: "team", "c1.export": true }),
      ...(at === 7 && { "*": true }),
    },
    ...(at % 7 === 0 && { deny: [`c${at % 10}.view`, { key: "c2.*", when }] }),
  }));
  const users = Array.from({ length: 5000 }, (_, at) => ({ id: `u${at}`, roles: [`r${at % 60}`] }));
  const tenant = { format: "rolegate/1", revision: 1, catalog: { categories }, roles, users };
  write("large.json", tenant);
  const begun = performance.now();
  const { code, out } = run("matrix", "large.json", "--format", "json");
  assert.equal(code, 0);
  assert.ok(performance.now() - begun < 5000, "it loads the snapshot once");
  const shown = new Map(JSON.parse(out).permissions.map(({ id, roles: granted }) => [id, granted]));
  const found = new Set();
  for (const id of ["r0", "r1", "r4", "r7", "r9", "r13", "r14"]) {
    const form = roleForm({ ...tenant, users: [] }, id);
    for (const { id: permission, granted, level, levels, conditional, denied } of form.categories.flatMap(
      (category) => category.permissions,
    )) {
      const how = granted ? `${levels.length === 0 ? "yes" : level}${conditional ? " if" : ""}` : "";
      const wanted = denied === "always" ? "denied" : [how, denied && "denied if"].filter(Boolean).join(", ");
      assert.equal(shown.get(permission)[id], wanted, `${id} ${permission}`);
      found.add(wanted);
    }
  }
  assert.ok(found.size >= 8, [...found].join());
});

test("diff: somebody who is disabled or enabled does not hide what their role gains", () => {
  const wider = structuredClone(SNAPSHOT);
  wider.roles[0].grants["t.view"] = "all";
  const of = (json, ...users) => ({ ...json, users });
  const ana = { id: "ana", roles: ["agent"] };
  const holder = /^wider +\(anybody with agent\) +t\.view +team +all/m;
  const diff = (old, now) => {
    write("old.json", old);
    write("now.json", now);
    return run("diff", "old.json", "now.json", "--fail-on", "wider");
  };
  for (const [before, after] of [
    [ana, { ...ana, disabled: true }],
    [
      { ...ana, disabled: true },
      { ...ana, disabled: true },
    ],
    [ana, { id: "ana", roles: [] }],
    [ana, { id: "ana", roles: [{ role: "agent", until: "2020-01-01T00:00:00Z" }] }],
    [
      { ...ana, roles: ["agent", "all"] },
      { ...ana, roles: ["agent", "all"] },
    ],
  ]) {
    const more = (json) => ({
      ...json,
      roles: [...json.roles, { id: "all", name: "A", grants: { "*": true } }],
    });
    const { code, out } = diff(of(more(SNAPSHOT), before), of(more(wider), after));
    assert.equal(code, 1, JSON.stringify([before, after]));
    assert.match(out, holder);
  }
  const enabled = diff(of(SNAPSHOT, { ...ana, disabled: true }), of(SNAPSHOT, ana));
  assert.equal(enabled.code, 1);
  assert.match(enabled.out, /^wider +ana +t\.view +none +own/m);
  const disabled = diff(of(SNAPSHOT, ana), of(SNAPSHOT, { ...ana, disabled: true }));
  assert.equal(disabled.code, 0);
  assert.match(disabled.out, /^narrower +ana +t\.view +own +none/m);
  const { out } = diff(of(SNAPSHOT, ana), of(wider, ana));
  assert.match(out, /^1 change$/m, "of a holder who is listed it is said once");
});

test("diff: a mask that is taken away is noticed, and a new kind of records belongs to nobody else", () => {
  const mask = { resource: "t", field: "mail", permission: "t.export" };
  const masked = { ...SNAPSHOT, catalog: { ...SNAPSHOT.catalog, masks: [mask] } };
  write("masked.json", masked);
  const fails = (old, now, kind) => run("diff", old, now, "--fail-on", kind).code;
  assert.deepEqual(
    ["wider", "narrower", "any"].map((kind) => fails("masked.json", "roles.json", kind)),
    [1, 0, 1],
  );
  assert.deepEqual(
    ["wider", "narrower", "any"].map((kind) => fails("roles.json", "masked.json", kind)),
    [0, 1, 1],
  );
  assert.equal(fails("masked.json", "masked.json", "any"), 0);
  const { out } = run("diff", "masked.json", "roles.json", "--format", "markdown");
  assert.equal(
    out,
    "Nobody’s permissions change.\n\n- <code>mail of t is no longer masked as it was</code>\n",
  );
  assert.match(run("diff", "masked.json", "roles.json").err, /^mail of t is no longer masked as it was$/m);
  const more = structuredClone(SNAPSHOT);
  more.catalog.categories.push({ id: "n", permissions: [{ id: "n.view", scopes: ["own"] }] });
  more.catalog.resources = { n: { owner: "by" } };
  write("more.json", more);
  const { code, err } = run("diff", "roles.json", "more.json");
  assert.deepEqual([code, err], [0, ""]);
});

test("thousands of findings take a moment, and each is marked in its line", () => {
  const roles = Array.from({ length: 800 }, (_, at) => ({
    id: `r${at}`,
    name: "n",
    grants: { "t.export": true },
  }));
  const users = Array.from({ length: 8000 }, (_, at) => ({
    ...{ id: `🙂${at}`, disabled: true },
    roles: [`r${at % 800}`],
  }));
  // On one line, as programs write it.
  writeFileSync(join(folder, "many.json"), JSON.stringify({ ...SNAPSHOT, roles, users }));
  const begun = performance.now();
  const { code, out } = run("lint", "many.json");
  assert.equal(code, 1);
  assert.ok(performance.now() - begun < 5000, "the text is read once");
  const marked = out.split("\n").flatMap((line, at, lines) => {
    const mark = /^ +│ ( *)(\^+)$/.exec(line);
    if (mark === null) return [];
    return [[...lines[at - 1].replace(/^ +\d+ │ /, "")].slice(mark[1].length)[0]];
  });
  assert.ok(marked.length > 1500);
  assert.ok(
    marked.every((letter) => ['"', "{", "[", "t"].includes(letter)),
    [...new Set(marked)].join(),
  );
});
