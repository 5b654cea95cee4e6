/** A button that is disabled unless this user may reply. */
export function replyButton(gate, conversation) {
  const button = document.createElement("button");
  button.textContent = "Reply";
  button.disabled = !gate.can("conversations.reply", conversation);
  return button;
}
