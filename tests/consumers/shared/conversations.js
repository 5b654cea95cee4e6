const conversations = {
  invoice: { assigneeId: "ana", teamId: "sales" },
  delivery: { assigneeId: "bo", teamId: "support" },
};

export function conversation(id) {
  return Object.hasOwn(conversations, id) ? conversations[id] : undefined;
}
