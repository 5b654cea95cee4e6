import { Can, getGate, RolegateServerProvider } from "../gate";
import { conversationsOf } from "./conversations";
import { ReplyButton } from "./reply-button";

export default async function Page() {
  const { user } = await getGate();
  const conversations = await conversationsOf();
  return (
    <RolegateServerProvider>
      <h1>{user}</h1>
      {conversations.map((conversation) => (
        <article key={conversation.subject}>
          <ReplyButton conversation={conversation} />
          <Can permission="conversations.reply" on={conversation} fallback="You may read this.">
            <Draft conversation={conversation} />
          </Can>
        </article>
      ))}
    </RolegateServerProvider>
  );
}

async function Draft({ conversation }) {
  return <p>{`Draft of ${conversation.subject}`}</p>;
}
