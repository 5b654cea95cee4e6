import { ANY } from "rolegate/guard";
import { conversations } from "../../desk";
import { requireCan } from "../../guard";

export const GET = requireCan("conversations.view", ANY)(async (_, { gate }) =>
  Response.json(gate.filter("conversations.view", await conversations.all())),
);
