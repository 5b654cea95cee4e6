import { edit, init, roleForm } from "rolegate/admin";

const roles = {
  format: "rolegate/1",
  revision: 1,
  catalog: {
    categories: [
      { id: "settings", permissions: ["view", "roles", "billing"].map((name) => ({ id: `settings.${name}` })) },
    ],
  },
  roles: [
    { id: "admin", name: "Administrator", standard: true, locked: true, grants: { "*": true } },
    { id: "office", name: "Office", grants: { "settings.view": true, "settings.roles": true } },
  ],
  users: [
    { id: "ana", roles: ["admin"] },
    { id: "cy", roles: ["office"] },
  ],
};

/** What Cy, who manages roles, can do once there is a new one. */
export async function choices() {
  // Where the build does not place the file.
  await init(globalThis.PLACED && "/rolegate-admin.wasm");
  const by = { actor: "cy", now: Date.now() };
  const draft = edit(roles, { ...by, permission: "settings.roles", revision: 1 });
  draft.createRole({ id: "helper", name: "Helper", grants: { "settings.view": true, "settings.roles": true } });
  const { allowed } = draft.can("removeUser", "ana");
  const [{ permissions }] = roleForm(draft.commit(), "helper", by).categories;
  return [
    { label: "Remove Ana", allowed },
    ...permissions.map(({ id, granted, toggle }) => ({
      label: `${granted ? "Take away" : "Grant"} ${id}`,
      allowed: toggle.allowed,
    })),
  ];
}
