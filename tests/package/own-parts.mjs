// What the parts of own.mjs share.

/** The user's own snapshot, where the library can narrow. */
export const narrow = async (lib, snapshot, user) =>
  typeof snapshot.narrow === "function" ? lib.load(snapshot.narrow(user)) : undefined;

export { travel } from "./acme.mjs";

/** Lets a page draw and a worker answer in between. */
export const breathe = () => new Promise((resolve) => setTimeout(resolve));

/** A small tenant: `u` may do what is theirs, `v` everything. */
export const PLAIN = {
  format: "rolegate/1",
  revision: 3,
  tenant: "acme",
  catalog: {
    categories: [
      {
        id: "c",
        permissions: [
          { id: "c.view", scopes: ["own", "all"] },
          { id: "c.edit", scopes: ["own", "all"], requires: ["c.view"] },
          { id: "c.labels" },
        ],
      },
    ],
  },
  roles: [
    { id: "own", name: "Own", grants: { "c.view": "own", "c.edit": "own" } },
    { id: "all", name: "All", grants: { "*": true } },
  ],
  users: [
    { id: "u", roles: ["own"] },
    { id: "v", roles: ["all"] },
  ],
};
