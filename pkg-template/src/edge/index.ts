// `rolegate/edge`: the snapshots of many tenants on servers and in isolates, where they are kept, and how one
// is published.

export { type ErrorCode, isRolegateError, RolegateError } from "../core/errors.js";
export { type DurableLike, inDurableObject, type KvWriter } from "./durable.js";
export { fromFile } from "./file.js";
export { keep } from "./keep.js";
export { fromKV, type KvLike } from "./kv.js";
export { fromNatsKv, type NatsKvLike } from "./nats.js";
export { ConflictError, publish } from "./publish.js";
export { fromR2, type R2Like } from "./r2.js";
export { fromRedis, type RedisLike } from "./redis.js";
export { fromS3, type S3Like } from "./s3.js";
export type {
  Content,
  Found,
  Keeper,
  KeepOptions,
  Published,
  PublishOptions,
  Source,
  SourceOf,
  Verify,
} from "./types.js";
export { type FetchLike, fromUrl } from "./url.js";
