// People whom the snapshot does not list, against users who are listed: gates with one check each, in a
// tenant of 1,000 roles; and how much is held after many different ones (`node --expose-gc`). Prints
// microseconds for each gate, one entry a round, and what memory grew by.
//
//   node --expose-gc subjects.mjs '{ "people": …, "again": …, "rounds": …, "different": … }'

import { load } from "rolegate";
import { grown, held } from "./held.mjs";

const { people, again, rounds, different } = JSON.parse(process.argv[2]);
const ROLES = 1000;
const PERMISSIONS = 100;
const TEAMS = 200;

/** A generator of numbers in [0, 1), always the same. */
let seed = 1;
const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;

/** A few roles are held by most people: by rank, about as Zipf's law has it. */
const zipf = () => Math.min(ROLES - 1, Math.floor(ROLES ** random()) - 1);

function person(id) {
  const roles = new Set(Array.from({ length: 1 + Math.floor(random() * 5) }, () => `r${zipf()}`));
  return { id, teams: [`t${Math.floor(random() * TEAMS)}`], roles: [...roles] };
}

function tenant(users) {
  const permissions = Array.from({ length: PERMISSIONS }, (_, at) => ({
    id: `c.p${at}`,
    scopes: ["own", "team", "all"],
  }));
  const granted = (at) =>
    Object.fromEntries(
      Array.from({ length: 12 }, (_, n) => [
        `c.p${(at * 7 + n * 11) % PERMISSIONS}`,
        ["own", "team", "all"][(at + n) % 3],
      ]),
    );
  return {
    format: "rolegate/1",
    revision: 1,
    catalog: { categories: [{ id: "c", permissions }] },
    teams: Array.from({ length: TEAMS }, (_, at) => ({ id: `t${at}` })),
    roles: Array.from({ length: ROLES }, (_, at) => ({
      id: `r${at}`,
      name: `Role ${at}`,
      grants: granted(at),
    })),
    users,
  };
}

const all = Array.from({ length: people }, (_, at) => person(`u${at}`));
const listing = await load(JSON.stringify(tenant(all)));
const listingNobody = await load(JSON.stringify(tenant([])));
const record = { team: "t7", owner: "u7" };

const CONTENDERS = {
  listed: { ask: ({ id }) => listing.for(id).can("c.p7", record) },
  "not listed": { ask: (one) => listingNobody.for(one).can("c.p7", record) },
  "not listed, with attributes": {
    ask: (one) => listingNobody.for(one).can("c.p7", record),
    change: (one) => ({ ...one, attributes: { region: "emea" } }),
  },
  "listed and described": { ask: (one) => listing.for(one).can("c.p7", record) },
};

/** Each row's people, in turn. More than are remembered: each is met anew. Few: each was met before. */
const ROWS = { subjects: all, "subjects-again": Array.from(all, (_, at) => all[at % again]) };

/** The microseconds of each gate with its check. */
function time(ask, list) {
  const started = performance.now();
  let yes = 0;
  for (const one of list) if (ask(one)) yes += 1;
  return { micros: ((performance.now() - started) * 1000) / list.length, yes };
}

/** Round-robin, in an order that rotates, after a round that does not count. */
function measured(list) {
  const contenders = Object.entries(CONTENDERS).map(([name, { ask, change }]) => ({
    name,
    ask,
    list: change ? list.map(change) : list,
    times: [],
  }));
  for (let round = 0; round <= rounds; round += 1) {
    const found = new Set();
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const { ask, list, times } = contenders[(round + turn) % contenders.length];
      const { micros, yes } = time(ask, list);
      if (round > 0) times.push(micros);
      found.add(yes);
    }
    if (found.size !== 1) throw new Error("they are not answered alike");
  }
  return Object.fromEntries(contenders.map(({ name, times }) => [name, times]));
}

/** Different ids, roles and teams; asks so many, and tells what grew after the first tenth. */
async function growth(count) {
  let at = 0;
  const some = (count) => {
    for (const end = at + count; at < end; at += 1) listingNobody.for(person(`n${at}`)).can("c.p7", record);
  };
  some(count / 10);
  const before = await held();
  some((count / 10) * 9);
  return grown(before, await held());
}

const rows = Object.fromEntries(Object.entries(ROWS).map(([id, list]) => [id, measured(list)]));
console.log(JSON.stringify({ rows, grown: await growth(different) }));
