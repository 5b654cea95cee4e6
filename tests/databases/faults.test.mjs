// The law of filters can fail: printers that are wrong in one thing are found out, on SQLite.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { toSql } from "../../pkg/sql/index.js";
import { ask, fill } from "./asking.mjs";
import { ENGINES } from "./engines.mjs";
import { Judge } from "./judge.mjs";
import { seedRows } from "./rows.mjs";
import { SCOPES } from "./scopes.mjs";

const ofTexts = (change) => (value) =>
  typeof value === "string" && !/^[[{]/.test(value) ? change(value) : value;
const values =
  (change) =>
  ({ values, ...filter }) => ({ ...filter, values: values.map(change) });
const text = (change) => (filter) => {
  if (filter.kind !== "where") return filter;
  const changed = change(filter.text, filter.values);
  return { ...filter, ...(typeof changed === "string" ? { text: changed } : changed) };
};
/** Values as they would stand in a text. */
const literal = (value) => (typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value));

/** What is wrong with a printer, and what it does to a filter. */
const FAULTS = {
  "a row too few": text((it) => `(${it}) AND t.id <> 17`),
  "a row too many": text((it) => `(${it}) OR t.id = 17`),
  "what is unknown holds": text((it) => `coalesce(${it}, TRUE)`),
  "what is unknown is not true of negations": text((it) => it.replaceAll(" IS NOT TRUE", " = FALSE")),
  "letters of either case are equal": values(ofTexts((it) => it.toLowerCase())),
  "text is normalised": values(ofTexts((it) => it.normalize("NFC"))),
  "spaces at the end do not count": values(ofTexts((it) => it.trimEnd())),
  "the collation of a column counts": text((it) => it.replaceAll(" COLLATE BINARY", "")),
  "numbers are rounded": values((it) => (typeof it === "number" ? Math.fround(it) : it)),
  "large numbers are rounded": values((it) => (/^-?\d{16,}$/.test(it) ? String(Number(it)) : it)),
  "lists lose their last element": values((it) =>
    /^\[.*,.*\]$/s.test(it) ? JSON.stringify(JSON.parse(it).slice(0, -1)) : it,
  ),
  "values stand in the text": text((it, values) => {
    let at = 0;
    return { text: it.replaceAll("?", () => literal(values[at++])), values: [] };
  }),
  "a moment is for good": (filter) => ({ ...filter, validUntil: Infinity }),
  "everything is refused": () => {
    throw Object.assign(new Error("title"), { code: "cannot-express" });
  },
};

/** Enough to find them. */
const SAMPLE = SCOPES.filter(([name]) =>
  /^(own|team|text (equal, decomposed|starts, upper)|number equal, not|timestamp|milliseconds since a|list has, |bigint as)/.test(
    name,
  ),
);

let engine;
let rows;
before(async () => {
  engine = await ENGINES.sqlite();
  rows = await fill([engine], seedRows());
});
after(() => engine.close());

/** Whether some scope of the sample finds a printer out. */
async function isFoundOut(printer) {
  const judge = new Judge({ shown: 0 });
  for (const [turn, [name, question]] of SAMPLE.entries()) {
    await ask(question, rows, { engines: [engine], judge, toSql: printer, name, turn, isByHand: true });
    if (judge.faults > 0) return true;
  }
  return false;
}

for (const [fault, spoil] of Object.entries(FAULTS))
  test(`it is found out that ${fault}`, async () => {
    assert.ok(await isFoundOut((scope, options) => spoil(toSql(scope, options))));
  });

test("a printer that is right is not found out", async () => {
  assert.ok(!(await isFoundOut(toSql)));
});
