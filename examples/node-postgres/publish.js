// node publish.js FILE...: signs snapshots and publishes them, to the address in URL.

import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { sign } from "rolegate/signed";
import { signingKeys } from "./keys.js";

const MONTH = 30 * 24 * 3_600_000;

/** @returns what the application answers: the revision, or with `code` why it was not published */
export async function publishFile(url, file) {
  const document = JSON.parse(await readFile(file, "utf8"));
  // Whatever is signed expires: publish again before that.
  document.expiresAt ??= new Date(Date.now() + MONTH).toISOString();
  const { privateKey } = await signingKeys();
  const body = await sign(document, privateKey, { subject: null });
  const address = `${url}/roles/${document.tenant}`;
  const response = await fetch(address, { method: "PUT", body });
  const text = await response.text();
  // A proxy, or another program at this port, answers in its own words.
  const answer = jsonIn(text);
  if (typeof answer?.revision === "number" || typeof answer?.code === "string") return answer;
  throw new Error(`${address} answered ${response.status}: ${text.slice(0, 500)}`);
}

function jsonIn(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const url = process.env.URL ?? `http://127.0.0.1:${process.env.PORT ?? 3000}`;
  for (const file of process.argv.slice(2)) {
    const answer = await publishFile(url, file);
    console.log(file, answer);
    if (answer.code !== undefined) process.exitCode = 1;
  }
}
