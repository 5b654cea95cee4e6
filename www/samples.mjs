// The sample tenants: `samples/NAME.json` is a snapshot, `records.json` has a few records of each. `person` is who is shown first: somebody
// to whom much is open, and something is not.

export const SAMPLES = [
  { name: "aifocus", title: "AI Focus", person: "ben", about: "A help desk: agents, team leaders, an analyst who exports." },
  { name: "engage", title: "Engage", person: "quin", about: "Messaging for support, sales and marketing: levels Global, Group, Restricted; plans." },
  { name: "proto", title: "Proto", person: "lee", about: "Live chats and tickets of two sub-companies: roles of the company and roles of teams." },
  { name: "desk", title: "Desk", person: "jo", about: "A service desk: roles for one team, until a day, in office hours." },
  { name: "iadvize", title: "iAdvize", person: "nell", about: "Support for online shops: reports that hide names and sales." },
];

/** The address of a sample's snapshot. */
export function sampleAddress(name) {
  return new URL(`samples/${name}.json`, import.meta.url);
}
