// The body of a request, as far as it may go: it can be endless, or never come.

import { refuse } from "./refusal.js";

/** The content of a JSON request as bytes; 400, 408 or 413 if it is none, too late or too long. */
export async function bodyOf(request: Request, most: number, milliseconds: number): Promise<Uint8Array> {
  if (!isJson(request.headers.get("content-type"))) refuse(400, "the content type must be application/json");
  const reader = readerOf(request);
  if (reader === undefined) return new Uint8Array();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late()), milliseconds);
  });
  try {
    return await Promise.race([readUpTo(reader, most), late]);
  } catch (error) {
    void reader.cancel().catch(() => undefined);
    if (error instanceof Late) refuse(408, "the body did not arrive in time");
    if (error instanceof RangeError) refuse(413, `the body is longer than ${most} bytes`);
    return refuse(400, "the body was cut off");
  } finally {
    clearTimeout(timer);
  }
}

class Late extends Error {}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** Nothing if there is no body, or if somebody else has read it. */
function readerOf({ body, bodyUsed }: Request): Reader | undefined {
  return body === null || bodyUsed || body.locked ? undefined : body.getReader();
}

/** How small pieces may be where there are many. */
const [FEW, SMALL] = [1024, 64];

/**
 * However small the pieces are, no more than twice of what arrives is kept; and there may be no end of them.
 * @throws {RangeError} if it is too much, whatever its length was said to be
 */
async function readUpTo(reader: Reader, most: number): Promise<Uint8Array> {
  let bytes: Uint8Array = new Uint8Array();
  let length = 0;
  for (let pieces = FEW + most / SMALL; ; pieces -= 1) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, length);
    const end = length + value.length;
    if (end > most || pieces < 0) throw new RangeError();
    if (length === 0) bytes = value;
    else if (end > bytes.length) {
      const before = bytes.subarray(0, length);
      bytes = new Uint8Array(2 * end);
      bytes.set(before);
    }
    if (length > 0) bytes.set(value, length);
    length = end;
  }
}

/** `application/json`, whatever else is said of it but another encoding than UTF-8. */
function isJson(type: string | null): boolean {
  const [name = "", ...parameters] = (type ?? "")
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  return (
    name === "application/json" &&
    parameters.every((it) => !it.startsWith("charset") || it.replaceAll('"', "") === "charset=utf-8")
  );
}
