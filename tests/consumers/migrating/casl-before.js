import { AbilityBuilder, createMongoAbility, subject } from "@casl/ability";

/** The rules of one person: `{ id, roles, teams }`. */
export function abilityOf({ id, roles, teams }) {
  const { can, cannot, build } = new AbilityBuilder(createMongoAbility);
  const team = { teamId: { $in: teams } };
  const own = { assigneeId: id };
  if (roles.includes("agent")) {
    can("view", "Conversation", team);
    can(["view", "reply"], "Conversation", own);
  }
  if (roles.includes("lead")) {
    can(["view", "reply", "assign"], "Conversation", team);
    can(["view", "reply", "assign"], "Conversation", own);
  }
  if (roles.includes("admin")) can("manage", "all");
  cannot("reply", "Conversation", { status: "closed" });
  return build();
}

/** The service. */
export function answer(person, conversations, { path, id }) {
  const ability = abilityOf(person);
  const may = (action, record) => ability.can(action, subject("Conversation", { ...record }));
  if (path === "/me") return { status: 200, body: ability.rules };
  if (path === "/conversations") return { status: 200, body: conversations.filter((record) => may("view", record)) };
  const record = conversations.find((conversation) => conversation.id === id);
  if (record === undefined || !may("view", record)) return { status: 404 };
  return { status: may(path.slice(1), record) ? 200 : 403 };
}

/** The page: which buttons of a conversation are enabled. */
export function buttons(rules, record) {
  const ability = createMongoAbility(rules);
  return ["reply", "assign"].filter((action) => ability.can(action, subject("Conversation", { ...record })));
}
