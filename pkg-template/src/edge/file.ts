// A file, which is replaced as a whole.

import { refuse } from "../store/failures.js";
import { digestOf } from "./bytes.js";
import type { Source } from "./types.js";

/** How long a publisher waits for another one, and how often it tries. */
const PATIENCE = 5_000;
const PAUSE = 20;

/** Not for bundlers to look for: workers have no files. */
const MODULE = "node:fs/promises";
type Files = typeof import("node:fs/promises");
const files = (): Promise<Files> => import(/* @vite-ignore */ /* webpackIgnore: true */ MODULE);

/**
 * A file. Writing it puts the new one beside it, as `<path>.lock`, and renames that: a reader sees the old or
 * the new one, and there is one writer at a time.
 */
export function fromFile(path: string): Source {
  const read = async (): Promise<Uint8Array | undefined> => {
    try {
      return await (await files()).readFile(path);
    } catch (cause) {
      if (isCode(cause, "ENOENT")) return undefined;
      throw cause;
    }
  };
  return {
    async get() {
      const bytes = await read();
      return bytes && { bytes };
    },
    async put(bytes, etag) {
      const { open, rename, unlink } = await files();
      const lock = `${path}.lock`;
      const file = await locked(() => open(lock, "wx"), lock);
      let isDone = false;
      try {
        const there = await read();
        if ((there && (await digestOf(there))) !== etag) return false;
        await file.writeFile(bytes);
        await file.sync();
        await rename(lock, path);
        return (isDone = true);
      } finally {
        await file.close();
        if (!isDone) await unlink(lock);
      }
    },
    async watch(changed) {
      const { watch } = await files();
      const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1;
      const [folder, name] = [path.slice(0, end) || ".", path.slice(end)];
      const aborter = new AbortController();
      const { signal } = aborter;
      void (async () => {
        // Kubernetes replaces `..data` when a volume changes: the files are links by way of it.
        for await (const { filename } of watch(folder, { signal, persistent: false }))
          if (filename === name || filename === "..data") changed();
      })().catch(() => undefined);
      return () => aborter.abort();
    },
  };
}

async function locked<T>(open: () => Promise<T>, lock: string): Promise<T> {
  for (let waited = 0; ; waited += PAUSE) {
    try {
      return await open();
    } catch (cause) {
      if (!isCode(cause, "EEXIST")) throw cause;
      if (waited >= PATIENCE)
        refuse("storage", `${lock} is there: another publisher is at work, or has died`);
    }
    await new Promise((done) => setTimeout(done, PAUSE));
  }
}

function isCode(cause: unknown, code: string): boolean {
  return (cause as { readonly code?: unknown } | null)?.code === code;
}
