// The screen of shared/screen.js, driven in Chromium: the same for every framework.

import { deepEqual, equal } from "node:assert/strict";
import { opened } from "./asking.mjs";

const SEVEN = 7;
const OTHERS = 999;

/** Drives the screen at this address. */
export async function showsScreen(address) {
  for (const [name, step] of Object.entries(STEPS))
    await opened(address, async (page) => {
      const screen = new Screen(page);
      await screen.settles();
      await step(screen);
    }).catch((error) => {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    });
}

/** What docs/screens.md says of the same rows with CASL. */
export async function showsScreenOfCasl(address) {
  await opened(address, async (page) => {
    const screen = new Screen(page);
    await screen.settles();
    equal((await screen.rendered(() => screen.say("emit", "seven"))).length, OTHERS + 1);
    equal(await screen.buttons(), OTHERS + 1);
    await screen.shows("gate", "closed");
  });
}

class Screen {
  constructor(page) {
    this.page = page;
  }

  text = (id) => this.page.locator(`#${id}`).innerText();
  say = (method, ...values) =>
    this.page.evaluate(([name, list]) => window.app[name](...list.map((it) => (it === "undefined" ? undefined : it))), [
      method,
      values,
    ]);
  /** Whether a framework has added this. */
  has = (method) => this.page.evaluate((name) => name in window.app, method);
  /** Waits until an element says this. */
  shows = (id, text) =>
    this.page
      .locator(`#${id}`, { hasText: new RegExp(`^${text}$`) })
      .waitFor({ timeout: 5000 })
      .catch(async () => equal(await this.text(id), text, `#${id}`));
  settles = () => this.shows("any", "open");
  buttons = () => this.page.locator("#rows button:visible").count();
  renders = () => this.page.evaluate(() => [...window.app.renders]);

  /** The rows that were rendered while something was done. */
  async rendered(action) {
    const before = await this.renders();
    await action();
    await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))));
    const after = await this.renders();
    return after.flatMap((count, row) => (count > before[row] ? [row] : []));
  }
}

/** Each on a page of its own. */
const STEPS = {
  async "rows are open to those who own them"({ buttons, shows }) {
    equal(await buttons(), OTHERS);
    await shows("scope", "some");
    await shows("why", "not-granted");
    await shows("gate", "closed");
    await shows("inner", "closed");
  },
  async "a change renders the row whose answer it changes, and no other"(screen) {
    deepEqual(await screen.rendered(() => screen.say("emit", "seven")), [SEVEN]);
    equal(await screen.buttons(), OTHERS + 1);
    await screen.shows("gate", "open");
    deepEqual(await screen.rendered(() => screen.say("emit", "own")), [SEVEN]);
    await screen.shows("gate", "closed");
    deepEqual(await screen.rendered(() => screen.say("emit", "own")), []);
  },
  async "another context is another gate"({ say, shows }) {
    for (const [name, word] of Object.entries({ open: "open", shut: "closed" })) {
      await say("emit", name);
      await shows("gate", word);
      await shows("any", word);
    }
  },
  async "all that is closed at once is closed everywhere"(screen) {
    await screen.say("emit", "none");
    await screen.shows("any", "closed");
    equal(await screen.buttons(), 0);
    await screen.shows("scope", "none");
  },
  async "a record that is not there yet is pending, then answered"({ say, shows }) {
    await shows("late", "pending");
    for (const record of [null, "undefined"]) {
      await say("late", record);
      await shows("late", "pending");
    }
    await say("late", { id: 1, owner: "bo" });
    await shows("late", "closed");
    await say("late", { id: 1, owner: "ana" });
    await shows("late", "open");
    await say("late", "undefined");
    await shows("late", "pending");
  },
  async "the name of a permission may change"({ say, shows }) {
    await shows("named", "open");
    await say("named", "c.nothing");
    await shows("named", "closed");
    await say("named", "c.view");
    await shows("named", "open");
  },
  async "a record that the framework tracks may change in place"(screen) {
    if (!(await screen.has("reactive"))) return;
    await screen.shows("reactive", "closed");
    await screen.say("reactive", { owner: "ana" });
    await screen.shows("reactive", "open");
    await screen.say("reactive", { owner: "bo" });
    await screen.shows("reactive", "closed");
  },
  async "elements are hidden or disabled, whatever else changes on them"({ page, say }) {
    if ((await page.locator("#hidden").count()) === 0) return;
    const hidden = page.locator("#hidden");
    const disabled = page.locator("#disabled");
    await hidden.waitFor({ state: "hidden" });
    equal(await disabled.isDisabled(), true);
    await page.evaluate(() => {
      document.getElementById("hidden").style.cssText = "display: inline-block";
      document.getElementById("disabled").disabled = false;
    });
    await hidden.waitFor({ state: "hidden" });
    equal(await disabled.isDisabled(), true);
    // As labels, keys and forms make elements act that nobody sees.
    await page.evaluate(() => document.getElementById("hidden").click());
    equal(await page.evaluate(() => location.hash), "");
    await say("late", { id: 1, owner: "ana" });
    await say("reactive", { owner: "ana" });
    await hidden.waitFor({ state: "visible" });
    equal(await hidden.evaluate(({ style }) => style.display), "inline-block");
    await page.evaluate(() => document.getElementById("hidden").click());
    equal(await page.evaluate(() => location.hash), "#hidden");
    await page.locator("#disabled:enabled").waitFor();
    await say("late", null);
    await say("reactive", { owner: "bo" });
    await hidden.waitFor({ state: "hidden" });
    await page.locator("#disabled:disabled").waitFor();
  },
  async "what has ended since a server made the data closes one step after the first rendering"({ page, has, shows }) {
    if (!(await has("seen"))) return;
    await page.goto(`${page.url()}?source=ended`);
    await shows("any", "closed");
    deepEqual(await page.evaluate(() => window.app.seen), ["open", "closed"]);
  },
  async "what is shown later goes by the page's clock from the start"({ page, has, shows }) {
    if (!(await has("seen"))) return;
    await page.evaluate(() => {
      window.app.unmount();
      window.app.startOf.source = "ended";
      window.app.seen.length = 0;
      window.app.mount();
    });
    await shows("any", "closed");
    deepEqual(await page.evaluate(() => window.app.seen), ["closed"]);
  },
  async "what a server has closed opens where the page knows better"({ say, has }) {
    if (!(await has("hydrated"))) return;
    deepEqual(await say("hydrated"), [
      '<a style="display:none !important;">Reply</a><b style="display:none !important;">Reply</b><button disabled="" inert="">Reply</button>',
      '<a style="display: inline-flex;">Reply</a><b style="display: grid;">Reply</b><button>Reply</button>',
    ]);
  },
  async "a router asks before it goes"({ say, has }) {
    if (!(await has("go"))) return;
    equal(await say("go", "/replies"), "/replies");
    equal(await say("go", "/closing"), "/");
    await say("emit", "none");
    equal(await say("go", "/replies"), "/");
  },
  async "what ends by itself closes by itself"({ say, shows }) {
    await say("source", "ending");
    await shows("any", "open");
    await shows("any", "closed");
  },
  async "what a record's age ends closes by itself, too"({ page, say, shows }) {
    await say("source", "aging");
    const at = await page.evaluate(() => new Date().toISOString());
    await say("late", { id: 1, at });
    await shows("late", "open");
    await shows("late", "closed");
  },
  async "another source takes over"(screen) {
    await screen.say("source", "none");
    await screen.shows("any", "closed");
    await screen.say("source", "data");
    await screen.shows("any", "open");
    equal(await screen.buttons(), OTHERS);
    await screen.say("source", "empty");
    await screen.shows("any", "closed");
    await screen.say("late", { id: 1, owner: "ana" });
    await screen.shows("late", "pending");
    await screen.say("fill");
    await screen.shows("late", "open");
  },
  async "nothing listens to a source that is no longer shown"({ page, say, shows }) {
    equal((await say("listening")) > 0, true);
    await say("source", "none");
    await shows("any", "closed");
    equal(await say("listening"), 0);
    await say("source", "store");
    await shows("any", "open");
    await page.evaluate(() => {
      window.app.emit("none");
      window.app.unmount();
      window.app.emit("own");
    });
    await page.locator("#any").waitFor({ state: "detached" });
    equal(await say("listening"), 0);
    await say("mount");
    await shows("any", "open");
  },
};
