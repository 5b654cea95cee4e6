import { toSql } from "rolegate/sql";

const TICKETS = `select id, subject, email, status, assignee_id as "assigneeId", team_id as "teamId" from tickets`;
const PEOPLE = "select id, roles, teams from people";
const columns = { id: "id", assigneeId: "assignee_id", teamId: "team_id", status: "status" };

/**
 * The tables of all tenants. No query leaves the tenant out.
 * @param db `{ dialect, query }`: `query(text, values)` gives rows
 */
export function tablesIn({ dialect, query }) {
  /** Placeholders: their own come first, those of a filter follow. */
  const $ = (n) => (dialect === "postgres" ? `$${n}` : `?${n}`);
  const filterOf = (gate, permission, startAt) => toSql(gate.scope(permission), { dialect, columns, startAt });

  async function ticketsFor(tenant, gate, permission, { after = "", limit }) {
    const { text, values } = filterOf(gate, permission, 3);
    const where = `where tenant = ${$(1)} and id > ${$(2)} and (${text})`;
    return query(`${TICKETS} ${where} order by id limit ${limit}`, [tenant, after, ...values]);
  }

  return {
    tickets: {
      /** Those that somebody may see, without what they may not see of them. */
      async page(tenant, gate, after) {
        return gate.mask("tickets", await ticketsFor(tenant, gate, "tickets.view", { after, limit: 20 }));
      },
      /** All on which somebody has a permission, page by page. */
      async *all(tenant, gate, permission) {
        for (let after; ; ) {
          const rows = await ticketsFor(tenant, gate, permission, { after, limit: 1000 });
          yield* rows;
          if (rows.length < 1000) return;
          after = rows.at(-1).id;
        }
      },
      async find(tenant, id) {
        const [row] = await query(`${TICKETS} where tenant = ${$(1)} and id = ${$(2)}`, [tenant, id]);
        return row;
      },
      /** Checks and changes in one statement. */
      async close(tenant, gate, id) {
        const { text, values } = filterOf(gate, "tickets.close", 3);
        const where = `where tenant = ${$(1)} and id = ${$(2)} and (${text})`;
        const rows = await query(`update tickets set status = 'closed' ${where} returning id`, [tenant, id, ...values]);
        return rows.length > 0;
      },
    },
    people: {
      async all(tenant) {
        return (await query(`${PEOPLE} where tenant = ${$(1)} order by id`, [tenant])).map(subjectOf);
      },
      async find(tenant, id) {
        const [row] = await query(`${PEOPLE} where tenant = ${$(1)} and id = ${$(2)}`, [tenant, id]);
        return row && subjectOf(row);
      },
    },
  };
}

function subjectOf({ id, roles, teams }) {
  return { id, roles: JSON.parse(roles), teams: JSON.parse(teams) };
}
