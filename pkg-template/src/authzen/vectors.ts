// The cases of the certification scenario of the OpenID AuthZEN Authorization API 1.0 (OpenID Foundation,
// github.com/openid/authzen, `certification/authorization-api-1_0-scenario.md`) and the examples of its
// semantics, restated as data; and three of this project, in which a search must agree with evaluations. Only
// `certify` loads this file.

/** What a case belongs to. The last two are no levels of the certification. */
export type Level =
  | "Basic Core"
  | "Basic Properties"
  | "Batch Core"
  | "Batch Properties"
  | "Search Core"
  | "Search Properties"
  | "Discovery"
  | "Semantics"
  | "Agreement";

export type Endpoint =
  | "evaluation"
  | "evaluations"
  | "search/subject"
  | "search/resource"
  | "search/action"
  | ".well-known/authzen-configuration";

/** What must be answered. With nothing named, status 200 in the shape of the endpoint. */
export interface Expected {
  readonly status?: 400;
  readonly decision?: boolean;
  /** In order; `null` is either. */
  readonly evaluations?: readonly (boolean | null)[];
  /** At least these. */
  readonly results_include?: readonly object[];
  /** Exactly these. */
  readonly results?: readonly object[];
  /** The same results as in that case. */
  readonly same?: string;
  /** `X-Request-ID` as it was sent. */
  readonly echo?: true;
  /** The pages behind the first one of that case, to the end. */
  readonly pages?: string;
  /** Each of these is in the results exactly if an evaluation of it says yes. */
  readonly agrees?: readonly object[];
}

export interface Case {
  readonly id: string;
  readonly level: Level;
  readonly endpoint: Endpoint;
  /** The body; text is sent as it is, and nothing is a `GET`. */
  readonly request: object | string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** How often it is asked. */
  readonly repeat?: number;
  readonly expect: Expected;
}

const USER = { type: "user" };
const RECORD = { type: "record" };
const [ALICE, BOB] = [
  { ...USER, id: "alice" },
  { ...USER, id: "bob" },
];
const ADMIN = { ...BOB, properties: { role: "admin" } };
const [FIRST, SECOND] = [
  { ...RECORD, id: "record-1" },
  { ...RECORD, id: "record-2" },
];
const ACTIVE = { ...FIRST, properties: { status: "active" } };
const ARCHIVED = { ...SECOND, properties: { status: "archived" } };
const SHUT = { ...FIRST, properties: { status: "archived" } };
const [READ, WRITE, DELETE] = [{ name: "read" }, { name: "write" }, { name: "delete" }];
const TIME = "2025-06-27T18:03-07:00";
const CONTEXT = { time: TIME, ip: "192.168.1.1" };
const READS = { subject: ALICE, action: READ, resource: FIRST };
const [YES, NO] = [{ decision: true }, { decision: false }];
const BAD = { status: 400 } as const;
const EMPTY = { results: [] };
const SHIP = { type: "spaceship" };
const NOBODY = { ...USER, id: "nonexistent-user" };

type More = Pick<Case, "headers" | "repeat">;
type Row = readonly [endpoint: Endpoint, request: Case["request"], expect: Expected, more?: More];

const eva = (request: object | string, expect: Expected, more: More = {}): Row => [
  "evaluation",
  request,
  expect,
  more,
];
const batch = (request: object, ...evaluations: (boolean | null)[]): Row => [
  "evaluations",
  request,
  { evaluations },
];
const who = (request: object, expect: Expected): Row => ["search/subject", request, expect];
const where = (request: object, expect: Expected): Row => ["search/resource", request, expect];
const what = (request: object, expect: Expected): Row => ["search/action", request, expect];
const include = (...results_include: object[]): Expected => ({ results_include });

const READERS = { subject: USER, action: READ, resource: FIRST };
const READABLE = { subject: ALICE, action: READ, resource: RECORD };
const POSSIBLE = { subject: ALICE, resource: FIRST };
const soft = (value: boolean): object => ({ ...READS, action: { ...DELETE, properties: { soft: value } } });
const documents = (evaluations_semantic: string): object => ({
  subject: { ...USER, id: "alice@example.com" },
  action: READ,
  options: { evaluations_semantic },
  evaluations: ["1", "2", "3"].map((id) => ({ resource: { type: "document", id } })),
});

/** Rows of one level after each other; cases are numbered through. */
const ROWS: readonly (readonly [Level, readonly Row[]])[] = [
  [
    "Basic Core",
    [
      eva(READS, YES),
      eva({ ...READS, action: WRITE }, YES),
      eva({ ...READS, subject: BOB }, YES),
      eva({ ...READS, subject: BOB, action: WRITE }, NO),
    ],
  ],
  [
    "Basic Properties",
    [
      eva({ subject: ALICE, action: WRITE, resource: ARCHIVED }, NO),
      eva({ subject: ADMIN, action: WRITE, resource: ARCHIVED }, YES),
      eva(soft(true), YES),
      eva(soft(false), NO),
    ],
  ],
  [
    "Basic Core",
    [
      eva({ ...READS, context: CONTEXT }, YES),
      eva(
        {
          subject: { ...ALICE, properties: { department: "Sales", role: "manager" } },
          action: { ...READ, properties: { method: "GET" } },
          resource: { ...FIRST, properties: { status: "active", owner: "bob" } },
        },
        YES,
      ),
      eva({ ...READS, foo: "bar", futureField: { nested: true } }, YES),
      eva({ action: READ, resource: FIRST }, BAD),
      eva({ subject: ALICE, resource: FIRST }, BAD),
      eva({ subject: ALICE, action: READ }, BAD),
      eva({ ...READS, subject: { id: "alice" } }, BAD),
      eva({ ...READS, subject: USER }, BAD),
      eva({ ...READS, action: {} }, BAD),
      eva({ ...READS, resource: { id: "record-1" } }, BAD),
      eva({ ...READS, resource: RECORD }, BAD),
      eva({ ...READS, subject: "alice" }, BAD),
      eva({ ...READS, action: { name: 123 } }, BAD),
      eva(READS, BAD, { headers: { "Content-Type": "text/plain" } }),
      eva('{"subject":', BAD),
      eva("", BAD),
      eva(
        READS,
        { ...YES, echo: true },
        { headers: { "X-Request-ID": "bfe9eb29-ab87-4ca3-be83-a1d5d8305716" } },
      ),
      eva(READS, YES),
      eva(READS, YES, { repeat: 5 }),
    ],
  ],
  [
    "Batch Core",
    [
      batch(
        { subject: ALICE, action: READ, evaluations: [{ resource: FIRST }, { resource: SECOND }] },
        true,
        null,
      ),
      batch(
        { subject: BOB, resource: FIRST, evaluations: [{ action: READ }, { action: WRITE }] },
        true,
        false,
      ),
    ],
  ],
  [
    "Batch Properties",
    [
      batch(
        { subject: ALICE, action: WRITE, evaluations: [{ resource: ACTIVE }, { resource: ARCHIVED }] },
        true,
        false,
      ),
      batch(
        { action: WRITE, resource: ARCHIVED, evaluations: [{ subject: ALICE }, { subject: ADMIN }] },
        false,
        true,
      ),
    ],
  ],
  [
    "Batch Core",
    [
      batch({ evaluations: [READS, { subject: BOB, action: WRITE, resource: FIRST }] }, true, false),
      batch(
        {
          subject: ALICE,
          action: READ,
          context: { time: TIME },
          evaluations: [
            { resource: FIRST },
            { resource: SECOND, context: { time: "2025-06-27T19:00-07:00", source: "batch-override" } },
          ],
        },
        true,
        null,
      ),
    ],
  ],
  [
    "Batch Properties",
    [
      batch(
        { subject: ALICE, action: WRITE, resource: ACTIVE, evaluations: [{}, { resource: ARCHIVED }] },
        true,
        false,
      ),
    ],
  ],
  [
    "Batch Core",
    [
      batch(
        {
          subject: ALICE,
          action: READ,
          options: { evaluations_semantic: "execute_all" },
          evaluations: [{ resource: FIRST }, {}],
        },
        true,
        false,
      ),
      ["evaluations", READS, YES],
      ["evaluations", { ...READS, evaluations: [] }, YES],
    ],
  ],
  [
    "Search Core",
    [
      who(READERS, include(ALICE, BOB)),
      who({ ...READERS, context: CONTEXT }, { ...include(ALICE, BOB), same: "AZC-038" }),
      who(READS, { ...include(ALICE, BOB), same: "AZC-038" }),
    ],
  ],
  ["Search Properties", [who({ subject: USER, action: WRITE, resource: ARCHIVED }, include(BOB))]],
  [
    "Search Core",
    [
      where(READABLE, include(FIRST)),
      where({ ...READABLE, context: CONTEXT }, { ...include(FIRST), same: "AZC-042" }),
      where(READS, { ...include(FIRST), same: "AZC-042" }),
    ],
  ],
  ["Search Properties", [where({ subject: ADMIN, action: WRITE, resource: RECORD }, include(SECOND))]],
  [
    "Search Core",
    [
      what(POSSIBLE, include(READ, WRITE)),
      what({ ...POSSIBLE, context: CONTEXT }, { ...include(READ, WRITE), same: "AZC-046" }),
    ],
  ],
  ["Search Properties", [what({ subject: ADMIN, resource: ARCHIVED }, include(WRITE))]],
  [
    "Search Core",
    [
      who({ ...READERS, page: { limit: 1 } }, {}),
      who(READERS, { pages: "AZC-049" }),
      who({ ...READERS, resource: { ...RECORD, id: "no-such-record" } }, EMPTY),
      where({ ...READABLE, subject: NOBODY }, EMPTY),
      what({ ...POSSIBLE, subject: NOBODY }, EMPTY),
      who({ ...READERS, subject: SHIP }, EMPTY),
      where({ ...READABLE, resource: SHIP }, EMPTY),
      what({ ...POSSIBLE, resource: { ...SHIP, id: "x" } }, EMPTY),
      who({ subject: USER, resource: FIRST }, BAD),
      where({ action: READ, resource: RECORD }, BAD),
      what({ subject: ALICE }, BAD),
      who({ ...READERS, resource: RECORD }, BAD),
      where({ ...READABLE, subject: USER }, BAD),
      what({ ...POSSIBLE, subject: USER }, BAD),
    ],
  ],
  ["Discovery", [[".well-known/authzen-configuration", undefined, {}]]],
  [
    "Semantics",
    [
      batch(documents("execute_all"), true, false, true),
      batch(documents("deny_on_first_deny"), true, false),
      batch(documents("permit_on_first_permit"), true),
    ],
  ],
  [
    "Agreement",
    [
      // What is said here is not what is stored.
      who({ subject: USER, action: WRITE, resource: SHUT }, { agrees: [ALICE, BOB] }),
      where(
        { subject: { ...ALICE, properties: { role: "admin" } }, action: WRITE, resource: RECORD },
        { agrees: [FIRST, SECOND] },
      ),
      what({ subject: ALICE, resource: SHUT }, { agrees: [READ, WRITE] }),
    ],
  ],
];

const WIDTH = 3;

export const CASES: readonly Case[] = ROWS.flatMap(([level, rows]) =>
  rows.map((row) => [level, row] as const),
).map(([level, [endpoint, request, expect, more]], index) => ({
  id: `AZC-${String(index + 1).padStart(WIDTH, "0")}`,
  level,
  endpoint,
  request,
  expect,
  ...more,
}));
