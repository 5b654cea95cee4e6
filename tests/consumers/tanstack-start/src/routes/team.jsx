import { createFileRoute, redirect } from "@tanstack/react-router";
import { guard, RolegateProvider, useCan } from "rolegate/react";
import { rolesOfUser } from "../roles.js";

const conversations = [
  { subject: "Invoice", assigneeId: "ana", teamId: "sales" },
  { subject: "Delivery", assigneeId: "bo", teamId: "support" },
];

function elsewhere() {
  throw redirect({ to: "/rendered", statusCode: 302 });
}

export const Route = createFileRoute("/team")({
  beforeLoad: async () => {
    const roles = await rolesOfUser();
    guard(roles, "conversations.reply", { redirect: elsewhere });
    return { roles };
  },
  loader: ({ context }) => context.roles,
  component: Page,
});

function Page() {
  return (
    <RolegateProvider value={Route.useLoaderData()}>
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
