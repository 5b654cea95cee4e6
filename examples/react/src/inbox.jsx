import { use } from "react";
import { Can, useCan } from "rolegate/react";

const conversations = [
  { subject: "Invoice", assigneeId: "ana", teamId: "sales" },
  { subject: "Delivery", assigneeId: "bo", teamId: "support" },
];

export function Inbox({ ready }) {
  use(ready); // nothing is shown before the first answer
  return (
    <Can permission="conversations.view" fallback={<p>This is not for you.</p>}>
      {conversations.map((conversation) => (
        <ReplyButton key={conversation.subject} conversation={conversation} />
      ))}
    </Can>
  );
}

function ReplyButton({ conversation }) {
  const allowed = useCan("conversations.reply", conversation);
  return <button disabled={!allowed}>{`Reply: ${conversation.subject}`}</button>;
}
