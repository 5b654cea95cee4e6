import { rlsCheckSql, rlsSql, toSession } from "rolegate/rls";

const tables = {
  tickets: {
    type: "tickets",
    columns: { assigneeId: "assignee_id", teamId: "team_id" },
    permissions: { select: "tickets.view" },
  },
};

/** Once, in a migration: policies for the role that the application connects as. */
export async function protect(admin) {
  await admin.query(rlsSql({ tables, to: "app" }));
  await admin.query("grant select on tickets to app");
  const { rows } = await admin.query(rlsCheckSql({ tables, to: "app" }));
  return rows.filter(({ what }) => what !== "role that passes all policies");
}

/** For each request: a transaction that goes by the scopes of whoever asks. */
export async function as(gate, pool, work) {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("select set_config('rolegate.scopes', $1, true)", [toSession(gate, ["tickets.view"])]);
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}
