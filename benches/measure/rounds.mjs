// Timing several contenders on the same work: all of them in each round, in an order that turns, so that a
// busy minute of the machine is everybody's.

/** How often a contender is asked before its time counts, in samples. */
const WARM_UP = 3;
/** No sample has more questions, however fast a contender is. */
const MOST = 1 << 22;

/**
 * @typedef {object} Entry one contender in one row
 * @property {string} name
 * @property {(times: number) => number | Promise<number>} run answers so many questions and returns the sum
 *   of its answers
 * @property {(times: number) => number} expected that sum
 * @property {(times: number) => void} [prepare] makes the questions of the next sample, untimed
 * @property {number} [times] a fixed number of questions for a sample
 * @property {number} [each] how much work one question is; 1 unless it is given
 *
 * @param {Entry[]} entries
 * @param {{ clock: () => number | Promise<number>, sample: number, rounds: number }} how `sample`:
 *   milliseconds
 * @returns {Promise<Record<string, number[]>>} nanoseconds for a unit of work, for each contender and round
 */
export async function compare(entries, { clock, sample, rounds }) {
  const times = new Map();
  for (const entry of entries) times.set(entry, await warmUp(entry, clock, sample));
  const results = Object.fromEntries(entries.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let n = 0; n < entries.length; n += 1) {
      const entry = entries[(n + round) % entries.length];
      const count = times.get(entry);
      results[entry.name].push(((await timeOf(entry, clock, count)) * 1e6) / count / (entry.each ?? 1));
    }
  }
  return results;
}

/** Asks until the contender is warm, and finds how many questions make a sample. */
async function warmUp(entry, clock, sample) {
  let count = entry.times ?? 1;
  for (let enough = 0; enough < WARM_UP; ) {
    const time = await timeOf(entry, clock, count);
    if (time >= sample / 2 || entry.times !== undefined || count >= MOST) enough += 1;
    else
      count = Math.min(
        MOST,
        Math.max(count * 2, Math.min(count * 16, Math.floor((count * sample) / Math.max(time, 0.001)))),
      );
  }
  return count;
}

async function timeOf(entry, clock, count) {
  entry.prepare?.(count);
  const start = await clock();
  const sum = await entry.run(count);
  const time = (await clock()) - start;
  if (sum !== entry.expected(count))
    throw new Error(`${entry.name} answers ${count} questions with ${sum}, not ${entry.expected(count)}`);
  return time;
}
