// Runs the queries of `tickets-postgres` on a real database.

import { deepEqual } from "node:assert/strict";
import { startPostgres } from "./postgres.mjs";

const TICKETS = {
  1: {
    id: 1,
    subject: "Where is my parcel?",
    email: "kim@example.com",
    status: "open",
    assigneeId: "ana",
    teamId: "sales",
  },
  2: {
    id: 2,
    subject: "A second invoice",
    email: "lou@example.com",
    status: "closed",
    assigneeId: "ana",
    teamId: "support",
  },
};

export async function ticketsInPostgres(project) {
  const { url, stop } = await startPostgres();
  try {
    const asked = project.with({ DATABASE_URL: url });
    await asked.run("npm", "run", "schema");
    const output = await asked.run("node", "try.js");
    deepEqual(
      Object.fromEntries(
        output
          .trim()
          .split("\n")
          .map((line) => /^([a-z ]+) (.*)$/.exec(line).slice(1))
          .map(([name, value]) => [name, JSON.parse(value)]),
      ),
      {
        page: [TICKETS[1], TICKETS[2]],
        "next page": [[5, "•••"]],
        count: { closed: 1, open: 2, waiting: 1 },
        "by team": { EMEA: 1, Sales: 2, Support: 1 },
        closed: [1],
        knex: [1, 2, 3, 5],
        typeorm: [1, 2, 3, 5],
        "around the policies": [],
        ana: [1, 2, 3, 5],
        cy: [1, 2, 3, 4, 5, 6],
        nobody: [],
      },
    );
  } finally {
    await stop();
  }
}
