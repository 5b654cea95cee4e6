/** The table that has the snapshot of each tenant. */
export const TABLE = `create table if not exists snapshots (
  tenant text primary key,
  version bigint not null,
  content text not null
)`;

/**
 * Sources for `rolegate/edge`: writing compares the version, and whoever has a source hears at once that its
 * snapshot is another one.
 */
export function snapshotsIn(pool) {
  const listeners = new Map();

  async function listen() {
    const client = await pool.connect();
    client.on("notification", ({ payload }) => listeners.get(payload)?.());
    client.once("error", (error) => {
      client.release(error);
      retry(error);
    });
    await client.query("listen snapshots");
    for (const changed of listeners.values()) changed(); // what was missed
  }
  const retry = (error) => {
    console.error(error.message);
    setTimeout(() => listen().catch(retry), 1_000);
  };
  listen().catch(retry);

  return (tenant) => ({
    async get(etag) {
      const { rows } = await pool.query("select version, content from snapshots where tenant = $1", [tenant]);
      const [row] = rows;
      return row && (row.version === etag ? "same" : { bytes: row.content, etag: row.version });
    },
    async put(bytes, etag) {
      const values = [tenant, new TextDecoder().decode(bytes)];
      const { rowCount } = await (etag === undefined
        ? pool.query("insert into snapshots values ($1, 1, $2) on conflict do nothing", values)
        : pool.query("update snapshots set version = version + 1, content = $2 where tenant = $1 and version = $3", [
            ...values,
            etag,
          ]));
      if (rowCount === 1) await pool.query("select pg_notify('snapshots', $1)", [tenant]);
      return rowCount === 1;
    },
    watch(changed) {
      listeners.set(tenant, changed);
      return () => listeners.delete(tenant);
    },
  });
}
