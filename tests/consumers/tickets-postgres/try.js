import pg from "pg";
import { withKnex, withTypeOrm } from "./builders.js";
import { as, protect } from "./policies.js";
import { close, columns, count, countByTeam, page, pool, snapshot } from "./tickets.js";

const ana = snapshot.for("ana");
const show = (name, value) => console.log(name, JSON.stringify(value));

show("page", await page(ana, { size: 2 }));
show("next page", (await page(ana, { after: 3 })).map(({ id, email }) => [id, email]));
show("count", await count(ana));
show("by team", await countByTeam(ana));
show("closed", await close(ana, [1, 2, 3, 4]));
show("knex", await withKnex(ana, columns));
show("typeorm", await withTypeOrm(ana, columns));

await pool.query("create role app login");
show("around the policies", await protect(pool));
const url = new URL(process.env.DATABASE_URL);
url.username = "app";
const app = new pg.Pool({ connectionString: url.href });
const seen = async (client) => {
  const { rows } = await client.query("select id from tickets order by id");
  return rows.map(({ id }) => id);
};
show("ana", await as(ana, app, seen));
show("cy", await as(snapshot.for("cy"), app, seen));
show("nobody", await seen(app));
await app.end();
await pool.end();
