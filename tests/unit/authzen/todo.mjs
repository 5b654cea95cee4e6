// The scenario of a shared to-do list: five people with four roles, who are known by an opaque id from their
// tokens and own items by their mail address. The snapshot lists nobody. No imports: workerd runs it, too.

const level = ["own", "all"];

export const document = {
  format: "rolegate/1",
  revision: 3,
  catalog: {
    categories: [
      {
        id: "todos",
        permissions: [
          { id: "user.can_read_user", scopes: level },
          { id: "todo.can_read_todos", scopes: level },
          { id: "todo.can_create_todo" },
          { id: "todo.can_update_todo", scopes: level },
          { id: "todo.can_delete_todo", scopes: level },
        ],
      },
    ],
    resources: { todo: { owner: "ownerID" } },
  },
  roles: [
    {
      id: "viewer",
      name: "Viewer",
      grants: { "user.can_read_user": "all", "todo.can_read_todos": "all" },
    },
    {
      id: "editor",
      name: "Editor",
      inherits: ["viewer"],
      grants: { "todo.can_create_todo": true, "todo.can_update_todo": "own", "todo.can_delete_todo": "own" },
    },
    { id: "admin", name: "Admin", inherits: ["editor"], grants: { "todo.can_delete_todo": "all" } },
    {
      id: "evil_genius",
      name: "Evil Genius",
      inherits: ["editor"],
      grants: { "todo.can_update_todo": "all" },
    },
  ],
};

/** Everybody by the id in their token. */
export const people = new Map([
  ["sub-7f31", { id: "nia@villa.example", roles: ["admin", "evil_genius"] }],
  ["sub-02ac", { id: "ben@villa.example", roles: ["editor"] }],
  ["sub-9d40", { id: "sam@farm.example", roles: ["editor"] }],
  ["sub-55e2", { id: "cara@farm.example", roles: ["viewer"] }],
  ["sub-e118", { id: "leo@farm.example", roles: ["viewer"] }],
]);

/** One person, or pairs of all. */
export function subject(_type, id) {
  return id === undefined ? people : people.get(id);
}
