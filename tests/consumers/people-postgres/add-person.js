import { database } from "./database.js";
import { hashed } from "./passwords.js";

const [email, password, role, ...teams] = process.argv.slice(2);
const PERSON = "insert into people (email, password) values ($1, $2) returning id";
const { rows } = await database.query(PERSON, [email, hashed(password)]);
await database.query("insert into assignments values ($1, $2)", [rows[0].id, role]);
for (const team of teams) await database.query("insert into memberships values ($1, $2)", [rows[0].id, team]);
await database.end();
