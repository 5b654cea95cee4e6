// The terminal of this process.

import { readFile, writeFile } from "node:fs/promises";
import { stderr, stdin, stdout } from "node:process";
import { printable } from "../core/errors.js";
import { type Terminal, Unusable } from "./command.js";

/** Colors where somebody looks at them, and has not said `NO_COLOR`. */
export function processTerminal(): Terminal {
  // Whoever reads may stop reading (`rolegate matrix … | head`): the exit code is the answer all the same.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    stderr.write(`the standard output cannot be written: ${wordsOf(error)}\n`);
    process.exit(2);
  });
  return {
    print: (line) => void stdout.write(`${line}\n`),
    pour: (text) => void stdout.write(text),
    warn: (line) => void stderr.write(`${line}\n`),
    hasColors: stdout.isTTY && stdout.hasColors(),
    width: stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY,
    read: async (path) => asText(await bytesOf(path), path),
    write: (path, text) => written(path, text, { flag: "w" }),
    create: (path, text, mode) => written(path, text, { flag: "wx", mode }),
  };
}

async function bytesOf(path: string): Promise<Uint8Array> {
  if (path !== "-") {
    try {
      return await readFile(path);
    } catch (error) {
      throw new Unusable(`${printable(path)} cannot be read: ${wordsOf(error)}`);
    }
  }
  const parts: Uint8Array[] = [];
  for await (const part of stdin) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}

function asText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Unusable(`${path === "-" ? "the standard input" : printable(path)} is not UTF-8 text`);
  }
}

async function written(path: string, text: string, options: { flag: string; mode?: number }): Promise<void> {
  try {
    await writeFile(path, text, options);
  } catch (error) {
    throw new Unusable(`${printable(path)} cannot be written: ${wordsOf(error)}`);
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "it is not allowed",
  EEXIST: "it is there already",
  EISDIR: "it is a folder",
};

function wordsOf(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return WORDS[code] ?? message;
}
