const conversations = [
  { subject: "Invoice", assigneeId: "ana", teamId: "sales" },
  { subject: "Delivery", assigneeId: "bo", teamId: "support" },
];

export function Inbox({ gate }) {
  return conversations.map((conversation) => (
    <button key={conversation.subject} disabled={!gate.can("conversations.reply", conversation)}>
      {`Reply: ${conversation.subject}`}
    </button>
  ));
}
