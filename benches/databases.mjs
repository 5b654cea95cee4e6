// What filters cost on a real PostgreSQL: beside the best SQL that one would write by hand for the same
// question, and row level security beside the same filter in the query.
//
//   node benches/databases.mjs [--plans]
//
// 200,000 rows, somebody in 5,000 teams, prepared statements with generic plans; medians of ten, in turn.

import pg from "pg";
import { load } from "../pkg/entries/node.js";
import { rlsSql, toSession } from "../pkg/rls/index.js";
import { toSql } from "../pkg/sql/index.js";
import { startPostgres } from "../tests/consumers/postgres.mjs";

const ROWS = 200_000;
const TEAMS = 5_000;
const TIMES = 10;

const teams = Array.from({ length: TEAMS }, (_, at) => ({
  id: `team-${at}`,
  ...(at > 0 && { parent: "team-0" }),
}));
const levels = ["own", "team", "all"];
const permissions = ["own", "team", "all", "apart", "status"].map((name) => `tickets.${name}`);
const snapshot = await load({
  format: "rolegate/1",
  revision: 1,
  catalog: {
    categories: [{ id: "tickets", permissions: permissions.map((id) => ({ id, scopes: levels })) }],
    resources: { tickets: { owner: "assigneeId", team: "teamId" } },
  },
  teams: [...teams, { id: "barred" }],
  roles: [
    {
      id: "agent",
      name: "Agent",
      grants: {
        "tickets.own": "own",
        "tickets.team": "team",
        "tickets.all": "all",
        "tickets.apart": "all",
        "tickets.status": { scope: "all", when: { "resource.status": { $in: ["open", "waiting"] } } },
      },
    },
    { id: "barred", name: "Barred", deny: ["tickets.apart"] },
  ],
  users: [{ id: "user-7", teams: ["team-0"], roles: ["agent", { role: "barred", team: "barred" }] }],
});
const gate = snapshot.for("user-7");
const ids = teams.map(({ id }) => id);

/** Each question as one would write it by hand. */
const BY_HAND = {
  own: ["assignee_id = $1", ["user-7"]],
  team: ["assignee_id = $1 OR team_id IN (SELECT unnest($2::text[]))", ["user-7", ids]],
  all: ["TRUE", []],
  // Text that is no id is no team, and what has no team is denied, too.
  apart: [
    "team_id <> $1 AND octet_length(team_id) <= 256 AND team_id ~ '^[^\\u0001-\\u001f\\u007f-\\u009f]+$'",
    ["barred"],
  ],
  status: ["status IN ($1, $2)", ["open", "waiting"]],
};
const COLUMNS = { assigneeId: "assignee_id", teamId: "team_id", status: "status" };

const server = await startPostgres();
const client = new pg.Client({ connectionString: server.url });
client.on("error", () => {});
try {
  await client.connect();
  await client.query("SET plan_cache_mode = force_generic_plan");
  await client.query("SET max_parallel_workers_per_gather = 0");
  await client.query("SET jit = off");
  for (const table of ["tickets", "guarded"]) {
    await client.query(
      `CREATE TABLE ${table} AS SELECT id, 'user-' || id % 1000 AS assignee_id,
         'team-' || id % 10000 AS team_id, (ARRAY['open','waiting','closed','spam'])[1 + id % 4] AS status
       FROM generate_series(1, ${ROWS}) id`,
    );
    await client.query(`CREATE INDEX ON ${table} (assignee_id)`);
    await client.query(`CREATE INDEX ON ${table} (team_id)`);
    await client.query(`ANALYZE ${table}`);
  }
  await client.query("CREATE ROLE app");
  await client.query("GRANT SELECT ON guarded TO app");
  console.log("| question | rows | by hand | `toSql` | ratio | row level security | ratio to `toSql` |");
  console.log("|---|---|---|---|---|---|---|");
  for (const [name, [text, values]] of Object.entries(BY_HAND)) {
    const permission = `tickets.${name}`;
    const filter = toSql(gate.scope(permission), { dialect: "postgres", columns: COLUMNS });
    const hand = query(`hand-${name}`, "tickets", text, values);
    const printed = query(`sql-${name}`, "tickets", filter.text, filter.values);
    const guarded = await guard(permission, name);
    const [a, b, c] = await medians([hand, printed, guarded]);
    const cells = [
      name,
      b.rows,
      ms(a.time),
      ms(b.time),
      ratio(b, a),
      c ? ms(c.time) : "-",
      c ? ratio(c, b) : "-",
    ];
    console.log(`| ${cells.join(" | ")} |`);
    if (new Set([a.rows, b.rows, ...(c ? [c.rows] : [])]).size > 1) throw new Error(`${name}: other rows`);
    if (process.argv.includes("--plans")) await explain(filter);
  }
} finally {
  await client.end();
  await server.stop();
}

async function explain({ text, values }) {
  const { rows } = await client.query(`EXPLAIN SELECT count(*) FROM tickets WHERE ${text}`, values);
  console.log([text, ...rows.map((row) => row["QUERY PLAN"])].join("\n"));
}

function query(name, table, text, values) {
  return { ask: () => client.query({ name, text: `SELECT count(*) FROM ${table} WHERE ${text}`, values }) };
}

/** The same by policies; nothing where they cannot say it. */
async function guard(permission, name) {
  let session;
  try {
    session = toSession(gate, [permission]);
  } catch {
    return undefined;
  }
  const { status: _, ...columns } = COLUMNS;
  return {
    begin: async () => {
      await client.query(
        rlsSql({ tables: { guarded: { type: "tickets", columns, permissions: { select: permission } } } }),
      );
      await client.query("BEGIN");
      await client.query("SELECT set_config('rolegate.scopes', $1, true)", [session]);
      await client.query("SET LOCAL ROLE app");
    },
    ask: () => client.query({ name: `rls-${name}`, text: `SELECT count(*) FROM guarded /* ${name} */` }),
    end: () => client.query("COMMIT"),
  };
}

async function medians(all) {
  const results = [];
  for (const one of all) {
    if (one === undefined) {
      results.push(undefined);
      continue;
    }
    await one.begin?.();
    const times = [];
    let rows;
    for (let time = 0; time <= TIMES; time++) {
      const started = performance.now();
      rows = (await one.ask()).rows[0].count;
      if (time > 0) times.push(performance.now() - started);
    }
    await one.end?.();
    times.sort((a, b) => a - b);
    results.push({ rows, time: times[TIMES / 2] });
  }
  return results;
}

function ms(time) {
  return `${time.toFixed(1)} ms`;
}

function ratio(a, b) {
  return (a.time / b.time).toFixed(2);
}
