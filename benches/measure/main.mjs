// The benchmark as it runs on every runtime. It uses nothing that one of them lacks; what differs is handed
// in.

import { copies } from "copies:loops";
import { assemble } from "./contenders.mjs";
import { compare } from "./rounds.mjs";
import { ROWS } from "./rows.mjs";

const left = [...copies];

/**
 * @param {object} host
 * @param {() => number | Promise<number>} host.clock milliseconds
 * @param {(text: string) => string} host.copy a new string of the same text
 * @param {{ sample: number, rounds: number, rows?: string[], fresh?: number }} how `fresh`: how many new
 *   strings are made for a sample
 */
export async function measure(
  { clock, copy, ...libraries },
  { rows = ROWS.map(({ id }) => id), fresh = 1 << 15, ...how },
) {
  const contenders = await assemble(libraries);
  const results = {};
  for (const row of ROWS.filter(({ id }) => rows.includes(id))) {
    const able = contenders.filter(
      (contender) => contender.rows[row.row] !== undefined && !(row.isFresh && contender.isSlow),
    );
    results[row.id] = await compare(
      able.map((contender) => entryOf(contender, row, { copy, fresh })),
      { ...how, clock },
    );
  }
  return results;
}

const same = (text) => text;

/** One contender in one row, with loops of its own. */
function entryOf({ name, rows, records }, { row, questions, isList, isFilter, isFresh }, { copy, fresh }) {
  const { ask, isAsync, question = () => undefined } = rows[row];
  const loops = left.pop();
  const loop = isList
    ? isAsync
      ? loops.laterLengths
      : loops.lengths
    : isAsync
      ? loops.laterYeses
      : loops.yeses;
  let asked = questions.map(({ permission, record }) => question(permission, record, same));
  const renew = (times) => {
    asked = Array.from({ length: times }, (_, n) => {
      const { permission, record } = questions[n % questions.length];
      return question(permission, record, copy);
    });
  };
  return {
    name,
    times: isFresh ? fresh : undefined,
    prepare: isFresh ? renew : undefined,
    run: (times) => loop(ask, asked, times),
    expected: adder(isFilter ? questions.map(({ kept }) => ({ answer: kept(records) })) : questions),
    each: isFilter ? records.length : 1,
  };
}

/** The sum of the first so many answers, over and over. */
function adder(questions) {
  const sums = [0];
  for (const { answer } of questions) sums.push(sums.at(-1) + Number(answer));
  const all = sums.at(-1);
  return (times) => Math.floor(times / questions.length) * all + sums[times % questions.length];
}
