export const conversations = [
  { subject: "Invoice", assigneeId: "ana", teamId: "sales" },
  { subject: "Delivery", assigneeId: "bo", teamId: "support" },
];
