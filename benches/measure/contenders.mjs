// Who takes part, and whether they all answer alike.

import { byHand } from "../contenders/by-hand.mjs";
import { casl } from "../contenders/casl.mjs";
import { lite, rolegate } from "../contenders/rolegate.mjs";
import { me, myGrants, roles, snapshot } from "../tenant/helpdesk.mjs";
import { everything, FILTERED } from "./rows.mjs";

/** A contender that takes microseconds for a record filters so many of them. */
const FEW = 100;

/**
 * @param {object} library `rolegate` with its engine started; `libraries` has a second copy of what is
 *   measured as `rolegate/lite`
 * @param {((facts: object) => object | Promise<object>)[]} slow the other packages that this runtime can hold
 */
export async function assemble({ library, liteLibrary, slow = [], ...more }) {
  const loaded = library.loadSync(JSON.stringify(snapshot()));
  const facts = { ...more, roles, me, grants: myGrants(), snapshot: loaded, library };
  const data = JSON.parse(JSON.stringify(loaded.for(me.id)));
  const fast = [byHand(withRecords(facts, FILTERED)), rolegate(withRecords(facts, FILTERED))];
  fast.push(
    lite({ ...withRecords(facts, FILTERED), library: liteLibrary, data }),
    casl(withRecords(facts, FILTERED)),
  );
  const contenders = fast.map((contender) => ({ ...contender, records: FILTERED }));
  const few = FILTERED.slice(0, FEW);
  for (const make of slow)
    contenders.push({ ...(await make(withRecords(facts, few))), records: few, isSlow: true });
  await assertAlike(contenders);
  return contenders;
}

/** Lists of records of its own for each contender, as each has them in an application. */
function withRecords(facts, records) {
  return { ...facts, records: [...records] };
}

const same = (text) => text;

/** Asks every contender everything that it can answer, before anything is timed. */
async function assertAlike(contenders) {
  for (const { row, permission, record, answer } of everything()) {
    for (const { name, rows } of contenders) {
      if (rows[row] === undefined) continue;
      const given = await rows[row].ask(rows[row].question(permission, record, same));
      if (given !== answer)
        throw new Error(
          `${name} answers ${permission} on ${JSON.stringify(record)} with ${given}, not ${answer}`,
        );
    }
  }
}
