import { Can } from "rolegate/react";

export function ReplyButton({ conversation }) {
  return (
    <Can permission="c.reply" on={conversation}>
      {(allowed, why) => (
        <button id="button" type="button" disabled={!allowed} title={why?.text}>
          Reply
        </button>
      )}
    </Can>
  );
}
