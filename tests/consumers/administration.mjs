// Roles are edited in projects that have shown their inbox: in a page, which loads what that takes only then, and
// on a server.

import { deepEqual, equal, ok } from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buttonsOf, INBOX, opened } from "./asking.mjs";

const CHOICES = [
  { label: "Remove Ana", allowed: false },
  { label: "Take away settings.view", allowed: true },
  { label: "Take away settings.roles", allowed: true },
  { label: "Grant settings.billing", allowed: false },
];
const SHOWN = CHOICES.map(({ label, allowed }) => `${label}${allowed ? "" : " (closed)"}`);

/** Copies files of `shared/admin/` to the places in the project that `files` maps them to. */
export async function add({ folder }, files) {
  for (const [file, place] of Object.entries(files))
    await cp(fileURLToPath(new URL(`shared/admin/${file}`, import.meta.url)), join(folder, place));
}

/** @param wasm how many wasm files each page fetches */
export async function edits(inbox, page, { fetched }) {
  await shows(inbox, INBOX, fetched, (scripts) => equal(scripts.includes("rolegate-admin"), false));
  await shows(page, SHOWN, fetched, (scripts) => ok(scripts.includes("rolegate-admin")));
}

async function shows(address, buttons, fetched, ask) {
  const scripts = [];
  await opened(
    address,
    async (page, wasm) => {
      await page.waitForSelector("button:enabled");
      deepEqual(await buttonsOf(page), buttons);
      equal(wasm.length, fetched, `wasm files: ${wasm}`);
    },
    { scripts },
  );
  ask((await Promise.all(scripts)).join("\n"));
}

export async function editsOnServer(address) {
  const response = await fetch(address);
  equal(response.status, 200);
  deepEqual(await response.json(), CHOICES);
}
