import { Can } from "rolegate/react";

export const Parts = ({ row, isWide }) => (
  <>
    <Can permission="conversations.view" on={row}>
      <Can permission={isWide ? "conversations.reply" : "conversations.repl"}>text</Can>
    </Can>
    <Can permission="conversations.vew" />
    <Other permission="anything" />
    <button data-can="conversations.close">Close</button>
  </>
);
