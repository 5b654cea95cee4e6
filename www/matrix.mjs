// Loads a tenant from disk and prints what each user may do, and how far.
//
//   node www/matrix.mjs [SAMPLE|snapshot.json [user]...]
//
// SAMPLE is the name of a sample tenant: aifocus, which is shown without arguments, engage, proto, desk or iadvize.
// The package is the one that `cargo xtask build` left in pkg/.

import { readFile } from "node:fs/promises";
import { load } from "../pkg/entries/node.js";
import { fit, printable, truncate, width } from "./columns.mjs";
import { describePeople, describeReach, describeUser } from "./describe.mjs";
import { SAMPLES, sampleAddress } from "./samples.mjs";

const COLUMNS = 100;
const MARKS = { yes: "✓", asks: "?", no: "·" };

const [named = SAMPLES[0].name, ...wanted] = process.argv.slice(2);
const file = SAMPLES.some((sample) => sample.name === named) ? sampleAddress(named) : named;

try {
  await print();
} catch (error) {
  console.error(`${file}: ${error.message}`);
  for (const issue of error.issues ?? []) console.error(`  ${issue.path || "the document"}: ${issue.message}`);
  process.exitCode = 1;
}

async function print() {
  const text = await readFile(file, "utf8");
  const snapshot = await load(text);
  const people = describePeople(JSON.parse(text));
  const shown = wanted.length === 0 ? people : wanted.map((id) => people.find((person) => person.id === id) ?? stranger(id));
  console.log(
    `${snapshot.tenant ?? "(no tenant)"}, revision ${snapshot.revision}: ${people.length} users, ${snapshot.permissions().length} permissions`,
  );
  console.log(`${MARKS.yes} may   ${MARKS.asks} depends on the request   ${MARKS.no} may not`);
  for (const person of shown) printPerson(snapshot, person);
}

function stranger(id) {
  return { id, name: id, disabled: false, teams: [], roles: ["not in this snapshot"] };
}

function printPerson(snapshot, person) {
  const categories = describeUser(snapshot, person.id);
  const rows = categories.flatMap((category) => category.rows);
  const titles = Math.min(48, Math.max(0, ...rows.map((row) => width(printable(row.title)))));
  const held = rows.filter((row) => row.answer === "yes").length;
  const roles = person.roles.join("; ") || "no role";
  console.log("");
  console.log(line(`${person.name} (${person.id}): ${roles}${person.disabled ? " [disabled]" : ""}`));
  console.log(
    line(
      [person.teams.length > 0 ? `member of ${person.teams.join(", ")}` : "in no team", `${held} of ${rows.length} permissions`].join(", "),
    ),
  );
  for (const category of categories) {
    console.log(line(`  ${category.title}`));
    for (const row of category.rows)
      console.log(line(`    ${MARKS[row.answer]} ${fit(printable(row.title), titles)}  ${describeReach(row)}`));
  }
}

function line(text) {
  return truncate(printable(text), COLUMNS).trimEnd();
}
