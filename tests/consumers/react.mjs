// What only React has, on the page ui-react/more.html, driven in Chromium.

import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { buttonsOf, INBOX, opened } from "./asking.mjs";

/** Drives the page at this address. */
export async function showsMore(address) {
  for (const [name, step] of Object.entries(STEPS))
    await opened(address, async (page) => {
      const say = (method, ...values) =>
        page.evaluate(([name, list]) => window.more[name](...list), [method, values]);
      const count = (name) => page.evaluate((key) => window.more[key], name);
      const shows = (id, text) =>
        page
          .locator(`#${id}`, { hasText: new RegExp(`^${text}$`) })
          .waitFor({ timeout: 5000 })
          .catch(async () => equal(await page.locator(`#${id}`).innerText(), text, `#${id}`));
      await shows("fetched", "open");
      await step({ page, say, count, shows });
    }).catch((error) => {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    });
}

/** Each on a page of its own. */
const STEPS = {
  async "Suspense waits for a store's first answer"({ page, say, shows }) {
    await shows("waiting", "waiting");
    equal(await page.locator("#ready").count(), 0);
    await say("fill");
    await shows("ready", "open");
  },
  async "a function for children is told why not"({ page }) {
    const button = page.locator("#button");
    equal(await button.isDisabled(), true);
    match(await button.getAttribute("title"), /only for what is yours/);
  },
  async "records may be of MobX, of Immer, of a class, with symbols for keys"({ say, shows }) {
    for (const [id, change] of [
      ["mobx", "observed"],
      ["immer", "immer"],
      ["class", "made"],
    ]) {
      await shows(id, "closed");
      await say(change, "ana");
      await shows(id, "open");
      await say(change, "bo");
      await shows(id, "closed");
    }
  },
  async "the same gate data made anew render nothing again; others do"({ say, count, shows }) {
    await shows("fresh", "open");
    const before = await count("counted");
    for (const times of ["1", "2", "3"]) {
      await say("again");
      await shows("times", times);
    }
    equal(await count("counted"), before);
    await say("renew");
    await shows("fresh", "closed");
  },
  async "a scope goes by the page's clock after hydration, and by that of another source"({ page, say, shows }) {
    await shows("hydrated", "some");
    await page.waitForTimeout(100);
    equal(await say("hydrated", 1000), true);
    equal(await say("hydrated", 5000), false);
    equal(await say("swapped", 5000), true);
    await say("swap");
    await page.waitForTimeout(100);
    equal(await say("swapped", 5000), false);
  },
  async "what is memoized by `useGate()` is right after time"({ say, shows }) {
    await shows("timed", "closed");
    await say("ending");
    await shows("timed", "open");
    await shows("timed", "closed");
  },
  async "a store that fetches: a change closes, and what it takes away is not rendered closed"({
    page,
    say,
    count,
    shows,
  }) {
    await shows("zombie", "open");
    await say("serve", {});
    await shows("fetched", "closed");
    await page.locator("#zombie").waitFor({ state: "detached" });
    equal(await count("zombies"), 0);
    await say("serve", { "c.reply": true });
    await shows("zombie", "open");
  },
  async "data that came with the page are replaced by a store, without a moment between"({ count, shows }) {
    await shows("live", "open, open");
    deepEqual([...new Set(await count("lives"))], ["open, closed", "open, open"]);
  },
  async "a change during a transition tears nothing"({ page, say, count, shows }) {
    await shows("round", "0");
    const before = await count("commits");
    await page.evaluate(async () => {
      window.more.round();
      await new Promise((done) => setTimeout(done, 30));
      window.more.share({});
    });
    await shows("round", "1");
    await page.locator("#cells i", { hasText: "open" }).first().waitFor({ state: "detached" });
    equal(await count("torn"), 0);
    equal((await count("commits")) > before, true);
  },
};

/** What the React Compiler made of a module: it asks its cache whether the gate is another one. */
export function isCompiled(script) {
  match(script, /compiler-runtime/);
  match(script, /\$\[\d+\] !== gate/);
}

const HOUR = 3_600_000;
const CLOSED = INBOX.map((button) => button.replace(" (closed)", "")).map((button) => `${button} (closed)`);
const PEOPLE = {
  ana: { buttons: INBOX, drafts: ["Invoice"], location: null },
  bo: { buttons: CLOSED, drafts: [], location: "/rendered" },
};

/** The server components of the page /team, for two people at once; and how it hydrates. */
export async function servesPeopleApart(origin) {
  const asked = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? "ana" : "bo"));
  await get(origin, "ana"); // compiles the page
  for (const headers of [{}, { rsc: "1" }])
    await Promise.all(asked.map(async (user) => isOf(user, await get(origin, user, headers))));
  for (const user of ["ana", "bo"]) {
    const cookies = [{ name: "user", value: user, url: origin }];
    await opened(`${origin}/team`, (page) => settles(page, user), { cookies, script: WATCH });
    // The session has ended when the page arrives.
    await opened(`${origin}/team`, closes, { cookies, clock: Date.now() + 2 * HOUR });
    const { status, headers } = await fetch(`${origin}/team/drafts`, {
      headers: { cookie: `user=${user}` },
      redirect: "manual",
    });
    equal(headers.get("location"), PEOPLE[user].location, `${user}: ${status}`);
  }
  const cookies = [{ name: "user", value: "ana", url: origin }];
  await opened(`${origin}/team/drafts`, async (page) => deepEqual(await buttonsOf(page), ["Home", "Team", "Drafts"]), {
    cookies,
  });
}

/** The page /team of React Router: its loader guards it. */
export async function guardsRoute(origin) {
  const cookiesOf = (user) => [{ name: "user", value: user, url: origin }];
  const { status, headers } = await fetch(`${origin}/team`, {
    headers: { cookie: "user=bo" },
    redirect: "manual",
  });
  deepEqual([status, headers.get("location")], [302, "/rendered"]);
  await opened(`${origin}/team`, (page) => settles(page, "ana"), { cookies: cookiesOf("ana"), script: WATCH });
  await opened(`${origin}/team`, closes, { cookies: cookiesOf("ana"), clock: Date.now() + 2 * HOUR });
}

/** Where the link of the first page leads somebody without loading another one. */
export async function followsLink(origin, user, end) {
  const cookies = [{ name: "user", value: user, url: origin }];
  await opened(
    `${origin}/`,
    async (page) => {
      await isHydrated(page);
      await page.evaluate(() => {
        window.isSame = true;
      });
      await page.locator("a").click();
      await page.waitForURL(`**${end}`);
      await page.locator("a").waitFor({ state: "detached" });
      equal(await page.evaluate(() => window.isSame), true);
    },
    { cookies },
  );
}

/** Routes that are entered or not, in the page; and the menu that leads to them. */
export async function guardsPages(origin) {
  for (const [path, end] of Object.entries({ "/": "/", "/replies": "/replies", "/exports": "/" }))
    await opened(`${origin}${path}`, async (page) => {
      await page.locator("h1", { hasText: end === "/" ? "Home" : "Replies" }).waitFor({ timeout: 5000 });
      equal(new URL(page.url()).pathname, end);
      await page.locator("nav a", { hasText: "Replies" }).waitFor({ timeout: 5000 });
      const links = await page.$$eval("nav a", (all) => all.map(({ textContent }) => textContent));
      deepEqual(links, ["Home", "Replies"]);
    });
}

async function get(origin, user, headers) {
  const response = await fetch(`${origin}/team`, { headers: { cookie: `user=${user}`, ...headers } });
  return response.text();
}

/** What is closed is in neither the HTML nor what server components say. */
function isOf(user, text) {
  const other = user === "ana" ? "bo" : "ana";
  match(text, new RegExp(`\\\\?"user\\\\?":\\\\?"${user}\\\\?"`));
  doesNotMatch(text, new RegExp(`\\\\?"user\\\\?":\\\\?"${other}\\\\?"`));
  const drafts = new Set(Array.from(text.matchAll(/Draft of (\w+)/g), ([, subject]) => subject));
  deepEqual([...drafts], PEOPLE[user].drafts, user);
}

/** Notes whatever changes on the page's buttons from the first moment on. */
const WATCH = () => {
  window.changed = [];
  new MutationObserver((records) => {
    for (const { type, target } of records)
      if (type === "attributes" && target.localName === "button") window.changed.push(target.outerHTML);
  }).observe(document, { subtree: true, attributes: true });
};

async function settles(page, user) {
  await page.waitForTimeout(1000);
  deepEqual(await buttonsOf(page), PEOPLE[user].buttons);
  deepEqual(await page.evaluate(() => window.changed), []);
}

/** Until React has taken a page over. */
const isHydrated = (page) =>
  page.waitForFunction(() =>
    Array.from(document.querySelectorAll("button"), Object.keys).flat().some((key) => key.startsWith("__react")),
  );

/** Within a second after React has taken it over, a page of the past is closed. */
export async function closes(page) {
  await isHydrated(page);
  await page.waitForSelector("css:light=button:enabled", { state: "detached", timeout: 1000 });
  deepEqual(await buttonsOf(page), CLOSED);
}
