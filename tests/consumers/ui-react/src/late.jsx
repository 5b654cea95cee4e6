import { Can } from "rolegate/react";

/** `conversation` is `undefined` while it loads. */
export function Reply({ conversation }) {
  return (
    <Can permission="c.reply" on={conversation} fallback="closed" pending="pending">
      open
    </Can>
  );
}
