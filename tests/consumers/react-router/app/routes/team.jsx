import { redirect } from "react-router";
import { guard, RolegateProvider, useCan } from "rolegate/react";
import { tenant } from "../tenant.server";

const HOUR = 3_600_000;
const conversations = [
  { subject: "Invoice", assigneeId: "ana", teamId: "sales" },
  { subject: "Delivery", assigneeId: "bo", teamId: "support" },
];

function elsewhere() {
  throw redirect("/rendered");
}

export async function loader({ request }) {
  const user = /user=(\w+)/.exec(request.headers.get("cookie"))?.[1] ?? ""; // stands in for your session
  const gate = (await tenant).for(user, { until: Date.now() + HOUR });
  guard(gate, "conversations.reply", { redirect: elsewhere });
  return gate.toJSON();
}

export default function Page({ loaderData }) {
  return (
    <RolegateProvider value={loaderData}>
      {conversations.map((conversation) => (
        <ReplyButton key={conversation.subject} conversation={conversation} />
      ))}
    </RolegateProvider>
  );
}

function ReplyButton({ conversation }) {
  const allowed = useCan("conversations.reply", conversation);
  return <button disabled={!allowed}>{`Reply: ${conversation.subject}`}</button>;
}
