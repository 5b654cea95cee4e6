// The JSON Schema of snapshots says the same as `load`, as far as a schema can.
//
//   node --test tests/schema.test.mjs      (after `cargo xtask build`)

import { deepEqual, ok } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { before, test } from "node:test";
import Ajv from "ajv/dist/2020.js";
import { init, isRolegateError, loadSync } from "../pkg/entries/node.js";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const readJson = (path) => JSON.parse(read(path));
const named = (folder, pattern) =>
  readdirSync(new URL(folder, import.meta.url))
    .filter((name) => pattern.test(name))
    .map((name) => folder + name);

const schema = readJson("../pkg/schema.json");
const fits = new Ajv.default({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(schema);

before(() => init());

test("the package has it", () => {
  const { files, exports } = readJson("../pkg/package.json");
  deepEqual([files.includes("schema.json"), exports["./schema.json"]], [true, "./schema.json"]);
});

/** What `load` finds wrong with a document. */
function issuesOf(source) {
  try {
    loadSync(source).free();
    return [];
  } catch (error) {
    ok(isRolegateError(error) && Array.isArray(error.issues), error);
    return error.issues;
  }
}

test("every valid snapshot fits", () => {
  const groups = named("vectors/", /^(decisions|rules(-2)?|real-.*)\.json$/).flatMap((file) =>
    readJson(file).map((group) => [file, group.snapshot]),
  );
  const samples = named("../www/samples/", /\.json$/).map((file) => [file, readJson(file)]);
  const examples = named("../docs/", /\.md$/).flatMap((file) =>
    [...read(file).matchAll(/^```json snapshot\n(.*?)^```$/gms)].map(([, text]) => [file, JSON.parse(text)]),
  );
  ok(groups.length > 0 && samples.length > 0 && examples.length > 0);
  for (const [file, snapshot] of [...groups, ...samples, ...examples])
    ok(fits(snapshot), `${file}: ${JSON.stringify(fits.errors)}`);
});

/** The cases of invalid.json that a schema cannot see, and why. */
const UNSEEN = {
  "references to what is not declared": [
    "misspelt grant",
    "unknown category wildcard",
    "unknown deny",
    "unknown role of a user",
    "unknown parent role",
    "unknown team of a user",
    "unknown role type of a role",
    "unknown prerequisite",
    "unmapped resource type",
    "everyone with unknown role",
  ],
  cycles: ["prerequisite of itself", "inheritance cycle", "team its own parent"],
  "ids that two objects declare": ["permission twice", "user twice"],
  "levels and role types of the permission": [
    "level not offered",
    "level on tenant-level permission",
    "team role grants company permission",
  ],
  "values that are compared": ["empty window"],
  "text that is not JSON": ["not JSON", "empty", "trailing garbage", "BOM"],
  "text that means the same to most readers": ["duplicate key"],
  depth: ["too deep"],
};

test("every invalid document is refused, except those that a schema cannot see", () => {
  const unseen = readJson("vectors/invalid.json")
    .filter(({ text }) => isUnseen(text))
    .map(({ name }) => name);
  deepEqual(unseen.sort(), Object.values(UNSEEN).flat().sort());
});

function isUnseen(text) {
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    return true;
  }
  return fits(json);
}

/** Has every key and every form of value that the format has. */
const EVERYTHING = {
  $schema: "urn:rolegate:snapshot:1",
  format: "rolegate/1",
  revision: 7,
  tenant: "acme",
  issuedAt: "2026-11-01T00:00:00Z",
  expiresAt: "2028-02-29t23:59:59.9+01:00",
  plan: "pro",
  catalog: {
    categories: [
      {
        id: "c",
        title: "C",
        description: "C",
        permissions: [
          {
            id: "c.view",
            title: "View",
            description: "View",
            scopes: ["own", "team", "all"],
            plans: ["pro"],
          },
          {
            id: "c.reply",
            scopes: ["own", "team"],
            requires: ["c.view"],
            implies: ["c.note"],
            sensitive: true,
          },
          { id: "c.note", resource: "c", roleTypes: ["agent"], standardOnly: true },
        ],
      },
    ],
    roleTypes: ["agent", "manager"],
    plans: ["pro"],
    resources: { c: { owner: ["assigneeId", "participants.id"], team: "teamId" } },
    levelTitles: { own: "Restricted", team: "Group", all: "Global" },
    masks: ["omit", "null", "redact", "pseudonym"].map((as) => ({
      resource: "c",
      field: `rows.${as}`,
      permission: "c.view",
      as,
    })),
  },
  teams: [
    { id: "emea", name: "EMEA", kind: "region" },
    { id: "sales", parent: "emea" },
  ],
  roles: [
    { id: "admin", name: "Admin", standard: true, locked: true, grants: { "*": true } },
    {
      id: "agent",
      name: "Agent",
      type: "agent",
      inherits: ["manager"],
      grants: { "c.*": "team", "c.note": false },
    },
    {
      id: "manager",
      name: "Manager",
      description: "Manages",
      type: "manager",
      approvedBy: "ana",
      reviewedAt: "2026-10-01T00:00:00Z",
      grants: {
        "c.view": ["own", { scope: "all", when: { "resource.assigneeId": { $exists: false } } }],
        "c.reply": {
          when: {
            $and: [{ "resource.a": { $ref: "user.a" } }, { $not: { "resource.b": 1 } }],
            $or: [{ "context.c": true }],
          },
        },
      },
      deny: [
        "c.*",
        {
          key: "c.view",
          when: {
            $during: {
              tz: "Europe/Lisbon",
              days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
              from: "22:00",
              to: "24:00",
            },
          },
        },
      ],
    },
  ],
  users: [
    {
      id: "ana",
      name: "Ana",
      teams: ["sales"],
      roles: [
        "admin",
        {
          role: "agent",
          team: "emea",
          from: "2026-11-01T00:00:00Z",
          until: "2026-12-01T00:00:00Z",
          when: { "user.a": "x" },
        },
      ],
      attributes: { a: [1, { b: null }] },
      disabled: false,
    },
  ],
  everyone: [
    {
      role: "manager",
      when: {
        "resource.all": {
          $eq: "a",
          $ne: { $ref: "user.id" },
          $lt: 1,
          $lte: "b",
          $gt: 1.5,
          $gte: { $ref: "context.x" },
        },
        "resource.lists": {
          $in: ["a", 1, true],
          $nin: { $ref: "user.teams" },
          $has: "a",
          $hasAny: ["a"],
          $subset: ["a"],
        },
        "context.ip": { $startsWith: "10.", $cidr: ["10.0.0.0/8", "2001:db8::/32"], $exists: true },
        "context.one": { $cidr: "192.168.0.0/16" },
        "resource.members": {
          $elem: {
            "element.id": { $ref: "user.id" },
            $or: [{ "element.role": "a" }, { $not: { "element.x": { $elem: { "element.y": 1 } } } }],
          },
        },
        "resource.at": { $since: "now-15m", $before: "2027-01-01T00:00:00Z" },
        "user.hired": { $since: { $ref: "context.x" }, $before: "now" },
        "user.mail": { $endsWith: "@acme.test" },
      },
    },
  ],
  separations: [
    { id: "s", title: "S", roles: ["admin", "agent", "manager"], max: 2 },
    { id: "p", permissions: ["c.view", "c.reply"] },
  ],
};

test("the document with everything loads and fits", () => {
  deepEqual(issuesOf(EVERYTHING), []);
  ok(fits(EVERYTHING), JSON.stringify(fits.errors));
});

test("the document with everything has every key of the schema", () => {
  const listed = [...objectsIn(schema)].flatMap(({ properties }) => Object.keys(properties ?? {}));
  const used = new Set([...objectsIn(EVERYTHING)].flatMap((object) => Object.keys(object)));
  ok(listed.includes("reviewedAt") && listed.includes("$cidr"));
  deepEqual(
    listed.filter((key) => !used.has(key)),
    [],
  );
});

function* objectsIn(value) {
  if (typeof value !== "object" || value === null) return;
  yield value;
  for (const inner of Object.values(value)) yield* objectsIn(inner);
}

test("only a catalog that lists role types lets roles and permissions name them", () => {
  const document = (catalog, permission, role) => ({
    format: "rolegate/1",
    revision: 1,
    catalog: { categories: [{ id: "c", permissions: [{ id: "c.view", ...permission }] }], ...catalog },
    roles: [{ id: "r", name: "R", ...role }],
  });
  const types = { roleTypes: ["agent"] };
  for (const [expected, ...parts] of [
    [true, {}, {}, {}],
    [true, types, types, { type: "agent" }],
    [true, types, {}, { standard: true }],
    [false, types, {}, { standard: false }],
    [false, types, {}, {}],
    [false, {}, {}, { type: "agent" }],
    [false, {}, types, {}],
  ]) {
    const json = document(...parts);
    deepEqual([fits(json), issuesOf(json).length === 0], [expected, expected], JSON.stringify(json));
  }
});

/** What is put in the place of every value. */
const VALUES = [
  ...[
    null,
    true,
    false,
    0,
    1,
    -1,
    1.5,
    2 ** 53,
    [],
    [""],
    ["a", "a"],
    [null],
    {},
    { x: 1 },
    { "x-note": 1 },
    { $ref: "user.a" },
    { $ref: "a" },
  ],
  ...[
    "",
    "*",
    "c.*",
    "c.",
    "a b",
    "a\u00a0b",
    "a\u0000",
    "é".repeat(129),
    "x".repeat(257),
    "own",
    "rolegate/2",
    "24:00",
    "24:01",
    "09:60",
    "Europe/",
    "+01:00",
  ],
  ...[
    "2027-02-29T00:00:00Z",
    "2027-04-31T00:00:00Z",
    "2000-02-29T00:00:00z",
    "1900-02-29T00:00:00Z",
    "0000-02-29T00:00:00-23:59",
  ],
  ...[
    "2027-01-01T24:00:00Z",
    "2027-01-01T00:00:60Z",
    "2027-01-01T00:00:00",
    "2027-01-01 00:00:00Z",
    "2027-01-01T00:00:00.Z",
    "2027-01-01T00:00:00+0100",
  ],
  ...[
    "now",
    "now+1s",
    "now-9999999w",
    "now-10000000s",
    "now-05m",
    "now-0s",
    "now-5",
    "now-5M",
    "now 5m",
    "Now",
    "now-1h30m",
  ],
  ...[
    "10.0.0.0",
    "10.0.0.0/33",
    "10.0.0.0/08",
    "010.0.0.0/8",
    "::/0",
    "::/129",
    "1:2:3:4:5:6:7::/112",
    ":::/0",
    "1::2::3/128",
    "fe80::1%eth0/128",
  ],
];

/** What reading alone cannot know, by the code of the error. */
const LOOKED_UP = new Set(
  ["permission", "role", "team", "category", "role-type", "plan", "resource"]
    .map((what) => `unknown-${what}`)
    .concat("cycle", "role-type-mismatch", "invalid-window"),
);

/** Errors with codes of the others that a schema cannot see either. */
const BEYOND = [
  ({ code }) => code === "too-deep",
  // An object's id again in another object, or a mask's field.
  ({ code, path }) => code === "duplicate-id" && /\/(id|masks\/\d+)$/.test(path),
  // A bare role or key again, in a list with others that are objects.
  ({ code, path }) => code === "duplicate-id" && /\/(roles|everyone|deny)\/\d+$/.test(path),
  // A level that exists, but that the permission does not have.
  ({ code, message }) => code === "invalid-scope" && /have this level|has no levels/.test(message),
  // `max` is compared with the number of entries, a mask's permission with its type.
  ({ code, path }) =>
    code === "invalid-value" && /^\/(separations\/\d+(\/max)?|catalog\/masks\/\d+\/permission)$/.test(path),
  // 256 bytes, not characters.
  ({ code, message }) => code === "invalid-id" && message.includes("é"),
  // Two of the same time; bits behind the prefix, and IPv6 addresses in full.
  ({ code, message }) => code === "invalid-condition" && /must differ|without host bits/.test(message),
];

test("wherever one value changes, the schema refuses no more than `load` does, and no less of what it can see", () => {
  let count = 0;
  for (const [what, document] of changes(EVERYTHING)) {
    count += 1;
    agree(what, document, issuesOf(document));
  }
  ok(count > 5000, String(count));
});

test("the schema and `load` agree on the vectors of invalid documents", () => {
  let count = 0;
  for (const { name, text } of readJson("vectors/own-invalid.json")) {
    let document;
    try {
      document = JSON.parse(text);
    } catch {
      continue;
    }
    count += 1;
    // Parsed and written again, numbers and repeated keys are as a schema sees them.
    agree(name, document, issuesOf(JSON.stringify(document)));
  }
  ok(count > 500, String(count));
});

/** The schema refuses no document that loads, and each that does not load for reasons that it can see. */
function agree(what, document, issues) {
  const seen = issues.filter((issue) => !LOOKED_UP.has(issue.code) && !BEYOND.some((is) => is(issue)));
  const isFit = fits(document);
  ok(isFit || issues.length > 0, `${what}: loads, but does not fit: ${JSON.stringify(fits.errors)}`);
  ok(!isFit || seen.length === 0, `${what}: fits, but does not load: ${JSON.stringify(seen)}`);
}

/** All documents that differ from `document` at one place, each with a description. */
function* changes(document, place = []) {
  const value = place.reduce((inner, key) => inner[key], document);
  const where = `/${place.join("/")}`;
  if (place.length > 0) {
    yield [
      `without ${where}`,
      changed(document, place, (parent, key) =>
        Array.isArray(parent) ? parent.splice(key, 1) : delete parent[key],
      ),
    ];
    for (const other of VALUES) {
      yield [
        `${JSON.stringify(other)} at ${where}`,
        changed(document, place, (parent, key) => (parent[key] = other)),
      ];
    }
  }
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries())
      yield [
        `${where}/${i} again`,
        changed(document, [...place, value.length], (parent) => parent.push(item)),
      ];
  } else {
    for (const key of [
      "x-note",
      "note",
      "$note",
      "",
      "*",
      "c.*",
      "a b",
      "resource.",
      "resource.a",
      "context",
      "$ref",
      "$eq",
    ]) {
      if (!Object.hasOwn(value, key))
        yield [`${where}/${key} added`, changed(document, [...place, key], (parent) => (parent[key] = true))];
    }
  }
  for (const key of Object.keys(value)) yield* changes(document, [...place, key]);
}

function changed(document, place, change) {
  const copy = structuredClone(document);
  change(
    place.slice(0, -1).reduce((inner, key) => inner[key], copy),
    place.at(-1),
  );
  return copy;
}
