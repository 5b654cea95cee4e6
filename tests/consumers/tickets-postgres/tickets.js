import { readFile } from "node:fs/promises";
import pg from "pg";
import { load } from "rolegate";
import { toSql } from "rolegate/sql";

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
export const snapshot = await load(await readFile("roles.json"));

/** Where the attributes of a ticket are in the queries below. */
export const columns = { assigneeId: "t.assignee_id", teamId: "t.team_id", status: "t.status" };

/** The filter of a query that has `startAt - 1` parameters before it. */
function filterOf(gate, permission, startAt) {
  return toSql(gate.scope(permission), { dialect: "postgres", columns, startAt });
}

/** A page of the tickets that somebody may see, after the one with the id `after`. */
export async function page(gate, { after = 0, size = 20 } = {}) {
  const { text, values } = filterOf(gate, "tickets.view", 3);
  const { rows } = await pool.query(
    `select t.id, t.subject, t.email, t.status, t.assignee_id as "assigneeId", t.team_id as "teamId"
     from tickets t where t.id > $1 and (${text}) order by t.id limit $2`,
    [after, size, ...values],
  );
  return gate.mask("tickets", rows);
}

/** How many there are, by status. */
export async function count(gate) {
  const { text, values } = filterOf(gate, "tickets.view", 1);
  const { rows } = await pool.query(
    `select t.status, count(*)::int as count from tickets t where ${text} group by t.status order by t.status`,
    values,
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

/** How many there are in each team: every team, also one without a ticket that counts. */
export async function countByTeam(gate) {
  const { text, values } = filterOf(gate, "tickets.view", 1);
  const { rows } = await pool.query(
    `select teams.name, count(t.id)::int as count
     from teams left join tickets t on t.team_id = teams.id and (${text})
     group by teams.name order by teams.name`,
    values,
  );
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

/** Closes those of the tickets that somebody may close, and gives their ids. */
export async function close(gate, ids) {
  const { text, values } = filterOf(gate, "tickets.close", 2);
  const { rows } = await pool.query(
    `update tickets t set status = 'closed' where t.id = any ($1) and (${text}) returning t.id`,
    [ids, ...values],
  );
  return rows.map(({ id }) => id);
}
