import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";
import { ANY } from "rolegate/guard";
import { conversations } from "./desk.js";
import { requireCan } from "./guard.js";

const find = (parent, { id }) => conversations.find(id);

const schema = createSchema({
  typeDefs: `
    type Conversation { id: ID!, teamId: String, assigneeId: String }
    type Reply { replied: Conversation, by: String }
    type Query { conversations: [Conversation!], hidden(id: ID!): Conversation }
    type Mutation { reply(id: ID!): Reply }
  `,
  resolvers: {
    Query: {
      conversations: requireCan("conversations.view", ANY)(async (parent, args, { gate }) =>
        gate.filter("conversations.view", await conversations.all()),
      ),
      hidden: requireCan("conversations.view", find, { hide: true })((parent, args, { record }) => record),
    },
    Mutation: {
      reply: requireCan("conversations.reply", find)((parent, args, { gate, record }) => ({
        replied: record,
        by: gate.user,
      })),
    },
  },
});

const yoga = createYoga({ schema, context: ({ request }) => ({ user: request.headers.get("x-user") }) });
createServer(yoga).listen(process.env.PORT ?? 3000);
