// People whom the snapshot does not list, against users who are listed: gates with one check each, in a tenant of 1,000 roles; and how much is held
// after a million different ones (`node --expose-gc`).
//
//   node --expose-gc subjects.mjs '{ "people": …, "rounds": …, "different": … }'

import { load } from "rolegate";
import { grown, held } from "./held.mjs";

const { people, rounds, different } = JSON.parse(process.argv[2]);
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
  const permissions = Array.from({ length: PERMISSIONS }, (_, at) => ({ id: `c.p${at}`, scopes: ["own", "team", "all"] }));
  const granted = (at) => Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`c.p${(at * 7 + n * 11) % PERMISSIONS}`, ["own", "team", "all"][(at + n) % 3]]));
  return {
    format: "rolegate/1",
    revision: 1,
    catalog: { categories: [{ id: "c", permissions }] },
    teams: Array.from({ length: TEAMS }, (_, at) => ({ id: `t${at}` })),
    roles: Array.from({ length: ROLES }, (_, at) => ({ id: `r${at}`, name: `Role ${at}`, grants: granted(at) })),
    users,
  };
}

const all = Array.from({ length: people }, (_, at) => person(`u${at}`));
const listing = await load(JSON.stringify(tenant(all)));
const listingNobody = await load(JSON.stringify(tenant([])));
const record = { team: "t7", owner: "u7" };

/** Gates with one check each, in a second. */
function rate(ask) {
  const started = performance.now();
  let yes = 0;
  for (const one of all) if (ask(one)) yes += 1;
  return { rate: Math.round((all.length / (performance.now() - started)) * 1000), yes };
}

const asks = {
  listed: ({ id }) => listing.for(id).can("c.p7", record),
  subjects: (one) => listingNobody.for(one).can("c.p7", record),
  replaced: (one) => listing.for(one).can("c.p7", record),
  attributes: (one) => listingNobody.for({ ...one, attributes: { region: "emea" } }).can("c.p7", record),
};
const rates = Object.fromEntries(Object.keys(asks).map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  const found = new Set();
  for (const [name, ask] of Object.entries(asks)) {
    const { rate: one, yes } = rate(ask);
    rates[name].push(one);
    found.add(yes);
  }
  if (found.size !== 1) throw new Error("they are not answered alike");
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

console.log(JSON.stringify({ rates, grown: await growth(different) }));
