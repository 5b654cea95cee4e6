// What speaks like S3: moto's server, asked by the client of AWS and by signed requests.

import { existsSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { S3 } from "@aws-sdk/client-s3";
import { AwsClient } from "aws4fetch";
import { fromS3, fromUrl } from "../../pkg/edge/index.js";
import { findProgram, startServer } from "../databases/server.mjs";
import { holds, times } from "./contract.mjs";

/** By its Python, wherever that folder has been moved to. */
const PYTHON = fileURLToPath(new URL("../../target/moto/bin/python3", import.meta.url));
const PROGRAM = existsSync(PYTHON) ? [PYTHON, "-m", "moto.server"] : [findProgram("moto_server")];
const keys = { accessKeyId: "id", secretAccessKey: "secret" };
const Bucket = "roles";

test("S3", async (t) => {
  const [program, ...words] = PROGRAM;
  if (program === undefined) throw new Error("moto_server is missing: `pip install 'moto[server]'`");
  const { port, stop } = await startServer({
    name: "moto",
    prepare: () => undefined,
    command: (_, port) => [program, [...words, "--host", "127.0.0.1", "--port", port]],
    ready: "Running on",
    signal: "SIGTERM",
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const s3 = new S3({ endpoint, region: "us-east-1", forcePathStyle: true, credentials: keys });
  const aws = new AwsClient({ ...keys, service: "s3", region: "us-east-1" });
  const fetch = (url, request) => aws.fetch(url, request);
  const sources = {
    "@aws-sdk/client-s3": (Key) => fromS3(s3, Bucket, Key),
    aws4fetch: (key) => fromUrl(`${endpoint}/${Bucket}/${key}`, { fetch }),
  };
  try {
    await s3.createBucket({ Bucket });
    for (const [name, at] of Object.entries(sources)) {
      const source = (tenant) => at(`${name}/${tenant}.json`);
      await t.test(name, async (t) => {
        await holds(t, source, (tenant, Body) => {
          const to = { Bucket, Key: `${name}/${tenant}.json` };
          return Body === undefined ? s3.deleteObject(to) : s3.putObject({ ...to, Body });
        });
        await times(name, source);
      });
    }
  } finally {
    s3.destroy();
    await stop();
  }
});
