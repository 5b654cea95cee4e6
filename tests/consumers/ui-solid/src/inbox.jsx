import { Can, RolegateProvider, useCan } from "rolegate/solid";
import { For } from "solid-js";

function Conversation(props) {
  const canReply = useCan("conversations.reply", () => props.conversation);
  return (
    <li>
      <Can permission="conversations.reply" on={props.conversation} fallback={<em>Only for the team</em>}>
        <textarea />
      </Can>
      <button type="button" disabled={!canReply()}>
        Reply: {props.conversation.subject}
      </button>
    </li>
  );
}

/** `roles` is a store, a gate, or gate data. */
export function Inbox(props) {
  return (
    <RolegateProvider value={props.roles}>
      <ul>
        <For each={props.conversations}>{(conversation) => <Conversation conversation={conversation} />}</For>
      </ul>
    </RolegateProvider>
  );
}
