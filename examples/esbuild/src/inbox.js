const conversations = [
  { subject: "Invoice", assigneeId: "ana", teamId: "sales" },
  { subject: "Delivery", assigneeId: "bo", teamId: "support" },
];

/** A button for each conversation, disabled if this user may not reply. */
export function showInbox(gate) {
  for (const conversation of conversations) {
    const button = document.createElement("button");
    button.textContent = `Reply: ${conversation.subject}`;
    button.disabled = !gate.can("conversations.reply", conversation);
    document.body.append(button);
  }
}
