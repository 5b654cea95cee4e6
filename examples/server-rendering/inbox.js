import { createElement, useEffect, useState } from "react";
import { restore } from "rolegate/lite";

const conversations = [
  { subject: "Invoice", assigneeId: "ana", teamId: "sales" },
  { subject: "Delivery", assigneeId: "bo", teamId: "support" },
];

/** Rendered on the server and again in the browser. The first time both use `data.at` as the time, so the results are equal. */
export function Inbox({ data }) {
  const [gate, setGate] = useState(() => restore(data, { now: data.at }));
  useEffect(() => setGate(restore(data)), [data]); // from here on, by the browser's own clock
  return conversations.map((conversation) => {
    const disabled = !gate.can("conversations.reply", conversation);
    return createElement("button", { key: conversation.subject, disabled }, `Reply: ${conversation.subject}`);
  });
}
