// The demo page as its tests use it.

import { readFile } from "node:fs/promises";
import { ok } from "../package/report.mjs";
import { TESTS } from "./installed.mjs";

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 360, height: 740 };

/** The page as a test uses it. */
export class Demo {
  errors = [];

  constructor(tab, address) {
    this.tab = tab;
    this.address = address;
    tab.on("pageerror", (error) => this.errors.push(String(error)));
  }

  /** Opens a view and waits for it; also until a live one shows what its store has fetched first, and one that edits its draft. */
  async open(state) {
    await this.tab.goto("about:blank");
    await this.tab.goto(`${this.address}#${new URLSearchParams(state)}`);
    await this.tab.locator('#views [aria-current="page"]').waitFor();
    if (state.view === "roles") await this.tab.locator("#draft-state").waitFor();
    if (state.view === "live") await this.tab.locator("#live-status", { hasText: "ready" }).waitFor();
  }

  text = (selector) => this.tab.locator(selector).innerText();
  count = (selector) => this.tab.locator(selector).count();
  action = (record, label) =>
    this.tab.locator(`#record-${record} .actions button`, { hasText: new RegExp(`^${label}$`) });
  isOpen = async (record, label) =>
    (await this.action(record, label).getAttribute("aria-disabled")) !== "true";
  /** The id of the element that has the keyboard. */
  focused = () => this.tab.evaluate(() => document.activeElement.id);
}

/** Presses Tab until the element of that id has the keyboard; each stop must show where the keyboard is. */
export async function tabTo({ tab }, id, key = "Tab") {
  for (let presses = 0; presses < 200; presses += 1) {
    await tab.keyboard.press(key);
    const { focused, isVisible } = await tab.evaluate(() => {
      const { activeElement } = document;
      const box = activeElement.getBoundingClientRect();
      const isSeen = getComputedStyle(activeElement).outlineStyle !== "none" && box.width > 8 && box.top > -1;
      return { focused: activeElement.id, isVisible: activeElement === document.body || isSeen };
    });
    ok(isVisible, `${focused} does not show that it has the keyboard`);
    if (focused === id) return;
  }
  throw new Error(`Tab does not lead to ${id}`);
}

const axe = await readFile(new URL("../node_modules/axe-core/axe.min.js", TESTS), "utf8");

/** What axe finds wrong: `rule: element`. */
export async function violations({ tab }) {
  await tab.evaluate(axe);
  return tab.evaluate(async () => {
    // The page as it comes to rest.
    await Promise.all(document.getAnimations().map((animation) => animation.cancel()));
    const { violations: found } = await globalThis.axe.run();
    return found.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
    );
  });
}
