// How consumers are asked: pages in Chromium, services by requests.

import { deepEqual, equal } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { executable, FLAGS } from "../runtimes/chromium.mjs";
import { serve } from "../runtimes/server.mjs";

/** Of ana, who replies for her team: what every inbox shows. */
export const INBOX = ["Reply: Invoice", "Reply: Delivery (closed)"];

/** Screens are shown in Chromium, or in Firefox as `SCREENS_IN=firefox` says. */
export const inFirefox = process.env.SCREENS_IN === "firefox";

/** One of the page itself: what a development server shows on top of it is in a tree of its own. */
const BUTTON = inFirefox ? "button" : "css:light=button";

async function launch() {
  if (inFirefox) return (await import("./firefox.mjs")).launch();
  return chromium.launch({ executablePath: executable(), args: FLAGS });
}

/**
 * Opens a page, waits for its buttons and gives it to `ask` with what wasm it fetched; whatever the page complains about is an error.
 * `scripts` gets the text of every script of the page.
 */
export async function opened(address, ask, { clock, cookies, script, scripts } = {}) {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const [complaints, wasm] = [[], []];
    // Not what a framework has the browser fetch ahead of time.
    page.on(
      "request",
      (request) =>
        /\.wasm\b/.test(request.url()) && request.resourceType() === "fetch" && wasm.push(request.url()),
    );
    page.on(
      "response",
      (response) => response.request().resourceType() === "script" && scripts?.push(response.text().catch(() => "")),
    );
    page.on("pageerror", (error) => complaints.push(error.message));
    // A development server may have the page loaded once more, when it has found out what it needs.
    page.on("framenavigated", () => complaints.splice(0));
    page.on(
      "console",
      (message) =>
        (message.type() === "error" || (message.type().startsWith("warn") && /hydrat/i.test(message.text()))) &&
        !/favicon/.test(message.location().url) &&
        complaints.push(message.text()),
    );
    if (cookies !== undefined) await page.context().addCookies(cookies);
    if (script !== undefined) await page.addInitScript(script);
    if (clock !== undefined) await page.clock.setFixedTime(clock);
    await page.goto(address);
    await page.waitForSelector(BUTTON).catch((error) => complaints.push(error.message));
    // Vite has found another dependency, and what was loaded before is of another build.
    if (complaints.some((complaint) => complaint.includes("Outdated Optimize Dep"))) {
      await page.reload();
      await page.waitForSelector(BUTTON);
    }
    deepEqual(complaints, [], `complaints of ${address}`);
    await ask(page, wasm);
    deepEqual(complaints, [], `complaints of ${address}`);
  } finally {
    await browser.close();
  }
}

/** @param fetched how many wasm files its script fetches: one of the two, unless they are in its script or it needs none */
export async function showsInbox(address, { fetched }) {
  await opened(address, async (page, wasm) => {
    // With a store all are closed until its first answer.
    await page.waitForSelector(`${BUTTON}:enabled`, { timeout: 5000 }).catch(() => {});
    deepEqual(await buttonsOf(page), INBOX);
    equal(wasm.length, fetched, `wasm files: ${wasm}`);
  });
}

/** The same for a page that lies in `folder`, served as the files are. */
export async function folderShowsInbox(folder) {
  await serving(folder, (address) => showsInbox(address, { fetched: 1 }));
}

/** Gives such a page to `ask`, as {@link opened} does. */
export async function folderServed(folder, ask) {
  await serving(folder, (address) => opened(address, ask));
}

async function serving(folder, action) {
  const server = await serve({ folders: { "/": pathToFileURL(`${folder}/`) } });
  try {
    await action(`${server.origin}/index.html`);
  } finally {
    await server.close();
  }
}

export function buttonsOf(page) {
  return page.$$eval(BUTTON, (buttons) =>
    buttons.map(({ textContent, disabled }) => `${textContent}${disabled ? " (closed)" : ""}`),
  );
}

/** Asks a service of `shared/service.js` as people who may different things. */
export async function answersAsAService(origin) {
  const ask = async (user, path) => {
    const response = await fetch(`${origin}${path}`, { headers: { "x-user": user } });
    return [response.status, await response.text()];
  };
  deepEqual(await ask("ana", "/reply/invoice"), [200, "sent"]);
  deepEqual(await ask("ana", "/reply/delivery"), [
    403,
    "Your role “Agent” gives you `conversations.reply` only for what is yours or your teams'; this is not.",
  ]);
  deepEqual(await ask("bo", "/reply/delivery"), [403, "None of your roles gives you `conversations.reply`."]);
  deepEqual((await ask("ana", "/reply/nothing"))[0], 403);
  deepEqual((await ask("nobody", "/reply/invoice"))[0], 403);
  const [status, roles] = await ask("ana", "/me/roles");
  equal(status, 200);
  deepEqual(
    JSON.parse(roles).users.map(({ id }) => id),
    ["ana"],
  );
}
