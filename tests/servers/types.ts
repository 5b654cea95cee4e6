// The clients that applications have fit the sources as they are: this is compiled, and not run.

import { S3 } from "@aws-sdk/client-s3";
import type { DurableObjectState, KVNamespace, R2Bucket } from "@cloudflare/workers-types";
import { Kvm } from "@nats-io/kv";
import { connect } from "@nats-io/transport-node";
import { AwsClient } from "aws4fetch";
import { Redis } from "ioredis";
import { connect as connect2 } from "nats";
import { createClient } from "redis";
import type { Snapshot } from "rolegate";
import {
  fromFile,
  fromKV,
  fromNatsKv,
  fromR2,
  fromRedis,
  fromS3,
  fromUrl,
  inDurableObject,
  keep,
  publish,
  type Source,
} from "rolegate/edge";
import { type Jwks, sign, verifier } from "rolegate/signed";

declare const env: { ROLES: KVNamespace; BUCKET: R2Bucket };
declare const context: DurableObjectState;
declare const keys: Jwks;
declare function waitUntil(promise: Promise<unknown>): void;

const aws = new AwsClient({ accessKeyId: "", secretAccessKey: "" });
export const sources: Source[] = [
  fromKV(env.ROLES, "acme"),
  fromKV(env.ROLES, "acme", { cacheTtl: 30 }),
  inDurableObject(context, env.ROLES, "acme"),
  fromR2(env.BUCKET, "acme"),
  fromS3(new S3({ region: "eu-central-1" }), "roles", "acme.json"),
  fromUrl("https://roles.example/acme.json"),
  fromUrl(new URL("https://roles.example/acme.json"), { fetch }),
  fromUrl("https://roles.example/acme.json", { fetch: (url, request) => aws.fetch(url, request) }),
  fromRedis(new Redis(), "acme"),
  fromRedis(createClient(), "acme"),
  fromNatsKv(await new Kvm(await connect()).open("roles"), "acme"),
  fromNatsKv(await (await connect2()).jetstream().views.kv("roles"), "acme"),
  fromFile("acme.json"),
  { get: async (etag) => (etag === "1" ? "same" : { bytes: "{}" }) },
];

const verify = verifier(keys, { tenant: null, subject: null });
const roles = keep((tenant) => fromKV(env.ROLES, tenant), {
  every: 60_000,
  maxStale: 3_600_000,
  verify,
  waitUntil,
  onError: ({ code }, tenant) => console.error(code, tenant),
});
export const snapshot: Snapshot = await roles.current("acme");
export const revision: number = (
  await publish(fromFile("acme.json"), snapshot.toJSON(), {
    tenant: "acme",
    base: 7,
    sign: (json) => sign(json, { kty: "OKP" }, { subject: null }),
    verify,
  })
).revision;

// @ts-expect-error: `maxStale` is missing
keep(() => fromFile("acme.json"), { every: 60_000 });
// @ts-expect-error: the tenant is missing
publish(fromFile("acme.json"), "{}", {});
