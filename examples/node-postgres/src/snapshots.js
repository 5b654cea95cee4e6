/** The table that has the snapshot of each tenant. */
export const TABLE = `create table if not exists snapshots (
  tenant text primary key,
  content text not null
)`;

/**
 * Sources for `rolegate/edge`: writing compares a digest, which no row made anew has by chance, and whoever has a source hears at once that its
 * snapshot is another one.
 */
export function snapshotsIn(pool) {
  const listeners = new Map();

  async function listen() {
    const client = await pool.connect();
    client.on("notification", ({ payload }) => listeners.get(payload)?.());
    const failed = (error) => {
      client.release(error);
      throw error;
    };
    client.once("error", (error) => {
      client.release(error);
      retry(error);
    });
    await client.query("listen snapshots").catch(failed);
    for (const changed of listeners.values()) changed(); // what was missed
  }
  const retry = (error) => {
    console.error(error.message);
    setTimeout(() => listen().catch(retry), 1_000);
  };
  listen().catch(retry);

  return (tenant) => ({
    async get(etag) {
      const { rows } = await pool.query(
        "select encode(sha256(convert_to(content, 'UTF8')), 'hex') as digest, content from snapshots where tenant = $1",
        [tenant],
      );
      const [row] = rows;
      return row && (row.digest === etag ? "same" : { bytes: row.content, etag: row.digest });
    },
    async put(bytes, etag) {
      const values = [tenant, new TextDecoder().decode(bytes)];
      const { rowCount } = await (etag === undefined
        ? pool.query("insert into snapshots values ($1, $2) on conflict do nothing", values)
        : pool.query(
            "update snapshots set content = $2 where tenant = $1 and encode(sha256(convert_to(content, 'UTF8')), 'hex') = $3",
            [...values, etag],
          ));
      if (rowCount === 1) await pool.query("select pg_notify('snapshots', $1)", [tenant]);
      return rowCount === 1;
    },
    watch(changed) {
      listeners.set(tenant, changed);
      return () => listeners.delete(tenant);
    },
  });
}
