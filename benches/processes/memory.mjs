// A million gates made and dropped; a thousand snapshots loaded, replaced and freed (`node --expose-gc`).
// Prints how much more is held after all of them than after a tenth of them: nothing that is kept by mistake
// is kept only for a while.
//
//   node --expose-gc memory.mjs '{ "gates": …, "snapshots": … }'

import { load } from "rolegate";
import { snapshot as helpdesk, me } from "../tenant/helpdesk.mjs";
import { grown, held } from "./held.mjs";

const { gates, snapshots } = JSON.parse(process.argv[2]);
const bytes = new TextEncoder().encode(JSON.stringify(helpdesk()));
const question = ["conversations.assign", { type: "conversations", assigneeId: me.id, teamId: "legal" }];

/** Does it `count` times in all, and tells what grew after the first tenth. */
async function growth(count, some) {
  await some(count / 10);
  const before = await held();
  await some((count / 10) * 9);
  const after = await held();
  return grown(before, after);
}

function makeGates(snapshot) {
  return (count) => {
    for (let n = 0; n < count; n += 1)
      if (!snapshot.for(me.id).can(...question)) throw new Error("a gate says no");
  };
}

/** Each snapshot replaces the one before. */
async function replace(count) {
  let current;
  for (let n = 0; n < count; n += 1) {
    const next = await load(bytes);
    current?.free();
    current = next;
    if (!current.for(me.id).can(...question)) throw new Error("a snapshot says no");
  }
  current.free();
}

const snapshot = await load(bytes);
console.log(
  JSON.stringify({
    gates: await growth(gates, makeGates(snapshot)),
    snapshots: await growth(snapshots, replace),
  }),
);
