const conversations = new Map([
  ["/reply/invoice", { assigneeId: "ana", teamId: "sales" }],
  ["/reply/delivery", { assigneeId: "bo", teamId: "support" }],
]);

/** The answer to a request: one person's part of the roles, or whether a reply may be sent. */
export function answer(tenant, request) {
  const user = request.headers.get("x-user") ?? ""; // stands in for your session: never trust such a header
  const { pathname } = new URL(request.url);
  if (pathname === "/me/roles") return new Response(tenant.narrow(user), { headers: { "content-type": "application/json" } });

  const gate = tenant.for(user);
  const conversation = conversations.get(pathname);
  if (gate.can("conversations.reply", conversation)) return new Response("sent");
  return new Response(gate.explain("conversations.reply", conversation).text, { status: 403 });
}
