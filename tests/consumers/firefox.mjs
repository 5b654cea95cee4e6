// Pages of Firefox, by WebDriver BiDi, with what the screens use of Playwright's.

import { setTimeout as wait } from "node:timers/promises";
import { launched } from "../runtimes/firefox.mjs";

const PATIENCE = 30_000;
const VISIBLE = ":visible";

/** A browser whose `newPage` gives such pages. */
export async function launch() {
  const browser = await launched();
  return {
    newPage: async () => asInPlaywright(await browser.newPage()),
    close: () => browser.close(),
  };
}

function asInPlaywright(page) {
  return Object.assign(page, {
    locator: (selector, options) => locator(page, selector, options),
  });
}

function locator(page, selector, { hasText } = {}) {
  const onlySeen = selector.endsWith(VISIBLE);
  const question = [onlySeen ? selector.slice(0, -VISIBLE.length) : selector, onlySeen, hasText?.source];
  const ask = (what) => page.evaluate(asked, what, ...question);
  return {
    count: () => ask("count"),
    innerText: () => ask("text"),
    isDisabled: () => ask("isDisabled"),
    evaluate: async (action) => (await page.$(question[0])).evaluate(action),
    async waitFor({ state = "visible", timeout = PATIENCE } = {}) {
      for (const end = Date.now() + timeout; Date.now() < end; await wait(20))
        if (IS[state](await ask("state"))) return;
      throw new Error(`Timeout: ${selector} is not ${state}`);
    },
  };
}

const IS = {
  visible: (state) => state === "seen",
  hidden: (state) => state !== "seen",
  detached: (state) => state === "absent",
};

/** In the page. */
function asked(what, selector, onlySeen, pattern) {
  const isSeen = (element) => element.checkVisibility() && element.getClientRects().length > 0;
  const found = [...document.querySelectorAll(selector)].filter(
    (element) =>
      (!onlySeen || isSeen(element)) &&
      (pattern === undefined || new RegExp(pattern).test(element.textContent.trim())),
  );
  const [first] = found;
  switch (what) {
    case "count":
      return found.length;
    case "text":
      return first.innerText;
    case "isDisabled":
      return first.matches(":disabled");
    default:
      return first === undefined ? "absent" : isSeen(first) ? "seen" : "hidden";
  }
}
