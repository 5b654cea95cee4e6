// S3 and what speaks like it, by the client of AWS.

import type { Source } from "./types.js";

/** The part of `S3` of `@aws-sdk/client-s3` that is used. */
export interface S3Like {
  getObject(input: S3Input & { readonly IfNoneMatch?: string }, options?: object): Promise<S3Found>;
  putObject(
    input: S3Input & { readonly Body: Uint8Array; readonly IfMatch?: string; readonly IfNoneMatch?: string },
  ): Promise<unknown>;
}

interface S3Input {
  readonly Bucket: string;
  readonly Key: string;
}

interface S3Found {
  readonly ETag?: string | undefined;
  readonly Body?: { transformToByteArray(): Promise<Uint8Array> } | undefined;
}

/** An object of a bucket: `fromS3(new S3({ region }), "roles", "acme.json")`. */
export function fromS3(s3: S3Like, Bucket: string, Key: string): Source {
  const at = { Bucket, Key };
  return {
    async get(etag, abortSignal) {
      try {
        const { Body, ETag } = await s3.getObject(
          { ...at, ...(etag && { IfNoneMatch: etag }) },
          { abortSignal },
        );
        return Body && { bytes: await Body.transformToByteArray(), etag: ETag };
      } catch (cause) {
        if (statusOf(cause) === 404) return undefined;
        if (statusOf(cause) === 304) return "same";
        throw cause;
      }
    },
    async put(bytes, etag) {
      const only = etag === undefined ? { IfNoneMatch: "*" } : { IfMatch: etag };
      try {
        await s3.putObject({ ...at, ...only, Body: bytes });
        return true;
      } catch (cause) {
        // It was written, is being written, or was deleted.
        if ([404, 409, 412].includes(statusOf(cause))) return false;
        throw cause;
      }
    },
  };
}

function statusOf(cause: unknown): number {
  return (
    (cause as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0
  );
}
