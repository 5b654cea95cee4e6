import { guard, menu, useCan } from "rolegate/react";

export function right(gate, row, snapshot, store) {
  gate.can("conversations.view", row);
  gate.with({ limit: ["conversations.*", "*"] });
  menu([{ permission: null }, { children: [{ permission: "conversations.view" }] }], gate);
  [1, 2].filter((it) => it > 1);
  return guard(store, "conversations.reply");
}

export function wrong(gate, row, snapshot, store, isWide) {
  gate.can("conversations.veiw", row);
  gate.canAny(["conversations.view", `conversation.reply`]);
  gate.filter(isWide ? "conversations.view" : "conversations.all", []);
  useCan("toString");
  guard(store, "conversations.replay");
  snapshot.remedies("ana", "reply");
  snapshot.for("ana", { limit: ["conversations.view", "contacts.*", "reply.*"] });
  menu([{ children: [{ permission: "conversations.views" }] }], gate);
  gate.can?.("");
}
