import { readFile } from "node:fs/promises";
import { load } from "rolegate";
import { database } from "./database.js";
import { TENANT } from "./roles.js";

const document = await readFile(process.argv[2], "utf8");
const { revision } = await load(document, { tenant: TENANT }); // a document with a mistake is not published
const UPDATE = "update snapshots set document = $1 where tenant = $2 and revision = $3";
const { rowCount } = await database.query(UPDATE, [document, TENANT, revision - 1]);
await database.end();
if (rowCount === 0) throw new Error(`revision ${revision} is not the next one: read the document again`);
