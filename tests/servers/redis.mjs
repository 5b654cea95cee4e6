// Redis: a server of its own, asked by ioredis and by node-redis.

import { test } from "node:test";
import Redis from "ioredis";
import { createClient } from "redis";
import { fromRedis } from "../../pkg/edge/index.js";
import { findProgram, startServer } from "../databases/server.mjs";
import { holds, times } from "./contract.mjs";

const PROGRAM = findProgram("redis-server");

test("Redis", async (t) => {
  if (PROGRAM === undefined) throw new Error("redis-server is missing: `apt-get install redis-server`");
  const { port, stop } = await startServer({
    name: "redis",
    accounts: ["redis"],
    prepare: () => undefined,
    command: (_, port) => [PROGRAM, ["--port", port, "--bind", "127.0.0.1", "--save", ""]],
    ready: "Ready to accept connections",
    signal: "SIGTERM",
  });
  const clients = {
    ioredis: new Redis({ host: "127.0.0.1", port: Number(port) }),
    "node-redis": await createClient({ url: `redis://127.0.0.1:${port}` }).connect(),
  };
  try {
    for (const [name, client] of Object.entries(clients)) {
      const key = (tenant) => `${name} ${tenant}`;
      const source = (tenant) => fromRedis(client, key(tenant));
      await t.test(name, async (t) => {
        await holds(t, source, (tenant, value) =>
          value === undefined ? client.del(key(tenant)) : client.set(key(tenant), value),
        );
        await times(name, source);
      });
    }
  } finally {
    clients.ioredis.disconnect();
    clients["node-redis"].destroy();
    await stop();
  }
});
