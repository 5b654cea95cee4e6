import { conversations } from "../../../desk";
import { requireCan } from "../../../guard";

const find = async (_, { params }) => conversations.find((await params).id);

export const GET = requireCan("conversations.view", find, { hide: true })((_, { record }) => Response.json(record));
