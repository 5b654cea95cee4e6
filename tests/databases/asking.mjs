// One scope, asked of the records and of the databases.

import { load } from "../../pkg/entries/node.js";
import { START_AT } from "./engines.mjs";
import { isHeld, NOW, recordOf } from "./rows.mjs";

/** Puts rows into every engine; gives the record that each is, and the engines that cannot hold it. */
export async function fill(engines, rows) {
  await Promise.all(engines.map((engine) => engine.create(rows)));
  return rows.map((row) => ({
    id: row.id,
    record: recordOf(row),
    without: engines.filter(({ dialect }) => !isHeld(row, dialect)),
  }));
}

/**
 * Tells the judge what comes of a question (cases.mjs).
 *
 * @param rows as {@link fill} gives them
 * @param turn which session of an engine is asked
 */
export async function ask(
  { document, user, permission, options },
  rows,
  { engines, judge, toSql, name, turn, isByHand = false },
) {
  const snapshot = await load(JSON.stringify(document));
  const gate = snapshot.for(user, options);
  const scope = gate.scope(permission);
  const admitted = new Set(rows.filter(({ record }) => scope.matches(record)));
  const allowed = new Set(rows.filter(({ record }) => gate.can(permission, record)));
  const odd = rows.find((row) => allowed.has(row) !== admitted.has(row));
  if (odd !== undefined) judge.fault(name, { scope, text: "`can` and `matches` differ", record: odd.record });
  const askEngine = async (engine) => {
    const filter = judge.filter(name, engine, scope, () =>
      toSql(scope, { dialect: engine.dialect, columns: engine.columns, startAt: START_AT, now: NOW }),
    );
    if (filter === undefined) return;
    judge.form(name, engine, scope, filter, NOW);
    if (isByHand) judge.parameters(name, engine, scope, filter);
    const expected = [...admitted].filter(({ without }) => !without.includes(engine)).map(({ id }) => id);
    try {
      const found = await engine.select(filter, turn);
      judge.compare(name, engine, scope, filter, { rows, expected, found });
    } catch (error) {
      judge.fault(name, { engine, scope, filter, text: `${error}` });
    }
  };
  await Promise.all(engines.map(askEngine));
  snapshot.free();
}
