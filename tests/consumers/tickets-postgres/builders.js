import knex from "knex";
import { toSql } from "rolegate/sql";
import { DataSource, EntitySchema } from "typeorm";

/** Knex writes the placeholders itself: it is given `?`, and the values in their order. */
export async function withKnex(gate, columns) {
  const db = knex({ client: "pg", connection: process.env.DATABASE_URL });
  const { text, values } = toSql(gate.scope("tickets.view"), { dialect: "postgres", columns });
  // A placeholder may occur more than once, so each becomes one of its own.
  const bindings = [];
  const raw = text.replaceAll("?", "\\?").replace(/\$(\d+)/g, (_, n) => {
    bindings.push(values[n - 1]);
    return "?";
  });
  try {
    return await db("tickets as t").whereRaw(`(${raw})`, bindings).orderBy("t.id").pluck("t.id");
  } finally {
    await db.destroy();
  }
}

const Ticket = new EntitySchema({
  name: "tickets",
  columns: {
    id: { type: "int", primary: true },
    assigneeId: { type: "text", name: "assignee_id", nullable: true },
    teamId: { type: "text", name: "team_id", nullable: true },
    status: { type: "text" },
  },
});

/** TypeORM has names for parameters. */
export async function withTypeOrm(gate, columns) {
  const source = new DataSource({ type: "postgres", url: process.env.DATABASE_URL, entities: [Ticket] });
  await source.initialize();
  const { text, values } = toSql(gate.scope("tickets.view"), { dialect: "postgres", columns });
  const named = text.replace(/\$(\d+)/g, ":filter$1");
  const parameters = Object.fromEntries(values.map((value, at) => [`filter${at + 1}`, value]));
  try {
    const tickets = await source
      .createQueryBuilder(Ticket, "t")
      .where("t.id < :last", { last: 100 })
      .andWhere(`(${named})`, parameters)
      .orderBy("t.id")
      .getMany();
    return tickets.map(({ id }) => id);
  } finally {
    await source.destroy();
  }
}
