import { conversations } from "../../../../desk";
import { requireCan } from "../../../../guard";

const find = async (_, { params }) => conversations.find((await params).id);

export const POST = requireCan("conversations.reply", find)((_, { gate, record }) =>
  Response.json({ replied: record, by: gate.user }),
);
