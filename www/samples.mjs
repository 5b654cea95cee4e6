// The sample tenants: `samples/NAME.json` is a snapshot, `records.json` has a few records of each. `person` is who is shown first: somebody
// to whom much is open, and something is not.

export const SAMPLES = [
  { name: "aifocus", title: "AI Focus", person: "ben", about: "A help desk: agents, team leaders, an analyst who exports." },
  { name: "engage", title: "Engage", person: "quin", about: "Messaging for support, sales and marketing: levels Global, Group, Restricted; plans." },
  { name: "proto", title: "Proto", person: "lee", about: "Live chats and tickets of two sub-companies: roles of the company and roles of teams." },
  { name: "desk", title: "Desk", person: "jo", about: "A service desk: roles for one team, until a day, in office hours." },
  { name: "iadvize", title: "iAdvize", person: "nell", about: "Support for online shops: reports that hide names and sales." },
];

/**
 * Who edits the roles of a sample: an administrator, and somebody who holds less. `permission` is what it takes; `weakerPermission` is what is
 * asked of the second one, where the product has nobody between: `null` is nothing but that they give no more than they hold.
 */
export const EDITING = {
  aifocus: { permission: "agent.manage", admin: "ada", weaker: "tess", weakerPermission: null },
  engage: { permission: "role.update", admin: "ann", weaker: "abe" },
  proto: { permission: "role.manage", admin: "pat", weaker: "una" },
  desk: { permission: "role.manage", admin: "dot", weaker: "ulf", weakerPermission: null },
  iadvize: { permission: "role.manage", admin: "iris", weaker: "marc", weakerPermission: null },
};

/** The address of a sample's snapshot. */
export function sampleAddress(name) {
  return new URL(`samples/${name}.json`, import.meta.url);
}
