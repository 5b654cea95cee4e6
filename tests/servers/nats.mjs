// NATS: a server of its own with JetStream, asked by both generations of its client.

import { test } from "node:test";
import { Kvm } from "@nats-io/kv";
import { connect } from "@nats-io/transport-node";
import { connect as connect2 } from "nats";
import { fromNatsKv, keep, publish } from "../../pkg/edge/index.js";
import { findProgram, startServer } from "../databases/server.mjs";
import { snapshot } from "../unit/edge/world.mjs";
import { holds, times } from "./contract.mjs";

const PROGRAM = findProgram("nats-server");

test("NATS", async (t) => {
  if (PROGRAM === undefined) throw new Error("nats-server is missing: `apt-get install nats-server`");
  const { port, stop } = await startServer({
    name: "nats",
    accounts: ["nats"],
    prepare: () => undefined,
    command: (folder, port) => [PROGRAM, ["-js", "-sd", folder, "-a", "127.0.0.1", "-p", port]],
    ready: "Server is ready",
    signal: "SIGTERM",
  });
  const servers = `127.0.0.1:${port}`;
  const [three, two] = [await connect({ servers }), await connect2({ servers })];
  // A bucket takes values of up to a megabyte unless the server allows more.
  const buckets = {
    "@nats-io/kv": await new Kvm(three).create("three"),
    nats: await two.jetstream().views.kv("two"),
  };
  try {
    for (const [name, kv] of Object.entries(buckets)) {
      const source = (tenant) => fromNatsKv(kv, tenant);
      await t.test(name, async (t) => {
        await holds(t, source, (tenant, value) =>
          value === undefined ? kv.delete(tenant) : kv.put(tenant, new TextEncoder().encode(value)),
        );
        await t.test("a change is heard at once", async () => {
          const roles = keep(source, { every: 3_600_000, maxStale: 3_600_000 });
          await publish(source("heard"), snapshot("heard", 1), { tenant: "heard" });
          await roles.current("heard");
          await new Promise((done) => setTimeout(done, 200));
          const began = performance.now();
          await publish(source("heard"), snapshot("heard", 2), { tenant: "heard" });
          while ((await roles.current("heard")).revision !== 2)
            await new Promise((done) => setTimeout(done, 1));
          console.log(`${name}: a change is heard after ${(performance.now() - began).toFixed(1)} ms`);
        });
        await times(name, source);
      });
    }
  } finally {
    await Promise.all([three.close(), two.close()]);
    await stop();
  }
});
