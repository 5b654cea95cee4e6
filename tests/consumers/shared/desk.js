import { readFile } from "node:fs/promises";
import { load } from "rolegate";

const snapshot = await load(await readFile("roles.json"));
const rows = [
  { id: "invoice", assigneeId: "ana", teamId: "sales" },
  { id: "delivery", assigneeId: "bo", teamId: "support" },
];

/** Stands in for your session, or the verification of a token. */
export async function gateOf(user) {
  if (user === "broken") throw new Error("no sessions");
  return user ? snapshot.for(user) : null;
}

/** Stands in for your database. */
export const conversations = {
  all: async () => rows,
  async find(id) {
    if (id === "broken") throw new Error("no database");
    return rows.find((row) => row.id === id);
  },
};
