import { createElement } from "react";
import { RolegateProvider, useCan } from "rolegate/react";

const conversations = [
  { subject: "Invoice", assigneeId: "ana", teamId: "sales" },
  { subject: "Delivery", assigneeId: "bo", teamId: "support" },
];

/** Rendered on the server and again in the browser. The first time both go by `data.at`, so the results are equal. */
export function Inbox({ data }) {
  const buttons = conversations.map((conversation) =>
    createElement(ReplyButton, { key: conversation.subject, conversation }),
  );
  return createElement(RolegateProvider, { value: data }, buttons);
}

function ReplyButton({ conversation }) {
  const disabled = !useCan("conversations.reply", conversation);
  return createElement("button", { disabled }, `Reply: ${conversation.subject}`);
}
