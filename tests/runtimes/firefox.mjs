// Firefox as it is released, by WebDriver BiDi: the installed files as they are, in pages and workers.

import puppeteer from "puppeteer-core";
import { suites, withServer } from "./browser.mjs";
import { live } from "./live.mjs";
import { pages } from "./pages.mjs";
import { firstThere } from "./programs.mjs";

const PATIENCE = 300_000;
const PLACES = [
  process.env.FIREFOX,
  "/usr/bin/firefox-esr",
  "/usr/bin/firefox",
  "/Applications/Firefox.app/Contents/MacOS/firefox",
];
/** It talks to nobody but the server of the tests. */
const PREFERENCES = {
  "app.update.disabledForTesting": true,
  "browser.safebrowsing.blockedURIs.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,#remote-settings-dummy/v1",
};

/** A Firefox with a profile of its own. */
export const launched = () =>
  puppeteer.launch({
    browser: "firefox",
    executablePath: firstThere(
      PLACES,
      "no Firefox: install it (on Debian: apt-get install firefox-esr), or name it in FIREFOX",
    ),
    extraPrefsFirefox: PREFERENCES,
    protocolTimeout: PATIENCE,
  });

export const firefox = (consumer) =>
  withServer(consumer, async (place) => {
    const browser = await launched();
    try {
      const tabs = { open: () => browser.createBrowserContext(), isCached: true };
      return [
        ...(await suites(browser, place, "firefox", { pages: true, workers: true })),
        { name: "firefox pages", ...(await pages(browser, place)) },
        { name: "firefox live", ...(await live(tabs, place)) },
      ];
    } finally {
      await browser.close();
    }
  });
