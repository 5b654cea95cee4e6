// Row level security, on a real PostgreSQL: the rows that somebody sees are those that the scope admits, and
// whatever passes around the policies is told.
//
//   node --test tests/databases/rls.test.mjs
//
// Everything is asked as a role that is neither an owner nor passes policies, through a pool of connections.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { load } from "../../pkg/entries/node.js";
import { rlsCheckSql, rlsSql, toSession } from "../../pkg/rls/index.js";
import { startPostgres } from "../consumers/postgres.mjs";
import { randomCase } from "./random.mjs";
import { cellsOf, isHeld, mappingOf, recordOf, seedRows, tableOf } from "./rows.mjs";
import { SCOPES } from "./scopes.mjs";

const ICU = ["--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8"];
/** Types of columns that policies can go by. */
const ID_TYPES = new Set(["text", "uuid", "int", "bigint", "array"]);
const RANDOM = 200;

let server;
let owner;
let pool;

before(async () => {
  server = await startPostgres(ICU);
  owner = new pg.Client({ connectionString: server.url });
  owner.on("error", () => {});
  await owner.connect();
  await owner.query("CREATE EXTENSION citext");
  await owner.query(
    `CREATE COLLATION "slack" (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`,
  );
  await owner.query("CREATE ROLE app LOGIN");
  await owner.query("CREATE ROLE keeper LOGIN");
  pool = new pg.Pool({ connectionString: server.url.replace("inbox@", "app@"), max: 3 });
  pool.on("error", () => {});
});

after(async () => {
  await pool?.end();
  await owner?.end();
  await server?.stop();
});

/** Runs statements of one transaction as somebody, or as nobody. */
async function as(session, ask) {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    if (session !== undefined)
      await client.query("SELECT set_config('rolegate.scopes', $1, true)", [session]);
    const result = await ask(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

const idsOf = ({ rows }) => rows.map(({ id }) => id);

test("the rows that policies show are those that the scope admits", async () => {
  const rows = seedRows().filter((row) => isHeld(row, "postgres"));
  await owner.query(tableOf("postgres"));
  for (const row of rows) {
    const cells = cellsOf(row, "postgres");
    await owner.query(`INSERT INTO records VALUES (${cells.map((_, at) => `$${at + 1}`)})`, cells);
  }
  await owner.query("GRANT SELECT ON records TO app");
  const records = rows.map((row) => ({ id: row.id, record: recordOf(row) }));
  const columns = Object.fromEntries(
    Object.entries(mappingOf("postgres"))
      .filter(([, { type }]) => ID_TYPES.has(type))
      .map(([path, column]) => [path, { ...column, sql: column.sql.replace(/^t\./, "") }]),
  );
  const cases = [
    ...SCOPES,
    ...Array.from({ length: RANDOM }, (_, at) => [`random ${at}`, randomCase(1, at)]),
  ];
  const counts = { agreed: 0, conditions: 0, elsewhere: 0 };
  let policies;
  for (const [name, { document, user, permission, options }] of cases) {
    const snapshot = await load(JSON.stringify(document));
    const scope = snapshot.for(user, options).scope(permission);
    // The database goes by its own clock.
    const { validUntil: _, ...data } = scope.toJSON();
    const admitted = records.filter(({ record }) => scope.matches(record)).map(({ id }) => id);
    snapshot.free();
    let session;
    try {
      session = toSession({ scope: () => ({ toJSON: () => data }) }, [permission]);
    } catch (error) {
      assert.equal(error.code, "cannot-express", name);
      assert.match(
        JSON.stringify(data.parts),
        /"where"|"unless"|"teams".*"teams"/,
        `${name}: ${error.message}`,
      );
      counts.conditions += 1;
      continue;
    }
    if (policies !== permission) {
      const tables = {
        records: { type: permission.split(".")[0], columns, permissions: { select: permission } },
      };
      await owner.query(rlsSql({ tables, to: "app" }));
      policies = permission;
    }
    const found = await as(session, (client) => client.query("SELECT id FROM records ORDER BY id")).then(
      idsOf,
      (error) => error,
    );
    if (found instanceof Error) {
      assert.match(found.message, /cannot-express/, name);
      const paths = data.map.flat();
      assert.ok(
        paths.some((path) => !(path in columns)),
        `${name}: ${found.message}`,
      );
      counts.elsewhere += 1;
      continue;
    }
    assert.deepEqual(found, admitted, name);
    counts.agreed += 1;
  }
  console.log(`policies agree on ${counts.agreed} scopes; ${JSON.stringify(counts)}`);
  assert.ok(counts.agreed > 60);
});

const COLUMNS = { assigneeId: "assignee_id", teamId: { sql: "team_id", type: "int" } };
const TABLES = {
  tickets: {
    type: "tickets",
    columns: COLUMNS,
    permissions: {
      select: "tickets.view",
      insert: "tickets.add",
      update: "tickets.edit",
      delete: "tickets.remove",
    },
  },
};
const PERMISSIONS = Object.values(TABLES.tickets.permissions);

/** Teams are numbers; `lead` sees all of team 1 and edits it, `agent` what is theirs, `boss` everything. */
async function people(options) {
  const levels = ["own", "team", "all"];
  const snapshot = await load({
    format: "rolegate/1",
    revision: 1,
    catalog: {
      categories: [{ id: "tickets", permissions: PERMISSIONS.map((id) => ({ id, scopes: levels })) }],
      resources: { tickets: { owner: "assigneeId", team: "teamId" } },
    },
    teams: [{ id: "1" }, { id: "2" }, { id: "11", parent: "1" }],
    roles: [
      { id: "agent", name: "Agent", grants: { "tickets.view": "own", "tickets.edit": "own" } },
      { id: "lead", name: "Lead", grants: { "tickets.*": "team" } },
      { id: "boss", name: "Boss", grants: { "tickets.*": "all" } },
      { id: "barred", name: "Barred", deny: ["tickets.view"] },
      {
        id: "soon",
        name: "Soon",
        grants: { "tickets.view": { scope: "all", when: { "resource.open": true } } },
      },
    ],
    users: [
      { id: "ana", teams: ["1"], roles: ["agent"] },
      { id: "lea", teams: ["1"], roles: ["lead"] },
      { id: "bo", roles: ["boss"] },
      { id: "cy", roles: ["boss", { role: "barred", team: "2" }] },
      { id: "dan", roles: ["soon"] },
    ],
    ...options,
  });
  return (id) => toSession(snapshot.for(id), PERMISSIONS);
}

const ROWS = [
  [1, "ana", 1],
  [2, "ana", 2],
  [3, "lea", 1],
  [4, null, 11],
  [5, "cy", null],
  [6, "zoe", 3],
];

/** A table of somebody who is no superuser, with policies and no more. */
async function withTickets(ask) {
  await owner.query("DROP SCHEMA IF EXISTS desk CASCADE");
  await owner.query("CREATE SCHEMA desk AUTHORIZATION keeper");
  await owner.query("SET search_path = desk, public");
  await owner.query(
    "CREATE TABLE desk.tickets (id int PRIMARY KEY, assignee_id text, team_id int, note text)",
  );
  await owner.query("ALTER TABLE desk.tickets OWNER TO keeper");
  for (const row of ROWS) await owner.query("INSERT INTO desk.tickets VALUES ($1, $2, $3, 'note')", row);
  await owner.query("GRANT USAGE ON SCHEMA desk TO app");
  await owner.query("GRANT SELECT, INSERT, UPDATE, DELETE ON desk.tickets TO app");
  await owner.query(rlsSql({ tables: { "desk.tickets": TABLES.tickets } }));
  await owner.query("RESET search_path");
  return ask(await people());
}

const view = (client) => client.query("SELECT id FROM desk.tickets ORDER BY id").then(idsOf);

test("who sees what", () =>
  withTickets(async (session) => {
    assert.deepEqual(await as(session("ana"), view), [1, 2]);
    assert.deepEqual(await as(session("lea"), view), [1, 3, 4]);
    assert.deepEqual(await as(session("bo"), view), [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(
      await as(session("cy"), view),
      [1, 3, 4, 6],
      "denied for team 2, and for what has no team",
    );
    assert.deepEqual(await as(session("nobody"), view), []);
    assert.throws(() => session("dan"), { code: "cannot-express" });
  }));

test("no setting shows no row, nor does what is none", () =>
  withTickets(async () => {
    assert.deepEqual(await as(undefined, view), []);
    assert.deepEqual(await as("", view), []);
    for (const text of [
      "{}",
      '{"scopes":{}}',
      '{"user":"ana","scopes":{"tickets.view":{"owner":[],"team":[]}}}',
    ])
      assert.deepEqual(await as(text, view), [], text);
    await assert.rejects(as("not json", view));
  }));

test("transactions of a pool do not see each other's settings", () =>
  withTickets(async (session) => {
    const names = { ana: [1, 2], lea: [1, 3, 4], bo: [1, 2, 3, 4, 5, 6] };
    await Promise.all(
      Array.from({ length: 60 }, async (_, at) => {
        const [name, expected] = Object.entries(names)[at % 3];
        const found = await as(session(name), async (client) => {
          const first = await view(client);
          await client.query("SELECT pg_sleep(0.002)");
          assert.deepEqual(await view(client), first);
          return first;
        });
        assert.deepEqual(found, expected, name);
        // Whatever the transaction before it was whose.
        assert.deepEqual(await as(undefined, view), []);
      }),
    );
  }));

test("a setting that a session was left with shows what it says, until it is over", () =>
  withTickets(async (session) => {
    const client = await pool.connect();
    try {
      await client.query("SELECT set_config('rolegate.scopes', $1, false)", [session("bo")]);
      await client.query("BEGIN");
      await client.query("SELECT set_config('rolegate.scopes', $1, true)", [session("ana")]);
      assert.deepEqual(await view(client), [1, 2]);
      await client.query("COMMIT");
      await client.query("RESET ALL");
      assert.deepEqual(await view(client), []);
    } finally {
      client.release(true);
    }
  }));

test("a scope that is over shows nothing, in the middle of a transaction, too", () =>
  withTickets(async () => {
    const soon = new Date(Date.now() + 1500).toISOString();
    const session = (await people({ expiresAt: soon }))("bo");
    await as(session, async (client) => {
      assert.equal((await view(client)).length, 6);
      await client.query("SELECT pg_sleep(2)");
      assert.deepEqual(await view(client), []);
    });
  }));

test("what is written must be what may be written", () =>
  withTickets(async (session) => {
    const lea = (text) => as(session("lea"), (client) => client.query(text));
    const isRefused = { code: "42501" };
    assert.equal((await lea("UPDATE desk.tickets SET note = 'x'")).rowCount, 3);
    await assert.rejects(lea("UPDATE desk.tickets SET team_id = 2"), isRefused);
    await assert.rejects(lea("UPDATE desk.tickets SET team_id = NULL WHERE id = 4"), isRefused);
    const returned = await lea("UPDATE desk.tickets SET assignee_id = 'zoe' WHERE id < 3 RETURNING id");
    assert.deepEqual(idsOf(returned), [1]);
    assert.equal((await lea("DELETE FROM desk.tickets WHERE id IN (2, 5, 6)")).rowCount, 0);
    await lea("INSERT INTO desk.tickets VALUES (7, 'zoe', 11)");
    await assert.rejects(lea("INSERT INTO desk.tickets VALUES (8, 'zoe', 2)"), isRefused);
    // What nobody named may not be done: `ana` has no scope to add.
    await assert.rejects(
      as(session("ana"), (client) => client.query("INSERT INTO desk.tickets VALUES (9, 'ana', 1)")),
      isRefused,
    );
    await assert.rejects(
      as(session("lea"), (client) =>
        client.query(
          "INSERT INTO desk.tickets VALUES (2, 'lea', 1) ON CONFLICT (id) DO UPDATE SET note = 'y'",
        ),
      ),
      isRefused,
    );
    const copied = await as(session("ana"), async (client) => {
      await client.query("CREATE TEMPORARY TABLE copy ON COMMIT DROP AS SELECT * FROM desk.tickets");
      return client.query("SELECT id FROM copy ORDER BY id");
    });
    assert.deepEqual(idsOf(copied), [2]);
    const out = await as(session("lea"), (client) => client.query("COPY desk.tickets TO STDOUT"));
    assert.equal(out.rowCount, 4);
    await assert.rejects(
      as(session("bo"), (client) => client.query("COPY desk.tickets FROM STDIN")),
      /COPY FROM not supported with row-level security/,
    );
    assert.deepEqual(
      idsOf(await as(session("ana"), (client) => client.query("SELECT id FROM desk.tickets FOR UPDATE"))),
      [2],
    );
  }));

test("the owner of a table goes by its policies, and a view by those of whoever asks", () =>
  withTickets(async (session) => {
    await owner.query("CREATE VIEW desk.mine WITH (security_invoker = true) AS SELECT * FROM desk.tickets");
    await owner.query("GRANT SELECT ON desk.mine TO app");
    const mine = await as(session("ana"), (client) => client.query("SELECT id FROM desk.mine ORDER BY id"));
    assert.deepEqual(idsOf(mine), [1, 2]);
    const keeper = new pg.Client({ connectionString: server.url.replace("inbox@", "keeper@") });
    await keeper.connect();
    try {
      assert.deepEqual(await view(keeper), []);
    } finally {
      await keeper.end();
    }
  }));

test("a table that goes by other attributes is an error, and no answer", () =>
  withTickets(async (session) => {
    const { tickets } = TABLES;
    const columns = { assigneeId: "assignee_id" };
    await owner.query(rlsSql({ tables: { "desk.tickets": { ...tickets, columns } } }));
    await assert.rejects(as(session("bo"), view), /cannot-express: tickets\.view goes by "teamId"/);
  }));

test("whatever passes around the policies is told", () =>
  withTickets(async () => {
    const tables = { "desk.tickets": TABLES.tickets };
    const found = async () => {
      const { rows } = await owner.query(rlsCheckSql({ tables }));
      return rows.map(({ what, name }) => `${what}: ${name}`);
    };
    const before = await found();
    assert.deepEqual(
      before.filter((line) => !line.startsWith("role that passes")),
      [],
    );
    await owner.query("CREATE VIEW desk.all_tickets AS SELECT * FROM desk.tickets");
    await owner.query("CREATE MATERIALIZED VIEW desk.old AS SELECT * FROM desk.tickets");
    await owner.query("CREATE POLICY wide ON desk.tickets USING (true)");
    await owner.query("ALTER TABLE desk.tickets NO FORCE ROW LEVEL SECURITY");
    await owner.query("CREATE ROLE loose BYPASSRLS");
    await owner.query(
      "CREATE FUNCTION desk.count() RETURNS bigint LANGUAGE sql SECURITY DEFINER " +
        "AS 'SELECT count(*) FROM desk.tickets'",
    );
    await owner.query("CREATE TABLE desk.part () INHERITS (desk.tickets)");
    const told = (await found()).filter((line) => !before.includes(line));
    await owner.query("DROP ROLE loose");
    assert.deepEqual(told, [
      "function that runs as a role that passes all policies: desk.count()",
      "materialized view: desk.old",
      "part of a table that has no policies: desk.part",
      "policy that admits more: wide on desk.tickets",
      "role that passes all policies: loose",
      "table whose owner passes its policies: desk.tickets",
      "view that reads as a role that passes all policies: desk.all_tickets",
    ]);
    await owner.query("ALTER TABLE desk.tickets DISABLE ROW LEVEL SECURITY");
    assert.ok((await found()).includes("table without row level security: desk.tickets"));
  }));

test("views of views, parts of parts, owners and grants are told, too", () =>
  withTickets(async () => {
    await owner.query("CREATE VIEW desk.asked WITH (security_invoker = true) AS SELECT * FROM desk.tickets");
    await owner.query("CREATE VIEW desk.around AS SELECT * FROM desk.asked");
    await owner.query("CREATE MATERIALIZED VIEW desk.kept AS SELECT * FROM desk.asked");
    await owner.query("CREATE TABLE desk.part () INHERITS (desk.tickets)");
    await owner.query("CREATE TABLE desk.below () INHERITS (desk.part)");
    await owner.query("ALTER TABLE desk.part ENABLE ROW LEVEL SECURITY");
    await owner.query("CREATE POLICY wide ON desk.part USING (true)");
    await owner.query("ALTER TABLE desk.below OWNER TO app");
    await owner.query("GRANT TRUNCATE ON desk.tickets TO app");
    await owner.query("GRANT TRIGGER, REFERENCES ON desk.tickets TO PUBLIC");
    const tables = { "desk.tickets": TABLES.tickets };
    const { rows } = await owner.query(rlsCheckSql({ tables, to: "app" }));
    assert.deepEqual(
      rows.map(({ what, name }) => `${what}: ${name}`).filter((line) => !line.startsWith("role that passes")),
      [
        "grant that no policy is asked about: REFERENCES on desk.tickets to PUBLIC",
        "grant that no policy is asked about: TRIGGER on desk.tickets to PUBLIC",
        "grant that no policy is asked about: TRUNCATE on desk.tickets to app",
        "materialized view: desk.kept",
        "part of a table that has no policies: desk.below",
        "policy that admits more: wide on desk.part",
        "table that the role of its policies owns: desk.below",
        "table whose owner passes its policies: desk.part",
        "view that reads as a role that passes all policies: desk.around",
      ],
    );
    await owner.query(rlsCheckSql({ tables: {} }));
  }));

test("functions of policies take no type from whoever asks", () =>
  withTickets(async (session) => {
    await owner.query("GRANT USAGE, CREATE ON SCHEMA desk TO keeper");
    const keeper = new pg.Client({ connectionString: server.url.replace("inbox@", "keeper@") });
    await keeper.connect();
    try {
      await keeper.query(
        "CREATE FUNCTION desk.seen() RETURNS bigint LANGUAGE sql SECURITY DEFINER " +
          "SET search_path = desk, pg_temp AS 'SELECT count(*) FROM desk.tickets'",
      );
    } finally {
      await keeper.end();
    }
    const ran = await as(session("bo"), async (client) => {
      await client.query(
        "CREATE FUNCTION pg_temp.spy(value pg_catalog.jsonb) RETURNS boolean LANGUAGE plpgsql AS " +
          "$$ BEGIN PERFORM set_config('spy.ran', current_user, false); RETURN TRUE; END $$",
      );
      await client.query("CREATE DOMAIN pg_temp.jsonb AS pg_catalog.jsonb CHECK (pg_temp.spy(value))");
      const { rows } = await client.query("SELECT desk.seen()");
      assert.equal(rows[0].seen, "6");
      const after = await client.query("SELECT current_setting('spy.ran', true) AS who");
      await client.query("DISCARD PLANS");
      return after.rows[0].who;
    });
    assert.ok(!ran, ran);
  }));

test("functions can be run where nobody may run new ones", async () => {
  await owner.query("DROP SCHEMA rolegate CASCADE");
  await owner.query("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC");
  try {
    await withTickets(async (session) => assert.deepEqual(await as(session("ana"), view), [1, 2]));
  } finally {
    await owner.query("ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC");
  }
});

test("statements can be run by several at once", async () => {
  await owner.query("DROP SCHEMA rolegate CASCADE");
  await owner.query("CREATE TABLE IF NOT EXISTS several (assignee_id text)");
  const tables = {
    several: { type: "t", columns: { assigneeId: "assignee_id" }, permissions: { select: "t.view" } },
  };
  const clients = Array.from({ length: 4 }, () => new pg.Client({ connectionString: server.url }));
  try {
    for (const client of clients) await client.connect();
    for (const _ of [1, 2]) await Promise.all(clients.map((client) => client.query(rlsSql({ tables }))));
  } finally {
    for (const client of clients) await client.end();
  }
});

test("a setting of another form shows no row", () =>
  withTickets(async () => {
    const all = { owner: ["assigneeId"], team: ["teamId"], all: true };
    const shown = (scope) => as(JSON.stringify({ user: "ana", scopes: { "tickets.view": scope } }), view);
    assert.equal((await shown(all)).length, 6);
    assert.equal((await shown({ ...all, until: 8e15 })).length, 6);
    for (const odd of [
      ...["all", ["all"], [all], true, { all: true }],
      ...[
        { ...all, owner: 1 },
        { ...all, team: null },
      ],
      ...[null, "NaN", "Infinity", "9e15", {}, [9e15], true].map((until) => ({ ...all, until })),
    ])
      assert.deepEqual(await shown(odd), [], JSON.stringify(odd));
  }));

test("statements can be run again, and names are only names", async () => {
  const name = `odd "name'; --`;
  await owner.query(`CREATE TABLE "odd ""name'; --" (id int, assignee_id text)`);
  const tables = {
    [name]: { type: "t", columns: { "it's": "assignee_id" }, permissions: { select: "it's \\ odd" } },
  };
  for (const _ of [1, 2]) await owner.query(rlsSql({ tables }));
  for (const options of [
    { tabels: {} },
    { tables: { t: { type: "t", columns: {}, permissions: { selcet: "x" } } } },
    { tables: { t: { type: "t", columns: { a: { sql: "a", typ: "text" } }, permissions: {} } } },
    { tables: { "a.b.c": { type: "t", columns: {}, permissions: {} } } },
  ])
    assert.throws(() => rlsSql(options), { code: "bad-options" });
  for (const type of ["json", "constructor"])
    assert.throws(
      () => rlsSql({ tables: { t: { type: "t", columns: { a: { sql: "a", type } }, permissions: {} } } }),
      { code: "cannot-express" },
    );
});
