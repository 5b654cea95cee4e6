// The world that the certification scenario asks for, as a snapshot and hooks. No imports: workerd runs it, too.

export const document = {
  format: "rolegate/1",
  revision: 7,
  catalog: {
    categories: [
      {
        id: "records",
        permissions: [
          { id: "record.read", scopes: ["own", "all"] },
          { id: "record.write", scopes: ["own", "all"] },
          { id: "record.delete", scopes: ["own", "all"] },
          { id: "document.read", scopes: ["own", "all"] },
        ],
      },
    ],
    resources: { document: { owner: "readers" } },
  },
  roles: [
    { id: "reader", name: "Reader", grants: { "record.read": "all" } },
    {
      id: "writer",
      name: "Writer",
      grants: {
        "record.write": { scope: "all", when: { "resource.status": { $ne: "archived" } } },
        "record.delete": { scope: "all", when: { "context.action.soft": true } },
      },
    },
    {
      // Lifts the bar of what is archived, and gives nothing else: who is an admin is stored, or said.
      id: "archivist",
      name: "Archivist",
      grants: {
        "record.write": {
          scope: "all",
          when: {
            "resource.status": "archived",
            $or: [{ "user.role": "admin" }, { "context.subject.role": "admin" }],
          },
        },
      },
    },
    { id: "guest", name: "Guest", grants: { "document.read": "own" } },
  ],
  users: [
    { id: "alice", roles: ["reader", "writer", "archivist"] },
    { id: "bob", roles: ["reader", "archivist"], attributes: { role: "admin" } },
    { id: "alice@example.com", roles: ["guest"] },
  ],
};

const READERS = ["alice@example.com"];
const STORED = {
  record: [
    { id: "record-1", status: "active" },
    { id: "record-2", status: "archived" },
  ],
  document: [
    { id: 1, readers: READERS },
    { id: 2, readers: [] },
    { id: 3, readers: READERS },
  ],
};

/** The records by type and id, and all of a type. */
export function resources(type, id) {
  const all = Object.hasOwn(STORED, type) ? STORED[type] : [];
  return id === undefined ? all : all.find((record) => String(record.id) === id);
}
