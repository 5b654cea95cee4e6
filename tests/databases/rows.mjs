// The table that every scope is asked of: what its columns are on each engine, and rows with all that is
// awkward.
//
// A row of the table IS this record, the one that an application gives to `gate.can` for it:
//
// - NULL: the attribute is absent, or null (rows with an odd id lack the key, the others have null).
// - text: the string, letter for letter, whatever the column's collation or type (citext, too) holds equal.
// - int: a number.
// - bigint: a number where it is a safe integer, and beyond that a BigInt. Any number would be a rounded one,
//   and so another id; and as a BigInt it is a fit id, but nothing that a comparison can use.
// - number: a number; also of a decimal column. NaN and the infinities, where a column can hold them, are those
//   numbers, which no comparison can use.
// - uuid: the text in lower case, with hyphens. Where an engine has no such type the column holds that text.
// - bool: true or false; where an engine has no such type the column holds 1 or 0.
// - timestamp: a `Date`, as drivers give it, or (in rows with an odd id) the RFC 3339 text that `toISOString`
//   writes of it: a filter must be right for both. What a column has beyond milliseconds is dropped; years
//   outside 0 to 9999 are always a `Date`, and the infinities of PostgreSQL are the numbers.
// - epoch-s, epoch-ms: the same moment as a `Date`, or (in rows with an odd id) the milliseconds since the epoch,
//   which `$since` and `$before` read, too; a column in seconds is multiplied by 1000. What is too far away for
//   a `Date` is an invalid one.
// - json: the value that `JSON.parse` gives of it; JSON's null is null.
// - array: the list of strings, with null for NULL among its elements. An engine without arrays has a JSON
//   list in the column.
//
// A path with dots whose column is an array is a list of objects with that one key.

import { Dice } from "../mutations/dice.mjs";

/** A value that is stored in another form than the record has it. */
class Stored {
  constructor(record, column) {
    this.record = record;
    this.column = column;
  }
}
/** JSON as text, which need not be as `JSON.stringify` would write it. */
const json = (text) => new Stored(JSON.parse(text), text);

/** Of which engines a value is none: their column cannot hold it. */
const MISSING = new Map();
const except = (engines, values) => values.map((value) => (MISSING.set(value, engines), value));

const E_ACUTE = { one: "\u00e9", two: "e\u0301" };
const UNE = { one: "\u00dcn\u00eb", two: "U\u0308ne\u0308" };
const LONG = "x".repeat(1200);

const TEXTS = [
  ...["", " ", "0", "1", "01", "1e0", " 1", "1 ", "1.0", "-1", "true", "null", "9007199254740993"],
  ...["open", "Open", "OPEN", "open ", "open  ", "open\t", " open", "opening", "reopen"],
  ...[`op${E_ACUTE.one}n`, `op${E_ACUTE.two}n`, "opEn", UNE.one, UNE.two, "ünë", "UNE", "une"],
  ...[
    "%",
    "_",
    "\\",
    "50%",
    "50_",
    "500",
    "50%off",
    "a\\b",
    "ab",
    "a\\",
    "it's",
    '"q"',
    "open%",
    "o_en",
    "o%",
  ],
  ...["🦊", "🦊🦊", "🐺", "｡", "\uffff", "ß", "ss", "SS", "ﬁ", "fi", "ı", "I", "i", "İ", "Straße", "strasse"],
  ...["a", "B", "b", "A", "ä", "z", "Z", "a\nb", "a\u007f", "a\u0085b", "a\u00a0b", "a\u200bb", "\ufeffopen"],
  ...[
    LONG,
    `${LONG} `,
    "é".repeat(600),
    "n".repeat(256),
    "n".repeat(257),
    "é".repeat(128),
    `${"é".repeat(128)}n`,
  ],
];
const PEOPLE = [
  "ana",
  "Ana",
  "ANA",
  "ana ",
  "ana\t",
  " ana",
  "aná",
  "bo",
  "cy",
  "17",
  "017",
  "1",
  "01",
  "",
  "🦊",
  UNE.one,
];
const TEAMS = [
  ...[
    "sales",
    "Sales",
    "SALES",
    "sales ",
    "sales\t",
    "lisbon",
    "porto",
    "emea",
    "apac",
    "tokyo",
    "nowhere",
    "",
    " ",
  ],
  ...[
    UNE.one,
    UNE.two,
    "1",
    "01",
    "17",
    "0",
    "50%",
    "a_b",
    "it's",
    "back\\slash",
    "🦊",
    "team-7",
    "team-299",
    "team-300",
  ],
  ...["bad\u007fid", "bad\u0085id", "n".repeat(256), "n".repeat(257)],
];
const INTEGERS = [0, 1, -1, 2, 5, 10, 17, 100, 255, -7, 2147483647, -2147483648];
const BIG_INTEGERS = [
  ...INTEGERS,
  ...[2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 52 + 1, 1_750_000_000_000],
  ...[2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)],
];
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.1,
  0.3,
  0.1 + 0.2,
  0.5,
  2.5,
  -2.5,
  1e21,
  1e-7,
  1.5e300,
  5e-324,
  2 ** 53,
  2 ** 53 - 1,
  17,
  1 / 3,
];
const UUIDS = [
  "6fa459ea-ee8a-3ca4-894e-db77e160355e",
  "6fa459ea-ee8a-3ca4-894e-db77e160355f",
  "00000000-0000-0000-0000-000000000000",
  "ffffffff-ffff-ffff-ffff-ffffffffffff",
  "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
  "9b2d6c1e-0000-4000-8000-000000000017",
];
const ADDRESSES = [
  ...[
    "10.0.0.1",
    "10.0.0.255",
    "10.1.2.3",
    "192.168.1.77",
    "8.8.8.8",
    "010.0.0.1",
    "10.0.0",
    "10.0.0.1 ",
    "10.0.0.1/8",
  ],
  ...[
    "2001:db8::7",
    "2001:DB8::7",
    "2001:db9::1",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:a00:1",
    "fe80::1%eth0",
    "open",
    "",
  ],
];

/** The moment that all gates are asked at. */
export const NOW = Date.parse("2026-06-15T12:00:00.000Z");
const around = (...steps) => steps.map((step) => NOW + step);
const TIMES = [
  ...around(
    0,
    -1,
    1,
    -900_000,
    -900_001,
    -899_999,
    -3_600_000,
    3_600_000,
    -86_400_000,
    -86_400_001,
    604_800_000,
  ),
  ...[Date.parse("2026-01-01T00:00:00Z"), Date.parse("2025-12-31T23:59:59.999Z"), 1000, 2_000_000_000_000],
];
/** The largest and the smallest whole number of databases. */
const FARTHEST = ["9223372036854775807", "-9223372036854775808"];
const iso = (ms) => new Date(ms).toISOString();
/** A column keeps what comes after milliseconds. */
const micro = (ms, digits) => new Stored(iso(ms), iso(ms).replace("Z", `${digits}Z`));

/** Times as applications write them into text. */
const TIMES_AS_TEXT = [
  ...TIMES.slice(0, 8).map(iso),
  ...[
    "2026-06-15T12:00:00Z",
    "2026-06-15t12:00:00z",
    "2026-06-15T17:30:00+05:30",
    "2026-06-15T12:00:00.0009Z",
  ],
  ...[
    "2026-06-15T11:45:00Z",
    "2026-06-15T07:44:59.999-04:00",
    "2026-06-15 12:00:00Z",
    "2026-06-15",
    "1750000000000",
  ],
  ...[
    "2026-02-30T00:00:00Z",
    "2026-06-15T24:00:00Z",
    "2026-06-15T12:00:60Z",
    "2026-06-15T12:00:00",
    "now",
    "",
  ],
  ...["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "+012026-06-15T12:00:00Z"],
];

const LISTS = [
  ...[
    [],
    [null],
    ["vip"],
    ["VIP"],
    ["vip "],
    ["vip", "vip"],
    ["vip", null],
    ["vip", "gold"],
    ["gold", "vip", "new"],
  ],
  ...[
    ["gold"],
    [""],
    ["", null],
    ["1"],
    ["01"],
    ["it's", 'a"b', "a\\b", "a,b", "{}", "NULL", "null"],
    ["🦊"],
    [UNE.two],
  ],
  ...[
    ["sales"],
    ["lisbon", "apac"],
    ["ana"],
    ["Ana", "bo"],
    ["nowhere"],
    ["nowhere", "sales"],
    ["bad\u007fid"],
    ["17"],
  ],
  ...[["n".repeat(257)], ["a\tb", "ana"], ["vip\t"], Array.from({ length: 60 }, (_, at) => `tag-${at}`)],
  ...[[["vip"], ["gold"]], [["ana"]]],
  // Lists of JSON may hold more than text.
  ...except("postgres", [[1, "vip"], ["vip", true], [{}], [null, 17, "gold"]]),
];
const PARTICIPANTS = [
  ...[[], [null], [{}], [{ id: "ana" }], [{ id: "ana", role: "author" }], [{ id: "Ana", role: "author" }]],
  ...[
    [
      { id: "ana", role: "reader" },
      { id: "bo", role: "author" },
    ],
    [{ id: "bo", role: "author" }],
  ],
  ...[
    [{ id: "ana", role: null }],
    [{ id: null, role: "author" }],
    [{ role: "author" }],
    [{ id: 17, role: "author" }],
  ],
  ...[
    [{ id: "17", role: "author" }],
    [{ id: ["ana"], role: "author" }],
    [{ id: { id: "ana" }, role: "author" }],
  ],
  ...[[[{ id: "ana", role: "author" }]], [[{ id: "bo", role: "reader" }], { id: "cy", role: "author" }]],
  ...[["ana"], ["ana", { id: "ana", role: "author" }], { id: "ana", role: "author" }, "ana", 17, true, {}],
  ...[[{ id: "ana", role: "author" }, null], [{ id: "ana", role: 1 }], [{ id: true, role: "author" }]],
  ...[
    [{ id: "ana", role: "author", teams: ["sales"] }],
    [{ id: "ana", tags: [] }],
    [{ id: "ana", tags: ["x", null] }],
  ],
  ...[
    [
      { id: "cy", role: "author", level: 3 },
      { id: "ana", role: "reader", level: 7 },
    ],
    [{ id: 17.5 }, { id: -0 }],
  ],
];
const DATA = [
  ...["open", "Open", "", "1", 0, 1, -1, 2.5, 17, true, false, {}, [], [[]], json("null"), json("[null]")],
  ...["1.0", "1e0", "-0", "0.30000000000000004", "0.1", "9007199254740993", "9007199254740992"].map(json),
  ...["1e21", "12345678901234567890", "1E+2", '"\\u00e9"', "[1.0, 1e0]", "[9007199254740993]"].map(json),
  ...[
    ["open"],
    ["open", 1],
    [1, "1"],
    ["open", null],
    [["open"]],
    ["open", ["deep"]],
    [true, false],
    [{ a: 1 }],
  ],
  ...["ana", "sales", ["ana"], ["ana", 17], [17], [1, 1], ["sales", "lisbon"], ["nowhere"], [{ id: "ana" }]],
  ...[
    { kind: "a" },
    "2026-06-15T12:00:00Z",
    NOW,
    "10.0.0.1",
    "2001:db8::7",
    "🦊",
    "50%",
    LONG,
    ["🦊", "it's"],
  ],
  ...["it's", "x-y", "$", "*", "50%", "🦊", "0", "a b", 'a"b', "back\\slash"].map((key) => [
    { [key]: "open" },
  ]),
  ...[
    [{ "it's": "closed", "x-y": 1 }],
    [{ kind: { deep: "a" } }],
    [{ kind: "plain" }],
    ["p", { kind: "plain", id: 1 }],
    [{ "kind.deep": "a" }],
    [0, false, ""],
    ["bad\u007fid"],
  ],
  ...[
    [null, "sales"],
    [["sales"]],
    [1.5],
    [true, "17"],
    ["17"],
    "17",
    17.5,
    -17,
    "bad\u007fid",
    ["n".repeat(257)],
  ],
];
/** What stands in objects: the filters are told of each key as a column of its own. */
const META_KEYS = ["kind", "owner", "team", "level", "at", "ip", "items"];
const META = [
  ...["a", "A", "", null, 1, true, ["a", "b"], { a: 1 }, "plain ", "it's", []].map((kind) => ({ kind })),
  ...["ana", "Ana", "17", 17, ["ana", "bo"], [null, 17], [["ana"]], { id: "ana" }, true].map((owner) => ({
    owner,
  })),
  ...[
    "sales",
    "Sales",
    ["lisbon", "x"],
    null,
    [],
    17,
    {},
    ["bad\u007fid"],
    [null, "sales"],
    [["sales"]],
    true,
    1.5,
  ].map((team) => ({ team })),
  ...[3, 3.5, "3", "1", -3, 100, [3, 4], true, null, "three"].map((level) => ({ level })),
  ...[iso(NOW), NOW, NOW - 1, NOW - 0.5, "2026-06-15T17:30:00+05:30", "soon", { ms: 1 }, [NOW], true].map(
    (at) => ({ at }),
  ),
  ...["10.0.0.1", "::ffff:10.0.0.1", "10.0.1.1", 10, ["10.0.0.1"]].map((ip) => ({ ip })),
  ...[[{ n: 1 }, { n: 2 }], [{ n: 2 }, {}], [], [{ n: null }], { n: 2 }, [[{ n: 2 }]], [{ n: [2, 3] }]].map(
    (items) => ({
      items,
    }),
  ),
  ...[["n", 2, null], [{ n: 9 }, { n: "2" }], [{ n: [] }], [null, { n: 2 }], "n", 2].map((items) => ({
    items,
  })),
  ...[
    [{ sub: [{ n: 1 }, { n: 2 }] }, { sub: [{ n: 3 }] }],
    [{ sub: { n: 1 } }],
    [{ sub: [] }],
    [{ sub: "n" }],
  ].map((items) => ({ items })),
  ...[{}, { kind: "a", level: 3, team: "apac" }, { other: 1 }],
];
/**
 * The columns: the path of the attribute, what it is to the filters, how each engine declares it, and values.
 * The first value is what a row has where nothing else is said.
 */
export const COLUMNS = [
  {
    path: "assigneeId",
    name: "assignee_id",
    type: "text",
    values: ["bo", null, ...PEOPLE, "n".repeat(257), "x\u0085"],
  },
  { path: "teamId", name: "team_id", type: "text", values: ["apac", null, ...TEAMS] },
  { path: "title", name: "title", type: "text", ddl: SLACK_TEXT(), values: ["plain", null, ...TEXTS] },
  {
    path: "code",
    name: "code",
    type: "text",
    ddl: BINARY_TEXT(),
    exact: true,
    values: ["K-1", null, ...TEXTS.slice(13, 30)],
  },
  {
    path: "handle",
    name: "handle",
    type: "text",
    ddl: LOOSE_TEXT(),
    values: ["@bo", null, "@ana", "@Ana", "@ANA ", "open", "Open"],
  },
  {
    path: "region",
    name: "region",
    type: "text",
    solid: true,
    values: ["north", "North", "south", "", "north ", "nørth"],
  },
  { path: "ip", name: "ip", type: "text", values: ["8.8.4.4", null, ...ADDRESSES] },
  { path: "due", name: "due", type: "text", values: ["2026-07-01T00:00:00Z", null, ...TIMES_AS_TEXT] },
  { path: "priority", name: "priority", type: "int", values: [3, null, ...INTEGERS] },
  { path: "size", name: "size", type: "int", solid: true, values: [4, 0, -1, 17, 2147483647] },
  { path: "serial", name: "serial", type: "bigint", values: [40, null, ...BIG_INTEGERS] },
  {
    path: "score",
    name: "score",
    type: "number",
    values: [
      7.25,
      null,
      ...NUMBERS,
      ...except("mysql sqlite", [NaN]),
      ...except("mysql", [Infinity, -Infinity]),
    ],
  },
  {
    path: "amount",
    name: "amount",
    type: "number",
    ddl: DECIMAL(),
    values: [9.5, null, 0, 0.1, 0.3, -2.5, 17, 1234567.8901, 9007199254740991],
  },
  { path: "ref", name: "ref", type: "uuid", values: [UUIDS[4], null, ...UUIDS.filter((_, at) => at !== 4)] },
  { path: "isOpen", name: "is_open", type: "bool", values: [true, null, false] },
  {
    path: "createdAt",
    name: "created_at",
    type: "timestamp",
    values: [
      iso(NOW - 7_200_000),
      null,
      ...TIMES.map(iso),
      ...[micro(NOW - 900_001, "999"), micro(NOW - 1, "999"), micro(NOW, "001"), micro(NOW - 900_000, "500")],
      ...except("mysql", [
        iso(-1),
        iso(Date.parse("1969-07-20T20:17:40Z")),
        iso(Date.parse("9999-12-31T23:59:59.999Z")),
      ]),
      ...except("mysql sqlite", [
        new Stored(Infinity, "infinity"),
        new Stored(-Infinity, "-infinity"),
        new Stored("+010000-01-01T00:00:00.000Z", "10000-01-01T00:00:00Z"),
        new Stored("-000044-03-15T12:00:00.000Z", "0045-03-15T12:00:00Z BC"),
      ]),
    ],
  },
  {
    path: "seenAt",
    name: "seen_at",
    type: "epoch-s",
    values: [
      ...[NOW - 7_200_000, null, ...TIMES.filter((ms) => ms % 1000 === 0), 0, -1000].map(
        (ms) => ms && new Stored(ms, ms / 1000),
      ),
      ...["8640000000000", "8640000000001", "-8640000000001", ...FARTHEST].map(
        (seconds) => new Stored(Number(seconds) * 1000, seconds),
      ),
    ],
  },
  {
    path: "sentAt",
    name: "sent_at",
    type: "epoch-ms",
    values: [
      ...[NOW - 7_200_000, null, ...TIMES, 0, -1],
      ...["8640000000000000", "8640000000000001", "-8640000000000001", ...FARTHEST].map(
        (ms) => new Stored(Number(ms), ms),
      ),
    ],
  },
  { path: "data", name: "data", type: "json", values: [{ kind: "plain" }, null, ...DATA] },
  {
    path: "meta",
    name: "meta",
    type: "json",
    values: [{ kind: "plain", level: 1 }, null, ...META],
    make: randomMeta,
  },
  {
    path: "participants",
    name: "participants",
    type: "json",
    ddl: JSON_TEXT(),
    values: [[{ id: "bo", role: "reader" }], null, ...PARTICIPANTS],
  },
  { path: "tags", name: "tags", type: "array", values: [["plain"], null, ...LISTS] },
  {
    path: "watchers",
    name: "watchers",
    type: "array",
    values: [["bo"], null, [], ["ana"], ["Ana"], ["bo", "ana"], [null, "ana"], [null]],
  },
  {
    path: "teamIds",
    name: "team_ids",
    type: "array",
    values: [
      ["tokyo"],
      null,
      [],
      ["sales"],
      ["Sales"],
      ["apac", "lisbon"],
      [null],
      [""],
      ["nowhere"],
      ["bad\u007fid"],
      [null, "sales"],
    ],
  },
  {
    path: "members.id",
    name: "member_ids",
    type: "array",
    values: [["cy"], null, [], ["ana"], ["ana", "cy"], ["ANA"], [null], [null, "ana"], ["17"]],
  },
];

// Text whose collation holds more equal than it should: letters of another case, accents, spaces at the end.
function SLACK_TEXT() {
  return {
    postgres: 'text COLLATE "slack"',
    mysql: "text CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
    sqlite: "TEXT COLLATE RTRIM",
  };
}
function LOOSE_TEXT() {
  return {
    postgres: "citext",
    mysql: "varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    sqlite: "TEXT COLLATE NOCASE",
  };
}
function BINARY_TEXT() {
  return {
    postgres: 'text COLLATE "C"',
    mysql: "text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
    sqlite: "TEXT COLLATE BINARY",
  };
}
function DECIMAL() {
  return { postgres: "numeric(24,4)", mysql: "decimal(24,4)", sqlite: "NUMERIC" };
}
/** JSON that the engine keeps as it was written, where it has such a type. */
function JSON_TEXT() {
  return { postgres: "json", mysql: "json", sqlite: "TEXT" };
}

/** How an engine declares a column of a type. */
const TYPES = {
  postgres: {
    text: "text",
    int: "integer",
    bigint: "bigint",
    number: "double precision",
    uuid: "uuid",
    bool: "boolean",
    timestamp: "timestamptz",
    "epoch-s": "bigint",
    "epoch-ms": "bigint",
    json: "jsonb",
    array: "text[]",
  },
  mysql: {
    text: "varchar(1300) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
    int: "int",
    bigint: "bigint",
    number: "double",
    uuid: "char(36) CHARACTER SET ascii COLLATE ascii_general_ci",
    bool: "boolean",
    timestamp: "timestamp(6) NULL",
    "epoch-s": "bigint",
    "epoch-ms": "bigint",
    json: "json",
    array: "json",
  },
  sqlite: {
    text: "TEXT COLLATE NOCASE",
    int: "INTEGER",
    bigint: "INTEGER",
    number: "REAL",
    uuid: "TEXT COLLATE NOCASE",
    bool: "INTEGER",
    timestamp: "TEXT",
    "epoch-s": "INTEGER",
    "epoch-ms": "INTEGER",
    json: "TEXT",
    array: "TEXT",
  },
};

const asText = (value) => String(value);
const asJson = (value) => JSON.stringify(value);
/** How a driver is given a value of a type; what is not named is given as it is. */
const GIVEN = {
  postgres: { bigint: asText, json: asJson },
  mysql: {
    bigint: asText,
    number: asText,
    bool: Number,
    timestamp: (text) => text.replace("T", " ").replace("Z", ""),
    json: asJson,
    array: asJson,
  },
  sqlite: { bigint: asText, bool: Number, json: asJson, array: asJson },
};

/** The statement that makes the table, for an engine. */
export function tableOf(engine) {
  const columns = COLUMNS.map(
    ({ name, type, ddl, solid }) =>
      `${name} ${ddl?.[engine] ?? TYPES[engine][type]}${solid ? " NOT NULL" : ""}`,
  );
  return `CREATE TABLE records (id integer PRIMARY KEY, ${columns.join(", ")})`;
}

/** The values of a row, as the driver of an engine takes them: `id` first, then as in {@link COLUMNS}. */
export function cellsOf(row, engine) {
  return [row.id, ...COLUMNS.map(({ path, type }) => given(row.cells[path], type, engine))];
}

function given(value, type, engine) {
  if (value === null) return null;
  const convert = GIVEN[engine][type];
  if (value instanceof Stored) {
    const isWritten = type === "json" || convert === undefined;
    return isWritten ? value.column : convert(value.column);
  }
  return convert === undefined ? value : convert(value);
}

/** Whether the columns of an engine can hold a row. */
export function isHeld(row, engine) {
  return Object.values(row.cells).every((value) => !MISSING.get(value)?.split(" ").includes(engine));
}

/** What filters are told about the columns, for an engine. */
export function mappingOf(engine) {
  const columns = { id: { sql: "t.id", type: "int", nullable: false } };
  for (const { path, name, type, solid, exact } of COLUMNS)
    columns[path] = {
      sql: `t.${name}`,
      type,
      ...(solid && { nullable: false }),
      ...(exact && { collation: BINARY[engine] }),
    };
  for (const key of META_KEYS) columns[`meta.${key}`] = { sql: MEMBER[engine](key), type: "json" };
  return columns;
}
/** A member of an object, as a developer writes it. */
const MEMBER = {
  postgres: (key) => `t.meta -> '${key}'`,
  mysql: (key) => `JSON_EXTRACT(t.meta, '$.${key}')`,
  sqlite: (key) => `t.meta -> '$.${key}'`,
};
const BINARY = { postgres: "C", mysql: "utf8mb4_nopad_bin", sqlite: "BINARY" };

/** The record that a row is. */
export function recordOf({ id, cells }) {
  const record = { id };
  const isOdd = id % 2 === 1;
  for (const { path, type } of COLUMNS) {
    const [key, below] = path.split(".");
    const cell = cells[path];
    const stored = cell instanceof Stored ? cell.record : cell;
    const value = MOMENTS.includes(type) ? moment(stored, isOdd) : stored;
    if (value === null && isOdd) continue;
    record[key] = below === undefined || value === null ? value : value.map((item) => ({ [below]: item }));
  }
  return record;
}

const MOMENTS = ["timestamp", "epoch-s", "epoch-ms"];
const FURTHEST = 8_640_000_000_000_000;
const isFar = (value) =>
  typeof value === "string" ? /^[+-]/.test(value) : Math.abs(Number(value)) > FURTHEST;

/** A moment that is stored as text or as milliseconds; what is neither a `Date` nor written so stays. */
function moment(value, isOdd) {
  if (value === null || Math.abs(value) === Infinity || (isOdd && !isFar(value))) return value;
  return new Date(typeof value === "bigint" ? Number(value) : value);
}

const isLiteral = (value) =>
  typeof value === "string" ||
  typeof value === "boolean" ||
  (typeof value === "number" && Number.isFinite(value));

/** What a condition can compare with a column, since rows have it: scalars, also those in lists and objects. */
export function literalsOf(path) {
  const [column, key] = path.startsWith("meta.") ? path.split(".") : [path];
  const all = COLUMNS.find((known) => known.path === column)?.values ?? [1, 17];
  const values = key === undefined ? all : all.flatMap((value) => value?.[key] ?? []);
  const found = new Set();
  const look = (value) => {
    if (isLiteral(value)) found.add(value);
    else if (value instanceof Stored) look(value.record);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(look);
  };
  look(values);
  return [...found];
}

const PLAIN = Object.fromEntries(COLUMNS.map(({ path, values }) => [path, values[0]]));
/** How far apart the values of one row stand in their lists: a prime, so that they meet in many ways. */
const STRIDE = 7;
const MIXED = 90;

/** What two columns hold that conditions compare. */
const PAIRS = [
  ...["open", "Open", "open ", "open sesame", "reopen", "OPENing", "op", ""].map((title) => ({
    title,
    code: "open",
  })),
  ...["@ana", "@Ana", "@ANA "].map((title) => ({ title, handle: "@ana" })),
  ...["open", "Open", "open ", ["open"]].map((data) => ({ title: "open", data })),
  ...[17, "17", 17.5, [17], -17].map((data) => ({ priority: 17, data })),
  ...[
    { priority: 17, score: 17 },
    { priority: 17, score: 17.5 },
    { priority: 17, serial: 17 },
    { score: 0.5, amount: 0.5 },
  ],
  ...[
    { score: 0.1 + 0.2, amount: 0.3 },
    { score: Infinity, amount: 17 },
    { serial: 2n ** 53n, sentAt: 2 ** 53 - 1 },
    { score: 17, serial: 18 },
  ],
  ...[["open"], ["OPEN"], ["open", null], [null], ["open "]].map((tags) => ({ title: "open", tags })),
  ...[["b", "c"], ["B"], ["b", null], []].map((teamIds) => ({ tags: ["a", "b"], teamIds })),
  ...[["bo"], ["Bo"], ["bo", "cy"], [null], []].map((list) => ({ watchers: ["bo"], "members.id": list })),
  ...[["bo"], ["Bo"], ["cy", null], []].map((watchers) => ({ assigneeId: "bo", watchers })),
  ...["2026-06-15T17:30:00+05:30", "2026-06-15T12:00:00.001Z"].map((due) => ({ createdAt: iso(NOW), due })),
  ...around(-1, 0, 1).map((sentAt) => ({ createdAt: iso(NOW), seenAt: new Stored(NOW, NOW / 1000), sentAt })),
  ...[["a"], ["a", "c"], ["c", null], [], [1], "a"].map((data) => ({ tags: ["a", "b"], data })),
  ...around(-1, 0, 1).map((at) => ({ createdAt: iso(NOW), meta: { at } })),
  ...[true, false].map((kind) => ({ isOpen: true, meta: { kind } })),
  ...[UUIDS[0], UUIDS[0].toUpperCase()].map((title) => ({ ref: UUIDS[0], title })),
  ...[2, 3, 4, "2", [2]].map((level) => ({ priority: 3, meta: { level } })),
  ...[
    { tags: ["open", "vip", "gold"] },
    { tags: ["vip", "gold", null] },
    { code: "50%" },
    { code: "50%off" },
  ],
];

/**
 * Every awkward value in a row that is else plain, values that conditions compare with each other, and rows
 * that have nothing but awkward values.
 */
export function seedRows() {
  const cells = [PLAIN, ...PAIRS.map((pair) => ({ ...PLAIN, ...pair }))];
  for (const { path, values } of COLUMNS) for (const value of values) cells.push({ ...PLAIN, [path]: value });
  for (let at = 0; at < MIXED; at++)
    cells.push(
      Object.fromEntries(
        COLUMNS.map(({ path, values }, column) => [
          path,
          values[(at * (STRIDE + column) + column) % values.length],
        ]),
      ),
    );
  return cells.map((row, at) => ({ id: at + 1, cells: row }));
}

/** Rows of values that a seed chooses. */
export function randomRows(seed, count) {
  const dice = new Dice(seed);
  return Array.from({ length: count }, (_, at) => ({
    id: at + 1,
    cells: Object.fromEntries(COLUMNS.map((column) => [column.path, randomCell(dice, column)])),
  }));
}

/** Few values come often, so that rows meet the conditions. */
function randomCell(dice, { type, values, solid, make = MADE[type] }) {
  if (!solid && dice.chance(12)) return null;
  if (dice.chance(30)) return values[Math.min(values.length - 1, dice.roll(4))] ?? values[0];
  if (make !== undefined && dice.chance(15)) return make(dice);
  return dice.pick(values);
}

const LETTERS = [..."aAe %_\\'10｡ßs\t🦊", E_ACUTE.one, E_ACUTE.two];
const randomText = (dice) => Array.from({ length: dice.roll(5) }, () => dice.pick(LETTERS)).join("");
const randomTime = (dice) => NOW + (dice.roll(2_000_001) - 1_000_000) * dice.pick([1, 1000, 60_000]);
const MADE = {
  text: randomText,
  int: (dice) => dice.roll(40) - 20,
  bigint: (dice) => dice.roll(40) - 20,
  "epoch-ms": randomTime,
  timestamp: (dice) => iso(randomTime(dice)),
  array: (dice) => Array.from({ length: dice.roll(4) }, () => (dice.chance(10) ? null : randomText(dice))),
  json: (dice) => randomJson(dice, 3),
};

/** An object: a column whose members are mapped has nothing else. */
function randomMeta(dice) {
  return Object.fromEntries(
    Array.from({ length: dice.roll(4) }, () => [dice.pick(META_KEYS), randomJson(dice, 2)]),
  );
}

function randomJson(dice, depth) {
  const kind = dice.roll(depth > 0 ? 9 : 6);
  if (kind < 2) return dice.pick(["ana", "open", "sales", "a", "1", ""]);
  if (kind < 4) return dice.pick([0, 1, 2, 3, 17, 2.5, -1, NOW]);
  if (kind === 4) return dice.chance(50);
  if (kind === 5) return depth === 3 ? "open" : null;
  if (kind < 8)
    return Object.fromEntries(
      Array.from({ length: 1 + dice.roll(3) }, () => [
        dice.pick(["kind", "team", "level", "at", "items", "n", "id", "role", "sub"]),
        randomJson(dice, depth - 1),
      ]),
    );
  return Array.from({ length: dice.roll(4) }, () => randomJson(dice, depth - 1));
}
