// The terminal of this process.

import { readFile, writeFile } from "node:fs/promises";
import { stderr, stdin, stdout } from "node:process";
import { type Terminal, Unusable } from "./command.js";

/** Colors where somebody looks at them, and has not said `NO_COLOR`. */
export function processTerminal(): Terminal {
  // Whoever reads may stop reading (`rolegate matrix … | head`): the exit code is the answer all the same.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    stderr.write(`the standard output cannot be written: ${wordsOf(error)}\n`);
    process.exit(2);
  });
  stderr.on("error", () => {});
  return {
    print: (line) => void stdout.write(`${line}\n`),
    pour: (text) => void stdout.write(text),
    warn: (line) => void stderr.write(`${line}\n`),
    hasColors: stdout.isTTY && stdout.hasColors(),
    warnsInColors: stderr.isTTY && stderr.hasColors(),
    read: async (path) => asText(await bytesOf(path), path),
    write: (path, text) => written(path, text, { flag: "w" }),
    create: (path, text, mode) => written(path, text, { flag: "wx", mode }),
  };
}

let isStdinRead = false;

async function bytesOf(path: string): Promise<Uint8Array> {
  if (path !== "-") {
    try {
      return await readFile(path);
    } catch (error) {
      throw new Unusable(`${path} cannot be read: ${wordsOf(error)}`);
    }
  }
  if (isStdinRead) throw new Unusable("the standard input can only be read once: one of them must be a file");
  isStdinRead = true;
  const parts: Uint8Array[] = [];
  for await (const part of stdin) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}

function asText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const name = path === "-" ? "the standard input" : path;
    // As PowerShell writes what is redirected.
    const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw new Unusable(`${name} is ${isWide ? "UTF-16: save it as UTF-8" : "not UTF-8 text"}`);
  }
}

async function written(path: string, text: string, options: { flag: string; mode?: number }): Promise<void> {
  if (path === "-") throw new Unusable("`-` is the standard input; leave --out out for the standard output");
  try {
    await writeFile(path, text, options);
  } catch (error) {
    throw new Unusable(`${path} cannot be written: ${wordsOf(error)}`);
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
