// Redis, by ioredis or node-redis. Scripts compare where the value is.

import type { Source } from "./types.js";

/** The part of ioredis, or of node-redis, that is used. */
export type RedisLike =
  | { call(command: string, args: string[]): Promise<unknown> }
  | { sendCommand(args: string[]): Promise<unknown> };

/** The value and its digest; the digest alone if it is the known one. */
const GET = `local v = redis.call("GET", KEYS[1])
if not v then return {} end
local e = redis.sha1hex(v)
if e == ARGV[1] then return {e} end
return {e, v}`;

const PUT = `local v = redis.call("GET", KEYS[1])
if (v and redis.sha1hex(v) or "") ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[1], ARGV[2])
return 1`;

/** A key of Redis, whose value is text. */
export function fromRedis(client: RedisLike, key: string): Source {
  const run = (script: string, ...args: string[]): Promise<unknown> => {
    const words = [script, "1", key, ...args];
    return "call" in client ? client.call("EVAL", words) : client.sendCommand(["EVAL", ...words]);
  };
  return {
    async get(known = "") {
      const [etag, text] = (await run(GET, known)) as string[];
      if (etag === undefined) return undefined;
      return text === undefined ? "same" : { bytes: text, etag };
    },
    async put(bytes, etag = "") {
      return Number(await run(PUT, etag, new TextDecoder().decode(bytes))) === 1;
    },
  };
}
