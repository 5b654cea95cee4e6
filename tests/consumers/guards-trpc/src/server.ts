import { createHTTPServer } from "@trpc/server/adapters/standalone";
import { ANY } from "rolegate/guard";
import { conversations } from "./desk.js";
import { procedure, requireCan, router } from "./guard.js";

function id(input: unknown): string {
  if (typeof input !== "string") throw new TypeError("an id is text");
  return input;
}

const find = ({ input }: { input: string }) => conversations.find(input);

const desk = router({
  conversations: procedure
    .use(requireCan("conversations.view", ANY))
    .query(async ({ ctx }) => ctx.gate.filter("conversations.view", await conversations.all())),
  reply: procedure
    .input(id)
    .use(requireCan("conversations.reply", find))
    .mutation(({ ctx }) => ({ replied: ctx.record, by: ctx.gate.user })),
  hidden: procedure
    .input(id)
    .use(requireCan("conversations.view", find, { hide: true }))
    .query(({ ctx }) => ctx.record),
  /** Its input is not read yet when the guard asks, so there is no record. */
  early: procedure
    .use(requireCan("conversations.reply", ({ input }) => conversations.find(input as string)))
    .input(id)
    .query(({ ctx }) => ctx.record),
});

createHTTPServer({
  router: desk,
  createContext: ({ req }) => ({ user: req.headers["x-user"]?.toString() }), // your session
  responseMeta: ({ errors }) => (errors.length > 0 ? { headers: { "cache-control": "no-store" } } : {}),
}).listen(Number(process.env["PORT"] ?? 3000));
