const conversations = [
  { subject: "Invoice", assigneeId: "ana", teamId: "sales" },
  { subject: "Delivery", assigneeId: "bo", teamId: "support" },
];

/** Stands in for a query. */
export async function conversationsOf() {
  await new Promise((done) => setTimeout(done, 50));
  return conversations;
}
