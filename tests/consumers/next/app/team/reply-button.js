"use client";

import { useCan } from "rolegate/react";

export function ReplyButton({ conversation }) {
  const allowed = useCan("conversations.reply", conversation);
  return <button type="button" disabled={!allowed}>{`Reply: ${conversation.subject}`}</button>;
}
