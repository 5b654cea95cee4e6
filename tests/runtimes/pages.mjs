// What only a real page shows: where the wasm may come from, what happens when it or a snapshot does not
// come, and policies that forbid wasm. Every browser is asked the same.

import { NOW } from "../package/acme.mjs";
import { equal, ok, Report } from "../package/report.mjs";
import { addressOf, html, importMap } from "./browser.mjs";

const INIT = [
  "address",
  "new URL(address, location)",
  "await fetch(address)",
  "fetch(address)",
  "await (await fetch(address)).arrayBuffer()",
  "WebAssembly.compileStreaming(fetch(address))",
];

const NOT_FOUND = { status: 404, type: "text/plain", body: "not found" };
const SIGN_IN = { type: "text/html; charset=utf-8", body: "<!doctype html><title>Sign in</title>" };
const BROKEN_OFF = { isCut: true };
const as = (type) => ({ type });

/** What a page may load, and the policy that says so. */
const policy = (scripts, rest = "") => ({
  "content-security-policy": `default-src 'self'; script-src 'self' ${scripts}; ${rest}`,
});

const ANSWERS = /^answers true,false$/;

/**
 * Each page is asked something once with what is said here, and once more when the server has no faults any
 * more (`then`, or an answer). `ask` is one of the questions of {@link SCRIPT}.
 */
const CASES = {
  "a 404 instead of the wasm": { wasm: NOT_FOUND, first: /^fetch-failed: .*404.*pass its address to `init`/ },
  "status 500 instead of the wasm": {
    wasm: { ...NOT_FOUND, status: 500 },
    first: /^fetch-failed: .*500.*pass its address to `init`/,
  },
  "a page instead of the wasm": { wasm: SIGN_IN, first: /^wasm-missing: .*HTML.*copy/ },
  "a page that says it is wasm": {
    wasm: { ...SIGN_IN, type: "application/wasm" },
    first: /^wasm-missing: .*HTML.*copy/,
  },
  "an empty answer instead of the wasm": {
    wasm: { type: "application/wasm", body: "" },
    first: /^wasm-missing: .*copy/,
  },
  "half of the wasm": {
    wasm: { type: "application/wasm", half: true },
    first: /^wasm-missing: .*damaged.*copy/,
  },
  "a wasm that breaks off": { wasm: BROKEN_OFF, first: /^fetch-failed: .*(try again|pass its bytes)/ },
  "the wasm with the type of text": { wasm: as("text/plain"), first: ANSWERS },
  "the wasm with the type of anything": { wasm: as("application/octet-stream"), first: ANSWERS },
  "the wasm without a type": { wasm: as(""), first: ANSWERS },

  "a 404 instead of the snapshot": { json: NOT_FOUND, first: /^fetch-failed: .*404.*check the address/ },
  "a page instead of the snapshot": { json: SIGN_IN, first: /^not-json: .*text\/html.*check the address/ },
  "a page that says it is JSON": {
    json: { ...SIGN_IN, type: "application/json" },
    first: /^not-json: .*HTML/,
  },
  "half of the snapshot": { json: { type: "application/json", half: true }, first: /^syntax: / },
  "a snapshot that breaks off": { json: BROKEN_OFF, first: /^fetch-failed: .*again/ },
  "the snapshot with the type of text": { json: as("text/plain"), first: ANSWERS },

  "a policy with 'wasm-unsafe-eval'": { headers: policy("'wasm-unsafe-eval'"), first: ANSWERS },
  "a policy with 'wasm-unsafe-eval', embedded": {
    headers: policy("'wasm-unsafe-eval'"),
    ask: "inline",
    first: ANSWERS,
  },
  "a policy that forbids wasm": {
    headers: policy(""),
    first: /^wasm-blocked: .*'wasm-unsafe-eval'.*rolegate\/lite/,
    then: /^wasm-blocked: /,
  },
  "a policy that forbids wasm, embedded": {
    headers: policy(""),
    ask: "inline",
    first: /^wasm-blocked: .*'wasm-unsafe-eval'/,
    then: /^wasm-blocked: /,
  },
  "a policy that forbids wasm, embedded, at once": {
    headers: policy(""),
    ask: "inlineSync",
    first: /^wasm-blocked: .*'wasm-unsafe-eval'/,
    then: /^wasm-blocked: /,
  },
  "a policy that forbids wasm: lite": { headers: policy(""), ask: "lite", first: ANSWERS },
  "a policy that forbids wasm: testing": { headers: policy(""), ask: "testing", first: ANSWERS },
  "a policy that forbids to fetch": {
    headers: policy("'wasm-unsafe-eval'", "connect-src 'none'"),
    ask: "given",
    first: /^fetch-failed: .*pass its bytes/,
    then: /^fetch-failed: /,
  },

  "the second module is asked for": { ask: "full", first: /^answers ana$/, then: /^answers ana$/ },
  "the second module is not asked for": {
    ask: "notFull",
    first: /^needs-full: .*full: true/,
    then: /^needs-full: /,
  },
  "the second module where the snapshot is refused": {
    ask: "refused",
    first: /^unknown-key: \/colour/,
    then: /^unknown-key: \/colour/,
  },
  "a 404 instead of the second module": {
    full: NOT_FOUND,
    ask: "full",
    first: /^fetch-failed: .*404.*`rolegate-full.wasm`.*`init` as `full`/,
    then: /^answers ana$/,
  },
  "a page instead of the second module": {
    full: SIGN_IN,
    ask: "full",
    first: /^wasm-missing: .*HTML.*`rolegate-full.wasm`/,
    then: /^answers ana$/,
  },
  "half of the second module": {
    full: { type: "application/wasm", half: true },
    ask: "full",
    first: /^wasm-missing: .*`rolegate-full.wasm` is damaged/,
    then: /^answers ana$/,
  },
  "a second module that breaks off": {
    full: BROKEN_OFF,
    ask: "full",
    first: /^fetch-failed: /,
    then: /^answers ana$/,
  },

  "no WebAssembly": { ask: "without", first: /^wasm-blocked: .*rolegate\/lite/, thenAsk: "main" },
  "no WebAssembly, embedded": {
    ask: "withoutInline",
    first: /^wasm-blocked: .*rolegate\/lite/,
    thenAsk: "inline",
  },
  "no WebAssembly: lite": { ask: "withoutLite", first: ANSWERS },
};

/**
 * A script of its own, since policies forbid others: it asks, and tells an answer or the code and message of
 * the error.
 */
const script = (address) => `
  import * as main from "${address("rolegate")}";
  import * as inline from "${address("rolegate/inline")}";
  import { restore } from "${address("rolegate/lite")}";
  import { testGate } from "${address("rolegate/testing")}";
  import { acme } from "/tests/package/acme.mjs";

  const { WebAssembly } = window;
  const answersOf = (gate) => ["sales", "support"].map((teamId) => gate.can("conversations.view", { teamId }));
  const gateOf = (snapshot) => snapshot.for("ana", { now: ${NOW} });
  const testing = () => testGate({ "conversations.view": "team" }, { teams: ["sales"], resources: { conversations: { team: "teamId" } } });
  const without = async (ask) => {
    delete window.WebAssembly;
    return ask();
  };
  const questions = {
    main: async () => answersOf(gateOf(await main.load(fetch("/acme.json")))),
    given: async () => answersOf(gateOf(await main.load(acme()))),
    full: async () => JSON.parse((await main.load(acme(), { full: true })).narrow("ana")).users.map(({ id }) => id),
    notFull: async () => (await main.load(acme())).narrow("ana"),
    refused: async () => main.load({ ...acme(), colour: "red" }),
    inline: async () => answersOf(gateOf(await inline.load(fetch("/acme.json")))),
    inlineSync: async () => answersOf(gateOf(inline.loadSync(acme()))),
    lite: async () => answersOf(restore(testing().toJSON())),
    testing: async () => answersOf(testing()),
    without: () => without(questions.main),
    withoutInline: () => without(async () => answersOf(gateOf(inline.loadSync(acme())))),
    withoutLite: () => without(questions.lite),
  };
  window.ask = async (name) => {
    window.WebAssembly = WebAssembly;
    try {
      return "answers " + (await questions[name]());
    } catch (error) {
      return error instanceof main.RolegateError || inline.isRolegateError(error) ? error.code + ": " + error.message : "not of this package: " + error;
    }
  };
`;

export async function pages(browser, { library, server }) {
  const report = new Report();
  const address = addressOf(library);
  const test = (name, page, body) =>
    report.test(name, async () => {
      const tab = await browser.newPage();
      try {
        server.pages.set("/empty", page);
        await tab.goto(`${server.origin}/empty`);
        await body(tab);
      } finally {
        server.faults.clear();
        await tab.close();
      }
    });

  for (const source of INIT) {
    await test(`init(${source})`, html(importMap(library)), async (tab) => {
      const answer = await tab.evaluate(`(async () => {
        const { init, loadSync } = await import("rolegate");
        const address = ${JSON.stringify(address("rolegate/wasm"))};
        await init(${source});
        return loadSync(await (await fetch("/acme.json")).text()).for("cy", { now: ${NOW} }).can("settings.labels");
      })()`);
      equal(answer, true);
    });
  }
  server.pages.set("/ask.js", { type: "text/javascript", body: script(address) });
  for (const [
    name,
    { wasm, full, json, headers, ask = "main", first, then = ANSWERS, thenAsk = ask },
  ] of Object.entries(CASES)) {
    await test(name, html('<script type="module" src="/ask.js"></script>', headers), async (tab) => {
      if (wasm !== undefined) server.faults.set(address("rolegate/wasm"), wasm);
      if (full !== undefined) server.faults.set(address("rolegate/wasm/full"), full);
      if (json !== undefined) server.faults.set("/acme.json", json);
      matches(await tab.evaluate(`ask("${ask}")`), first);
      server.faults.clear();
      matches(await tab.evaluate(`ask("${thenAsk}")`), then);
    });
  }
  return report.result();
}

function matches(text, pattern) {
  ok(pattern.test(text), `expected ${pattern}, got ${JSON.stringify(text)}`);
}
